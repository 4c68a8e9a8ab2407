"""North American coupon codes: AI 8110 (coupon code) and AI 8112 (positive offer file), read field by field."""

from datetime import date

_PURCHASE_CODES = "012349"
_SAVE_VALUE_CODES = "01256"


class _Wrong(Exception):
    """What is wrong with the coupon, as a code."""


class _Reader:
    def __init__(self, value: str) -> None:
        self.value = value
        self.at = 0

    def more(self) -> bool:
        return self.at < len(self.value)

    def peek(self) -> str:
        return self.value[self.at : self.at + 1]

    def take(self, length: int, what: str) -> str:
        part = self.value[self.at : self.at + length]
        if len(part) < length:
            raise _Wrong(f"coupon_truncated_{what}" if part or length > 1 else f"coupon_missing_{what}")
        self.at += length
        return part

    def one_of(self, allowed: str, what: str) -> str:
        sign = self.take(1, what)
        if sign not in allowed:
            raise _Wrong(f"coupon_invalid_{what}")
        return sign

    def variable(self, allowed: str, extra: int, what: str) -> str:
        return self.take(int(self.one_of(allowed, what)) + extra, what)


def lint_couponcode(value: str) -> str | None:
    """AI 8110 (GS1 US coupon application guideline): None when right."""
    if not (value.isascii() and (value.isdigit() or not value)):
        return "not_digits"
    try:
        _coupon(_Reader(value))
    except _Wrong as wrong:
        return str(wrong)
    return None


def lint_couponposoffer(value: str) -> str | None:
    """AI 8112: None when right."""
    if not (value.isascii() and (value.isdigit() or not value)):
        return "not_digits"
    reader = _Reader(value)
    try:
        reader.one_of("01", "format_code")
        reader.variable("0123456", 6, "funder")
        reader.take(6, "offer_code")
        reader.variable("0123456789", 6, "serial_number")
        _end(reader)
    except _Wrong as wrong:
        return str(wrong)
    return None


def _coupon(reader: _Reader) -> None:
    reader.variable("0123456", 6, "gcp")
    reader.take(6, "offer_code")
    reader.variable("12345", 0, "save_value")
    _purchase(reader, "1st")
    if reader.peek() == "1":
        reader.take(1, "field")
        reader.one_of("0123", "additional_purchase_rules")
        _purchase(reader, "2nd")
        _company(reader, "2nd")
    if reader.peek() == "2":
        reader.take(1, "field")
        _purchase(reader, "3rd")
        _company(reader, "3rd")
    _dates(reader)
    _rest(reader)
    _end(reader)


def _purchase(reader: _Reader, which: str) -> None:
    reader.variable("12345", 0, f"{which}_purchase_requirement")
    reader.one_of(_PURCHASE_CODES, f"{which}_purchase_requirement_code")
    reader.take(3, f"{which}_purchase_family_code")


def _company(reader: _Reader, which: str) -> None:
    if reader.peek() == "9":
        reader.take(1, "field")
        return
    reader.variable("0123456", 6, f"{which}_purchase_gcp")


def _dates(reader: _Reader) -> None:
    expires = None
    if reader.peek() == "3":
        reader.take(1, "field")
        expires = _day(reader, "expiration_date")
    if reader.peek() == "4":
        reader.take(1, "field")
        starts = _day(reader, "start_date")
        if expires is not None and starts > expires:
            raise _Wrong("coupon_starts_after_expiration")


def _day(reader: _Reader, what: str) -> date:
    digits = reader.take(6, what)
    year = int(digits[:2])
    try:
        return date(2000 + year if year < 75 else 1900 + year, int(digits[2:4]), int(digits[4:]))
    except ValueError:
        raise _Wrong(f"coupon_invalid_{what}") from None


def _rest(reader: _Reader) -> None:
    if reader.peek() == "5":
        reader.take(1, "field")
        reader.variable("0123456789", 6, "serial_number")
    if reader.peek() == "6":
        reader.take(1, "field")
        reader.variable("1234567", 6, "retailer_gcp_or_gln")
    if reader.peek() == "9":
        reader.take(1, "field")
        reader.one_of(_SAVE_VALUE_CODES, "save_value_code")
        reader.one_of("012", "save_value_applies_to_item")
        reader.take(1, "store_coupon_flag")
        reader.one_of("01", "dont_multiply_flag")


def _end(reader: _Reader) -> None:
    if reader.more():
        raise _Wrong("coupon_excess_data")
