"""What a device is told of each operation that it sends: applied once, in order, and never twice."""

import pytest
from sqlalchemy import text

from server.floor.errors import Malformed
from server.floor.operations import LATE_AFTER_MS, OPERATIONS_MAX
from server.kernel.clock import DAY, HOUR, SystemClock
from server.kernel.database import Database
from server.kernel.ids import uuid7
from server.masterdata.sites import add_site
from tests.warehouse import ITEMS, Warehouse

EPOCH = "epoch-0001"


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    return house


@pytest.fixture
def sqlite_house(sqlite_url):
    database = Database(sqlite_url)
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    yield house
    database.close()


def move(seq: int, quantity: int = 1, **other) -> dict:
    slots = {"from": "W1-A-01-1", "item": "SOAP", "quantity": quantity, "to": "W1-A-02-1"}
    return {"op": str(uuid7()), "seq": seq, "kind": "move", "slots": slots, "form": None, "task": None, "schema": 1,
            "made_at": SystemClock().now(), "session": "s1", **other}


def sent(pda, *operations: dict, epoch: str = EPOCH) -> dict:
    return pda.engine.operations(pda.device, {"epoch": epoch, "operations": list(operations)})


def statuses(answer: dict) -> list[str]:
    return [result["status"] for result in answer["results"]]


def test_a_batch_is_applied_in_order_and_the_next_number_is_told(house) -> None:
    answer = sent(house.pda(), move(1), move(2, 2))
    assert (statuses(answer), answer["next_seq"], house.in_bin("W1-A-02-1")) == (["applied", "applied"], 3, 3)


def test_the_same_again_is_answered_as_the_first_time_and_moves_nothing(house) -> None:
    pda, operation = house.pda(), move(1)
    first = sent(pda, operation)["results"][0]
    again = sent(pda, operation)
    result = again["results"][0]
    assert (result["status"], result["op"], result["seq"], result["message"], result["code"]) == (
        "replayed", operation["op"], 1, first["message"], "ok")
    assert (result["first"]["status"], again["next_seq"], house.in_bin("W1-A-02-1")) == ("applied", 2, 1)


def test_a_refusal_is_answered_again_as_a_refusal(house) -> None:
    pda, operation = house.pda(), move(1, kind="dance")
    first = sent(pda, operation)["results"][0]
    again = sent(pda, operation)["results"][0]
    assert (first["status"], first["code"], again["status"], again["code"]) == ("refused", "unknown_operation", "replayed", "unknown_operation")


def test_a_number_too_high_ends_the_batch_and_says_what_is_missing(house) -> None:
    first, far, after = move(1), move(3), move(2)
    answer = sent(house.pda(), first, far, after)
    assert answer == {"results": [answer["results"][0], {"op": far["op"], "seq": 3, "status": "gap", "next_seq": 2}], "next_seq": 2}
    assert house.in_bin("W1-A-02-1") == 1


def test_a_number_too_high_alone_says_what_is_missing_too(house) -> None:
    far = move(2)
    assert sent(house.pda(), far) == {"results": [{"op": far["op"], "seq": 2, "status": "gap", "next_seq": 1}], "next_seq": 1}


def test_an_old_number_that_nobody_remembers_is_never_executed(house) -> None:
    pda, operation = house.pda(), move(1)
    sent(pda, move(1))
    assert sent(pda, operation)["results"] == [{"op": operation["op"], "seq": 1, "status": "stale", "code": "stale",
                                               "message": {"key": "refused.stale", "args": {}}}]
    assert house.in_bin("W1-A-02-1") == 1


def test_an_id_that_comes_again_with_something_else_in_it_is_refused(house) -> None:
    pda, operation = house.pda(), move(1)
    sent(pda, operation)
    other = {**operation, "slots": {**operation["slots"], "quantity": 5}}
    result = sent(pda, other)["results"][0]
    assert (result["status"], result["code"], result["message"]["args"]) == ("refused", "op_reused", {"op": operation["op"]})
    assert house.in_bin("W1-A-02-1") == 1


