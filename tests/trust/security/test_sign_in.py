from dataclasses import replace

import pytest
from sqlalchemy import text

from server.app import App
from server.masterdata import people
from server.masterdata.devices import revoke_device
from server.masterdata.people import disable_worker
from tests.api.conftest import PASSWORD, PIN


def sign_in(house, badge="worker", pin=PIN, device=True):
    headers = house.headers("device") if device else {}
    body = {"badge": badge, "pin": pin} if device else {"badge": badge, "password": pin}
    return house.web.post("/api/v1/sessions", json=body, headers=headers)


def test_a_badge_and_pin_open_a_session_on_an_enrolled_device(house):
    answer = sign_in(house)
    assert answer.status_code == 200
    assert answer.json["worker"]["roles"] == ["worker"]
    headers = {**house.headers("device"), "X-Aisle-Session": answer.json["session"]}
    assert house.web.get("/api/v1/sessions/current", headers=headers).json["worker"]["badge"] == "WORKER"


def test_a_badge_alone_or_a_pin_without_a_device_opens_nothing(house):
    assert sign_in(house, pin="").status_code == 401
    assert house.web.post("/api/v1/sessions", json={"badge": "worker", "pin": PIN}).status_code == 403


def test_after_five_wrong_pins_one_waits_and_a_colleague_does_not(house):
    codes = [sign_in(house, pin="000001").status_code for _ in range(7)]
    assert codes == [401] * 5 + [429] * 2
    assert sign_in(house, pin=PIN).status_code == 429
    assert sign_in(house, badge="supervisor").status_code == 200
    house.clock.advance(61_000)
    assert sign_in(house).status_code == 200


def test_of_ten_thousand_guesses_in_a_minute_five_are_looked_at(one_house):
    looked_at = sum(sign_in(one_house, pin=f"{number:06d}").status_code == 401 for number in range(300))
    assert looked_at == 5


def test_a_hundred_wrong_pins_lock_the_badge(one_house):
    for _ in range(100):
        sign_in(one_house, pin="000001")
        one_house.clock.advance(3_600_000 * 24)
    assert sign_in(one_house).status_code == 401


def test_a_browser_signs_in_with_the_password_and_gets_a_cookie_that_scripts_cannot_read(house):
    answer = sign_in(house, "supervisor", PASSWORD, device=False)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert "session" not in answer.json
    assert house.web.get("/api/v1/dashboard").status_code == 200


def test_a_cookie_that_has_run_out_keeps_nobody_from_the_page_or_from_signing_in_again(house):
    sign_in(house, "supervisor", PASSWORD, device=False)
    house.clock.advance(31 * 60_000)
    assert house.web.get("/api/v1/dashboard").status_code == 401
    assert house.web.get("/api/docs").status_code == 200
    assert sign_in(house, "supervisor", PASSWORD, device=False).status_code == 200
    assert house.web.get("/api/v1/dashboard").status_code == 200


def test_a_form_of_another_page_changes_nothing(house):
    sign_in(house, "admin", PASSWORD, device=False)
    body = {"name": "Eve", "role": "admin"}
    assert house.web.put("/api/v1/workers/EVE", json=body).status_code == 403
    evil = {"X-Aisle-CSRF": "1", "Origin": "http://evil.example"}
    assert house.web.put("/api/v1/workers/EVE", json=body, headers=evil).status_code == 403
    assert house.web.put("/api/v1/workers/EVE", json=body, headers={"X-Aisle-CSRF": "1"}).status_code == 200


def test_a_session_ends_after_half_an_hour_of_nothing_and_after_twelve_hours_of_work(house):
    headers = house.headers("supervisor")
    for _ in range(23):
        house.clock.advance(29 * 60_000)
        assert house.web.get("/api/v1/tasks", headers=headers).status_code == 200
    house.clock.advance(31 * 60_000)
    assert house.web.get("/api/v1/tasks", headers=headers).status_code == 401
    headers = house.headers("supervisor")
    for _ in range(25):
        house.clock.advance(29 * 60_000)
        house.web.get("/api/v1/tasks", headers=headers)
    assert house.web.get("/api/v1/tasks", headers=headers).status_code == 401


def test_somebody_who_is_locked_out_is_out_at_once(house):
    headers = house.headers("supervisor")
    house.app.database.write(lambda tx: disable_worker(tx, "supervisor"))
    assert house.web.get("/api/v1/tasks", headers=headers).status_code == 401


@pytest.mark.parametrize("secret", [{"password": "another long sentence"}, {"pin": "602915"}], ids=["password", "pin"])
@pytest.mark.parametrize("badge", ["supervisor", "admin"])
def test_a_new_secret_ends_every_session_of_its_worker_but_the_one_that_it_came_in(house, secret, badge):
    thief, office = house.app.web.test_client(), house.app.web.test_client()
    for web, who in ((thief, badge), (office, "admin")):
        assert web.post("/api/v1/sessions", json={"badge": who, "password": PASSWORD}).status_code == 200
    on_device, colleague = house.headers(badge), {"Authorization": f"Bearer {house.enrol('PDA 2')}"}
    colleague["X-Aisle-Session"] = house.web.post("/api/v1/sessions", json={"badge": "manager", "pin": PIN}, headers=colleague).json["session"]
    assert [web.get("/api/v1/workers").status_code for web in (thief, office)] == [200, 200]
    body = {"name": "Ann", "role": badge, **secret}
    assert office.put(f"/api/v1/workers/{badge}", json=body, headers={"X-Aisle-CSRF": "1"}).status_code == 200
    assert thief.get("/api/v1/workers").status_code == 401
    assert house.web.get("/api/v1/tasks", headers=on_device).status_code == 401
    assert office.get("/api/v1/workers").status_code == 200
    assert house.web.get("/api/v1/tasks", headers=colleague).status_code == 200


