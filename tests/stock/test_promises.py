"""Promises and allocations, given and taken back in part; and what is told when it cannot be."""

import json
from datetime import date

import pytest
from sqlalchemy import text

from server.kernel.transaction import Actor
from server.masterdata.sites import account, location_by_code
from server.stock.allocations import Demand, allocate, candidates, mark_picked, release_allocation, unmark_picked
from server.stock.availability import order_reference, post_promise, promisable, promise, void_promise
from server.stock.errors import AlreadyReversed, InsufficientStock, LpnInItself, NotPromisable, SerialElsewhere
from server.stock.goods import keep_lot, lot_expiry, lot_without_code
from server.stock.ledger import Move, change_status, move
from server.stock.lpns import content_of, lpn_by_code, make_lpn, move_lpn, parent_of
from server.stock.restoring import reopen_allocation, unpost_promise, void_untouched
from server.stock.reversal import reverse_operation
from tests.world import make_world, on_hand, put

HERE, THERE = "W1-A-01-01", "W1-A-01-02"


@pytest.fixture
def world(database):
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 10, HERE))
    return world


@pytest.fixture
def bolt(world):
    return world.goods("BOLT")


def rows(database, query: str) -> list[tuple]:
    return [tuple(row) for row in database.read(lambda tx: tx.rows(text(query)))]


def promised(database) -> list[tuple]:
    return rows(database, "SELECT reference, quantity, posted, state FROM promise ORDER BY id")


def told(database, kind: str) -> list[dict]:
    found = [payload for payload, in rows(database, f"SELECT payload FROM outbox WHERE kind = '{kind}' ORDER BY id")]
    return [json.loads(one) if isinstance(one, str) else one for one in found]


def leave(world, bolt, quantity: int, to: str = "VARIANCE"):
    return lambda tx: move(tx, Move(bolt, quantity, location_by_code(tx, HERE), account(tx, world.site_id, to), "shipping"))


def keep(database, world, bolt, quantity: int) -> int:
    def work(tx):
        release = tx.scalar(text("INSERT INTO release (code, order_number, site_id, ship_to, created_at) "
                                 "VALUES ('O1', 'O1', :s, '{}', 0) RETURNING id"), s=world.site_id)
        line = tx.scalar(text("INSERT INTO release_line (release_id, number, item_id, owner_id, ordered, allocated) "
                              "VALUES (:r, 1, :i, :o, 10, :q) RETURNING id"), q=quantity, r=release, i=bolt.item_id, o=bolt.owner_id)
        found = candidates(tx, Demand(world.site_id, bolt.item_id, bolt.owner_id, date(2026, 1, 1)))[0]
        return allocate(tx, found, quantity, release_line_id=line)

    return database.write(work)


def kept(database) -> list[tuple]:
    return rows(database, "SELECT a.state, a.quantity, a.picked, b.allocated FROM allocation a "
                          "JOIN balance b ON b.holder_id = a.holder_id AND b.goods_id = a.goods_id")


def test_stock_that_comes_is_told_with_its_site_item_and_quantity(database, world, bolt) -> None:
    assert told(database, "StockArrived") == [{"site_id": world.site_id, "item_id": bolt.item_id, "quantity": 10}]


def test_two_promises_under_one_reference_are_one(database, world, bolt) -> None:
    for quantity in (2, 3):
        database.write(lambda tx, q=quantity: promise(tx, world.site_id, bolt, q, reference="O1/1"))
    assert promised(database) == [("O1/1", 5, 0, "pending")]
    assert rows(database, "SELECT created_at > 0 FROM promise") in ([(1,)], [(True,)])


def test_what_cannot_be_promised_is_told_in_numbers(database, world, bolt) -> None:
    database.write(lambda tx: promise(tx, world.site_id, bolt, 7, reference="O1/1"))
    with pytest.raises(NotPromisable) as refused:
        database.write(lambda tx: promise(tx, world.site_id, bolt, 4, reference="O2/1"))
    assert (refused.value.sentence, refused.value.args_) == ("Only 3 can be promised, 4 were asked.", {"free": 3, "quantity": 4})


def test_nothing_can_be_promised_of_an_item_that_never_came(database, world) -> None:
    assert database.read(lambda tx: promisable(tx, world.site_id, world.items["PHONE"], world.owner_id)) == 0


