"""S2: who belongs to one warehouse sees and touches nothing of another, on any route, by any operation."""

import itertools
import json
import re

import pytest
from sqlalchemy import inspect, text

from server.floor.operations import DeviceIdentity
from server.masterdata.permissions import EVERYBODY, ROUTES
from tests.api.conftest import PIN
from tests.api.socket_client import SocketClient
from tests.trust.security.sharing import share
from tests.trust.security.two_houses import TwoHouses

VOLATILE = frozenset({"audit", "counter", "setting", "socket_token", "worker_session", "sign_in_failure", "device", "api_key", "idempotency_key", "shift", "shift_break"})
"""What somebody's own request may write whatever it asks for: who is there, what was tried, when a key was used."""
SHARED = {
    **{f"item_pictures.{one}": "items are one catalogue for all warehouses" for one in ("picture", "put_picture_", "drop_picture_")},
    "items.item": "items are one catalogue for all warehouses", "items.put_item_": "items are one catalogue for all warehouses",
    **{f"label_templates.{one}": "labels are one set for all warehouses" for one in (
        "versions", "one_version", "preview_values")},
    "label_templates.one_template": "labels are one set for all warehouses; as another one prints them is refused in a test of its own",
    "sourcing.one_set": "rules are one set for all warehouses",
    "texts.messages": "sentences of the program", "pages.client_file": "files of the program", "pages.docs_file": "files of the program",
    "enrol.enrol_file": "what a browser needs to trust the server", "channels.hook": "let in by the channel's own signature, whoever calls",
}
CATALOGUE = ("items.items_", "csv.export_items", "floor.codes", "promises.promise")
"""Items are one catalogue for all warehouses. What could be promised of them is looked at in `test_promise_of_two.py`."""
SHARED_FIELDS = {
    "name", "unit", "weight_g", "volume_ml", "tracks_lot", "tracks_serial", "tracks_expiry", "catch_weight", "abc", "zone", "packs", "level",
    "quantity", "barcodes", "badge", "pin", "password", "token", "role", "language", "scopes", "epoch", "last_seq", "build", "queued", "battery", "latency_ms", "last_scan",
    "sort", "content", "first_line", "trial", "timezone", "streams", "level_height_mm", "picture", "text", "lot", "serial", "expiry", "over_percent", "hold", "expected_at", "lines", "sscc", "item", "channel", "customer", "ship_to", "carrier", "priority",
    "cutoff_at", "reason", "streaming", "hold_seconds", "picking", "trolley_orders", "filters", "kind", "max_weight_g", "max_volume_ml",
    "max_lpns", "mixing", "x_mm", "y_mm", "aisle_spacing_mm", "rack_length_mm", "blocked", "count_due", "note", "due", "url", "reference",
    "skills", "zones", "place", "backorder", "presell_days", "city", "postcode", "country", "amount", "wish", "line", "at_once", "proof", "key",
    "pattern", "codes", "code", "disabled", "cursor", "limit", "state", "status", "search", "days",
    "from", "to", "by", "since", "compare_from", "compare_to", "worker",
    "stage", "wave", "short", "hours_from", "hours_to", "known", "source", "values", "dpi", "ours", "version", "template", "copies", "after_seconds", "at", "answers", "came_out", "chunks", "formats", "settings", "driver", "peripherals", "own_weight_g", "outer_length_mm", "promises_unpaid", "every_seconds", "checks", "value", "safety_stock", "is_on", "ref", "only", "price", "discount_limit", "paid", "postage", "currency", "total", "price_tolerance", "owner", "solve", "solve_after_minutes", "opens_after_hours", "pass_after_hours", "pass_to", "outer_width_mm", "outer_height_mm", "cost", "length_mm", "width_mm", "height_mm", "this_side_up", "handling", "sourced", "sourcing", "body", "into", "number", "delivery", "step",
}
"""Fields that name nothing of a warehouse: amounts, texts, what all share, and codes that are only being given."""
FOREIGN_FIELDS = {"site", "printer", "location", "locations", "inside", "lpn", "rule", "order", "operations", "document", "neighbour", "worker", "device", "exceptions", "id"}
SLOTS = ("item", "from", "to", "lpn", "tote", "label", "parcel", "location", "value", "counted", "kind", "zone", "op", "lpn_or_bin", "document", "order", "badge", "trolley")


