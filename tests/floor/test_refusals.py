"""What the floor refuses by itself: the sentence, what stands in it, and what is on the supervisor's list after."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from server.floor.errors import CannotUndo, NothingToUndo, NotYourTask, SignInNeeded, UnknownOperation
from server.floor.exceptions import raise_exception, reopen_exceptions
from server.floor.leases import NothingToDo
from server.floor.process import Call, Message, NextStep, OperationRow
from server.kernel.errors import NotAllowed
from server.masterdata.sites import add_site
from server.wms.tasks import NewTask, make_task, task_by_id
from tests.floor.conftest import one_order
from tests.floor.test_protocol import move, sent
from tests.warehouse import ITEMS, Warehouse

begins_with = one_order


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def call_of(house, pda, kind: str, *, task=None, role: str = "worker", **slots) -> Call:
    return Call(op="op-1", kind=kind, task=task, form=None, slots=slots, made_at=0, worker_id=house.one("SELECT MIN(id) FROM worker"), worker_name="Ann",
                role=role, device_id=pda.device.id, site_id=house.site_id)


def run(house, call: Call, *, live: bool = True):
    return house.database.write(lambda tx: house.engine.runner.run(tx, call, live=live))


def refused(house, error: type, call: Call, *, live: bool = True) -> tuple[str, dict]:
    with pytest.raises(error) as caught:
        run(house, call, live=live)
    return caught.value.sentence, dict(caught.value.args_)


def picking(house):
    """Who picks the one order, and the task as it is."""
    pda = house.pda()
    pda.scan("TOTE-5")
    return pda, house.database.read(lambda tx: task_by_id(tx, house.one("SELECT id FROM task WHERE kind = 'pick'")))


def test_what_nobody_knows_is_named(house):
    said = refused(house, UnknownOperation, call_of(house, house.pda(), "dance"))
    assert said == ("Nothing here knows what to do with dance. Update the device, or ask the supervisor.", {"kind": "dance"})


@pytest.mark.parametrize("kind", ["start", "claim", "release", "undo", "hand_over"])
def test_who_asks_for_something_has_to_be_signed_in(house, kind):
    said = refused(house, SignInNeeded, call_of(house, house.pda(), kind), live=False)
    assert said == ("Scan your badge and enter your PIN, then try again.", {"kind": kind})


def test_a_request_of_a_process_needs_somebody_too_and_a_fact_does_not(house):
    pda, task = picking(house)
    requests = house.engine.runner.registry.by_kind["pick"].requests
    assert requests
    for kind in sorted(requests):
        assert refused(house, SignInNeeded, call_of(house, pda, kind, task=task), live=False)[1] == {"kind": kind}
    pda.session = "nobody"
    pda.scan(ITEMS["SOAP"])
    assert pda.results[-1]["status"] == "applied"


@pytest.mark.parametrize(("slots", "error", "sentence", "args"), [
    ({}, UnknownOperation, "Nothing was scanned that could start work.", {"kind": "start"}),
    ({"value": "SOAP"}, UnknownOperation, "Nothing was scanned that could start work.", {"kind": "start"}),
    ({"value": {"key": "SOAP"}}, UnknownOperation, "Nothing was scanned that could start work.", {"kind": "start"}),
    ({"value": {"type": "lpn", "key": "L" * 80}}, NothingToDo,
     f"Nothing can be started with {'L' * 80}. Scan a task's paper, a pallet, a bin or an item.", {"scanned": "L" * 64, "kind": "start"}),
    ({"value": {"type": "badge", "key": "BDG-1"}}, NothingToDo,
     "Nothing can be started with BDG-1. Scan a task's paper, a pallet, a bin or an item.", {"scanned": "BDG-1", "kind": "start"}),
])
def test_what_opens_nothing_says_what_would(house, slots, error, sentence, args):
    assert refused(house, error, call_of(house, house.pda(), "start", **slots)) == (sentence, args)


def test_a_task_of_another_warehouse_is_named(house):
    pda, task = picking(house)
    other = house.database.write(lambda tx: add_site(tx, "W2", "Other"))
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET site_id = :other"), {"other": other}))
    task = house.database.read(lambda tx: task_by_id(tx, task.id))
    said = refused(house, NotYourTask, call_of(house, pda, "pick", task=task))
    assert said == ("This task belongs to another warehouse.", {"task": f"t{task.id}"})


def test_a_task_that_is_not_held_cannot_be_given_back(house):
    _, task = picking(house)
    for held in (None, task):
        said = refused(house, NothingToDo, call_of(house, house.pda(), "release", task=held))
        assert said == ("This device does not hold that task.", {"kind": "release"})


def test_what_only_passes_is_ended_when_it_is_given_back(house):
    pda = house.pda()
    pda.scan("W1-A-01-1")
    task = house.database.read(lambda tx: task_by_id(tx, house.one("SELECT MAX(id) FROM task")))
    answer = run(house, call_of(house, pda, "release", task=task))
    assert (answer.message.to_json(), answer.task_id) == ({"key": "task.given_back", "args": {}}, None)
    assert house.one("SELECT state FROM task WHERE id = :id", id=task.id) == "cancelled"


def test_a_task_in_the_hand_is_told_with_its_answer(house):
    pda = house.pda()
    for kind, slots in (("claim", {"zone": "A"}), ("start", {"location": "W1-A-01-1"})):
        answer = run(house, call_of(house, pda, kind, **slots))
        assert answer.task == house.database.read(lambda tx, number=answer.task_id: task_by_id(tx, number))
        assert answer.message.to_json() == {"key": "task.started", "args": {"kind": answer.task.kind}}
        assert house.database.read(lambda tx, number=answer.task_id: house.engine.runner.task_json(tx, number))["id"] == f"t{answer.task_id}"


def test_nothing_to_undo_is_said(house):
    assert refused(house, NothingToUndo, call_of(house, house.pda(), "undo")) == ("There is nothing of yours left to undo here.", {})


def test_what_somebody_undid_at_this_moment_is_not_undone_again(house, monkeypatch):
    pda, _ = picking(house)
    pda.scan(ITEMS["SOAP"])
    runner = house.engine.runner
    real = runner._last

    def slower(tx, call, task_id):
        row = real(tx, call, task_id)
        tx.execute(text("UPDATE operation SET undone_by = 'another' WHERE op = :op"), {"op": row.op})
        return row

    monkeypatch.setattr(runner, "_last", slower)
    assert refused(house, NothingToUndo, call_of(house, pda, "undo")) == ("This was undone just now.", {})
    assert house.in_bin("W1-A-01-1") == 9


def test_an_undo_says_what_it_took_back_and_what_was_kept_of_it_is_given_to_its_process(house, monkeypatch):
    pda, task = picking(house)
    pda.scan(ITEMS["SOAP"])
    kept, process = [], house.engine.runner.registry.by_kind["pick"]
    monkeypatch.setitem(process.undo, "pick", lambda _tx, _call, done: kept.append(done))
    answer = run(house, call_of(house, pda, "undo"))
    operation = pda.sent[-1]
    assert (answer.message.to_json(), answer.task_id, answer.data) == (
        {"key": "undo.done", "args": {"kind": "pick"}}, task.id, {"undone": operation["op"]})
    answered = json.loads(house.one("SELECT answer FROM operation WHERE op = :op", op=operation["op"]))
    assert kept == [OperationRow(operation["op"], "pick", task.id, operation["form"], operation["slots"], answered["data"])]
    assert house.one("SELECT undone_by FROM operation WHERE op = :op", op=operation["op"]) == "op-1"


def test_an_undo_goes_back_in_the_task_in_hand_and_without_one_by_time(house):
    house.order("S-2", ("SOAP", 1))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    first = dict(pda.task)
    pda.scan(ITEMS["SOAP"])
    pda.task = None
    pda.scan("TOTE-6")
    second = dict(pda.task)
    pda.scan(ITEMS["SOAP"])
    ops = [one["op"] for one in pda.sent if one["kind"] == "pick"]
    held = house.database.read(lambda tx: task_by_id(tx, int(first["id"][1:])))
    assert first["id"] != second["id"]
    calls = [call_of(house, pda, "undo"), call_of(house, pda, "undo", task=held), call_of(house, pda, "undo", op=ops[0])]
    last, within, named = house.database.read(lambda tx: [
        house.engine.runner._last(tx, call, call.task.id if call.task else None) for call in calls])
    assert [last.op, within.op, named.op] == [ops[1], ops[0], ops[0]]


def test_what_cannot_be_undone_here_says_so(house, monkeypatch):
    pda, _ = picking(house)
    pda.scan(ITEMS["SOAP"])
    process = house.engine.runner.registry.by_kind["pick"]
    monkeypatch.delitem(process.undo, "pick")
    said = refused(house, CannotUndo, call_of(house, pda, "undo"))
    assert said == ("This cannot be undone here. Ask the supervisor.", {"kind": "pick"})


def supervised(house, monkeypatch, **rights) -> None:
    """Makes a pick a matter of the supervisor, to do or to undo."""
    registry = house.engine.runner.registry
    monkeypatch.setitem(registry.by_kind, "pick", replace(registry.by_kind["pick"], **rights))


def audited(house) -> list[tuple]:
    return [(action, subject, json.loads(detail)) for action, subject, detail in house.all("SELECT action, subject, detail FROM audit ORDER BY id")]


def test_what_the_supervisor_alone_may_do_is_audited_with_what_came_of_it(house, monkeypatch):
    pda, task = picking(house)
    supervised(house, monkeypatch, supervisor_only=frozenset({"pick"}))
    form = next(one for one in pda.task["forms"] if one["kind"] == "pick")
    slots = {"from": "W1-A-01-1", "item": "SOAP", "quantity": 1, "to": "TOTE-5"}
    call = replace(call_of(house, pda, "pick", task=task, **slots), form=form["id"])
    assert refused(house, NotAllowed, call) == ("Only a supervisor may do this. Call your supervisor.", {"kind": "pick"})
    before = len(audited(house))
    answer = run(house, replace(call, role="supervisor"))
    assert audited(house)[before:] == [("pick.pick", "op-1", {"slots": slots, "data": dict(answer.data)})]


@pytest.mark.parametrize("rights", ["supervisor_only", "supervisor_undo"])
def test_what_the_supervisor_alone_may_undo_is_audited(house, monkeypatch, rights):
    pda, _ = picking(house)
    pda.scan(ITEMS["SOAP"])
    supervised(house, monkeypatch, **{rights: frozenset({"pick"})})
    call = call_of(house, pda, "undo")
    assert refused(house, NotAllowed, call) == ("Only a supervisor may undo this. Call your supervisor.", {"kind": "pick"})
    before = len(audited(house))
    run(house, replace(call, role="supervisor"))
    assert audited(house)[before:] == [("pick.undone", pda.sent[-1]["op"], {"kind": "pick"})]


def test_what_anybody_may_do_is_not_audited(house):
    pda, _ = picking(house)
    before = audited(house)
    pda.scan(ITEMS["SOAP"])
    run(house, call_of(house, pda, "undo"))
    assert audited(house) == before


def test_what_an_older_server_did_not_keep_cannot_be_undone():
    row = OperationRow("op-1", "pick", 1, "f1", {}, {"a": 1})
    assert row.kept("a") == 1
    with pytest.raises(CannotUndo) as caught:
        row.kept("b")
    assert (caught.value.sentence, caught.value.args_) == (
        "This was booked by an older server and cannot be undone. Ask the supervisor.", {"kind": "pick"})


def test_goods_that_have_moved_on_are_not_moved_back(house):
    pda = house.pda()
    sent(pda, move(1, 10))
    other = house.pda()
    sent(other, move(1, 10, slots={"from": "W1-A-02-1", "item": "SOAP", "quantity": 10, "to": "W1-A-03-1"}, session="s2"))
    said = refused(house, CannotUndo, call_of(house, pda, "undo"))
    assert said == ("The goods have moved on since, so this cannot be undone. Move them back by hand.", {"kind": "move"})
    assert house.one("SELECT COUNT(*) FROM operation WHERE undone_by IS NOT NULL") == 0


@pytest.mark.parametrize("kind", ["late", "not_booked", "set_aside"])
def test_the_supervisor_sees_what_it_was(house, monkeypatch, kind):
    pda = house.pda()
    operation = move(1, made_at=1_000) if kind == "late" else move(1)
    if kind == "not_booked":
        operation["slots"]["to"] = "W1-NOWHERE"
    if kind == "set_aside":
        def fails(_tx, _call):
            raise RuntimeError("a\x07line\nand another")

        monkeypatch.setitem(house.engine.runner.registry.by_kind["move"].handlers, "move", fails)
    result = sent(pda, operation)["results"][0]
    ((code, args, op, worker),) = house.all("SELECT code, args, op, worker_id FROM floor_exception")
    args = json.loads(args) if isinstance(args, str) else args
    more = {"late": {"made_at": 1_000},
            "not_booked": {"why": result["code"], "sentence": args.get("sentence")},
            "set_aside": {"task": None, "error": "RuntimeError: a line"}}[kind]
    assert (code, op, worker) == (kind, operation["op"], house.one("SELECT id FROM worker"))
    assert args == {"kind": "move", "slots": operation["slots"], **more}
    assert result["message"]["key"] == f"refused.{result['code']}"
    assert kind != "not_booked" or "W1-NOWHERE" in args["sentence"]


@pytest.mark.parametrize("kind", ["claim", "start", "undo", "release"])
def test_what_was_only_asked_for_is_not_on_the_supervisors_list(house, kind):
    pda = house.pda()
    pda.send(kind, {"kind": "nothing"}, None)
    assert pda.results[-1]["status"] == "refused"
    assert house.all("SELECT code FROM floor_exception") == []


def test_a_request_of_a_process_that_was_refused_is_not_on_the_supervisors_list(house):
    pda = house.pda()
    pda.send("join", {"lpn": "P-NONE"}, "join")
    assert pda.results[-1]["status"] == "refused"
    assert house.all("SELECT code FROM floor_exception") == []


def test_what_an_undo_takes_back_is_off_the_list_and_on_it_again_when_that_is_taken_back(house):
    pda, task = picking(house)
    pda.scan(ITEMS["SOAP"])
    op = pda.sent[-1]["op"]
    call = replace(call_of(house, pda, "pick", task=task), op=op)
    house.database.write(lambda tx: raise_exception(tx, call, "not_booked", kind="pick"))
    assert house.all("SELECT state, op, task_id, site_id, closed_at FROM floor_exception") == [("open", op, task.id, house.site_id, None)]
    run(house, call_of(house, pda, "undo"))
    ((state, note, closed),) = house.all("SELECT state, note, closed_at FROM floor_exception")
    assert (state, note) == ("done", "undone")
    assert closed > 0
    house.database.write(lambda tx: reopen_exceptions(tx, op))
    assert house.all("SELECT state, note, closed_at FROM floor_exception") == [("open", "", None)]


def test_a_step_that_a_device_may_offer_says_what_it_is():
    step = NextStep(Message("receive.reason.later", {"count": 2}), "finish", {"reason": "later"})
    assert step.to_json() == {"label": {"key": "receive.reason.later", "args": {"count": 2}}, "kind": "finish", "slots": {"reason": "later"}}


def test_a_claimed_task_is_prepared_by_its_process(house, monkeypatch):
    prepared, registry = [], house.engine.runner.registry
    monkeypatch.setitem(registry.by_kind, "pick", replace(registry.by_kind["pick"], claimed=lambda tx, task: prepared.append((tx.now > 0, task.kind))))
    run(house, call_of(house, house.pda(), "claim"))
    assert prepared == [(True, "pick")]


@pytest.mark.parametrize("is_passing", [False, True])
def test_an_undo_stays_in_its_task_unless_that_only_passes(house, monkeypatch, is_passing):
    pda, task = picking(house)
    pda.scan(ITEMS["SOAP"])
    registry = house.engine.runner.registry
    other = _other_task(house)
    monkeypatch.setitem(registry.by_kind, "count", replace(registry.by_kind["count"], passing=is_passing))
    call = call_of(house, pda, "undo", task=other)
    if is_passing:
        assert run(house, call).task_id == task.id
    else:
        assert refused(house, NothingToUndo, call) == ("There is nothing of yours left to undo here.", {})


def _other_task(house):
    number = house.database.write(lambda tx: make_task(tx, NewTask(site_id=house.site_id, kind="count")))
    return house.database.read(lambda tx: task_by_id(tx, number))


def test_what_is_set_aside_names_its_kind(house, monkeypatch):
    def fails(_tx, _call):
        raise RuntimeError("no")

    monkeypatch.setitem(house.engine.runner.registry.by_kind["move"].handlers, "move", fails)
    assert sent(house.pda(), move(1))["results"][0]["message"] == {"key": "refused.set_aside", "args": {"kind": "move"}}


def test_a_form_that_takes_anything_starts_what_it_named(house):
    pda = house.pda()
    assert run(house, call_of(house, pda, "start", location="w1-a-01-1")).task.kind == "enquire"
    assert run(house, call_of(house, pda, "start", document="HOLD-PACKAGING")).task.kind == "hold"
