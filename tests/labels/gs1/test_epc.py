"""EPCs both ways, judged by two parsers that are not ours and by the examples of the Tag Data Standard (annex E.3)."""

import json
import sys

import epcpy
import pytest
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st
from llrpkit.epc import decode_epc

from labels.gs1.epc import SCHEMES, SERIAL_TEXT, Epc, EpcFault, decode, encode
from labels.gs1.epc_command import epc
from labels.gs1.epc_texts import element_string, encoded, from_hex, pure_uri, tag_uri
from labels.gs1.linters import check_digit

EXAMPLES = [
    ("3074257BF7194E4000001A85", "urn:epc:tag:sgtin-96:3.0614141.812345.6789", "(01)80614141123458(21)6789"),
    ("3674257BF6B7A659B2C2BF100000000000000000000000000000", "urn:epc:tag:sgtin-198:3.0614141.712345.32a%2Fb",
     "(01)70614141123451(21)32a/b"),
    ("3174257BF4499602D2000000", "urn:epc:tag:sscc-96:3.0614141.1234567890", "(00)106141412345678908"),
    ("3274257BF46072000000162E", "urn:epc:tag:sgln-96:3.0614141.12345.5678", "(414)0614141123452(254)5678"),
    ("3374257BF40C0E400000162E", "urn:epc:tag:grai-96:3.0614141.12345.5678", "(8003)006141411234525678"),
    ("3474257BF40000000000162E", "urn:epc:tag:giai-96:3.0614141.5678", "(8004)06141415678"),
]


@pytest.mark.parametrize(("text", "uri", "elements"), EXAMPLES)
def test_the_standards_examples_are_read_and_written(text: str, uri: str, elements: str) -> None:
    found = from_hex(text)
    assert (tag_uri(found), element_string(found), found.filter) == (uri, elements, 3)
    assert encoded(uri).hex == text
    assert encoded(elements, company_digits=7, filter_value=3).hex == text
    assert encoded(pure_uri(found), filter_value=3).hex == text


digits = st.text("0123456789", min_size=1, max_size=20)


@st.composite
def epcs(draw: st.DrawFn) -> Epc:
    scheme = SCHEMES[draw(st.sampled_from(sorted(SCHEMES)))]
    length = draw(st.integers(6, 12))
    company = draw(st.text("0123456789", min_size=length, max_size=length))
    if scheme.digits is None:
        reference = str(draw(st.integers(0, 2 ** 42 - 1)))
    else:
        reference = draw(st.text("0123456789", min_size=scheme.digits - length, max_size=scheme.digits - length))
    if scheme.bits == 198:
        serial = draw(st.text(sorted(SERIAL_TEXT), min_size=1, max_size=20))
    else:
        serial = str(draw(st.integers(0, 2 ** scheme.serial_bits - 1))) if scheme.serial_bits else ""
    return encode(scheme.name, company=company, reference=reference, serial=serial, filter_value=draw(st.integers(0, 7)))


@given(epcs())
def test_every_text_of_an_epc_leads_back_to_its_bytes(one: Epc) -> None:
    assert decode(one.data) == one
    assert encoded(tag_uri(one)).data == one.data
    assert encoded(pure_uri(one), filter_value=one.filter, scheme=one.scheme).data == one.data
    back = encoded(element_string(one), company_digits=len(one.company), filter_value=one.filter, scheme=one.scheme)
    assert back.data == one.data


@given(epcs())
def test_epcpy_reads_and_writes_the_same(one: Epc) -> None:
    assume(":" not in one.serial)  # epcpy divides its own URIs at every colon
    theirs = epcpy.hex_to_tag_encodable(one.hex)
    assert theirs.epc_uri == pure_uri(one)
    filters = getattr(sys.modules[type(theirs).__module__], f"{type(theirs).__name__}FilterValue")
    wish = {"binary_coding_scheme": theirs.BinaryCodingScheme(one.scheme), "filter_value": filters(str(one.filter))}
    assert theirs.tag_uri(**wish) == tag_uri(one)
    assert theirs.hex(**wish) == one.hex


@given(epcs())
def test_llrpkit_reads_the_same(one: Epc) -> None:
    theirs = decode_epc(one.data)
    if one.scheme == "sgtin-198":
        assert theirs is None  # it knows the 96 bits only
        return
    assert (theirs.tag_uri, theirs.pure_identity_uri) == (tag_uri(one), pure_uri(one))


@given(st.binary(max_size=40))
def test_no_bytes_are_an_error(data: bytes) -> None:
    found = decode(data)
    assert found.data == data
    assert found.scheme != "raw" or (found.elements == () and found.filter is None)
    if data and len(data) % 2 == 0:
        assert encoded(tag_uri(found)).data == data


