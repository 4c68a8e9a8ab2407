"""A printer that speaks ZPL: who it is, how it is, how many labels have come out.

The answers and their bits are Zebra's programming guide's (~HI, ~HS, ~HQ, getvar). Firmware differs: some does not answer ~HS while
something is wrong, older models know neither ~HQES nor getvar. So several are asked, and silence is a fault and never taken for ready.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from printers.errors import (
    Broken,
    HeadOpen,
    NotAPrinter,
    OutOrOpen,
    PaperOut,
    Paused,
    PrinterFault,
    RibbonOut,
    Silent,
    TooHot,
)
from printers.ports import Port

ANSWER_SECONDS = 3.0
_MOST_BYTES = 4096
_IDENTITY = re.compile(rb"\x02\s*([^,\x02\x03]{1,64}),([^,\x02\x03]{0,64}),([^,\x03]{1,8}),([^\x03]{0,200})\x03")
_FLAGS = re.compile(rb"ERRORS:\s*([01])\s+([0-9A-Fa-f]{1,8})\s+([0-9A-Fa-f]{1,8})")
_WARNINGS = re.compile(rb"WARNINGS:\s*([01])\s+([0-9A-Fa-f]{1,8})\s+([0-9A-Fa-f]{1,8})")
_STATUS = re.compile(rb"\x02([^\x02\x03]{8,80})\x03\s*\x02([^\x02\x03]{8,80})\x03")
_QUOTED = re.compile(rb'"([^"]{0,200})"')
_HTTP = re.compile(rb"HTTP/\d|<html|SSH-|^220[ -]", re.IGNORECASE)
_FAULT_BITS: tuple[tuple[int, type[PrinterFault]], ...] = (
    (0x4, HeadOpen), (0x1, PaperOut), (0x2, RibbonOut), (0x30, TooHot), (0xEF3C8, Broken), (0x10000, Paused))
"""Which of several is said first: an open head is why the paper is missing, and a pause comes with every other fault."""
_WARNING_BITS = ((0x1, "calibrate"), (0x2, "clean_head"), (0x4, "replace_head"), (0x8, "paper_low"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What ~HI says: the model, its firmware, dots to the millimetre as it says them."""

    model: str
    firmware: str
    dots_a_mm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Ready when `fault` is None; `warnings` are calibrate, clean_head, replace_head, paper_low."""

    fault: type[PrinterFault] | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Buffer:
    """What it has taken and not printed: whole formats, labels of the batch under way, and whether half a format lies in it."""

    formats: int
    labels: int
    is_partial: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to come out any more."""
        return not (self.formats or self.labels or self.is_partial)


class ZplPrinter:
    """A printer behind an open port, used by one thread. Everything raises PrinterUnreachable when the line is gone."""

    def __init__(self, port: Port, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._port, self._answer_seconds = port, answer_seconds
        self._knows_queries = self._counts = True  # of an older model each question costs the whole time of an answer, so it is asked once

    def identity(self) -> Identity:
        """Who is there; Silent when nobody answers, NotAPrinter when something else does. To be asked before anything is printed."""
        answer = self._ask(b"~HI", lambda data: b"\x03" in data or _HTTP.search(data) is not None)
        found = _IDENTITY.search(answer)
        if found is None:
            raise (NotAPrinter(self._stranger(answer)) if answer else Silent(self._port.url))
        model, firmware, dots = (part.decode("ascii", "replace").strip() for part in found.groups()[:3])
        return Identity(model=model, firmware=firmware, dots_a_mm=dots)

    def condition(self) -> Condition:
        """How it is by ~HQES, else by ~HS; Silent when it answers neither, NotAPrinter when the answers make no sense."""
        answer = self._ask(b"~HQES", lambda data: b"\x03" in data) if self._knows_queries else b""
        flags = _FLAGS.search(answer)
        if flags is not None:
            return _condition_of(flags, _WARNINGS.search(answer))
        status = self._host_status()
        if status is None:
            if answer:
                raise NotAPrinter(self._stranger(answer))
            self.identity()
            return Condition(fault=OutOrOpen)
        self._knows_queries = bool(answer)
        first, second = status
        faults = ((first[1], PaperOut), (second[2], HeadOpen), (second[3], RibbonOut), (first[11], TooHot), (first[2], Paused))
        return Condition(fault=next((fault for flag, fault in faults if flag.strip() == "1"), None))

    def buffer(self) -> Buffer | None:
        """What is still in it, by ~HS; None when it does not say, as while something is wrong with it."""
        status = self._host_status()
        if status is None:
            return None
        first, second = status
        return Buffer(formats=_number(first[4]), labels=_number(second[8]), is_partial=first[7].strip() == "1")

    def odometer(self) -> int | None:
        """How many labels have come out of it in its life; None when it does not count them."""
        if not self._counts:
            return None
        answer = _QUOTED.search(self._ask(b'! U1 getvar "odometer.total_label_count"\r\n', lambda data: _QUOTED.search(data) is not None))
        counted = answer[1].strip().replace(b",", b"") if answer is not None else b""
        self._counts = counted.isdigit()
        return int(counted) if self._counts else None

    def print(self, label: bytes) -> None:
        """Sends a label; it comes out when it comes out."""
        self._port.write(label)

    def forget(self) -> None:
        """Has it throw away what it has taken and not printed (~JA)."""
        self._port.write(b"~JA")

    def _host_status(self) -> tuple[list[str], list[str]] | None:
        found = _STATUS.search(self._ask(b"~HS", lambda data: data.count(b"\x03") >= 3, seconds=min(1.0, self._answer_seconds)))
        lines = [part.decode("ascii", "replace").split(",") for part in found.groups()] if found is not None else []
        return (lines[0], lines[1]) if lines and len(lines[0]) >= 12 and len(lines[1]) >= 9 else None

    def _ask(self, question: bytes, is_whole: Callable[[bytes], bool], *, seconds: float | None = None) -> bytes:
        """The answer, or what of it came in time; what came before the question belongs to no question."""
        while self._port.read(0):
            pass
        self._port.write(question)
        ends, answer = time.monotonic() + (seconds or self._answer_seconds), b""
        while len(answer) < _MOST_BYTES and not is_whole(answer):
            data = self._port.read(max(0.0, ends - time.monotonic()))
            if not data:
                break
            answer += data
        return answer

    def _stranger(self, answer: bytes) -> str:
        said = "".join(sign if sign.isprintable() else "." for sign in answer[:40].decode("ascii", "replace"))
        return f"What answers at {self._port.url} is no label printer that speaks ZPL: it says {said!r}. Check host, port and the printer's language."


def _condition_of(flags: re.Match[bytes], warnings: re.Match[bytes] | None) -> Condition:
    bits = int(flags[3], 16) if flags[1] == b"1" else 0
    fault = next((fault for mask, fault in _FAULT_BITS if bits & mask), None)
    warned = int(warnings[3], 16) if warnings is not None and warnings[1] == b"1" else 0
    return Condition(fault=fault or (Broken if flags[1] == b"1" else None),
                     warnings=tuple(name for mask, name in _WARNING_BITS if warned & mask))


def _number(text: str) -> int:
    return int(text) if text.strip().isdigit() else 0
