"""What a program that reads the log finds in it, of a server that runs."""

import json
import time
from pathlib import Path

import pytest

from tests.conftest import fresh_url
from tests.realtime.server import RunningServer
from tests.realtime.test_server import PIN, Floor, claim, sign_in
from tests.waiting import PATIENCE


@pytest.fixture(scope="module")
def told(request, tmp_path_factory):
    """The lines of a server that somebody worked with over a websocket, and the secrets that were used."""
    floor = Floor(fresh_url(request, "sqlite", tmp_path_factory.mktemp("house")))
    floor.pallet()
    server = RunningServer(floor.url, tmp_path_factory.mktemp("server"), "--log", "json")
    device = floor.device()
    session, headers = sign_in(server, device)
    socket = server.socket(device)
    claim(socket, session)
    server.ask("GET", "/api/v1/items?key=key_in_the_address", **headers)
    server.ask("GET", "/healthz")
    socket.close()
    ends = time.monotonic() + PATIENCE
    while "items.items_" not in server.log() and time.monotonic() < ends:
        time.sleep(0.05)
    server.stop()
    lines = server_lines(server)
    floor.database.close()
    return lines, [PIN, device, headers["X_Aisle_Session"], "key_in_the_address"]


def server_lines(server) -> list[dict]:
    with Path(server.errors.name).open() as log:
        return [json.loads(line) for line in log]


def test_each_operation_has_a_line_with_who_where_what_and_how_long(told):
    (line,) = [one for one in told[0] if one["logger"] == "aisle.operations"]
    assert {name: line[name] for name in ("kind", "device", "person", "result", "code", "seq")} == {
        "kind": "claim", "device": "d1", "person": "BOSS", "result": "applied", "code": "ok", "seq": 1}
    assert len(line["op"]) == 36 and line["ms"] > 0


def test_each_request_has_a_line_and_questions_about_health_have_none(told):
    requests = [one for one in told[0] if one["logger"] == "aisle.requests"]
    assert [(one["method"], one["path"], one["status"], one["person"]) for one in requests] == [
        ("POST", "/api/v1/sessions", 200, None), ("POST", "/api/v1/socket-tokens", 201, None), ("GET", "/api/v1/items", 200, "BOSS")]


def test_no_secret_is_in_any_line(told):
    lines, secrets = told
    assert [one for one in secrets if one in json.dumps(lines)] == []
