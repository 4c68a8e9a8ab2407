"""Who waits keeps its place, line by line, whatever is done with its order; who wants more stands behind for it."""

import pytest
from sqlalchemy import text

from server.api.order_routes import _LIST
from server.kernel.clock import DAY
from server.kernel.database import Database
from server.kernel.migrations import upgrade
from server.oms.changing import change_lines
from server.oms.merging import merge, unmerge
from server.oms.orders import NewOrderLine, hold_order, order_by_number
from server.oms.parts import Placement, gather, place
from server.oms.sourcing.sending import source_again
from server.wms.order_floor import OrderFloor
from tests.oms.conftest import Shops, document
from tests.oms.sourcing.conftest import Firm
from tests.oms.sourcing.test_available import announce
from tests.warehouse import Warehouse

FLOOR = OrderFloor()


class Line:
    """A firm of three warehouses without goods; what orders wait for is dated by one paper for each that waits."""

    def __init__(self, database) -> None:
        self.firm = Firm(Shops(Warehouse(database).open()))
        self.firm.rule()
        self.number: dict[str, str] = {}

    def order(self, ref, *lines):
        self.number[ref] = self.firm.order(ref, *lines).number

    def write(self, work):
        return self.firm.write(work)

    def turns(self, item="SOAP"):
        """In which sequence they would be given this item, one piece after the other."""
        rows = self.firm.warehouse.all(
            "SELECT o.channel_ref FROM sales_order_line l JOIN sales_order o ON o.id = COALESCE(l.origin_id, l.order_id) JOIN item i ON i.id = l.item_id JOIN sales_order a ON a.id = l.order_id "
            "WHERE i.code = :i AND a.state <> 'cancelled' AND l.promised < l.quantity ORDER BY COALESCE(l.waits_since, a.created_at), a.id, l.number", i=item)
        return [ref for [ref] in rows]

    def told_first(self, ref):
        return {row.number: row.first_promised_at for row in self.firm.database.read(lambda tx: tx.rows(
            _LIST, after=0, state="", channel="", hold="", site_id=None, most=50))}[self.number[ref]]


@pytest.fixture
def line(database):
    return Line(database)


def test_an_order_that_is_sourced_anew_and_goes_elsewhere_keeps_its_place(line):
    announce(line.firm, "A-1", "W2", 1, 9)
    for ref in "123":
        line.order(ref, ("SOAP", 1))
    announce(line.firm, "A-2", "W3", 1, 2)
    line.write(lambda tx: source_again(tx, line.number["1"], FLOOR))
    assert (line.firm.sent("1"), line.turns()) == ({"W3": {1: 1}}, ["1", "2", "3"])
    told = line.firm.warehouse.all("SELECT promised_at, first_promised_at FROM sales_order WHERE number = :n", n=line.number["1"])[0]
    assert told[0] < told[1], "what it was told first stays, though it leaves sooner"


def test_an_order_that_is_split_and_gathered_keeps_its_place_with_all_its_parts(line):
    announce(line.firm, "A-1", "W1", 9, 9)
    for ref in "12":
        line.order(ref, ("SOAP", 4))
    number, sites = line.number["1"], line.firm.sites
    first = line.told_first("1")
    line.write(lambda tx: place(tx, order_by_number(tx, number), [Placement(sites["W1"], {1: 1}), Placement(sites["W2"], {1: 3})], FLOOR))
    assert line.turns() == ["1", "1", "2"]
    assert line.firm.warehouse.all("SELECT first_promised_at FROM sales_order WHERE channel_ref = '1' ORDER BY part") == [(first,), (first,)]
    line.write(lambda tx: gather(tx, order_by_number(tx, number), FLOOR))
    assert line.turns() == ["1", "2"]


def test_a_change_keeps_the_place_of_lines_that_do_not_grow(line):
    for ref in "12":
        line.order(ref, ("SOAP", 4), ("TEA", 2))
    line.write(lambda tx: change_lines(tx, line.number["1"], [NewOrderLine(item="SOAP", quantity=3, ref="L1"), NewOrderLine(item="TEA", quantity=5, ref="L2")]))
    assert (line.turns("SOAP"), line.turns("TEA")) == (["1", "2"], ["2", "1"])
    line.firm.put("W1", "SOAP", 3)
    line.firm.put("W1", "TEA", 2)
    line.firm.warehouse.settle()
    assert [(item, promised) for _, item, _, promised in line.firm.parts("1")[0][3]] == [("SOAP", 3), ("TEA", 0)]


