"""What a scan means, by its habits and its faults."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labels.gs1 import LabelFault, ParseSettings, build, build_bracketed, join, parse_scan
from labels.gs1.dictionary import all_identifiers
from labels.gs1.linters import CSET82, check_digit

LABEL = "0109506000117843" + "10LOT1\x1d" + "17261231"
HABITS = ["]C1" + LABEL, "]d2" + LABEL, "]Q3\x1d" + LABEL, LABEL, LABEL + "\x1d", LABEL.replace("\x1d", "<GS>"),
          LABEL.replace("\x1d", "{GS}"), LABEL.replace("\x1d", "\\u001d"), LABEL.replace("\x1d", "^]"),
          "0109506000117843\x1d17261231\x1d10LOT1", "(01)09506000117843(10)LOT1(17)261231",
          "https://example.com/01/09506000117843/10/LOT1?17=261231"]


@pytest.mark.parametrize("raw", HABITS)
def test_one_label_means_the_same_however_it_is_sent(raw: str) -> None:
    scan = parse_scan(raw)
    assert scan.ok
    assert (scan.values["gtin"], scan.values["lot"], scan.values["expiry"]) == ("09506000117843", "LOT1", "2026-12-31")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("(01)09506000117844", "check_digit"), ("(00)123456789012345678", "check_digit"), ("(17)261301", "month"),
        ("(17)260231", "day"), ("(01)9506000117843", "too_short"), ("(10)" + "A" * 21, "too_long"),
        ("(01)09506000117843(02)09506000117843", "not_together"), ("(02)09506000117843", "missing_ai"),
        ("(10)A(10)B", "repeated"), ("", "empty"), ("\0", "character"), ("A" * 513, "too_long"), ("\ud800", "character"),
        ("]C1", "empty"), ("]C199", "empty_value"), ("]C1" + "8912", "unknown_ai"), ("]E4" + "12345678", "check_digit"),
    ],
)
def test_a_wrong_label_is_told_as_what_is_wrong_with_it(raw: str, code: str) -> None:
    scan = parse_scan(raw)
    assert not scan.ok
    assert scan.error is not None
    assert scan.error["code"] == code
    assert len(scan.error["message"]) > 15


@pytest.mark.parametrize(("raw", "gtin"), [("96385074", "00000096385074"), ("036000291452", "00036000291452"),
                                            ("7617027667210", "07617027667210"), ("10614141000415", "10614141000415")])
def test_trade_item_numbers_of_every_length_become_fourteen_digits(raw: str, gtin: str) -> None:
    assert parse_scan(raw).values["gtin"] == gtin


@pytest.mark.parametrize("raw", ["W1-A-01-02", "LPN00000042", "TOTE-7", "7617027667211", "CMD-SHORT", "中文",
                                 "1012345678901234", "2124567890123456789", "9612345678901234567890", "2024113012345678901",
                                 "1726133112345678", "400123456789012345678", "1500000000000000000"])
def test_codes_of_our_own_are_plain(raw: str) -> None:
    assert (parse_scan(raw).kind, parse_scan(raw).values["text"]) == ("plain", raw)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("(10)AB(CD)EF", "unknown_ai"), ("(10)ABC(", "unknown_ai"), ("(10", "empty_value"), ("(10)(11)987650", "empty_value"),
        ("(1A)12345", "unknown_ai"), ("()12345", "unknown_ai"), ("(12345)12345", "unknown_ai"), ("(17)9(90)217", "too_short"),
        ("1(10)A", "unknown_ai"), ("(10)A^B", "not_cset82"), ("(10)A\\B", "not_cset82"),
    ],
)
def test_a_wrong_bracketed_label_is_told(raw: str, code: str) -> None:
    assert parse_scan(raw, gs1=True).error["code"] == code


def test_a_bracket_with_a_backslash_before_it_is_data() -> None:
    assert parse_scan("(10)12\\(11)34", gs1=True).elements == (("10", "12(11)34"),)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("^^0109506000117843", "unknown_ai"), ("^10A^^21B", "unknown_ai"), ("^", "empty"), ("^01095060001178^", "too_short"),
        ("]C1^0109506000117843", "unknown_ai"), ("]C110A^21B", "not_cset82"), ("]d2TEXT", "unknown_ai"), ("^402123456789012345678", "too_long"),
    ],
)
def test_separators_in_the_wrong_place_are_told(raw: str, code: str) -> None:
    assert parse_scan(raw, gs1=True).error["code"] == code


@pytest.mark.parametrize("raw", ["^0109506000117843^10A^", "]C1\x1d0109506000117843\x1d10A\x1d", "]e0010950600011784310A"])
def test_separators_that_are_not_needed_do_no_harm(raw: str) -> None:
    assert parse_scan(raw, gs1=True).elements == (("01", "09506000117843"), ("10", "A"))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("]E07617027667211", "check_digit"), ("]E0761702766721X", "check_digit"), ("]E0036000291452", "too_short"), ("]E4", "too_short"),
        ("]E010614141000415", "too_long"), ("]E496385074", ""), ("]E496385075", "check_digit"), ("]E47617027667210", "too_long"),
        ("]E37617027667210", "too_short"), ("]E3761702766721012", ""), ("]E3761702766721012345", ""), ("]E3761702766721112", "check_digit"),
    ],
)
def test_a_retail_code_has_its_length_and_a_right_check_digit(raw: str, code: str) -> None:
    assert (parse_scan(raw).error or {"code": ""})["code"] == code


def test_the_add_on_of_a_magazine_is_not_part_of_its_number() -> None:
    assert parse_scan("]E3761702766721012").values == {"gtin": "07617027667210"}


def test_a_composite_component_adds_to_the_retail_code() -> None:
    scan = parse_scan("]E07617027667210|]e01726123110LOT1")
    assert (scan.values["gtin"], scan.values["lot"], scan.values["expiry"]) == ("07617027667210", "LOT1", "2026-12-31")
    assert parse_scan("]E07617027667210|]e0").error["code"] == "empty"
    assert parse_scan("]E07617027667210|]e0172612").error["code"] == "too_short"


@pytest.mark.parametrize("raw", ["]Q1TEXT", "]d1TEXT", "]J0TEXT"])
def test_a_symbol_that_says_it_holds_plain_text_is_plain_also_where_gs1_is_asked_for(raw: str) -> None:
    scan = parse_scan(raw, gs1=True)
    assert (scan.kind, scan.values["text"]) == ("plain", "TEXT")


def test_a_separator_of_the_sites_own_scanners_stands_for_gs() -> None:
    settings = ParseSettings(group_separators=("~",))
    assert parse_scan("010950600011784310LOT1~21X", settings=settings).values["serial"] == "X"


@pytest.mark.parametrize("raw", ["[)>\x1e06\x1dQ1\x00\x1e\x04", "[)>\x1e06\x1d1T\x1bx", "[)>\x1e06\x1dQ" + "9" * 400])
def test_a_supplier_label_with_rubbish_in_it_is_told(raw: str) -> None:
    assert parse_scan(raw).error["code"] in ("character", "quantity")


@pytest.mark.parametrize("raw", ["LMQ#1#1e9#13.12.2024#L", "LMQ#1#1.5#31.02.2024#L", "LMQ#1#1.5#13.12.2024#", "LMQ#", "LMQ#1#NaN#01.01.2024#L"])
def test_a_weigh_label_with_rubbish_in_it_is_told(raw: str) -> None:
    assert parse_scan(raw).error["code"] in ("weigh_label", "day")


def test_two_halves_of_a_label_make_one() -> None:
    lower, upper = parse_scan("]C1152606131026104005\x1d3002"), parse_scan("]C10109506000117843")
    assert lower.ok and lower.missing
    whole = join(upper, lower)
    assert whole.ok and not whole.missing
    assert (whole.values["gtin"], whole.values["lot"], whole.values["quantity"]) == ("09506000117843", "26104005", 2)


def test_a_half_that_begins_with_a_date_is_read_without_any_mark_of_gs1() -> None:
    scan = parse_scan("152606131026104005")
    assert (scan.values["best_before"], scan.values["lot"]) == ("2026-06-13", "26104005")


def test_halves_that_contradict_are_not_joined() -> None:
    assert join(parse_scan("]C10109506000117843"), parse_scan("]C10110614141000415")).error["code"] == "repeated"


@given(lot=st.text(CSET82, min_size=1, max_size=20), serial=st.text(CSET82, min_size=1, max_size=20),
       digits=st.integers(0, 10**13 - 1), count=st.integers(0, 10**8 - 1))
def test_what_is_built_is_read_again(lot: str, serial: str, digits: int, count: int) -> None:
    gtin = f"{digits:013d}"
    elements = [("01", gtin + check_digit(gtin)), ("10", lot), ("21", serial), ("30", str(count))]
    assume(not holds_a_separator(elements))
    assert list(parse_scan("]C1" + build(elements)).elements) == elements
    assert list(parse_scan(build_bracketed(elements)).elements) == elements


def holds_a_separator(elements: list[tuple[str, str]]) -> bool:
    """A value may hold what some scanner writes for GS: that text cannot be told from a separator."""
    return any(sign in value.upper() for _, value in elements for sign in ("<GS>", "(GS)", "ALT+029"))


ANY = {"csetnumeric": "0123456789", "cset82": CSET82, "cset39": "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
       "cset64": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"}
FREE = [known for known in all_identifiers()
        if all({linter.__name__ for linter in part.linters} <= {*ANY, "csum", "pcenc", "gcppos1", "gcppos2", "yymmd0"}
               for part in known.components)]


@st.composite
def an_element(draw: st.DrawFn) -> tuple[str, str]:
    known = draw(st.sampled_from(FREE))
    value = ""
    for part in known.components:
        names = [linter.__name__ for linter in part.linters]
        piece = draw(st.text(ANY[names[0]], min_size=part.shortest, max_size=part.longest))
        if "yymmd0" in names:
            piece = draw(st.dates()).strftime("%y%m%d")[-6:]
        if "csum" in names:
            piece = piece[:-1] + check_digit(piece[:-1])
        if names[-1].startswith("gcppos"):
            piece = "95212" + piece[5:] if "csum" not in names else "95212" + piece[5:-1] + check_digit("95212" + piece[5:-1])
        value += piece.replace("%", "-")
    return known.ai, value


@given(st.lists(an_element(), min_size=1, max_size=5))
def test_what_is_built_of_any_identifiers_is_read_again(elements: list[tuple[str, str]]) -> None:
    text = built(elements)
    assume(text is not None and not holds_a_separator(elements))
    assert list(parse_scan("]d2" + text).elements) == elements


def built(elements: list[tuple[str, str]]) -> str | None:
    """None for elements that may not stand together."""
    try:
        return build(elements)
    except LabelFault:
        return None


@given(st.text(max_size=600))
def test_no_text_is_too_strange(raw: str) -> None:
    for gs1 in (False, True):
        scan = parse_scan(raw, gs1=gs1)
        assert scan.ok == (scan.error is None)
