import pytest

from server.kernel.ids import uuid7
from server.masterdata.items import item_by_code
from server.masterdata.parties import own_stock
from server.masterdata.sites import account, location_by_code
from server.stock.goods import GoodsKey, keep_lot
from server.stock.ledger import Move, move
from server.wms.counting import count, plan_counts


@pytest.fixture
def stocked(house):
    def work(tx):
        soap = item_by_code(tx, "SOAP").id
        keep_lot(tx, soap, "L1", expiry_on=None)
        for lot, quantity in (("", 5), ("L1", 7)):
            move(tx, Move(GoodsKey(soap, own_stock(tx), lot), quantity, account(tx, house.site_id, "SUPPLIER"),
                          location_by_code(tx, "W1-A-01-1"), "receiving"))

    house.app.database.write(work)
    return house


def statuses(house, headers) -> dict[str, int]:
    rows = house.web.get("/api/v1/stock", headers=headers).json["items"]
    return {f"{row['lot']} {row['status']}".strip(): row["quantity"] for row in rows}


def test_a_lot_is_held_and_released_over_the_api(stocked):
    headers = stocked.headers("supervisor")
    body = {"site": "W1", "item": "SOAP", "lot": "L1"}
    answer = stocked.web.post("/api/v1/stock/holds", json={**body, "reason": "RECALL"}, headers=headers)
    assert (answer.status_code, answer.json) == (201, {"quantity": 7, "in_orders": []})
    assert statuses(stocked, headers) == {"available": 5, "L1 hold": 7}
    answer = stocked.web.post("/api/v1/stock/releases", json=body, headers=headers)
    assert (answer.status_code, answer.json) == (201, {"quantity": 7, "in_orders": []})
    assert statuses(stocked, headers) == {"available": 5, "L1 available": 7}


def test_a_part_of_a_bin_is_booked_as_damaged(stocked):
    headers = stocked.headers("supervisor")
    body = {"site": "W1", "location": "W1-A-01-1", "item": "SOAP", "quantity": 3, "reason": "DAMAGED"}
    assert stocked.web.post("/api/v1/stock/holds", json=body, headers=headers).json["quantity"] == 3
    assert sum(statuses(stocked, headers).values()) == 12
    moves = stocked.web.get("/api/v1/moves?document=HOLD-DAMAGED", headers=headers).json["items"]
    assert {row["worker"] for row in moves} == {"SUPERVISOR"}


@pytest.mark.parametrize(("change", "status"), [
    ({"reason": "MOOD"}, 422), ({"item": ""}, 422), ({"lot": "", "location": ""}, 422), ({"item": "GHOST"}, 404), ({"lot": "L9"}, 404),
    ({"site": "W2"}, 403), ({"site": "W9"}, 404), ({"location": "W1~SCRAP"}, 404), ({"quantity": 0}, 422), ({"lpn": "NONE"}, 404)])
def test_what_cannot_be_held_is_refused_and_changes_nothing(stocked, change, status):
    headers = stocked.headers("supervisor")
    body = {"site": "W1", "item": "SOAP", "lot": "L1", "reason": "QUALITY", **change}
    assert stocked.web.post("/api/v1/stock/holds", json=body, headers=headers).status_code == status
    assert statuses(stocked, headers) == {"available": 5, "L1 available": 7}


def test_a_key_needs_the_scope_to_hold(stocked):
    body = {"site": "W1", "item": "SOAP", "lot": "L1", "reason": "QUALITY"}
    for scope, status in (("stock:read", 403), ("stock:write", 201)):
        headers = {"Authorization": f"Bearer {stocked.key(scope, scope)}"}
        assert stocked.web.post("/api/v1/stock/holds", json=body, headers=headers).status_code == status


def test_the_accuracy_of_the_book_is_told(stocked):
    headers = stocked.headers("supervisor")
    nothing = stocked.web.get("/api/v1/counts/accuracy", headers=headers).json
    assert nothing == {"site": "W1", "days": 90, "lines": 0, "line_accuracy": None, "unit_accuracy": None}

    def work(tx):
        number = plan_counts(tx, [location_by_code(tx, "W1-A-01-1").id], "short")[0]
        count(tx, number, [{"item": "SOAP", "quantity": 4}, {"item": "SOAP", "lot": "L1", "quantity": 7}], made_at=tx.now, worker_id=None)

    stocked.app.database.write(work)
    told = stocked.web.get("/api/v1/counts/accuracy?site=W1&days=7", headers=headers).json
    assert told == {"site": "W1", "days": 7, "lines": 2, "line_accuracy": 0.5, "unit_accuracy": 1 - 1 / 12}
    stocked.clock.advance(8 * 86_400_000)
    headers = stocked.headers("supervisor")
    assert stocked.web.get("/api/v1/counts/accuracy?days=7", headers=headers).json["lines"] == 0
    assert stocked.web.get("/api/v1/counts/accuracy?site=W2", headers=headers).status_code == 404


def test_what_somebody_was_only_looking_at_is_not_handed_to_others(stocked):
    headers = stocked.headers("supervisor")
    session = stocked.web.get("/api/v1/sessions/current", headers=headers).json["id"]
    start = {"op": str(uuid7()), "seq": 1, "kind": "start", "task": None, "form": None, "made_at": stocked.clock.now(),
             "slots": {"value": {"type": "location", "key": "W1-A-01-1", "kind": "bin"}}, "session": session, "schema": 1}
    answer = stocked.web.post("/api/v1/operations", json={"epoch": "epoch-0001", "operations": [start]}, headers=headers)
    task = answer.json["results"][0]["task"]
    assert task["kind"] == "enquire"
    answer = stocked.web.post(f"/api/v1/tasks/{task['id'][1:]}/hand-back", headers=headers)
    assert answer.json["state"] == "cancelled"
    assert stocked.web.get("/api/v1/floor/pull", headers=headers).json["tasks"] == []
