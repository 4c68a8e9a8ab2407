"""Hostile codes by every door: never a 5xx, always a clear problem, nothing half done, and the next good input works."""

import base64
import itertools
import json
from collections import Counter

import pytest

from server.api.factory import BODY_MAX
from server.floor.errors import Malformed
from server.masterdata.sites import location_by_code
from server.wms.counting import plan_counts
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.api.socket_client import SocketClient
from tests.trust.security.hostile import CODES, VALUES
from tests.trust.security.sharing import share
from tests.trust.security.test_permissions import ROLES
from tests.warehouse import Warehouse

SLOTS = ("item", "quantity", "from", "to", "lpn", "lot", "serial", "expiry", "production_date", "weight", "tote", "label", "counted",
         "kind", "zone", "op", "value", "counted_items", "parcel")
BODIES = {"POST", "PUT"}
QUERIES = ("cursor", "limit", "kind", "state", "zone", "search", "since", "site", "item", "location", "reference", "status")


def routes(house):
    for rule in house.app.web.url_map.iter_rules():
        if rule.endpoint not in ("static", "people.sign_out_"):
            yield rule, next(iter(sorted(rule.methods - {"HEAD", "OPTIONS"})))


def examples(house):
    """The body that the description shows for each route that takes one."""
    document = house.web.get("/api/openapi.json").json
    schemas = document["components"]["schemas"]
    return {(method.upper(), path): schemas[route["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]]["examples"][0]
            for path, methods in document["paths"].items() for method, route in methods.items()
            if method in ("post", "put") and "requestBody" in route and "image/png" not in route["requestBody"]["content"]}


def path_of(rule, code=None):
    path = rule.rule
    for argument in rule.arguments:
        value = "99" if f"<int:{argument}>" in path and code is None else quoted(code if code is not None else "SOAP")
        for form in (f"<path:{argument}>", f"<client:{argument}>", f"<int:{argument}>", f"<{argument}>"):
            path = path.replace(form, value)
    return path


def quoted(code):
    return "".join(f"%{byte:02X}" for byte in code.encode("utf-8", "surrogatepass"))


def leaves(value, at=()):
    if isinstance(value, dict):
        return [at, *itertools.chain.from_iterable(leaves(one, (*at, name)) for name, one in value.items())]
    if isinstance(value, list):
        return [at, *itertools.chain.from_iterable(leaves(one, (*at, number)) for number, one in enumerate(value))]
    return [at]


def with_leaf(body, at, value):
    if not at:
        return value
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[at[0]] = with_leaf(body[at[0]], at[1:], value)
    return copy


def check(answer, what):
    """Whatever came, the answer is an ordinary one or a problem that says something."""
    assert answer.status_code < 500 or answer.status_code == 503, (what, answer.status_code, answer.text[:300])
    if answer.status_code >= 400 and "/readyz" not in what[0] and answer.content_type != "text/html; charset=utf-8":
        assert answer.content_type == "application/problem+json", (what, answer.content_type)
        told = answer.json
        assert told["status"] == answer.status_code and len(told["detail"]) > 10, (what, told)
        assert "Traceback" not in answer.text and "sqlalchemy" not in answer.text, what


def good_input_works(house):
    headers = house.headers("device")
    answer = house.web.post("/api/v1/floor/read", json={"text": "]C10109506000134352"}, headers=headers)
    assert (answer.status_code, answer.json["values"][0]["key"]) == (200, "SOAP")
    assert house.web.get("/api/v1/items", headers=headers).status_code == 200


def test_every_hostile_scan_over_http_is_answered_and_the_next_good_one_is_understood(house):
    headers = house.headers("device")
    for code in CODES:
        check(house.web.post("/api/v1/floor/read", json={"text": code}, headers=headers), ("read", code[:40]))
    good_input_works(house)


def test_every_hostile_scan_over_the_socket_is_answered_and_the_next_good_one_is_understood(house):
    token = house.web.post("/api/v1/socket-tokens", headers=house.headers("device")).json["token"]
    client = SocketClient(house.app, {"token": token})
    for code in CODES:
        answer = client.emit("read", {"text": code}, callback=True)
        assert "values" in answer, (code[:40], answer)
    for event, value in itertools.product(("read", "hello", "pull", "operations"), VALUES):
        for body in (value, {"text": value, "epoch": value, "since": value, "operations": value, "queued": value, "build": value}):
            answer = client.emit(event, body, callback=True)
            assert (answer.get("error") or {}).get("status", 200) < 500, (event, body, answer)
    assert client.emit("read", {"text": "]C10109506000134352"}, callback=True)["values"][0]["key"] == "SOAP"


def test_every_hostile_code_as_a_part_of_every_address(house):
    headers, turn = house.headers("admin"), itertools.cycle(CODES)
    for rule, method in share(routes(house), house.app.database):
        if rule.arguments:
            for code in itertools.islice(turn, len(CODES) // (3 if method == "GET" else 10)):
                answer = house.web.open(path_of(rule, code), method=method, headers=headers, json={} if method in BODIES else None)
                check(answer, (rule.rule, code[:40]))
    good_input_works(house)


def test_every_hostile_code_as_a_query(house):
    headers = house.headers("admin")
    turn = itertools.cycle(CODES)
    for rule, method in share(routes(house), house.app.database):
        if method != "GET":
            continue
        for name in QUERIES:
            for code in itertools.islice(turn, 2):
                check(house.web.get(f"{path_of(rule)}?{name}={quoted(code)}", headers=headers), (rule.rule, name, code[:40]))
    good_input_works(house)


def test_a_cursor_that_no_page_gave_is_refused(one_house):
    for row, status in ((2**63, 422), (-1, 422), (10**40, 422), ("x", 422), ("", 200)):
        cursor = base64.urlsafe_b64encode(str(row).encode()).decode()
        answer = one_house.web.get(f"/api/v1/items?cursor={cursor}", headers=one_house.headers("device"))
        check(answer, ("cursor", row))
        assert answer.status_code == status, row


def test_every_hostile_code_in_every_place_of_every_body(house):
    headers = {**house.headers("admin"), "Idempotency-Key": ""}
    turn, shapes = itertools.cycle(CODES), itertools.cycle(VALUES)
    bodies = examples(house)
    assert len(bodies) > 15
    for (method, path), body in share(bodies.items(), house.app.database):
        filled = path.replace("{", "<").replace("}", ">")
        for argument in ("code", "badge", "name", "number"):
            filled = filled.replace(f"<{argument}>", "99")
        if filled in ("/api/v1/setup", "/api/v1/sessions"):
            continue
        for at in leaves(body):
            for value in (*itertools.islice(turn, 7), *itertools.islice(shapes, 4)):
                check(house.web.open(filled, method=method, json=with_leaf(body, at, value), headers=headers), (path, at, str(value)[:40]))
    good_input_works(house)


def test_hostile_codes_open_no_session_and_no_set_up(house):
    for code in CODES[::5]:
        for path, body in (("/api/v1/sessions", {"badge": code, "password": code}), ("/api/v1/sessions", {"badge": code, "pin": code}),
                           ("/api/v1/setup", {"token": code, "badge": code, "name": code, "password": code}),
                           ("/api/v1/devices/enrol", {"code": code, "name": code})):
            answer = house.web.post(path, json=body)
            check(answer, (path, code[:40]))
            assert answer.status_code in (401, 403, 422, 429), (path, code[:40], answer.status_code)
    good_input_works(house)


def test_as_every_role_every_route_bears_hostile_input(house):
    turn = itertools.cycle(CODES)
    for role in ROLES:
        headers = house.headers(role)
        for (rule, method), code in zip(share(routes(house), house.app.database), turn, strict=False):
            body = {"name": code, "site": code, "lines": [{"item": code, "quantity": code}], "code": code, "text": code}
            answer = house.web.open(path_of(rule, code) + f"?search={quoted(code)}", method=method, headers=headers,
                                    json=body if method in BODIES else None)
            check(answer, (rule.rule, role, code[:40]))
    good_input_works(house)


def test_hostile_headers_are_refused_in_words(one_house):
    for header in ("Authorization", "X-Aisle-Session", "Cookie", "Idempotency-Key", "Content-Type", "Origin", "X-Aisle-CSRF"):
        send_header(one_house, header)
    good_input_works(one_house)


def send_header(house, header):
    headers = house.headers("supervisor") if header not in ("Authorization", "Cookie") else {}
    for code in CODES[::3]:
        value = code.encode("utf-8", "surrogatepass").decode("latin-1")
        if any(sign in value for sign in "\r\n\0"):
            continue  # no server lets these through to the application
        for sent in (value, f"Bearer {value}", f"Bearer dev_{value}", f"Bearer key_{value}", f"aisle_session={value}")[:1 if header[0] in "XIO" else 5]:
            answer = house.web.post("/api/v1/counts", data=b'{"site": "W1"}', headers={"Content-Type": "application/json", **headers, header: sent})
            check(answer, (header, sent[:40]))


BAD_BODIES = [
    (b"x" * (BODY_MAX + 1), "application/json", {413}), (b"{}", "text/plain", {415}), (b"{}", "application/xml", {415}),
    (b"a=1", "application/x-www-form-urlencoded", {415}), (b"{", "application/json", {400}), (b"", "application/json", {400, 422}),
    (b"[]", "application/json", {422}), (b"7", "application/json", {422}), (b'"x"', "application/json", {422}), (b"null", "application/json", {422}),
    (b"\xff\xfe\x00", "application/json", {400}), (b"[" * 50_000, "application/json", {400}), (b'{"a":' * 5_000, "application/json", {400}),
    (b'{"site": "W1", "site": "W2"}', "application/json", {400}), (b'{"x": NaN}', "application/json", {400}),
    (b'{"x": Infinity}', "application/json", {400}), (b'{"x": -Infinity}', "application/json", {400}),
    (b'{"x": 1' + b"0" * 5_000 + b"}", "application/json", {400}), (b'{"x": 1e400}', "application/json", {400}),
    (b"PK\x03\x04", "application/zip", {415}), (b"{}", "", {415}), (b'{"x": ' * 30 + b"1" + b"}" * 30, "application/json", {422}),
]


def test_a_body_that_is_no_good_json_is_refused_in_words_by_every_route(one_house):
    house, headers = one_house, one_house.headers("admin")
    for (rule, method), (body, kind, statuses) in itertools.product(list(routes(house)), BAD_BODIES):
        if method in BODIES:
            answer = house.web.open(path_of(rule), method=method, data=body, content_type=kind or None, headers=headers)
            check(answer, (rule.rule, body[:20], kind))
            if (method, rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}")) in examples_of(house):
                assert answer.status_code in statuses, (rule.rule, body[:20], kind, answer.status_code, answer.text)
    good_input_works(house)


def examples_of(house):
    if not hasattr(house, "shown"):
        house.shown = examples(house)
    return house.shown


class Floor(Warehouse):
    """With a task of several processes at hand."""

    def tasks(self):
        paper = NewInbound(code="ASN-1", kind="asn", site_id=self.site_id, lines=[NewInboundLine(item="SOAP", quantity=50)])
        self.database.write(lambda tx: put_inbound(tx, paper))
        self.put("SOAP", 20, "W1-A-01-1")
        self.put("TEA", 20, "W1-B-02-1")
        self.order("100", ("SOAP", 2))
        self.wave()
        self.database.write(lambda tx: plan_counts(tx, [location_by_code(tx, "W1-B-02-1").id], "planned"))
        pda, found = self.pda("supervisor"), [None]
        pda.scan("ASN-1")
        found.append(pda.task)
        for kind in ("pick", "count"):
            pda.task = None
            assert pda.send("claim", {"kind": kind}, None)["status"] == "applied"
            found.append(pda.task)
        return pda, found


def operations(pda, sent):
    results = []
    for start in range(0, len(sent), 40):
        batch = []
        for kind, task, form, slots in sent[start:start + 40]:
            pda.seq += 1
            batch.append({"op": f"01940000-0000-7000-8000-{pda.seq:012d}", "seq": pda.seq, "kind": kind, "form": form,
                          "task": task["id"] if task else None, "slots": slots, "made_at": pda.now, "session": pda.session, "schema": 1})
        results += pda.engine.operations(pda.device, {"epoch": "epoch-0001", "operations": batch})["results"]
    return results


def test_hostile_values_in_every_slot_of_every_operation_are_refused_in_words(database):
    floor = Floor(database).open()
    pda, tasks = floor.tasks()
    turn, shapes = itertools.cycle(CODES), itertools.cycle(VALUES)
    sent = []
    kinds = sorted({kind for process in pda.engine.runner.registry.in_order for kind in process.handlers} | {"start", "claim", "release", "undo"})
    for kind, task in itertools.product(kinds, tasks):
        if task is not None and kind not in pda.engine.runner.registry.by_kind[task["kind"]].handlers and kind not in ("start", "undo"):
            continue
        forms = [None, *(form["id"] for form in (task["forms"] if task else [])), next(turn)]
        for form, name in share(itertools.product(forms, SLOTS), database):
            good = {"item": "SOAP", "quantity": 1, "from": "W1-A-01-1", "to": "W1-A-02-1"}
            sent += [(kind, task, form, {**good, name: value}) for value in (next(turn), next(shapes))]
        for value in itertools.chain(itertools.islice(turn, 20), VALUES):
            sent.append((kind, task, forms[-2], dict.fromkeys(SLOTS, value)))
    results = operations(pda, sent)
    aside = Counter((sent[at][0], json.dumps(sent[at][3])[:120]) for at, result in enumerate(results) if result["code"] == "set_aside")
    errors = floor.all("SELECT args FROM floor_exception WHERE code = 'set_aside'")
    assert (aside, errors) == (Counter(), [])
    assert len(results) == len(sent) > 1_500
    assert {result["status"] for result in results} <= {"applied", "refused"}
    pda.task = None
    assert pda.scan("]C10109506000134352") is not None
    assert floor.engine.read(pda.device, "W1-A-01-1")["values"][0]["type"] == "location"


def test_a_hostile_value_in_any_place_of_an_operation_blocks_nothing_after_it(database):
    pda = Floor(database).open().pda()
    for field, value in itertools.product(("op", "kind", "task", "form", "slots", "made_at", "session", "schema"), [*CODES[::7], *VALUES]):
        good = {"op": f"01940000-0000-7000-8000-{pda.seq + 1:012d}", "seq": pda.seq + 1, "kind": "start", "form": None, "task": None,
                "slots": {}, "made_at": pda.now, "session": pda.session, "schema": 1}
        result, = pda.engine.operations(pda.device, {"epoch": "epoch-0001", "operations": [{**good, field: value}]})["results"]
        assert result["status"] in ("refused", "late") and result["code"] != "set_aside", (field, value, result)
        json.dumps(result, allow_nan=False)
        pda.seq += 1
    assert pda.engine.hello(pda.device, {"epoch": "epoch-0001"}, "")["next_seq"] == pda.seq + 1


def test_an_operation_without_a_number_is_refused_with_its_batch(database):
    pda = Floor(database).open().pda()
    for value in (*CODES[::20], *(value for value in VALUES if type(value) is not int), 0, -1, 2**53, 10**30):
        with pytest.raises(Malformed, match="seq"):
            pda.engine.operations(pda.device, {"epoch": "epoch-0001", "operations": [{"op": "x", "seq": value}]})
    assert pda.send("claim", {"kind": None}, None)["code"] == "nothing_to_do"
