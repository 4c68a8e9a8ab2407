"""An order that was held for want of an address goes when somebody writes one into it; whoever comes for theirs is asked for none."""

import pytest
from sqlalchemy import text

from tests.api.test_order_changes import HOME, ask
from tests.api.test_order_holds import (
    CHINESE,
    SECRET,
    Caller,
    Floor,
    Plain,
    PlainSettings,
    add_channel,
    channel_by_code,
    take_in,
)

NO_COUNTRY = {name: value for name, value in HOME.items() if name != "country"}


@pytest.fixture
def shop(house):
    """With a channel, whose orders are looked at and held."""
    house.app.database.write(lambda tx: add_channel(tx, code="shop", kind="plain", name="shop", site_id=house.site_id, settings={"secret": SECRET}))
    return house


def given(shop, **more):
    """The number of an order that the channel gave."""
    document = {"reference": "1", "version": 1, "lines": [{"item": "SOAP", "quantity": 1}], **more}
    plain = Plain(PlainSettings(secret=SECRET), Caller())
    shop.app.database.write(lambda tx: take_in(tx, channel_by_code(tx, "shop"), plain, document, Floor(), is_fresh=False))
    shop.app.dispatcher.drain()
    return shop.app.database.read(lambda tx: tx.scalar(text("SELECT number FROM sales_order WHERE channel = 'shop'")))


def about_address(shop, number, **headers):
    """What is open about it: there is no soap either."""
    told = shop.web.get(f"/api/v1/orders/{number}/exceptions", headers={**shop.headers("supervisor"), **headers}).json
    return [one for one in told["items"] if one["kind"] == "address"]


def head(shop, number):
    return ask(shop, "GET", f"orders/{number}").json


def test_an_address_that_somebody_writes_into_it_lets_the_order_go_and_ends_its_exception(shop):
    number = given(shop)
    [shown] = about_address(shop, number)
    assert (head(shop, number)["hold"], shown["steps"]) == ("check", ["let_go", "cancel", "wait"])
    assert shown["words"] == f"{number} is held: There is no address. Ask its customer and change its address, and it goes."
    assert about_address(shop, number, **CHINESE)[0]["words"] == f"{number} 已暂停：缺少地址。请联系客户并修改地址，之后即放行。"
    assert ask(shop, "POST", f"orders/{number}/change", reason="half of it", ship_to={**HOME, "street": ""}).status_code == 200
    assert head(shop, number)["hold"] == "check"
    assert ask(shop, "POST", f"orders/{number}/change", reason="she said", ship_to=HOME).status_code == 200
    assert (head(shop, number)["hold"], head(shop, number)["ship_to"]) == ("", HOME)
    assert about_address(shop, number) == []


def test_an_address_that_somebody_writes_without_its_country_is_in_that_of_the_warehouse(shop):
    number = given(shop)
    assert ask(shop, "PATCH", "sites/W1", role="manager", settings={"country": "CN"}).status_code == 200
    assert ask(shop, "POST", f"orders/{number}/change", reason="she said", ship_to=NO_COUNTRY).status_code == 200
    assert (head(shop, number)["hold"], head(shop, number)["ship_to"]) == ("", HOME)


def test_a_blocked_customer_who_comes_for_the_order_is_not_asked_for_an_address(shop):
    ask(shop, "PUT", "order-blocks", "manager", site="W1", kind="customer", value="Ann Lee", reason="did not pay")
    number = given(shop, customer="Ann Lee", delivery="collect")
    assert head(shop, number)["hold"] == "check"
    assert ask(shop, "POST", f"orders/{number}/change", reason="her sister comes", ship_to={"name": "Ann Bly"}, customer="Ann Bly").status_code == 200
    assert (head(shop, number)["hold"], head(shop, number)["ship_to"]) == ("", {"name": "Ann Bly"})