def test_a_promise_without_a_quantity_is_given_back_whole_and_once(database, world, bolt) -> None:
    database.write(lambda tx: promise(tx, world.site_id, bolt, 7, reference="O1/1"))
    given = [database.write(lambda tx: void_promise(tx, world.site_id, "O1/1")) for _ in range(2)]
    assert (given, promised(database)) == ([7, 0], [("O1/1", 0, 0, "voided")])
    assert database.read(lambda tx: promisable(tx, world.site_id, bolt.item_id, bolt.owner_id)) == 10


def test_no_more_is_given_back_or_posted_than_was_promised(database, world, bolt) -> None:
    database.write(lambda tx: promise(tx, world.site_id, bolt, 5, reference="O1/1"))
    assert database.write(lambda tx: post_promise(tx, world.site_id, "O1/1", 2)) == 2
    assert database.write(lambda tx: void_promise(tx, world.site_id, "O1/1", 9)) == 3
    assert promised(database) == [("O1/1", 2, 2, "posted")]
    assert database.write(lambda tx: post_promise(tx, world.site_id, "O1/1", 1)) == 0


def test_more_than_was_promised_leaves_and_only_the_promise_is_posted(database, world, bolt) -> None:
    database.write(lambda tx: promise(tx, world.site_id, bolt, 5, reference="O1/1"))
    assert database.write(lambda tx: post_promise(tx, world.site_id, "O1/1", 9)) == 5
    assert promised(database) == [("O1/1", 5, 5, "posted")]


def test_a_promise_of_another_order_is_not_touched(database, world, bolt) -> None:
    database.write(lambda tx: promise(tx, world.site_id, bolt, 5, reference="O1/1"))
    assert database.write(lambda tx: (void_promise(tx, world.site_id, "O2/1"), post_promise(tx, world.site_id, "O2/1", 1))) == (0, 0)
    assert promised(database) == [("O1/1", 5, 0, "pending")]


def test_missing_stock_breaks_the_newest_promises_one_after_the_other_and_tells_each(database, world, bolt) -> None:
    for reference, quantity in (("A/1", 4), ("B/1", 4), ("C/1", 1)):
        database.write(lambda tx, r=reference, q=quantity: promise(tx, world.site_id, bolt, q, reference=r))
    database.write(leave(world, bolt, 4))
    assert promised(database) == [("A/1", 4, 0, "pending"), ("B/1", 2, 0, "pending"), ("C/1", 0, 0, "voided")]
    assert told(database, "PromiseBroken") == [
        {"reference": reference, "item_id": bolt.item_id, "site_id": world.site_id, "quantity": quantity} for reference, quantity in (("C/1", 1), ("B/1", 2))]
    assert rows(database, "SELECT on_hand, promised FROM availability") == [(6, 6)]


def test_what_a_promise_has_left_over_is_used_before_any_is_broken(database, world, bolt) -> None:
    database.write(lambda tx: promise(tx, world.site_id, bolt, 6, reference="A/1"))
    database.write(leave(world, bolt, 4))
    assert (promised(database), told(database, "PromiseBroken")) == ([("A/1", 6, 0, "pending")], [])


def test_what_was_posted_comes_back_promised(database, world, bolt) -> None:
    database.write(lambda tx: promise(tx, world.site_id, bolt, 6, reference="A/1"))
    database.write(lambda tx: (post_promise(tx, world.site_id, "A/1", 6), leave(world, bolt, 6, "CUSTOMER")(tx)))

    def come_back(tx):
        move(tx, Move(bolt, 4, account(tx, world.site_id, "CUSTOMER"), location_by_code(tx, HERE), "receiving"))
        unpost_promise(tx, world.site_id, "A/1", 4)
        unpost_promise(tx, world.site_id, "B/1", 4)

    database.write(come_back)
    assert promised(database) == [("A/1", 6, 2, "pending")]
    assert rows(database, "SELECT on_hand, promised FROM availability") == [(8, 4)]


def test_what_comes_back_held_breaks_its_promise(database, world, bolt) -> None:
    database.write(lambda tx: promise(tx, world.site_id, bolt, 10, reference="A/1"))
    database.write(lambda tx: (post_promise(tx, world.site_id, "A/1", 10), leave(world, bolt, 10, "CUSTOMER")(tx)))
    database.write(lambda tx: unpost_promise(tx, world.site_id, "A/1", 3))
    assert promised(database) == [("A/1", 7, 7, "posted")]
    assert told(database, "PromiseBroken") == [{"reference": "A/1", "item_id": bolt.item_id, "site_id": world.site_id, "quantity": 3}]


