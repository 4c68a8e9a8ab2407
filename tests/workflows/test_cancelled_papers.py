"""A paper of which nothing has come is cancelled once; what has come is closed short, and nobody receives what was cancelled."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.kernel.clock import DAY
from server.kernel.errors import Conflict, Refusal
from server.masterdata.items import item_by_code
from server.masterdata.sites import location_by_code
from server.oms.backorders import date_all
from server.oms.orders import NewOrder, NewOrderLine, accept_order
from server.wms.inbound import (
    NewInbound,
    NewInboundLine,
    PaperGone,
    inbound_by_code,
    inbound_lines,
    put_inbound,
    reopen_inbound,
)
from server.wms.inbound_cancelling import PaperBegun, cancel_inbound
from server.wms.receiving import Received, receive
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_undo_pick import status


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def expect(house, code="ASN-1", *, kind="asn", quantity=10, in_days=3):
    house.database.write(lambda tx: put_inbound(tx, NewInbound(
        code=code, kind=kind, site_id=house.site_id, expected_at=tx.now + in_days * DAY, lines=[NewInboundLine(item="SOAP", quantity=quantity)])))
    return code


def cancel(house, code="ASN-1"):
    return house.database.write(lambda tx: cancel_inbound(tx, code, "called off"))


def receive_one(house, code="ASN-1"):
    def work(tx):
        paper = inbound_by_code(tx, code)
        line = inbound_lines(tx, paper.id)[0]
        found = Received(item=item_by_code(tx, "SOAP"), owner_id=line.owner_id, quantity=1, line_id=line.id)
        receive(tx, paper, found, location_by_code(tx, "W1-DOCK"))

    house.database.write(work)


def state(house, code="ASN-1"):
    return house.all("SELECT n.state, l.received FROM inbound n JOIN inbound_line l ON l.inbound_id = n.id WHERE n.code = :c", c=code)[0]


@pytest.mark.parametrize("kind", ["asn", "purchase_order"])
def test_a_paper_of_which_nothing_has_come_is_cancelled_and_the_audit_log_says_why(house, kind):
    expect(house, kind=kind)
    cancel(house)
    assert state(house) == ("cancelled", 0)
    [(subject, detail)] = house.all("SELECT subject, detail FROM audit WHERE action = 'inbound.cancelled'")
    told = json.loads(detail) if isinstance(detail, str) else detail
    assert (subject, told) == ("ASN-1", {"old": {"state": "expected"}, "new": {"state": "cancelled"}, "reason": "called off"})


def test_of_what_something_has_come_is_closed_short(house):
    expect(house)
    receive_one(house)
    with pytest.raises(PaperBegun, match="close it short"):
        cancel(house)
    assert state(house) == ("receiving", 1)


def test_what_is_over_or_no_announcement_is_not_cancelled(house):
    expect(house)
    cancel(house)
    with pytest.raises(PaperGone):
        cancel(house)
    expect(house, "R-1", kind="return")
    with pytest.raises(Conflict):
        cancel(house, "R-1")


def test_who_was_about_to_receive_it_is_told_and_has_no_task_any_more(house):
    pda = house.pda()
    pda.scan(expect(house))
    cancel(house)
    assert house.all("SELECT state FROM task WHERE kind = 'receive'") == [("cancelled",)]
    pda.scan(f"(01){ITEMS['SOAP']}(30)8")
    assert status(pda) == ("refused", "paper_gone")
    pda.scan("ASN-1")
    assert state(house) == ("cancelled", 0)
    with pytest.raises(PaperGone):
        receive_one(house)
    with pytest.raises(PaperGone):
        house.database.write(lambda tx: reopen_inbound(tx, inbound_by_code(tx, "ASN-1").id))


def test_orders_that_were_promised_on_it_are_promised_anew(house):
    expect(house)
    order = NewOrder(channel="test", channel_ref="1", site_id=house.site_id, lines=[NewOrderLine(item="SOAP", quantity=4)])
    early = house.database.write(lambda tx: accept_order(tx, order)).promised_at
    expect(house, "ASN-2", in_days=9)
    cancel(house)
    date_all(house.database)
    assert house.one("SELECT promised_at FROM sales_order") - early == 6 * DAY
    cancel(house, "ASN-2")
    date_all(house.database)
    assert house.one("SELECT promised_at FROM sales_order") is None


def attempt(work):
    try:
        work()
    except Refusal as refusal:
        return refusal.code
    return "done"


def test_of_twenty_who_cancel_at_once_one_does(house):
    expect(house)
    with ThreadPoolExecutor(10) as many:
        told = list(many.map(lambda _: attempt(lambda: cancel(house)), range(20)))
    assert sorted(told) == ["done"] + ["paper_gone"] * 19


def test_it_is_received_or_cancelled_and_never_both(house):
    for number in range(12):
        code = expect(house, f"ASN-{number}")
        with ThreadPoolExecutor(2) as two:
            told = [one.result() for one in (two.submit(attempt, lambda code=code: receive_one(house, code)), two.submit(attempt, lambda code=code: cancel(house, code)))]
        assert (told, state(house, code)) in [(["done", "paper_begun"], ("receiving", 1)), (["paper_gone", "done"], ("cancelled", 0))]
