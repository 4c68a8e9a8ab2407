"""What is wrong with a label is said in a sentence that names the part of it."""

import pytest

from labels.gs1.coupons import coupon_fault, positive_offer_fault
from labels.gs1.digital_link import build_link
from labels.gs1.elements import parse_bracketed
from labels.gs1.faults import LabelFault
from labels.gs1.scan import join, parse_scan

COUPON = "012345612345611110123"


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("", "its length of the company prefix is missing"),
        ("A", "it must be digits"),
        ("7", "its length of the company prefix must be one of 0, 1, 2, 3, 4, 5, 6, not 7"),
        ("012345", "its company prefix is cut off"),
        ("012345612345", "its offer code is cut off"),
        ("0123456123456", "its length of the save value is missing"),
        ("01234561234560", "its length of the save value must be one of 1, 2, 3, 4, 5, not 0"),
        ("012345612345611", "its length of the 1st purchase requirement is missing"),
        ("01234561234561111", "its 1st purchase requirement code is missing"),
        ("012345612345611118", "its 1st purchase requirement code must be one of 0, 1, 2, 3, 4, 9, not 8"),
        ("012345612345611110", "its 1st purchase family code is cut off"),
    ],
)
def test_a_coupon_without_a_right_head_is_told(value: str, fault: str) -> None:
    assert coupon_fault(value) == fault


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("", None),
        ("1", "its additional purchase rules is missing"),
        ("14", "its additional purchase rules must be one of 0, 1, 2, 3, not 4"),
        ("10", "its length of the 2nd purchase requirement is missing"),
        ("1011", "its 2nd purchase requirement code is missing"),
        ("10111", "its 2nd purchase family code is cut off"),
        ("10110123", "its length of the 2nd purchase company prefix is missing"),
        ("101101239", None),
        ("101101237", "its length of the 2nd purchase company prefix must be one of 0, 1, 2, 3, 4, 5, 6, not 7"),
        ("101101230123456", None),
        ("11110123939", "its expiration date is cut off"),
        ("2", "its length of the 3rd purchase requirement is missing"),
        ("211", "its 3rd purchase requirement code is missing"),
        ("21101239", None),
        ("21101230", "its 3rd purchase company prefix is cut off"),
        ("3", "its expiration date is cut off"),
        ("326013", "its expiration date is cut off"),
        ("3260230", "its expiration date 260230 is no day"),
        ("4", "its start date is cut off"),
        ("4261331", "its start date 261331 is no day"),
        ("5", "its length of the serial number is missing"),
        ("501234", "its serial number is cut off"),
        ("50123456", None),
        ("6", "its length of the retailer is missing"),
        ("60", "its length of the retailer must be one of 1, 2, 3, 4, 5, 6, 7, not 0"),
        ("611234567", None),
        ("9", "its save value code is missing"),
        ("93", "its save value code must be one of 0, 1, 2, 5, 6, not 3"),
        ("90", "its save value's item is missing"),
        ("903", "its save value's item must be one of 0, 1, 2, not 3"),
        ("900", "its store coupon flag is missing"),
        ("9000", "its don't multiply flag is missing"),
        ("90002", "its don't multiply flag must be one of 0, 1, not 2"),
        ("90001", None),
        ("911", "its store coupon flag is missing"),
        ("9210", "its don't multiply flag is missing"),
        ("95210", None),
        ("96291", None),
        ("900011", "it goes on after its end"),
        ("7", "it goes on after its end"),
    ],
)
def test_each_field_behind_a_coupon_s_head_is_read_or_told(more: str, fault: str | None) -> None:
    assert coupon_fault(COUPON + more) == fault


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("", "its format code is missing"),
        ("2", "its format code must be one of 0, 1, not 2"),
        ("07", "its length of the funder must be one of 0, 1, 2, 3, 4, 5, 6, not 7"),
        ("00123", "its funder is cut off"),
        ("001234561234", "its offer code is cut off"),
        ("00123456123456", "its length of the serial number is missing"),
        ("00123456123456001234", "its serial number is cut off"),
        ("001234561234560012345", None),
        ("101234561234560012345", None),
        ("0012345612345600123451", "it goes on after its end"),
        ("061234567890121234569111111111111111", None),
    ],
)
def test_a_positive_offer_is_read_or_told(value: str, fault: str | None) -> None:
    assert positive_offer_fault(value) == fault


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("01)", ("too_short", "01", 2, "AI 01 (GTIN) needs 14 characters, 1 were read.")),
        ("(10)", ("empty_value", "10", None, "AI 10 has no value.")),
        ("]C1", ("empty", None, None, "The label holds no data.")),
        ("(01)0950600011784", ("too_short", "01", None, "AI 01 (GTIN) takes at least 14 characters, 13 were read.")),
        ("(10)" + "A" * 21, ("too_long", "10", None, "AI 10 (BATCH/LOT) takes at most 20 characters, 21 were read. The separator after it may have been lost.")),
        ("(01)09506000117844", ("check_digit", "01", 0, "AI 01 (GTIN), '09506000117844': the check digit is wrong.")),
        ("(05)1", ("unknown_ai", "05", None, "There is no application identifier 05.")),
        ("(01)09506000117843(02)09506000117843", ("not_together", "02", None, "AI 02 and AI 01 may not stand on one label.")),
        ("(02)09506000117843", ("missing_ai", "02", None, "The label is incomplete: AI 02 also needs AI 37.")),
        ("(10)A(10)B", ("repeated", "10", None, "AI 10 stands twice with different values: A and B.")),
        ("", ("empty", None, None, "The scan holds no data.")),
        ("\x00A", ("character", None, None, "The scan holds control characters that no label has.")),
        ("A" * 513, ("too_long", None, None, "The scan has 513 characters, at most 512 are taken.")),
        ("\ud800", ("character", None, None, "The scan holds broken characters. Scan again, or check the scanner's set-up.")),
        ("]C110", ("empty_value", "10", 2, "AI 10 (BATCH/LOT) has no value.")),
        ("]C18912", ("unknown_ai", None, 0, "No application identifier begins with '8912'.")),
        ("]E412345678", ("check_digit", None, None, "'12345678' is no EAN-8: digits with a right check digit.")),
        ("]E0123", ("too_short", None, None, "EAN/UPC has 13 digits, 3 were read.")),
        ("]E3123", ("too_short", None, None, "EAN/UPC with add-on has 15 or 18 digits, 3 were read.")),
        ("]E31111111111111111111", ("too_long", None, None, "EAN/UPC with add-on has 15 or 18 digits, 19 were read.")),
        ("]C1011234", ("too_short", "01", 2, "AI 01 (GTIN) needs 14 characters, 4 were read.")),
        ("[)>\x1e06\x1dP1\x02\x1e\x04", ("character", None, None, "The label holds control characters that no label has.")),
        ("[)>\x1e06\x1dQx\x1e\x04", ("quantity", None, None, "The label's quantity 'x' is no whole number.")),
        ("LMQ#1#x", ("weigh_label", None, None, "The weigh label cannot be read: weight, date or lot has not its form.")),
        ("LMQ#1#1.500#31.02.2031#L1", ("day", None, None, "The weigh label's date 31.02.2031 is no day.")),
        ("https://example.com/x", ("no_key", None, None, "The address holds no GS1 key such as /01/ or /00/ with a value behind it; compressed links are not read.")),
        ("https://example.com/01/09506000117843?10=A", ("belongs_in_path", "10", None, "AI 10 belongs into the address's path, behind AI 01.")),
        ("https://example.com/01/09506000117843?17=261231&17=261231", ("repeated", "17", None, "AI 17 stands twice in the address.")),
        ("https://example.com/01/09506000117843?17=", ("empty_value", "17", None, "AI 17 has no value.")),
        ("https://example.com/01/09506000117843?21=1", ("not_an_attribute", "21", None, "AI 21 may not stand in the address's query.")),
        ("https://example.com/01/09506000117843/21/1/10/2", ("no_key", "01", None, "AI 01 may not be followed by AI 21, 10 in the path.")),
        ("https://example.com/01/", ("empty_value", "01", None, "AI 01 has no value.")),
        ("https://exa mple.com/01/09506000117843", ("not_a_link", None, None, "This web address holds characters that no web address may hold.")),
        ("]C1(01", ("empty_value", "01", None, "AI 01 has no value.")),
        ("(8030)abc(253)9521234000010", ("check_digit", "253", 0, "AI 253 (GDTI), '9521234000010': the check digit is wrong.")),
        ("(8030)abc(8003)09506000117843", ("not_serialised", "8003", None, "A signature (AI 8030) needs a serialised key; AI 8003 has no serial.")),
    ],
)
def test_a_fault_has_its_code_its_identifier_its_place_and_its_sentence(raw: str, told: tuple[str, str | None, int | None, str]) -> None:
    error = parse_scan(raw, gs1=not raw.startswith(("[)>", "LMQ"))).error
    assert error is not None
    assert (error["code"], error["ai"], error["position"], error["message"]) == told


