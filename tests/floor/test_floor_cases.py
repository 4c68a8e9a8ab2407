"""The cases that every home of `fill` must pass; see tests/floor_cases/README.md for their shape."""

import json
from pathlib import Path

import pytest

from server.floor.fill import fill
from server.floor.reading import read
from tests.floor.spoken import effect_said, task_said

FOLDER = Path(__file__).resolve().parents[1] / "floor_cases"
HOUSE = json.loads((FOLDER / "house.json").read_text(encoding="utf-8"))
FILES = [path for path in sorted(FOLDER.glob("*.json")) if path.stem != "house"]
CASES = [(path.stem, case) for path in FILES for case in json.loads(path.read_text(encoding="utf-8"))["cases"]]


def reading_of(scanned):
    if isinstance(scanned, str):
        return read(scanned, HOUSE["codes"])
    return {"raw": "", "values": scanned, "error": None}


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}-{case['id']}" for file, case in CASES])
def test_case(file, case):
    start = task = HOUSE["tasks"][case["task"]] if case["task"] else None
    wanted = task_said(task, start)
    for scanned, effects, *changed in case["steps"]:
        before = json.dumps(task)
        after, made = fill(task, reading_of(scanned))
        wanted |= dict(*changed)
        assert ([effect_said(effect) for effect in made], task_said(after, start)) == (effects, wanted), scanned
        assert json.dumps(task) == before, "fill changed what it was given"
        task = after


def test_no_two_cases_have_one_name():
    names = [(file, case["id"]) for file, case in CASES]
    assert len(names) == len(set(names)) >= 130


def test_every_file_is_about_one_subject_and_says_which():
    assert all(json.loads(path.read_text(encoding="utf-8"))["about"] for path in FILES)