def test_somebody_is_locked_out_and_let_in_again_by_an_administrator_and_old_sessions_stay_ended(house):
    office, headers = house.headers("admin"), {"Authorization": f"Bearer {house.enrol('PDA 2')}"}
    session = house.web.post("/api/v1/sessions", json={"badge": "supervisor", "pin": PIN}, headers=headers).json["session"]
    theirs = {**headers, "X-Aisle-Session": session}

    def put(**more):
        return house.web.put("/api/v1/workers/supervisor", json={"name": "Supervisor", "role": "supervisor", **more}, headers=office).status_code

    def answers():
        tried = house.web.post("/api/v1/sessions", json={"badge": "supervisor", "password": PASSWORD}).status_code
        return house.web.get("/api/v1/tasks", headers=theirs).status_code, tried

    assert (put(), put(disabled=False)) == (200, 200)
    assert answers() == (200, 200)
    assert put(disabled=True) == 200
    assert answers() == (401, 401)
    assert put() == 200
    assert answers() == (401, 401), "what is not given stays"
    assert put(disabled=False) == 200
    assert answers() == (401, 200)


def test_an_enrolment_code_lets_one_device_in_and_only_for_ten_minutes(house):
    headers = house.headers("supervisor")
    code = house.web.post("/api/v1/devices/enrolment-codes", json={}, headers=headers).json["code"]
    assert house.web.post("/api/v1/devices/enrol", json={"code": code, "name": "PDA 2"}).status_code == 201
    assert house.web.post("/api/v1/devices/enrol", json={"code": code, "name": "PDA 3"}).status_code == 403
    late = house.web.post("/api/v1/devices/enrolment-codes", json={}, headers=headers).json["code"]
    house.clock.advance(10 * 60_000 + 1)
    assert house.web.post("/api/v1/devices/enrol", json={"code": late, "name": "PDA 3"}).status_code == 403


def test_a_revoked_device_is_nobody(house):
    house.app.database.write(lambda tx: revoke_device(tx, 1))
    assert house.web.get("/api/v1/floor/pull", headers=house.headers("device")).status_code == 401


def test_no_common_pair_opens_a_fresh_server_and_the_set_up_link_works_once(one_house):
    one_house.app.database.write(lambda tx: [disable_worker(tx, role) for role in ("admin",)])
    for pair in (("admin", "admin"), ("admin", "password"), ("root", "root"), ("aisle", "aisle"), ("admin", "")):
        assert sign_in(one_house, *pair, device=False).status_code in (401, 429)
    token = one_house.app.parts.setup.token
    body = {"token": token, "badge": "B1", "name": "Ann", "password": "short"}
    assert one_house.web.post("/api/v1/setup", json=body).status_code == 422
    body["password"] = PASSWORD
    assert one_house.web.post("/api/v1/setup", json=body).status_code == 201
    assert one_house.web.post("/api/v1/setup", json=body).status_code == 403


def test_who_makes_the_first_administrator_is_signed_in_however_often_they_tried_before(one_house):
    one_house.app.database.write(lambda tx: [disable_worker(tx, role) for role in ("admin",)])
    for _ in range(6):
        refused = sign_in(one_house, "B1", "a wrong sentence of words", device=False)
    assert refused.status_code == 429
    body = {"token": one_house.app.parts.setup.token, "badge": "b1", "name": "Ann", "password": PASSWORD}
    made = one_house.web.post("/api/v1/setup", json=body)
    assert (made.status_code, made.json["badge"]) == (201, "B1")
    assert one_house.web.get("/api/v1/sessions/current").json["worker"]["badge"] == "B1"
    assert sign_in(one_house, "B1", PASSWORD, device=False).status_code == 200, "and what was wrong before counts no more"


def test_secrets_are_kept_as_hashes_only(house):
    house.headers("worker")
    kept = house.app.database.read(lambda tx: str([
        tx.rows(text(f"SELECT * FROM {table}")) for table in ("worker", "device", "worker_session", "audit", "api_key")]))
    assert PIN not in kept and PASSWORD not in kept and house.device not in kept
    assert "$argon2id$" in kept


def test_whoever_does_not_exist_is_looked_at_as_slowly_as_anybody_else():
    assert not people._hasher.check_needs_rehash(people._NOBODY)
    assert people._hasher.verify(people._NOBODY, "somebody who does not exist")
    assert not people.is_right("somebody who does not exist", None)


def test_under_tls_the_cookie_holds_for_this_host_and_for_https_only(one_house):
    app = App(replace(one_house.app.settings, is_secure=True), clock=one_house.clock)
    web = app.web.test_client()
    answer = web.post("/api/v1/sessions", json={"badge": "supervisor", "password": PASSWORD}, base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-aisle_session=") and "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert web.get("/api/v1/dashboard", base_url="https://localhost").status_code == 200
    app.database.close()
