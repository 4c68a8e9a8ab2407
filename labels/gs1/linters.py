"""Checks of single values, each named as in the GS1 Syntax Dictionary: None when right, else a code of what is wrong."""

import re
from collections.abc import Callable
from datetime import date

from labels.gs1.code_lists import COUNTRIES, COUNTRIES_ALPHA2, CURRENCIES, PACKAGE_TYPES
from labels.gs1.coupons import lint_couponcode, lint_couponposoffer

Linter = Callable[[str], str | None]

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


def csetnumeric(value: str) -> str | None:
    return None if is_digits(value) else "not_digits"


def cset39(value: str) -> str | None:
    return None if _CSET39.fullmatch(value) else "not_cset39"


def cset82(value: str) -> str | None:
    return None if _CSET82.fullmatch(value) else "not_cset82"


def cset64(value: str) -> str | None:
    found = _CSET64.fullmatch(value)
    if found is None:
        return "cset64_padding" if re.fullmatch(r"[A-Za-z0-9_=-]*", value) else "not_cset64"
    padding = len(found[2])
    return None if padding == 0 or (padding <= 2 and len(value) % 3 == 0) else "cset64_padding"


def csum(value: str) -> str | None:
    if not is_digits(value):
        return "not_digits"
    if len(value) < 2:
        return "too_short"
    return None if check_digit(value[:-1]) == value[-1] else "check_digit"


def csumalpha(value: str) -> str | None:
    if len(value) < 2:
        return "too_short"
    if cset82(value[:-2]) is not None:
        return "not_cset82"
    if len(value) - 2 > len(_PRIMES):
        return "too_long"
    total = sum(CSET82.index(sign) * prime for sign, prime in zip(reversed(value[:-2]), _PRIMES, strict=False)) % 1021
    return None if value[-2:] == _CHECK_PAIR[total >> 5] + _CHECK_PAIR[total & 31] else "check_pair"


def gcppos1(value: str) -> str | None:
    if len(value) < 4:
        return "too_short"
    return None if is_digits(value[:4]) else "company_prefix"


def gcppos2(value: str) -> str | None:
    if len(value) < 5:
        return "too_short"
    return None if is_digits(value[:5]) else "company_prefix"


def hasnondigit(value: str) -> str | None:
    return None if value and not is_digits(value) else "needs_non_digit"


def hyphen(value: str) -> str | None:
    return None if value and set(value) == {"-"} else "not_hyphen"


def iban(value: str) -> str | None:
    if not re.fullmatch(r"[A-Z0-9]*", value):
        return "iban_character"
    if len(value) <= 10 or len(value) > 34:
        return "iban_length"
    if value[:2] not in COUNTRIES_ALPHA2:
        return "iban_country"
    turned = "".join(str(int(sign, 36)) for sign in value[4:] + value[:4])
    return None if int(turned) % 97 == 1 else "iban_check"


def importeridx(value: str) -> str | None:
    return None if re.fullmatch(r"[-0-9A-Z_a-z]", value) else "importer_index"


def iso3166(value: str) -> str | None:
    return None if value in COUNTRIES else "country"


def iso3166999(value: str) -> str | None:
    return None if value == "999" or value in COUNTRIES else "country"


def iso3166alpha2(value: str) -> str | None:
    return None if value in COUNTRIES_ALPHA2 else "country"


def iso4217(value: str) -> str | None:
    return None if value in CURRENCIES else "currency"


def iso5218(value: str) -> str | None:
    return None if value in {"0", "1", "2", "9"} else "sex_code"


def latitude(value: str) -> str | None:
    return _within(value, 10, 1_800_000_000, "latitude")


def longitude(value: str) -> str | None:
    return _within(value, 10, 3_600_000_000, "longitude")


def mediatype(value: str) -> str | None:
    right = is_digits(value) and len(value) == 2 and (1 <= int(value) <= 10 or 80 <= int(value) <= 99)
    return None if right else "media_type"


def nonzero(value: str) -> str | None:
    return "not_digits" if not is_digits(value) else "zero" if value and not int(value) else None


def nozeroprefix(value: str) -> str | None:
    return "not_digits" if not is_digits(value) else "leading_zero" if value.startswith("0") else None


def packagetype(value: str) -> str | None:
    return None if value in PACKAGE_TYPES else "package_type"


def pcenc(value: str) -> str | None:
    return None if re.fullmatch(r"(?:[^%]|%[0-9A-Fa-f]{2})*", value, re.DOTALL) else "percent_sequence"


def pieceoftotal(value: str) -> str | None:
    if not value or len(value) % 2:
        return "piece_length"
    if not is_digits(value):
        return "not_digits"
    piece, total = int(value[: len(value) // 2]), int(value[len(value) // 2 :])
    if not piece or not total:
        return "zero"
    return "piece_exceeds_total" if piece > total else None


def posinseqslash(value: str) -> str | None:
    found = re.fullmatch(r"([0-9]+)/([0-9]+)", value)
    if found is None:
        return "position_malformed"
    if found[1].startswith("0") or found[2].startswith("0"):
        return "leading_zero"
    return "position_exceeds_end" if int(found[1]) > int(found[2]) else None


def winding(value: str) -> str | None:
    return None if value in {"0", "1", "9"} else "winding"


def yesno(value: str) -> str | None:
    return None if value in {"0", "1"} else "not_yes_or_no"


def zero(value: str) -> str | None:
    return None if value and not value.strip("0") else "not_zero"


def hh(value: str) -> str | None:
    return _within(value, 2, 23, "hour")


def mi(value: str) -> str | None:
    return _within(value, 2, 59, "minute")


def ss(value: str) -> str | None:
    return _within(value, 2, 59, "second")


def hhmi(value: str) -> str | None:
    if len(value) != 4:
        return "time_length"
    return hh(value[:2]) or mi(value[2:])


def yymmd0(value: str) -> str | None:
    return _date(value, 2, allow_day_zero=True)


def yymmdd(value: str) -> str | None:
    return _date(value, 2, allow_day_zero=False)


def yyyymmd0(value: str) -> str | None:
    return _date(value, 4, allow_day_zero=True)


def yyyymmdd(value: str) -> str | None:
    return _date(value, 4, allow_day_zero=False)


def full_year(two_digits: int, today: date) -> int:
    """The year of a two-digit year: within 49 years back and 50 ahead (GS1 General Specifications 7.12)."""
    year = today.year // 100 * 100 + two_digits
    ahead = two_digits - today.year % 100
    return year - 100 if ahead >= 51 else year + 100 if ahead <= -50 else year


def _within(value: str, length: int, highest: int, what: str) -> str | None:
    if not is_digits(value):
        return "not_digits"
    if len(value) != length:
        return f"{what}_length"
    return None if int(value) <= highest else what


def _date(value: str, year_digits: int, *, allow_day_zero: bool) -> str | None:
    if len(value) != year_digits + 4:
        return "date_length"
    if not is_digits(value):
        return "not_digits"
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
    yyyymmd0, yyyymmdd,
)
LINTERS: dict[str, Linter] = {getattr(linter, "__name__", ""): linter for linter in _ALL}
LINTERS.update(couponcode=lint_couponcode, couponposoffer=lint_couponposoffer)
