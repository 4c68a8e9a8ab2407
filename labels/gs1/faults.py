"""What can be wrong with a label: a closed list of codes, each with its words."""

from typing import Literal, get_args

FaultCode = Literal[
    "empty", "character", "line", "unknown_ai", "empty_value", "not_bracketed", "too_short", "too_long",
    "repeated", "not_together", "missing_ai", "not_serialised",
    "not_a_link", "domain", "no_key", "not_an_attribute", "belongs_in_path",
    "not_digits", "not_cset39", "not_cset64", "not_cset82", "cset64_padding", "check_digit", "check_pair",
    "company_prefix", "month", "day", "hour", "minute", "second", "country", "currency", "sex_code", "media_type",
    "package_type", "importer_index", "iban_character", "iban_length", "iban_country", "iban_check", "latitude",
    "longitude", "zero", "not_zero", "leading_zero", "not_yes_or_no", "winding", "not_hyphen", "needs_non_digit",
    "percent_sequence", "piece_length", "piece_exceeds_total", "position_malformed", "position_exceeds_end",
    "coupon", "quantity", "weigh_label",
]
CODES: frozenset[str] = frozenset(get_args(FaultCode))

WORDS: dict[FaultCode, str] = {
    "too_short": "it is too short", "too_long": "it is too long",
    "not_digits": "it must be digits", "not_cset39": "it holds a character outside GS1's set 39",
    "not_cset64": "it holds a character outside GS1's set 64", "not_cset82": "it holds a character outside GS1's set 82",
    "cset64_padding": "it is not padded to full groups of three", "check_digit": "the check digit is wrong",
    "check_pair": "the two check characters are wrong", "company_prefix": "it must begin with a GS1 company prefix",
    "month": "there is no such month", "day": "there is no such day", "hour": "there is no such hour",
    "minute": "there is no such minute", "second": "there is no such second",
    "country": "there is no such country in ISO 3166", "currency": "there is no such currency in ISO 4217",
    "sex_code": "it must be 0, 1, 2 or 9", "media_type": "there is no such media type",
    "package_type": "there is no such package type", "importer_index": "it must be one letter, digit, - or _",
    "iban_character": "an IBAN holds capital letters and digits", "iban_length": "no IBAN has this length",
    "iban_country": "an IBAN begins with a country", "iban_check": "the IBAN's check digits are wrong",
    "latitude": "it is no latitude", "longitude": "it is no longitude", "zero": "it must not be zero",
    "not_zero": "it must be zero", "leading_zero": "it must not begin with 0", "not_yes_or_no": "it must be 0 or 1",
    "winding": "it must be 0, 1 or 9", "not_hyphen": "it must be a hyphen", "needs_non_digit": "it must not be digits only",
    "percent_sequence": "a percent sign without two hexadecimal digits", "piece_length": "piece and total differ in length",
    "piece_exceeds_total": "the piece is beyond the total", "position_malformed": "it must read position/end",
    "position_exceeds_end": "the position is beyond the end", "coupon": "the coupon is not built right",
}
"""What a check of a value says; the other faults say more where they are raised."""


class LabelFault(Exception):
    """What is wrong with a label: `code` for programs, a sentence, the AI, the place in its value or in the text, what else it speaks of."""

    def __init__(self, code: FaultCode, message: str, ai: str | None = None, position: int | None = None, **values: str | int) -> None:
        super().__init__(message)
        self.code, self.message, self.ai, self.position, self.values = code, message, ai, position, values
