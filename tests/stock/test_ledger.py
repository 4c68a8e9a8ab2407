import threading
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from server.kernel.database import Database
from server.kernel.transaction import Actor
from server.masterdata.sites import account, location_by_code
from server.stock.allocations import Demand, allocate, candidates, mark_picked, release_allocation
from server.stock.availability import post_promise, promisable, promise, void_promise
from server.stock.errors import AlreadyReversed, InsufficientStock, LpnInItself, NotPromisable, SerialElsewhere
from server.stock.ledger import Move, change_status, move
from server.stock.lpns import content_of, lpn_by_code, make_lpn, move_lpn
from server.stock.reversal import reverse_operation
from server.stock.seals import broken_seals, ledger_hash, seal
from tests.world import World, make_world, on_hand, put

FAR = date(2099, 1, 1)


def _balance(database: Database, place: str) -> int:
    return database.read(lambda tx: on_hand(tx, place))


def _line(tx, world: World, item: str, ordered: int) -> int:
    release = tx.scalar(text("INSERT INTO release (code, order_number, site_id, ship_to, created_at) "
                             "VALUES ('O1', 'O1', :s, '{}', 0) RETURNING id"), s=world.site_id)
    return tx.scalar(text("INSERT INTO release_line (release_id, number, item_id, owner_id, ordered) "
                          "VALUES (:r, 1, :i, :o, :q) RETURNING id"),
                     r=release, i=world.items[item], o=world.owner_id, q=ordered)


def test_a_move_takes_from_one_place_and_gives_to_the_other(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 10, "W1-A-01-01"))
    database.write(lambda tx: move(tx, Move(bolt, 4, location_by_code(tx, "W1-A-01-01"),
                                            location_by_code(tx, "W1-A-01-02"), "storing")))
    assert (_balance(database, "W1-A-01-01"), _balance(database, "W1-A-01-02")) == (6, 4)


def test_more_than_is_there_is_refused_and_changes_nothing(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 3, "W1-A-01-01"))
    with pytest.raises(InsufficientStock) as refused:
        database.write(lambda tx: move(tx, Move(bolt, 4, location_by_code(tx, "W1-A-01-01"),
                                                location_by_code(tx, "W1-A-01-02"), "storing")))
    assert refused.value.args_["free"] == 3
    assert (_balance(database, "W1-A-01-01"), _balance(database, "W1-A-01-02")) == (3, 0)


def test_the_database_itself_refuses_a_negative_balance(database: Database) -> None:
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 3, "W1-A-01-01"))
    with pytest.raises(IntegrityError):
        database.write(lambda tx: tx.execute(text("UPDATE balance SET quantity = -1")))


@pytest.mark.parametrize("statement", ["UPDATE stock_move SET quantity = 99", "DELETE FROM stock_move"])
def test_the_database_itself_keeps_the_ledger_append_only(database: Database, statement: str) -> None:
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 3, "W1-A-01-01"))
    with pytest.raises(DBAPIError, match="append only"):
        database.write(lambda tx: tx.execute(text(statement)))


def test_a_serial_cannot_be_in_two_places(database: Database) -> None:
    world = make_world(database)
    phone = world.goods("PHONE", serial="S1")
    database.write(lambda tx: put(tx, world, phone, 1, "W1-A-01-01"))
    with pytest.raises(SerialElsewhere):
        database.write(lambda tx: put(tx, world, phone, 1, "W1-A-01-02"))


def test_a_serial_in_another_status_is_still_the_same_serial(database: Database) -> None:
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("PHONE", serial="S1"), 1, "W1-A-01-01"))
    with pytest.raises(SerialElsewhere):
        database.write(lambda tx: put(tx, world, world.goods("PHONE", serial="S1", status="hold"), 1, "W1-A-01-02"))


def test_an_lpn_moves_with_everything_inside_it(database: Database) -> None:
    world = make_world(database)

    def build(tx):
        pallet = make_lpn(tx, location_by_code(tx, "W1-DOCK"))
        case = make_lpn(tx, pallet, kind="case")
        put(tx, world, world.goods("BOLT"), 5, pallet)
        put(tx, world, world.goods("APPLE", "L1"), 7, case, expiry=FAR)
        move_lpn(tx, pallet, location_by_code(tx, "W1-B-01-01"), "storing")
        return pallet.code, case.code

    pallet, case = database.write(build)
    inside = database.read(lambda tx: lpn_by_code(tx, case))
    assert inside is not None
    assert inside.location_id == database.read(lambda tx: location_by_code(tx, "W1-B-01-01")).id
    content = database.read(lambda tx: content_of(tx, lpn_by_code(tx, pallet)))
    assert [row.quantity for row in content] == [5, 7]


