"""An order's whole story: every step, in its sequence, with who did it; what was taken back is not told."""

import pytest
from sqlalchemy import text

from server.dashboard.order_story import order_story
from server.kernel.audit import record
from server.kernel.transaction import Actor
from server.masterdata.locations import NewLocation, put_location
from server.oms.orders import cancel_order, order_by_number, order_lines
from server.wms.holding_back import hold_back
from server.wms.withdrawing import withdraw
from tests.oms.conftest import document
from tests.oms.test_intake import ship
from tests.warehouse import ITEMS

BOSS = Actor("BOSS")


def story(shops, number):
    def work(tx):
        order = order_by_number(tx, number)
        return order_story(tx, order, order_lines(tx, order.id))

    return shops.database.read(work)


def told(shops, number):
    return [one["kind"] for one in story(shops, number)["items"]]


def entry(shops, number, kind):
    [one] = [one for one in story(shops, number)["items"] if one["kind"] == kind]
    return one


def given(shops, ref="1", **more):
    shops.give(document(ref, **more))
    shops.warehouse.settle()
    return shops.order(ref)["number"]


def test_a_whole_walk_is_told_from_the_channel_to_the_road_and_back_to_the_channel(shops):
    number = given(shops, placed_at=1_700_000_000_000)
    ship(shops)
    assert shops.attend()
    assert told(shops, number) == ["placed", "came", "promised", "handed", "wave", "picked", "packed", "label_seen", "loaded", "left", "told"]
    parcel = shops.warehouse.one("SELECT p.code FROM carton c JOIN lpn p ON p.id = c.lpn_id")
    assert entry(shops, number, "placed") == {"at": 1_700_000_000_000, "kind": "placed", "args": {"channel": "shop", "reference": "1"}, "who": ""}
    assert entry(shops, number, "promised")["args"]["lines"] == [{"item": "SOAP", "quantity": 1}]
    picked = entry(shops, number, "picked")
    assert (picked["who"], picked["args"]["pieces"], picked["args"]["items"], picked["args"]["places"]) == ("BDG-1", 1, ["SOAP"], ["W1-A-01-1"])
    packed = entry(shops, number, "packed")
    assert (packed["who"], packed["args"]["parcel"], packed["args"]["pieces"], packed["args"]["weight_g"] >= 100) == ("BDG-1", parcel, 1, True)
    assert entry(shops, number, "loaded")["who"] == "BDG-1"
    assert entry(shops, number, "told")["args"] == {"channel": "shop", "what": "ship", "parcel": parcel, "carrier": entry(shops, number, "left")["args"]["carrier"]}
    assert [one["at"] for one in story(shops, number)["items"]] == sorted(one["at"] for one in story(shops, number)["items"])


def test_what_waits_to_be_told_and_what_the_channel_would_not_hear_are_told_as_such(shops):
    number = given(shops)
    ship(shops)
    assert entry(shops, number, "telling")["args"]["what"] == "ship"
    shops.database.write(lambda tx: tx.execute(text("UPDATE channel_notice SET state = 'refused', error = 'no'")))
    assert entry(shops, number, "not_told")["args"]["words"] == "no"


def test_who_held_it_back_let_it_go_and_cancelled_it_and_why(shops):
    number = given(shops)
    for on_hold in (True, False):
        shops.database.write(lambda tx, on_hold=on_hold: hold_back(tx, number, on_hold=on_hold), actor=BOSS)

    def cancel(tx):
        withdraw(tx, number)
        cancel_order(tx, number, "changed their mind")
        record(tx, "order.cancelled", number, old={"state": "accepted"}, new={"state": "cancelled"}, reason="changed their mind")

    shops.database.write(cancel, actor=BOSS)
    shops.warehouse.settle()
    assert told(shops, number)[:5] == ["placed", "came", "handed", "held", "let_go"], "what was promised was given back"
    assert [entry(shops, number, kind)["who"] for kind in ("held", "let_go", "cancelled")] == ["BOSS"] * 3
    assert entry(shops, number, "cancelled")["args"] == {"reason": "changed their mind"}
    assert entry(shops, number, "telling")["args"]["what"] == "cancel"


