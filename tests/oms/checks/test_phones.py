"""Telephone numbers: what carriers can call, what is only unusual, and what is none."""

import pytest

from server.oms.checks.phones import GOOD, INCOMPLETE, MASKED, MISSING, UNUSUAL, WRONG, phone_key, read_phone


@pytest.mark.parametrize("text,written", [
    ("13800138000", "13800138000"), ("+86 138 0013 8000", "13800138000"), ("0086-13800138000", "13800138000"), ("8613800138000", "13800138000"),
    ("138-0013-8000", "13800138000"), ("１３８００１３８０００", "13800138000"), ("19912345678", "19912345678"),
    ("13800138000-1234", "13800138000-1234"), ("13800138000转1234", "13800138000-1234"), ("13800138000 转 1234", "13800138000-1234"),
    ("138 0013 8000,5678", "13800138000-5678"), ("0571-87654321", "0571-87654321"), ("0571-87654321-801", "0571-87654321-801"), ("（010）87654321", "01087654321"),
    ("+86 571 87654321", None), ("400-820-8820", "400-820-8820"), ("13800138000/0571-87654321", "13800138000/0571-87654321"), ("+852 9123 4567", "+852 9123 4567"),
])
def test_numbers_of_china_are_written_as_carriers_want_them(text, written):
    phone = read_phone(text, "CN")
    if written is None:
        assert phone.state == WRONG, "without its 0 it is no number that one could dial"
    else:
        assert (phone.state, phone.written) == (GOOD, written)


@pytest.mark.parametrize("text", ["1380013800", "138001380001", "12800138000", "23800138000", "13800138000-1234567", "010-8765432", "-", "/", "call me", "110"])
def test_what_nobody_can_call_in_china_is_wrong(text):
    assert read_phone(text, "CN").state == WRONG


@pytest.mark.parametrize("text,state", [("", MISSING), ("  ", MISSING), ("138****8000", MASKED), ("*", MASKED), ("87654321", INCOMPLETE)])
def test_what_is_missing_masked_or_incomplete_is_not_wrong(text, state):
    assert read_phone(text, "CN").state == state


@pytest.mark.parametrize("text,country,state", [
    ("+1 212 736 5000", "US", GOOD), ("(212) 736-5000", "US", GOOD), ("736 5000", "US", INCOMPLETE), ("12", "US", WRONG), ("555 555 55555 5555", "US", WRONG),
    ("030 123456", "DE", GOOD), ("+49 30 123456", "DE", GOOD), ("not known", "DE", WRONG), ("9123 4567", "HK", GOOD), ("9001 2345", "HK", UNUSUAL), ("06 12 34 56 78", "FR", GOOD),
])
def test_numbers_of_other_countries_are_held_to_their_plans(text, country, state):
    assert read_phone(text, country).state == state


def test_a_number_is_known_however_it_is_written():
    assert {phone_key(text, "CN") for text in ("13800138000", "+86 138-0013-8000", "13800138000转1234", "0086 13800138000")} == {"+8613800138000"}
    assert phone_key("(212) 736-5000", "US") == phone_key("+12127365000", "CN") == "+12127365000"
    assert phone_key("none", "CN") == ""
