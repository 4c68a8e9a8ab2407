"""A balance that is read and then written: SQLite's one writer hides it, PostgreSQL shows it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.kernel.database import Database
from server.stock import ledger
from tests.conftest import fresh_url
from tests.invariants import broken_invariants
from tests.trust.protocol.house import BINS, House
from tests.trust.protocol.mistakes import planted

_READ = text("SELECT quantity, received_at FROM balance WHERE holder_id = :holder_id AND goods_id = :goods_id")
_WRITE = text("UPDATE balance SET quantity = :quantity WHERE holder_id = :holder_id AND goods_id = :goods_id")
TOGETHER = 4


@pytest.fixture
def postgres(request, tmp_path):
    database = Database(fresh_url(request, "postgresql", tmp_path))
    yield database
    database.close()


def moved_together(house: House) -> None:
    """As many devices at one bin at the same instant."""
    def one(device: int) -> str:
        operation = {"op": f"01940000-0000-7000-8000-{device:012d}", "seq": 1, "kind": "shift", "task": None, "form": None, "schema": 1,
                     "slots": {"quantity": 1, "to": BINS[1]}, "made_at": house.database.clock.now(), "session": house.sessions[device]}
        return house.answer(device, {"epoch": "epoch-0001", "operations": [operation]})["results"][0]["status"]

    with ThreadPoolExecutor(TOGETHER) as pool:
        assert list(pool.map(one, range(TOGETHER))) == ["applied"] * TOGETHER


def test_a_balance_read_and_then_written_is_found_on_postgresql(postgres):
    house, all_have_read = House(postgres), threading.Barrier(TOGETHER)

    def take(tx, wanted, number):
        row = tx.row(_READ, holder_id=wanted.origin.id, goods_id=number)
        all_have_read.wait(timeout=10)
        tx.execute(_WRITE, {"quantity": row.quantity - wanted.quantity, "holder_id": wanted.origin.id, "goods_id": number})
        return int(row.received_at)

    with planted(ledger, _take=take):
        moved_together(house)
    assert any(row.startswith("I1") for row in broken_invariants(postgres))


def test_the_guarded_update_keeps_the_balance_right(postgres):
    moved_together(House(postgres))
    assert broken_invariants(postgres) == []
