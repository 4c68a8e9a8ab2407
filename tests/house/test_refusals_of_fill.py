"""What `fill` refuses, in either home, the handheld shows as a sentence: there must be one in every language."""

import json
import re
from pathlib import Path
from random import Random

import pytest

from labels.gs1.faults import CODES as FAULTS
from server.floor.fill import fill
from server.floor.reading import read
from server.workflows.texts import texts
from tests.floor.random_runs import CODES, random_scans, random_task

ROOT = Path(__file__).resolve().parents[2]
HOMES = {
    "server": [*sorted((ROOT / "server" / "floor").glob("fill*.py")), ROOT / "server" / "floor" / "reading.py"],
    "client": sorted((ROOT / "handheld" / "src" / "floor").glob("*.ts")),
}
REFUSING = re.compile(r'Refused\(|refusal\(|LabelFault\(|"?code"?: |wrong_|code = ')
CODE = re.compile(r'"([a-z]+(?:_[a-z]+)*)"')
NO_CODES = {"effect", "refused", "code", "scanned", "wanted", "values", "quantity", "to", "error", "message", "type", "command",
            "raw", "expected", "mode", "damaged", "short", "key", "unknown", "location", "item", "lpn", "tote", "trolley",
            "document", "badge", "lot", "serial", "expiry", "production_date", "weight", "sscc", "max", "name"}
LANGUAGES = ("en", "zh-CN")


def codes_named_in(home: str) -> set[str]:
    lines = [line for path in HOMES[home] for line in path.read_text(encoding="utf-8").splitlines() if REFUSING.search(line)]
    named = {code for line in lines for code in CODE.findall(line)} - NO_CODES
    return named | FAULTS if home == "server" else named


def codes_met() -> set[str]:
    random, met = Random(7), set()
    for _ in range(1_500):
        task = random_task(random)
        for scanned in random_scans(random, task):
            task, effects = fill(task, read(scanned, CODES))
            met |= {effect["code"] for effect in effects if effect["effect"] == "refused"}
    return met


def test_both_homes_refuse_with_the_same_codes_and_the_client_knows_no_other_fault_of_a_label():
    assert codes_named_in("client") - FAULTS == codes_named_in("server") - FAULTS
    assert len(codes_named_in("client") & FAULTS) > 10


def test_every_code_that_is_met_is_one_that_was_looked_for():
    assert len(codes_met()) > 15
    assert codes_met() <= codes_named_in("server")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_of_fill_has_a_sentence(language):
    missing = {code for home in HOMES for code in codes_named_in(home)} - {
        key.removeprefix("refused.") for key in texts(language) if key.startswith("refused.")}
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_uses_only_what_the_handheld_fills_in(language):
    for code in codes_named_in("client"):
        assert set(re.findall(r"\{(\w+)\}", texts(language)[f"refused.{code}"])) <= {"scanned", "wanted", "next"}, code


def test_every_code_of_the_cases_has_been_looked_for():
    folder = ROOT / "tests" / "floor_cases"
    cases = [case for path in sorted(folder.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8")).get("cases", [])]
    told = {effect.split()[1] for case in cases for step in case["steps"] for effect in step[1] if effect.startswith("refused ")}
    assert told <= codes_named_in("server")