def test_an_id_under_another_number_is_refused_and_takes_the_number(house) -> None:
    pda, operation = house.pda(), move(1)
    sent(pda, operation)
    answer = sent(pda, {**operation, "seq": 2})
    assert (answer["results"][0]["code"], answer["next_seq"], house.in_bin("W1-A-02-1")) == ("op_reused", 3, 1)


def test_a_wiped_device_begins_at_one_again_and_hides_nothing_of_the_old_life(house) -> None:
    pda = house.pda()
    sent(pda, move(1))
    answer = sent(pda, move(1), epoch="epoch-0002")
    assert (statuses(answer), answer["next_seq"], house.in_bin("W1-A-02-1")) == (["applied"], 2, 2)


def test_hello_tells_the_next_number_and_how_far_the_life_before_was_seen(house) -> None:
    pda = house.pda()
    sent(pda, move(1), move(2))
    known = pda.engine.hello(pda.device, {"epoch": EPOCH}, "b1")
    fresh = pda.engine.hello(pda.device, {"epoch": "epoch-0002"}, "b1")
    assert (known["next_seq"], known["reset_after_seq"], known["build"]) == (3, None, "b1")
    assert (fresh["next_seq"], fresh["reset_after_seq"]) == (1, 2)
    assert (known["schema_min"], known["schema_max"]) == (1, 1)


@pytest.mark.parametrize(("said", "kept"), [
    ({"queued": 7, "build": "b2", "battery": 81}, (7, "b2", 81)), ({}, (0, "", None)), ({"queued": 10**6, "build": "a\nb", "battery": 101}, (0, "", None)),
    ({"queued": -1, "build": "x" * 70, "battery": -1}, (0, "x" * 64, None)), ({"queued": 0, "build": 3, "battery": 0}, (0, "", 0)),
    ({"queued": 999_999, "battery": 100}, (999_999, "", 100)), ({"queued": "7", "battery": "81"}, (0, "", None)),
])
def test_hello_keeps_how_the_device_is_and_nothing_strange(house, said: dict, kept: tuple) -> None:
    pda = house.pda()
    pda.engine.hello(pda.device, {"epoch": EPOCH, **said}, "b1")
    assert house.all("SELECT queued, build, battery FROM device WHERE id = :d", d=pda.device.id) == [kept]


def test_an_operation_older_than_three_days_goes_to_the_supervisor_and_one_just_younger_is_applied(house) -> None:
    pda, now = house.pda(), SystemClock().now()
    late, young = move(1, made_at=now - LATE_AFTER_MS - 60_000), move(2, made_at=now - LATE_AFTER_MS + 60_000)
    results = sent(pda, late, young)["results"]
    assert [(result["status"], result["code"]) for result in results] == [("late", "late"), ("applied", "ok")]
    assert results[0]["message"] == {"key": "refused.late", "args": {"hours": 72}}
    assert (house.all("SELECT code, op FROM floor_exception"), house.in_bin("W1-A-02-1")) == ([("late", late["op"])], 1)


@pytest.mark.parametrize("days", [-2, 2])
def test_a_device_whose_clock_is_days_off_is_booked_in_its_order_by_the_server_s_clock(house, days: int) -> None:
    pda, now = house.pda(), SystemClock().now()
    sent(pda, move(1, made_at=now + days * DAY), move(2, made_at=now))
    assert house.all("SELECT o.seq, m.at >= :now AND m.at < :now + 600000, o.made_at FROM stock_move m JOIN operation o ON o.op = m.op ORDER BY m.id",
                     now=now) == [(1, True, now + days * DAY), (2, True, now)]


