"""What a host orders a simulated LLRP reader to read: ROSpecs, and what shall be reported of their reads."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from simulators.rfid.llrp_bytes import Broken, parts

DISABLED, INACTIVE, ACTIVE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """When and what is reported: every so many reads, at the end where 0; the selector's bits, and PC and CRC."""

    every: int = 1
    content: int = 1 << 12 | 1 << 10 | 1 << 9 | 1 << 8 | 1 << 7
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """A C1G2Filter: the EPC bank's bits from a place on that a tag must have, or must not have."""

    pointer: int
    bits: int
    mask: bytes
    wants_match: bool

    def lets_through(self, epc: bytes) -> bool:
        """Whether a tag is read; in its bank the EPC stands behind CRC and PC, 16 bits each."""
        bank = bytes(2) + (len(epc) // 2 << 11).to_bytes(2, "big") + epc
        spare = len(bank) * 8 - self.pointer - self.bits
        has = spare >= 0 and int.from_bytes(bank, "big") >> spare & (1 << self.bits) - 1 == (
            int.from_bytes(self.mask, "big") >> len(self.mask) * 8 - self.bits)
        return has == self.wants_match


@dataclass(slots=True)
class RoSpec:
    """A reading order: `starts` by itself when enabled where 1; `lasts` seconds, None without end.

    Its antennas are read in rounds of so many reads or seconds, 0 without end; what a round read is told at its end.
    """

    ident: int
    raw: bytes
    antennas: tuple[int, ...]
    starts: int
    lasts: float | None
    report: ReportSpec
    round_reads: int = 0
    round_seconds: float = 0.0
    filters: tuple[Filter, ...] = ()
    state: int = DISABLED
    began: float = 0.0
    round_began: float = 0.0
    pending: list[bytes] = field(default_factory=list)


def rospec(value: bytes, report: ReportSpec) -> RoSpec:
    """Reads what matters here of a ROSpec: antennas, triggers, what to report."""
    ident, _, _ = struct.unpack_from(">IBB", value)
    spec = RoSpec(ident, value, (0,), 0, None, report)
    for kind, inner in parts(value[6:]):
        match kind:
            case 178:
                triggers = dict(parts(inner))
                spec.starts = triggers.get(179, b"\0")[0]
                lasts = triggers.get(182, b"")
                spec.lasts = int.from_bytes(lasts[1:5], "big") / 1000 if lasts[:1] == b"\1" else None
            case 183:
                count = struct.unpack_from(">H", inner)[0]
                spec.antennas = struct.unpack_from(f">{count}H", inner, 2) or (0,)
                if 0 in spec.antennas:
                    spec.antennas = (0,)
                spec.round_reads, spec.round_seconds = _round(dict(parts(inner[2 + 2 * count:])).get(184, b""))
                spec.filters = tuple(_filters(inner[2 + 2 * count:]))
            case 237:
                spec.report = report_spec(inner)
    return spec


def _filters(inventory: bytes) -> Iterator[Filter]:
    """The filters by EPC inside InventoryParameterSpec, AntennaConfiguration and C1G2InventoryCommand."""
    for kind, value in parts(inventory):
        begins = {186: 3, 222: 2, 330: 1}.get(kind)
        if begins is not None:
            yield from _filters(value[begins:])
        elif kind == 331:
            inner = dict(parts(value[1:]))
            bank, pointer, bits = struct.unpack_from(">BHH", inner[332]) if 332 in inner else (0, 0, 0)
            mask = inner.get(332, b"")[5:5 + (bits + 7) // 8]
            if len(mask) * 8 < bits:
                raise Broken("a mask is cut off")
            if bank >> 6 == 1:
                yield Filter(pointer, bits, mask, inner.get(334, b"\0")[0] < 3)


def _round(trigger: bytes) -> tuple[int, float]:
    """How many reads and seconds a round has by an AISpecStopTrigger: a duration (1), or so many tags seen or a timeout (3)."""
    kind, milliseconds = struct.unpack_from(">BI", trigger) if trigger else (0, 0)
    observed = dict(parts(trigger[5:])).get(185)
    if kind != 3 or observed is None:
        return 0, milliseconds / 1000 if kind == 1 else 0.0
    _, _, tags, _, _, timeout = struct.unpack(">BBHHHI", observed)
    return tags, timeout / 1000


def report_spec(value: bytes) -> ReportSpec:
    """Reads a ROReportSpec."""
    _, every = struct.unpack_from(">BH", value)
    spec = ReportSpec(every)
    for kind, inner in parts(value[3:]):
        if kind == 238:
            memory = dict(parts(inner[2:])).get(348, b"\0")
            spec = replace(spec, content=struct.unpack_from(">H", inner)[0], memory=memory[0])
    return spec