@pytest.fixture
def houses(database_url, tmp_path):
    houses = TwoHouses(database_url, tmp_path)
    yield houses
    houses.app.database.close()


@pytest.fixture
def one_pair(sqlite_url, tmp_path):
    houses = TwoHouses(sqlite_url, tmp_path)
    yield houses
    houses.app.database.close()


def in_path(houses):
    """For each route with something in its address: what of the first warehouse stands there."""
    names, numbers = houses.names["W1"], houses.numbers["W1"]
    return {
        "locations.change_location_": [names["bin"]], "inbound.paper": [names["asn"], names["po"]], "inbound.cancel": [names["asn"], names["po"]], "orders.order": [names["order"]], "orders.story": [names["order"]],
        "orders.cancel": [names["order"]], **{f"order_changes.{one}": [names["order"]] for one in ("parts", "source", "split", "gather_", "merge_", "unmerge_", "change")}, **{f"orders.{one}": [names["order"]] for one in ("findings", "hold", "let_go_")}, "phone.collection": [names["order"]], "blocks.drop_block_": [numbers["block"]], "loads.load": [names["load"]], "waves.wave": [numbers["wave"]], "work.task": [numbers["pick"], numbers["count"]],
        "work.hand_back": [numbers["pick"], numbers["put_away"]], "work.close_exception": [numbers["exception"]], "shifts.end": [numbers["shift"]], **{f"steering.{one}": [numbers["pick"], numbers["put_away"]] for one in ("send", "order", "hold", "release")}, "devices.revoke": [numbers["device"]], "devices.rename": [numbers["device"]], "sites.site": ["W1"], "sites.change_site_": ["W1"],
        "people.put_worker_": ["worker-W1", "admin"], "people.disable": ["worker-W1", "admin"], "people.revoke_key": [numbers["key"]],
        "cartons.put_carton_type_": [names["carton"]], "cartons.drop_carton_type_": [names["carton"]], "cartons.of_release": [names["order"]], "cartons.parcels_of_release": [names["order"]],
        "stations.put_station_": [names["station"]], "stations.drop_station_": [names["station"]], "stations.screen": [names["station"]], "stations.take_screen_": [names["station"]],
        **{f"fitness.{one}": [(names["station"], "SECRET")] for one in ("begin", "lesson", "use", "end")},
        "printing.put_printer_": [names["printer"]], "printing.set_answers_": [names["printer"]], "printing.print_lpn_label_": [names["lpn"]], "printing.cancel_job_": [numbers["job"]],
        "printing.answer_job": [numbers["job"]], "printing.reprint_job_": [numbers["job"]], "printing.print_test_label": [names["printer"]],
        **{f"channels.{one}": [names["channel"]] for one in ("channel", "change_channel_", "pause_channel", "resume_channel", "pull_channel", "name_item_", "refused")},
        **{f"listings.{one}": [names["channel"]] for one in ("listings", "list_all_", "reconcile_")}, "listings.change_listing_": [numbers["listing"]],
        "channels.try_again": [numbers["paper"]], "sales.sale": [numbers["sale"]], **{f"sourcing.{one}": [1] for one in ("activate_rules", "trial")},
        "order_exceptions.exceptions_of": [names["order"]], **{f"order_exceptions.{one}": [numbers["matter"]] for one in ("give_exception", "note_exception")},
        "order_exceptions.step_exception": [(numbers["matter"], one) for one in ("drop", "try_again", "wait")], "order_exceptions.put_exception_rule": ["item"],
        **{f"rmas.{one}": [houses.returns["W1"]["rma"]] for one in ("rma", "label_page", "print_label_", "cancel_")}, "rmas.returnable": [houses.returns["W1"]["left"]], "rmas.finish": [houses.returns["W1"]["sent_rma"]],
        **{f"rmas.{one}": [houses.returns["W1"]["came_rma"]] for one in ("refund_", "refuse_", "exchange_")},
        "releases.hold": [names["waiting"]], "releases.resume": [names["held"]], "deciding.own_exception": [numbers["exception"]],
        **{f"deciding.{one}": [numbers["recount"]] for one in ("count", "accept", "count_again")}, "deciding.again": ["job-1"],
        "label_templates.put_live": ["lpn"], "label_templates.drop_live": ["lpn"],
        "printing.payload": [numbers["job"]], "label_templates.print_by_hand": [names["printer"]], "stations.zero": [(names["station"], names["station"])], "stations.bind_scanner": [names["station"]],
    }