@given(st.sampled_from([0x30, 0x31, 0x32, 0x33, 0x34]), st.binary(min_size=11, max_size=11))
def test_what_has_a_schemes_header_is_that_scheme_exactly_or_raw(header: int, rest: bytes) -> None:
    found = decode(bytes([header]) + rest)
    theirs = decode_epc(bytes([header]) + rest)
    if found.scheme != "raw":
        assert theirs.tag_uri == tag_uri(found)
        assert encoded(tag_uri(found)).data == found.data


@pytest.mark.parametrize("text", [
    "E28011606000020D1234567A", "000000000000000000000000", "F7000000000000000000000000000000", "3078257BF7194E4000001A8500FF",
    "30", "", "307FFFFFFFFFFFFFFFFFFFFF", "3174257BF4499602D2000001", "3675" + "FF" * 24,
])
def test_unknown_headers_and_impossible_content_stay_raw(text: str) -> None:
    found = decode(bytes.fromhex(text))
    assert (found.scheme, found.hex) == ("raw", text)
    assert tag_uri(found) == f"urn:epc:raw:{len(text) * 4}.x{text}"


@pytest.mark.parametrize(("text", "options", "words"), [
    ("30742", {}, "two for each byte"), ("grün", {}, "not hexadecimal"), ("", {}, "nothing to encode"), ("A" * 2000, {}, "more than a tag"),
    ("urn:epc:tag:sgtin-96:9.0614141.812345.6789", {}, "filter value"),
    ("urn:epc:tag:sgtin-96:3.0614141.81234.6789", {}, "6 digits"),
    ("urn:epc:tag:sgtin-96:3.061414.812345.6789", {}, "7 digits"),
    ("urn:epc:tag:sgtin-96:3.0614141.812345", {}, "parts"),
    ("urn:epc:tag:sgtin-96:3.0614141.812345.06789", {}, "leading zeros"),
    ("urn:epc:tag:sgtin-96:3.0614141.812345.274877906944", {}, "SGTIN-198"),
    ("urn:epc:tag:sgtin-198:3.0614141.812345." + "9" * 21, {}, "1 to 20"),
    ("urn:epc:tag:giai-96:3.0614141." + "9" * 5000, {}, "leading zeros"),
    ("urn:epc:tag:giai-96:3.061414123456.9999999999999999", {}, "too large"),
    ("urn:epc:tag:sgtin-97:3.1", {}, "Schemes"), ("urn:epc:id:gdti:1.2", {}, "Schemes"), ("urn:epc:raw:96.x30", {}, "raw URI"),
    ("(01)80614141123458(21)6789", {}, "company prefix"), ("(01)80614141123458", {"company_digits": 7}, "no key of a tag"),
    ("(01)80614141123457(21)6789", {"company_digits": 7}, "check digit"), ("(9999)1", {"company_digits": 7}, "9999"),
    ("(00)106141412345678908(10)A", {"company_digits": 7}, "no key of a tag"),
    ("(00)106141412345678908", {"company_digits": 7, "scheme": "sgtin-96"}, "not written by"),
    ("(8003)00614141123452", {"company_digits": 7}, "serial"), ("(8004)0614141A", {"company_digits": 7}, "asset"),
])
def test_what_cannot_be_written_is_said(text: str, options: dict, words: str) -> None:
    with pytest.raises(EpcFault, match=words):
        encoded(text, **options)


@given(st.text(max_size=60), st.sampled_from(["", "(01)", "urn:epc:tag:", "urn:epc:tag:sgtin-96:", "urn:epc:id:", "]C1", "(8004)"]))
def test_any_text_is_an_epc_or_a_fault(text: str, before: str) -> None:
    try:
        found = encoded(before + text, company_digits=7)
    except EpcFault:
        return
    assert decode(found.data).data == found.data


def test_keys_carry_their_check_digits() -> None:
    found = from_hex("3074257BF7194E4000001A85")
    assert found.gtin == "8061414112345" + check_digit("8061414112345")
    assert found.sscc == ""
    assert from_hex("3174257BF4499602D2000000").sscc == "106141412345678908"


def test_the_command_answers_every_value_and_ends_with_1_when_one_is_wrong() -> None:
    result = CliRunner().invoke(epc, ["decode", "--json"], input=b"3074257bf7194e4000001a85\nE2801160\nabc\n\xff\n")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["ok"] for row in rows] == [True, True, False, False]
    assert [row.get("scheme") for row in rows] == ["sgtin-96", "raw", None, None]
    assert result.exit_code == 1
    good = CliRunner().invoke(epc, ["encode", "--company-digits", "7", "(00)106141412345678908"])
    assert (good.exit_code, good.stdout.split()[0]) == (0, "3114257BF4499602D2000000")
