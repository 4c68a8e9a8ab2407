"""The second opinion: none without libzbar, and nothing breaks; with it, only what holds its own rules."""

from types import SimpleNamespace

import numpy as np
import pytest

from labels.pictures import zbar
from labels.pictures.decode import decode
from simulators.scene import Sight, scene

PICTURE = np.asarray(scene(["ean13:9506000134352", "code128:LPN-0001"], Sight()))
ALL = frozenset({"code128", "ean13", "ean8", "itf14", "qr", "datamatrix"})


def told(kind: str, data: bytes) -> SimpleNamespace:
    return SimpleNamespace(type=kind, data=data, rect=SimpleNamespace(left=1, top=2, width=30, height=40))


def test_without_the_library_there_is_no_second_opinion_and_codes_are_read_all_the_same(monkeypatch):
    monkeypatch.setattr(zbar, "library", lambda: None)
    assert list(zbar.read(PICTURE, ALL)) == []
    assert {one.text for one in decode(PICTURE, at_least=2)} == {"9506000134352", "LPN-0001"}
    assert decode(np.full((50, 50), 255, np.uint8), ["ean13"]) == []


@pytest.mark.parametrize(("kind", "name", "data", "text"), [
    ("UPCA", "ean13", b"614141007349", "0614141007349"), ("EAN13", "ean13", b"9506000134352", "9506000134352"),
    ("EAN13", "ean13", b"9506000134353", None), ("I25", "itf14", b"19506000134359", "19506000134359"), ("I25", "itf14", b"4725", None),
    ("I25", "itf14", b"19506000134350", None), ("CODE128", "code128", b"LPN-0001", "LPN-0001"), ("CODE128", "code128", "óóóó1234".encode(), None),
    ("QRCODE", "", b"ABC", None)])
def test_what_zbar_is_known_to_get_wrong_is_left_out(kind, name, data, text):
    one = zbar._decoded(told(kind, data), name)
    assert (one.text if one else None) == text
    assert one is None or one.symbology == {"ean13": "]E0", "itf14": "]I1", "code128": ""}[name]


def test_with_the_library_it_reads_what_it_knows():
    if zbar.library() is None:
        pytest.skip("libzbar is not on this machine")
    assert {one.text for one in zbar.read(PICTURE, ALL)} == {"9506000134352", "LPN-0001"}