def test_five_hundred_scans_that_come_back_after_an_hour_count_once_each_though_every_answer_was_lost(sqlite_house) -> None:
    sqlite_house.put("SOAP", 490, "W1-A-01-1")
    pda, back = sqlite_house.pda(), SystemClock().now() - HOUR
    waiting = [move(number, made_at=back) for number in range(1, 501)]
    for begin in range(0, 500, 50):
        assert set(statuses(sent(pda, *waiting[begin : begin + 50]))) == {"applied"}
        assert set(statuses(sent(pda, *waiting[begin : begin + 50]))) == {"replayed"}
    assert (sqlite_house.in_bin("W1-A-01-1"), sqlite_house.in_bin("W1-A-02-1")) == (0, 500)


def test_an_old_operation_sent_alone_is_late_too(house) -> None:
    answer = sent(house.pda(), move(1, made_at=SystemClock().now() - LATE_AFTER_MS - 60_000))
    assert (statuses(answer), answer["next_seq"], house.in_bin("W1-A-02-1")) == (["late"], 2, 0)


@pytest.mark.parametrize("wrong", [
    {"op": "1"}, {"op": None}, {"op": str(uuid7()).upper()}, {"kind": "Move"}, {"kind": ""}, {"kind": "m" * 25}, {"kind": None}, {"slots": []},
    {"slots": None}, {"slots": {"a": "x" * 513}}, {"slots": {"a": "\0"}}, {"slots": {"a": "\u202e"}}, {"slots": {"a": 2**53}}, {"slots": {"a": -(2**53)}},
    {"slots": {"a": [[[[[[["deep"]]]]]]]}}, {"slots": {"x" * 513: 1}}, {"slots": {"a": float("nan")}}, {"slots": {"a": ["x" * 500] * 130}},
    {"form": 3}, {"form": "x" * 41}, {"form": "\n"}, {"made_at": -1}, {"made_at": "0"}, {"made_at": True}, {"made_at": 2**53},
    {"task": "12"}, {"task": 12}, {"task": "t" + "1" * 16}, {"task": "tx"},
])
def test_what_has_no_shape_is_refused_takes_its_number_and_the_next_is_applied(sqlite_house, wrong: dict) -> None:
    answer = sent(sqlite_house.pda(), move(1, **wrong), move(2))
    refused, applied = answer["results"]
    assert (refused["status"], refused["code"], refused["seq"], refused["message"]["key"]) == ("refused", "malformed", 1, "refused.malformed")
    assert (applied["status"], answer["next_seq"], sqlite_house.in_bin("W1-A-02-1")) == ("applied", 3, 1)


@pytest.mark.parametrize("fitting", [
    {"slots": {"a": "x" * 512}}, {"slots": {"a": 2**53 - 1}}, {"slots": {"a": [[[[["deep"]]]]]}}, {"form": "x" * 40}, {"form": ""},
    {"kind": "m" * 24}, {"slots": {"a": ["x" * 500] * 115}}, {"made_at": 2**53 - 1}, {"task": "t" + "9" * 15},
])
def test_what_just_fits_has_a_shape(sqlite_house, fitting: dict) -> None:
    refused = sent(sqlite_house.pda(), move(1, **{"kind": "dance", **fitting}))["results"][0]
    assert refused["code"] != "malformed"


def test_what_had_no_shape_is_answered_the_same_again(house) -> None:
    pda, operation = house.pda(), move(1, kind="")
    first = sent(pda, operation)["results"][0]
    again = sent(pda, operation)["results"][0]
    assert (again["status"], again["code"], again["message"]) == ("replayed", "malformed", first["message"])


@pytest.mark.parametrize(("body", "field"), [
    ({"operations": []}, "epoch"), ({"epoch": "short", "operations": []}, "epoch"), ({"epoch": "x" * 33, "operations": []}, "epoch"),
    ({"epoch": "epoch 0001", "operations": []}, "epoch"), ({"epoch": EPOCH}, "operations"), ({"epoch": EPOCH, "operations": [3]}, "operations"),
    ({"epoch": EPOCH, "operations": [{}] * (OPERATIONS_MAX + 1)}, "operations"), ({"epoch": EPOCH, "operations": [{}]}, "seq"),
    ({"epoch": EPOCH, "operations": [{"seq": 0}]}, "seq"), ({"epoch": EPOCH, "operations": [{"seq": True}]}, "seq"),
    ({"epoch": EPOCH, "operations": [{"seq": 2**53}]}, "seq"), ({"epoch": EPOCH, "operations": [{"seq": "1"}]}, "seq"),
])
def test_a_batch_without_a_shape_is_refused_as_a_whole_and_says_where(sqlite_house, body: dict, field: str) -> None:
    pda = sqlite_house.pda()
    with pytest.raises(Malformed) as refused:
        pda.engine.operations(pda.device, body)
    assert refused.value.args_ == {"field": field}
    assert sqlite_house.one("SELECT COUNT(*) FROM operation") == 0


