"""A channel's documents become orders: once, and the same in whatever order they come."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest

from server.oms import intake
from server.oms.channels.base import Stage
from server.oms.listings import name_item
from tests.oms.conftest import HOME, document
from tests.trust.security.sharing import share
from tests.warehouse import ITEMS
from tests.workflows.test_outbound import pack_and_ship

MOVED = {**HOME, "street": "文一路 2 号"}
UNTIL_CHANGED = ({"version": 1, "stage": "unpaid"}, {"version": 2}, {"version": 3, "ship_to": MOVED},
                 {"version": 4, "ship_to": MOVED, "lines": (("SOAP", 3), ("TEA", 2))}, {"version": 5, "ship_to": MOVED, "lines": (("SOAP", 2), ("TEA", 2))})
UNTIL_CANCELLED = (*UNTIL_CHANGED[:4], {**UNTIL_CHANGED[3], "version": 5, "stage": "cancelled"})


def seen(shops, ref):
    return {name: value for name, value in shops.order(ref).items() if name != "number"}


@pytest.mark.parametrize(("events", "state", "lines"), [
    (UNTIL_CHANGED, "accepted", [("SOAP", 2, 2, 0, "L1"), ("TEA", 2, 2, 0, "L2")]),
    (UNTIL_CANCELLED, "cancelled", [("SOAP", 3, 0, 0, "L1"), ("TEA", 2, 0, 0, "L2")]),
], ids=["changed", "cancelled"])
def test_five_documents_end_in_the_same_state_in_every_order(shops, events, state, lines):
    for at, order in enumerate(share(permutations(events), shops.database)):
        shops.give(*[document(str(at), **one) for one in order])
        assert seen(shops, str(at)) == {"state": state, "hold": "", "ship_to": MOVED, "customer": "王小明", "lines": lines}, order
        assert shops.paper(str(at)) == ("taken", "")
        shops.give(document(str(at), **{**events[-1], "version": 9, "stage": "cancelled"}))
    assert shops.promised("SOAP") == shops.promised("TEA") == 0


def test_a_hundred_copies_at_one_moment_are_one_order(shops):
    with ThreadPoolExecutor(20) as many:
        outcomes = list(many.map(lambda _: shops.give(document("1", lines=(("SOAP", 2),))), range(100)))
    assert sorted(one.result for one in outcomes) == ["known"] * 99 + ["taken"]
    assert shops.warehouse.one("SELECT COUNT(*) FROM sales_order") == 1
    assert shops.promised("SOAP") == 2


def test_what_is_cancelled_before_it_is_known_begins_nothing(shops):
    shops.give(document("1", 2, stage="cancelled"))
    shops.give(document("1", 1))
    shops.warehouse.settle()
    assert shops.order("1")["state"] == "cancelled"
    assert shops.promised("SOAP") == 0
    assert shops.warehouse.one("SELECT COUNT(*) FROM release") == 0


def test_an_order_that_had_left_before_the_channel_was_connected_is_left_alone(shops):
    assert shops.give(document("1", stage="shipped")).result == "ended"
    assert shops.order("1") is None


def test_who_has_not_paid_keeps_no_stock_and_is_given_it_when_he_has(shops):
    shops.give(document("1", stage="unpaid", lines=(("SOAP", 60),)))
    shops.warehouse.settle()
    assert (shops.order("1")["hold"], shops.promised("SOAP")) == ("unpaid", 0)
    shops.give(document("2", lines=(("SOAP", 60),)))
    shops.give(document("1", 2, lines=(("SOAP", 60),)))
    shops.warehouse.settle()
    assert [shops.order(ref)["lines"][0][2] for ref in ("1", "2")] == [40, 60]
    assert shops.order("1") | {"number": ""} == shops.order("1") | {"number": "", "hold": "", "state": "released"}


def test_stock_that_comes_is_not_given_to_who_has_not_paid(shops):
    shops.give(document("1", stage="unpaid", lines=(("SOAP", 101),)))
    shops.warehouse.put("SOAP", 10, "W1-A-01-1")
    shops.warehouse.settle()
    assert shops.promised("SOAP") == 0


def test_a_channel_may_keep_stock_for_who_has_not_paid_yet(shops):
    shops.connect("kind", promises_unpaid=True)
    shops.give(document("1", stage="unpaid"), code="kind")
    shops.warehouse.settle()
    assert shops.promised("SOAP") == 1
    assert shops.warehouse.one("SELECT COUNT(*) FROM release") == 0
    shops.give(document("1", 2), code="kind")
    shops.warehouse.settle()
    assert shops.order("1", "kind")["state"] == "released"


def test_an_order_that_its_platform_stops_leaves_the_floor_until_it_goes_on(shops):
    shops.give(document("1"))
    shops.warehouse.settle()
    shops.give(document("1", 2, stage="unpaid"))
    shops.warehouse.settle()
    assert (shops.order("1")["state"], shops.order("1")["hold"], shops.promised("SOAP")) == ("accepted", "payment", 1)
    assert shops.warehouse.one("SELECT COUNT(*) FROM release WHERE state <> 'cancelled'") == 0
    shops.give(document("1", 3))
    shops.warehouse.settle()
    assert (shops.order("1")["state"], shops.order("1")["hold"], shops.promised("SOAP")) == ("released", "", 1)
    assert shops.warehouse.one("SELECT COUNT(*) FROM release WHERE state <> 'cancelled'") == 1


def test_an_unknown_item_is_named_and_stops_no_other_order(shops):
    refused = shops.give(document("1", lines=(("SOAP", 1), ("MYSTERY", 1), ("OTHER", 1))))
    assert (refused.code, "MYSTERY, OTHER" in refused.words) == ("item_unknown", True)
    assert shops.order("1") is None
    assert shops.give(document("2")).result == "taken"
    assert shops.promised("SOAP") == 1


def test_a_refused_order_is_taken_when_somebody_has_said_which_item_is_meant(shops):
    shops.give(document("1", lines=(("GIFT-SIX", 2),)))
    shops.database.write(lambda tx: name_item(tx, shops.channel(), "GIFT-SIX", shops.warehouse.items["SOAP"], 6))
    paper = shops.warehouse.one("SELECT id FROM channel_paper WHERE ref = '1'")
    assert shops.desk.try_again(paper).result == "taken"
    assert shops.order("1")["lines"] == [("SOAP", 12, 12, 0, "L1")]


def test_an_item_is_known_by_its_barcode_too(shops):
    shops.give(document("1", lines=((ITEMS["TEA"], 1), ("soap", 1))))
    assert [line[0] for line in shops.order("1")["lines"]] == ["TEA", "SOAP"]


def test_a_change_after_the_parcel_was_closed_is_refused_and_changes_nothing(shops):
    shops.give(document("1"))
    ship(shops)
    before = shops.order("1")
    assert before["state"] == "shipped"
    for version, more in enumerate(({"ship_to": MOVED}, {"lines": (("SOAP", 2),)}, {"stage": "cancelled"}), 2):
        outcome = shops.give(document("1", version, **more))
        assert (outcome.result, shops.order("1")) == ("refused", before), more
    assert shops.give(document("1", 9)).result == "taken"


def test_an_order_that_left_elsewhere_is_somebodys_to_look_at(shops):
    shops.give(document("1"))
    outcome = shops.give(document("1", 2, stage="shipped"))
    assert (outcome.result, outcome.code) == ("refused", "shipped_elsewhere")
    assert shops.order("1")["state"] == "accepted"


def test_a_changed_order_gives_its_stock_to_who_waits(shops):
    shops.give(document("1", lines=(("SOAP", 100),)), document("2", lines=(("SOAP", 5),)))
    shops.warehouse.settle()
    assert shops.order("2")["lines"][0][2] == 0
    shops.give(document("1", 2, lines=(("SOAP", 98), ("TEA", 1))))
    shops.warehouse.settle()
    assert shops.order("1")["lines"] == [("SOAP", 98, 98, 0, "L1"), ("TEA", 1, 1, 0, "L2")]
    assert shops.order("2")["lines"][0][2] == 2


def test_what_was_picked_for_a_cancelled_order_is_put_back(shops):
    shops.give(document("1", lines=(("SOAP", 1), ("TEA", 1))))
    shops.warehouse.settle()
    shops.warehouse.wave()
    pda = shops.warehouse.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    shops.give(document("1", 2, stage="cancelled", lines=(("SOAP", 1), ("TEA", 1))))
    shops.warehouse.settle()
    assert shops.order("1")["state"] == "cancelled"
    assert shops.warehouse.one("SELECT COUNT(*) FROM task WHERE kind = 'put_back' AND state = 'open'") == 1


def test_a_document_that_cannot_be_read_is_kept_under_its_number(shops):
    outcome = shops.give({"reference": "1", "version": "yesterday", "lines": []})
    assert (outcome.result, outcome.code, outcome.ref) == ("refused", "unreadable", "1")
    assert "version" in outcome.words
    assert shops.give({"nothing": 1}).ref.startswith("?")
    assert shops.give({"nothing": 1}).result == "known"
    assert shops.give(document("1")).result == "taken"


def test_a_fault_of_ours_keeps_one_order_out_and_no_other(shops, monkeypatch):
    def faulty(tx, channel, order, checked):
        if order.ref == "1":
            raise ZeroDivisionError("of ours")
        return begin(tx, channel, order, checked)

    begin = intake._begin
    monkeypatch.setattr(intake, "_begin", faulty)
    outcomes = [shops.desk._take(shops.channel(), shops.connector, document(ref), is_fresh=True).result for ref in ("1", "2")]
    assert outcomes == ["refused", "taken"]
    assert shops.paper("1") == ("refused", "fault")
    monkeypatch.setattr(intake, "_begin", begin)
    assert shops.desk.try_again(shops.warehouse.one("SELECT id FROM channel_paper WHERE ref = '1'")).result == "taken"


def test_of_two_documents_of_one_instant_what_was_just_asked_for_counts(shops):
    shops.give(document("1", note="from a call"))
    shops.give(document("1", lines=(("SOAP", 2),), note="asked for"), is_fresh=True)
    assert shops.order("1")["lines"][0][1] == 2
    shops.give(document("1", stage="unpaid"), is_fresh=True)
    assert shops.order("1")["lines"][0][1] == 2, Stage.UNPAID


def ship(shops):
    """Picks, packs and loads the one order there is, of one piece of soap."""
    shops.warehouse.settle()
    shops.warehouse.wave()
    pda = shops.warehouse.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    pack_and_ship(shops.warehouse, pda, "TOTE-5", [ITEMS["SOAP"]])
    pda.scan("CMD-DONE")
    shops.warehouse.settle()
