"""What comes against what should: each tag counts once, and what is missing, strange or too much is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.gs1.epc import encode
from server.scanners.reconcile import Expected, Tally

SSCC, OTHER_SSCC = "106141412345678908", "206141412345678905"
GTIN = "80614141123458"
RAW, OTHER = bytes.fromhex("E28011606000020000000001"), bytes.fromhex("E28011606000020000000002")


def pallet(extension: int = 1, filter_value: int = 2) -> bytes:
    return encode("sscc-96", company="0614141", reference=f"{extension}234567890", filter_value=filter_value).data


def piece(serial: int) -> bytes:
    return encode("sgtin-96", company="0614141", reference="812345", serial=str(serial)).data


def test_pallets_pieces_and_raw_tags_are_ticked_off() -> None:
    tally = Tally(Expected(ssccs=frozenset({SSCC}), counts={GTIN: 2}, serials=frozenset({(GTIN, "900")}), tags=frozenset({RAW})))
    assert (tally.percent, tally.is_complete) == (0, False)
    assert [tally.see(epc) for epc in (pallet(), piece(1), piece(900), RAW)] == ["expected"] * 4
    assert (tally.percent, tally.is_complete) == (80, False)
    assert (tally.missing.ssccs, tally.missing.counts, tally.missing.serials, tally.missing.tags) == ((), {GTIN: 1}, (), ())
    assert tally.see(piece(2)) == "expected"
    assert (tally.percent, tally.is_complete, tally.is_clean) == (100, True, True)
    assert tally.missing.counts == {}


@pytest.mark.parametrize("much", [piece(2), OTHER])
def test_one_thing_too_much_keeps_it_from_being_clean(much: bytes) -> None:
    tally = Tally(Expected(counts={GTIN: 1}))
    tally.see_all([piece(1), much])
    assert tally.is_complete and not tally.is_clean


def test_a_tag_counts_once_however_often_it_comes() -> None:
    tally = Tally(Expected(counts={GTIN: 2}))
    assert [tally.see(piece(1)) for _ in range(3)] == ["expected", "again", "again"]
    assert (tally.arrived, tally.again, tally.missing.counts) == (1, 2, {GTIN: 1})


def test_both_tags_of_a_pallet_are_one_pallet() -> None:
    tally = Tally(Expected(ssccs=frozenset({SSCC})))
    assert [tally.see(pallet(filter_value=2)), tally.see(pallet(filter_value=0))] == ["expected", "again"]
    assert tally.is_clean


def test_strangers_and_what_is_too_much_are_named_and_keep_it_from_being_clean() -> None:
    tally = Tally(Expected(ssccs=frozenset({SSCC}), counts={GTIN: 1}))
    assert [tally.see(epc) for epc in (pallet(), piece(1), piece(2))] == ["expected", "expected", "surplus"]
    assert [tally.see(epc) for epc in (pallet(2), OTHER)] == ["stranger", "stranger"]
    assert tally.is_complete and not tally.is_clean
    assert (tally.of("stranger"), tally.of("surplus")) == ((pallet(2), OTHER), (piece(2),))


def test_what_was_seen_before_is_no_stranger_and_counts_for_nothing() -> None:
    tally = Tally(Expected(counts={GTIN: 1}, before=frozenset({piece(1), RAW})))
    assert [tally.see(epc) for epc in (piece(1), RAW, piece(2))] == ["seen_before", "seen_before", "expected"]
    assert tally.is_clean


def test_what_is_expected_by_name_is_expected_although_it_was_seen_before() -> None:
    tally = Tally(Expected(ssccs=frozenset({SSCC}), before=frozenset({pallet()})))
    assert tally.see(pallet()) == "expected"


def test_where_nothing_is_expected_everything_is_strange_and_nothing_confirms_itself() -> None:
    tally = Tally(Expected())
    assert (tally.percent, tally.is_complete, tally.is_clean) == (100, False, False)
    assert tally.see(RAW) == "stranger"


def test_counts_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="leave out"):
        Expected(counts={GTIN: 0})


def test_100_percent_is_said_only_when_all_have_come() -> None:
    tally = Tally(Expected(counts={GTIN: 1_000}))
    tally.see_all(piece(number) for number in range(999))
    assert (tally.percent, tally.is_complete) == (99, False)
    tally.see(piece(999))
    assert (tally.percent, tally.is_complete) == (100, True)


@given(st.lists(st.sampled_from([*(piece(number) for number in range(6)), pallet(), pallet(2), RAW, OTHER, b"", b"\x30"])))
def test_arrived_and_missing_are_all_that_was_expected_and_order_does_not_matter(came: list[bytes]) -> None:
    expected = Expected(ssccs=frozenset({SSCC, OTHER_SSCC}), counts={GTIN: 3}, tags=frozenset({RAW}))
    tally, other = Tally(expected), Tally(expected)
    tally.see_all(came)
    other.see_all(reversed(came))
    missing = tally.missing
    assert tally.arrived + len(missing.ssccs) + len(missing.tags) + sum(missing.counts.values()) == expected.total
    assert (tally.percent, tally.is_clean, tally.missing) == (other.percent, other.is_clean, other.missing)
    assert sum(len(tally.of(one)) for one in ("expected", "surplus", "stranger", "seen_before", "again")) == len(set(came))
