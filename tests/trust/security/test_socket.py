import pytest

from server.kernel.ids import uuid7
from server.masterdata.devices import revoke_device
from server.masterdata.people import disable_worker, put_worker
from server.masterdata.sites import location_by_code
from server.realtime.bell import Bell
from server.stock.lpns import make_lpn
from tests.api.conftest import PASSWORD
from tests.api.socket_client import SocketClient


def connect(house, role="device"):
    token = house.web.post("/api/v1/socket-tokens", headers=house.headers(role)).json["token"]
    return token, SocketClient(house.app, {"token": token})


def ask(client, event, body):
    return client.emit(event, body, callback=True)


def operation(kind, slots, session, now, seq=1):
    return {"op": str(uuid7()), "seq": seq, "kind": kind, "task": None, "form": None, "slots": slots, "made_at": now,
            "session": session, "schema": 1}


def test_a_socket_opens_with_a_token_once(one_house):
    token, client = connect(one_house)
    assert client.is_connected()
    assert not SocketClient(one_house.app, {"token": token}).is_connected()
    assert not SocketClient(one_house.app, {"token": "guess"}).is_connected()
    assert not SocketClient(one_house.app).is_connected()


def test_a_device_says_hello_and_works_over_the_socket(house):
    _, client = connect(house)
    assert ask(client, "hello", {"epoch": "epoch-0001", "schema": 1})["next_seq"] == 1
    assert ask(client, "read", {"text": "]C10109506000134352"})["values"][0]["key"] == "SOAP"
    headers = house.headers("worker")
    session = house.web.get("/api/v1/sessions/current", headers=headers).json["id"]
    sent = operation("claim", {"kind": None}, session, house.clock.now())
    answer = ask(client, "operations", {"epoch": "epoch-0001", "operations": [sent]})
    assert (answer["results"][0]["status"], answer["results"][0]["code"]) == ("refused", "nothing_to_do")
    over_http = house.web.post("/api/v1/operations", json={"epoch": "epoch-0001", "operations": [sent]}, headers=headers)
    assert over_http.json["results"][0]["status"] == "replayed"


def test_a_third_connection_of_a_device_is_refused(one_house):
    clients = [connect(one_house)[1] for _ in range(3)]
    assert [client.is_connected() for client in clients] == [True, True, False]


def test_a_revoked_device_is_refused_at_its_next_event(one_house):
    _, client = connect(one_house)
    one_house.app.database.write(lambda tx: revoke_device(tx, 1))
    assert ask(client, "pull", {})["error"]["status"] == 401


@pytest.mark.usefixtures("nothing_is_given_back")
def test_a_device_that_floods_is_slowed_down_and_the_others_are_not(one_house):
    _, client = connect(one_house)
    body = {"epoch": "epoch-0001", "operations": [{}] * 50}
    assert [ask(client, "operations", body)["error"]["status"] for _ in range(30)].count(429) == 22
    token = one_house.web.post("/api/v1/socket-tokens", headers={"Authorization": f"Bearer {one_house.enrol('PDA 2')}"}).json["token"]
    other = SocketClient(one_house.app, {"token": token})
    assert "values" in ask(other, "read", {"text": "X"})


@pytest.mark.usefixtures("nothing_is_given_back")
def test_a_device_that_floods_over_http_is_told_when_to_come_back(one_house):
    headers = one_house.headers("device")
    body = {"epoch": "epoch-0001", "operations": [{}] * 50}
    answers = [one_house.web.post("/api/v1/operations", json=body, headers=headers) for _ in range(40)]
    assert {answer.status_code for answer in answers} == {422, 429}
    assert int(answers[-1].headers["Retry-After"]) >= 1
    other = {"Authorization": f"Bearer {one_house.enrol('PDA 2')}"}
    assert one_house.web.get("/api/v1/floor/pull", headers=other).status_code == 200


def test_only_somebody_who_may_watches_the_dashboard(one_house):
    house = one_house
    _, device = connect(house)
    assert ask(device, "watch", {})["error"]["status"] == 401
    assert browser(house, "supervisor").emit("watch", {}, callback=True) == {"watching": True}
    assert house.web.post("/api/v1/sessions", json={"badge": "worker", "password": PASSWORD}).status_code == 200
    refused = house.web.post("/api/v1/socket-tokens", headers={"X-Aisle-CSRF": "1"})
    assert refused.status_code == 403


def test_somebody_who_is_demoted_while_connected_is_refused_at_the_next_event(one_house):
    client = browser(one_house, "supervisor")
    one_house.app.database.write(lambda tx: put_worker(tx, "supervisor", "Supervisor", "worker"))
    assert client.emit("watch", {}, callback=True)["error"]["status"] == 403


def test_a_watching_dashboard_hears_of_a_change(one_house):
    client = browser(one_house, "supervisor")
    client.emit("watch", {}, callback=True)
    bell = Bell(one_house.app.database, one_house.app.socket, one_house.app.settings.measures)
    one_house.app.database.write(lambda tx: make_lpn(tx, location_by_code(tx, "W1-DOCK"), code="LPN00000777"))
    bell._ring()
    assert client.hears("dashboard")


def browser(house, badge):
    assert house.web.post("/api/v1/sessions", json={"badge": badge, "password": PASSWORD}).status_code == 200
    token = house.web.post("/api/v1/socket-tokens", headers={"X-Aisle-CSRF": "1"}).json["token"]
    return SocketClient(house.app, {"token": token})


def test_the_socket_of_somebody_who_is_locked_out_is_closed(one_house):
    client = browser(one_house, "supervisor")
    assert client.emit("watch", {}, callback=True) == {"watching": True}
    one_house.app.database.write(lambda tx: disable_worker(tx, "supervisor"))
    Bell(one_house.app.database, one_house.app.socket, one_house.app.settings.measures)._close_revoked()
    assert client.closes()
