"""Versions of an operation's shape: this one and two older ones are taken, others are kept for the supervisor and block nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from server import workflows
from server.floor.engine import FloorEngine
from server.floor.registry import Registry, discover
from server.floor.schemas import SCHEMAS, Schemas
from tests.floor.test_protocol import EPOCH, move, sent, statuses
from tests.warehouse import Warehouse

B = "W1-A-02-1"


def _named(kind: str, slots: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The second version says `quantity` for what the first called `number`."""
    return kind, {**{name: value for name, value in slots.items() if name != "number"}, "quantity": slots["number"]}


def _moved(kind: str, slots: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The third says `move` for what the second called `shift`."""
    return ("move" if kind == "shift" else kind), slots


FOURTH = Schemas(4, {2: _named, 3: _moved})


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    house.engine = FloorEngine(database, Registry(discover(workflows).in_order, FOURTH))
    return house


def second(seq: int, quantity: int = 1, **more) -> dict:
    made = move(seq, **more)
    return {**made, "kind": "shift", "schema": 2, "slots": {**{name: value for name, value in made["slots"].items() if name != "quantity"}, "number": quantity}}


def review(house) -> list[tuple]:
    return house.all("SELECT code, state FROM floor_exception ORDER BY id")


def test_two_older_versions_are_lifted_and_applied_as_the_newest_is(house):
    batch = second(1, 3), {**move(2, 2), "kind": "shift", "schema": 3}, {**move(3), "schema": 4}
    answer = sent(house.pda(), *batch)
    assert (statuses(answer), house.in_bin(B), review(house)) == (["applied"] * 3, 6, [])
    assert house.all("SELECT DISTINCT kind FROM operation") == [("move",)]


def test_one_of_an_older_version_alone_is_lifted_too_answered_again_and_undone(house):
    pda, operation = house.pda(), second(1, 3)
    assert statuses(sent(pda, operation)) == ["applied"]
    assert (statuses(sent(pda, operation)), house.in_bin(B)) == (["replayed"], 3)
    assert statuses(sent(pda, {**move(2), "kind": "undo", "slots": {}, "schema": 4})) == ["applied"]
    assert house.in_bin(B) == 0


def test_a_version_too_old_or_too_new_is_kept_for_the_supervisor_and_blocks_nothing_after_it(house):
    old, new = {**move(1, 4), "schema": 1}, {**move(2, 4), "schema": 5}
    answer = sent(house.pda(), old, new, {**move(3), "schema": 4})
    assert [(result["status"], result["code"]) for result in answer["results"]] == [("late", "upgrade_required")] * 2 + [("applied", "ok")]
    assert answer["results"][0]["message"] == {"key": "refused.upgrade_required", "args": {"kind": "move"}}
    assert (answer["next_seq"], house.in_bin(B)) == (4, 1)
    assert house.all("SELECT code, op, state FROM floor_exception ORDER BY id") == [("upgrade_required", one["op"], "open") for one in (old, new)]
    assert house.one("SELECT slots FROM operation WHERE op = :op", op=old["op"]).count('"quantity": 4') == 1


def test_what_names_no_version_is_of_the_first(house):
    plain = {name: value for name, value in move(1).items() if name != "schema"}
    assert sent(house.pda(), plain)["results"][0]["code"] == "upgrade_required"
    house.engine = FloorEngine(house.database, discover(workflows))
    assert statuses(sent(house.pda(), plain | {"op": move(1)["op"]})) == ["applied"]


def test_a_version_that_is_no_number_is_refused_and_takes_its_number(house):
    strange = [{**move(seq), "schema": schema} for seq, schema in enumerate((0, -1, 1.5, "4", True, None, [4]), 1)]
    answer = sent(house.pda(), *strange, {**move(8), "schema": 4})
    assert [result["code"] for result in answer["results"]] == ["malformed"] * 7 + ["ok"]


def test_what_cannot_be_lifted_is_set_aside_and_blocks_nothing_after_it(house):
    broken = {**second(1), "slots": {"item": "SOAP"}}
    answer = sent(house.pda(), broken, {**move(2), "schema": 4})
    assert ([result["code"] for result in answer["results"]], review(house)) == (["set_aside", "ok"], [("set_aside", "open")])


def test_hello_tells_which_versions_are_taken(house):
    told = house.engine.hello(house.pda().device, {"epoch": EPOCH}, "b1")
    assert (told["schema_min"], told["schema_max"]) == (2, 4)


@pytest.mark.parametrize(("current", "lifts"), [(2, {}), (4, {3: _moved}), (3, {1: _named, 2: _moved, 3: _moved})])
def test_a_version_without_the_ways_from_the_two_before_it_cannot_be_made(current, lifts):
    with pytest.raises(AssertionError, match="has to lift"):
        Schemas(current, lifts)


def test_the_version_of_today_is_the_first_as_nothing_was_renamed_yet():
    assert (SCHEMAS.oldest, SCHEMAS.current, SCHEMAS.takes(1), SCHEMAS.takes(2)) == (1, 1, True, False)