def test_an_order_that_its_channel_changes_keeps_its_place_though_it_is_gathered_and_sourced_anew(line):
    announce(line.firm, "A-1", "W2", 2, 3)
    announce(line.firm, "A-2", "W3", 2, 3)
    for ref in "12":
        line.firm.shops.give(document(ref, lines=(("SOAP", 3), ("TEA", 1))))
    assert line.firm.sent("1", "shop") == {"W2": {1: 2, 2: 1}, "W3": {1: 1}}
    line.firm.shops.give(document("1", 2, lines=(("SOAP", 2), ("TEA", 1))))
    assert line.firm.sent("1", "shop") == {"W3": {1: 2, 2: 1}}, "of two where all of it comes at one time the nearer"
    assert (line.turns("SOAP"), line.turns("TEA")) == (["1", "2"], ["1", "2"])
    line.firm.shops.give(document("1", 3, lines=(("SOAP", 4), ("TEA", 1))))
    assert (line.turns("SOAP")[-1], line.turns("TEA")) == ("1", ["1", "2"]), "who wants more stands behind for it"


def test_merged_lines_keep_their_own_places_and_the_customer_the_earliest_day(line):
    announce(line.firm, "A-1", "W1", 9, 2)
    announce(line.firm, "A-2", "W1", 9, 9, item="TEA")
    line.order("early", ("SOAP", 1))
    line.order("between", ("SOAP", 1), ("TEA", 1))
    line.order("late", ("TEA", 1))
    soap, tea = line.told_first("early"), line.told_first("late")
    assert tea - soap == 7 * DAY
    line.write(lambda tx: merge(tx, line.number["early"], line.number["late"], FLOOR))
    assert (line.turns("SOAP"), line.turns("TEA")) == (["early", "between"], ["between", "late"]), "nobody is passed by it, and it passes nobody"
    assert line.told_first("late") == soap
    line.write(lambda tx: unmerge(tx, hold_order(tx, line.number["early"]), FLOOR))
    assert (line.turns("SOAP"), line.turns("TEA")) == (["early", "between"], ["between", "late"])
    assert (line.told_first("early"), line.told_first("late")) == (soap, tea)


def test_two_lines_of_one_item_that_are_merged_are_served_each_in_its_turn(line):
    for ref in "123":
        line.order(ref, ("SOAP", 2))
    line.write(lambda tx: merge(tx, line.number["1"], line.number["3"], FLOOR))
    assert line.turns() == ["1", "2", "3"]
    line.firm.put("W1", "SOAP", 4)
    line.firm.warehouse.settle()
    assert [promised for *_, promised in sorted(line.firm.parts("3")[0][3])] == [0, 2] and line.firm.parts("2")[0][3][0][3] == 2


def test_who_gets_all_leaves_the_line_and_stands_behind_if_it_loses_it(line):
    line.order("1", ("SOAP", 1))
    assert line.firm.warehouse.one("SELECT waits_since FROM sales_order_line") is not None
    line.firm.put("W1", "SOAP", 1)
    line.firm.warehouse.settle()
    assert line.firm.warehouse.one("SELECT waits_since FROM sales_order_line") is None


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/old.db"
    server = request.getfixturevalue("postgres_server")
    server.execute("CREATE DATABASE places_of_old")
    return server.url("places_of_old")


def test_orders_that_waited_before_lines_had_places_keep_theirs(old_url):
    upgrade(old_url, "0039")
    database = Database(old_url)

    def fill(tx):
        for row in ("site (id, code, name, settings) VALUES (1, 'W1', 'Main', '{}')", "item (id, code, name) VALUES (1, 'SOAP', 'Soap')", "party (id, code, name, kind) VALUES (77, 'MINE', 'Mine', 'owner')",
                    "sales_order (id, number, channel, channel_ref, body_hash, site_id, customer, ship_to, carrier, created_at, waits_since) VALUES (1, 'ORD-1', 'test', '1', '', 1, '', '{}', '', 5, 9)",
                    "sales_order_line (order_id, number, item_id, owner_id, quantity, promised) VALUES (1, 1, 1, 77, 3, 1), (1, 2, 1, 77, 3, 3)"):
            tx.query(text(f"INSERT INTO {row}"))

    database.write(fill)
    upgrade(old_url)
    rows = database.read(lambda tx: tx.rows(text("SELECT number, waits_since FROM sales_order_line ORDER BY number")))
    database.close()
    assert [tuple(row) for row in rows] == [(1, 9), (2, None)]
