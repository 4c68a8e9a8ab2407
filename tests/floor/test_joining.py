"""Codes of one pallet are one passage, codes of two are two, and a code that stays in sight counts once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.gs1 import check_digit
from server.floor.joining import Joiner, Passage
from server.floor.reading import read

SSCC, OTHER = (body + check_digit(body) for body in ("39506000111111111", "39506000111111112"))
ITEM = {"gtin:09506000134352": [{"type": "item", "key": "SOAP", "quantity": 12}]}


def joiner_of(**more) -> Joiner:
    return Joiner(lambda text: read(text, ITEM), **more)


def seen(joiner: Joiner, *scans: tuple[int, str], until: int = 10**9) -> list[Passage]:
    passages = [one for at, text in scans for one in joiner.add(read(text, ITEM), at)]
    return passages + joiner.due(until)


def test_a_label_split_over_two_barcodes_is_one_passage():
    (passage,) = seen(joiner_of(), (0, "]C102095060001343523748"), (80, f"]C100{SSCC}"), (120, "]C110LOT-7"))
    assert passage.slots == {"item": "SOAP", "pack": 12, "quantity": 576, "lpn": SSCC, "lot": "LOT-7"}
    assert len(passage.codes) == 3
    assert not passage.differing


def test_another_sscc_is_another_pallet_however_close_behind():
    first, second = seen(joiner_of(), (0, f"]C100{SSCC}"), (5, f"]C100{OTHER}"))
    assert (first.slots["lpn"], second.slots["lpn"]) == (SSCC, OTHER)


def test_what_comes_later_is_the_next_passage():
    first, second = seen(joiner_of(gather_ms=100), (0, f"]C100{SSCC}"), (100, "]C110LOT-7"))
    assert "lot" not in first.slots
    assert second.slots == {"lot": "LOT-7"}


def test_a_code_that_stays_in_sight_counts_once_and_again_when_it_was_away():
    joiner = joiner_of(gather_ms=100, again_ms=1_000)
    assert len(seen(joiner, *((at, f"]C100{SSCC}") for at in range(0, 5_000, 200)), until=6_000)) == 1
    assert len(seen(joiner, (6_200, f"]C100{SSCC}"))) == 1


def test_what_two_codes_say_differently_is_named_and_the_first_counts():
    (passage,) = seen(joiner_of(), (0, f"]C100{SSCC}"), (1, "]C110A"), (2, "]C110B"))
    assert (passage.slots["lot"], passage.differing) == ("A", ["lot"])


@pytest.mark.parametrize("rubbish", ["]C100395060001111111110", "]C101", "\x1d\x1d", "?" * 4000])
def test_rubbish_beside_a_good_code_does_not_hide_it(rubbish):
    (passage,) = seen(joiner_of(), (0, rubbish), (10, f"]C100{SSCC}"))
    assert passage.slots["lpn"] == SSCC


def test_due_is_told_in_time():
    joiner = joiner_of(gather_ms=250)
    assert joiner.due_at is None
    joiner.add(read(f"]C100{SSCC}", {}), 1_000)
    assert joiner.due_at == 1_250
    assert joiner.due(1_249) == []
    assert len(joiner.due(1_250)) == 1
    assert joiner.due_at is None


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 30)), max_size=60))
def test_no_pallet_is_lost_and_none_is_joined_to_another(steps):
    """Pallets in any order, at any distance, with pauses: each that was not just in sight is one passage."""
    joiner, at, last, expected, found = joiner_of(again_ms=500), 0, {}, 0, []
    for pause, number in steps:
        at += pause
        sscc = f"{number:018d}"
        expected += at - last.get(number, -10**6) >= 500
        last[number] = at
        found += joiner.add({"raw": sscc, "values": [{"type": "lpn", "key": sscc}], "error": None}, at)
    found += joiner.due(10**9)
    assert len(found) == expected
    assert all(len(set(one.codes)) == 1 for one in found)


def test_what_was_seen_is_forgotten_in_time():
    joiner = joiner_of()
    for number in range(5_000):
        joiner.add({"raw": str(number), "values": [], "error": None}, number)
    assert len(joiner._seen) <= 2_000
