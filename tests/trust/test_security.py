"""What no neighbour's test shows of the security rows: guessing, strangers' things, keys, the audit, errors."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from server.kernel.audit import broken_rows, record
from server.kernel.clock import SECOND
from server.kernel.errors import TooMany
from server.masterdata.api_keys import make_api_key, revoke_api_key
from server.masterdata.devices import enrol, make_enrolment_code
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.people import disable_worker, set_pin, worker_by_badge
from server.masterdata.sign_in import Attempt, note_failure, take_try
from server.masterdata.sites import location_by_code
from server.realtime.bell import Bell
from server.stock.lpns import make_lpn
from server.wms.counting import plan_counts
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.api.conftest import PASSWORD, PIN, House
from tests.api.test_permissions import routes
from tests.api.test_socket import browser
from tests.trust.hostile import CODES

SOURCES = Path(__file__).resolve().parents[2] / "handheld" / "src"


@pytest.fixture
def house(database_url, tmp_path):
    house = House(database_url, tmp_path)
    yield house
    house.app.database.close()


@pytest.fixture
def one_house(sqlite_url, tmp_path):
    house = House(sqlite_url, tmp_path)
    yield house
    house.app.database.close()


def test_of_ten_thousand_guesses_in_a_day_few_are_looked_at(one_house):
    attempt, looked_at = Attempt("worker", "000001", "device 1", 1), 0

    def guess(tx):
        try:
            take_try(tx, attempt)
        except TooMany:
            return 0
        note_failure(tx, attempt)
        return 1

    for _ in range(200):
        looked_at += sum(one_house.app.database.write(lambda tx: [guess(tx) for _ in range(50)]))
        one_house.clock.advance(432 * SECOND)
    assert 5 <= looked_at <= 100


def test_guesses_made_all_at_once_are_no_way_around_the_limit(house):
    def guess(number):
        return house.app.web.test_client().post("/api/v1/sessions", json={"badge": "worker", "pin": f"{number:06d}"},
                                                headers=house.headers("device")).status_code

    with ThreadPoolExecutor(12) as pool:
        assert sorted(pool.map(guess, range(24))) == [401] * 5 + [429] * 19


def test_a_new_pin_and_a_right_one_are_taken_after_wrong_ones(house):
    for _ in range(4):
        assert house.web.post("/api/v1/sessions", json={"badge": "worker", "pin": "000001"}, headers=house.headers("device")).status_code == 401
    for _ in range(6):
        house.headers("worker")
    house.app.database.write(lambda tx: set_pin(tx, worker_by_badge(tx, "worker").id, "802915"))
    assert house.web.post("/api/v1/sessions", json={"badge": "worker", "pin": PIN}, headers=house.headers("device")).status_code == 401


def test_the_socket_of_somebody_who_is_locked_out_is_closed(one_house):
    client = browser(one_house, "supervisor")
    assert client.emit("watch", {}, callback=True) == {"watching": True}
    one_house.app.database.write(lambda tx: disable_worker(tx, "supervisor"))
    Bell(one_house.app.database, one_house.app.socket, one_house.app.settings.measures)._close_revoked()
    assert not client.is_connected()


def test_a_supervisor_of_another_warehouse_can_touch_nothing_of_this_one(house):
    def build(tx):
        paper = NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[NewInboundLine(item="SOAP", quantity=5)])
        put_inbound(tx, paper)
        make_lpn(tx, location_by_code(tx, "W1-DOCK"), code="LPN00000777")
        count, = plan_counts(tx, [location_by_code(tx, "W1-A-01-1").id], "planned")
        site = tx.scalar(text("SELECT id FROM site WHERE code = 'W2'"))
        put_location(tx, site, NewLocation(code="W2-DOCK", kind="dock"))
        exception = tx.scalar(text("INSERT INTO floor_exception (site_id, at, code, args) VALUES (:s, 0, 'late', '{}') RETURNING id"), s=house.site_id)
        task = tx.scalar(text("SELECT id FROM task"))
        return enrol(tx, make_enrolment_code(tx, site)[0], "PDA W2").token, task, exception, count

    token, task, exception, _ = house.app.database.write(build)
    order = house.web.post("/api/v1/orders", json={"site": "W1", "reference": "1", "lines": [{"item": "SOAP", "quantity": 1}]},
                           headers=house.headers("supervisor")).json["number"]
    device = {"Authorization": f"Bearer {token}"}
    session = house.web.post("/api/v1/sessions", json={"badge": "admin", "pin": PIN}, headers=device).json["session"]
    strange = {**device, "X-Aisle-Session": session}
    before = snapshot(house)
    for method, path, body in (
        ("GET", f"/api/v1/tasks/{task}", None), ("POST", f"/api/v1/tasks/{task}/hand-back", None),
        ("POST", f"/api/v1/exceptions/{exception}/close", {}), ("DELETE", "/api/v1/devices/1", None),
        ("GET", "/api/v1/inbound/ASN-1", None), ("GET", f"/api/v1/orders/{order}", None),
        ("POST", f"/api/v1/orders/{order}/cancel", {"reason": "x"}), ("POST", "/api/v1/counts", {"site": "W1", "due": True}),
        ("POST", "/api/v1/counts", {"site": "W2", "locations": ["W1-A-01-1"]}), ("POST", "/api/v1/devices/enrolment-codes", {"site": "W1"}),
        ("POST", "/api/v1/locations", {"site": "W1", "pattern": "W1-Z-{01..03}"}), ("POST", "/api/v1/lpns", {"kind": "tote", "codes": ["T-1"], "location": "W1-DOCK"}),
        ("POST", "/api/v1/asns", {"code": "A2", "site": "W1", "lines": [{"item": "SOAP", "quantity": 1}]}),
        ("POST", "/api/v1/waves", {"site": "W1"}), ("PUT", "/api/v1/printers/zebra", {"site": "W1", "url": "socket://10.0.0.41:9100"}),
    ):
        answer = house.web.open(path, method=method, json=body, headers=strange)
        assert answer.status_code in (403, 404), (method, path, answer.status_code, answer.text)
    for path in ("tasks", "orders", "asns", "devices", "exceptions", "counts", "lpns", "printers", "locations"):
        found = house.web.get(f"/api/v1/{path}", headers=strange).json["items"]
        assert not any("W1" in str(row) or "ASN-1" in str(row) for row in found), path
    assert snapshot(house) == before


def snapshot(house):
    tables = ("task", "floor_exception", "device", "inbound", "customer_order", "cycle_count", "location", "lpn", "printer", "wave")
    known = house.app.database.read(lambda tx: [row[0] for row in tx.rows(text(
        "SELECT name FROM sqlite_master" if house.app.database.is_sqlite else "SELECT tablename FROM pg_tables"))])
    return house.app.database.read(lambda tx: {table: tx.scalar(text(f"SELECT COUNT(*) FROM {table}")) for table in tables if table in known})


def test_a_key_is_shown_once_and_kept_as_a_hash(house):
    made = house.web.post("/api/v1/api-keys", json={"name": "shop", "scopes": ["items:read"]}, headers=house.headers("admin")).json["key"]
    kept = house.app.database.read(lambda tx: str([tx.rows(text(f"SELECT * FROM {table}")) for table in ("api_key", "audit")]))
    assert made not in kept and made[:12] in kept
    assert house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {made}"}).status_code == 200


def test_a_key_ends_when_it_is_revoked_and_when_its_time_is_over(house):
    def build(tx):
        key = make_api_key(tx, "ends", ["items:read"], expires_at=tx.now + 60_000)
        return key, make_api_key(tx, "gone", ["items:read"]), tx.scalar(text("SELECT MAX(id) FROM api_key"))

    ends, gone, number = house.app.database.write(build)
    statuses = [house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {key}"}).status_code for key in (ends, gone)]
    house.app.database.write(lambda tx: revoke_api_key(tx, number))
    house.clock.advance(60_001)
    statuses += [house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {key}"}).status_code for key in (ends, gone)]
    assert statuses == [200, 200, 401, 401]


def test_when_a_key_was_used_last_is_noted(house):
    key = house.key("reader", "items:read")
    house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {key}"})
    assert house.app.database.read(lambda tx: tx.scalar(text("SELECT last_used_at FROM api_key"))) == house.clock.now()


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


def test_a_route_that_breaks_shows_no_trace_and_carries_the_headers(one_house):
    def broken():
        secret = "a value that only the log may hold"
        raise RuntimeError(secret)

    app = one_house.app.web
    for name in sorted(app.blueprints):
        endpoint = next(rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{name}."))
        rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
        kept, app.view_functions[endpoint] = app.view_functions[endpoint], lambda **_: broken()
        path = next(path for found, _, path in routes(one_house) if found == endpoint)
        method = next(iter(sorted(rule.methods - {"HEAD", "OPTIONS"})))
        answer = one_house.web.open(path, method=method, headers=one_house.headers("admin"), json={} if method in ("POST", "PUT") else None)
        app.view_functions[endpoint] = kept
        assert (answer.status_code, answer.content_type, answer.json["code"]) == (500, "application/problem+json", "internal"), (endpoint, answer.text)
        assert "RuntimeError" not in answer.text and "only the log" not in answer.text and "Traceback" not in answer.text
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_every_route_carries_the_headers_also_when_it_refuses(one_house):
    wanted = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
    seen = set()
    for role in ("nobody", "admin"):
        headers = one_house.headers(role)
        for endpoint, method, path in routes(one_house):
            if endpoint in ("people.sign_out_", "people.disable"):
                continue
            answer = one_house.web.open(path, method=method, headers=headers, json={} if method in ("POST", "PUT") else None)
            seen.add(answer.status_code // 100)
            assert {name: answer.headers.get(name) for name in wanted} == wanted, endpoint
            policy = answer.headers["Content-Security-Policy"]
            assert all(part in policy for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"))
            assert "unsafe" not in policy
            if path.startswith("/api/"):
                assert answer.headers["Cache-Control"] in ("no-store", "no-cache"), endpoint
    assert {2, 4} <= seen


def test_names_that_are_programs_come_back_as_data_only(house):
    headers = house.headers("admin")
    for number, code in enumerate(code for code in CODES if "<" in code or "script" in code):
        made = house.web.put(f"/api/v1/items/X-{number}", json={"name": code[:100] or "x"}, headers=headers)
        assert made.status_code in (200, 422), (code, made.text)
        if made.status_code == 200:
            answer = house.web.get(f"/api/v1/items/X-{number}", headers=headers)
            assert (answer.content_type, answer.json["name"]) == ("application/json", code[:100])


def test_the_client_writes_text_as_text_only():
    sources = [*SOURCES.rglob("*.ts"), *SOURCES.rglob("*.tsx")]
    assert len(sources) > 5
    for path in sources:
        found = [word for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function") if word in path.read_text()]
        assert found == [], path.name