def in_body(houses):
    """For each route that takes a body: bodies that name something of the first warehouse, as the second's people would send them."""
    names, numbers = houses.names["W1"], houses.numbers["W1"]
    line = [{"item": "TEA", "quantity": 1}]
    return {
        "locations.change_location_": [{"blocked": True}],
        "locations.put_locations": [{"site": "W1", "pattern": "W1-Z-{01..02}"}],
        "devices.rename": [{"name": "Mine"}], "sites.change_site_": [{"name": "Mine"}, {"settings": {"pack_carton_g": 7}}], "sites.make_site": [{"code": "W3", "name": "Third"}],
        "stock.make_lpns": [{"kind": "tote", "codes": ["T-9"], "location": names["stage"]},
                            {"kind": "tote", "codes": ["T-9"], "location": "W2-STAGE-9", "inside": names["trolley"]}],
        "stock.make_hold": [{"site": "W1", "lpn": names["lpn"], "reason": "RECALL"}, {"site": "W2", "lpn": names["lpn"], "reason": "RECALL"},
                            {"site": "W2", "location": names["bin"], "item": names["item"], "reason": "RECALL"}],
        "stock.make_release": [{"site": "W1", "lpn": names["lpn"]}, {"site": "W2", "lpn": names["lpn"]}],
        "inbound.cancel": [{"reason": "x"}], "inbound.make_asn": [{"code": "N-1", "site": "W1", "lines": line}], "inbound.make_purchase_order": [{"code": "N-1", "site": "W1", "lines": line}],
        "returns.make_return": [{"code": "N-1", "site": "W1", "order": names["order"], "lines": line}, {"code": "N-1", "site": "W2", "order": names["order"], "lines": line}],
        "orders.make_order": [{"site": "W1", "reference": "N-1", "lines": line}, {"site": "W1", "channel": "test", "reference": "R-W1", "lines": line}],
        "rmas.make_rma": [{"order": houses.returns["W1"]["left"], "reason": "other", "lines": [{"line": 1, "quantity": 1}]}], "rmas.cancel_": [{"reason": "x"}], "rmas.refuse_": [{"reason": "x"}],
        "rmas.refund_": [{}, {"amount": 0}], "rmas.finish": [{}], "rmas.exchange_": [{}, {"at_once": True}], "rmas.print_label_": [{}, {"printer": names["printer"]}],
        "orders.cancel": [{"reason": "x"}], "orders.hold": [{"reason": "x"}], "orders.let_go_": [{"reason": "x"}],
        **{f"order_changes.{one}": [{"reason": "x"}] for one in ("source", "gather_", "unmerge_")}, "order_changes.merge_": [{"reason": "x", "into": "ORD-000002"}],
        "order_changes.split": [{"reason": "x", "lines": [{"number": 1, "quantity": 1}]}], "order_changes.change": [{"reason": "x", "customer": "Mine"}],
        "blocks.put_block_": [{"site": "W1", "kind": "phone", "value": "13800138000", "reason": "x"}],
        "channels.make_channel": [{"code": "N-1", "kind": "plain", "site": "W1", "settings": {"secret": "0123456789abcdef"}}],
        "channels.change_channel_": [{"name": "Mine"}], "channels.name_item_": [{"name": "X", "item": "TEA"}],
        "listings.change_listing_": [{"safety_stock": 5}],
        "order_exceptions.give_exception": [{"version": 1}, {"badge": "supervisor-W2", "version": 1}], "order_exceptions.note_exception": [{"note": "x", "version": 1}],
        "order_exceptions.step_exception": [{"version": 1}],
        "order_exceptions.step_many": [{"step": "wait", "exceptions": [{"id": numbers["matter"], "version": 1}]}],
        "order_exceptions.put_exception_rule": [{"site": "W1"}, {"site": "W1", "owner": "supervisor-W2"}, {"site": "W2", "owner": "supervisor-W1"}],
        "waves.make_wave": [{"site": "W1"}, {"rule": numbers["rule"]}, {"site": "W2", "rule": numbers["rule"]}],
        "waves.put_rule_": [{"site": "W1", "name": "rule-W1"}],
        "printing.put_printer_": [{"site": "W1", "url": "socket://10.0.0.1:9100"}, {"site": "W2", "url": "socket://10.0.0.1:9100"}],
        "printing.set_answers_": [{"answers": "no"}],
        "label_templates.put_live": [{"version": 1}, {"version": 1, "site": "W1"}],
        "label_templates.print_by_hand": [{"template": "location", "values": {"code": "A"}}],
        "printing.answer_job": [{"came_out": True}, {"came_out": False}],
        "printing.print_location_labels_": [{"site": "W1"}, {"site": "W1", "locations": [names["bin"]]}, {"site": "W2", "locations": [names["bin"]]}],
        "cartons.put_carton_type_": [{"site": "W1", "length_mm": 1, "width_mm": 1, "height_mm": 1}],
        "stations.bind_scanner": [{"name": "new", "url": "/dev/serial/by-id/usb-1"}],
        "work.make_counts": [{"site": "W1", "due": True}, {"site": "W1", "locations": [names["bin"]]}, {"site": "W2", "locations": [names["bin"]]}, {"site": "W1", "item": "TEA"}],
        "work.close_exception": [{"note": "x"}], "deciding.own_exception": [{}, {"badge": None}, {"badge": "worker-W2"}],
        "people.put_worker_": [{"name": "Eve", "role": "admin", "site": "W2"}, {"name": "Eve", "role": "admin", "site": "W1"}, {"name": "Eve", "role": "admin"}],
        "steering.send": [{"worker": "worker-W2"}, {"device": houses.numbers["W2"]["device"]}], "steering.order": [{"priority": 1}, {"place": "first"}],
        "people.make_key": [{"name": "k", "scopes": ["items:read"], "site": "W1"}, {"name": "k", "scopes": ["items:read"]}],
        "devices.make_code": [{"site": "W1"}],
        "stations.put_station_": [{"site": "W1", "kind": "dock", "location": names["dock"]}, {"site": "W2", "kind": "dock", "location": names["dock"]}],
    }


