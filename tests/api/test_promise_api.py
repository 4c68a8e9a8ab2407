"""What could be promised, asked of the API: items with their quantities, of whom it is told, and how channels are told that they may sell ahead."""

import pytest


def call(house, method, path, body=None, status=None, role="admin"):
    answer = house.web.open(f"/api/v1{path}", method=method, json=body, headers=house.headers(role))
    assert answer.status_code == status if status else answer.status_code < 300, answer.text
    return answer


@pytest.fixture
def shop(house):
    """Forty soaps are announced; the channel `shop` sells them."""
    for method, path, body in (
            ("PUT", "/items/TEA", {"name": "Tea"}),
            ("POST", "/asns", {"code": "ASN-1", "site": "W1", "expected_at": house.app.database.clock.now() + 86_400_000, "lines": [{"item": "SOAP", "quantity": 40}]}),
            ("POST", "/channels", {"code": "pre", "kind": "plain", "site": "W1", "settings": {"secret": "0123456789abcdef0123456789abcdef"}}),
            ("POST", "/channels/pre/items", {"name": "SOAP", "item": "SOAP"})):
        call(house, method, path, body)
    return house


def listing(house):
    [one] = call(house, "GET", "/channels/pre/listings").json["items"]
    return one


def test_items_are_asked_for_together_each_with_its_quantity(shop):
    told = call(shop, "GET", "/stock/promise?item=SOAP&quantity=30&item=TEA&quantity=1&country=DE&city=K%C3%B6ln").json
    assert [one["item"] for one in told["items"]] == ["SOAP", "TEA"]
    [part] = told["leaves"]["parts"]
    assert (part["waits"], part["lines"], told["leaves"]["leaves_at"]) == (31, [{"item": "SOAP", "quantity": 30}, {"item": "TEA", "quantity": 1}], None), "no tea is announced"
    alone = call(shop, "GET", "/stock/promise?item=SOAP&quantity=30&site=W1").json
    assert alone["leaves"]["leaves_at"] > alone["now"]
    assert alone["items"][0]["sites"][0]["expected"][0]["free"] == 40
    assert call(shop, "GET", "/stock/promise?item=SOAP&quantity=41").json["leaves"]["leaves_at"] is None


@pytest.mark.parametrize(("query", "status"), [("item=NONE", 404), ("item=SOAP&channel=none", 404), ("item=SOAP&site=W9", 404), ("", 422), ("item=SOAP&quantity=0", 422),
                                               ("item=SOAP&item=TEA&quantity=1&quantity=2&quantity=3", 422), ("item=SOAP&quantity=1&item=TEA&quantity=many", 422)])
def test_what_cannot_be_asked_is_refused(shop, query, status):
    assert call(shop, "GET", f"/stock/promise?{query}", status=status).status_code == status


def test_a_channel_and_a_listing_say_what_may_be_sold_ahead(shop):
    assert (listing(shop)["may_sell"], listing(shop)["backorder"]) == (0, None)
    call(shop, "PATCH", "/channels/pre", {"backorder": "dated", "presell_days": 7})
    assert (call(shop, "GET", "/channels/pre").json["backorder"], listing(shop)["may_sell"]) == ("dated", 40)
    call(shop, "PATCH", f"/listings/{listing(shop)['id']}", {"backorder": "never"})
    assert listing(shop)["may_sell"] == 0
    call(shop, "PATCH", f"/listings/{listing(shop)['id']}", {"backorder": None})
    assert listing(shop)["may_sell"] == 40


@pytest.mark.parametrize("body", [{"backorder": "often"}, {"presell_days": 0}, {"presell_days": 731}])
def test_no_other_rule_is_taken(shop, body):
    call(shop, "PATCH", "/channels/pre", body, status=422)
    call(shop, "PATCH", f"/listings/{listing(shop)['id']}", body, status=422)