def test_a_reference_is_the_order_and_its_line() -> None:
    assert order_reference("ORD-7", 2) == "ORD-7/2"


def test_who_was_slower_is_told_where_and_how_much(database, world, bolt) -> None:
    wanted = Demand(world.site_id, bolt.item_id, bolt.owner_id, date(2026, 1, 1))
    found = database.read(lambda tx: candidates(tx, wanted))[0]
    with pytest.raises(InsufficientStock) as refused:
        database.write(lambda tx: allocate(tx, found, 11, release_line_id=1))
    assert (refused.value.sentence, refused.value.args_) == (
        f"{HERE} no longer has 11 of this free.", {"location": HERE, "quantity": 11, "free": 0})


def test_one_lot_or_one_serial_is_looked_for_alone(database, world) -> None:
    for lot in ("L1", "L2"):
        database.write(lambda tx, one=lot: put(tx, world, world.goods("APPLE", one), 5, HERE, expiry=date(2099, 1, 1)))
    for serial in ("S1", "S2"):
        database.write(lambda tx, one=serial: put(tx, world, world.goods("PHONE", serial=one), 1, HERE))
    lot = Demand(world.site_id, world.items["APPLE"], world.owner_id, date(2026, 1, 1), lot="L2")
    serial = Demand(world.site_id, world.items["PHONE"], world.owner_id, date(2026, 1, 1), serial="S2")
    assert [one.lot for one in database.read(lambda tx: candidates(tx, lot))] == ["L2"]
    assert [one.serial for one in database.read(lambda tx: candidates(tx, serial))] == ["S2"]


def test_what_was_picked_of_an_allocation_stays_when_the_rest_is_given_back(database, world, bolt) -> None:
    number = keep(database, world, bolt, 6)

    def pick(tx):
        assert mark_picked(tx, number, 2)
        assert not mark_picked(tx, number, 5)
        move(tx, Move(bolt, 2, location_by_code(tx, HERE), location_by_code(tx, THERE), "picking", allocated=2))
        tx.execute(text("UPDATE release_line SET picked = 2"))

    database.write(pick)
    assert kept(database) == [("open", 6, 2, 4)]

    def give_back(tx):
        tx.execute(text("UPDATE release_line SET allocated = 2"))
        return release_allocation(tx, number)

    assert database.write(give_back) == 4
    assert kept(database) == [("picked", 2, 2, 0)]


def test_an_untouched_allocation_is_voided_and_kept_again_and_another_quantity_is_not_it(database, world, bolt) -> None:
    number = keep(database, world, bolt, 6)
    done = [database.write(lambda tx, f=function, q=quantity: f(tx, number, q))
            for function, quantity in ((void_untouched, 5), (void_untouched, 6), (void_untouched, 6), (reopen_allocation, 5))]
    assert (done, kept(database)) == ([False, True, False, False], [("voided", 6, 0, 0)])
    assert database.write(lambda tx: reopen_allocation(tx, number, 6))
    assert kept(database) == [("open", 6, 0, 6)]


def test_a_pick_that_is_moved_back_is_kept_for_its_order_and_refused_when_somebody_else_has_it(database, world, bolt) -> None:
    number = keep(database, world, bolt, 6)

    def pick(tx):
        mark_picked(tx, number, 6)
        move(tx, Move(bolt, 6, location_by_code(tx, HERE), location_by_code(tx, THERE), "picking", allocated=6))

    database.write(pick)
    with pytest.raises(InsufficientStock) as refused:
        database.write(lambda tx: unmark_picked(tx, number, 6))
    assert (refused.value.sentence, refused.value.args_) == (
        "What was picked cannot be kept for its order again: somebody else has it.", {"quantity": 6, "free": 0, "location": ""})

    def back(tx):
        move(tx, Move(bolt, 6, location_by_code(tx, THERE), location_by_code(tx, HERE), "picking"))
        unmark_picked(tx, number, 6)

    database.write(back)
    assert kept(database) == [("open", 6, 0, 6)]


