"""What is announced at any warehouse that may send is sold in advance, once, and its order goes to the warehouse where it comes."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.kernel.clock import DAY
from server.oms.backorders import date_all
from server.oms.connecting import change_channel
from server.oms.listings import name_item, shown_listings
from server.oms.orders import LANE, NewOrder, NewOrderLine
from server.oms.sourcing.announced import _hopeful, bring_all_announced
from server.oms.sourcing.sending import accept_sourced, source_again
from server.oms.telling import spread_changes, spread_time
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.oms.conftest import document
from tests.oms.inbound import close_short
from tests.oms.sourcing.conftest import BEIJING
from tests.oms.sourcing.test_available import ask


class Announced:
    """A firm that has no soap yet, whose shop may sell what is announced."""

    def __init__(self, firm) -> None:
        self.firm, self.database, self.shops = firm, firm.database, firm.shops
        self.now = firm.database.clock.now()
        firm.rule()
        firm.write(lambda tx: change_channel(tx, "shop", backorder="dated"))
        for item in ("SOAP", "TEA"):
            firm.write(lambda tx, item=item: name_item(tx, self.shops.channel(), item, firm.warehouse.items[item]))

    def announce(self, code, site, quantity, in_days=3, item="SOAP"):
        self.database.write(lambda tx: put_inbound(tx, NewInbound(
            code=code, kind="asn", site_id=self.firm.sites[site], expected_at=self.now + int(in_days * DAY), lines=[NewInboundLine(item=item, quantity=quantity)])))

    def call_off(self, code):
        self.database.write(lambda tx: close_short(tx, code))

    def look_ahead(self):
        """As the server does every minute."""
        date_all(self.database)
        bring_all_announced(self.database, self.firm.floor)
        self.firm.warehouse.settle()

    def give(self, ref, *lines, stage="paid", version=1, **more):
        self.shops.give(document(ref, version, stage=stage, lines=lines or (("SOAP", 1),), **more))

    def order(self, at, quantity, lane):
        """As a client of the API does; without a lane as clients of several servers do."""
        new = NewOrder(channel="test", channel_ref=str(at), site_id=self.firm.sites["W1"], lines=[NewOrderLine(item="SOAP", quantity=quantity)])
        self.database.write(lambda tx: accept_sourced(tx, new), lane=lane)

    def dated(self, *refs):
        """The orders of which every part that waits has a date."""
        rows = self.firm.warehouse.all("SELECT channel_ref, MIN(CASE WHEN promised_at IS NULL THEN 0 ELSE 1 END) FROM sales_order "
                                       "WHERE state IN ('accepted', 'released') GROUP BY channel_ref")
        return {ref for ref, is_dated in rows if is_dated and (not refs or ref in refs)}

    def days(self, ref):
        """In how many days what its line waits for comes, of each part."""
        return [round((at - self.now) / DAY) for [at] in self.firm.warehouse.all(
            "SELECT l.expected_at FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.channel_ref = :r AND l.expected_at IS NOT NULL ORDER BY l.expected_at", r=ref)]

    def may_sell(self, item="SOAP"):
        return next(row.may_sell for row in self.database.read(lambda tx: shown_listings(tx, self.shops.channel().id, 0, 100)) if row.name == item)


@pytest.fixture
def announced(firm):
    return Announced(firm)


def test_what_is_announced_elsewhere_is_sold_and_the_order_waits_there(announced):
    announced.announce("A-1", "W2", 5)
    assert announced.may_sell() == 5
    announced.give("1", ("SOAP", 2))
    assert (announced.firm.sent("1", "shop"), announced.days("1"), announced.dated(), announced.may_sell()) == ({"W2": {1: 2}}, [3], {"1"}, 3)
    announced.firm.put("W2", "SOAP", 5)
    announced.firm.warehouse.settle()
    assert [(site, state) for _, site, state, _ in announced.firm.parts("1", "shop")] == [("W2", "released")]


def test_the_earliest_is_taken_and_at_one_time_home(announced):
    for code, site, days in (("A-1", "W2", 9), ("A-2", "W3", 2), ("A-3", "W1", 9)):
        announced.announce(code, site, 2, days)
    for ref in "123":
        announced.give(ref, ("SOAP", 2))
    assert [list(announced.firm.sent(ref, "shop")) for ref in "123"] == [["W3"], ["W1"], ["W2"]]


def test_of_what_comes_within_half_a_day_the_nearest_is_taken_and_a_day_later_is_too_late(announced):
    announced.announce("A-1", "W1", 3, 3)
    announced.announce("A-2", "W3", 3, 3.4)
    announced.announce("A-3", "W2", 3, 3.3)
    announced.give("near", ship_to=BEIJING)
    assert announced.firm.sent("near", "shop") == {"W2": {1: 1}}
    announced.firm.rule("prefer few parcels 5")
    announced.give("alike", ship_to=BEIJING)
    assert announced.firm.sent("alike", "shop") == {"W1": {1: 1}}
    announced.firm.rule()
    announced.announce("A-4", "W2", 3, 1, item="TEA")
    announced.announce("A-5", "W1", 3, 0.2, item="TEA")
    announced.give("late", ("TEA", 1), ship_to=BEIJING)
    assert announced.firm.sent("late", "shop") == {"W1": {1: 1}}


def test_all_lines_wait_at_one_warehouse_if_it_is_told_of_all_of_them(announced):
    announced.announce("A-1", "W2", 5, 2)
    announced.announce("A-2", "W3", 5, 8)
    announced.announce("A-3", "W3", 5, 8, item="TEA")
    announced.give("1", ("SOAP", 1), ("TEA", 1))
    assert announced.firm.sent("1", "shop") == {"W3": {1: 1, 2: 1}}
    announced.give("2", ("SOAP", 5), ("TEA", 1))
    assert announced.firm.sent("2", "shop") == {"W2": {1: 5}, "W3": {2: 1}}


def test_a_line_that_only_several_cover_waits_in_parts_and_one_that_nobody_covers_at_home(announced):
    announced.announce("A-1", "W2", 3, 2)
    announced.announce("A-2", "W3", 3, 4)
    announced.give("many", ("SOAP", 7))
    assert (announced.firm.sent("many", "shop"), announced.dated()) == ({"W1": {1: 7}}, set())
    announced.give("1", ("SOAP", 5))
    assert (announced.firm.sent("1", "shop"), announced.days("1"), announced.may_sell()) == ({"W2": {1: 3}, "W3": {1: 2}}, [2, 4], 1)


def test_what_the_rules_bar_or_keep_together_is_not_sold_from_there(announced):
    announced.announce("A-1", "W2", 3, 2)
    announced.announce("A-2", "W3", 3, 4)
    announced.firm.rule("never from W2\nW3 keeps 1")
    assert announced.may_sell() == 2
    announced.give("1", ("SOAP", 2))
    assert (announced.firm.sent("1", "shop"), announced.may_sell()) == ({"W3": {1: 2}}, 0)
    announced.firm.rule("never split")
    announced.give("2", ("SOAP", 4))
    assert announced.firm.sent("2", "shop") == {"W1": {1: 4}}


def test_who_waits_undated_goes_where_it_is_announced_then_and_away_when_that_is_called_off(announced):
    announced.give("1", ("SOAP", 2), ("TEA", 1))
    announced.give("2", ("SOAP", 2))
    assert announced.dated() == set()
    announced.announce("A-1", "W2", 3)
    announced.look_ahead()
    assert (announced.firm.sent("1", "shop"), announced.firm.sent("2", "shop")) == ({"W1": {2: 1}, "W2": {1: 2}}, {"W1": {1: 2}})
    announced.announce("A-2", "W3", 3)
    announced.look_ahead()
    assert (announced.firm.sent("2", "shop"), announced.dated("2")) == ({"W3": {1: 2}}, {"2"})
    announced.call_off("A-2")
    announced.announce("A-3", "W1", 9)
    announced.look_ahead()
    assert (announced.firm.sent("2", "shop"), announced.days("2")) == ({"W1": {1: 2}}, [3])
    assert announced.firm.faults() == []


def test_of_all_who_wait_only_those_are_looked_at_for_whom_there_is_enough(announced):
    for ref in range(6):
        announced.give(str(ref), ("SOAP", 2))
    announced.announce("A-1", "W2", 5)
    assert announced.database.read(_hopeful) == [announced.shops.order(ref)["number"] for ref in "01"]
    assert bring_all_announced(announced.database, announced.firm.floor) == 2
    assert announced.database.read(_hopeful) == []


@pytest.mark.parametrize("what", ["announced", "called off", "ordered", "within its days"])
def test_its_channel_is_told_when_what_is_to_come_elsewhere_changes(announced, what):
    announced.firm.write(lambda tx: change_channel(tx, "shop", presell_days=5))
    announced.announce("A-1", "W2", 9, 20 if what == "within its days" else 3)
    spread_changes(announced.database)
    announced.database.write(lambda tx: tx.execute(text("UPDATE listing SET told = :n, told_at = 1, told_version = version"), {"n": announced.may_sell()}))
    if what == "announced":
        announced.announce("A-2", "W3", 9)
    elif what == "called off":
        announced.call_off("A-1")
    elif what == "ordered":
        announced.give("1", ("SOAP", 2))
    else:
        announced.database.write(lambda tx: tx.execute(text("UPDATE inbound SET expected_at = expected_at - :ms"), {"ms": 16 * DAY}))
        assert spread_time(announced.database) == 1
    spread_changes(announced.database)
    assert announced.firm.warehouse.one("SELECT version - told_version FROM listing WHERE name = 'SOAP'") > 0


def test_sourcing_again_does_not_make_an_order_wait_before_itself(announced):
    announced.announce("A-1", "W2", 5)
    announced.give("1", ("SOAP", 5))
    number = announced.shops.order("1")["number"]
    assert announced.firm.write(lambda tx: source_again(tx, number, announced.firm.floor)) == []
    announced.announce("A-2", "W3", 5, 1)
    announced.firm.write(lambda tx: source_again(tx, number, announced.firm.floor))
    assert (announced.firm.sent("1", "shop"), announced.days("1"), announced.may_sell()) == ({"W3": {1: 5}}, [1], 5)


def test_sourcing_again_leaves_parts_where_they_were_promised(announced):
    announced.announce("A-1", "W2", 3)
    announced.announce("A-2", "W3", 2)
    announced.give("1", ("SOAP", 5))
    number = announced.shops.order("1")["number"]
    assert announced.firm.write(lambda tx: source_again(tx, number, announced.firm.floor)) == []
    assert announced.firm.sent("1", "shop") == {"W2": {1: 3}, "W3": {1: 2}}


def test_who_pays_later_is_promised_what_is_left_wherever_it_comes(announced):
    announced.announce("A-1", "W2", 5)
    announced.give("late", ("SOAP", 5), stage="unpaid")
    announced.give("1", ("SOAP", 5))
    announced.announce("A-2", "W3", 5)
    announced.give("late", ("SOAP", 5), version=2)
    assert (announced.firm.sent("late", "shop"), announced.dated()) == ({"W3": {1: 5}}, {"1", "late"})


@pytest.mark.parametrize(("clients", "lane"), [(20, LANE), (8, "")], ids=["at one server", "at several"])
@pytest.mark.parametrize("quantity", [1, 2])
def test_twenty_who_order_at_once_are_told_of_a_hundred_pieces_at_three_warehouses_once_each(announced, quantity, clients, lane):
    for code, site, pieces in (("A-1", "W1", 33), ("A-2", "W2", 33), ("A-3", "W3", 34)):
        announced.announce(code, site, pieces)
    orders = 120 // quantity
    with ThreadPoolExecutor(clients) as many:
        list(many.map(lambda at: announced.order(at, quantity, lane), range(orders)))
    assert (len(announced.dated()) * quantity, announced.may_sell()) == (100, 0)
    before = announced.dated()
    announced.look_ahead()
    assert announced.dated() == before, "and nobody's date is taken back"


def test_who_finds_the_shelf_empty_at_the_last_moment_waits_where_it_is_announced(announced):
    announced.firm.put("W1", "SOAP", 20)
    announced.announce("A-1", "W2", 80)
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda at: announced.order(at, 1, ""), range(100)))
    assert (len(announced.dated()), announced.firm.faults()) == (100, [])


def test_of_a_hundred_pieces_who_pays_now_and_who_orders_now_are_told_of_each_once(announced):
    for code, site, pieces in (("A-1", "W1", 33), ("A-2", "W2", 33), ("A-3", "W3", 34)):
        announced.announce(code, site, pieces)
    for at in range(50):
        announced.give(f"P{at}", stage="unpaid")

    def come(at):
        if at % 2:
            announced.order(at, 1, "")
        else:
            announced.give(f"P{at // 2}", version=2)

    with ThreadPoolExecutor(8) as many:
        list(many.map(come, range(100)))
    assert (len(announced.dated()), announced.may_sell()) == (100, 0)
    before = announced.dated()
    announced.look_ahead()
    assert (announced.dated(), announced.firm.faults()) == (before, [])


@pytest.mark.parametrize("seed", range(4))
def test_channels_are_told_what_the_answer_adds_up_to(announced, seed):
    chance = random.Random(seed)
    announced.firm.rule(chance.choice(["prefer nearest 1", "W2 keeps 5\nprefer nearest 1", "never from W3"]))
    for number in range(5):
        announced.announce(f"A-{number}", chance.choice(["W1", "W2", "W3"]), chance.randint(1, 9), chance.randint(1, 20))
    announced.firm.put("W2", "SOAP", 7)
    announced.firm.warehouse.settle()
    for number in range(6):
        told = ask(announced.firm, ("SOAP", 1), channel="shop")["items"][0]
        last = [site["expected"][-1]["free"] for site in told["sites"] if site["sends"] and site["expected"]]
        assert announced.may_sell() == told["available"] + sum(last)
        announced.firm.order(str(number), ("SOAP", chance.randint(1, 8)), ship_to=BEIJING)


def test_an_order_that_waits_is_moved_by_one_of_two_servers(announced):
    for ref in range(10):
        announced.give(str(ref), ("SOAP", 2))
    announced.announce("A-1", "W2", 11)
    with ThreadPoolExecutor(2) as two:
        list(two.map(lambda _: bring_all_announced(announced.database, announced.firm.floor), range(2)))
    announced.look_ahead()
    assert sum("W2" in announced.firm.sent(str(ref), "shop") for ref in range(10)) == 5
    assert announced.database.read(lambda tx: tx.scalar(text("SELECT SUM(quantity) FROM sales_order_line"))) == 20