def test_fifty_operations_are_one_batch_and_the_shortest_and_longest_names_of_a_life_are_taken(house) -> None:
    pda = house.pda()
    answer = sent(pda, *[move(number + 1, kind="dance") for number in range(OPERATIONS_MAX)], epoch="x" * 8)
    assert (len(answer["results"]), answer["next_seq"]) == (50, 51)
    assert sent(pda, epoch="x" * 32) == {"results": [], "next_seq": 1}


def test_a_request_needs_somebody_signed_in_and_a_fact_does_not(house) -> None:
    pda = house.pda()
    claim, fact = move(1, kind="claim", slots={}, session="nobody"), move(2, session="nobody")
    results = sent(pda, claim, fact)["results"]
    assert [(result["status"], result["code"]) for result in results] == [("refused", "sign_in_needed"), ("applied", "ok")]


@pytest.mark.parametrize("end", ["UPDATE worker_session SET ended_at = 1", "UPDATE worker_session SET expires_at = 1", "UPDATE worker SET disabled = 1"])
def test_whose_session_has_ended_may_ask_for_nothing(house, end: str) -> None:
    pda = house.pda()
    house.database.write(lambda tx: tx.execute(text(end)))
    assert sent(pda, move(1, kind="claim", slots={}))["results"][0]["code"] == "sign_in_needed"


def test_what_was_done_says_who_did_it_on_which_device(house) -> None:
    pda, operation = house.pda(), move(1)
    sent(pda, operation)
    assert house.all("SELECT w.badge, o.device_id, o.epoch, o.seq, o.kind, o.status, o.made_at FROM operation o JOIN worker w ON w.id = o.worker_id") == [
        ("BDG-1", pda.device.id, EPOCH, 1, "move", "applied", operation["made_at"])]
    assert house.all("SELECT w.badge, m.device_id FROM stock_move m JOIN worker w ON w.id = m.worker_id WHERE m.op = :op", op=operation["op"]) == [
        ("BDG-1", pda.device.id)]


def test_a_task_of_another_warehouse_is_nobody_s_here(house) -> None:
    pda = house.pda()
    pda.scan(ITEMS["SOAP"])
    task, held = pda.task["id"], pda.seq
    other = house.database.write(lambda tx: add_site(tx, "W2", "Other"))
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET site_id = :other"), {"other": other}))
    result = sent(pda, move(held + 1, task=task))["results"][0]
    assert (result["status"], result["code"]) == ("refused", "not_your_task")


def test_a_device_hears_what_it_holds_and_only_when_something_changed(house) -> None:
    pda = house.pda()
    before = pda.engine.pull(pda.device, None)
    assert (before["tasks"], "tasks" in pda.engine.pull(pda.device, before["version"])) == ([], False)
    pda.scan("W1-A-01-1")
    pda.scan(ITEMS["SOAP"])
    after = pda.engine.pull(pda.device, before["version"])
    assert [task["id"] for task in after["tasks"]] == [pda.task["id"]]


def test_a_scan_is_read_without_its_nul_and_no_longer_than_a_label(house) -> None:
    pda = house.pda()
    assert pda.engine.read(pda.device, "W1-A-\00001-1")["values"][0]["type"] == "location"
    assert len(pda.engine.read(pda.device, "x" * 9000)["raw"]) <= 4096
