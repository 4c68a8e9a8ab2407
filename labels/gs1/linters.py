"""Checks of single values, each named as in the GS1 Syntax Dictionary: None when right, else a code of what is wrong."""

import re
from collections.abc import Callable
from datetime import date

from labels.gs1.calendar import full_year
from labels.gs1.code_lists import COUNTRIES, COUNTRIES_ALPHA2, CURRENCIES, PACKAGE_TYPES
from labels.gs1.coupons import PrefixRegister, coupon_fault, positive_offer_fault
from labels.gs1.faults import FaultCode

Linter = Callable[[str], FaultCode | None]

CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CSET39 = re.compile(r"[#\-/0-9A-Z]*")
_CSET82 = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*")
_CSET64 = re.compile(r"([A-Za-z0-9_-]*)(=*)")
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
           107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223, 227,
           229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293, 307, 311, 313, 317, 331, 337, 347, 349, 353,
           359, 367, 373, 379, 383, 389, 397, 401, 409, 419, 421, 431, 433, 439, 443, 449, 457, 461, 463, 467, 479, 487,
           491, 499, 503, 509)
_CHECK_PAIR = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def check_digit(digits: str) -> str:
    """The GS1 modulo 10 check digit of the digits before it (GS1 General Specifications 7.9)."""
    odd, even = sum(map(int, digits[-1::-2])), sum(map(int, digits[-2::-2]))
    return str(-(3 * odd + even) % 10)


def is_digits(value: str) -> bool:
    """True for ASCII digits only, the empty text included."""
    return value.isascii() and (value.isdigit() or not value)


def csetnumeric(value: str) -> FaultCode | None:
    return None if is_digits(value) else "not_digits"


def cset39(value: str) -> FaultCode | None:
    return None if _CSET39.fullmatch(value) else "not_cset39"


def cset82(value: str) -> FaultCode | None:
    return None if _CSET82.fullmatch(value) else "not_cset82"


def cset64(value: str) -> FaultCode | None:
    found = _CSET64.fullmatch(value)
    if found is None:
        return "cset64_padding" if re.fullmatch(r"[A-Za-z0-9_=-]*", value) else "not_cset64"
    padding = len(found[2])
    return None if padding == 0 or (padding <= 2 and len(value) % 3 == 0) else "cset64_padding"


def csum(value: str) -> FaultCode | None:
    if not is_digits(value):
        return "not_digits"
    if not value:
        return "too_short"
    return None if check_digit(value[:-1]) == value[-1] else "check_digit"


def csumalpha(value: str) -> FaultCode | None:
    if len(value) < 2:
        return "too_short"
    if cset82(value[:-2]) is not None:
        return "not_cset82"
    if len(value) - 2 > len(_PRIMES):
        return "too_long"
    total = sum(CSET82.index(sign) * prime for sign, prime in zip(reversed(value[:-2]), _PRIMES, strict=False)) % 1021
    return None if value[-2:] == _CHECK_PAIR[total >> 5] + _CHECK_PAIR[total & 31] else "check_pair"


def gcppos1(value: str, register: PrefixRegister | None = None) -> FaultCode | None:
    """A company prefix at the beginning; the shortest has four digits."""
    if not is_digits(value[:4]):
        return "company_prefix"
    if len(value) < 4:
        return "too_short"
    return None if register is None or register(value) else "company_prefix"


def gcppos2(value: str, register: PrefixRegister | None = None) -> FaultCode | None:
    """A company prefix after one character, of which nothing is asked here."""
    return gcppos1(value[1:], register)


def hasnondigit(value: str) -> FaultCode | None:
    return None if value and not is_digits(value) else "needs_non_digit"


def hyphen(value: str) -> FaultCode | None:
    return None if value and set(value) == {"-"} else "not_hyphen"


def iban(value: str) -> FaultCode | None:
    if not re.fullmatch(r"[A-Z0-9]*", value):
        return "iban_character"
    if len(value) <= 10 or len(value) > 34:
        return "iban_length"
    if value[:2] not in COUNTRIES_ALPHA2:
        return "iban_country"
    turned = "".join(str(int(sign, 36)) for sign in value[4:] + value[:4])
    return None if int(turned) % 97 == 1 else "iban_check"


def importeridx(value: str) -> FaultCode | None:
    return None if re.fullmatch(r"[-0-9A-Z_a-z]", value) else "importer_index"


def iso3166(value: str) -> FaultCode | None:
    return None if value in COUNTRIES else "country"


def iso3166999(value: str) -> FaultCode | None:
    return None if value == "999" or value in COUNTRIES else "country"


def iso3166alpha2(value: str) -> FaultCode | None:
    return None if value in COUNTRIES_ALPHA2 else "country"


def iso4217(value: str) -> FaultCode | None:
    return None if value in CURRENCIES else "currency"


def iso5218(value: str) -> FaultCode | None:
    return None if value in {"0", "1", "2", "9"} else "sex_code"


