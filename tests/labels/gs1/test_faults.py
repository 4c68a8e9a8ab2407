"""Every fault of a label is one of a closed list, and each is told to workers in both languages."""

import re
from pathlib import Path
from typing import get_args

import pytest

import labels.gs1
from labels.gs1.faults import CODES, WORDS, FaultCode
from server.floor.fill import fill
from server.floor.reading import read
from server.workflows.texts import texts

SOURCES = [path.read_text(encoding="utf-8") for path in sorted(Path(labels.gs1.__file__).parent.glob("*.py"))]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("code", sorted(CODES))
def test_every_fault_has_a_sentence_for_workers(code: str, language: str) -> None:
    sentence = texts(language)[f"refused.{code}"]
    assert set(re.findall(r"\{(\w+)\}", sentence)) <= {"scanned"}
    assert len(sentence) > 10


@pytest.mark.parametrize("code", sorted(CODES - {"empty"}))
def test_every_sentence_names_what_was_scanned(code: str) -> None:
    assert "{scanned}" in texts("en")[f"refused.{code}"]


def test_every_fault_that_the_package_raises_is_on_the_list() -> None:
    raised = {code for source in SOURCES for code in re.findall(r'LabelFault\("(\w+)"', source)}
    assert len(raised) > 15
    assert raised <= CODES


def test_every_fault_on_the_list_is_raised_or_worded() -> None:
    raised = {code for source in SOURCES for code in re.findall(r'LabelFault\("(\w+)"', source)}
    assert raised | set(WORDS) == set(get_args(FaultCode))


TASK = {"id": "t", "kind": "count", "current": "a", "forms": [{"id": "a", "kind": "count", "state": "open", "slots": []}]}


@pytest.mark.parametrize(("raw", "code"), [("(01)09506000117844", "check_digit"), ("(17)261331", "month"), ("]C1", "empty"),
                                           ("(02)09506000117843", "missing_ai")])
@pytest.mark.parametrize("task", [None, TASK])
def test_a_wrong_label_is_refused_with_its_code_and_what_was_scanned(raw: str, code: str, task) -> None:
    after, effects = fill(task, read(raw, {}))
    assert effects == [{"effect": "refused", "code": code, "scanned": {"type": "unknown", "key": raw}, "wanted": None}]
    assert after == task
