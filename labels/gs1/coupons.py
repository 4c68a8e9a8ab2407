"""North American coupon codes: AI 8110 (coupon code) and AI 8112 (positive offer file), read field by field."""

from collections.abc import Callable
from datetime import date

from labels.gs1.calendar import full_year

PrefixRegister = Callable[[str], bool]
"""Whether a text begins with a company prefix that was given out, for a house that has such a register."""
_PURCHASE_CODES = "012349"
_SAVE_VALUE_CODES = "01256"


class _Wrong(Exception):
    """What is wrong with the coupon, in words."""


class _Reader:
    def __init__(self, value: str, register: PrefixRegister | None) -> None:
        self.value = value
        self.register = register
        self.at = 0

    def more(self) -> bool:
        return self.at < len(self.value)

    def goes_on_with(self, sign: str) -> bool:
        """Whether this sign comes next; it is read then."""
        found = self.value[self.at : self.at + 1] == sign
        self.at += found
        return found

    def take(self, length: int, what: str) -> str:
        part = self.value[self.at : self.at + length]
        if len(part) < length:
            raise _Wrong(f"its {what} is cut off" if part or length > 1 else f"its {what} is missing")
        self.at += length
        return part

    def one_of(self, allowed: str, what: str) -> str:
        sign = self.take(1, what)
        if sign not in allowed:
            raise _Wrong(f"its {what} must be one of {', '.join(allowed)}, not {sign}")
        return sign

    def variable(self, allowed: str, extra: int, what: str) -> str:
        return self.take(int(self.one_of(allowed, f"length of the {what}")) + extra, what)

    def prefix(self, allowed: str, what: str) -> None:
        prefix = self.variable(allowed, 6, what)
        if self.register is not None and not self.register(prefix):
            raise _Wrong(f"its {what} {prefix} was not given out")


def coupon_fault(value: str, register: PrefixRegister | None = None) -> str | None:
    """What is wrong with AI 8110 (GS1 US coupon application guideline), in words; None when right."""
    return _fault(value, register, _coupon)


def positive_offer_fault(value: str, register: PrefixRegister | None = None) -> str | None:
    """What is wrong with AI 8112, in words; None when right."""
    return _fault(value, register, _positive_offer)


def _fault(value: str, register: PrefixRegister | None, read: Callable[[_Reader], None]) -> str | None:
    if not (value.isascii() and (value.isdigit() or not value)):
        return "it must be digits"
    try:
        read(_Reader(value, register))
    except _Wrong as wrong:
        return str(wrong)
    return None


def _positive_offer(reader: _Reader) -> None:
    reader.one_of("01", "format code")
    reader.prefix("0123456", "funder")
    reader.take(6, "offer code")
    reader.variable("0123456789", 6, "serial number")
    _end(reader)


def _coupon(reader: _Reader) -> None:
    reader.prefix("0123456", "company prefix")
    reader.take(6, "offer code")
    reader.variable("12345", 0, "save value")
    _purchase(reader, "1st")
    if reader.goes_on_with("1"):
        reader.one_of("0123", "additional purchase rules")
        _purchase(reader, "2nd")
        _company(reader, "2nd")
    if reader.goes_on_with("2"):
        _purchase(reader, "3rd")
        _company(reader, "3rd")
    _dates(reader)
    _rest(reader)
    _end(reader)


def _purchase(reader: _Reader, which: str) -> None:
    reader.variable("12345", 0, f"{which} purchase requirement")
    reader.one_of(_PURCHASE_CODES, f"{which} purchase requirement code")
    reader.take(3, f"{which} purchase family code")


def _company(reader: _Reader, which: str) -> None:
    if reader.goes_on_with("9"):
        return
    reader.prefix("0123456", f"{which} purchase company prefix")


def _dates(reader: _Reader) -> None:
    expires = ""
    if reader.goes_on_with("3"):
        expires = _day(reader, "expiration date")
    if reader.goes_on_with("4") and _day(reader, "start date") > expires > "":
        raise _Wrong("it starts after it expires")


def _day(reader: _Reader, what: str) -> str:
    digits = reader.take(6, what)
    year = full_year(int(digits[:2]), date.today())  # noqa: DTZ011 - only its century counts
    try:
        date(year, int(digits[2:4]), int(digits[4:]))
    except ValueError:
        raise _Wrong(f"its {what} {digits} is no day") from None
    return digits


def _rest(reader: _Reader) -> None:
    if reader.goes_on_with("5"):
        reader.variable("0123456789", 6, "serial number")
    if reader.goes_on_with("6"):
        reader.prefix("1234567", "retailer")
    if reader.goes_on_with("9"):
        reader.one_of(_SAVE_VALUE_CODES, "save value code")
        reader.one_of("012", "save value's item")
        reader.take(1, "store coupon flag")
        reader.one_of("01", "don't multiply flag")


def _end(reader: _Reader) -> None:
    if reader.more():
        raise _Wrong("it goes on after its end")
