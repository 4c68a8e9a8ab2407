"""Real labels, each read as its source says; where the shared data is not, the tests skip."""

import json
import os
from pathlib import Path

import pytest

from labels.gs1 import GERMAN_CATCH_WEIGHTS, ParseSettings, parse_scan
from tests.conftest import ROOT

FILE = Path(os.environ.get("AISLE_SHARED", ROOT.parent / "shared")) / "data/floor/barcodes_from_the_field.json"
LABELS = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else []
SETTINGS = ParseSettings(catch_weights=GERMAN_CATCH_WEIGHTS)
SAME = {"net_weight_kg": "net_weight_g", "manufacturer_code": "additional_id", "product_no": "product_number", "part": "customer_part",
        "mpn": "manufacturer_part", "order": "order_number", "qty": "quantity", "country": "origin_country"}
# What the sources say beside the values: said in the tests below, or of no use to a floor.
NOT_VALUES = {"symbology", "is_gs1", "grai_uri", "vendor", "format", "errors"}


@pytest.mark.parametrize("label", LABELS, ids=[label["id"] for label in LABELS])
def test_a_label_from_the_field_holds_what_it_holds(label: dict) -> None:
    values = parse_scan(label["raw"], settings=SETTINGS).values
    for name, want in label["expect"].items():
        if name not in NOT_VALUES:
            assert str(_got(values, name)) == str(_wanted(name, want)), name


@pytest.mark.parametrize("label", LABELS, ids=[label["id"] for label in LABELS])
def test_a_label_from_the_field_is_wrong_exactly_where_its_source_says_so(label: dict) -> None:
    scan = parse_scan(label["raw"], settings=SETTINGS)
    wrong = bool(label["expect"].get("errors")) or "FNC1 missing" in label["note"]
    assert scan.ok != wrong, scan.error
    for error in label["expect"].get("errors", []):
        assert scan.error["ai"] == error[-2:]


@pytest.mark.parametrize("label", [label for label in LABELS if label["expect"].get("is_gs1") is False], ids=lambda label: label["id"])
def test_a_code_that_is_no_element_string_is_not_taken_for_one(label: dict) -> None:
    assert parse_scan(label["raw"]).kind in ("plain", "gtin")


def _got(values, name: str):
    if name == "count":
        return values.get("quantity", values.get("content_count"))
    return values.get(SAME.get(name, name))


def _wanted(name: str, want):
    if name == "net_weight_kg":
        return round(float(want) * 1000)
    return want


def test_a_pick_label_without_its_form_is_a_plain_code() -> None:
    for raw in ("{qty}", "P1 Q2", "PALLET 7", "P1 1P2 X3", "{a:1}"):
        assert parse_scan(raw).kind == "plain"


def test_a_pick_label_with_a_wrong_quantity_is_told() -> None:
    for raw in ("{on:SO1,pc:C1,qty:x}", "P1 1P2 K3 QX"):
        assert parse_scan(raw).error["code"] == "quantity"
