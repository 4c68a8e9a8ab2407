"""Variable-measure codes, laid out as a site says."""

import pytest

from labels.gs1 import CatchWeight, ParseSettings, check_digit, parse_scan


def scanned(body: str, *patterns: str):
    settings = ParseSettings(catch_weights=tuple(CatchWeight.of(pattern) for pattern in patterns))
    return parse_scan(body + check_digit(body), settings=settings)


@pytest.mark.parametrize(
    ("body", "pattern", "item", "grams"),
    [
        ("281234500482", "28IIIIIWWWWWC", "12345", 482), ("291234700482", "29IIIIXWWWWWC", "1234", 482),
        ("241234500482", "24IIIIIWWWWWC*10", "12345", 4820), ("021234500482", "02IIIIIWWWWWC", "12345", 482),
        ("251234500482", "25IIIIIWWWWWC*100", "12345", 48200), ("212345600482", "2IIIIIIWWWWWC", "123456", 482),
    ],
)
def test_item_and_weight_are_read_where_the_layout_has_them(body, pattern, item, grams) -> None:
    scan = scanned(body, pattern)
    assert (scan.kind, scan.values["rcn_item"], scan.values["net_weight_g"]) == ("catch_weight", item, grams)


def test_a_price_is_no_weight() -> None:
    assert dict(scanned("221234500482", "22IIIIIPPPPPC").values) == {"rcn_prefix": "22", "rcn_item": "12345", "price_cents": 482}


def test_the_first_layout_whose_prefix_fits_counts() -> None:
    assert scanned("291234500482", "28IIIIIWWWWWC", "29IIIIXWWWWWC").values["rcn_prefix"] == "29"


def test_a_upc_of_twelve_digits_is_read_by_the_layout_of_prefix_02() -> None:
    body = "21234500482"
    settings = ParseSettings(catch_weights=(CatchWeight.of("02IIIIIWWWWWC"),))
    assert parse_scan(body + check_digit(body), settings=settings).values["net_weight_g"] == 482


@pytest.mark.parametrize("raw", ["2859414004826", "9506000117843", "28594140048", "285941400482X"])
def test_other_codes_are_left_alone(raw) -> None:
    scan = parse_scan(raw, settings=ParseSettings(catch_weights=(CatchWeight.of("28IIIIIWWWWWC"),)))
    assert scan.kind != "catch_weight"


def test_without_a_layout_it_is_a_trade_item_number() -> None:
    assert parse_scan("2859414004825").values == {"gtin": "02859414004825"}


@pytest.mark.parametrize("pattern", ["", "28", "28IIIIIWWWWW", "28WWWWWIIIIIC", "95IIIIIWWWWWC", "28IIIIIWWWWWCC", "28IIIIIWWWWWC*7",
                                     "28IIIII00000C", "28IIIIIWWPPPC", "28iiiiiwwwwwc"])
def test_a_layout_that_is_none_is_told(pattern) -> None:
    with pytest.raises(ValueError, match="28IIIIIWWWWWC"):
        CatchWeight.of(pattern)
