"""Telephone numbers: as carriers in China want them, and as the numbering plans of other countries allow."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

GOOD, MASKED, MISSING, INCOMPLETE, UNUSUAL, WRONG = "good", "masked", "missing", "incomplete", "unusual", "wrong"
_SEPARATED = re.compile(r"[\s()\u00ad]+")
_EXTENSION = r"(?:(?:-|转|轉|#|,|x|ext\.?|分机)(?P<ext>\d{1,6}))?"
_MOBILE = re.compile(rf"(?P<main>1[3-9]\d-?\d{{4}}-?\d{{4}}){_EXTENSION}", re.IGNORECASE)
_LANDLINE = re.compile(rf"(?P<main>(?:010|02\d)-?\d{{8}}|0[3-9]\d{{2}}-?\d{{7,8}}){_EXTENSION}", re.IGNORECASE)
_SERVICE = re.compile(rf"(?P<main>[48]00-?\d{{3,4}}-?\d{{3,4}}){_EXTENSION}", re.IGNORECASE)
_LOCAL = re.compile(rf"(?P<main>[2-9]\d{{6,7}}){_EXTENSION}", re.IGNORECASE)
_OF_CHINA = re.compile(r"^(?:\+86|0086|86(?=-?1[3-9]\d-?\d{4}-?\d{4}(?!\d)))-?")
_SEVERAL = re.compile(r"[/;；、|]| or ")
_SERVICE_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Phone:
    """A number: how it is, how it is best written, its extension, and what tells it from all others (E.164)."""

    state: str
    written: str = ""
    extension: str = ""
    key: str = ""


def read_phone(text: str, country: str) -> Phone:
    """What somebody wrote as a number of a country (ISO, two letters). Of several the first that is one counts."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return Phone(MISSING)
    if "*" in text:
        return Phone(MASKED)
    several = [_one(one, country) for one in _SEVERAL.split(text) if one.strip()]
    if len(several) > 1:
        return next((Phone(GOOD, text, one.extension, one.key) for one in several if one.state == GOOD), several[0])
    return several[0] if several else Phone(WRONG)


def phone_key(text: str, country: str) -> str:
    """What tells a number from all others, however it is written; '' when it is none."""
    return read_phone(text, country).key


def _one(text: str, country: str) -> Phone:
    compact = _SEPARATED.sub("", text)
    is_abroad = compact.startswith(("+", "00")) and not compact.startswith(("+86", "0086"))
    return _chinese(_OF_CHINA.sub("", compact)) if country == "CN" and not is_abroad else _by_plan(text, country)


def _chinese(compact: str) -> Phone:
    for form in (_MOBILE, _LANDLINE, _SERVICE):
        if found := form.fullmatch(compact):
            main, extension = found["main"].replace("-", ""), found["ext"] or ""
            if form is _SERVICE and len(main) != _SERVICE_DIGITS:
                continue
            shown = main if form is _MOBILE else found["main"]
            return Phone(GOOD, f"{shown}-{extension}" if extension else shown, extension, f"+86{main.removeprefix('0')}")
    return Phone(INCOMPLETE if _LOCAL.fullmatch(compact) else WRONG)


def _by_plan(text: str, country: str) -> Phone:
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return Phone(WRONG)
    key = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_valid_number(number):
        return Phone(GOOD, text, number.extension or "", key)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.IS_POSSIBLE:  # plans change faster than packages that know them
        return Phone(UNUSUAL, text, number.extension or "", key)
    return Phone(INCOMPLETE if reason == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY else WRONG)
