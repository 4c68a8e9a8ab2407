"""What the log and the counters say of each operation."""

import logging

import pytest

from server import workflows
from server.floor import told as told_module
from server.floor.engine import FloorEngine
from server.floor.registry import discover
from server.kernel.errors import Unavailable
from server.kernel.measures import Measures
from tests.floor.test_protocol import move, sent
from tests.warehouse import Warehouse


@pytest.fixture
def measures():
    return Measures()


@pytest.fixture
def house(database, measures):
    house = Warehouse(database).open()
    house.engine = FloorEngine(database, discover(workflows), measures)
    house.put("SOAP", 10, "W1-A-01-1")
    return house


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, logger="aisle.operations")
    return lambda: [record for record in caplog.records if record.name == "aisle.operations"]


def counted(measures: Measures) -> dict[str, float]:
    ((_, series),) = measures.parts()
    return {name: value for name, value in series.items() if name.startswith("aisle_operations_total")}


def test_each_operation_is_one_line_with_who_what_and_what_came_of_it(house, log, monkeypatch):
    moments = iter([10.0, 10.25])
    monkeypatch.setattr("server.floor.engine.time.perf_counter", lambda: next(moments))
    pda, first, second = house.pda(), move(1), move(2, kind="dance")
    sent(pda, first, second)
    said = [{name: getattr(one, name) for name in ("op", "kind", "device", "seq", "person", "result", "code", "ms")} for one in log()]
    same = {"device": f"d{pda.device.id}", "person": "BDG-1", "ms": 250.0}
    assert said == [
        {"op": first["op"], "kind": "move", "seq": 1, "result": "applied", "code": "ok", **same},
        {"op": second["op"], "kind": "dance", "seq": 2, "result": "refused", "code": "unknown_operation", **same}]
    assert {one.getMessage() for one in log()} == {"operation"}


@pytest.mark.parametrize("session", [None, "", 7, "nobody", "s1\0", "x" * 90])
def test_whom_nobody_knows_is_nobody_in_the_log(house, log, session):
    sent(house.pda(), move(1, session=session))
    assert [one.person for one in log()] == [None]


def test_a_long_kind_and_id_are_cut_in_the_log(house, log):
    sent(house.pda(), move(1, kind="k" * 200, op="o" * 200))
    assert [(one.kind, one.op) for one in log()] == [("k" * 64, "o" * 40)]


def test_who_signed_in_is_asked_once_and_not_for_ever_kept(house, log, monkeypatch):
    monkeypatch.setattr(told_module, "_PERSONS_MAX", 2)
    pda, other, third = house.pda(), house.pda(), house.pda()
    for seq, session in ((1, pda.session), (2, other.session), (3, third.session), (4, pda.session)):
        sent(pda, move(seq, session=session))
    assert [one.person for one in log()] == ["BDG-1", "BDG-2", "BDG-3", "BDG-1"]
    assert len(house.engine._told._badges) == 2


def test_a_database_that_is_away_leaves_the_line_without_a_person(house, log, monkeypatch):
    pda = house.pda()

    def away(_work):
        raise Unavailable("away")

    monkeypatch.setattr(house.engine._told, "_database", type("Away", (), {"read": staticmethod(away)}))
    sent(pda, move(1))
    assert [(one.person, one.result) for one in log()] == [(None, "applied")]


def test_operations_are_counted_by_kind_and_result_and_strange_kinds_together(house, measures):
    pda = house.pda()
    sent(pda, move(1), move(2), move(3, kind="dance"), move(4, kind="jump"), move(5, kind="claim", slots={}))
    sent(pda, move(6))
    sent(pda, move(6, op="0" * 8))
    assert counted(measures) == {
        'aisle_operations_total{kind="move",result="applied"}': 3, 'aisle_operations_total{kind="other",result="refused"}': 2,
        'aisle_operations_total{kind="claim",result="refused"}': 1, 'aisle_operations_total{kind="move",result="stale"}': 1}


def test_where_nobody_reads_the_log_nothing_is_asked_for_it(house, measures, caplog):
    caplog.set_level(logging.WARNING, logger="aisle.operations")
    sent(house.pda(), move(1))
    assert (house.engine._told._badges, list(counted(measures).values())) == ({}, [1])
