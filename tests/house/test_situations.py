"""`tests/SITUATIONS.md` names only tests that exist, each situation once, and says how many have none."""

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"\| (?P<situation>.+?) \| (?:`(?P<path>[^`:]+)::(?P<name>[^`]+)`|(?P<none>✗)) \|")
TITLE = re.compile(r"\b(?:it|test)\(\s*\"((?:[^\"\\]|\\.)+)\"")
HEADS = ("| situation |", "|---")


def rows() -> list[re.Match[str]]:
    lines = (ROOT / "tests" / "SITUATIONS.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|") and not line.startswith(HEADS)]
    found = [ROW.fullmatch(line) for line in table]
    assert None not in found, [line for line, row in zip(table, found, strict=True) if row is None]
    return [row for row in found if row is not None]


@cache
def names_in(path: str) -> frozenset[str]:
    """The functions of a Python file, the titles of a vitest file, the cases of a file of cases."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.endswith(".py"):
        return frozenset(node.name for node in ast.walk(ast.parse(text))
                         if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))
    if path.endswith(".json"):
        return frozenset(case["id"] for case in json.loads(text)["cases"])
    return frozenset(TITLE.findall(text))


def test_every_test_that_a_situation_names_exists() -> None:
    named = [(row["path"], row["name"]) for row in rows() if row["path"]]
    missing = [f"{path}::{name}" for path, name in named if not (ROOT / path).is_file() or name not in names_in(path)]
    assert missing == []


def test_no_situation_is_told_twice() -> None:
    told = [row["situation"] for row in rows()]
    assert len(told) == len(set(told))


def test_there_are_many_situations_and_it_is_said_how_many_have_no_test(capsys: pytest.CaptureFixture[str]) -> None:
    without = [row["situation"] for row in rows() if row["none"]]
    with capsys.disabled():
        print(f"\n{len(rows())} situations, {len(without)} ✗")  # noqa: T201 - the figure is there to be seen
    assert len(rows()) >= 150
