"""Edges of single checks that the Syntax Dictionary's documentation settles."""

import pytest

from labels.gs1.linters import LINTERS
from labels.gs1.scan import parse_scan

COUPON = "012345612345611110123"


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("csum", "", "too_short"), ("csum", "0", None), ("nonzero", "", "zero"), ("zero", "", "not_zero"), ("nozeroprefix", "", None),
        ("gcppos2", "I1234", None), ("gcppos2", "I123", "too_short"), ("gcppos2", "012A4", "company_prefix"), ("gcppos1", "123", "too_short"),
        ("yymmd0", "260200", None), ("yymmdd", "260200", "day"), ("yymmd0", "260230", "day"), ("yymmd0", "240229", None),
        ("yymmd0", "26023", "too_short"), ("yyyymmdd", "20000229", None), ("yyyymmdd", "21000229", "day"), ("yyyymmdd", "00000229", None),
        ("iso4217", "978", None), ("iso4217", "191", "currency"), ("iso4217", "975", "currency"), ("iso4217", "926", None),
        ("pieceoftotal", "0001", "zero"), ("pieceoftotal", "0100", "zero"), ("posinseqslash", "1/01", "leading_zero"),
        ("posinseqslash", "9/10", None), ("cset64", "AB=", None), ("cset64", "A==", None), ("cset64", "AB==", "cset64_padding"),
        ("hhmi", "2359", None), ("hhmi", "2400", "hour"), ("hhmi", "2360", "minute"), ("iban", "DE89370400440532013000", None),
        ("iban", "DE88370400440532013000", "iban_check"), ("iso3166999", "999", None), ("iso3166", "999", "country"),
    ],
)
def test_a_value_is_judged(name: str, value: str, wrong: str | None) -> None:
    assert LINTERS[name](value) == wrong


@pytest.mark.parametrize(("dates", "wrong"), [("32601314260130", None), ("32601304260131", "coupon"), ("32599994260130", "coupon"),
                                              ("4260130", None), ("3260131", None), ("4260130" + "3260131", "coupon")])
def test_a_coupon_may_not_start_after_it_expires(dates: str, wrong: str | None) -> None:
    assert LINTERS["couponcode"](COUPON + dates) == wrong


def test_a_coupons_fault_is_said_in_words() -> None:
    error = parse_scan(f"(8110){COUPON}32601304260131", gs1=True).error
    assert (error["code"], error["message"]) == ("coupon", f"AI 8110 (COUPON CODE), '{COUPON}32601304260131': it starts after it expires.")


def test_a_house_with_a_register_of_company_prefixes_may_ask_it() -> None:
    assert LINTERS["couponcode"](COUPON, {"123456"}.__contains__) is None
    assert LINTERS["couponcode"](COUPON, {"654321"}.__contains__) == "coupon"
    assert LINTERS["gcppos1"]("9521234", lambda text: text.startswith("952")) is None
    assert LINTERS["gcppos2"]("09521234", lambda text: text.startswith("953")) == "company_prefix"
