"""S28: who did what, with what device, from where, and what it was before."""

import json
import logging
import re

import pytest
from sqlalchemy import text

from server.cli.verify import verify_report
from server.kernel.audit import Head, broken_rows, head, record
from server.reactions import JOBS
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.api.conftest import PASSWORD, PIN, House
from tests.trust.security.two_houses import TwoHouses


@pytest.fixture
def house(database_url, tmp_path):
    """Without a look at its invariants: these tests break them."""
    house = House(database_url, tmp_path)
    yield house
    house.app.database.close()


@pytest.mark.parametrize("column", ["at", "actor", "device", "address", "action", "subject", "detail", "previous", "hash"])
def test_an_audit_row_that_somebody_changed_is_named(house, column):
    def build(tx):
        for number in range(5):
            record(tx, "worker.put", f"W{number}", role="worker")
        return tx.scalar(text("SELECT MAX(id) FROM audit")) - 2

    row = house.app.database.write(build)
    assert house.app.database.read(broken_rows) == []
    house.app.database.write(lambda tx: [tx.execute(text(statement)) for statement in unlocked(house)] + [
        tx.execute(text(f"UPDATE audit SET {column} = :value WHERE id = :id"), {"value": 1 if column == "at" else "0", "id": row})])
    assert row in house.app.database.read(broken_rows)


def test_an_audit_row_that_somebody_took_away_shows(house):
    def build(tx):
        for number in range(3):
            record(tx, "worker.put", f"W{number}")
        return tx.scalar(text("SELECT MAX(id) FROM audit"))

    last = house.app.database.write(build)
    house.app.database.write(lambda tx: [tx.execute(text(statement)) for statement in unlocked(house)] + [
        tx.execute(text("DELETE FROM audit WHERE id = :id"), {"id": last - 1})])
    assert house.app.database.read(broken_rows) == [last]


@pytest.mark.parametrize("rows", [1, 2])
def test_audit_rows_that_somebody_cut_off_at_the_end_show(house, rows):
    house.app.database.write(lambda tx: [record(tx, "worker.put", f"W{number}") for number in range(5)])
    noted = house.app.database.read(head)
    assert [one["broken"] for one in verify_report(house.app.database, noted) if one["id"] in ("I10a", "I10b")] == [0, 0]
    house.app.database.write(lambda tx: [tx.execute(text(statement)) for statement in unlocked(house)] + [
        tx.execute(text("DELETE FROM audit WHERE id > (SELECT MAX(id) FROM audit) - :rows"), {"rows": rows})])
    found = {one["id"]: one["rows"] for one in verify_report(house.app.database, noted)}
    assert found["I10a"] == [f"the audit was written {rows} rows longer than it is"]
    assert found["I10b"] == [f"row {noted.rows} of the audit is not the one that was noted"]


def test_the_head_of_the_audit_is_written_into_the_log_where_the_database_does_not_reach(house, caplog):
    house.app.database.write(lambda tx: record(tx, "worker.put", "W1"))
    with caplog.at_level(logging.INFO, "aisle.reactions"):
        for _ in range(3):
            house.app.database.write(lambda tx: JOBS["seal"](tx, {}))
    said, = [line.partition(" is ")[2] for line in caplog.messages if "audit's head" in line]
    assert Head.of(said) == house.app.database.read(head)


SHELF = ('name = "shelf"\nwidth = 60\nheight = 30\n[fields.code]\nrequired = true\nsample = "A-01"\n'
         '[[element]]\nkind = "code128"\nx = 2\ny = 2\nwidth = 56\nheight = 26\ndata = "{{code}}"\n')
NOT_AUDITED = {
    "label_templates.preview_source": "shows what a label would print and keeps nothing", "label_templates.preview_values": "keeps nothing either",
    "locations.preview": "a question; nothing is made",
    "devices.socket_token": "a token of a minute for a caller who is signed in already; it changes nothing of the house",
    "orders.make_order": "an order is its own record (channel, reference, time) with an event in the feed; thousands an hour must not wait for one chain",
    "channels.hook": "an order is its own record, as above; what a channel changes of one is audited", "channels.pull_channel": "asks sooner; changes nothing",
    "phone.check_receiver_": "a question about an address; nothing is kept", "channels.try_again": "an order is its own record", "floor.hello": "a device says how it is; nothing of the house is changed",
    "floor.operations": "each operation is kept with worker, device, slots and answer, its moves are sealed; what only supervisors may do is audited too",
    "sourcing.check": "a question; nothing is kept", "sourcing.make_trial": "the trial is its own record, with who asked for it",
    "sourcing.source_all": "asks sooner for what happens by itself; each decision is kept with its order",
    "floor.read_": "a question", "pictures.codes_in_picture": "a question; the picture is not kept", "fitness.of_a_wedge": "a question; nothing is kept", "people.setup": "tried below, on a house without an administrator",
}
TRIED_BELOW = {"returns.make_return", "deciding.again", "my_returns.make", "my_returns.find", "item_pictures.put_picture_", "item_pictures.drop_picture_", "sourcing.make_rules", "sourcing.activate_rules",
               *(f"order_changes.{one}" for one in ("source", "split", "gather_", "merge_", "unmerge_", "change"))}
