"""An order that is to be sent and brings no address waits for somebody, and is not packed for nobody; one that needs none, or whose country is known, goes."""

import pytest

from server.masterdata.site_settings import set_site_settings
from server.oms.connecting import change_channel
from tests.oms.conftest import HOME, document
from tests.oms.test_checked_orders import findings, order, releases
from tests.oms.test_exceptions import ended, house, kinds

__all__ = ["house"]

HERE = {name: value for name, value in HOME.items() if name != "country"}
NO_STREET = {**HERE, "state": "", "city": "", "district": "", "street": ""}


def in_china(shops):
    shops.database.write(lambda tx: set_site_settings(tx, shops.warehouse.site_id, country="CN"))


def exceptions(shops):
    return shops.warehouse.all("SELECT kind, code, words FROM order_exception WHERE state = 'open'")


@pytest.mark.parametrize("ship_to,code", [({}, "address_missing"), ({"country": "CN"}, "address_missing"), (NO_STREET, "address_missing"), ({**HERE, "name": ""}, "name_missing"),
                                          ({"name": "Ann Lee", "city": "Boston"}, "street_missing")], ids=["nothing", "a country", "no place", "no name", "no street"])
def test_an_order_without_an_address_is_held_with_its_stock_and_somebody_is_told_what_to_do(house, ship_to, code):
    house.give(document("1", ship_to=ship_to))
    assert (releases(house), house.order("1")["hold"], house.promised("SOAP")) == (0, "check", 1)
    [(kind, about, words)] = exceptions(house)
    assert (kind, about) == ("address", code)
    assert words.startswith(f"{house.order('1')['number']} is held: There is no ") and words.endswith(" Ask its customer and change its address, and it goes.")


def test_an_order_without_an_address_goes_once_its_channel_says_one(house):
    house.give(document("1", ship_to={}))
    assert (releases(house), kinds(house)) == (0, ["address"])
    house.give(document("1", 2))
    assert (releases(house), house.order("1")["hold"], findings(house, "1")) == (1, "", [])
    assert ended(house) == [("address", "solved")]


def test_an_order_that_loses_its_address_is_taken_back_from_the_floor(shops):
    shops.give(document("1"))
    assert releases(shops) == 1
    shops.give(document("1", 2, ship_to={}))
    assert (shops.order("1")["hold"], releases(shops)) == ("check", 0)


def test_an_order_that_its_customer_comes_for_needs_no_address(shops):
    shops.give(document("1", ship_to={}, delivery="collect"))
    assert (shops.order("1")["hold"], findings(shops, "1"), releases(shops)) == ("", [], 1)


def test_a_channel_whose_orders_are_not_looked_at_sends_them_without(shops):
    shops.database.write(lambda tx: change_channel(tx, "shop", checks="off"))
    shops.give(document("1", ship_to={}))
    assert (findings(shops, "1"), releases(shops)) == ([], 1)


def test_an_address_without_a_country_is_in_that_of_the_warehouse(shops):
    in_china(shops)
    shops.give(document("1", ship_to=HERE))
    assert (releases(shops), findings(shops, "1"), shops.order("1")["ship_to"]) == (1, [], HOME)
    shops.give(document("1", 2, ship_to=HERE, note="with a bow"))
    assert shops.warehouse.one("SELECT COUNT(*) FROM audit WHERE action = 'order.readdressed'") == 0


def test_an_address_abroad_is_not_moved_to_the_country_of_the_warehouse(shops):
    in_china(shops)
    abroad = {"name": "Erika Muster", "phone": "+49 30 123456", "country": "DE", "city": "Berlin", "street": "Heidestraße 17", "postcode": "10557"}
    shops.give(document("1", ship_to=abroad))
    assert (shops.order("1")["ship_to"], findings(shops, "1")) == (abroad, [])


def test_where_nobody_knows_the_country_what_can_be_printed_goes(shops):
    shops.give(document("1", ship_to=HERE))
    assert (releases(shops), findings(shops, "1"), shops.order("1")["ship_to"]) == (1, [("country_missing", "hint", 0)], HERE)


@pytest.mark.parametrize("checks,hold,severity", [("hint", "", "hint"), ("hold", "check", "hold")])
def test_an_order_of_the_api_without_an_address_is_held_where_its_site_wants_it_so(shops, checks, hold, severity):
    shops.database.write(lambda tx: set_site_settings(tx, shops.warehouse.site_id, order_checks=checks))
    order(shops, ship_to={})
    assert (shops.order("1", "api")["hold"], findings(shops, "1", "api")) == (hold, [("address_missing", severity, 0)])
