"""What the phone form asks: items as they are typed, who rings, what is wrong with an address, and the code of who collects."""

import pytest
from sqlalchemy import text

from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.parties import own_stock
from server.masterdata.sites import account, location_by_code
from server.oms.phone import callers_orders
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move

HOME = {"name": "Ann Lee", "phone": "+1 617-555-0123", "country": "US", "state": "MA", "city": "Boston", "street": "1 Main Street", "postcode": "02108"}
CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
def shop(house):
    def stock(tx):
        made = {code: put_item(tx, NewItem(code=code, name=name, packs=packs)) for code, name, packs in (
            ("TEA", "green tea", [NewPack("each", 1, ("09506000134369",)), NewPack("case", 12, ("19506000134366",))]),
            ("T-100", "绿茶 100 克", [NewPack("each", 1)]), ("OLD", "Green soap", [NewPack("each", 1)]))}
        tx.execute(text("UPDATE item SET blocked = 1 WHERE code = 'OLD'"))
        owner = own_stock(tx)
        move(tx, Move(GoodsKey(made["TEA"], owner), 30, account(tx, house.site_id, "SUPPLIER"), location_by_code(tx, "W1-A-01-1"), "receiving"))

    house.app.database.write(stock)
    return house


def ask(shop, path, role="supervisor", **more):
    return shop.web.get(f"/api/v1/{path}", headers={**shop.headers(role), **more})


def found(shop, typed):
    return [(one["item"], one["available"], one["quantity"], one["is_exact"]) for one in ask(shop, f"order-items?site=W1&search={typed}").json["items"]]


def order(shop, reference="1", **more):
    answer = shop.web.post("/api/v1/orders", headers=shop.headers("supervisor"), json={
        "site": "W1", "channel": "phone", "reference": reference, "customer": "Ann Lee", "ship_to": HOME, "carrier": "UPS", "lines": [{"item": "TEA", "quantity": 2}], **more})
    assert answer.status_code == 201, answer.text
    return answer.json["number"]


@pytest.mark.parametrize(("typed", "wanted"), [
    ("tea", [("TEA", 30, 1, True)]), ("t", [("T-100", 0, 1, False), ("TEA", 30, 1, False)]), ("Green T", [("TEA", 30, 1, False)]), ("绿", [("T-100", 0, 1, False)]),
    ("9506000134369", [("TEA", 30, 1, True)]), ("19506000134366", [("TEA", 30, 12, True)]), ("nothing", []), ("%25", []), ("green soap", []), ("old", []),
], ids=["code", "code's beginning", "name's beginning", "Chinese", "barcode", "a pack's barcode", "none", "percent", "blocked by name", "blocked by code"])
def test_items_are_found_as_they_are_typed(shop, typed, wanted):
    assert found(shop, typed) == wanted


def test_what_is_promised_is_not_free(shop):
    order(shop)
    assert found(shop, "tea") == [("TEA", 28, 1, True)]


def test_what_another_warehouse_has_is_not_told(shop):
    assert ask(shop, "order-items?site=W2&search=tea", role="integration").json["items"][0]["available"] == 0


def test_who_rings_is_known_by_the_number_however_it_is_written(shop):
    order(shop)
    order(shop, "2", ship_to={**HOME, "street": "2 Main Street"}, carrier="DHL")
    order(shop, "3", ship_to={**HOME, "street": "2 Main Street"}, carrier="FedEx")
    for written in ("%2B16175550123", "%2B1-617 555 0123"):
        told = ask(shop, f"order-callers?site=W1&search={written}").json["items"]
        assert [(one["ship_to"]["street"], one["carrier"], one["customer"]) for one in told] == [("2 Main Street", "FedEx", "Ann Lee"), ("1 Main Street", "UPS", "Ann Lee")]
    for other in ("6175550123", "617", "ann"):
        assert ask(shop, f"order-callers?site=W1&search={other}").json["items"] == []
    assert len(ask(shop, "order-callers?site=W2&search=%2B16175550123", role="integration").json["items"]) == 2, "the rules may have sent it from another warehouse"
    there = {"site": "W2", "channel": "phone", "reference": "there", "ship_to": {**HOME, "phone": "+1 617-555-0177"}, "lines": [{"item": "TEA", "quantity": 1}]}
    assert shop.web.post("/api/v1/orders", headers=shop.headers("integration"), json=there).status_code == 201
    assert ask(shop, "order-callers?site=W1&search=%2B16175550177").json["items"] == [], "people of one warehouse are told of theirs"