"""By somebody who sees all warehouses, whom the two houses of `actions` do not have; pictures in test_item_pictures.py, since they are no JSON; what is done
to several orders in tests/api/test_order_changes.py, and the rules in test_sourcing.py there."""


def actions(houses):
    """For each route that changes something: an address, a body, what the audit calls it, and whether it tells what was before."""
    names, numbers = houses.names["W1"], houses.numbers["W1"]
    line = [{"item": "SOAP", "quantity": 1}]
    return {
        "items.put_item_": ("SOAP", {"name": "Soft soap", "packs": [{"level": "case", "quantity": 12}]}, "item.put", True),
        "cartons.put_carton_type_": (names["carton"], {"site": "W1", "length_mm": 310, "width_mm": 200, "height_mm": 100}, "carton_type.put", True),
        "cartons.drop_carton_type_": (names["carton"], None, "carton_type.dropped", True),
        "locations.change_location_": (names["bin"], {"blocked": True}, "location.changed", True),
        "locations.put_locations": ("", {"site": "W1", "pattern": "W1-Z-{01..03}-1"}, "location.made", False),
        "stock.make_lpns": ("", {"kind": "tote", "codes": ["T-9"], "location": names["stage"]}, "lpn.made", False),
        "stock.make_hold": ("", {"site": "W1", "lpn": names["lpn"], "reason": "RECALL"}, "stock.held", False),
        "stock.make_release": ("", {"site": "W1", "lpn": names["lpn"]}, "stock.released", False),
        "inbound.make_asn": ("", {"code": "N-1", "site": "W1", "lines": line}, "inbound.made", False),
        "inbound.make_purchase_order": ("", {"code": "N-2", "site": "W1", "lines": line}, "inbound.made", False),
        "inbound.cancel": (names["po"], {"reason": "called off"}, "inbound.cancelled", True),
        "orders.hold": (names["order"], {"reason": "they called"}, "order.held", True),
        "orders.let_go_": (names["order"], {"reason": "they called again"}, "order.let_go", True),
        "rmas.make_rma": ("", {"order": houses.returns["W1"]["unannounced"], "reason": "other", "lines": [{"line": 1, "quantity": 1}]}, "rma.announced", False),
        "rmas.refund_": (houses.returns["W1"]["came_rma"], {"amount": 5}, "rma.refund", True), "rmas.refuse_": (houses.returns["W1"]["worn_rma"], {"reason": "worn"}, "rma.refused", True),
        "rmas.exchange_": (houses.returns["W1"]["swapped_rma"], {}, "rma.exchange", True), "rmas.finish": (houses.returns["W1"]["sent_rma"], {}, "rma.exchange", True),
        "rmas.cancel_": (houses.returns["W1"]["called_off_rma"], {"reason": "kept it"}, "rma.cancelled", True), "rmas.print_label_": (houses.returns["W1"]["rma"], {}, "rma.label", False),
        "blocks.put_block_": ("", {"site": "W1", "kind": "customer", "value": "SECRET", "reason": "another"}, "order_block.put", True),
        "blocks.drop_block_": (numbers["block"], None, "order_block.dropped", True),
        "order_exceptions.put_exception_rule": ("item", {"site": "W1", "owner": "supervisor-W1"}, "exception_rule.put", True),
        "order_exceptions.give_exception": (numbers["matter"], {"badge": "supervisor-W1", "version": 1}, "order_exception.given", True),
        "order_exceptions.note_exception": (numbers["matter"], {"note": "looked", "version": 2}, "order_exception.noted", True),
        "order_exceptions.step_many": ("", {"step": "wait", "exceptions": [{"id": numbers["matter"], "version": 3}]}, "order_exception.step", True),
        "order_exceptions.step_exception": ((numbers["matter"], "drop"), {"version": 4}, "order_exception.step", True),
        "orders.cancel": (names["order"], {"reason": "changed their mind"}, "order.cancelled", True),
        "channels.make_channel": ("", {"code": "N-1", "kind": "plain", "site": "W1", "settings": {"secret": "0123456789abcdef"}}, "channel.added", False),
        "channels.change_channel_": (names["channel"], {"every_seconds": 7}, "channel.changed", True),
        "channels.pause_channel": (names["channel"], None, "channel.paused", True),
        "channels.resume_channel": (names["channel"], None, "channel.running", True),
        "channels.name_item_": (names["channel"], {"name": "X", "item": "SOAP"}, "channel.item", False),
        "listings.list_all_": (names["channel"], None, "channel.listed", False),
        "listings.change_listing_": (numbers["listing"], {"safety_stock": 5}, "listing.changed", True),
        "listings.reconcile_": (names["channel"], None, "channel.reconcile", False),
        "waves.make_wave": ("", {"site": "W1", "filters": {"priority_max": 5}}, "wave.released", False),
        "waves.put_rule_": ("", {"site": "W1", "name": "rule-W1", "trolley_orders": 3}, "release_rule.put", True),
        "label_templates.add": ("", {"source": SHELF}, "label_template.added", False),
        "label_templates.put_live": ("shelf", {"version": 1}, "label_template.live", False),
        "label_templates.drop_live": ("shelf", None, "label_template.taken_back", False),
        "label_templates.print_by_hand": (names["printer"], {"template": "location", "values": {"code": "A-01"}}, "label.by_hand", False),
        "printing.set_answers_": (names["printer"], {"answers": "no"}, "printer.answers", True),
        "printing.put_printer_": (names["printer"], {"site": "W1", "url": "socket://10.0.0.7:9100"}, "printer.put", True),
        "printing.print_location_labels_": ("", {"site": "W1", "locations": [names["bin"]]}, "label.locations", False),
        "printing.print_lpn_label_": (names["lpn"], None, "label.reprinted", False),
        "printing.cancel_job_": (numbers["job"], None, "label.cancelled", False),
        "printing.answer_job": (numbers["asked"], {"came_out": True}, "label.answered", False),
        "printing.reprint_job_": (numbers["job"], None, "label.reprinted", False),
        "printing.print_test_label": (names["printer"], None, "label.test", False),
        "stations.zero": ((names["station"], names["station"]), None, "peripheral.zero", False),
        "stations.bind_scanner": (names["station"], {"name": "new", "url": "/dev/serial/by-id/usb-1"}, "station.put", False),
        "work.make_counts": ("", {"site": "W1", "locations": [names["bin"]]}, "count.asked", False),
        "work.close_exception": (numbers["exception"], {"note": "looked"}, "exception.closed", True),
        "steering.send": (numbers["count"], {"worker": "worker-W1"}, "task.sent", True),
        "steering.order": (numbers["count"], {"place": "first"}, "task.ordered", True),
        "steering.hold": (numbers["count"], None, "task.held", True),
        "steering.release": (numbers["count"], None, "task.freed", True),
        "shifts.end": (numbers["shift"], None, "shift.ended", True),
        "releases.hold": (names["waiting"], None, "release.held", True),
        "releases.resume": (names["held"], None, "release.let_go", True),
        "deciding.own_exception": (numbers["other_exception"], {"badge": "worker-W1"}, "exception.owned", True),
        "deciding.accept": (numbers["recount"], None, "count.accepted", True),
        "deciding.count_again": (numbers["other_recount"], None, "count.sent_back", True),
        "work.hand_back": (numbers["put_away"], None, "task.handed_back", True),
        "people.put_worker_": ("worker-W1", {"name": "Ann", "role": "supervisor", "site": "W2"}, "worker.put", True),
        "csv.import_items": ("", {"content": "code,name\nSOAP,Softest soap\n"}, "item.put", True),
        "csv.import_locations": ("", {"content": f"site,code,abc\nW1,{names['other_bin']},A\n"}, "location.changed", True),
        "csv.import_workers": ("", {"content": "badge,name\nworker-W1,Bea\n"}, "worker.put", True),
        "sites.make_site": ("", {"code": "W9", "name": "Ninth"}, "site.made", False),
        "sites.change_site_": ("W1", {"settings": {"pack_carton_g": 7}}, "site.settings", True),
        "devices.rename": (numbers["device"], {"name": "PDA 77"}, "device.renamed", True),
        "people.disable": ("manager-W1", None, "worker.disabled", True),
        "people.make_key": ("", {"name": "k", "scopes": ["items:read"], "site": "W1"}, "api_key.made", False),
        "people.revoke_key": (numbers["key"], None, "api_key.revoked", True),
        "people.sign_in_": ("", {"badge": "supervisor", "password": PASSWORD, "pin": PIN}, "session.opened", False),
        "people.sign_out_": ("", None, "session.closed", False),
        "fitness.use": ((names["station"], "SECRET"), None, "station.learnt", True),
        "fitness.begin": ((names["station"], "SECRET"), None, "station.lesson", False),
        "fitness.end": ((names["station"], "SECRET"), None, "station.lesson_ended", False),
        "stations.put_station_": (names["station"], {"site": "W1", "kind": "pack", "location": names["dock"]}, "station.put", True),
        "stations.take_screen_": (names["station"], None, "station.screen", True),
        "stations.drop_station_": (names["station"], None, "station.dropped", True),
        "devices.make_code": ("", {"site": "W1"}, "device.code", False),
        "devices.enrol_": ("", None, "device.enrolled", False),
        "devices.revoke": (numbers["device"], None, "device.revoked", True),
    }


