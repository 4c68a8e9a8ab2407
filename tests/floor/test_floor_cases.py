"""The cases that every home of `fill` must pass; see tests/floor_cases/README.md for their shape."""

import json
from pathlib import Path

import pytest

from server.floor.fill import fill
from server.floor.reading import read

FOLDER = Path(__file__).resolve().parents[1] / "floor_cases"
CASES = [(path.stem, case) for path in sorted(FOLDER.glob("*.json"))
         for case in json.loads(path.read_text(encoding="utf-8"))["cases"]]


def task_of(name: str):
    for path in sorted(FOLDER.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if name in document["tasks"]:
            return document["tasks"][name], document["codes"]
    raise KeyError(name)


def said(effect) -> str:
    """An effect in one word or two, as the cases write it."""
    kind = effect["effect"]
    if kind == "refused":
        return f"refused {effect['code']}"
    if kind == "operation":
        slots = ",".join(f"{name}={effect['slots'][name]}" for name in sorted(effect["slots"]))
        return f"{effect['kind']} {effect['form']} {slots}"
    if kind == "filled":
        return f"filled {effect['form']} {','.join(effect['slots'])}"
    if kind in ("current", "skipped", "again"):
        return f"{kind} {effect['form']}"
    if kind == "ask":
        return f"ask {effect['form']} {effect['slot']}"
    return kind


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}-{case['id']}" for file, case in CASES])
def test_case(file, case):
    task, codes = task_of(case["task"])
    before = json.dumps(task)
    now = task
    for scanned, wanted in case["steps"]:
        now, effects = fill(now, read(scanned, codes))
        assert [said(effect) for effect in effects] == wanted, scanned
    assert json.dumps(task) == before, "fill changed what it was given"


def test_there_are_cases():
    assert len(CASES) >= 30
