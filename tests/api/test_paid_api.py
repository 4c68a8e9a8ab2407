"""What an order cost is said and seen over the API: price, what was paid, the discount between them, and the postage."""

import pytest

from server.oms.connecting import add_channel
from tests.api.conftest import House

LINES = [{"item": "SOAP", "quantity": 3, "price": 1_990, "paid": 5_000}, {"item": "SOAP", "quantity": 1, "price": 1_990}]


def call(house, method, path, body=None, role="manager"):
    return house.web.open(f"/api/v1{path}", method=method, json=body, headers=house.headers(role))


def order(house, **more):
    return call(house, "POST", "/orders", {"site": "W1", "reference": "1", "lines": LINES, "currency": "EUR", "total": 7_480, "postage": 490, **more})


def test_an_order_shows_of_each_line_its_price_what_was_paid_and_the_discount(house: House):
    number = order(house).json["number"]
    told = call(house, "GET", f"/orders/{number}").json
    assert [(line["price"], line["paid"], line["discount"]) for line in told["lines"]] == [(1_990, 5_000, 970), (1_990, 1_990, 0)]
    assert [told[name] for name in ("currency", "total", "discount", "postage", "postage_refunded")] == ["EUR", 7_480, 970, 490, 0]


def test_an_order_that_says_nothing_of_money_is_taken_as_before(house: House):
    number = call(house, "POST", "/orders", {"site": "W1", "reference": "1", "lines": [{"item": "SOAP", "quantity": 3}]}).json["number"]
    told = call(house, "GET", f"/orders/{number}").json
    assert (told["lines"][0]["paid"], told["discount"], told["postage"]) == (0, 0, 0)


def test_the_same_order_again_with_other_money_is_another(house: House):
    assert [order(house).status_code, order(house).status_code, order(house, postage=500).status_code] == [201, 200, 409]


def test_fewer_pieces_were_paid_their_share_and_more_were_paid_nothing_more(house: House):
    number = order(house).json["number"]
    for quantity, paid in ((2, 3_333), (9, 3_333)):
        assert call(house, "POST", f"/orders/{number}/change", {"reason": "so", "lines": [{"number": 1, "item": "SOAP", "quantity": quantity}]}).status_code == 200
        assert [line["paid"] for line in call(house, "GET", f"/orders/{number}").json["lines"]] == [paid]


@pytest.mark.parametrize("wrong", [{"postage": -1}, {"currency": "euro"}, {"lines": [{"item": "SOAP", "quantity": 1, "paid": -1}]}])
def test_what_is_no_money_is_refused(house: House, wrong):
    assert order(house, **wrong).status_code == 422


def test_the_limit_of_discounts_is_said_and_taken_back_and_nothing_else_changes_it(house: House):
    house.app.database.write(lambda tx: add_channel(tx, code="shop", kind="plain", name="Shop", site_id=house.site_id, settings={"secret": "0123456789abcdef"}))
    limits = []
    for change in ({"discount_limit": 25}, {"every_seconds": 7}, {"discount_limit": None}):
        assert call(house, "PATCH", "/channels/shop", change, "admin").status_code == 200
        limits.append(call(house, "GET", "/channels/shop").json["discount_limit"])
    assert limits == [25, 25, None]