@pytest.fixture
def houses(database_url, tmp_path):
    houses = TwoHouses(database_url, tmp_path)
    yield houses
    houses.app.database.close()


def newest(houses, action):
    return houses.app.database.read(lambda tx: tx.row(text("SELECT * FROM audit WHERE action = :a ORDER BY id DESC LIMIT 1"), a=action))


def test_whatever_route_changes_something_the_audit_says_who_did_it_and_what_was_before(houses):
    wanted = actions(houses)
    rules = [rule for rule in houses.app.web.url_map.iter_rules() if rule.methods & {"POST", "PUT", "PATCH", "DELETE"}]
    assert {rule.endpoint for rule in rules} - set(NOT_AUDITED) - TRIED_BELOW == set(wanted)
    device = houses.person("W1", "worker")
    session = houses.web.get("/api/v1/sessions/current", headers=device).json["id"]
    taken = houses.web.post("/api/v1/operations", headers=device, json={"epoch": "epoch-0001", "operations": [{
        "op": "01940000-0000-7000-8000-000000000001", "seq": 1, "kind": "claim", "form": None, "task": None, "slots": {"kind": "put_away"},
        "made_at": houses.clock.now(), "session": session, "schema": 1}]})
    assert taken.json["results"][0]["status"] == "applied", taken.text
    order = houses.web.post("/api/v1/orders", json={"site": "W1", "reference": "2", "lines": [{"item": houses.names["W1"]["item"], "quantity": 1}]},
                            headers=houses.headers("admin"))
    assert order.status_code == 201, order.text
    houses.app.dispatcher.drain()
    houses.app.database.write(lambda tx: tx.execute(text("UPDATE peripheral SET lesson_until = :now + 1000, lesson = :found"), {
        "now": tx.now, "found": '{"settings": {"suffix": "CR"}}'}))
    for rule in sorted(rules, key=lambda rule: list(wanted).index(rule.endpoint) if rule.endpoint in wanted else 99):
        if rule.endpoint not in wanted:
            continue
        value, body, action, tells_before = wanted[rule.endpoint]
        path = rule.rule
        for one in value if isinstance(value, tuple) else (value,):
            path = re.sub(r"<[^>]+>", str(one), path, count=1)
        headers = houses.headers("admin")
        if rule.endpoint == "devices.enrol_":
            body = {"code": houses.web.post("/api/v1/devices/enrolment-codes", json={"site": "W1"}, headers=headers).json["code"], "name": "PDA 9"}
            headers = {}
        before = newest(houses, action)
        answer = houses.web.open(path, method=next(iter(rule.methods & {"POST", "PUT", "PATCH", "DELETE"})), json=body, headers=headers)
        assert answer.status_code < 300, (rule.endpoint, answer.status_code, answer.text)
        row = newest(houses, action)
        assert row is not None and (before is None or row.id > before.id), rule.endpoint
        if rule.endpoint not in ("devices.enrol_", "people.sign_in_"):
            assert (row.actor, row.device, row.address) == ("ADMIN", "1", "127.0.0.1"), (rule.endpoint, tuple(row))
        detail = json.loads(row.detail)
        if tells_before:
            assert set(detail["old"]) == set(detail["new"]) and detail["old"] != detail["new"], (rule.endpoint, detail)
    assert houses.app.database.read(broken_rows) == []


