"""What has not the shape that the protocol asks for: what is said of it, what is kept, and what is counted all the same."""

import json
import re

import pytest
from sqlalchemy import text

from server.floor.errors import Malformed
from server.floor.operations import OPERATIONS_MAX
from server.kernel.errors import NotSignedIn
from server.kernel.ids import uuid7
from server.masterdata.sites import add_site
from tests.floor.test_protocol import EPOCH, move, sent
from tests.warehouse import Warehouse


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    return house


OP = "`op` must be a UUIDv7 in lower case."
KIND = "`kind` must name an operation."
SLOTS = "`slots` must be an object of at most 60 KiB."
NO_WORD = "`slots` holds something that JSON has no word for."
DEEP = "`slots` is nested too deeply."
TEXT = "A text in `slots` is too long or holds characters that no label has."
NUMBER = "A number in `slots` is too large."
FORM = "`form` must be a text of at most 40 plain characters or null."
MADE = "`made_at` must be milliseconds since 1970."
TASK = "`task` must be a task's id, such as t12, or null."


@pytest.mark.parametrize(("wrong", "detail"), [
    ({"op": "1"}, OP), ({"op": None}, OP), ({"op": str(uuid7()).upper()}, OP), ({"kind": "Move"}, KIND), ({"kind": ""}, KIND), ({"kind": 7}, KIND),
    ({"slots": []}, SLOTS), ({"slots": {"a": ["x" * 500] * 130}}, SLOTS), ({"slots": {"a": float("nan")}}, NO_WORD),
    ({"slots": {"a": [[[[[[["deep"]]]]]]]}}, DEEP), ({"slots": {"a": "x" * 513}}, TEXT), ({"slots": {"a": "\0"}}, TEXT), ({"slots": {"a": "\u202e"}}, TEXT),
    ({"slots": {"a": {"b" * 513: 1}}}, TEXT), ({"slots": {"a": 2**53}}, NUMBER), ({"slots": {"a": [-(2**53)]}}, NUMBER),
    ({"form": 3}, FORM), ({"form": "\n"}, FORM), ({"made_at": -1}, MADE), ({"made_at": None}, MADE), ({"made_at": 2**53}, MADE),
    ({"task": "12"}, TASK), ({"task": 12}, TASK), ({"task": "t-1"}, TASK),
])
def test_a_client_is_told_what_is_wrong_with_what_it_sent(house, wrong, detail):
    operation = move(1, **wrong)
    result = sent(house.pda(), operation)["results"][0]
    field = next(iter(wrong))
    assert result == {"op": str(operation["op"])[:40], "seq": 1, "status": "refused", "code": "malformed", "task": None, "next": [],
                      "message": {"key": "refused.malformed", "args": {"field": field}}, "data": {"detail": detail}}


@pytest.mark.parametrize(("body", "detail"), [
    ({"operations": []}, "`epoch` must be 8 to 32 letters or digits, made once with the device's database."),
    ({"epoch": EPOCH, "operations": {}}, "`operations` must be a list of objects."),
    ({"epoch": EPOCH, "operations": [[]]}, "`operations` must be a list of objects."),
    ({"epoch": EPOCH, "operations": [{}] * (OPERATIONS_MAX + 1)}, "A batch holds at most 50 operations, this one has 51. Send it in parts."),
    ({"epoch": EPOCH, "operations": [{"seq": 0}]}, "`seq` must be a whole number from 1, rising by one."),
    ({"epoch": EPOCH, "operations": [{"seq": 1}, {"seq": 1.5}]}, "`seq` must be a whole number from 1, rising by one."),
])
def test_a_client_is_told_what_is_wrong_with_a_batch(house, body, detail):
    pda = house.pda()
    with pytest.raises(Malformed) as refused:
        pda.engine.operations(pda.device, body)
    assert refused.value.sentence == detail


