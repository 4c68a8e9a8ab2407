"""S4, S11, S13, S14: which pages and machines get a connection at all, and how much they may send."""

import itertools
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request
from dataclasses import replace

import pytest
from simple_websocket import ConnectionClosed
from simple_websocket import ConnectionError as NotLetIn

from server.app import App
from server.kernel.database import Database
from server.masterdata.devices import enrol, make_enrolment_code
from server.masterdata.permissions import EVERYBODY, ROUTES
from server.masterdata.sites import add_site
from tests.api.conftest import PASSWORD
from tests.realtime.server import RunningServer, Socket
from tests.trust.security.test_permissions import routes
from tests.waiting import PATIENCE

EVIL = ("http://evil.example", "https://evil.example", "null", "http://127.0.0.2", "http://127.0.0.1:1", "http://localhost.evil.example",
        "http://127.0.0.1.evil.example", "file://", "chrome-extension://abcdefgh", "http://[::1]:8080", "HTTP://EVIL.EXAMPLE", "http://evil.example:80",
        "http://127.0.0.1@evil.example", "//evil.example", "evil", "*", "http://127.0.0.1:{port}.evil.example", "https://127.0.0.1")
OWN = "http://127.0.0.1"
"""The test's client names the host without the port."""


def device_of(url):
    database = Database(url)
    site = database.write(lambda tx: add_site(tx, "W1", "Main"))
    made = [database.write(lambda tx: enrol(tx, make_enrolment_code(tx, site)[0], "PDA").token) for _ in range(2)]
    database.close()
    return made


@pytest.fixture
def running(sqlite_url, tmp_path):
    devices = device_of(sqlite_url)
    server = RunningServer(sqlite_url, tmp_path)
    yield server, devices
    server.stop()


def opens(server, auth, **headers):
    try:
        socket = Socket(server, auth, **headers)
    except (NotLetIn, ConnectionClosed, AssertionError):
        return False
    is_open = socket.is_open
    socket.close()
    return is_open


def polls(server, origin):
    request = urllib.request.Request(f"{server.address}/socket.io/?EIO=4&transport=polling", headers={"Origin": origin})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)


def test_no_strange_origin_gets_a_websocket_even_with_a_good_token_nor_long_polling(running):
    server, (device, _) = running
    for origin in (one.replace("{port}", str(server.port)) for one in EVIL):
        assert not opens(server, {"token": server.token(device)}, Origin=origin), origin
        status, headers = polls(server, origin)
        assert status == 400 and "Access-Control-Allow-Origin" not in headers, (origin, status, headers)
    assert opens(server, {"token": server.token(device)}, Origin=OWN)


def test_without_an_origin_a_websocket_still_needs_a_good_token(running):
    server, (device, other) = running
    used = server.token(device)
    assert opens(server, {"token": used})
    for auth in (None, {}, {"token": None}, {"token": ""}, {"token": used}, {"token": device}, {"token": other}, {"token": ["x"]}, {"token": "x" * 5_000}, [], "x"):
        assert not opens(server, auth), auth


def test_no_route_that_changes_something_takes_a_browsers_word_from_another_page(one_house):
    assert one_house.web.post("/api/v1/sessions", json={"badge": "admin", "password": PASSWORD}).status_code == 200
    mark = {"X-Aisle-CSRF": "1"}
    ways = [{}, {"Origin": "http://localhost"}, {"X-Aisle-CSRF": "0"}, {"X-Aisle-CSRF": "true"},
            *({**mark, "Origin": origin.replace("{port}", "80")} for origin in EVIL)]
    tried = 0
    for (endpoint, method, path), headers in itertools.product(routes(one_house), ways):
        if method == "GET" or endpoint == "static" or ROUTES[endpoint].roles == EVERYBODY or not ROUTES[endpoint].roles & {"admin"}:
            continue
        for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            answer = one_house.web.open(path, method=method, data=b"{}", content_type=kind, headers=headers)
            assert answer.status_code == 403, (endpoint, headers, kind, answer.status_code, answer.text)
            tried += 1
    assert tried > 1_000
    assert one_house.web.get("/api/v1/dashboard").status_code == 200


def test_no_answer_lets_another_page_read_it(one_house):
    headers = one_house.headers("admin")
    for (endpoint, method, path), origin in itertools.product(routes(one_house), ("http://evil.example", "null")):
        if endpoint in ("static", "people.sign_out_", "people.disable"):
            continue
        for way in (method, "OPTIONS"):
            asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "x-aisle-csrf"}
            answer = one_house.web.open(path, method=way, headers={**headers, **asked}, json={} if way in ("POST", "PUT", "PATCH") else None)
            assert not [name for name in dict(answer.headers) if name.lower().startswith("access-control-")], (endpoint, way)


@pytest.mark.usefixtures("nothing_is_given_back")
def test_guessed_enrolment_codes_and_links_are_slowed_down_and_right_ones_are_not_counted(one_house):
    wrong = [one_house.web.post("/api/v1/devices/enrol", json={"code": f"AAAA{number:04d}", "name": "x"}).status_code for number in range(50)]
    wrong += [one_house.web.post("/api/v1/setup", json={"token": f"setup_{number}", "badge": "B", "name": "B", "password": PASSWORD}).status_code for number in range(30)]
    assert wrong == sorted(wrong) and set(wrong) == {403, 429} and wrong.count(403) == 60
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    supervisor = one_house.headers("supervisor")
    for _ in range(70):
        code = one_house.web.post("/api/v1/devices/enrolment-codes", json={}, headers=supervisor).json["code"]
        assert one_house.web.post("/api/v1/devices/enrol", json={"code": code, "name": "x"}, environ_base=elsewhere).status_code == 201


@pytest.mark.usefixtures("nothing_is_given_back")
def test_a_person_and_a_key_that_flood_are_slowed_down_and_others_are_not(one_house):
    key = one_house.key("flood", "items:read")
    app = App(replace(one_house.app.settings, requests_a_second=2.0), clock=one_house.clock)
    web, loud = app.web.test_client(), {"Authorization": f"Bearer {key}"}
    assert web.post("/api/v1/sessions", json={"badge": "supervisor", "password": PASSWORD}).status_code == 200
    for headers in (loud, {}):
        statuses = [web.get("/api/v1/items", headers=headers) for _ in range(60)]
        assert [one.status_code for one in statuses[:40]] == [200] * 40 and statuses[-1].status_code == 429
        assert int(statuses[-1].headers["Retry-After"]) >= 1
        assert statuses[-1].json["code"] == "too_many"
    other = app.web.test_client()
    assert other.post("/api/v1/sessions", json={"badge": "manager", "password": PASSWORD}).status_code == 200
    assert other.get("/api/v1/items").status_code == 200
    assert other.get("/api/v1/items", headers={"Authorization": f"Bearer {one_house.device}"}).status_code == 200
    app.database.close()


def test_a_device_works_over_tls_with_the_certificate_that_the_server_was_given(sqlite_url, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    device, _ = device_of(sqlite_url)
    server = RunningServer(sqlite_url, tmp_path, "--tls-cert", str(certificate), "--tls-key", str(key),
                           trusts=ssl.create_default_context(cafile=str(certificate)))
    try:
        assert server.setup.startswith("https://")
        socket = server.socket(device)
        assert socket.wire.sock.version() in ("TLSv1.2", "TLSv1.3")
        assert socket.ask("hello", {"epoch": "epoch-0001", "schema": 1})["next_seq"] == 1
        socket.close()
    finally:
        assert server.stop() == 0
