import pytest

from server.masterdata.permissions import EVERYBODY, ROUTES, SOCKET_EVENTS

ROLES = ("nobody", "device", "integration", "worker", "supervisor", "manager", "admin")
PATH_VALUES = {"code": "SOAP", "number": "99", "badge": "worker", "name": "x", "language": "en"}


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
        refused = answer.status_code in (401, 403) and answer.json["code"] in ("not_signed_in", "not_allowed")
        if permit.roles == EVERYBODY:
            assert answer.status_code != 500, endpoint
            continue
        assert refused != allowed, (endpoint, role, answer.status_code, answer.text)
        if not allowed:
            assert answer.status_code == (401 if role == "nobody" else 403), endpoint
        assert answer.status_code != 500, endpoint


def test_a_key_without_the_scope_is_refused_and_told_which_it_lacks(one_house):
    headers = {"Authorization": f"Bearer {one_house.key('reader', 'items:read')}"}
    assert one_house.web.get("/api/v1/items", headers=headers).status_code == 200
    answer = one_house.web.post("/api/v1/orders", json={}, headers=headers)
    assert (answer.status_code, answer.json["args"]) == (403, {"scope": "orders:write"})


def test_a_key_in_the_address_is_worth_nothing(one_house):
    assert one_house.web.get(f"/api/v1/items?key={one_house.key('all')}").status_code == 401