def test_who_takes_too_much_is_told_where_and_how_much_there_is(database, world, bolt) -> None:
    with pytest.raises(InsufficientStock) as refused:
        database.write(lambda tx: move(tx, Move(bolt, 11, location_by_code(tx, HERE), location_by_code(tx, THERE), "storing")))
    assert (refused.value.sentence, refused.value.args_) == (
        f"{HERE} has only 10 of this free, 11 were wanted.", {"location": HERE, "free": 10, "quantity": 11})
    with pytest.raises(InsufficientStock) as refused:
        database.write(leave(world, bolt, 11))
    assert (refused.value.sentence, refused.value.args_) == (
        "The site does not have that much of this item.", {"free": 0, "quantity": 11})


def test_from_an_empty_place_nothing_is_taken(database, world, bolt) -> None:
    with pytest.raises(InsufficientStock) as refused:
        database.write(lambda tx: move(tx, Move(bolt, 1, location_by_code(tx, THERE), location_by_code(tx, HERE), "storing")))
    assert refused.value.args_ == {"location": THERE, "free": 0, "quantity": 1}


@pytest.mark.parametrize(("quantity", "to"), [(0, THERE), (-1, THERE), (1, HERE)])
def test_a_move_has_a_quantity_and_two_places(database, world, bolt, quantity: int, to: str) -> None:
    with pytest.raises(AssertionError, match="a positive quantity and two places"):
        database.write(lambda tx: move(tx, Move(bolt, quantity, location_by_code(tx, HERE), location_by_code(tx, to), "storing")))


def test_a_serial_that_is_somewhere_else_is_named(database, world) -> None:
    phone = world.goods("PHONE", serial="S1")
    database.write(lambda tx: put(tx, world, phone, 1, HERE))
    with pytest.raises(SerialElsewhere) as refused:
        database.write(lambda tx: put(tx, world, phone, 1, THERE))
    assert (refused.value.sentence, refused.value.args_) == (
        "Serial S1 is already in stock. Check the serial, or count the place that holds it.", {"serial": "S1"})


def test_goods_keep_the_day_on_which_they_came_wherever_they_go(database, world, bolt) -> None:
    database.write(lambda tx: tx.execute(text("UPDATE balance SET received_at = 77")))
    database.write(lambda tx: move(tx, Move(bolt, 4, location_by_code(tx, HERE), location_by_code(tx, THERE), "storing")))
    assert rows(database, "SELECT quantity, received_at FROM balance ORDER BY id") == [(6, 77), (4, 77)]


def test_goods_from_outside_came_when_it_is_said_or_now(database, world, bolt) -> None:
    def come(tx):
        supplier, place = account(tx, world.site_id, "SUPPLIER"), location_by_code(tx, THERE)
        move(tx, Move(bolt, 1, supplier, place, "receiving", received_at=55))
        return tx.now

    now = database.write(come)
    assert rows(database, f"SELECT received_at FROM balance WHERE quantity = 1 AND received_at <= {now}") == [(55,)]


def test_a_move_says_why_by_whom_and_for_which_paper(database, world, bolt) -> None:
    database.write(lambda tx: move(tx, Move(bolt, 4, location_by_code(tx, HERE), location_by_code(tx, THERE), "storing", document="ASN-1")),
                   actor=Actor("Li", op="op-1"))
    assert rows(database, "SELECT reason, quantity, op, document, lpn_id, reverses_id FROM stock_move WHERE op IS NOT NULL") == [
        ("storing", 4, "op-1", "ASN-1", None, None)]


def test_an_undone_move_names_what_it_takes_back_and_a_second_undo_says_so(database, world, bolt) -> None:
    moved = database.write(lambda tx: move(tx, Move(bolt, 4, location_by_code(tx, HERE), location_by_code(tx, THERE), "storing", document="D")),
                           actor=Actor("Li", op="op-1"))
    database.write(lambda tx: reverse_operation(tx, "op-1"), actor=Actor("Li", op="op-2"))
    assert rows(database, "SELECT reason, quantity, document, reverses_id FROM stock_move WHERE op = 'op-2'") == [("storing", 4, "D", moved)]
    with pytest.raises(AlreadyReversed) as refused:
        database.write(lambda tx: move(tx, Move(bolt, 4, location_by_code(tx, HERE), location_by_code(tx, THERE), "storing", reverses_id=moved)))
    assert (refused.value.sentence, refused.value.args_) == ("This was already undone. Nothing was changed.", {"move": moved})