def test_that_its_channel_stopped_it_let_it_go_and_wants_another_price_is_told(shops):
    number = given(shops)
    given(shops, version=2, stage="unpaid")
    given(shops, version=3)
    paper = document("1", 4, total=1500)
    shops.give({**paper, "lines": [{**line, "price": 1500} for line in paper["lines"]]})
    seen = {kind: entry(shops, number, kind) for kind in ("order_held", "order_let_go", "repriced")}
    assert {kind: one["args"] for kind, one in seen.items()} == {
        "order_held": {"reason": "", "hold": "payment"}, "order_let_go": {"reason": "", "hold": ""},
        "repriced": {"reason": "", "amount": 1500, "currency": "CNY"}}
    assert {one["who"] for one in seen.values()} == {"channel shop"}


def test_what_its_channel_changed_is_told_with_what_it_became(shops):
    number = given(shops)
    given(shops, version=2, lines=(("SOAP", 3),))
    given(shops, version=3, lines=(("SOAP", 3),), ship_to={"name": "李", "city": "上海"})
    assert entry(shops, number, "changed")["args"] == {"reason": "", "lines": [{"item": "SOAP", "quantity": 3}]}
    assert entry(shops, number, "readdressed")["who"] == "channel shop"
    moments = [one["at"] for one in story(shops, number)["items"]]
    assert moments == sorted(moments)


def test_a_change_that_none_here_agrees_with_is_told_with_its_reason(shops):
    number = given(shops)
    given(shops, version=2, lines=(("NO-SUCH", 3),))
    refused = entry(shops, number, "refused")["args"]
    assert (refused["channel"], refused["code"]) == ("shop", "item_unknown")
    assert "NO-SUCH" in refused["words"]


def test_a_pick_that_was_taken_back_is_not_told_and_one_that_was_done_again_is(shops):
    number = given(shops)
    shops.warehouse.wave()
    pda = shops.warehouse.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    assert "picked" in told(shops, number)
    pda.scan("CMD-UNDO")
    assert "picked" not in told(shops, number)


def test_what_came_back_is_told_with_its_grade(shops):
    shops.database.write(lambda tx: put_location(tx, shops.warehouse.site_id, NewLocation(code="W1-RETURNS", kind="returns")))
    number = given(shops)
    ship(shops)
    sscc = shops.warehouse.one("SELECT p.code FROM carton c JOIN lpn p ON p.id = c.lpn_id")
    pda = shops.warehouse.pda()
    for scan in (f"(00){sscc}", ITEMS["SOAP"], "GRADE-QUARANTINE"):
        pda.scan(scan)
    returned = entry(shops, number, "returned")
    assert (returned["args"], returned["who"]) == ({"item": "SOAP", "quantity": 1, "grade": "QUARANTINE"}, "BDG-2")


@pytest.mark.parametrize("shown", ["held", "state"])
def test_its_parts_on_the_floor_are_told_so_that_they_can_be_held_back(shops, shown):
    number = given(shops)
    shops.database.write(lambda tx: hold_back(tx, number, on_hold=True), actor=BOSS)
    assert story(shops, number)["releases"][0][shown] == {"held": True, "state": "waiting"}[shown]


def test_two_orders_of_one_round_are_not_told_as_each_others(shops):
    one, two = given(shops, "1"), given(shops, "2", lines=(("TEA", 2),))
    shops.warehouse.wave("batch")
    pda = shops.warehouse.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"], ITEMS["TEA"]):
        pda.scan(scan)
    assert entry(shops, one, "picked")["args"]["items"] == ["SOAP"]
    assert "TEA" in str(story(shops, two)) and "SOAP" not in str(story(shops, two))