BODY_SHARED = {
    "locations.preview": "a question about a pattern; nothing is made or looked up", "csv.import_items": "items are one catalogue",
    "csv.import_locations": "a test of its own below", "csv.import_workers": "a test of its own below",
    "fitness.of_a_wedge": "names nothing of a warehouse", "phone.check_receiver_": "a question about an address; nothing is looked up",
    **{f"label_templates.{one}": "labels are one set for all warehouses" for one in ("add", "preview_source", "preview_values")},
    **{f"sourcing.{one}": "rules are one set for all warehouses, changed and tried only by who sees all" for one in ("check", "make_rules", "make_trial")},
    **{f"my_returns.{one}": "for nobody who is signed in: what they prove lets them in, in tests of its own" for one in ("find", "make")},
    "people.setup": "works once, for nobody who is signed in", "people.sign_in_": "a test of its own below", "devices.enrol_": "names a code only",
    "items.put_item_": "items are one catalogue", "item_pictures.put_picture_": "items are one catalogue", "floor.hello": "of the device itself", "floor.operations": "tests of their own below",
    "floor.read_": "a test of its own below", "pictures.codes_in_picture": "tells what stands in the picture, and nothing of any warehouse",
}


def rules(houses):
    return [(rule, next(iter(sorted(rule.methods - {"HEAD", "OPTIONS"})))) for rule in houses.app.web.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_with_an_id_in_it_is_tried(one_pair):
    paths, bodies = in_path(one_pair), in_body(one_pair)
    document = one_pair.web.get("/api/openapi.json").json
    takes_body = {(path.replace("{", "<").replace("}", ">"), method.upper()) for path, methods in document["paths"].items()
                  for method, route in methods.items() if "requestBody" in route}
    plain = {rule.endpoint: rule.rule.replace("<int:", "<").replace("<path:", "<") for rule, _ in rules(one_pair)}
    assert {rule.endpoint for rule, _ in rules(one_pair) if rule.arguments} == {*paths} | {*SHARED}
    assert {rule.endpoint for rule, method in rules(one_pair) if (plain[rule.endpoint], method) in takes_body} == {*bodies} | {*BODY_SHARED}


def test_every_field_of_a_body_and_every_query_is_known_to_name_something_or_nothing(one_pair):
    document = one_pair.web.get("/api/openapi.json").json
    fields = {name for schema in document["components"]["schemas"].values() for name in schema.get("properties", {})}
    queries = {one["name"] for methods in document["paths"].values() for route in methods.values() for one in route.get("parameters", []) if one["in"] == "query"}
    problem = {"type", "title", "detail", "args", "message", "errors"}
    assert (fields | queries) - problem - SHARED_FIELDS - FOREIGN_FIELDS == set()


def requests_for(houses):
    """Every request that names something of the first warehouse: method, address, body."""
    paths, bodies = in_path(houses), in_body(houses)
    for rule, method in rules(houses):
        filled = [_filled(rule.rule, value) for value in paths.get(rule.endpoint, [])] if rule.arguments else [rule.rule]
        if rule.endpoint in paths or rule.endpoint in bodies:
            yield from ((rule.endpoint, method, path, body) for path in filled for body in bodies.get(rule.endpoint, [None]))
    name = "new-printer"
    yield "printing.put_printer_", "PUT", f"/api/v1/printers/{name}", {"site": "W1", "url": "socket://10.0.0.1:9100"}
    yield "printing.put_printer_", "PUT", "/api/v1/printers/labels-W2", {"site": "W2", "url": "socket://10.0.0.1:9100", "neighbour": "labels-W1"}
    yield "people.put_worker_", "PUT", "/api/v1/workers/NEW", {"name": "Eve", "role": "admin", "site": "W1"}
    yield "people.put_worker_", "PUT", "/api/v1/workers/NEW", {"name": "Eve", "role": "admin"}


def _filled(rule, value):
    for one in value if isinstance(value, tuple) else (value,):
        rule = re.sub(r"<[^>]+>", str(one), rule, count=1)
    return rule


def test_nobody_of_one_warehouse_reaches_anything_of_another_by_any_route(houses):
    before, tried = houses.everything(VOLATILE), 0
    for caller, headers in houses.callers("W2"):
        for endpoint, method, path, body in requests_for(houses):
            if endpoint == "people.put_worker_" and (path, body.get("site")) == ("/api/v1/workers/NEW", "W2"):
                continue
            answer = houses.web.open(path, method=method, json=body, headers=headers)
            assert answer.status_code in (403, 404), (caller, method, path, body, answer.status_code, answer.text)
            assert "SECRET" not in answer.text, (caller, method, path, answer.text)
            tried += 1
    assert houses.everything(VOLATILE) == before
    assert tried > 300
    kinds = {kind for kind, value in houses.app.database.read(_revoked).items() if value}
    assert kinds == set()


def test_a_file_reaches_nothing_of_another_warehouse(houses):
    before, headers, names = houses.everything(VOLATILE), houses.person("W2", "admin"), houses.names["W1"]
    for kind, content in (("locations", f"site,code,abc\nW1,{names['bin']},A\nW1,W1-NEW,A\nW2,{names['other_bin']},A\n"),
                          ("workers", "badge,name,site\nworker-W1,Eve,W2\nNEW,Eve,W1\nOTHER,Eve,\n")):
        answer = houses.web.post(f"/api/v1/imports/{kind}", json={"content": content}, headers=headers)
        assert (answer.status_code, answer.json["failed"], answer.json["lines"]) == (200, 3, []), answer.text
        assert "SECRET" not in answer.text
    assert houses.everything(VOLATILE) == before


def _revoked(tx):
    return {"device": tx.scalar(text("SELECT COUNT(*) FROM device WHERE revoked_at IS NOT NULL")),
            "key": tx.scalar(text("SELECT COUNT(*) FROM api_key WHERE revoked_at IS NOT NULL")), "made": tx.scalar(text("SELECT COUNT(*) FROM api_key")) - 2}


def test_no_list_shows_anything_of_another_warehouse_whatever_is_asked_for(houses):
    names = houses.names["W1"]
    values = [*names.values(), "W1", *map(str, houses.numbers["W1"].values())]
    document = houses.web.get("/api/openapi.json").json
    queries = {path: [one["name"] for one in methods["get"].get("parameters", []) if one["in"] == "query"]
               for path, methods in document["paths"].items() if "get" in methods and "{" not in path}
    for caller, headers in houses.callers("W2"):
        for rule, method in share(rules(houses), houses.app.database):
            if method != "GET" or rule.arguments or ROUTES[rule.endpoint].roles == EVERYBODY or rule.endpoint in CATALOGUE:
                continue
            for name in ("", *(one for one in queries.get(rule.rule, []) if one not in ("limit", "cursor", "days"))):
                for value in values[::{"supervisor": 2, "key": 5}.get(caller, 9)][:1 if rule.rule.endswith(".pdf") else None] if name else [""]:
                    answer = houses.web.get(f"{rule.rule}?{name}={value}", headers=headers)
                    said = answer.data.decode(errors="replace")  # a PDF is no text: what it draws is what its neighbour tells as JSON
                    shown = said.replace(f"{value}", "") if value and answer.status_code >= 400 else said
                    assert "SECRET" not in shown and '"W1' not in shown and names["order"] not in shown, (caller, rule.rule, name, value, shown[:300])


def test_nobody_signs_in_on_a_device_of_another_warehouse(one_pair):
    for role in ("worker", "supervisor", "manager", "admin"):
        answer = one_pair.web.post("/api/v1/sessions", json={"badge": f"{role}-W1", "pin": PIN}, headers={"Authorization": f"Bearer {one_pair.tokens['W2']}"})
        assert answer.status_code == 403, answer.text


def test_a_scan_of_another_warehouses_code_tells_nothing_of_it(houses):
    headers = {"Authorization": f"Bearer {houses.tokens['W2']}"}
    for name, code in houses.names["W1"].items():
        if name != "item":
            answer = houses.web.post("/api/v1/floor/read", json={"text": code}, headers=headers).json
            assert [value["type"] for value in answer["values"]] in (["unknown"], ["lpn"]), (name, answer)
            assert all(set(value) <= {"type", "key"} for value in answer["values"]), (name, answer)


def foreign_slots(houses):
    names = houses.names["W1"]
    typed = [{"type": "location", "key": names["bin"], "kind": "bin"}, {"type": "location", "key": names["dock"], "kind": "dock"},
             {"type": "location", "key": names["door"], "kind": "door"}, {"type": "location", "key": names["other_bin"], "kind": "bin"},
             {"type": "lpn", "key": names["lpn"]}, {"type": "tote", "key": names["tote"], "kind": "tote"},
             {"type": "tote", "key": names["loose_tote"], "kind": "tote"}, {"type": "trolley", "key": names["trolley"], "kind": "trolley"},
             {"type": "document", "key": names["asn"], "kind": "asn"}, {"type": "document", "key": names["po"], "kind": "purchase_order"},
             {"type": "lpn", "key": "395060001111111110"}, {"type": "document", "key": names["order"], "kind": "order"}, {"type": "document", "key": names["load"], "kind": "load"}]
    codes = [value for name, value in names.items() if name != "item"]
    for value in typed:
        yield {"value": value}
    own = {"item": "TEA", "quantity": 1, "from": "W2-B-01-1", "to": "W2-B-02-1"}
    for name, code in itertools.product(SLOTS, codes):
        yield {**own, name: [{"lpn": code}] if name == "counted" else code}
    yield from ({"item": "TEA", "quantity": 1, "from": one, "to": other} for one, other in itertools.permutations((names["bin"], names["other_bin"], names["dock"]), 2))


def own_of(houses, site):
    """What the floor of a site holds: its rows in every table that knows its site, and what lies on its places."""
    site_id = houses.sites[site]
    every = houses.everything(VOLATILE | {"outbox", "delivery", "job", "operation", "device_epoch", "stock_move"})

    def work(tx):
        seen = inspect(tx.connection)
        kept = {name: sorted(str(tuple(row)) for row in tx.rows(text(f'SELECT * FROM "{name}" WHERE site_id = :s'), s=site_id))
                for name in every if "site_id" in {column["name"] for column in seen.get_columns(name)}}
        inside = "(SELECT id FROM location WHERE site_id = :s AND kind <> 'account' UNION SELECT p.id FROM lpn p JOIN location l ON l.id = p.location_id WHERE l.site_id = :s)"
        for name, column in (("balance", "holder_id"), ("lpn", "location_id"), ("stock_move", "from_id"), ("stock_move", "to_id")):
            kept[f"{name}.{column}"] = sorted(str(tuple(row)) for row in tx.rows(text(f"SELECT * FROM {name} WHERE {column} IN {inside}"), s=site_id))
        return kept

    return houses.app.database.read(work)


@pytest.mark.parametrize(("way", "every"), [("engine", 1), ("http", 3), ("socket", 7)])
def test_no_operation_reaches_anything_of_another_warehouse(houses, way, every):
    before = own_of(houses, "W1")
    headers = houses.person("W2", "supervisor")
    session = houses.web.get("/api/v1/sessions/current", headers=headers).json["id"]
    registry = houses.app.engine.runner.registry
    kinds = sorted({kind for process in registry.in_order for kind in process.handlers} | {"start", "claim", "release", "undo", "hand_over"})
    tasks = [None, *(f"t{houses.numbers['W1'][name]}" for name in ("pick", "count", "put_away")), *(f"t{houses.numbers['W2'][name]}" for name in ("pick", "count", "put_away"))]
    slots = list(foreign_slots(houses))
    turn = itertools.cycle(slots)
    sent = [{"kind": kind, "task": task, "slots": one} for kind, task in itertools.product(kinds, tasks) for one in itertools.islice(turn, 7)]
    sent += [{"kind": "start", "task": None, "slots": one} for one in slots]
    sent, send = sent[::every], sender(houses, way, headers)  # by a network as many as a device may send at once
    for number, batch in enumerate(sent[at:at + 40] for at in range(0, len(sent), 40)):
        operations = [{"op": f"01940000-0000-7000-8000-{number * 40 + at + 1:012d}", "seq": number * 40 + at + 1, "form": None, "made_at": houses.clock.now(),
                       "session": session, "schema": 1, **one} for at, one in enumerate(batch)]
        answer = send({"epoch": "epoch-0001", "operations": operations})
        for one, result in zip(batch, answer["results"], strict=True):
            assert "SECRET" not in json.dumps(result), (one, result)
            if one["task"] in tasks[1:4]:
                assert result["status"] == "refused", (one, result)
    assert own_of(houses, "W1") == before


def sender(houses, way, headers):
    if way == "engine":
        device = DeviceIdentity(houses.numbers["W2"]["device"], houses.sites["W2"])
        return lambda body: houses.app.engine.operations(device, body)
    if way == "http":
        def over_http(body):
            answer = houses.web.post("/api/v1/operations", json=body, headers=headers)
            assert answer.status_code == 200, answer.text
            return answer.json
        return over_http
    token = houses.web.post("/api/v1/socket-tokens", headers=headers).json["token"]
    client = SocketClient(houses.app, {"token": token})
    return lambda body: client.emit("operations", body, callback=True)

