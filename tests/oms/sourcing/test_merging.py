"""Orders of one receiver leave together, each channel is told of its own, and what is merged can be taken apart."""

import json

import pytest

from server.events import OrderShipped
from server.oms.merging import NotMergeable, merge, mergeable, unmerge
from server.oms.notices import tell_shipped
from server.oms.orders import hold_order, order_by_number
from server.oms.parts import Placement, place
from server.oms.progress import on_order_shipped
from server.wms.order_floor import OrderFloor
from tests.oms.conftest import document

FLOOR = OrderFloor()


@pytest.fixture
def two(shops):
    """Two orders of one receiver: ORD-000001 of soap, ORD-000002 of tea."""
    shops.give(document("1", lines=(("SOAP", 2),)), document("2", lines=(("TEA", 3),)))
    shops.warehouse.settle()
    return shops


def write(shops, work):
    found = shops.database.write(work)
    shops.warehouse.settle()
    return found


def joined(shops):
    write(shops, lambda tx: merge(tx, "ORD-000002", "ORD-000001", FLOOR))


def releases(shops, number):
    return shops.warehouse.all("SELECT r.state, (SELECT COUNT(*) FROM release_line l WHERE l.release_id = r.id) FROM release r WHERE r.order_number = :n ORDER BY r.id", n=number)


def test_two_orders_are_picked_as_one_and_both_keep_their_promise(two):
    joined(two)
    assert [line[:3] for line in two.order("1")["lines"]] == [("SOAP", 2, 2), ("TEA", 3, 3)]
    assert two.order("2")["state"] == "merged" and two.order("2")["lines"] == []
    assert [lines for state, lines in releases(two, "ORD-000001") if state != "cancelled"] == [2]
    assert all(state == "cancelled" for state, _ in releases(two, "ORD-000002"))
    assert (two.promised("SOAP"), two.promised("TEA")) == (2, 3)


def test_each_channel_is_told_of_its_own_lines_under_its_own_number(two):
    joined(two)

    def ship(tx):
        on_order_shipped(tx, OrderShipped(order_number="ORD-000001", parcel="P1", carrier="SF", lines=((1, 2), (2, 3))))
        tell_shipped(tx, "ORD-000001", "P1", "SF", ((1, 2), (2, 3)))

    two.database.write(ship)
    told = two.warehouse.all("SELECT p.ref, n.payload FROM channel_notice n JOIN channel_paper p ON p.order_id = n.order_id ORDER BY p.ref")
    payloads = [(ref, payload if isinstance(payload, dict) else json.loads(payload)) for ref, payload in told]
    assert [(ref, one["lines"], one["is_whole"]) for ref, one in payloads] == [("1", [["L1", 2]], True), ("2", [["L1", 3]], True)]


def test_what_was_merged_is_taken_apart_again(two):
    joined(two)
    write(two, lambda tx: unmerge(tx, hold_order(tx, "ORD-000002"), FLOOR))
    assert [line[:3] for line in two.order("1")["lines"]] == [("SOAP", 2, 2)] and [line[:3] for line in two.order("2")["lines"]] == [("TEA", 3, 3)]
    assert two.order("2")["state"] == "released" and (two.promised("SOAP"), two.promised("TEA")) == (2, 3)


@pytest.mark.parametrize("stage, lines, state", [("cancelled", (("TEA", 3),), "cancelled"), ("paid", (("TEA", 1),), "released"), ("paid", (("TEA", 3),), "merged")])
def test_a_channel_changes_or_cancels_what_was_merged(two, stage, lines, state):
    joined(two)
    assert two.give(document("2", 2, stage=stage, lines=lines)).result == "taken"
    two.warehouse.settle()
    assert two.order("2")["state"] == state
    left = {"cancelled": 0, "released": 1, "merged": 3}[state]
    assert (two.promised("SOAP"), two.promised("TEA")) == (2, left) and two.order("1")["state"] == "released"


def test_a_cancelled_order_takes_nothing_of_the_one_it_leaves_with(two):
    joined(two)
    two.give(document("1", 2, stage="cancelled", lines=(("SOAP", 2),)))
    two.warehouse.settle()
    assert two.order("1")["state"] == "cancelled" and two.order("2")["state"] in ("released", "accepted")
    assert (two.promised("SOAP"), two.promised("TEA")) == (0, 3)


@pytest.mark.parametrize("second, why", [
    (document("3", lines=(("TEA", 1),)) | {"ship_to": {**document()["ship_to"], "street": "其他路 2 号"}}, "different receivers"),
    (document("3", lines=(("TEA", 1),)) | {"carrier": "SF"}, "different carriers"), (document("3", stage="unpaid", lines=(("TEA", 1),)), "on hold"),
    (document("3", stage="cancelled", lines=(("TEA", 1),)), "cancelled"),
    (document("3", lines=(("TEA", 1),)) | {"ship_to": {**document()["ship_to"], "name": "王**"}}, "different receivers"),
])
def test_two_orders_that_cannot_leave_together_say_why(two, second, why):
    two.give(second)
    two.warehouse.settle()
    with pytest.raises(NotMergeable, match=why):
        two.database.write(lambda tx: merge(tx, "ORD-000003", "ORD-000001", FLOOR))


def test_an_order_is_not_merged_with_itself_nor_with_one_in_parts(two):
    with pytest.raises(NotMergeable, match="one order"):
        two.database.write(lambda tx: merge(tx, "ORD-000001", "ORD-000001", FLOOR))
    site = two.warehouse.site_id
    write(two, lambda tx: place(tx, order_by_number(tx, "ORD-000001"), [Placement(site, {1: 1}), Placement(site, {1: 1})], FLOOR))
    with pytest.raises(NotMergeable, match="parts"):
        two.database.write(lambda tx: merge(tx, "ORD-000002", "ORD-000001", FLOOR))


def test_the_orders_that_could_leave_together_are_found_by_their_receiver(two):
    two.give({**document("3", lines=(("TEA", 1),)), "ship_to": {**document()["ship_to"], "phone": "13900139000"}})
    assert two.database.read(lambda tx: mergeable(tx, order_by_number(tx, "ORD-000001"))) == ["ORD-000002"]
    assert two.database.read(lambda tx: mergeable(tx, order_by_number(tx, "ORD-000003"))) == []
