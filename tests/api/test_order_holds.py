"""What was found in an order is shown, an order is held and let go by hand, and people and places are blocked."""

import json

import pytest
from sqlalchemy import text

from server.masterdata.site_settings import set_site_settings
from server.oms.channels.caller import Caller
from server.oms.channels.plain import Plain, PlainSettings
from server.oms.connecting import add_channel, channel_by_code
from server.oms.intake import take_in
from server.wms.order_floor import OrderFloor as Floor

BAD = {"name": "Ann Lee", "phone": "+1 212 736 5000", "country": "US", "state": "MA", "city": "Boston", "street": "1 Main Street", "postcode": "2139"}
CHINESE = {"Accept-Language": "zh-CN"}
SECRET = "a secret of sixteen letters or more"


@pytest.fixture
def strict(house):
    """A house that holds what could not be delivered."""
    house.app.database.write(lambda tx: set_site_settings(tx, house.site_id, order_checks="hold"))
    return house


def order(house, reference="1", **ship_to):
    body = {"site": "W1", "reference": reference, "ship_to": {**BAD, **ship_to}, "lines": [{"item": "SOAP", "quantity": 1}]}
    answer = house.web.post("/api/v1/orders", json=body, headers=house.headers("supervisor"))
    assert answer.status_code == 201, answer.text
    house.app.dispatcher.drain()
    return answer.json["number"]


def ask(house, method, path, role="supervisor", **body):
    answer = house.web.open(f"/api/v1/{path}", method=method, json=body or None, headers=house.headers(role))
    house.app.dispatcher.drain()
    return answer


def findings(house, number, **headers):
    return house.web.get(f"/api/v1/orders/{number}/findings", headers={**house.headers("supervisor"), **headers}).json


def audited(house, action):
    row = house.app.database.read(lambda tx: tx.row(text("SELECT actor, subject, detail FROM audit WHERE action = :a ORDER BY id DESC LIMIT 1"), a=action))
    return row.actor, row.subject, json.loads(row.detail)


def test_what_was_found_is_shown_with_what_it_could_be(strict):
    number = order(strict)
    shown = findings(strict, number)
    assert (shown["number"], shown["hold"]) == (number, "check")
    [found] = shown["items"]
    assert {name: found[name] for name in ("code", "field", "severity", "passed", "suggestion", "words")} == {
        "code": "postcode_wrong", "field": "postcode", "severity": "hold", "passed": False, "suggestion": {"postcode": "02139"},
        "words": "2139 is no postcode of US."}
    assert findings(strict, number, **CHINESE)["items"][0]["words"] == "2139 不是 US 的邮政编码。"


def test_an_order_is_let_go_by_a_supervisor_with_a_reason(strict):
    number = order(strict)
    answer = ask(strict, "POST", f"orders/{number}/let-go", reason="asked the customer")
    assert (answer.status_code, answer.json) == (200, {"number": number, "hold": ""})
    assert (findings(strict, number)["hold"], findings(strict, number)["items"][0]["passed"]) == ("", True)
    assert audited(strict, "order.let_go") == ("SUPERVISOR", number, {"old": {"hold": "check"}, "new": {"hold": ""}, "reason": "asked the customer"})
    again = ask(strict, "POST", f"orders/{number}/let-go", reason="x")
    assert (again.status_code, again.json["detail"]) == (409, f"{number} is not on hold.")


def test_an_order_is_held_by_hand_until_it_is_let_go(house):
    number = order(house)
    answer = ask(house, "POST", f"orders/{number}/hold", reason="the customer called")
    assert (answer.status_code, answer.json) == (200, {"number": number, "hold": "by_hand"})
    assert audited(house, "order.held") == ("SUPERVISOR", number, {"old": {"hold": ""}, "new": {"hold": "by_hand"}, "reason": "the customer called"})
    assert ask(house, "POST", f"orders/{number}/hold", reason="x").status_code == 409
    assert ask(house, "POST", f"orders/{number}/let-go", reason="x").json == {"number": number, "hold": ""}


@pytest.mark.parametrize("path", ["hold", "let-go"])
def test_who_holds_or_lets_go_says_why_and_may_do_so(house, path):
    number = order(house)
    assert ask(house, "POST", f"orders/{number}/{path}").status_code in (400, 422)
    assert ask(house, "POST", f"orders/{number}/{path}", reason="").status_code == 422
    assert ask(house, "POST", f"orders/{number}/{path}", "worker", reason="x").status_code == 403
    assert ask(house, "POST", f"orders/ORD-999999/{path}", reason="x").status_code == 404
    assert findings(house, number)["hold"] == ""


