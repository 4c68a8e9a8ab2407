"""A device whose storage was wiped: who is told what may be missing, and when nobody is."""

from typing import Any

import pytest
from sqlalchemy import text

from server.floor.operations import DeviceIdentity
from server.kernel.clock import MINUTE
from tests.floor.test_protocol import move, sent
from tests.warehouse import Warehouse

FRESH = {"epoch": "epoch-0002", "last_seq": 0}
_TOLD = "SELECT args FROM floor_exception WHERE code = 'device_reset'"


@pytest.fixture
def house(database: Any) -> Warehouse:
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    return house


def let_in_again(house: Any, pda: Any, silent_ms: int, *, queued: int = 0) -> DeviceIdentity:
    """A device of the same name, enrolled so long after the one before was heard of."""
    def work(tx: Any) -> int:
        tx.execute(text("UPDATE device SET last_seen_at = :at, queued = :queued, last_scan = 'SOAP' WHERE id = :id"),
                   {"at": tx.now - silent_ms, "queued": queued, "id": pda.device.id})
        return int(tx.scalar(text("INSERT INTO device (name, site_id, token_hash, enrolled_at) SELECT name, site_id, 'again', :now "
                                  "FROM device WHERE id = :id RETURNING id"), now=tx.now, id=pda.device.id))
    return DeviceIdentity(house.database.write(work), house.site_id)


def test_a_new_life_of_a_device_is_told_to_the_supervisor_once_and_to_the_worker_until_work_is_done(house) -> None:
    pda = house.pda()
    sent(pda, move(1))
    told = [pda.engine.hello(pda.device, FRESH, "b1")["reset_after_seq"] for _ in range(2)]
    sent(pda, move(1), epoch="epoch-0002")
    told.append(pda.engine.hello(pda.device, {**FRESH, "last_seq": 1}, "b1")["reset_after_seq"])
    assert (told, len(house.all(_TOLD))) == ([1, 1, None], 1)


def test_what_was_waiting_on_a_wiped_device_is_named_when_it_is_let_in_again_under_its_name(house) -> None:
    pda = house.pda()
    sent(pda, move(1))
    again = let_in_again(house, pda, 0, queued=3)
    assert pda.engine.hello(again, FRESH, "b1")["reset_after_seq"] == 1
    [(args,)] = house.all(f"SELECT CAST(args AS TEXT) FROM ({_TOLD}) x")
    assert '"queued": 3' in args
    assert '"last_scan": "SOAP"' in args


def test_silence_before_a_device_is_let_in_again_may_hide_scans_and_none_does_not(house) -> None:
    pda, other = house.pda(), house.pda()
    sent(pda, move(1))
    assert pda.engine.hello(let_in_again(house, pda, MINUTE + 1), FRESH, "b1")["reset_after_seq"] == 1
    assert other.engine.hello(other.device, {"epoch": "epoch-0003", "last_seq": 0}, "b1")["reset_after_seq"] is None


def test_a_device_heard_of_until_it_was_let_in_again_lost_nothing(house) -> None:
    pda = house.pda()
    sent(pda, move(1))
    assert pda.engine.hello(let_in_again(house, pda, 1_000), FRESH, "b1")["reset_after_seq"] is None
    assert house.all(_TOLD) == []


def test_a_new_life_that_brings_its_queue_along_lost_nothing(house) -> None:
    pda = house.pda()
    sent(pda, move(1))
    assert pda.engine.hello(pda.device, {**FRESH, "last_seq": 4}, "b1")["reset_after_seq"] is None
    assert house.all(_TOLD) == []
