"""Postcodes of the countries that parcels go to most: how each writes them."""

import re
import unicodedata

_SHAPES = {
    "CN": "999999", "US": "99999|99999-9999", "CA": "A9A 9A9", "GB": "A9 9AA|A99 9AA|A9A 9AA|AA9 9AA|AA99 9AA|AA9A 9AA", "IE": "A9* ****", "DE": "99999",
    "FR": "99999", "MC": "99999", "IT": "99999", "SM": "99999", "VA": "99999", "ES": "99999", "PT": "9999-999", "NL": "9999 AA", "BE": "9999", "LU": "9999",
    "AT": "9999", "CH": "9999", "LI": "9999", "DK": "9999", "SE": "999 99", "NO": "9999", "FI": "99999", "IS": "999", "PL": "99-999", "CZ": "999 99",
    "SK": "999 99", "HU": "9999", "RO": "999999", "BG": "9999", "SI": "9999", "HR": "99999", "RS": "99999", "EE": "99999", "LV": "LV-9999|9999",
    "LT": "LT-99999|99999", "GR": "999 99", "CY": "9999", "MT": "AAA 9999", "TR": "99999", "RU": "999999", "UA": "99999", "IL": "9999999|99999",
    "SA": "99999|99999-9999", "ZA": "9999", "JP": "999-9999", "KR": "99999", "TW": "999|99999|999999", "SG": "999999", "MY": "99999", "TH": "99999",
    "VN": "99999|999999", "PH": "9999", "ID": "99999", "IN": "999999", "KZ": "999999|A99A9A9", "AU": "9999", "NZ": "9999", "MX": "99999", "BR": "99999-999",
    "AR": "9999|A9999AAA", "CL": "9999999", "CO": "999999",
}
"""By the Universal Postal Union's addressing sheets and CLDR's postal codes: 9 is a digit, A a letter, * either, all else itself."""
_MAY_LACK = frozenset(["CN", "IE", "IS", "TW", "SA", "VN", "KZ", "AR", "CL", "CO", "CY", "MT", "LV", "PH", "ID", "IL", "RS"])
"""Countries whose carriers find a house without it."""
_COUNTRY_BEFORE = re.compile(r"^[A-Z]{1,3}(?=[0-9])")
"""D-10557, as it was written before there were computers."""
_KINDS = {"9": "[0-9]", "A": "[A-Z]", "*": "[A-Z0-9]"}


def is_needed(country: str) -> bool:
    """Whether a parcel to a country needs one."""
    return country in _SHAPES and country not in _MAY_LACK


def written(country: str, text: str) -> str | None:
    """A postcode as its country writes it; None when it is none of there. Of a country that we do not know any is right."""
    if country not in _SHAPES:
        return text
    plain = re.sub(r"[\s.\-–]", "", unicodedata.normalize("NFKC", text).upper())
    ways = (plain, _COUNTRY_BEFORE.sub("", plain))
    return next((_shaped(shape, way) for way in ways for shape in _SHAPES[country].split("|") if _pattern(shape).fullmatch(way)), None)


def with_zeros(country: str, text: str) -> str | None:
    """The same with the zeros that a spreadsheet takes from the beginning, if that makes it a postcode."""
    shape = _SHAPES.get(country, "").partition("|")[0]
    digits = text.strip()
    is_short = shape.replace("-", "").replace(" ", "").strip("9") == "" and digits.isascii() and digits.isdigit() and 2 < len(digits) < shape.count("9")
    return written(country, digits.zfill(shape.count("9"))) if is_short else None


def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile("".join(_KINDS.get(sign, sign) for sign in shape if sign not in " -"))


def _shaped(shape: str, plain: str) -> str:
    signs = iter(plain)
    return "".join(sign if sign in " -" else next(signs) for sign in shape)