def test_a_number_of_no_digits_is_nobodys(shop):
    order(shop, ship_to={})
    assert shop.app.database.read(lambda tx: callers_orders(tx, shop.site_id, "")) == []


def test_an_address_is_looked_at_and_nothing_kept(shop):
    def check(**headers):
        return shop.web.post("/api/v1/order-receivers/check", json={"ship_to": {**HOME, "postcode": "2108"}}, headers={**shop.headers("supervisor"), **headers}).json

    told = check()
    assert [(one["field"], one["severity"], one["suggestion"], one["words"]) for one in told["items"]] == [
        ("postcode", "hold", {"postcode": "02108"}, "2108 is no postcode of US.")]
    assert check(**CHINESE)["items"][0]["words"] == "2108 不是 US 的邮政编码。"


def test_who_collects_is_told_a_code_and_how_the_order_stands(shop):
    number = order(shop, delivery="collect", ship_to={})
    told = ask(shop, f"orders/{number}/collection").json
    assert (told["number"], told["state"], told["place"], len(told["code"]), told["barcode"]) == (number, "coming", None, 6, f"{number}*{told['code']}")
    assert ask(shop, f"orders/{number}/collection").json == told
    assert ask(shop, f"orders/{number}").json["delivery"] == "collect"


def test_an_order_that_is_sent_has_no_code(shop):
    answer = ask(shop, f"orders/{order(shop)}/collection")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert "不来自提" in ask(shop, f"orders/{order(shop, '2')}/collection", **CHINESE).json["detail"]


@pytest.mark.parametrize("path", ["order-items?site=W1&search=t", "order-callers?site=W1&search=1234", "orders/ORD-000001/collection"])
def test_a_worker_takes_no_orders(shop, path):
    order(shop, delivery="collect")
    assert ask(shop, path, role="worker").status_code == 403


def test_a_note_of_the_phone_is_kept(shop):
    assert ask(shop, f"orders/{order(shop, note='ring twice')}").json["note"] == "ring twice"


def test_another_way_of_delivery_is_refused(shop):
    answer = shop.web.post("/api/v1/orders", headers=shop.headers("supervisor"), json={"site": "W1", "reference": "9", "delivery": "owl", "lines": [{"item": "TEA", "quantity": 1}]})
    assert answer.status_code == 422


def test_what_other_warehouses_have_is_told_to_who_may_see_them(shop):
    def told(role):
        return [(one["available"], one["elsewhere"]) for one in ask(shop, "order-items?site=W2&search=tea", role).json["items"]]

    assert told("integration") == [(0, 30)]
    assert ask(shop, "order-items?site=W1&search=tea", "supervisor").json["items"][0]["elsewhere"] == 0


def test_goods_cost_what_the_catalogue_says_unless_a_manager_says_otherwise(shop):
    def take(role, price, key):
        return shop.web.post("/api/v1/orders", headers={**shop.headers(role), "Idempotency-Key": key}, json={
            "site": "W1", "channel": "phone", "currency": "CNY", "lines": [{"item": "TEA", "quantity": 2, "price": price}]})

    assert shop.web.patch("/api/v1/sites/W1", headers=shop.headers("manager"), json={"settings": {"currency": "CNY"}}).status_code == 200
    assert shop.web.put("/api/v1/items/TEA", headers=shop.headers("manager"), json={"name": "green tea", "price": 1990}).status_code == 200
    told = {role: ask(shop, "order-items?site=W1&search=tea", role).json for role in ("supervisor", "manager")}
    assert {role: (one["items"][0]["price"], one["may_price"]) for role, one in told.items()} == {"supervisor": (1990, False), "manager": (1990, True)}
    assert [take(role, price, f"{role} {price} in this test").status_code for role, price in (("supervisor", 1990), ("supervisor", 1), ("manager", 1), ("integration", 1))] == [201, 403, 201, 201]
