"""Each of the floor's invariants finds what it is there for, and names it."""

import pytest
from sqlalchemy import text

from server.floor.invariants import FLOOR_INVARIANTS
from tests.warehouse import Warehouse


class UndoneError(Exception):
    """Takes back what was broken, so that the database is whole when the test is over."""


@pytest.fixture
def found(database):
    """Breaks something, and gives what the floor's invariants say about it."""
    house = Warehouse(database).open()
    pda = house.picked("S-1")
    assert [one["status"] for one in pda.results] == ["applied"] * 3

    def found(statement: str) -> dict[str, tuple[str, ...]]:
        told = {}

        def work(tx):
            unlock = "DROP TRIGGER stock_move_no_update" if database.is_sqlite else "ALTER TABLE stock_move DISABLE TRIGGER USER"
            tx.execute(text(unlock))
            tx.execute(text(statement))
            findings = [one.check(tx) for one in FLOOR_INVARIANTS]
            told.update({one.id: one.rows for one in findings if one.broken})
            raise UndoneError

        with pytest.raises(UndoneError):
            database.write(work)
        return told

    return found


def test_what_is_whole_is_not_complained_about(found):
    assert found("SELECT 1") == {}


def test_an_operation_beyond_its_devices_count_is_found_and_no_other(found):
    told = found("UPDATE device_epoch SET next_seq = 3")
    assert len(told["I4"]) == 1


def test_operations_of_an_unknown_life_of_a_device_are_found(found):
    assert len(found("DELETE FROM device_epoch")["I4"]) == 3


def test_a_refused_operation_that_moved_stock_is_found(found):
    assert len(found("UPDATE operation SET status = 'refused' WHERE seq = 2")["I6"]) == 1


def test_operations_applied_in_another_order_than_they_were_made_are_found(found):
    told = found("UPDATE operation SET seq = 10 - seq WHERE seq > 1")
    assert len(told["I7"]) == 1
    assert "was applied before number 8 of its device" in told["I7"][0]


def test_a_second_move_of_an_earlier_operation_is_no_disorder(found):
    told = found("INSERT INTO stock_move (at, reason, goods_id, quantity, from_id, to_id, op) SELECT at, reason, goods_id, quantity, "
                 "from_id, to_id, op FROM stock_move WHERE op = (SELECT op FROM operation WHERE seq = 2)")
    assert "I7" not in told