def test_what_left_or_ended_is_not_held(house):
    number = order(house)
    assert ask(house, "POST", f"orders/{number}/cancel", reason="x").status_code == 200
    assert ask(house, "POST", f"orders/{number}/hold", reason="x").status_code == 409


def from_channel(house, version, stage):
    """An order of a channel called shop, as it is by then."""
    document = {"reference": "1", "version": version, "stage": stage, "ship_to": {**BAD, "postcode": "02139"}, "lines": [{"ref": "L1", "item": "SOAP", "quantity": 1}]}
    house.app.database.write(lambda tx: take_in(tx, channel_by_code(tx, "shop"), Plain(PlainSettings(secret=SECRET), Caller()), document, Floor(), is_fresh=True))
    house.app.dispatcher.drain()
    return house.app.database.read(lambda tx: tx.row(text("SELECT number, hold FROM sales_order WHERE channel = 'shop'")))


@pytest.fixture
def shop(house):
    house.app.database.write(lambda tx: add_channel(tx, code="shop", kind="plain", name="", site_id=house.site_id, settings={"secret": SECRET}))
    return house


def test_what_waits_for_its_payment_is_let_go_by_its_channel_only(shop):
    number = from_channel(shop, 1, "unpaid").number
    answer = ask(shop, "POST", f"orders/{number}/let-go", reason="x")
    assert (answer.status_code, "waits for its payment" in answer.json["detail"]) == (409, True)
    assert from_channel(shop, 2, "paid").hold == ""


def test_what_is_held_by_hand_stays_so_whatever_its_channel_says_and_is_not_let_go_unpaid(shop):
    number = from_channel(shop, 1, "paid").number
    ask(shop, "POST", f"orders/{number}/hold", reason="x")
    assert from_channel(shop, 2, "paid").hold == from_channel(shop, 3, "unpaid").hold == "by_hand"
    assert ask(shop, "POST", f"orders/{number}/let-go", reason="x").json["hold"] == "payment"
    assert from_channel(shop, 4, "paid").hold == ""


def test_a_block_holds_orders_until_it_is_taken_away(house):
    body = {"site": "W1", "kind": "region", "value": "US-MA", "reason": "no carrier"}
    number = ask(house, "PUT", "order-blocks", "manager", **body).json["id"]
    [shown] = house.web.get("/api/v1/order-blocks?kind=region", headers=house.headers("supervisor")).json["items"]
    assert {name: shown[name] for name in ("id", "site", "kind", "value", "name", "reason")} == {**body, "id": number, "name": "US-MA"}
    held = order(house)
    assert [(one["code"], one["severity"]) for one in findings(house, held)["items"]] == [("region_blocked", "hold"), ("postcode_wrong", "hint")]
    assert findings(house, held)["hold"] == "check"
    assert ask(house, "DELETE", f"order-blocks/{number}", "manager").status_code == 200
    assert ask(house, "DELETE", f"order-blocks/{number}", "manager").status_code == 404
    assert findings(house, order(house, "2"))["hold"] == ""


def test_a_place_in_china_is_shown_by_its_name(house):
    ask(house, "PUT", "order-blocks", "manager", site="W1", kind="region", value="海南三亚", reason="no carrier")
    [shown] = house.web.get("/api/v1/order-blocks", headers=house.headers("manager")).json["items"]
    assert (shown["value"], shown["name"]) == ("4602", "海南省三亚市")


def test_only_a_manager_blocks(house):
    body = {"site": "W1", "kind": "phone", "value": "13800138000", "reason": "x"}
    assert ask(house, "PUT", "order-blocks", "supervisor", **body).status_code == 403
    assert ask(house, "PUT", "order-blocks", "manager", **{**body, "value": "no number"}).status_code == 422
    assert ask(house, "PUT", "order-blocks", "manager", **body).status_code == 200


def test_the_setting_of_a_warehouse_is_one_of_three(house):
    for value, status in (("hold", 200), ("off", 200), ("hint", 200), ("maybe", 422)):
        assert ask(house, "PATCH", "sites/W1", "manager", settings={"order_checks": value}).status_code == status