def latitude(value: str) -> FaultCode | None:
    return _within(value, 10, 1_800_000_000, "latitude")


def longitude(value: str) -> FaultCode | None:
    return _within(value, 10, 3_600_000_000, "longitude")


def mediatype(value: str) -> FaultCode | None:
    right = is_digits(value) and len(value) == 2 and (1 <= int(value) <= 10 or 80 <= int(value) <= 99)
    return None if right else "media_type"


def nonzero(value: str) -> FaultCode | None:
    return "not_digits" if not is_digits(value) else "zero" if not value.strip("0") else None


def nozeroprefix(value: str) -> FaultCode | None:
    return "not_digits" if not is_digits(value) else "leading_zero" if value.startswith("0") else None


def packagetype(value: str) -> FaultCode | None:
    return None if value in PACKAGE_TYPES else "package_type"


def pcenc(value: str) -> FaultCode | None:
    return None if re.fullmatch(r"(?:[^%]|%[0-9A-Fa-f]{2})*", value, re.DOTALL) else "percent_sequence"


def pieceoftotal(value: str) -> FaultCode | None:
    if not value or len(value) % 2:
        return "piece_length"
    if not is_digits(value):
        return "not_digits"
    piece, total = int(value[: len(value) // 2]), int(value[len(value) // 2 :])
    if not piece or not total:
        return "zero"
    return "piece_exceeds_total" if piece > total else None


def posinseqslash(value: str) -> FaultCode | None:
    found = re.fullmatch(r"([0-9]+)/([0-9]+)", value)
    if found is None:
        return "position_malformed"
    if found[1].startswith("0") or found[2].startswith("0"):
        return "leading_zero"
    return "position_exceeds_end" if int(found[1]) > int(found[2]) else None


def winding(value: str) -> FaultCode | None:
    return None if value in {"0", "1", "9"} else "winding"


def yesno(value: str) -> FaultCode | None:
    return None if value in {"0", "1"} else "not_yes_or_no"


def zero(value: str) -> FaultCode | None:
    return None if value and not value.strip("0") else "not_zero"


def hh(value: str) -> FaultCode | None:
    return _within(value, 2, 23, "hour")


def mi(value: str) -> FaultCode | None:
    return _within(value, 2, 59, "minute")


def ss(value: str) -> FaultCode | None:
    return _within(value, 2, 59, "second")


def hhmi(value: str) -> FaultCode | None:
    return _length(value, 4) or hh(value[:2]) or mi(value[2:])


def yymmd0(value: str) -> FaultCode | None:
    return _date(value, 2, allow_day_zero=True)


def yymmdd(value: str) -> FaultCode | None:
    return _date(value, 2, allow_day_zero=False)


def yyyymmd0(value: str) -> FaultCode | None:
    return _date(value, 4, allow_day_zero=True)


def yyyymmdd(value: str) -> FaultCode | None:
    return _date(value, 4, allow_day_zero=False)


def couponcode(value: str, register: PrefixRegister | None = None) -> FaultCode | None:
    return None if coupon_fault(value, register) is None else "coupon"


def couponposoffer(value: str, register: PrefixRegister | None = None) -> FaultCode | None:
    return None if positive_offer_fault(value, register) is None else "coupon"


def _length(value: str, length: int) -> FaultCode | None:
    return "too_short" if len(value) < length else "too_long" if len(value) > length else None


def _within(value: str, length: int, highest: int, what: FaultCode) -> FaultCode | None:
    if not is_digits(value):
        return "not_digits"
    return _length(value, length) or (None if int(value) <= highest else what)


def _date(value: str, year_digits: int, *, allow_day_zero: bool) -> FaultCode | None:
    wrong = _length(value, year_digits + 4) or csetnumeric(value)
    if wrong is not None:
        return wrong
    year = int(value[:4]) if year_digits == 4 else full_year(int(value[:2]), date.today())  # noqa: DTZ011 - a century
    month, day = int(value[-4:-2]), int(value[-2:])
    if not 1 <= month <= 12:
        return "month"
    if day == 0:
        return None if allow_day_zero else "day"
    try:
        date(year or 4, month, day)
    except ValueError:
        return "day"
    return None


_ALL: tuple[Linter, ...] = (
    csetnumeric, cset39, cset82, cset64, csum, csumalpha, gcppos1, gcppos2, hasnondigit, hyphen, iban, importeridx,
    iso3166, iso3166999, iso3166alpha2, iso4217, iso5218, latitude, longitude, mediatype, nonzero, nozeroprefix,
    packagetype, pcenc, pieceoftotal, posinseqslash, winding, yesno, zero, hh, mi, ss, hhmi, yymmd0, yymmdd,
    yyyymmd0, yyyymmdd, couponcode, couponposoffer,
)
LINTERS: dict[str, Linter] = {getattr(linter, "__name__", ""): linter for linter in _ALL}