def test_a_return_and_the_first_administrator_are_audited(house):
    house.app.database.write(lambda tx: tx.execute(text("UPDATE worker SET disabled = 1 WHERE role = 'admin'")))
    made = house.web.post("/api/v1/setup", json={"token": house.app.parts.setup.token, "badge": "B1", "name": "Ann", "password": PASSWORD})
    assert made.status_code == 201
    assert json.loads(newest(house, "worker.put").detail)["new"]["role"] == "admin"
    house.app.database.write(lambda tx: put_inbound(tx, NewInbound(code="R-1", kind="return", site_id=house.site_id, lines=[NewInboundLine(item="SOAP", quantity=1)])))
    assert newest(house, "inbound.made").subject == "R-1"


def test_work_that_was_given_up_and_is_tried_again_is_audited(house):
    number = house.app.database.write(lambda tx: tx.scalar(text(
        "INSERT INTO job (kind, payload, state, run_at, error) VALUES ('ship_load', '{}', 'dead', 0, 'gone') RETURNING id")))
    assert house.web.post("/api/v1/sessions", json={"badge": "admin", "password": PASSWORD}).status_code == 200  # at no device, whose warehouse would bind them
    path, mark = f"/api/v1/given-up/job-{number}/again", {"X-Aisle-CSRF": "1"}
    assert house.web.post(path, headers=mark).json == {"key": f"job-{number}", "tried": 1}
    row = newest(house, "work.tried_again")
    assert (row.actor, row.address, row.subject, json.loads(row.detail)) == ("ADMIN", "127.0.0.1", f"job-{number}", {"works": 1})
    assert house.web.post(path, headers=mark).status_code == 404
    assert newest(house, "work.tried_again").id == row.id


