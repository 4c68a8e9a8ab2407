"""One operation that the server breaks on stops nobody: it is kept for the supervisor and the next one is applied."""

import contextlib
import logging
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from server import workflows
from server.floor.engine import FloorEngine
from server.floor.process import Answer, Message, Process
from server.floor.registry import Registry, discover
from server.kernel.errors import Unavailable
from server.masterdata.sites import location_by_code
from server.stock.lpns import make_lpn
from tests.warehouse import Warehouse

ADD_PARTY = text("INSERT INTO party (code, name, kind) VALUES (:code, :code, 'owner')")


class Broken:
    """A process whose operations go wrong in every way that a mistake in a real one could."""

    def __init__(self) -> None:
        self.tries: list[str] = []

    def process(self) -> Process:
        kinds = {"fine": self.fine, "key_error": self.key_error, "twice": self.twice, "wrong_sql": self.wrong_sql,
                 "untellable": self.untellable, "unbuildable": self.unbuildable, "raced": self.raced, "away": self.away,
                 "deadlock": self.deadlock}
        return Process(kind="broken", build=lambda _tx, _task: {}["no"], handlers=kinds)

    def fine(self, tx, call):
        make_lpn(tx, location_by_code(tx, "W1-DOCK"), code=call.slots["lpn"])
        return Answer(Message("task.given_back"))

    def key_error(self, tx, call):
        self.fine(tx, call)
        return Answer(Message(call.slots["not there"]))

    def twice(self, tx, call):
        self.tries.append("twice")
        self.fine(tx, call)
        tx.execute(ADD_PARTY, {"code": "OWN"})
        return Answer(Message("task.given_back"))

    def wrong_sql(self, tx, call):
        self.fine(tx, call)
        tx.execute(text("SELECT nothing FROM nowhere"))
        return Answer(Message("task.given_back"))

    def untellable(self, tx, call):
        self.fine(tx, call)
        return Answer(Message("task.given_back"), data={"made": object()})

    def unbuildable(self, tx, call):
        self.fine(tx, call)
        return Answer(Message("task.given_back"), task_id=tx.scalar(text(
            "INSERT INTO task (site_id, kind, created_at) VALUES (:site_id, 'broken', 0) RETURNING id"), site_id=call.site_id))

    def raced(self, tx, call):
        """Another device is quicker the first time only."""
        self.tries.append("raced")
        self.fine(tx, call)
        if len(self.tries) == 1:
            tx.execute(ADD_PARTY, {"code": "OWN"})
        return Answer(Message("task.given_back"))

    def away(self, tx, call):
        self.fine(tx, call)
        if not self.tries:
            raise Unavailable("the disk is full")
        return Answer(Message("task.given_back"))

    def deadlock(self, tx, call):
        self.fine(tx, call)
        raise OperationalError("UPDATE", {}, Exception("deadlock detected"))


@pytest.fixture
def floor(database):
    warehouse = Warehouse(database).open()
    warehouse.broken = Broken()
    warehouse.engine = FloorEngine(database, Registry([*discover(workflows).in_order, warehouse.broken.process()]))
    return warehouse


def batch(pda, *kinds):
    """Sends operations of these kinds in one batch; what came of each."""
    start = pda.seq
    for number, kind in enumerate(kinds, start + 1):
        pda.sent.append({"op": f"01940000-0000-7000-8000-{number:012d}", "seq": number, "kind": kind, "form": None, "task": None,
                         "slots": {"lpn": f"LPN{number:08d}"}, "made_at": pda.now, "session": pda.session, "schema": 1})
    pda.seq += len(kinds)
    return pda.engine.operations(pda.device, {"epoch": "epoch-0001", "operations": pda.sent[start:]})


def codes(answer):
    return [result["code"] for result in answer["results"]]


def lpns(floor):
    return [code for (code,) in floor.all("SELECT code FROM lpn WHERE code LIKE 'LPN0%' ORDER BY code")]


@pytest.mark.parametrize("kind", ["key_error", "twice", "wrong_sql", "untellable", "unbuildable"])
def test_a_broken_operation_is_set_aside_and_the_others_are_applied(floor, kind):
    answer = batch(floor.pda(), "fine", kind, "fine")
    assert codes(answer) == ["ok", "set_aside", "ok"]
    assert answer["next_seq"] == 4
    assert lpns(floor) == ["LPN00000001", "LPN00000003"]