def test_an_lpn_cannot_stand_in_itself(database: Database) -> None:
    make_world(database)

    def build(tx):
        outer = make_lpn(tx, location_by_code(tx, "W1-DOCK"))
        inner = make_lpn(tx, outer, kind="case")
        move_lpn(tx, outer, inner, "packing")

    with pytest.raises(LpnInItself):
        database.write(build)


def test_undo_is_a_move_back_and_happens_once(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 10, "W1-A-01-01"))
    step = Move(bolt, 4, database.read(lambda tx: location_by_code(tx, "W1-A-01-01")),
                database.read(lambda tx: location_by_code(tx, "W1-A-01-02")), "storing")
    database.write(lambda tx: move(tx, step), actor=Actor("Li", op="op-1"))
    assert database.write(lambda tx: reverse_operation(tx, "op-1"), actor=Actor("Li", op="op-2")) == 1
    assert (_balance(database, "W1-A-01-01"), _balance(database, "W1-A-01-02")) == (10, 0)
    database.write(lambda tx: move(tx, step), actor=Actor("Li", op="op-3"))
    with pytest.raises(AlreadyReversed):
        database.write(lambda tx: reverse_operation(tx, "op-1"))


def test_a_promise_is_never_above_stock(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 10, "W1-A-01-01"))
    database.write(lambda tx: promise(tx, world.site_id, bolt, 7, reference="O1/1"))
    with pytest.raises(NotPromisable) as refused:
        database.write(lambda tx: promise(tx, world.site_id, bolt, 4, reference="O2/1"))
    assert refused.value.args_["free"] == 3


def test_a_promise_given_back_can_be_promised_again(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 10, "W1-A-01-01"))
    database.write(lambda tx: promise(tx, world.site_id, bolt, 7, reference="O1/1"))
    assert database.write(lambda tx: void_promise(tx, world.site_id, "O1/1", 5)) == 5
    assert database.read(lambda tx: promisable(tx, world.site_id, bolt.item_id, bolt.owner_id)) == 8


def test_stock_that_goes_missing_takes_back_the_newest_promise(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 10, "W1-A-01-01"))
    database.write(lambda tx: promise(tx, world.site_id, bolt, 5, reference="OLD/1"))
    database.write(lambda tx: promise(tx, world.site_id, bolt, 5, reference="NEW/1"))
    database.write(lambda tx: move(tx, Move(bolt, 3, location_by_code(tx, "W1-A-01-01"),
                                            account(tx, world.site_id, "VARIANCE"), "cycle_counting")))
    kept = database.read(lambda tx: tx.rows(text("SELECT reference, quantity FROM promise ORDER BY id")))
    assert [tuple(row) for row in kept] == [("OLD/1", 5), ("NEW/1", 2)]
    told = database.read(lambda tx: tx.rows(text("SELECT payload FROM outbox WHERE kind = 'PromiseBroken'")))
    assert len(told) == 1


def test_shipping_posts_the_promise(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 10, "W1-A-01-01"))
    database.write(lambda tx: promise(tx, world.site_id, bolt, 6, reference="O1/1"))

    def ship(tx):
        post_promise(tx, world.site_id, "O1/1", 6)
        move(tx, Move(bolt, 6, location_by_code(tx, "W1-A-01-01"), account(tx, world.site_id, "CUSTOMER"), "shipping"))

    database.write(ship)
    assert database.read(lambda tx: promisable(tx, world.site_id, bolt.item_id, bolt.owner_id)) == 4


def test_allocation_offers_what_expires_first(database: Database) -> None:
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("APPLE", "LATE"), 5, "W1-A-01-01", expiry=date(2098, 1, 1)))
    database.write(lambda tx: put(tx, world, world.goods("APPLE", "SOON"), 5, "W1-A-01-02", expiry=date(2097, 1, 1)))
    wanted = Demand(world.site_id, world.items["APPLE"], world.owner_id, date(2026, 1, 1))
    assert [found.lot for found in database.read(lambda tx: candidates(tx, wanted))] == ["SOON", "LATE"]


