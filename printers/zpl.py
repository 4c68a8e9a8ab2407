"""A printer that speaks ZPL: who it is, how it is, how many labels have come out.

The answers and their bits are Zebra's programming guide's (~HI, ~HS, ~HQ, getvar). Firmware differs: some does not answer ~HS while
something is wrong, older models know neither ~HQES nor getvar. So several are asked, and silence is a fault and never taken for ready.
A busy printer or a slow line answers late: what comes is the answer to a question only if it looks like one, and answers come in the
order of their questions, so a late one is never taken for another's.
"""

import re
import time
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
_IDENTITY = re.compile(rb"\x02\s*(?=[^,\x02\x03]*[A-Za-z])([^,\x02\x03]{1,64}),([^,\x02\x03]{0,64}),([^,\x03]{1,8}),([^\x03]{0,200})\x03")
_FLAGS = re.compile(rb"ERRORS:\s*([01])\s+([0-9A-Fa-f]{1,8})\s+([0-9A-Fa-f]{1,8})\b([^\x03]{0,300})\x03")
_WARNINGS = re.compile(rb"WARNINGS:\s*([01])\s+([0-9A-Fa-f]{1,8})\s+([0-9A-Fa-f]{1,8})")
_STATUS = re.compile(rb"\x02((?:[^,\x02\x03]{0,8},){11}[^\x02\x03]{0,40})\x03\s*\x02((?:[^,\x02\x03]{0,8},){8}[^\x02\x03]{0,40})\x03")
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
        named, _ = self._named()
        model, firmware, dots = (part.decode("ascii", "replace").strip() for part in named.groups()[:3])
        return Identity(model=model, firmware=firmware, dots_a_mm=dots)

    def condition(self) -> Condition:
        """How it is by ~HQES, else by ~HS; Silent when it answers neither, NotAPrinter when the answers make no sense."""
        flags, answer = self._ask(b"~HQES", _FLAGS) if self._knows_queries else (None, b"")
        if flags is not None:
            return _condition_of(flags)
        status, late = self._host_status()
        flags = _FLAGS.search(late)
        if flags is not None:
            return _condition_of(flags)
        if status is None:
            if answer or late:
                raise NotAPrinter(self._stranger(answer or late))
            self.identity()
            return Condition(fault=OutOrOpen)
        self._knows_queries = bool(answer)
        first, second = status
        faults = ((first[1], PaperOut), (second[2], HeadOpen), (second[3], RibbonOut), (first[11], TooHot), (first[2], Paused))
        return Condition(fault=next((fault for flag, fault in faults if flag.strip() == "1"), None))

    def buffer(self) -> Buffer | None:
        """What is still in it, by ~HS; None when it does not say, as while something is wrong with it."""
        status, _ = self._host_status()
        if status is None:
            return None
        first, second = status
        return Buffer(formats=_number(first[4]), labels=_number(second[8]), is_partial=first[7].strip() == "1")

    def odometer(self) -> int | None:
        """How many labels have come out of it in its life; None when it does not count them. Silent when it says nothing at all any more."""
        if not self._counts:
            return None
        found, _ = self._ask(b'! U1 getvar "odometer.total_label_count"\r\n', _QUOTED)
        if found is None:  # it does not know the question, or is late: who it is it knows, and says it after whatever else it has to say
            _, late = self._named()
            found = _QUOTED.search(late)
        counted = found[1].strip().replace(b",", b"") if found is not None else b""
        self._counts = counted.isdigit()
        return int(counted) if self._counts else None

    def print(self, label: bytes) -> None:
        """Sends a label; it comes out when it comes out."""
        self._port.write(label)

    def forget(self) -> None:
        """Has it throw away what it has taken and not printed (~JA)."""
        self._port.write(b"~JA")

    def _named(self) -> tuple[re.Match[bytes], bytes]:
        """Its name, and all that it said until then."""
        named, said = self._ask(b"~HI", _IDENTITY)
        if named is None:
            raise (NotAPrinter(self._stranger(said)) if said else Silent(self._port.url))
        return named, said

    def _host_status(self) -> tuple[tuple[list[str], list[str]] | None, bytes]:
        """The first two lines of ~HS in their fields, and all that came."""
        found, said = self._ask(b"~HS", _STATUS, seconds=min(1.0, self._answer_seconds))
        if found is None:
            return None, said
        first, second = (line.decode("ascii", "replace").split(",") for line in found.groups())
        return (first, second), said

    def _ask(self, question: bytes, answers: re.Pattern[bytes], *, seconds: float | None = None) -> tuple[re.Match[bytes] | None, bytes]:
        """What answers the question, if it came in time, and all that came; what came before the question belongs to no question."""
        while self._port.read(0):
            pass
        self._port.write(question)
        ends, said = time.monotonic() + (seconds or self._answer_seconds), b""
        found: re.Match[bytes] | None = None
        while found is None and len(said) < _MOST_BYTES and not _HTTP.search(said):
            data = self._port.read(max(0.0, ends - time.monotonic()))
            if not data:
                break
            said += data
            found = answers.search(said)
        return found, said

    def _stranger(self, answer: bytes) -> str:
        said = "".join(sign if sign.isprintable() else "." for sign in answer[:40].decode("ascii", "replace"))
        return f"What answers at {self._port.url} is no label printer that speaks ZPL: it says {said!r}. Check host, port and the printer's language."


def _condition_of(flags: re.Match[bytes]) -> Condition:
    warnings = _WARNINGS.search(flags[4])
    bits = int(flags[3], 16) if flags[1] == b"1" else 0
    fault = next((fault for mask, fault in _FAULT_BITS if bits & mask), None)
    warned = int(warnings[3], 16) if warnings is not None and warnings[1] == b"1" else 0
    return Condition(fault=fault or (Broken if flags[1] == b"1" else None),
                     warnings=tuple(name for mask, name in _WARNING_BITS if warned & mask))


def _number(text: str) -> int:
    return int(text) if text.strip().isdigit() else 0
