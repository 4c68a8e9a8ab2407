"""Photographs that others made: their texts are read, none is wrong, and pictures without a code give none."""

import os
from pathlib import Path

import pytest

from labels.pictures.decode import decode
from labels.pictures.formats import USUAL

FORMATS = {"code128": ["code128"], "datamatrix": ["datamatrix"], "ean13": ["ean13"], "itf": ["itf", "itf14"], "qrcode": ["qr"]}
EVERY = 1 if "AISLE_LONG" in os.environ else 6


def pictures(shared_data: Path, kind: str) -> list[Path]:
    found = sorted(path for path in (shared_data / "barcodes").glob(f"{kind}-*/*") if path.suffix in (".png", ".webp", ".jpg"))
    if not found:
        pytest.skip("the photographs of barcodes are not on this machine")
    return found[::EVERY]


@pytest.mark.parametrize("kind", FORMATS)
def test_no_text_of_a_photograph_is_wrong_and_nearly_all_are_read(shared_data, kind):
    read, total = 0, 0
    for path in pictures(shared_data, kind):
        if not path.with_suffix(".txt").is_file() or path.name == "16.webp":
            continue  # bytes that are no text; a picture with two codes
        wanted = path.with_suffix(".txt").read_bytes().decode()
        found = [one.text for one in decode(path.read_bytes(), FORMATS[kind], seconds=20)]
        assert set(found) <= {wanted}, path.name
        read, total = read + bool(found), total + 1
    assert read >= 0.85 * total > 0


@pytest.mark.parametrize("formats", [sorted(USUAL), ["ean13", "ean8"], ["itf14"], ["code128", "databar"]], ids=",".join)
def test_a_photograph_without_a_code_gives_none(shared_data, formats):
    for path in pictures(shared_data, "falsepositives"):
        assert decode(path.read_bytes(), formats, seconds=20) == [], path.name