def test_a_change_of_status_moves_out_and_in_under_one_reason(database, world, bolt) -> None:
    def hold(tx):
        here = location_by_code(tx, HERE)
        return change_status(tx, Move(bolt, 3, here, here, "inspecting", document="D"), "hold")

    assert len(database.write(hold)) == 2
    assert rows(database, "SELECT g.status, b.quantity FROM balance b JOIN goods g ON g.id = b.goods_id ORDER BY g.status") == [
        ("available", 7), ("hold", 3)]
    assert rows(database, "SELECT reason, document FROM stock_move WHERE document = 'D'") == [("inspecting", "D")] * 2


def test_an_lpn_that_would_stand_in_itself_is_named(database, world, bolt) -> None:
    def nest(tx):
        pallet = make_lpn(tx, location_by_code(tx, "W1-DOCK"), code="PALLET")
        case = make_lpn(tx, pallet, kind="case", code="CASE")
        move_lpn(tx, pallet, case, "storing")

    with pytest.raises(LpnInItself) as refused:
        database.write(nest)
    assert (refused.value.sentence, refused.value.args_) == ("PALLET cannot stand in CASE, which stands in it.", {"lpn": "PALLET"})


def test_an_lpn_knows_what_it_stands_in_and_what_is_in_it(database, world, bolt) -> None:
    def build(tx):
        pallet = make_lpn(tx, location_by_code(tx, "W1-DOCK"))
        case = make_lpn(tx, pallet, kind="case", code="CASE")
        put(tx, world, bolt, 3, case)
        move_lpn(tx, pallet, location_by_code(tx, HERE), "storing", document="D")
        return pallet.code, parent_of(tx, case).code, parent_of(tx, pallet).code, [(one.goods, one.quantity, one.allocated) for one in content_of(tx, pallet)]

    code, of_case, of_pallet, content = database.write(build)
    assert (code, of_case, of_pallet, content) == ("LPN00000001", code, HERE, [(bolt, 3, 0)])
    assert rows(database, "SELECT kind, code FROM lpn ORDER BY id") == [("pallet", code), ("case", "CASE")]
    assert rows(database, "SELECT reason, quantity, document FROM stock_move WHERE lpn_id IS NOT NULL ORDER BY id") == [
        ("commissioning", 1, None), ("commissioning", 1, None), ("storing", 1, "D")]


def test_the_dates_of_a_lot_stand_once_they_are_known(database, world) -> None:
    item = world.items["APPLE"]

    def keep_twice(tx):
        keep_lot(tx, item, "L1", expiry_on=None)
        first = lot_expiry(tx, item, "L1")
        keep_lot(tx, item, "L1", expiry_on=date(2030, 1, 31), production_on=date(2029, 1, 1))
        keep_lot(tx, item, "L1", expiry_on=date(2031, 1, 31), production_on=date(2028, 1, 1))
        return first, lot_expiry(tx, item, "L1"), lot_expiry(tx, item, "L2")

    assert database.write(keep_twice) == (None, date(2030, 1, 31), None)
    assert str(rows(database, "SELECT production_on FROM lot")[0][0]) == "2029-01-01"


def test_goods_with_a_date_and_no_lot_have_their_date_as_lot() -> None:
    assert lot_without_code(date(2031, 1, 5)) == "EXP20310105"


def test_an_undone_operation_is_moved_back_last_move_first_with_its_lpn(database, world, bolt) -> None:
    def build(tx):
        pallet = make_lpn(tx, location_by_code(tx, "W1-DOCK"), code="PALLET")
        put(tx, world, bolt, 3, pallet)

    def work(tx):
        pallet = lpn_by_code(tx, "PALLET")
        move_lpn(tx, pallet, location_by_code(tx, HERE), "storing", document="D")
        move(tx, Move(bolt, 2, pallet, location_by_code(tx, THERE), "storing"))

    database.write(build)
    database.write(work, actor=Actor("Li", op="op-1"))
    assert database.write(lambda tx: reverse_operation(tx, "op-1"), actor=Actor("Li", op="op-2")) == 2
    assert rows(database, "SELECT l.code FROM lpn p JOIN location l ON l.id = p.parent_id") == [("W1-DOCK",)]
    assert rows(database, "SELECT b.quantity FROM balance b JOIN lpn p ON p.id = b.holder_id") == [(3,)]
    assert database.read(lambda tx: on_hand(tx, THERE)) == 0
