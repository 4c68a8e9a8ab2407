"""An order that waits is told when it leaves: by what is announced, after those who wait before it."""

import pytest

from server.kernel.clock import DAY, HOUR
from server.masterdata.site_settings import set_site_settings
from server.oms.backorders import date_all
from server.oms.orders import NewOrder, NewOrderLine, accept_order
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.warehouse import Warehouse


class Waiting:
    """A warehouse without soap, whose carriers come at every full hour, and papers that say when some comes."""

    def __init__(self, database) -> None:
        self.warehouse, self.database = Warehouse(database).open(), database
        self.now = database.clock.now()
        self.database.write(lambda tx: set_site_settings(tx, self.warehouse.site_id, cutoffs=[f"{hour:02d}:00" for hour in range(24)], dock_to_stock_hours=4))

    def announce(self, code, quantity, in_days, kind="asn", *, hold=False, item="SOAP"):
        at = None if in_days is None else self.now + int(in_days * DAY)
        self.database.write(lambda tx: put_inbound(tx, NewInbound(
            code=code, kind=kind, site_id=self.warehouse.site_id, expected_at=at, lines=[NewInboundLine(item=item, quantity=quantity, hold=hold)])))

    def order(self, ref, quantity, *, priority=5, cutoff_at=None, lines=()):
        new = NewOrder(channel="test", channel_ref=ref, site_id=self.warehouse.site_id, priority=priority, cutoff_at=cutoff_at,
                       lines=[NewOrderLine(item="SOAP", quantity=quantity), *(NewOrderLine(item=item, quantity=pieces) for item, pieces in lines)])
        return self.database.write(lambda tx: accept_order(tx, new))

    def days(self, at):
        """From now, less the hours from the dock to the shelf and the wait for the carrier."""
        return None if at is None else round((at - self.now - 4 * HOUR - HOUR / 2) / DAY, 1)

    def dated(self, ref):
        return self.days(self.warehouse.one("SELECT promised_at FROM sales_order WHERE channel_ref = :r", r=ref))


@pytest.fixture
def waiting(database):
    return Waiting(database)


def test_an_order_that_waits_leaves_after_what_is_announced_has_come(waiting):
    waiting.announce("ASN-1", 5, 3)
    answer = waiting.order("1", 5)
    assert waiting.days(answer.promised_at) == 3.0 == waiting.dated("1") and answer.lines[0].promised == 0


def test_the_sum_of_what_comes_must_cover_it_and_what_does_not_is_not_promised(waiting):
    waiting.announce("ASN-1", 3, 1)
    waiting.announce("ASN-2", 2, 6)
    assert waiting.days(waiting.order("1", 5).promised_at) == 6.0
    assert waiting.order("2", 1).promised_at is None


def test_who_waits_before_is_served_before_and_the_more_urgent_before_both(waiting):
    waiting.announce("ASN-1", 3, 1)
    waiting.announce("ASN-2", 3, 5)
    assert waiting.days(waiting.order("1", 3).promised_at) == 1.0
    assert waiting.days(waiting.order("2", 3).promised_at) == 5.0
    assert waiting.days(waiting.order("urgent", 3, priority=1).promised_at) == 1.0
    date_all(waiting.database)
    assert (waiting.dated("1"), waiting.dated("2"), waiting.dated("urgent")) == (5.0, None, 1.0)


def test_the_last_of_its_lines_says_when_it_leaves(waiting):
    waiting.announce("ASN-1", 5, 1)
    waiting.announce("ASN-2", 5, 4, item="TEA")
    assert waiting.days(waiting.order("1", 1, lines=[("TEA", 1)]).promised_at) == 4.0


@pytest.mark.parametrize("paper", [{"in_days": None}, {"in_days": 2, "hold": True}, {"in_days": 2, "kind": "return"}, {"in_days": 2, "item": "TEA"}])
def test_what_may_not_come_to_the_shelf_promises_nothing(waiting, paper):
    waiting.announce("P-1", 9, **paper)
    assert waiting.order("1", 1).promised_at is None


def test_a_purchase_order_counts_until_its_suppliers_notice_says_more(waiting):
    waiting.announce("PO-1", 5, 9, "purchase_order")
    assert waiting.days(waiting.order("1", 5).promised_at) == 9.0
    waiting.announce("ASN-1", 5, 2)
    date_all(waiting.database)
    assert waiting.dated("1") == 2.0


def test_a_paper_that_is_late_comes_now_and_an_order_leaves_not_before_its_own_time(waiting):
    waiting.announce("ASN-1", 9, -3)
    assert waiting.days(waiting.order("1", 1).promised_at) == 0.0
    later = waiting.now + 30 * DAY
    assert waiting.order("2", 1, cutoff_at=later).promised_at == later


def test_goods_that_come_date_the_order_anew(waiting):
    waiting.announce("ASN-1", 5, 3)
    waiting.order("1", 2)
    waiting.warehouse.put("SOAP", 2, "W1-A-01-1")
    waiting.warehouse.settle()
    left = waiting.warehouse.one("SELECT promised_at FROM sales_order")
    assert waiting.now < left <= waiting.now + 2 * HOUR and waiting.warehouse.one("SELECT promised FROM sales_order_line") == 2
