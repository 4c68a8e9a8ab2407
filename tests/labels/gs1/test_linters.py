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
        ("csetnumeric", "1A", "not_digits"), ("cset39", "A-#/9", None), ("cset39", "a", "not_cset39"), ("cset82", "\\", "not_cset82"),
        ("cset64", "A+", "not_cset64"), ("csum", "A", "not_digits"), ("csumalpha", "1987654Ad4X4bL5ttr2310c2K", None),
        ("csumalpha", "1987654Ad4X4bL5ttr2310c2L", "check_pair"), ("csumalpha", "A", "too_short"), ("csumalpha", "22", None),
        ("csumalpha", "#22", "not_cset82"), ("csumalpha", "!" * 97 + "22", None), ("csumalpha", "!" * 98 + "22", "too_long"),
        ("hasnondigit", "12", "needs_non_digit"), ("hasnondigit", "1A", None), ("hasnondigit", "", "needs_non_digit"),
        ("hyphen", "-", None), ("hyphen", "-X", "not_hyphen"), ("hyphen", "", "not_hyphen"), ("iban", "de", "iban_character"),
        ("iban", "DE89370400", "iban_length"), ("iban", "XX89370400440532013000", "iban_country"), ("importeridx", "_", None),
        ("importeridx", "+", "importer_index"), ("iso3166alpha2", "CN", None), ("iso3166alpha2", "XX", "country"),
        ("iso5218", "0", None), ("iso5218", "1", None), ("iso5218", "2", None), ("iso5218", "9", None), ("iso5218", "3", "sex_code"),
        ("latitude", "1800000000", None), ("latitude", "1800000001", "latitude"), ("latitude", "180000000", "too_short"),
        ("longitude", "3600000000", None), ("longitude", "3600000001", "longitude"), ("longitude", "360000000A", "not_digits"),
        ("mediatype", "01", None), ("mediatype", "10", None), ("mediatype", "80", None), ("mediatype", "99", None),
        ("mediatype", "00", "media_type"), ("mediatype", "11", "media_type"), ("mediatype", "79", "media_type"), ("mediatype", "1", "media_type"),
        ("nonzero", "0A", "not_digits"), ("nonzero", "00", "zero"), ("nonzero", "10", None), ("nozeroprefix", "A", "not_digits"),
        ("nozeroprefix", "01", "leading_zero"), ("packagetype", "PX", None), ("packagetype", "zz", "package_type"), ("pcenc", "a%4Bc", None),
        ("pcenc", "a%4", "percent_sequence"), ("pieceoftotal", "012", "piece_length"), ("pieceoftotal", "", "piece_length"),
        ("pieceoftotal", "0A02", "not_digits"), ("pieceoftotal", "0302", "piece_exceeds_total"), ("pieceoftotal", "0202", None),
        ("posinseqslash", "1-2", "position_malformed"), ("posinseqslash", "01/2", "leading_zero"), ("posinseqslash", "3/3", None),
        ("posinseqslash", "4/3", "position_exceeds_end"), ("winding", "0", None), ("winding", "1", None), ("winding", "9", None),
        ("winding", "2", "winding"), ("yesno", "0", None), ("yesno", "1", None), ("yesno", "2", "not_yes_or_no"), ("zero", "00", None),
        ("zero", "01", "not_zero"), ("hh", "23", None), ("hh", "24", "hour"), ("mi", "59", None), ("mi", "60", "minute"), ("ss", "59", None),
        ("ss", "60", "second"), ("ss", "5", "too_short"), ("ss", "590", "too_long"), ("hhmi", "123", "too_short"), ("yymmdd", "261331", "month"),
        ("yymmdd", "260031", "month"), ("yymmdd", "26013A", "not_digits"), ("yyyymmd0", "20260200", None), ("yyyymmdd", "202602001", "too_long"),
        ("couponposoffer", "001234561234560012345", None), ("couponposoffer", "2", "coupon"),
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
