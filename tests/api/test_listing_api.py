"""What a channel sells, by the API: listed, changed, told again, shown in pages."""

import pytest
from sqlalchemy import text

from server.masterdata.parties import own_stock
from server.oms.connecting import add_channel, channel_by_code
from server.oms.listings import note_there, waiting_listings
from server.stock.goods import GoodsKey
from tests.api.conftest import House


@pytest.fixture
def shop(house: House):
    """The house has 20 soaps and sells them in `shop`."""
    def make(tx):
        add_channel(tx, code="shop", kind="plain", name="Shop", site_id=house.site_id, settings={"secret": "0123456789abcdef"})
        item = tx.scalar(text("SELECT id FROM item WHERE code = 'SOAP'"))
        owner = own_stock(tx)
        tx.execute(text("INSERT INTO availability (site_id, item_id, owner_id, on_hand) VALUES (:s, :i, :o, 20)"),
                   {"s": house.site_id, "i": item, "o": owner})
        return GoodsKey(item, owner)

    house.app.database.write(make)
    return house


def call(house, method, path, body=None, role="manager"):
    return house.web.open(f"/api/v1{path}", method=method, json=body, headers=house.headers(role))


def shown(house, query=""):
    answer = call(house, "GET", f"/channels/shop/listings{query}")
    assert answer.status_code == 200, answer.text
    return answer.json


def test_what_is_named_is_listed_and_shown_with_what_it_may_sell(shop):
    assert call(shop, "POST", "/channels/shop/items", {"name": "GIFT", "item": "SOAP", "quantity": 6, "ref": "g-1"}).status_code == 200
    row, = shown(shop)["items"]
    assert row == {"id": row["id"], "name": "GIFT", "item": "SOAP", "quantity": 6, "ref": "g-1", "safety_stock": None, "backorder": None, "presell_days": None, "price": None, "is_on": True, "may_sell": 3, "told": None,
                   "told_at": None, "attempts": 0, "error": "", "error_code": "", "drift": None}


def test_everything_the_warehouse_has_is_listed_once(shop):
    assert [call(shop, "POST", "/channels/shop/listings").json for _ in range(2)] == [{"added": 1}, {"added": 0}]
    assert [row["name"] for row in shown(shop)["items"]] == ["SOAP"]


def test_a_listing_has_its_own_safety_stock_until_it_has_none(shop):
    call(shop, "PATCH", "/channels/shop", {"safety_stock": 4}, "admin")
    call(shop, "POST", "/channels/shop/listings")
    number = shown(shop)["items"][0]["id"]
    seen = []
    for body in ({"ref": "s-1"}, {"safety_stock": 15}, {"is_on": False}, {"is_on": True, "safety_stock": None}):
        assert call(shop, "PATCH", f"/listings/{number}", body).status_code == 200
        row, = shown(shop)["items"]
        seen.append((row["may_sell"], row["safety_stock"], row["is_on"], row["ref"]))
    assert seen == [(16, None, True, "s-1"), (5, 15, True, "s-1"), (0, 15, False, "s-1"), (16, None, True, "s-1")]


@pytest.mark.parametrize("path,body,status", [
    ("/listings/99", {"is_on": False}, 404), ("/listings/1", {"safety_stock": -1}, 422), ("/listings/1", {"colour": "red"}, 422), ("/listings/1", {"is_on": None}, 422)])
def test_what_is_no_change_of_a_listing_is_refused(shop, path, body, status):
    call(shop, "POST", "/channels/shop/listings")
    assert call(shop, "PATCH", path, body).status_code == status


def test_listings_come_in_pages_and_those_that_differ_alone(shop):
    for number in range(5):
        call(shop, "POST", "/channels/shop/items", {"name": f"N{number}", "item": "SOAP"})
    names, cursor = [], ""
    while cursor is not None:
        told = shown(shop, f"?limit=2&cursor={cursor}")
        names += [row["name"] for row in told["items"]]
        cursor = told["next"]
    assert names == [f"N{number}" for number in range(5)]

    def drift(tx):
        rows = waiting_listings(tx, channel_by_code(tx, "shop").id, 100)
        note_there(tx, rows, {"N1": 3, "N2": 20})

    shop.app.database.write(drift)
    row, = shown(shop, "?only=drifted")["items"]
    assert (row["name"], {**row["drift"], "at": 0}) == ("N1", {"told": None, "there": 3, "should": 20, "at": 0})
    assert shown(shop, "?only=refused")["items"] == []
    assert call(shop, "GET", "/channels/shop").json["listings_drifted"] == 1


def test_a_reconcile_is_begun_and_said(shop):
    assert call(shop, "POST", "/channels/shop/reconcile").status_code == 202
    assert call(shop, "GET", "/channels/shop").json["reconciling"] is True
    assert call(shop, "POST", "/channels/none/reconcile").status_code == 404


def test_what_something_should_cost_and_how_much_less_it_may_is_said(shop):
    assert call(shop, "POST", "/channels/shop/items", {"name": "GIFT", "item": "SOAP", "quantity": 6}).status_code == 200
    row, = shown(shop)["items"]
    assert call(shop, "PATCH", f"/listings/{row['id']}", {"price": 1990}).status_code == 200
    assert call(shop, "PATCH", "/channels/shop", {"price_tolerance": 10}, "admin").status_code == 200
    assert call(shop, "PATCH", "/channels/shop", {"every_seconds": 7}, "admin").status_code == 200
    assert (shown(shop)["items"][0]["price"], call(shop, "GET", "/channels/shop").json["price_tolerance"]) == (1990, 10)
    assert call(shop, "PATCH", "/channels/shop", {"price_tolerance": None}, "admin").status_code == 200
    assert call(shop, "PATCH", f"/listings/{row['id']}", {"price": None}).status_code == 200
    assert (shown(shop)["items"][0]["price"], call(shop, "GET", "/channels/shop").json["price_tolerance"]) == (None, None)
