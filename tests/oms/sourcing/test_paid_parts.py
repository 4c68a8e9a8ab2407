"""What was paid for a line is shared by the warehouses that send it, to the last unit of the currency."""

from server.oms.orders import NewOrder, NewOrderLine
from server.oms.sourcing.sending import accept_sourced
from tests.oms.sourcing.conftest import HANGZHOU


def bought(firm, ref, *lines):
    new = NewOrder(channel="test", channel_ref=ref, site_id=firm.sites["W1"], ship_to=HANGZHOU, postage=600, total=10_600,
                   lines=[NewOrderLine(item=item, quantity=quantity, price=1_990, paid=paid) for item, quantity, paid in lines])
    firm.write(lambda tx: accept_sourced(tx, new))


def paid(firm, ref):
    return firm.warehouse.all(
        "SELECT s.code, l.quantity, l.paid FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id JOIN site s ON s.id = o.site_id "
        "WHERE o.channel_ref = :r AND o.state NOT IN ('cancelled', 'merged') ORDER BY s.code, l.number", r=ref)


def test_each_warehouse_has_its_share_and_the_first_part_the_postage(firm):
    firm.rule()
    firm.put("W1", "SOAP", 2)
    firm.put("W2", "SOAP", 5)
    bought(firm, "1", ("SOAP", 7, 10_000))
    assert paid(firm, "1") == [("W1", 2, 2_857), ("W2", 5, 7_143)]
    assert firm.warehouse.all("SELECT postage, total FROM sales_order ORDER BY part") == [(600, 10_600), (0, 0)]


def test_what_waits_and_is_sent_from_elsewhere_takes_its_share_along(firm):
    firm.rule()
    firm.put("W1", "SOAP", 2)
    bought(firm, "1", ("SOAP", 3, 10_000))
    firm.put("W2", "SOAP", 1)
    firm.warehouse.settle()
    assert paid(firm, "1") == [("W1", 2, 6_667), ("W2", 1, 3_333)]
