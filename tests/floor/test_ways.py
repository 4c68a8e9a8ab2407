"""The two ways into the engine, over HTTP and over the websocket: the same answers, the same log, the same place in the queue."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from server import workflows
from server.floor.engine import FloorEngine
from server.floor.registry import discover
from server.kernel.measures import Measures
from tests.floor.test_protocol import EPOCH, move
from tests.warehouse import Warehouse


@pytest.fixture(params=["operations", "operations_soon"])
def way(request):
    return request.param


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.engine = FloorEngine(database, discover(workflows), Measures())
    house.put("SOAP", 10, "W1-A-01-1")
    return house


def asked(house, way: str, pda, *operations: dict) -> dict:
    body = {"epoch": EPOCH, "operations": list(operations)}
    told = getattr(house.engine, way)(pda.device, body)
    if way == "operations":
        return told
    with ThreadPoolExecutor(1) as thread:  # the browser's tests may have a loop in this one
        return thread.submit(asyncio.run, told).result()


@pytest.fixture
def backlogs(house, monkeypatch):
    """What each write of the engine said of its place in the queue."""
    said = []
    for name in ("write", "write_soon"):
        monkeypatch.setattr(house.database, name, partial(_noted, said, getattr(house.database, name)))
    return said


def _noted(said: list, write, work, **more):
    said.append(more.get("backlog", False))
    return write(work, **more)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 9])
def test_a_batch_is_applied_whichever_way_it_comes(house, way, count):
    pda = house.pda()
    answer = asked(house, way, pda, *[move(number + 1) for number in range(count)])
    assert [(result["seq"], result["status"]) for result in answer["results"]] == [(number + 1, "applied") for number in range(count)]
    assert (answer["next_seq"], house.in_bin("W1-A-02-1")) == (count + 1, count)


def test_what_is_not_the_next_is_found_out(house, way):
    pda, first = house.pda(), move(1)
    assert asked(house, way, pda, first)["results"][0]["status"] == "applied"
    assert asked(house, way, pda, first)["results"][0]["status"] == "replayed"
    assert asked(house, way, pda, move(3))["results"][0]["status"] == "gap"
    assert asked(house, way, pda, move(2, kind="dance"))["results"][0]["code"] == "unknown_operation"
    assert asked(house, way, pda, move(3, slots={"from": "W1-A-01-1"}))["results"][0]["status"] == "refused"
    assert asked(house, way, pda)["results"] == []
    assert house.in_bin("W1-A-02-1") == 1


def test_each_way_writes_the_same_line(house, way, caplog, monkeypatch):
    moments = iter([10.0, 10.5])
    monkeypatch.setattr("server.floor.engine.time.perf_counter", lambda: next(moments))
    caplog.set_level(logging.INFO, logger="aisle.operations")
    pda, operation = house.pda(), move(1)
    asked(house, way, pda, operation)
    (line,) = [one for one in caplog.records if one.name == "aisle.operations"]
    assert (line.op, line.device, line.person, line.result, line.ms) == (operation["op"], f"d{pda.device.id}", "BDG-1", "applied", 500.0)


@pytest.mark.parametrize(("count", "is_backlog"), [(1, False), (2, False), (3, False), (4, True), (9, True)])
def test_what_a_device_brings_back_waits_behind_what_is_scanned_now(house, way, backlogs, count, is_backlog):
    pda = house.pda()
    backlogs.clear()
    asked(house, way, pda, *[move(number + 1) for number in range(count)])
    assert backlogs[0] is is_backlog


def test_an_operation_that_is_not_as_usual_is_tried_again_among_the_live_ones(house, way, backlogs):
    pda = house.pda()
    backlogs.clear()
    asked(house, way, pda, move(1, kind="dance"))
    assert backlogs[:2] == [False, False]


def test_hello_is_written_as_the_devices_own_and_tells_the_time(house, monkeypatch):
    actors, write = [], house.database.write
    pda = house.pda()
    monkeypatch.setattr(house.database, "write", lambda work, **more: (actors.append(more["actor"]), write(work, **more))[1])
    told = house.engine.hello(pda.device, {"epoch": EPOCH}, "b1")
    assert [(one.name, one.device_id) for one in actors] == [("device", pda.device.id)]
    assert told.keys() == {"schema_min", "schema_max", "build", "now", "next_seq", "reset_after_seq"}
    assert told["now"] == house.one("SELECT last_seen_at FROM device WHERE id = :d", d=pda.device.id)