def test_a_scan_of_two_halves_keeps_the_symbol_of_either() -> None:
    first, second = parse_scan("(01)09506000117843"), parse_scan("]d2" + "10LOT1")
    assert (join(first, second).symbology, join(second, first).symbology) == ("GS1 DataMatrix", "GS1 DataMatrix")


def test_an_attribute_goes_into_the_query_of_a_link_with_plus_for_a_blank_and_a_key_without_any_has_none() -> None:
    assert build_link([("01", "09506000117843"), ("3103", "001500"), ("17", "311231")], "https://example.com") == (
        "https://example.com/01/09506000117843?3103=001500&17=311231")
    assert build_link([("01", "09506000117843")], "https://example.com") == "https://example.com/01/09506000117843"


@pytest.mark.parametrize(("elements", "told"), [
    ([("17", "311231")], ("no_key", None, "A Digital Link needs a key such as GTIN (AI 01) or SSCC (AI 00).")),
    ([("01", "09506000117843"), ("235", "A"), ("10", "L")], ("not_an_attribute", "235", "AI 235 may not stand in the address's query.")),
])
def test_a_link_that_cannot_be_built_is_told(elements: list[tuple[str, str]], told: tuple[str, str | None, str]) -> None:
    with pytest.raises(LabelFault) as fault:
        build_link(elements)
    assert (fault.value.code, fault.value.ai, fault.value.message) == told


def test_a_text_without_a_bracket_is_no_bracketed_label() -> None:
    with pytest.raises(LabelFault) as fault:
        parse_bracketed("01)09506000117843")
    assert (fault.value.code, fault.value.ai, fault.value.position, fault.value.message) == (
        "not_bracketed", None, 0, "The text does not begin with a bracketed application identifier.")


def test_a_retail_code_keeps_its_symbol() -> None:
    assert parse_scan("]E09506000117843").symbology == "EAN/UPC"


def test_a_weigh_label_without_a_product_has_none_and_the_first_order_number_of_a_supplier_counts() -> None:
    assert "product_number" not in parse_scan("LMQ#1#1.500#31.01.2031#L1").values
    assert parse_scan("[)>\x1e06\x1dP1\x1d1KFIRST\x1dKSECOND\x1e\x04").values["order_number"] == "FIRST"
