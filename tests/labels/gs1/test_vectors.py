"""The published vectors of the GS1 syntax engine and its linters."""

import json
from pathlib import Path

import pytest

from labels.gs1 import LabelFault, ParseSettings, build_link, parse_scan
from labels.gs1.dictionary import Identifier, all_identifiers
from labels.gs1.digital_link import escape, unescape
from labels.gs1.elements import parse_bracketed
from labels.gs1.linters import LINTERS

NOTHING_WAS_GIVEN_OUT = ("GS1_LINTER_GCP_DATASOURCE_OFFLINE", "GS1_LINTER_INVALID_GCP_PREFIX")
"""Errors that the publisher's own tests get by a register of company prefixes that refuses what they ask."""
LONG_GTINS_ONLY = {"https://a/01/2112345678900", "https://a/8004/9520614141234567?01=02345673"}
"""Published twice: taken while the option for zero-suppressed GTINs is on, refused while it is off."""


def _sets(shared_data: Path) -> dict:
    return json.loads((shared_data / "gs1/gs1_syntax_engine_vectors.json").read_text())["sets"]


def test_every_linter_judges_as_published(shared_data: Path) -> None:
    linters = json.loads((shared_data / "gs1/gs1_linter_vectors.json").read_text())["linters"]
    wrong = [(name, one["input"]) for name, vectors in linters.items() for one in vectors
             if (_judged(name, one) is None) != one["valid"]]
    assert wrong == []


def _judged(name: str, vector: dict) -> str | None:
    if vector.get("error") in NOTHING_WAS_GIVEN_OUT:
        return LINTERS[name](vector["input"], set().__contains__)
    return LINTERS[name](vector["input"])


@pytest.mark.parametrize("name", ["parseAIdata", "processAIdata", "linters_on_AIs", "validateAIs", "parseDLuri"])
def test_every_label_is_taken_or_refused_as_published(shared_data: Path, name: str) -> None:
    wrong = []
    for one in _sets(shared_data)[name]["vectors"]:
        short_gtins = one["valid"] or one["input"] not in LONG_GTINS_ONLY
        scan = parse_scan(one["input"], gs1=True, settings=ParseSettings(short_gtins_in_links=short_gtins))
        if scan.ok != one["valid"]:
            wrong.append((one["valid"], one["input"], scan.error))
    assert wrong == []


@pytest.mark.parametrize("name", ["parseAIdata", "parseDLuri"])
def test_every_label_holds_the_published_elements(shared_data: Path, name: str) -> None:
    for one in _sets(shared_data)[name]["vectors"]:
        if one["valid"]:
            scan = parse_scan(one["input"], gs1=True)
            assert "^" + "".join(ai + value for ai, value in scan.elements) == _plain(one["expect"]), one["input"]


def _plain(unbracketed: str) -> str:
    return "^" + unbracketed.replace("^", "")


def test_every_link_is_built_as_published(shared_data: Path) -> None:
    for one in _sets(shared_data)["generateDLuri"]["vectors"]:
        elements = parse_bracketed(one["input"])
        if one["valid"]:
            assert build_link(elements, one["stem"]) == one["expect"]
        else:
            with pytest.raises(LabelFault):
                build_link(elements, one["stem"])


def test_percent_signs_are_read_and_written_as_published(shared_data: Path) -> None:
    for one in _sets(shared_data)["URIunescape"]["vectors"]:
        assert (unescape(one["input"]), unescape(one["input"], query=True)) == (one["path"], one["query"])
    for one in _sets(shared_data)["URIescape"]["vectors"]:
        assert (escape(one["input"]), escape(one["input"], query=True)) == (one["path"], one["query"])


def test_every_identifier_is_that_of_the_syntax_dictionary(shared_data: Path) -> None:
    text = (shared_data / "gs1/gs1-syntax-dictionary.txt").read_text(encoding="utf-8")
    published = dict(one for line in text.splitlines() if line and line[0] != "#" for one in _entries(line))
    ours = {one.ai: (one.predefined, one.query, _shape(one), one.requires, one.excludes, one.is_key, one.qualifiers)
            for one in all_identifiers()}
    assert ours == published


def _entries(line: str) -> list[tuple[str, tuple]]:
    codes, *fields = line.partition("#")[0].split()
    flags = fields.pop(0) if set(fields[0]) <= set("*?") else ""
    parts = [field for field in fields if field[0] in "NXYZ["]
    rules = [field.partition("=") for field in fields if field not in parts]
    groups = tuple(tuple(one.split(",")) for name, _, value in rules if name == "dlpkey" for one in value.split("|") if one)
    first, _, last = codes.partition("-")
    entry = ("*" in flags, "?" in flags, tuple(parts),
             tuple(tuple(tuple(one.split("+")) for one in value.split(",")) for name, _, value in rules if name == "req"),
             tuple(ai for name, _, value in rules if name == "ex" for ai in value.split(",")),
             any(name == "dlpkey" for name, _, _ in rules), groups)
    return [(str(number).zfill(len(first)), entry) for number in range(int(first), int(last or first) + 1)]


def _shape(known: Identifier) -> tuple[str, ...]:
    """An identifier's components as the dictionary writes them."""
    sets = {"csetnumeric": "N", "cset82": "X", "cset39": "Y", "cset64": "Z"}
    shapes = []
    for part in known.components:
        names = [linter.__name__ for linter in part.linters]
        length = str(part.longest) if part.shortest == part.longest else f"..{part.longest}"
        kind = f"{sets[names[0]]}{length}"
        shapes.append(",".join([f"[{kind}]" if part.optional else kind, *names[1:]]))
    return tuple(shapes)


@pytest.mark.parametrize("gs1", [False, True])
def test_scanner_output_is_taken_or_refused_as_published(shared_data: Path, gs1: bool) -> None:
    # A QR code that holds a web page is a readable code, and no GS1 label: refused only where GS1 is asked for.
    wrong = [one["scan"] for one in _sets(shared_data)["processScanData"]["vectors"]
             if parse_scan(one["scan"], gs1=gs1).ok != one["valid"] and (gs1 or "NOPRIMARYAI" not in one["scan"])]
    assert wrong == []


def test_scanner_output_of_every_published_symbol_holds_what_the_symbol_holds(shared_data: Path) -> None:
    for one in _sets(shared_data)["generateScanData"]["vectors"]:
        if one["expect"] is None:
            continue
        scan = parse_scan(one["expect"], gs1=True)
        assert scan.ok, one
        if one["expect"][:3] in ("]Q1", "]d1", "]J0"):
            assert scan.values["text"] == one["expect"][3:]
        else:
            digits = one["data"].partition("|")
            held = digits[0] if digits[0].startswith("^") else "^01" + digits[0].zfill(14)
            assert "".join(ai + value for ai, value in scan.elements) == (held + digits[2]).replace("^", "")