def test_what_has_no_shape_is_kept_as_it_came_under_an_id_that_nobody_can_send(house):
    pda, wrong = house.pda(), move(1, kind="Dance", form="f1")
    sent(pda, wrong)
    (row,) = house.all("SELECT op, device_id, epoch, seq, kind, task_id, form, slots, worker_id, made_at, status, answer FROM operation")
    assert row[1:7] == (pda.device.id, EPOCH, 1, "malformed", None, None)
    assert row[8:11] == (None, 0, "refused")
    assert (json.loads(row[7]), json.loads(row[11])["data"]["detail"]) == (wrong, KIND)
    assert re.fullmatch("unusable-[0-9a-f]{30}", row[0])


def test_of_what_is_endless_only_the_beginning_is_kept(house):
    sent(house.pda(), move(1, kind="x" * 30, slots={"a": "y" * 6_000}))
    (kept,) = house.all("SELECT slots FROM operation")
    assert len(kept[0]) == 4_000


@pytest.mark.parametrize("part", ["kind", "task", "form", "slots"])
def test_whatever_differs_under_one_id_and_number_is_told_apart(house, part):
    pda, operation = house.pda(), move(1)
    first = sent(pda, operation)["results"][0]
    other = {"kind": "put_away", "task": "t99", "form": "f9", "slots": {**operation["slots"], "quantity": 2}}[part]
    again = sent(pda, {**operation, part: other})["results"][0]
    assert again == {"op": operation["op"], "seq": 1, "status": "refused", "code": "op_reused", "data": {}, "next": [],
                     "message": {"key": "refused.op_reused", "args": {"op": operation["op"]}}}
    same = sent(pda, {**operation, "made_at": 1, "session": "other"})["results"][0]
    assert (first["status"], same["status"]) == ("applied", "replayed")  # sent later, by somebody else: still the same


@pytest.mark.parametrize("alone", [True, False])
def test_who_did_it_is_kept_with_the_operation_and_with_the_move(house, alone):
    pda, operation = house.pda(), move(1)
    sent(pda, *([operation] if alone else [operation, move(2)]))
    worker = house.one("SELECT id FROM worker")
    assert house.all("SELECT worker_id, device_id FROM operation WHERE op = :op", op=operation["op"]) == [(worker, pda.device.id)]
    assert house.all("SELECT worker_id, device_id FROM stock_move WHERE op = :op", op=operation["op"]) == [(worker, pda.device.id)]


@pytest.mark.parametrize("alone", [True, False])
def test_an_answer_says_all_of_what_came_of_it(house, alone):
    pda, operation = house.pda(), move(1)
    answer = sent(pda, *([operation] if alone else [operation, move(2)]))
    result = answer["results"][0]
    assert result.keys() == {"op", "seq", "status", "code", "message", "data", "next", "task"}
    assert (result["op"], result["seq"], result["status"], result["code"]) == (operation["op"], 1, "applied", "ok")
    kept = json.loads(house.one("SELECT answer FROM operation WHERE op = :op", op=operation["op"]))
    assert kept == {name: value for name, value in result.items() if name != "task"}


@pytest.mark.parametrize("change", ["UPDATE device SET revoked_at = 1", "UPDATE device SET site_id = :other"])
@pytest.mark.parametrize("alone", [True, False])
def test_a_device_that_may_not_come_in_any_more_is_told_so_and_nothing_is_counted(house, change, alone):
    pda = house.pda()
    sent(pda, move(1))
    other = house.database.write(lambda tx: add_site(tx, "W2", "Other"))
    house.database.write(lambda tx: tx.execute(text(change), {"other": other} if ":other" in change else {}))
    with pytest.raises(NotSignedIn) as refused:
        sent(pda, *([move(2)] if alone else [move(2), move(3)]))
    assert refused.value.sentence == "This device was revoked or moved to another warehouse. Call your supervisor; what it holds is kept."
    assert (house.one("SELECT next_seq FROM device_epoch"), house.in_bin("W1-A-02-1")) == (2, 1)


def test_a_second_life_begins_where_it_is_and_the_first_keeps_its_number(house):
    pda = house.pda()
    sent(pda, move(1), move(2))
    sent(pda, move(1), epoch="epoch-0002")
    sent(pda, move(3))
    assert house.all("SELECT epoch, next_seq FROM device_epoch ORDER BY epoch") == [(EPOCH, 4), ("epoch-0002", 2)]
    assert all(began > 0 for (began,) in house.all("SELECT started_at FROM device_epoch"))
