import pytest

from server.oms.channels.money import major, minor


@pytest.mark.parametrize("text, currency, amount", [
    ("19.90", "EUR", 1990), ("19.9", "eur", 1990), (10, "USD", 1000), ("0.00", "CNY", 0), ("-5.25", "EUR", -525),
    ("1990", "JPY", 1990), ("1990.00", "JPY", 1990), ("1.234", "KWD", 1234), ("1.2", "KWD", 1200), ("12345678901.23", "EUR", 1234567890123)])
def test_an_amount_is_whole_in_the_smallest_unit_of_its_currency(text, currency, amount):
    assert minor(text, currency) == amount


def test_what_binary_fractions_cannot_hold_is_exact():
    assert [minor(text, "EUR") for text in ("0.29", "1.15", "4.35", "1001.005")] == [29, 115, 435, 100101]


def test_half_of_the_smallest_unit_goes_away_from_nothing():
    assert (minor("0.005", "EUR"), minor("-0.005", "EUR"), minor("0.0049", "EUR")) == (1, -1, 0)


@pytest.mark.parametrize("text", ["", "free", "NaN", "Infinity", "1,99", "9" * 30, "1e999999"])
def test_what_is_no_amount_is_not_read_as_one(text):
    with pytest.raises(ValueError, match="no amount"):
        minor(text, "EUR")


@pytest.mark.parametrize("amount, currency, text", [(1990, "EUR", "19.90"), (5, "EUR", "0.05"), (-5, "EUR", "-0.05"), (1990, "JPY", "1990"), (1, "KWD", "0.001")])
def test_an_amount_is_written_with_the_places_of_its_currency(amount, currency, text):
    assert major(amount, currency) == text
    assert minor(text, currency) == amount
