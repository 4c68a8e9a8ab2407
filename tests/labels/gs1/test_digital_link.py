"""What is a Digital Link and what is not, by the URI syntax."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.gs1 import LabelFault, ParseSettings, build_link, parse_scan
from labels.gs1.linters import CSET82

GTIN = "09506000117843"
SSCC = "095060001178430017"


def elements(uri: str) -> str:
    scan = parse_scan(uri, gs1=True)
    assert scan.ok, scan.error
    return " ".join(f"{ai}={value}" for ai, value in scan.elements)


def fault(uri: str) -> str:
    scan = parse_scan(uri, gs1=True)
    assert not scan.ok
    return scan.error["code"]


@pytest.mark.parametrize("domain", ["id.gs1.org", "a", "example.com:8443", "192.0.2.7", "[2001:db8::7]", "a."])
def test_any_domain_may_stand_before_the_path(domain: str) -> None:
    assert elements(f"https://{domain}/01/{GTIN}/10/A") == f"01={GTIN} 10=A"


@pytest.mark.parametrize("domain", ["", "a_b", "a%41", "a@b", "a?b", "a b", "a$"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    assert fault(f"https://{domain}/01/{GTIN}") in ("domain", "not_a_link")


@pytest.mark.parametrize("stem", ["", "/shop", "/a/b/c", "/01/1/00/2", "/10/LOT"])
def test_the_rightmost_key_counts_and_the_stem_before_it_does_not(stem: str) -> None:
    assert elements(f"https://a{stem}/01/{GTIN}/21/7") == f"01={GTIN} 21=7"


@pytest.mark.parametrize("path", ["/01", f"/01/{GTIN}/", f"/01/{GTIN}/21", f"//01//{GTIN}", f"/{GTIN}", "/", f"/1/{GTIN}",
                                  f"/01/{GTIN}/89/X", f"/GTIN/{GTIN}"])
def test_a_path_without_a_key_and_its_value_is_refused(path: str) -> None:
    assert fault(f"https://a{path}") == "no_key"


@pytest.mark.parametrize("path", ["21/7/10/A", "10/A/22/2A", "235/X/10/A", "254/1", "99/X", "21/7/21/7"])
def test_qualifiers_in_the_wrong_order_or_of_another_key_are_refused(path: str) -> None:
    assert fault(f"https://a/01/{GTIN}/{path}") == "no_key"


def test_a_lot_in_the_query_of_a_trade_item_belongs_into_the_path() -> None:
    assert fault(f"https://a/01/{GTIN}?10=A") == "belongs_in_path"
    assert fault(f"https://a/01/{GTIN}/21/7?10=A") == "belongs_in_path"
    assert elements(f"https://a/01/{GTIN}/235/X?10=A").endswith("10=A")


def test_an_identifier_may_not_stand_twice_even_with_the_same_value() -> None:
    assert fault(f"https://a/01/{GTIN}?17=261231&17=261231") == "repeated"
    assert fault(f"https://a/01/{GTIN}?01={GTIN}") == "repeated"


def test_other_parameters_of_the_query_are_the_sites_own() -> None:
    assert elements(f"https://a/01/{GTIN}?utm=1&17=261231&s&99&=&linkType=all#frag") == f"01={GTIN} 17=261231"


@pytest.mark.parametrize(("query", "code"), [("89=1", "not_an_attribute"), ("21=7", "not_an_attribute"), ("17=", "empty_value"),
                                             ("1234567=1", "not_an_attribute"), ("17=261331", "month"), ("8200=x", "not_an_attribute")])
def test_a_number_in_the_query_must_be_an_attribute_with_a_right_value(query: str, code: str) -> None:
    assert fault(f"https://a/01/{GTIN}?{query}") == code


def test_a_plus_is_itself_in_the_path_and_a_blank_in_the_query() -> None:
    assert elements(f"https://a/01/{GTIN}/10/A+B%2Fc") == f"01={GTIN} 10=A+B/c"
    assert fault(f"https://a/01/{GTIN}?99=A+B") == "not_cset82"


@pytest.mark.parametrize("value", ["A%00B", "A%FFB", "A%20B", "A%23B", "A%C3%BC"])
def test_what_no_value_may_hold_is_refused_also_when_percent_encoded(value: str) -> None:
    assert fault(f"https://a/01/{GTIN}/10/{value}") == "not_cset82"


def test_names_of_older_links_stand_for_identifiers() -> None:
    assert elements(f"https://a/gtin/{GTIN}/cpv/2A/lot/B/ser/7") == f"01={GTIN} 22=2A 10=B 21=7"


def test_a_short_trade_item_number_is_taken_unless_the_site_wants_long_ones() -> None:
    assert elements("https://a/01/9506000117843") == f"01={GTIN}"
    strict = ParseSettings(short_gtins_in_links=False)
    assert parse_scan("https://a/01/9506000117843", gs1=True, settings=strict).error["code"] == "too_short"


def test_a_compressed_link_is_told_as_not_read() -> None:
    scan = parse_scan("https://id.gs1.org/DQHKVAdpQgeBZJVQ", gs1=True)
    assert "compressed" in scan.error["message"]


def test_a_web_page_in_a_qr_code_is_a_plain_code_where_no_gs1_is_asked_for() -> None:
    assert parse_scan("]Q1https://a/shop?item=7").kind == "plain"
    assert parse_scan("]Q1https://a/shop?item=7", gs1=True).error["code"] == "no_key"


def test_no_link_is_built_without_a_key() -> None:
    with pytest.raises(LabelFault) as fault:
        build_link([("10", "A")])
    assert fault.value.code == "no_key"


@given(lot=st.text(CSET82, min_size=1, max_size=20), serial=st.text(CSET82, min_size=1, max_size=20),
       note=st.text(CSET82, min_size=1, max_size=30))
def test_what_is_built_as_a_link_is_read_again(lot: str, serial: str, note: str) -> None:
    held = [("01", GTIN), ("10", lot), ("21", serial), ("17", "261231"), ("240", note)]
    scan = parse_scan(build_link(held, "https://example.com/a"))
    assert scan.ok
    assert list(scan.elements) == held
