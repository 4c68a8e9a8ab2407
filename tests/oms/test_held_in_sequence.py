"""Whoever writes of several orders holds them in one sequence: two at one moment wait for each other in turn, and never in a circle."""

import contextlib

import pytest

from server.events import OrderShipped, StockArrived
from server.kernel.errors import Refusal
from server.masterdata.people import put_worker
from server.oms import orders
from server.oms.channels.base import Asked, RefundRequest
from server.oms.exceptions.opening import open_oversold
from server.oms.exceptions.steps import take_step
from server.oms.holding import bound
from server.oms.intake import take_in
from server.oms.merging import merge
from server.oms.refund_asking import send_anyway, take_request
from server.reactions import CONSUMERS
from server.wms.order_floor import FLOOR
from tests.at_once import nobody_is_ended
from tests.moments import meanwhile
from tests.oms.conftest import document
from tests.oms.sourcing.conftest import firm
from tests.oms.test_exceptions import house

__all__ = ["firm", "house"]
ONE, TWO, THREE = "ORD-000001", "ORD-000002", "ORD-000003"


@pytest.fixture
def three(house):
    """Three orders of one receiver, of which the third leaves with the first and the first with the second: as one parcel, called by the second."""
    house.give(document("1", lines=(("SOAP", 2),)), document("2", lines=(("TEA", 3),)), document("3", lines=(("TEA", 1),)))
    house.warehouse.settle()
    for number in (ONE, THREE):
        house.database.write(lambda tx, number=number: merge(tx, number, TWO, FLOOR))
        house.warehouse.settle()
    return house


def says(shops, ref, version, **more):
    """What a channel says, taken in."""
    channel = shops.channel()
    return lambda tx: take_in(tx, channel, shops.connector, document(ref, version, **more), FLOOR, is_fresh=False)


def at_once(shops, first, second):
    """Right behind the first order that the first holds, the second begins."""
    def done(work):
        with contextlib.suppress(Refusal):  # the other was first
            shops.database.write(work)

    with nobody_is_ended(), meanwhile(orders._HOLD, lambda: done(second)):
        done(first)
    shops.warehouse.settle()


CANCELLED, CHANGED = {"stage": "cancelled"}, {"lines": (("SOAP", 1),)}


@pytest.mark.parametrize("first,second", [("1", "2"), ("2", "1"), ("3", "2"), ("2", "3"), ("1", "3"), ("3", "1")])
@pytest.mark.parametrize("more", [CANCELLED, CHANGED], ids=["cancelled", "changed"])
def test_channels_that_change_orders_which_leave_together_wait_for_each_other_in_turn(three, first, second, more):
    at_once(three, says(three, first, 2, **more), says(three, second, 2, **more))
    assert all(one["state"] != "merged" for one in (three.order(first), three.order(second)))
    assert {three.order(ref)["state"] for ref in (first, second)} == ({"cancelled"} if more is CANCELLED else {"released"})


@pytest.mark.parametrize("ref", "123")
def test_a_buyer_who_asks_for_the_money_and_a_channel_that_cancels_what_leaves_with_it_do_too(three, ref):
    asked = RefundRequest(ref="R1", order_ref=ref, version=5, stage=Asked.OPEN, amount=1_990, lines=(), is_return=False)
    channel, other = three.channel(), {"1": "2", "2": "3", "3": "2"}[ref]
    at_once(three, lambda tx: take_request(tx, channel, asked, FLOOR), says(three, other, 2, stage="cancelled"))
    assert (three.order(ref)["hold"], three.order(other)["state"]) == ("refund_asked", "cancelled")


def test_two_who_merge_the_same_two_orders_the_other_way_round_do_too(house):
    house.give(document("1"), document("2"))
    house.warehouse.settle()
    at_once(house, lambda tx: merge(tx, ONE, TWO, FLOOR), lambda tx: merge(tx, TWO, ONE, FLOOR))
    assert sorted(house.order(ref)["state"] for ref in "12") == ["merged", "released"]


def test_what_is_done_about_an_exception_of_one_does_too(three):
    three.database.write(lambda tx: open_oversold(tx, orders.order_by_number(tx, TWO).id))
    number = three.warehouse.one("SELECT id FROM order_exception")
    at_once(three, lambda tx: take_step(tx, FLOOR, number, 1, "cancel", reason="no"), says(three, "1", 2, stage="cancelled"))
    assert [three.order(ref)["state"] for ref in "123"] == ["cancelled", "cancelled", "released"]


@pytest.fixture
def parted(firm):
    """An order that two warehouses send: ORD-000001 and ORD-000001-2."""
    firm.put("W1", "SOAP", 5)
    firm.put("W2", "TEA", 5)
    firm.database.write(lambda tx: put_worker(tx, "BOSS", "Boss", "manager"))
    firm.shops.give(document("1", lines=(("SOAP", 2), ("TEA", 3))))
    firm.warehouse.settle()
    assert [part[0] for part in firm.parts("1", "shop")] == [ONE, f"{ONE}-2"]
    return firm


def test_a_part_that_leaves_while_its_order_is_changed_waits_in_turn(parted):
    """Its buyer had asked for the money: whether that is still to be heeded is looked at in the order."""
    asked = RefundRequest(ref="R1", order_ref="1", version=5, stage=Asked.OPEN, amount=1_990, lines=(), is_return=False)
    parted.database.write(lambda tx: take_request(tx, parted.shops.channel(), asked, FLOOR))
    parted.database.write(lambda tx: send_anyway(tx, ONE, "she waits for it"))
    parted.warehouse.settle()
    left = CONSUMERS["OrderShipped"]["oms.shipped"]
    event = OrderShipped(order_number=f"{ONE}-2", parcel="P1", carrier="SF", lines=((2, 3),))
    at_once(parted, lambda tx: left(tx, event), says(parted.shops, "1", 2, lines=(("SOAP", 1), ("TEA", 3))))
    assert parted.warehouse.one("SELECT state FROM sales_order WHERE number = :n", n=f"{ONE}-2") == "shipped"


def test_a_step_about_a_part_and_a_change_of_the_whole_wait_in_turn(parted):
    parted.database.write(lambda tx: open_oversold(tx, orders.order_by_number(tx, f"{ONE}-2").id))
    [(number,)] = parted.warehouse.all("SELECT id FROM order_exception")
    at_once(parted, lambda tx: take_step(tx, FLOOR, number, 1, "cancel", reason="no"), says(parted.shops, "1", 2, stage="cancelled"))
    assert parted.shops.order("1")["state"] == "cancelled"


def test_goods_that_come_at_two_warehouses_at_one_moment_hold_who_waits_in_one_sequence(firm):
    """At W2 who is more urgent is brought first, at W1 both stand in line."""
    firm.order("1", ("SOAP", 3))
    firm.order("2", ("SOAP", 2), priority=1)
    firm.put("W1", "SOAP", 9)
    firm.put("W2", "SOAP", 9)
    came = CONSUMERS["StockArrived"]["oms.backorders"]
    there, here = (StockArrived(firm.sites[site], firm.warehouse.items["SOAP"], 9) for site in ("W2", "W1"))
    at_once(firm, lambda tx: came(tx, there), lambda tx: came(tx, here))
    assert firm.shops.promised("SOAP") == 5 and firm.faults() == []


def test_what_is_bound_is_known_from_each_side(three):
    seen = three.database.read(lambda tx: [sorted(bound(tx, [one])) for one in (ONE, TWO, THREE)])
    assert seen == [[ONE, TWO], [ONE, TWO, THREE], [TWO, THREE]]
    assert three.database.read(lambda tx: bound(tx, ["ORD-9"])) == set()
