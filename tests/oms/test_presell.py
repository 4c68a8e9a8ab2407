"""What is not there yet is sold by rule: not at all, as far as it is announced, or in any case; and the same goods are sold once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.dashboard.order_story import order_story
from server.kernel.clock import DAY
from server.masterdata.items import NewItem, put_item
from server.masterdata.people import put_worker
from server.oms.backorders import backlog, date_all
from server.oms.connecting import change_channel
from server.oms.exceptions.tending import tend
from server.oms.listings import MADE_TO_ORDER, change_listing, name_item, shown_listings
from server.oms.orders import cancel_order, order_by_number, order_lines
from server.oms.telling import spread_changes, spread_time
from server.stock.expected import expected, expected_sql
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from server.wms.order_floor import OrderFloor as Floor
from tests.oms.conftest import document
from tests.oms.inbound import close_short


class House:
    """The channel `shop` sells POT (none there yet) and CUP (ten on the shelf); somebody sees to exceptions."""

    def __init__(self, shops) -> None:
        self.shops, self.warehouse, self.database = shops, shops.warehouse, shops.database
        self.now = self.database.clock.now()
        for code, pieces in (("POT", 0), ("CUP", 10)):
            item = self.database.write(lambda tx, code=code: (put_item(tx, NewItem(code=code, name=code)), tx.scalar(text("SELECT id FROM item WHERE code = :c"), c=code))[1])
            self.warehouse.items[code] = item
            self.sells(code, code)
            if pieces:
                self.warehouse.put(code, pieces, "W1-A-01-1")
        self.database.write(lambda tx: put_worker(tx, "BOSS", "Boss", "manager"))
        self.warehouse.settle()

    def sells(self, name, item, quantity=1):
        self.database.write(lambda tx: name_item(tx, self.shops.channel(), name, self.warehouse.items[item], quantity))

    def rule(self, backorder, days=30):
        self.database.write(lambda tx: change_channel(tx, "shop", backorder=backorder, presell_days=days))

    def announce(self, code, quantity, in_days, kind="asn", item="POT"):
        self.database.write(lambda tx: put_inbound(tx, NewInbound(
            code=code, kind=kind, site_id=self.warehouse.site_id, expected_at=self.now + int(in_days * DAY), lines=[NewInboundLine(item=item, quantity=quantity)])))

    def call_off(self, code):
        self.database.write(lambda tx: close_short(tx, code))

    def give(self, ref, quantity, *, item="POT", stage="paid", version=1):
        self.shops.give(document(ref, version, stage=stage, lines=((item, quantity),)))

    def later(self, days):
        """As if so many days had gone by for what is announced."""
        self.database.write(lambda tx: tx.execute(text("UPDATE inbound SET expected_at = expected_at - :ms"), {"ms": int(days * DAY)}))

    def redated(self):
        date_all(self.database)
        tend(self.database, Floor())

    def oversold(self):
        return {one[0] for one in self.warehouse.all("SELECT o.channel_ref FROM order_exception x JOIN sales_order o ON o.id = x.order_id "
                                                     "WHERE x.kind = 'oversold' AND x.state = 'open'")}

    def dated(self):
        return {one[0] for one in self.warehouse.all("SELECT channel_ref FROM sales_order o WHERE promised_at IS NOT NULL AND EXISTS "
                                                     "(SELECT 1 FROM sales_order_line l WHERE l.order_id = o.id AND l.promised < l.quantity)")}

    def delayed(self, ref):
        """When it leaves instead, each time that its story says so."""
        def told(tx):
            order = order_by_number(tx, self.shops.order(ref)["number"])
            return [one["args"]["leaves_at"] for one in order_story(tx, order, order_lines(tx, order.id))["items"] if one["kind"] == "delayed"]

        return self.database.read(told)

    def shown(self, name="POT"):
        return next(row for row in self.database.read(lambda tx: shown_listings(tx, self.shops.channel().id, 0, 100)) if row.name == name)

    def may_sell(self, name="POT"):
        return self.shown(name).may_sell

    def change(self, name="POT", **changes):
        number = self.shown(name).id
        self.database.write(lambda tx: change_listing(tx, number, changes))

    def is_told(self, name="POT"):
        """As if the channel had been told all."""
        spread_changes(self.database)
        self.database.write(lambda tx: tx.execute(text("UPDATE listing SET told = :n, told_at = 1, told_version = version WHERE name = :name"),
                                                  {"n": self.may_sell(name), "name": name}))

    def is_to_be_told(self, name="POT"):
        spread_changes(self.database)
        return bool(self.warehouse.one("SELECT version - told_version FROM listing WHERE name = :name", name=name))


@pytest.fixture
def house(shops):
    return House(shops)


def test_a_channel_sells_only_what_is_there_unless_it_is_told_otherwise(house):
    house.announce("ASN-1", 50, 3)
    assert house.may_sell() == 0
    house.give("1", 5)
    assert (house.oversold(), house.dated()) == ({"1"}, {"1"}), "as before: somebody is asked, and it has a date all the same"


def test_dated_it_may_sell_what_is_announced_and_the_order_waits_with_its_date(house):
    house.rule("dated")
    house.announce("ASN-1", 50, 3)
    assert house.may_sell() == 50
    house.give("1", 5)
    assert (house.oversold(), house.dated(), house.may_sell()) == (set(), {"1"}, 45)
    tend(house.database, Floor())
    assert house.oversold() == set()


def test_beyond_what_is_announced_it_is_oversold_until_more_is_announced(house):
    house.rule("dated")
    house.announce("ASN-1", 5, 3)
    house.give("1", 4)
    house.give("2", 2)
    assert (house.oversold(), house.dated(), house.may_sell()) == ({"2"}, {"1"}, 0)
    house.announce("ASN-2", 5, 6)
    house.redated()
    assert (house.oversold(), house.dated(), house.may_sell()) == (set(), {"1", "2"}, 4)


def test_what_is_there_is_sold_first_and_what_comes_beside_it(house):
    house.rule("dated")
    house.announce("ASN-1", 5, 3, item="CUP")
    assert house.may_sell("CUP") == 15
    house.give("1", 12, item="CUP")
    assert (house.may_sell("CUP"), house.oversold()) == (3, set())
    assert house.shops.order("1")["lines"][0][2] == 10


def test_what_comes_after_its_days_is_not_sold(house):
    house.rule("dated", days=5)
    house.announce("ASN-1", 50, 9)
    assert house.may_sell() == 0
    house.give("1", 1)
    house.redated()
    assert (house.oversold(), house.dated()) == ({"1"}, {"1"})


def test_packs_safety_and_a_listings_own_rule_count(house):
    house.rule("dated")
    house.sells("POT-6", "POT", 6)
    house.announce("ASN-1", 50, 9)
    assert (house.may_sell(), house.may_sell("POT-6")) == (50, 8)
    house.change(safety_stock=20)
    assert house.may_sell() == 30
    house.change(safety_stock=None, backorder="never")
    assert (house.may_sell(), house.may_sell("POT-6")) == (0, 8)
    house.change("POT-6", presell_days=8)
    assert house.may_sell("POT-6") == 0
    house.give("1", 1)
    assert house.oversold() == {"1"}


def test_always_nobody_is_asked_and_the_channel_has_a_number_to_show(house):
    house.rule("always")
    house.give("1", 5_000)
    house.redated()
    assert (house.oversold(), house.dated()) == (set(), set())
    assert (house.may_sell(), house.may_sell("CUP")) == (MADE_TO_ORDER, 10 + MADE_TO_ORDER)


def test_a_rule_counts_for_what_is_sold_from_then_on(house):
    house.rule("dated")
    house.announce("ASN-1", 9, 3)
    house.give("1", 3)
    house.rule("never")
    house.give("2", 3)
    house.redated()
    assert house.oversold() == {"2"}


def test_an_order_whose_goods_are_called_off_or_come_after_its_days_is_oversold(house):
    house.rule("dated", days=10)
    house.announce("ASN-1", 9, 3)
    house.announce("ASN-2", 9, 30)
    house.give("1", 3)
    house.call_off("ASN-1")
    house.redated()
    assert (house.oversold(), house.dated()) == ({"1"}, {"1"}), "it has a date, and too late a one"
    told = house.warehouse.all("SELECT promised_at, first_promised_at FROM sales_order")[0]
    assert told[0] - told[1] > 20 * DAY
    assert house.delayed("1") == [told[0]]
    house.call_off("ASN-2")
    house.redated()
    assert house.dated() == set()
    house.redated()
    assert house.delayed("1") == [told[0], None], "said once each time"


def test_what_is_late_for_longer_than_an_order_may_wait_is_oversold(house):
    house.rule("dated", days=10)
    house.announce("ASN-1", 9, 3)
    house.give("1", 3)
    house.database.write(lambda tx: tx.execute(text("UPDATE sales_order_line SET expected_by = :at"), {"at": house.now - 1}))
    house.redated()
    assert house.oversold() == {"1"}


def test_who_is_told_a_date_keeps_it_when_one_who_came_before_pays_after(house):
    house.rule("dated")
    house.announce("ASN-1", 5, 3)
    house.give("early", 5, stage="unpaid")
    house.give("late", 5)
    house.give("early", 5, version=2)
    house.redated()
    assert (house.dated(), house.oversold()) == ({"late"}, {"early"})
    house.warehouse.put("POT", 5, "W1-A-01-1")
    house.warehouse.settle()
    assert [house.shops.order(ref)["lines"][0][2] for ref in ("early", "late")] == [0, 5], "and gets what comes"


def test_an_order_that_grows_takes_nothing_from_those_behind_it(house):
    house.rule("dated")
    house.announce("ASN-1", 5, 3)
    house.give("1", 1)
    house.give("2", 4)
    house.give("1", 3, version=2)
    house.redated()
    assert (house.dated(), house.oversold()) == ({"2"}, {"1"})


@pytest.mark.parametrize("what", ["announced", "called off", "ordered", "cancelled", "within its days"])
def test_its_channel_is_told_when_what_is_to_come_changes(house, what):
    house.rule("dated", days=5)
    house.announce("ASN-1", 9, 20 if what == "within its days" else 3)
    house.give("1", 2)
    house.is_told()
    assert not house.is_to_be_told()
    before = house.may_sell()
    if what == "announced":
        house.announce("ASN-2", 9, 3)
    elif what == "called off":
        house.call_off("ASN-1")
    elif what == "ordered":
        house.give("2", 2)
    elif what == "cancelled":
        house.database.write(lambda tx: cancel_order(tx, house.shops.order("1")["number"], "no more"))
    else:
        house.later(16)
        assert not house.is_to_be_told(), "by itself time is not noted"
        assert spread_time(house.database) == 1
        assert spread_time(house.database) == 0, "it is noted"
    assert house.may_sell() != before
    assert house.is_to_be_told()


def test_what_one_statement_adds_up_is_what_the_papers_tell(house):
    for code, quantity, days, kind, item in (("PO-1", 40, 2, "purchase_order", "POT"), ("A-1", 5, 3, "asn", "POT"), ("A-2", 7, 9, "asn", "POT"), ("PO-2", 11, 4, "purchase_order", "CUP")):
        house.announce(code, quantity, days, kind, item)

    def work(tx):
        owner = tx.scalar(text("SELECT id FROM party WHERE code = 'OWN'"))
        sums = []
        for item in ("POT", "CUP"):
            for days in (1, 3, 5, 10):
                told = expected(tx, house.warehouse.site_id, [house.warehouse.items[item]]).get((house.warehouse.items[item], owner), [])
                query = text(f"SELECT {expected_sql(':item', ':owner', ':site', ':until')}")
                until = house.now + days * DAY
                asked = tx.scalar(query, item=house.warehouse.items[item], owner=owner, site=house.warehouse.site_id, until=until)
                assert asked == sum(row.quantity for row in told if row.expected_at <= until)
                sums.append(asked)
        return sums

    assert house.database.read(work) == [0, 5, 5, 12, 0, 0, 11, 11]


@pytest.mark.parametrize("item", ["POT", "CUP"])
def test_twenty_who_order_at_once_are_told_of_a_hundred_pieces_once_each(house, item):
    house.rule("dated")
    house.announce("ASN-1", 100 - (10 if item == "CUP" else 0), 3, item=item)
    with ThreadPoolExecutor(20) as many:
        list(many.map(lambda at: house.give(str(at), 1, item=item), range(120)))
    promised = sum(house.shops.order(str(at))["lines"][0][2] for at in range(120))
    assert (promised + len(house.dated()), len(house.oversold()), house.may_sell(item)) == (100, 20, 0)
    before = house.dated()
    house.redated()
    assert house.dated() == before, "and nobody's date is taken back"


def test_twenty_at_once_of_whom_half_pay_for_what_they_ordered_before(house):
    house.rule("dated")
    house.announce("ASN-1", 100, 3)
    for at in range(60):
        house.give(str(at), 2, stage="unpaid")
    with ThreadPoolExecutor(20) as many:
        list(many.map(lambda at: house.give(str(at), 2, version=2), [at for pair in zip(range(60), range(60, 120), strict=True) for at in pair]))
    assert len(house.dated()) == 50
    before = house.dated()
    house.redated()
    assert (house.dated(), len(house.oversold())) == (before, 70)
    assert house.database.read(lambda tx: backlog(tx, house.warehouse.site_id, house.warehouse.items["POT"], tx.scalar(text("SELECT id FROM party WHERE code = 'OWN'")))) == 240


@pytest.mark.parametrize("wrong", ["UPDATE channel SET backorder = 'often'", "UPDATE channel SET presell_days = 0", "UPDATE listing SET backorder = ''",
                                   "UPDATE listing SET presell_days = 0", "UPDATE sales_order_line SET backorder = 'dated', expected_by = NULL",
                                   "UPDATE sales_order_line SET backorder = 'never', expected_by = 5"])
def test_the_database_keeps_no_other_rule(house, wrong):
    house.rule("dated")
    house.give("1", 1)
    with pytest.raises(IntegrityError):
        house.database.write(lambda tx: tx.query(text(wrong)))
