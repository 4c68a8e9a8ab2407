"""What goods cost in the firm's catalogue: kept with the item, told to who takes an order, and held against what a channel sold for."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.kernel.errors import Invalid, NotAllowed
from server.masterdata.importing import import_file
from server.masterdata.items import NewItem, put_item
from server.masterdata.site_settings import set_site_settings
from server.oms.catalogue import catalogue_prices, guard_prices, may_price
from server.oms.connecting import change_channel
from server.oms.listings import name_item
from server.oms.orders import NewOrderLine
from server.oms.phone import items_called
from tests.oms.conftest import document


@pytest.fixture
def priced(shops):
    """Soap costs 20.00, in yuan; tea has no price."""
    shops.database.write(lambda tx: set_site_settings(tx, shops.warehouse.site_id, currency="CNY"))
    set_price(shops, 2000)
    shops.database.write(lambda tx: change_channel(tx, "shop", price_tolerance=10))
    return shops


def set_price(shops, price):
    shops.database.write(lambda tx: put_item(tx, NewItem(code="SOAP", name="Soap", price=price)))


def sold(shops, ref, price, item="SOAP", **more):
    shops.give({**document(ref, **more), "lines": [{"ref": "L1", "item": item, "quantity": 1, "price": price}]})
    return shops.order(ref)["hold"]


def test_who_takes_an_order_is_told_the_price(priced):
    found = priced.database.read(lambda tx: items_called(tx, priced.warehouse.site_id, "SOAP", 8) + items_called(tx, priced.warehouse.site_id, "TEA", 8))
    assert [(one["item"], one["price"]) for one in found] == [("SOAP", 2000), ("TEA", None)]


@pytest.mark.parametrize(("price", "hold"), [(2000, ""), (1800, ""), (1799, "check"), (9999, "")])
def test_what_a_channel_sells_below_the_catalogue_is_held_from_its_first_order_on(priced, price, hold):
    assert [sold(priced, ref, price) for ref in "12"] == [hold, hold]


def test_of_a_pack_the_catalogue_costs_as_many_times_and_a_price_of_the_channels_own_counts_before_it(priced):
    priced.database.write(lambda tx: name_item(tx, priced.channel(), "SOAP-3", priced.warehouse.items["SOAP"], 3))
    assert [sold(priced, ref, price, "SOAP-3") for ref, price in (("1", 5400), ("2", 5399))] == ["", "check"]
    priced.database.write(lambda tx: tx.execute(text("UPDATE listing SET price = 3000 WHERE name = 'SOAP-3'")))
    assert sold(priced, "3", 3000, "SOAP-3") == ""


def test_other_money_than_the_catalogues_is_not_compared(priced):
    assert sold(priced, "1", 1, currency="USD") == ""


def test_only_from_a_role_on_something_is_sold_for_another_price(priced):
    site_id = priced.warehouse.site_id

    def guard(price, *roles, currency="CNY", paid=None, quantity=2, item="SOAP"):
        line = NewOrderLine(item=item, quantity=quantity, price=price, paid=paid)
        return priced.database.read(lambda tx: guard_prices(tx, site_id, [line], currency, roles))

    guard(2000, "supervisor", "worker")
    guard(1, "supervisor", item="TEA")
    guard(1, "supervisor", currency="USD")
    guard(1, "manager", "supervisor")
    for price, paid in ((1999, None), (2001, None), (2000, 3999)):
        with pytest.raises(NotAllowed, match=r"SOAP costs 20\.00 in the catalogue"):
            guard(price, "supervisor", paid=paid)
    priced.database.write(lambda tx: set_site_settings(tx, site_id, price_changes="supervisor"))
    guard(1, "supervisor")
    priced.database.write(lambda tx: set_site_settings(tx, site_id, price_changes="admin"))
    assert not priced.database.read(lambda tx: may_price(tx, site_id, {"manager", "supervisor"}))


def test_a_file_brings_prices_and_leaves_them_where_it_has_no_such_column(priced, tmp_path):
    def bring(*lines):
        file = tmp_path / "items.csv"
        file.write_text("\n".join(lines))
        assert import_file(priced.database, "items", file)["failed"] == 0

    assert priced.database.read(lambda tx: catalogue_prices(tx, ["SOAP", "TEA"])) == {"SOAP": 2000}
    bring("code,name", "SOAP,Soap")
    bring("code,name,price", "TEA,Tea,1250")
    assert priced.database.read(lambda tx: catalogue_prices(tx, ["SOAP", "TEA"])) == {"SOAP": 2000, "TEA": 1250}
    bring("code,name,price", "SOAP,Soap,")
    assert priced.database.read(lambda tx: catalogue_prices(tx, ["SOAP", "TEA"])) == {"TEA": 1250}


def test_no_price_is_below_nothing(priced):
    with pytest.raises(Invalid, match="price"):
        set_price(priced, -1)
    with pytest.raises(IntegrityError):
        priced.database.write(lambda tx: tx.execute(text("UPDATE item SET price = -1 WHERE code = 'SOAP'")))