def test_expired_held_and_short_lived_stock_is_never_offered(database: Database) -> None:
    world = make_world(database)
    for lot, expiry, status in (("OLD", date(2026, 1, 1), "available"), ("HELD", FAR, "hold"), ("OK", FAR, "available")):
        goods = world.goods("APPLE", lot, status=status)
        database.write(lambda tx, g=goods, e=expiry: put(tx, world, g, 5, "W1-A-01-01", expiry=e))
    wanted = Demand(world.site_id, world.items["APPLE"], world.owner_id, date(2026, 6, 1))
    assert [found.lot for found in database.read(lambda tx: candidates(tx, wanted))] == ["OK"]


def test_what_is_allocated_cannot_be_taken_by_another(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 5, "W1-A-01-01"))

    def keep(tx):
        found = candidates(tx, Demand(world.site_id, bolt.item_id, world.owner_id, date(2026, 1, 1)))[0]
        line = _line(tx, world, "BOLT", 4)
        tx.execute(text("UPDATE release_line SET allocated = 4"))
        return allocate(tx, found, 4, release_line_id=line)

    number = database.write(keep)
    with pytest.raises(InsufficientStock):
        database.write(lambda tx: move(tx, Move(bolt, 2, location_by_code(tx, "W1-A-01-01"),
                                                location_by_code(tx, "W1-A-01-02"), "storing")))

    def pick(tx):
        assert mark_picked(tx, number, 4)
        tx.execute(text("UPDATE release_line SET picked = 4"))
        move(tx, Move(bolt, 4, location_by_code(tx, "W1-A-01-01"), location_by_code(tx, "W1-DOCK"), "picking",
                      allocated=4))

    database.write(pick)
    assert _balance(database, "W1-DOCK") == 4


def test_an_allocation_given_back_is_free_again(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 5, "W1-A-01-01"))
    wanted = Demand(world.site_id, bolt.item_id, world.owner_id, date(2026, 1, 1))

    def keep_and_return(tx):
        number = allocate(tx, candidates(tx, wanted)[0], 4, release_line_id=_line(tx, world, "BOLT", 4))
        assert release_allocation(tx, number) == 4
        return release_allocation(tx, number)

    assert database.write(keep_and_return) == 0
    assert database.read(lambda tx: candidates(tx, wanted))[0].free == 5


def test_a_change_of_status_leaves_availability_right(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 5, "W1-A-01-01"))

    def hold(tx):
        here = location_by_code(tx, "W1-A-01-01")
        change_status(tx, Move(bolt, 2, here, here, "inspecting"), "hold")

    database.write(hold)
    assert database.read(lambda tx: promisable(tx, world.site_id, bolt.item_id, bolt.owner_id)) == 3


def test_a_changed_move_is_found_and_named(database: Database) -> None:
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 5, "W1-A-01-01"))
    assert database.write(seal) == 1
    assert database.read(broken_seals) == []

    def tamper(tx):
        if database.is_sqlite:
            tx.execute(text("DROP TRIGGER stock_move_no_update"))
        else:
            tx.execute(text("ALTER TABLE stock_move DISABLE TRIGGER USER"))
        tx.execute(text("UPDATE stock_move SET document = 'forged'"))
        words = broken_seals(tx)
        tx.execute(text("UPDATE stock_move SET document = NULL"))
        return words

    assert database.write(tamper) == ["seal 1: moves 1 to 1 (1 sealed, 1 there) were changed after they had been sealed"]


def test_the_ledger_hash_changes_with_every_move(database: Database) -> None:
    world = make_world(database)
    before = database.read(ledger_hash)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 5, "W1-A-01-01"))
    assert database.read(ledger_hash) != before


def test_eight_takers_of_one_bin_never_take_more_than_was_there(database: Database) -> None:
    world = make_world(database)
    bolt = world.goods("BOLT")
    database.write(lambda tx: put(tx, world, bolt, 100, "W1-A-01-01"))
    taken: list[int] = []

    def take() -> None:
        for quantity in (1, 2, 3, 5, 7):
            try:
                database.write(lambda tx, q=quantity: move(tx, Move(
                    bolt, q, location_by_code(tx, "W1-A-01-01"), account(tx, world.site_id, "CUSTOMER"), "shipping")))
                taken.append(quantity)
            except InsufficientStock:
                continue

    workers = [threading.Thread(target=take) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(taken) + _balance(database, "W1-A-01-01") == 100