def test_what_was_set_aside_is_on_the_supervisors_list_with_what_the_error_said(floor):
    batch(floor.pda(), "key_error")
    (code, args, op, worker), = floor.all("SELECT code, args, op, worker_id FROM floor_exception")
    assert (code, op, worker is not None) == ("set_aside", "01940000-0000-7000-8000-000000000001", True)
    assert "KeyError: 'not there'" in str(args) and "LPN00000001" in str(args)


def test_what_was_set_aside_is_in_the_log_with_its_trace(floor, caplog):
    with caplog.at_level(logging.ERROR):
        batch(floor.pda(), "key_error")
    assert "01940000-0000-7000-8000-000000000001" in caplog.text and 'call.slots["not there"]' in caplog.text


def test_an_operation_that_was_set_aside_is_answered_the_same_again(floor):
    pda = floor.pda()
    first = batch(pda, "key_error")["results"][0]
    again = pda.post(pda.sent[0])
    assert (again["status"], again["code"], again["message"]) == ("replayed", "set_aside", first["message"])
    assert floor.one("SELECT COUNT(*) FROM floor_exception") == 1


def test_an_operation_that_lost_a_race_is_tried_once_more(floor):
    assert codes(batch(floor.pda(), "raced")) == ["ok"]
    assert floor.broken.tries == ["raced", "raced"]


def test_an_operation_that_breaks_a_rule_every_time_is_tried_as_usual_then_twice_with_savepoints_and_no_more(floor):
    assert codes(batch(floor.pda(), "twice")) == ["set_aside"]
    assert floor.broken.tries == ["twice", "twice", "twice"]


def test_a_database_that_is_away_fails_the_batch_and_it_is_taken_when_it_is_back(floor):
    pda = floor.pda()
    with pytest.raises(Unavailable):
        batch(pda, "fine", "away")
    assert (lpns(floor), floor.one("SELECT COUNT(*) FROM operation")) == ([], 0)
    floor.broken.tries.append("back")
    answer = pda.engine.operations(pda.device, {"epoch": "epoch-0001", "operations": pda.sent})
    assert codes(answer) == ["ok", "ok"]


def test_a_deadlock_is_the_databases_fault_and_sets_nothing_aside(floor):
    with pytest.raises(Unavailable):
        batch(floor.pda(), "fine", "deadlock")
    assert (lpns(floor), floor.one("SELECT COUNT(*) FROM floor_exception")) == ([], 0)


def test_two_devices_that_lock_each_other_out_are_both_served(floor):
    """A true deadlock on PostgreSQL; on SQLite the gate lets one writer in at a time."""
    meet = threading.Barrier(2, timeout=0.5)

    def cross(tx, call):
        for item in call.slots["items"]:
            tx.execute(text("UPDATE item SET name = name WHERE code = :code"), {"code": item})
            with contextlib.suppress(threading.BrokenBarrierError):
                meet.wait()
        return Answer(Message("task.given_back"))

    engine = FloorEngine(floor.database, Registry([Process(kind="cross", build=dict, handlers={"cross": cross})]))
    answers = {}

    def send(pda, items):
        pda.engine = engine
        answers[items] = pda.send("cross", {"items": list(items)}, None)["code"]

    threads = [threading.Thread(target=send, args=(floor.pda(), items)) for items in (("SOAP", "TEA"), ("TEA", "SOAP"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {("SOAP", "TEA"): "ok", ("TEA", "SOAP"): "ok"}


def test_an_id_that_is_used_again_for_something_else_moves_nothing_and_blocks_nothing(floor):
    pda = floor.pda()
    batch(pda, "fine")
    twin = {**pda.sent[0], "seq": 2, "slots": {"lpn": "LPN00000099"}}
    after = {**pda.sent[0], "op": "01940000-0000-7000-8000-000000000003", "seq": 3, "slots": {"lpn": "LPN00000003"}}
    answer = pda.engine.operations(pda.device, {"epoch": "epoch-0001", "operations": [twin, after]})
    assert codes(answer) == ["op_reused", "ok"]
    assert lpns(floor) == ["LPN00000001", "LPN00000003"]
    assert pda.post(twin)["code"] == "op_reused"


def test_many_shapeless_operations_of_a_device_block_nothing(floor):
    pda = floor.pda()
    sent = [{"op": "?", "seq": seq} for seq in range(1, 4)]
    answer = pda.engine.operations(pda.device, {"epoch": "e" * 32, "operations": sent})
    assert (codes(answer), answer["next_seq"]) == (["malformed"] * 3, 4)
    again = pda.engine.operations(pda.device, {"epoch": "e" * 32, "operations": sent})
    assert [(result["status"], result["code"]) for result in again["results"]] == [("replayed", "malformed")] * 3
