"""Each invariant finds what it is there for, and names it."""

import pytest
from sqlalchemy import text

from server.masterdata.sites import account, location_by_code
from server.stock.goods import GoodsKey
from server.stock.invariants import STOCK_INVARIANTS
from server.stock.ledger import Move, move
from server.stock.lpns import make_lpn, move_lpn
from server.stock.seals import seal
from tests.world import make_world, put

PLACE = "W1-A-01-01"


class UndoneError(Exception):
    """Takes back what was broken, so that the database is whole when the test is over."""


@pytest.fixture
def found(database):
    """Breaks something, and gives what the stock's invariants say about it."""
    world = make_world(database)

    def build(tx):
        put(tx, world, world.goods("BOLT"), 10, PLACE)
        put(tx, world, world.goods("PHONE", serial="S1"), 1, PLACE)
        pallet = make_lpn(tx, location_by_code(tx, "W1-DOCK"), code="PALLET")
        make_lpn(tx, pallet, kind="case", code="CASE")
        move_lpn(tx, pallet, location_by_code(tx, "W1-B-01-01"), "storing")
        put(tx, world, GoodsKey(world.items["BOLT"], world.owner_id, status="hold"), 2, pallet)

    database.write(build)
    database.write(seal)

    def found(*statements: str) -> dict[str, tuple[str, ...]]:
        told = {}

        def work(tx):
            for statement in statements:
                tx.execute(text(statement))
            findings = [one.check(tx) for one in STOCK_INVARIANTS]
            told.update({one.id: one.rows for one in findings if one.broken})
            raise UndoneError

        with pytest.raises(UndoneError):
            database.write(work)
        return told

    return found


def lpn(code: str) -> str:
    return f"(SELECT id FROM lpn WHERE code = '{code}')"


BOLTS = "SELECT b.id FROM balance b JOIN goods g ON g.id = b.goods_id WHERE g.status = 'available' AND g.serial = ''"


def test_what_is_whole_is_not_complained_about(found):
    assert found("SELECT 1") == {}


@pytest.mark.parametrize("quantity", [9, 11])
def test_a_balance_that_is_not_the_sum_of_its_moves_is_found(found, quantity):
    told = found(f"UPDATE balance SET quantity = {quantity} WHERE id IN ({BOLTS})")
    assert told["I1"][0].endswith(f"ledger 10, balance {quantity}")


def test_a_balance_that_was_deleted_is_found(found):
    assert found(f"DELETE FROM balance WHERE id IN ({BOLTS})")["I1"][0].endswith("ledger 10, balance 0")


def test_a_balance_without_any_move_is_found(found):
    told = found("INSERT INTO balance (holder_id, goods_id, quantity, received_at) "
                 "SELECT (SELECT id FROM location WHERE code = 'W1-A-02-01'), MIN(goods_id), 3, 0 FROM balance")
    assert told["I1"][0].endswith("ledger 0, balance 3")


def test_an_account_that_keeps_a_balance_is_found(found):
    told = found("INSERT INTO balance (holder_id, goods_id, quantity, received_at) "
                 "SELECT (SELECT id FROM location WHERE code = 'W1~SUPPLIER'), MIN(goods_id), 3, 0 FROM balance")
    assert told["I2"] == ("account W1~SUPPLIER keeps a balance of 3",)


def test_an_allocation_that_no_order_asked_for_is_found(found):
    assert "allocated 4 of 10, open allocations 0" in found(f"UPDATE balance SET allocated = 4 WHERE id IN ({BOLTS})")["I3"][0]


def test_a_promise_that_no_order_has_is_found(found):
    assert "promised 4 of 10, pending promises 0" in found("UPDATE availability SET promised = 4 WHERE on_hand = 10")["I3"][0]


def test_an_availability_that_is_not_what_lies_in_the_bins_is_found(found):
    assert found("UPDATE availability SET on_hand = 11 WHERE on_hand = 10")["I3"][0].endswith("on hand 11, in bins 10")


def test_an_availability_that_is_missing_is_found(found):
    assert found("DELETE FROM availability WHERE on_hand = 10")["I3"][0].endswith("on hand 0, in bins 10")


def test_an_lpn_that_is_not_where_its_last_move_took_it_is_found(found):
    told = found(f"UPDATE lpn SET parent_id = (SELECT id FROM location WHERE code = '{PLACE}'), "
                 f"location_id = (SELECT id FROM location WHERE code = '{PLACE}') WHERE code = 'PALLET'")
    assert any(row.startswith("LPN PALLET stands in") for row in told["I9"])


def test_an_lpn_that_is_said_to_be_elsewhere_than_its_pallet_is_found(found):
    told = found(f"UPDATE lpn SET location_id = (SELECT id FROM location WHERE code = '{PLACE}') WHERE code = 'CASE'")
    assert told["I9"][0].startswith("LPN CASE is said to be in location")


def test_lpns_that_stand_in_each_other_are_found(found):
    told = found(f"UPDATE lpn SET parent_id = {lpn('CASE')} WHERE code = 'PALLET'")
    assert {row.split()[1] for row in told["I9"] if "circle" in row} == {"PALLET", "CASE"}


def test_a_seal_that_does_not_follow_is_found(found):
    assert found("UPDATE seal SET previous = 'x'")["I10"] == ("seal 1 does not follow the seal before it",)


@pytest.mark.parametrize("change", ["quantity = 11", "at = at + 1", "document = 'x'", "worker_id = NULL, op = 'x'"])
def test_a_sealed_move_that_was_changed_is_found(found, database, change):
    unlock = "DROP TRIGGER stock_move_no_update" if database.is_sqlite else "ALTER TABLE stock_move DISABLE TRIGGER USER"
    assert "were changed after they had been sealed" in found(unlock, f"UPDATE stock_move SET {change} WHERE id = 1")["I10"][0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("quantity", ["'10x'", "10.5"])
def test_a_quantity_that_only_sqlite_would_keep_is_found(found, quantity):
    assert "I10" in found("DROP TRIGGER stock_move_no_update", f"UPDATE stock_move SET quantity = {quantity} WHERE id = 1")


def test_a_move_between_accounts_moves_no_balance(database, found):
    world = make_world(database, "W2")
    database.write(lambda tx: move(tx, Move(world.goods("BOLT"), 1, account(tx, world.site_id, "SUPPLIER"),
                                            account(tx, world.site_id, "SCRAP"), "destroying")))
    assert found("SELECT 1") == {}