def test_what_only_supervisors_may_do_on_the_floor_is_audited(houses):
    headers = houses.person("W1", "supervisor")
    session = houses.web.get("/api/v1/sessions/current", headers=headers).json["id"]
    lpn, task = houses.names["W1"]["lpn"], None
    assert houses.web.post("/api/v1/stock/holds", json={"site": "W1", "lpn": lpn, "reason": "RECALL"}, headers=headers).status_code == 201
    for number, (kind, slots) in enumerate((("start", {"value": {"type": "document", "key": "HOLD-RELEASE", "kind": "card"}}), ("unhold", {"lpn": lpn})), 1):
        answer = houses.web.post("/api/v1/operations", headers=headers, json={"epoch": "epoch-0001", "operations": [{
            "op": f"01940000-0000-7000-8000-{number:012d}", "seq": number, "kind": kind, "form": None, "task": task, "slots": slots,
            "made_at": houses.clock.now(), "session": session, "schema": 1}]}).json["results"][0]
        assert answer["status"] == "applied", answer
        task = answer["task"]["id"] if answer.get("task") else None
    row = newest(houses, "hold.unhold")
    assert (row.actor, row.device) == ("supervisor SECRET", "2")
    assert json.loads(row.detail)["slots"] == {"lpn": lpn}


def unlocked(house):
    """Somebody who may do everything to the database takes the triggers away first."""
    if not house.app.database.is_sqlite:
        return ["ALTER TABLE audit DISABLE TRIGGER USER"]
    found = house.app.database.read(lambda tx: tx.rows(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")))
    return [f"DROP TRIGGER {row.name}" for row in found]


def test_the_audit_can_be_added_to_only(house):
    house.app.database.write(lambda tx: record(tx, "worker.put", "W"))
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(Exception, match=r"append|only"):
            house.app.database.write(lambda tx, statement=statement: tx.execute(text(statement)))


def test_no_secret_is_written_into_the_log_or_the_audit(house, caplog):
    secrets = [PIN, PASSWORD, house.device]
    with caplog.at_level(logging.DEBUG):
        headers = house.headers("admin")
        secrets.append(headers["X-Aisle-Session"])
        house.web.post("/api/v1/sessions", json={"badge": "worker", "pin": "918273"}, headers=house.headers("device"))
        house.web.put("/api/v1/workers/EVE", json={"name": "Eve", "pin": "640917", "password": "another long sentence"}, headers=headers)
        secrets.append(house.web.post("/api/v1/api-keys", json={"name": "x", "scopes": ["items:read"]}, headers=headers).json["key"])
        house.web.post("/api/v1/setup", json={"token": house.app.parts.setup.token, "badge": "B", "name": "B", "password": "secret sentence"})
    audit = house.app.database.read(lambda tx: str(tx.rows(text("SELECT * FROM audit"))))
    for secret in [*secrets, "918273", "640917", "another long sentence", "secret sentence", house.app.parts.setup.token]:
        assert secret not in caplog.text and secret not in audit, secret[:6]
