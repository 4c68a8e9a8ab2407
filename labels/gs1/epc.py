"""What RFID tags say: the EPC memory's bytes and what they name, both ways (GS1 EPC Tag Data Standard 1.13, chapter 14)."""

from dataclasses import dataclass

from labels.gs1.linters import check_digit

_COMPANY_BITS = {12: 40, 11: 37, 10: 34, 9: 30, 8: 27, 7: 24, 6: 20}
"""How many bits hold a company prefix of so many digits; their order is the partition value (table 14-2 and its like)."""
_COMPANY_DIGITS = tuple(_COMPANY_BITS)
_FILTER_MAX = 7
_NUMBER_MAX = 19
"""Digits of the longest number in any of the schemes, the asset of a GIAI-96."""
SERIAL_TEXT_MAX = 20
SERIAL_TEXT = frozenset("!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
"""GS1's character set 82, which the serial of an SGTIN-198 is written in."""


class EpcFault(Exception):
    """What is wrong with a text or with values that should become an EPC, in a sentence."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to write an EPC: `reference_digits` and the company prefix's digits are a constant sum, None where free.

    `body_bits` are those of company prefix and reference together; `serial_bits` 0 where there is no serial.
    """

    name: str
    header: int
    body_bits: int
    digits: int | None
    serial_bits: int
    bits: int = 96

    @property
    def kind(self) -> str:
        """What it names: sgtin, sscc ..."""
        return self.name.partition("-")[0]

    def reference_digits(self, company: str) -> int | None:
        """How many digits stand behind this company prefix."""
        return None if self.digits is None else self.digits - len(company)


_ALL = (Scheme("sgtin-96", 0x30, 44, 13, 38), Scheme("sscc-96", 0x31, 58, 17, 0), Scheme("sgln-96", 0x32, 41, 12, 41),
        Scheme("grai-96", 0x33, 44, 12, 38), Scheme("giai-96", 0x34, 82, None, 0), Scheme("sgtin-198", 0x36, 44, 13, 140, 198))
SCHEMES = {one.name: one for one in _ALL}
_HEADERS = {one.header: one for one in _ALL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Epc:
    """What one tag says. `scheme` is sgtin-96, sscc-96 ..., or raw where the bytes follow no scheme known here.

    `reference` is item, serial, location, asset type or asset, as the tag URI writes it (an SGTIN's begins with the
    indicator, an SSCC's with the extension digit); `filter` is 0 to 7, None where raw.
    """

    data: bytes
    scheme: str = "raw"
    filter: int | None = None
    company: str = ""
    reference: str = ""
    serial: str = ""

    @property
    def kind(self) -> str:
        """sgtin, sscc, sgln, grai, giai or raw."""
        return self.scheme.partition("-")[0]

    @property
    def hex(self) -> str:
        """The bytes as readers show them: capitals, whole words of 16 bits."""
        return self.data.hex().upper()

    @property
    def gtin(self) -> str:
        """GTIN-14, or nothing."""
        return _checked(self.reference[0] + self.company + self.reference[1:]) if self.kind == "sgtin" else ""

    @property
    def sscc(self) -> str:
        """SSCC-18, or nothing."""
        return _checked(self.reference[0] + self.company + self.reference[1:]) if self.kind == "sscc" else ""

    @property
    def elements(self) -> tuple[tuple[str, str], ...]:
        """Application identifiers and values; none where raw. The extension 0 of an SGLN means that there is none."""
        both = self.company + self.reference
        match self.kind:
            case "sgtin":
                return (("01", self.gtin), ("21", self.serial))
            case "sscc":
                return (("00", self.sscc),)
            case "sgln":
                return (("414", _checked(both)), *((("254", self.serial),) if self.serial != "0" else ()))
            case "grai":
                return (("8003", "0" + _checked(both) + self.serial),)
            case "giai":
                return (("8004", both),)
        return ()


def decode(data: bytes) -> Epc:
    """What the EPC memory of a tag says, from its bytes without CRC and PC. Never fails: what follows no scheme is raw."""
    scheme = _HEADERS.get(data[0]) if data else None
    if scheme is None or not _is_length(scheme, data):
        return Epc(data=data)
    bits = int.from_bytes(data, "big") >> (len(data) * 8 - scheme.bits)
    try:
        read = _read(scheme, bits)
        return Epc(data=data, scheme=scheme.name, filter=read[0], company=read[1], reference=read[2], serial=read[3])
    except EpcFault:
        return Epc(data=data)  # a header of a scheme with content that no one can have written by it


def encode(scheme: str, *, company: str, reference: str, serial: str = "", filter_value: int = 0) -> Epc:
    """The EPC of these values, named as in `Epc`; the bytes end at a whole word of 16 bits. Raises EpcFault."""
    known = SCHEMES.get(scheme)
    if known is None:
        raise EpcFault(f"There is no scheme {scheme!r} here. There are {', '.join(SCHEMES)}.")
    _check_digits(known, company, reference)
    if not 0 <= filter_value <= _FILTER_MAX:
        raise EpcFault(f"A filter value is 0 to {_FILTER_MAX}, not {filter_value}.")
    reference_bits = known.body_bits - _COMPANY_BITS[len(company)]
    number = int(reference or "0")
    if number >> reference_bits:
        raise EpcFault(f"{reference} is too large for the {reference_bits} bits that {scheme} has behind the company prefix {company}.")
    bits = known.header << 3 | filter_value
    bits = bits << 3 | _COMPANY_DIGITS.index(len(company))
    bits = bits << _COMPANY_BITS[len(company)] | int(company)
    bits = bits << reference_bits | number
    left = known.bits - 14 - known.body_bits
    bits = bits << left | _serial_bits(known, serial)
    padded = -known.bits % 16
    data = (bits << padded).to_bytes((known.bits + padded) // 8, "big")
    return Epc(data=data, scheme=scheme, filter=filter_value, company=company, reference=reference, serial=serial)


def _is_length(scheme: Scheme, data: bytes) -> bool:
    """Whether it has the scheme's bits and, behind them, nothing but the zeros that fill the last word."""
    spare = len(data) * 8 - scheme.bits
    return 0 <= spare < 16 and int.from_bytes(data, "big") % (1 << spare) == 0


def _read(scheme: Scheme, bits: int) -> tuple[int, str, str, str]:
    left = scheme.bits - 14
    filter_value, partition = bits >> left + 3 & 7, bits >> left & 7
    if partition >= len(_COMPANY_DIGITS):
        raise EpcFault(f"There is no partition {partition}.")
    digits = _COMPANY_DIGITS[partition]
    left -= _COMPANY_BITS[digits]
    company = _decimal(bits >> left & (1 << _COMPANY_BITS[digits]) - 1, digits)
    reference_bits = scheme.body_bits - _COMPANY_BITS[digits]
    left -= reference_bits
    reference = _decimal(bits >> left & (1 << reference_bits) - 1, scheme.reference_digits(company))
    return filter_value, company, reference, _serial(scheme, bits & (1 << left) - 1)


def _decimal(number: int, digits: int | None) -> str:
    if digits is None:
        return str(number)
    text = f"{number:0{digits}d}" if digits else ""
    if len(text) > digits or (not digits and number):
        raise EpcFault(f"{number} has more than {digits} digits.")
    return text


def _serial(scheme: Scheme, bits: int) -> str:
    if scheme.bits == 96:
        if not scheme.serial_bits and bits:
            raise EpcFault(f"The last bits of {scheme.name} are zeros.")
        return str(bits) if scheme.serial_bits else ""
    signs = [bits >> at & 0x7F for at in range(scheme.serial_bits - 7, -1, -7)]
    text = "".join(map(chr, signs)).rstrip("\0")
    _check_text(text)
    return text


def _serial_bits(scheme: Scheme, serial: str) -> int:
    if scheme.bits != 96:
        _check_text(serial)
        return _packed(serial)
    if not scheme.serial_bits:
        if serial:
            raise EpcFault(f"{scheme.name} has no serial, {serial!r} was given.")
        return 0
    if not is_number(serial) or int(serial) >> scheme.serial_bits:
        raise EpcFault(f"The serial of {scheme.name} is a number without leading zeros below {1 << scheme.serial_bits:,}, "
                       f"not {serial!r}." + (" SGTIN-198 takes it." if scheme.kind == "sgtin" else ""))
    return int(serial)


def _packed(serial: str) -> int:
    bits = 0
    for sign in serial.ljust(SERIAL_TEXT_MAX, "\0"):
        bits = bits << 7 | ord(sign)
    return bits


def _check_text(serial: str) -> None:
    if not 0 < len(serial) <= SERIAL_TEXT_MAX or not SERIAL_TEXT.issuperset(serial):
        raise EpcFault(f"The serial of SGTIN-198 has 1 to {SERIAL_TEXT_MAX} characters of GS1's set 82, not {serial!r}.")


def _check_digits(scheme: Scheme, company: str, reference: str) -> None:
    if len(company) not in _COMPANY_BITS or not _all_digits(company):
        raise EpcFault(f"A GS1 company prefix has 6 to 12 digits, not {company!r}.")
    wanted = scheme.reference_digits(company)
    if wanted is None:
        if not is_number(reference):
            raise EpcFault(f"The asset of {scheme.name} is a number without leading zeros, not {reference!r}.")
    elif len(reference) != wanted or not _all_digits(reference):
        raise EpcFault(f"Behind the company prefix {company}, {scheme.name} has {wanted} digits, not {reference!r}.")


def is_number(text: str) -> bool:
    """Whether it is written as 96 bits hold it: digits, no leading zeros."""
    return _all_digits(text) and 0 < len(text) <= _NUMBER_MAX and (text == "0" or text[0] != "0")


def _all_digits(text: str) -> bool:
    return text.isascii() and (text.isdigit() or not text)


def _checked(digits: str) -> str:
    return digits + check_digit(digits)
