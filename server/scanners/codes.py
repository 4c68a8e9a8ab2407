"""What a scanner sends for one code, understood: prefix gone, AIM identifier split off, GS in its place, rubbish refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from server.scanners.stored_settings import WrongSettings

GS = "\x1d"
LISTEN_MS = 1000
"""How long a framer that holds nothing lets the driver listen."""
_AIM = re.compile(r"\][A-UXZcdehpz][0-9A-F]")
"""An identifier of ISO/IEC 15424: `]`, the letter of a symbology, a modifier that is a hexadecimal digit."""
_NO_TEXT = re.compile("[\x00-\x03\x05-\x08\x0b\x0c\x0e-\x1b\x7f-\x9f]")
"""Control characters that no code of a warehouse holds; EOT, FS, GS, RS and US of ISO/IEC 15434 are not among them."""
_NO_BYTES = re.compile(b"[\x00-\x03\x05-\x08\x0b\x0c\x0e-\x1b\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code that was read whole. `answer` is what the scanner waits for, sent once the code is in good hands."""

    text: str
    symbology: str = ""
    is_repeat: bool = False
    answer: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubbish:
    """Bytes that are no code: why, in a sentence."""

    what: str
    answer: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Neither a code nor a fault; only answered."""

    answer: bytes


Found = Code | Rubbish | Notice


class Framer(Protocol):
    """Finds codes in a stream; holds no port and no clock. Times are milliseconds that the line was listened to."""

    def restart(self) -> None:
        """The line was opened anew: nothing of what was half read counts."""

    @property
    def wait_ms(self) -> int:
        """After how much silence `silence` is to be called."""

    def feed(self, data: bytes, at: int) -> list[Found]:
        """What has become whole with these bytes, whichever way the stream is cut."""

    def silence(self, at: int) -> list[Found]:
        """What has ended because nothing came: a code without suffix, or half a code, which is thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSettings:
    """How a scanner dresses its codes.

    `prefix` stands before each code; one of control characters (STX) also ends what was half read before it. `aim`: "sent"
    refuses a code without AIM identifier, of which a part was lost; "seen" splits one off where it stands; "none" takes it as
    part of the code. `group_separators` are what the scanner sends for GS, beside GS. `encoding` is a codec of Python.
    """

    prefix: str = ""
    aim: Literal["seen", "sent", "none"] = "seen"
    group_separators: tuple[str, ...] = ()
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        try:
            is_known = "\r]".encode(self.encoding) == b"\r]"
        except (LookupError, UnicodeError):
            is_known = False
        if not is_known:
            raise WrongSettings(f"encoding is {self.encoding!r}, in which no scanner sends. Use utf-8, gb18030, iso-8859-1 ...")
        if "" in self.group_separators:
            raise WrongSettings("group_separators has an empty text. Name what the scanner sends for GS, such as <GS>.")

    @property
    def starts_anew(self) -> bool:
        """Whether the prefix is one that no code can hold."""
        return bool(self.prefix) and all(sign < " " for sign in self.prefix)


def codes_in(frame: bytes, settings: CodeSettings) -> Iterator[Code | Rubbish]:
    """The code in the bytes between two suffixes; none in an empty frame."""
    try:
        text = frame.decode(settings.encoding).strip("\r\n")
    except (UnicodeError, ValueError):
        yield Rubbish(what=f"{len(frame)} bytes are no text in {settings.encoding}: are baud rate, parity and encoding right?")
        return
    if not text:
        return
    if settings.starts_anew:
        before, found, text = text.rpartition(settings.prefix)
        if before:
            yield Rubbish(what=f"Half a code was thrown away: {_shown(before)}.")
    else:
        found, text = (settings.prefix, text.removeprefix(settings.prefix)) if text.startswith(settings.prefix) else ("", text)
    if settings.prefix and not found:
        yield Rubbish(what=f"{_shown(text)} does not begin with the prefix {settings.prefix!r}: a part was lost, or the setting is wrong.")
        return
    yield from _understood(text, settings)


def split_identifier(text: str) -> tuple[str, str]:
    """The AIM identifier that a text begins with, or "", and the rest."""
    return (text[:3], text[3:]) if _AIM.match(text) else ("", text)


def is_rubbish(data: bytes) -> bool:
    """Whether bytes hold what no text of a code has, whatever follows."""
    return bool(_NO_BYTES.search(data))


def _understood(text: str, settings: CodeSettings) -> Iterator[Code | Rubbish]:
    symbology, text = ("", text) if settings.aim == "none" else split_identifier(text)
    if settings.aim == "sent" and not symbology:
        yield Rubbish(what=f"{_shown(text)} comes without AIM identifier: a part was lost, or the setting is wrong.")
        return
    for written in settings.group_separators:
        text = text.replace(written, GS)
    if _NO_TEXT.search(text):
        yield Rubbish(what=f"{_shown(text)} holds characters that no code has: are baud rate and parity right?")
    elif text:
        yield Code(text=text, symbology=symbology)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
