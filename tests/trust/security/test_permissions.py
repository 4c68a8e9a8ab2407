import pytest

from server.masterdata.api_keys import SCOPES
from server.masterdata.permissions import EVERYBODY, ROUTES, SOCKET_EVENTS
from tests.api.conftest import PASSWORD
from tests.api.socket_client import SocketClient

ROLES = ("nobody", "device", "integration", "worker", "supervisor", "manager", "admin")
PATH_VALUES = {"version": "1", "code": "SOAP", "number": "99", "badge": "worker", "name": "x", "language": "en"}


def routes(house) -> list[tuple[str, str, str]]:
    found = []
    for rule in house.app.web.url_map.iter_rules():
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<path:{argument}>", f"<{argument}>").replace(f"<client:{argument}>", f"<{argument}>").replace(f"<int:{argument}>", f"<{argument}>")
            path = path.replace(f"<{argument}>", PATH_VALUES.get(argument, "x"))
        method = next(iter(sorted(rule.methods - {"HEAD", "OPTIONS"})))
        found.append((rule.endpoint, method, path))
    return found


def test_every_route_has_a_row_in_the_table(one_house):
    endpoints = {endpoint for endpoint, _, _ in routes(one_house)} - {"static"}
    assert endpoints == set(ROUTES)


def test_every_socket_event_has_a_row_in_the_table(one_house):
    assert {name for name in one_house.app.socket.server.handlers["/"] if name not in ("connect", "disconnect")} == set(
        SOCKET_EVENTS)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_in_where_the_table_says_and_nowhere_else(one_house, role):
    headers = one_house.headers(role)
    mine = {"nobody": set(), "integration": {"integration"}}.get(role, {role, "device"} if role != "device" else {"device"})
    for endpoint, method, path in routes(one_house):
        if endpoint in ("static", "people.sign_out_", "people.disable"):
            continue
        permit = ROUTES[endpoint]
        allowed = permit.roles == EVERYBODY or bool(permit.roles & mine) or (role == "integration" and permit.scope is not None)
        answer = one_house.web.open(path, method=method, headers=headers, json={} if method in ("POST", "PUT") else None)
        refused = answer.status_code in (401, 403) and answer.json["code"] in ("not_signed_in", "not_enrolled", "not_allowed")
        if permit.roles == EVERYBODY:
            assert answer.status_code != 500, endpoint
            continue
        assert refused != allowed, (endpoint, role, answer.status_code, answer.text)
        if not allowed:
            assert answer.status_code == (401 if role == "nobody" else 403), endpoint
        assert answer.status_code != 500, endpoint


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_of_one_scope_gets_in_where_the_table_says_and_nowhere_else(one_house, scope):
    headers = {"Authorization": f"Bearer {one_house.key(scope, scope)}"}
    for endpoint, method, path in routes(one_house):
        permit = ROUTES.get(endpoint)
        if permit is None or permit.roles == EVERYBODY:
            continue
        answer = one_house.web.open(path, method=method, headers=headers, json={} if method in ("POST", "PUT", "PATCH") else None)
        if permit.scope == scope:
            assert answer.status_code not in (401, 403, 500), (endpoint, answer.text)
        else:
            assert (answer.status_code, answer.json["code"]) == (403, "not_allowed"), (endpoint, answer.text)


SOCKET_CALLERS = ("device", "worker", "supervisor", "manager", "admin", "browser supervisor", "browser worker", "nobody")


@pytest.mark.parametrize("caller", SOCKET_CALLERS)
def test_each_caller_gets_each_socket_event_that_the_table_says_and_no_other(one_house, caller):
    """A socket is a device's, whoever works on it, or a person's in a browser; a key gets no token for one."""
    token = socket_token(one_house, caller)
    client = SocketClient(one_house.app, {"token": token} if token else None)
    if token is None:
        assert not client.is_connected()
        return
    mine = {caller.removeprefix("browser ")} if caller.startswith("browser") else {"device"}
    for event, permit in sorted(SOCKET_EVENTS.items()):
        if not client.is_connected():
            client = SocketClient(one_house.app, {"token": socket_token(one_house, caller)})
        answer = client.emit(event, {"epoch": "epoch-0001", "operations": [], "text": "x"}, callback=True)
        status = (answer.get("error") or {}).get("status", 200)
        assert (status == 200) == bool(mine & permit.roles), (caller, event, answer)
        assert status in (200, 401, 403), (caller, event, answer)


def socket_token(house, caller):
    if caller == "nobody":
        assert house.web.post("/api/v1/socket-tokens").status_code == 401
        assert house.web.post("/api/v1/socket-tokens", headers=house.headers("integration")).status_code == 403
        return None
    if not caller.startswith("browser"):
        return house.web.post("/api/v1/socket-tokens", headers=house.headers(caller)).json["token"]
    badge = caller.removeprefix("browser ")
    assert house.web.post("/api/v1/sessions", json={"badge": badge, "password": PASSWORD}).status_code == 200
    answer = house.web.post("/api/v1/socket-tokens", headers={"X-Aisle-CSRF": "1"})
    assert answer.status_code == (403 if badge == "worker" else 201), answer.text
    return answer.json["token"] if badge != "worker" else None


def test_a_key_without_the_scope_is_refused_and_told_which_it_lacks(one_house):
    headers = {"Authorization": f"Bearer {one_house.key('reader', 'items:read')}"}
    assert one_house.web.get("/api/v1/items", headers=headers).status_code == 200
    answer = one_house.web.post("/api/v1/orders", json={}, headers=headers)
    assert (answer.status_code, answer.json["args"]) == (403, {"scope": "orders:write"})


def test_a_key_in_the_address_is_worth_nothing(one_house):
    assert one_house.web.get(f"/api/v1/items?key={one_house.key('all')}").status_code == 401
