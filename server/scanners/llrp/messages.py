"""What a client says to an LLRP reader and what it understands of the answers: numbers by LLRP 1.0.1 and 1.1, chapters 9 to 17."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from server.ports import SettingRefused
from server.scanners.llrp.wire import Unreadable, parameter, parameters

GET_CAPABILITIES, SET_CONFIG = 1, 3
CLOSE_CONNECTION = 14
ADD_ROSPEC, DELETE_ROSPEC, START_ROSPEC, ENABLE_ROSPEC = 20, 21, 22, 24
GET_SUPPORTED_VERSION, SET_PROTOCOL_VERSION = 46, 47
REPORT, KEEPALIVE, EVENT, ENABLE_EVENTS_AND_REPORTS, KEEPALIVE_ACK, ERROR = 61, 62, 63, 64, 72, 100
NAMES = {GET_CAPABILITIES: "GET_READER_CAPABILITIES", SET_CONFIG: "SET_READER_CONFIG", ADD_ROSPEC: "ADD_ROSPEC",
         DELETE_ROSPEC: "DELETE_ROSPEC", START_ROSPEC: "START_ROSPEC", ENABLE_ROSPEC: "ENABLE_ROSPEC",
         GET_SUPPORTED_VERSION: "GET_SUPPORTED_VERSION", SET_PROTOCOL_VERSION: "SET_PROTOCOL_VERSION"}
ANSWER = 10
"""An answer's type is its question's plus this, for all questions asked here."""
ROSPEC_ID = 1
_STATUS, _TIMESTAMP = 287, 128
_GREETING, _CLOSING = 256, 257
_ANTENNA_EVENT, _EXCEPTION_EVENT, _BUFFER_EVENT, _OVERFLOW_EVENT, _GPI_EVENT = 255, 252, 250, 251, 248
_NOTIFIED = (1, 3, 4, 8)
"""The events asked for: GPI, report buffer fill, reader exception, antenna."""
_CONTENT = 1 << 12 | 1 << 10 | 1 << 9 | 1 << 8 | 1 << 7
"""What each read shall carry: antenna, strength, first and last time, count."""
_CODES = {100: "parameter error", 101: "field error", 102: "unexpected parameter", 103: "missing parameter", 104: "duplicate parameter",
          105: "too many parameters", 107: "unknown parameter", 109: "unsupported message", 110: "unsupported version",
          111: "unsupported parameter", 112: "unexpected message", 300: "invalid", 301: "out of range", 401: "device error"}


class ReaderRefuses(SettingRefused):
    """The reader does not do what it was told; says what and why."""


class UnknownSetting(ValueError):
    """A setting that no reader has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LlrpSettings:
    """How a reader shall read: which antennas (none: all), how strong in dBm (None: as the reader is set), single ones apart.

    `report_every` so many reads are one message. After three times `keepalive_seconds` of silence the reader is lost.
    `session` and `population` are those of EPC Gen2; `mode` is one of the reader's own RF modes; `version` 2 asks for LLRP 1.1.
    """

    antennas: tuple[int, ...] = ()
    power_dbm: float | None = None
    antenna_power_dbm: Mapping[int, float] = field(default_factory=dict)
    session: int = 1
    population: int = 32
    mode: int | None = None
    report_every: int = 1
    keepalive_seconds: float = 5.0
    version: Literal[1, 2] = 1

    def __post_init__(self) -> None:
        if not 0 <= self.session <= 3 or not 1 <= self.population <= 65_535 or not 1 <= self.report_every <= 65_535:
            raise UnknownSetting("A session is 0 to 3, population and report_every are 1 to 65,535.")
        if not 0.1 <= self.keepalive_seconds <= 3_600 or self.version not in (1, 2):
            raise UnknownSetting("Keepalives come every 0.1 to 3,600 seconds, and the version is 1 (LLRP 1.0.1) or 2 (LLRP 1.1).")
        if not all(1 <= one <= 65_535 for one in (*self.antennas, *self.antenna_power_dbm)):
            raise UnknownSetting("Antennas are numbered from 1 on.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a reader can do: `powers` are dBm by their index; `hop_table` the first one's number, 0 where it does not hop."""

    antennas: int = 0
    maker: int = 0
    model: int = 0
    firmware: str = ""
    powers: Mapping[int, float] = field(default_factory=dict)
    hop_table: int = 0
    modes: tuple[int, ...] = ()
    holds_reports: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderEvent:
    """What a reader says about itself: an antenna lost or back, a buffer that fills, an exception, an input."""

    kind: Literal["antenna-lost", "antenna-back", "buffer", "overflow", "exception", "input"]
    antenna: int = 0
    text: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Reported:
    """A read as it stands in a report; `seen_us` is the reader's clock in microseconds, 0 where it has none."""

    epc: bytes
    antenna: int
    rssi_dbm: float | None
    seen_us: int


def capabilities(body: bytes) -> Capabilities:
    """What GET_READER_CAPABILITIES_RESPONSE says. Raises Unreadable."""
    found = dict(parameters(body))
    general, regulatory = found.get(137, b""), found.get(143, b"")
    antennas, _, maker, model, length = _unpack(">HHIIH", general)
    bands = dict(parameters(regulatory, 4)).get(144, b"")
    return Capabilities(
        antennas=antennas, maker=maker, model=model, firmware=general[14:14 + length].decode("utf-8", "replace"),
        powers={index: value / 100 for index, value in (_unpack(">Hh", one) for one in _all(bands, 145))},
        hop_table=next((one[0] for information in _all(bands, 146) for one in _all(information[1:], 147) if one), 0),
        modes=tuple(_unpack(">I", one)[0] for table in _all(bands, 328) for one in _all(table, 329)),
        holds_reports=bool((found.get(142) or b"\0")[0] & 0x08))


def refusal(body: bytes) -> str:
    """Why a question was refused; nothing where it was not. Raises Unreadable where the answer has no status."""
    status = next(_all(body, _STATUS), None)
    if status is None:
        raise Unreadable("an answer without a status")
    code, length = _unpack(">HH", status)
    words = status[4:4 + length].decode("utf-8", "replace").strip()
    return "" if code == 0 else f"{_CODES.get(code, f'status {code}')}{f' ({words})' if words else ''}"


def greeting(body: bytes) -> int | None:
    """The status of the attempt to connect, 0 where it succeeded; None where the notification is of something else."""
    return next((_unpack(">H", value)[0] for kind, value in _events(body) if kind == _GREETING), None)


def is_closing(body: bytes) -> bool:
    """Whether the reader says that it will hang up."""
    return any(kind == _CLOSING for kind, _ in _events(body))


def events(body: bytes, at: int) -> Iterator[ReaderEvent]:
    """What of a notification somebody may have to act upon. Raises Unreadable."""
    for kind, value in _events(body):
        if kind == _ANTENNA_EVENT:
            is_back, antenna = _unpack(">BH", value)
            yield ReaderEvent(kind="antenna-back" if is_back else "antenna-lost", antenna=antenna, at=at)
        elif kind == _EXCEPTION_EVENT:
            length = _unpack(">H", value)[0]
            yield ReaderEvent(kind="exception", text=value[2:2 + length].decode("utf-8", "replace")[:200], at=at)
        elif kind == _BUFFER_EVENT:
            yield ReaderEvent(kind="buffer", text=f"{_unpack('>B', value)[0]} % of the reader's buffer are full", at=at)
        elif kind == _OVERFLOW_EVENT:
            yield ReaderEvent(kind="overflow", text="the reader's buffer was full, reads are lost", at=at)
        elif kind == _GPI_EVENT:
            port, level = _unpack(">HB", value)
            yield ReaderEvent(kind="input", text=f"input {port} is {'high' if level & 0x80 else 'low'}", at=at)


def reads(body: bytes) -> list[Reported]:
    """The reads of RO_ACCESS_REPORT. Raises Unreadable."""
    return [_read(value) for kind, value in parameters(body) if kind == 240]


def set_config(settings: LlrpSettings) -> bytes:
    """The body of SET_READER_CONFIG: which events are wanted, and how often a sign of life."""
    wanted = b"".join(parameter(245, struct.pack(">HB", kind, 0x80)) for kind in _NOTIFIED)
    return b"\0" + parameter(244, wanted) + parameter(220, struct.pack(">BI", 1, round(settings.keepalive_seconds * 1000)))


def add_rospec(settings: LlrpSettings, known: Capabilities) -> bytes:
    """The body of ADD_ROSPEC: reads from START on until it is stopped. Raises ReaderRefuses for what this reader cannot."""
    _check_able(settings, known)
    boundary = parameter(178, parameter(179, b"\0") + parameter(182, b"\0" + bytes(4)))
    antennas = settings.antennas or (0,)
    stop = parameter(184, b"\0" + bytes(4))
    inventory = parameter(186, struct.pack(">HB", 1, 1) + b"".join(_antennas(settings, known)))
    search = parameter(183, struct.pack(f">H{len(antennas)}H", len(antennas), *antennas) + stop + inventory)
    report = parameter(237, struct.pack(">BH", 1, settings.report_every) + parameter(238, struct.pack(">H", _CONTENT)))
    return parameter(177, struct.pack(">IBB", ROSPEC_ID, 0, 0) + boundary + search + report)


def _antennas(settings: LlrpSettings, known: Capabilities) -> Iterator[bytes]:
    """An AntennaConfiguration for all at once, or for each that has a power of its own."""
    apart = settings.antenna_power_dbm
    for antenna in (settings.antennas or range(1, known.antennas + 1)) if apart else (0,):
        dbm = apart.get(antenna, settings.power_dbm)
        transmitter = b"" if dbm is None else parameter(224, struct.pack(">HHH", known.hop_table, 1, power_index(dbm, known.powers)))
        mode = b"" if settings.mode is None else parameter(335, struct.pack(">HH", settings.mode, 0))
        singulation = parameter(336, struct.pack(">BHI", settings.session << 6, settings.population, 0))
        yield parameter(222, struct.pack(">H", antenna) + transmitter + parameter(330, b"\0" + mode + singulation))


def power_index(dbm: float, powers: Mapping[int, float]) -> int:
    """The reader's strongest step that is not above what was asked for, as more may not be allowed. Raises ReaderRefuses."""
    allowed = [(value, index) for index, value in powers.items() if value <= dbm]
    if not allowed:
        steps = f"{min(powers.values()):g} to {max(powers.values()):g} dBm" if powers else "no power at all"
        raise ReaderRefuses(f"The reader cannot send with {dbm:g} dBm: it offers {steps}.")
    return max(allowed)[1]


def _check_able(settings: LlrpSettings, known: Capabilities) -> None:
    beyond = [one for one in (*settings.antennas, *settings.antenna_power_dbm) if one > known.antennas]
    if beyond:
        raise ReaderRefuses(f"The reader has {known.antennas} antennas, there is no antenna {beyond[0]}.")
    if settings.mode is not None and settings.mode not in known.modes:
        raise ReaderRefuses(f"The reader has no RF mode {settings.mode}. It has: {', '.join(map(str, known.modes)) or 'none'}.")


def _read(report: bytes) -> Reported:
    epc, antenna, rssi, seen = b"", 1, None, 0
    for kind, value in parameters(report):
        if kind == 13:
            epc = value
        elif kind == 241:
            epc = value[2:2 + (_unpack(">H", value)[0] + 7) // 8]
        elif kind == 1:
            antenna = int.from_bytes(value, "big")
        elif kind == 6:
            rssi = float(int.from_bytes(value, "big", signed=True))
        elif kind == 4 or (kind == 2 and not seen):
            seen = int.from_bytes(value, "big")
    return Reported(epc, antenna, rssi, seen)


def _events(body: bytes) -> Iterable[tuple[int, bytes]]:
    return (one for data in _all(body, 246) for one in parameters(data) if one[0] != _TIMESTAMP)


def _all(body: bytes, wanted: int) -> Iterator[bytes]:
    return (value for kind, value in parameters(body) if kind == wanted)


def _unpack(layout: str, value: bytes) -> tuple[int, ...]:
    try:
        return struct.unpack_from(layout, value)
    except struct.error as error:
        raise Unreadable(f"a parameter of {len(value)} bytes is too short") from error
