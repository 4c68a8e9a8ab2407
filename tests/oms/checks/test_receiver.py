"""What is found at a receiver: what keeps a parcel from him, what is only worth a word, and how he is better written."""

import re

import phonenumbers
import pytest

from server.oms.checks.alike import marks_of
from server.oms.checks.chinese_postcodes import _BEGINNINGS, lies_in, province_of
from server.oms.checks.countries import CODES, STATES, country_code, state_code
from server.oms.checks.divisions import PROVINCE, divisions
from server.oms.checks.postcodes import _SHAPES, is_needed, with_zeros, written
from server.oms.checks.receiver import check_receiver

HOME = {"name": "王小明", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号"}
ABROAD = {
    "US": {"name": "Ann Lee", "phone": "+1 212 736 5000", "country": "US", "state": "NY", "city": "New York", "street": "1 5th Avenue", "postcode": "10001"},
    "CA": {"name": "Ann Lee", "phone": "+1 416 736 5000", "country": "CA", "state": "ON", "city": "Toronto", "street": "1 King Street", "postcode": "M5H 1A1"},
    "DE": {"name": "Erika Muster", "phone": "+49 30 123456", "country": "DE", "city": "Berlin", "street": "Heidestraße 17", "postcode": "10557"},
    "GB": {"name": "Ann Lee", "phone": "+44 20 7946 0018", "country": "GB", "city": "London", "street": "1 A Street", "postcode": "SW1A 1AA"},
    "HK": {"name": "陈先生", "phone": "+852 9123 4567", "country": "HK", "street": "弥敦道 1 号"},
}


def found(ship_to):
    return [(one.code, one.field, one.severity) for one in check_receiver(ship_to).findings]


def without(address, *names):
    return {name: value for name, value in address.items() if name not in names}


@pytest.mark.parametrize("address", [HOME, *ABROAD.values()], ids=["CN", *ABROAD])
def test_nothing_is_found_at_a_good_address_and_nothing_of_it_changes(address):
    assert found(address) == []
    assert check_receiver(address).ship_to == address


def test_every_province_of_the_list_but_those_without_has_its_postcodes():
    provinces = {one.name for one in divisions() if one.level == PROVINCE}
    assert provinces - {"台湾省", "香港特别行政区", "澳门特别行政区"} == set(_BEGINNINGS)
    assert all(lies_in("999077", one) for one in provinces - set(_BEGINNINGS))
    assert lies_in("137400", "内蒙古自治区") and province_of("137400") == "吉林省", "Ulanhot has its post from the neighbour"


@pytest.mark.parametrize("address,expected", [
    ({}, [("address_missing", "hold")]),
    ({"country": "CN"}, [("address_missing", "hold")]),
    ({"country": " ", "phone": "x"}, [("address_missing", "hold"), ("name_missing", "hold"), ("country_missing", "hint")]),
    ({"name": "x", "city": "Demo"}, [("street_missing", "hold"), ("country_missing", "hint")]),
    ({"street": "1 Main Street", "city": "Boston"}, [("name_missing", "hold"), ("country_missing", "hint")]),
    ({"name": "x", "phone": "12", "postcode": "1", "street": "1 Main Street"}, [("country_missing", "hint")]),
    ({"name": "王*", "street": "西湖区****"}, [("masked", "hint"), ("country_missing", "hint")]),
    ({"encrypted": "name,street", "name": "", "street": "", "city": "杭州市"}, [("masked", "hint"), ("country_missing", "hint")]),
    ({"encrypted": "name,phone,street", "name": "", "phone": "", "street": ""}, [("masked", "hint"), ("country_missing", "hint")]),
])
def test_where_no_country_is_said_only_what_no_label_does_without_is_looked_for(address, expected):
    assert [(code, severity) for code, _, severity in found(address)] == expected
    assert check_receiver(address).ship_to == address


@pytest.mark.parametrize("change,expected", [
    ({"country": "Atlantis"}, ("country_unknown", "country", "hold")),
    ({"name": ""}, ("name_missing", "name", "hold")),
    ({"phone": ""}, ("phone_missing", "phone", "hold")),
    ({"phone": "1380013800"}, ("phone_wrong", "phone", "hold")),
    ({"phone": "87654321"}, ("phone_incomplete", "phone", "hint")),
    ({"street": ""}, ("street_missing", "street", "hold")),
    ({"district": ""}, ("district_missing", "district", "hint")),
    ({"district": "西胡区"}, ("district_unknown", "district", "hint")),
    ({"state": "江苏省"}, ("address_contradicts", "city", "hold")),
    ({"city": "", "district": ""}, ("city_missing", "city", "hold")),
    ({"state": "", "city": ""}, ("address_ambiguous", "city", "hold")),
    ({"state": "", "city": "", "district": ""}, ("address_unknown", "city", "hold")),
    ({"state": "", "city": "", "district": "", "street": ""}, ("address_missing", "street", "hold")),
    ({"state": "", "city": "Hangzhou", "district": "", "street": "Wensan Road 1"}, ("address_latin", "street", "hint")),
    ({"postcode": "31"}, ("postcode_wrong", "postcode", "hint")),
    ({"postcode": "100000"}, ("postcode_elsewhere", "postcode", "hint")),
    ({"postcode": "990000"}, ("postcode_elsewhere", "postcode", "hint")),
])
def test_what_is_wrong_in_china_is_said(change, expected):
    assert found({**HOME, **change}) == [expected]


@pytest.mark.parametrize("country,change,expected", [
    ("US", {"state": ""}, ("state_missing", "state", "hold")), ("US", {"state": "Ontario"}, ("state_unknown", "state", "hold")),
    ("US", {"postcode": ""}, ("postcode_missing", "postcode", "hold")), ("US", {"postcode": "1000"}, ("postcode_wrong", "postcode", "hold")),
    ("US", {"phone": ""}, ("phone_missing", "phone", "hint")), ("DE", {"city": ""}, ("city_missing", "city", "hold")),
    ("DE", {"street": ""}, ("street_missing", "street", "hold")), ("GB", {"postcode": "12345"}, ("postcode_wrong", "postcode", "hold")),
    ("CA", {"state": "Texas"}, ("state_unknown", "state", "hold")), ("HK", {"street": ""}, ("street_missing", "street", "hold")),
])
def test_what_is_wrong_elsewhere_is_said(country, change, expected):
    assert found({**ABROAD[country], **change}) == [expected]


@pytest.mark.parametrize("change,better", [
    ({"country": "中国"}, {"country": "CN"}),
    ({"phone": "+86 138 0013 8000"}, {"phone": "13800138000"}),
    ({"state": "浙江", "city": "杭州", "district": "西湖"}, {"state": "浙江省", "city": "杭州市", "district": "西湖区"}),
    ({"state": "", "city": "", "district": "", "street": "浙江省杭州市西湖区文三路 1 号"}, {"state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号"}),
    ({"street": "浙江省杭州市西湖区文三路 1 号"}, {"street": "文三路 1 号"}),
    ({"state": ""}, {"state": "浙江省"}),
])
def test_what_is_only_written_otherwise_is_put_in_order_without_a_word(change, better):
    address = {**HOME, **change}
    checked = check_receiver(address)
    assert (checked.findings, checked.ship_to) == ((), {**address, **better})


def test_what_was_guessed_is_said_with_what_it_was_understood_as():
    checked = check_receiver({**without(HOME, "state", "city", "district"), "street": "浙江杭州西湖文三路1号"})
    [hint] = checked.findings
    assert (hint.code, hint.severity, hint.words) == ("address_guessed", "hint", "The address was understood as 浙江省杭州市西湖区.")
    assert checked.ship_to["street"] == "西湖文三路1号"
    assert checked.division == "330106"


def test_a_suggestion_says_what_a_field_could_be():
    assert check_receiver({**HOME, "district": "西胡区"}).findings[0].suggestion == {"district": "西湖区"}
    assert check_receiver({**HOME, "state": "河北省", "city": "石家桩市", "district": ""}).findings[0].suggestion == {"city": "石家庄市"}
    assert check_receiver({**HOME, "city": "抗州市", "district": ""}).findings[0].suggestion == {}, "it may be 杭州 or 衢州"
    assert check_receiver({**ABROAD["US"], "state": "MA", "postcode": "2139"}).findings[0].suggestion == {"postcode": "02139"}
    assert check_receiver({**HOME, "state": "", "city": ""}).findings[0].suggestion == {"choices": ["浙江省杭州市西湖区", "江西省南昌市西湖区"]}


@pytest.mark.parametrize("country,change,better", [
    ("US", {"state": "new york"}, {"state": "NY"}), ("CA", {"postcode": "m5h1a1"}, {"postcode": "M5H 1A1"}), ("GB", {"postcode": "sw1a1aa"}, {"postcode": "SW1A 1AA"}),
    ("DE", {"country": "Germany", "postcode": "D-10557"}, {"country": "DE", "postcode": "10557"}),
])
def test_codes_are_written_as_their_country_does(country, change, better):
    address = {**ABROAD[country], **change}
    assert (found(address), check_receiver(address).ship_to) == ([], {**address, **better})


@pytest.mark.parametrize("address", [
    {**HOME, "name": "王*", "phone": "138****8000", "street": "文三路****"},
    {**HOME, "name": "王*", "phone": "138****8000", "state": "", "city": "", "district": "", "street": "鼓楼区****"},
    {**HOME, "name": "#abc#", "phone": "$def$", "street": "~xyz~", "encrypted": "name,phone,street"},
])
def test_what_the_channel_keeps_secret_is_not_wrong_and_stays_as_it_is(address):
    checked = check_receiver(address)
    assert [(one.code, one.severity) for one in checked.findings] == [("masked", "hint")]
    assert checked.ship_to == address


def test_every_address_is_put_in_order_once():
    for change in ({"state": "浙江", "city": "杭州"}, {"state": "", "city": "", "district": "", "street": "浙江省杭州市西湖区文三路1号"}, {"phone": "+86 138 0013 8000"}):
        once = check_receiver({**HOME, **change}).ship_to
        assert check_receiver(once).ship_to == once


def test_countries_are_those_of_iso():
    assert len(CODES) == 250
    assert set(phonenumbers.SUPPORTED_REGIONS) - CODES == {"AC", "TA"}, "of two islands only the telephone plan knows"
    assert [country_code(one) for one in ("de", "Deutschland", "中国", "U.S.A.", "Côte", "Österreich")] == ["DE", "DE", "CN", "US", None, "AT"]


def test_postcodes_of_the_commonest_countries_are_known():
    assert len(_SHAPES) > 40
    assert set(_SHAPES) <= CODES
    for country, shapes in _SHAPES.items():
        for shape in shapes.split("|"):
            example = shape.replace("9", "1").replace("A", "B").replace("*", "C") if country != "LV" else shape.replace("9", "1")
            assert written(country, example) == example, country
            assert written(country, re.sub("[ -]", "", example).lower()) is not None
        assert written(country, "1") is None
    assert not is_needed("HK") and written("HK", "anything") == "anything"
    assert with_zeros("GB", "123") is None


def test_states_have_codes_and_names():
    assert (len(STATES["US"]), len(STATES["CA"]), len(STATES["AU"])) == (59, 13, 8)
    assert [state_code("CA", one) for one in ("québec", "BC", "New South Wales")] == ["QC", "BC", None]


GOODS = [("SOAP", 2), ("TEA", 1)]


def test_the_same_receiver_and_goods_are_known_again():
    known = marks_of(HOME, GOODS)
    assert len(known) == 2
    assert marks_of({**HOME, "phone": "+86 138 0013 8000", "name": "王 小明"}, [("TEA", 1), ("SOAP", 1), ("SOAP", 1)]) == known
    assert len(set(known) & set(marks_of({**HOME, "street": "文一路 2 号"}, GOODS))) == 1
    assert len(set(known) & set(marks_of({**HOME, "phone": "13900139000"}, GOODS))) == 1
    assert not set(known) & set(marks_of(HOME, [("SOAP", 3)]))


def test_what_is_masked_or_missing_makes_nobody_alike():
    assert marks_of({**HOME, "phone": "138****8000", "name": "王*"}, GOODS) == []
    assert marks_of({**HOME, "encrypted": "name,phone,street"}, GOODS) == []
    assert marks_of({"name": "王小明"}, GOODS) == marks_of({}, GOODS) == []
