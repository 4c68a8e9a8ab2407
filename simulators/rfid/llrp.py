"""A simulated LLRP reader: one host at a time, ROSpecs that stay, reports, keepalives and events. By the layouts of LLRP 1.0.1."""

import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar

from simulators.devices.wire import Device, Wire
from simulators.rfid.field import Field, Inventory, Read, Tag
from simulators.rfid.llrp_bytes import Broken, capabilities, event_data, message, messages, parts, report_entry, tlv
from simulators.rfid.llrp_specs import ACTIVE, DISABLED, INACTIVE, ReportSpec, RoSpec, report_spec, rospec

STRANGER = Tag(epc=bytes.fromhex("E280689400005018DEADBEEF"))
_OK, _PARAMETER, _FIELD, _DUPLICATE, _UNSUPPORTED, _VERSION, _RANGE, _DEVICE = 0, 100, 101, 104, 109, 110, 301, 401
_IMPINJ = struct.pack(">IB", 25882, 21)
_RUBBISH = bytes(range(0xF0, 0x100)) * 2
_SLOW_SECONDS = 1.0
_FAULT_EVERY_SECONDS = 0.5
_KEPT_MAX = 10_000
_ENDLESS_SECONDS = 1.0
"""A round without end of which nothing is told before its end: nobody would ever hear of it."""


class LlrpDevice(Device):
    """The reader. What it was told stays when the host hangs up, as in a real one."""

    FAULTS: ClassVar[Mapping[str, str]] = {
        "busy": "greets as if another program held it", "drop": "hangs up in the middle of a message, twice a second",
        "keepalive-lost": "sends no keepalives any more", "silent": "sends nothing at all and answers nothing",
        "antenna-off": "antenna 1 has lost its cable", "rubbish": "sends bytes that are no LLRP, twice a second",
        "stranger": "reads a tag that is in no file", "error-status": "refuses whatever it is asked",
        "slow": "answers a second late",
    }

    def __init__(self, stands: Field, faults: Iterable[str] = (), antennas: int = 4) -> None:
        self.field, self.antennas = stands, antennas
        self.specs: dict[int, RoSpec] = {}
        self.access: dict[int, bytes] = {}
        self.report, self.keepalive_seconds, self.notified, self.holds = ReportSpec(), 0.0, set[int](), False
        self.reads = 0
        self._lock = threading.Lock()
        super().__init__(faults)

    def serve(self, wire: Wire) -> None:
        """Serves the one host; turns others away."""
        if "busy" in self.faults or not self._lock.acquire(blocking=False):
            wire.write(message(63, event_data(256, struct.pack(">H", 2))))
            return
        try:
            _Host(self, wire).serve()
        finally:
            self._lock.release()

    def fail(self, name: str) -> None:
        """Begins a fault; a stranger stands in the field from now on."""
        super().fail(name)
        if name == "stranger":
            self.field.add(STRANGER)

    def heal(self, name: str) -> None:
        """Ends a fault."""
        super().heal(name)
        if name == "stranger":
            self.field.remove(STRANGER.epc)

    def reset(self) -> None:
        """As it came from its maker."""
        self.specs.clear()
        self.access.clear()
        self.report, self.keepalive_seconds, self.notified, self.holds = ReportSpec(), 0.0, set(), False


class _Reading:
    """Carries out the active ROSpecs for one host."""

    def __init__(self, device: LlrpDevice, wire: Wire, notify: Callable[[int, int, bytes], None]) -> None:
        self._device, self._wire, self._notify = device, wire, notify
        self._inventory = Inventory(device.field)
        self._number = 1 << 16
        self.is_held = device.holds
        self.version = 1

    def go_on(self, spec: RoSpec, now: float, *, is_off: bool) -> None:
        """What has been read since then, told as the order says."""
        every = range(1, self._device.antennas + 1) if spec.antennas == (0,) else spec.antennas
        connected = [one for one in every if one != 1 or not is_off]
        due = [one for one in self._inventory.due(connected) if all(each.lets_through(one.epc) for each in spec.filters)]
        self._device.reads += len(due)
        if self.is_held or "silent" in self._device.faults:
            return
        spec.pending += [report_entry(one, spec.ident, spec.report.content, spec.report.memory) for one in due]
        size = min(filter(None, (spec.report.every, spec.round_reads)), default=0)
        whole = len(spec.pending) // size * size if size else 0
        endless = _ENDLESS_SECONDS if not size and spec.lasts is None else 0.0
        if (spec.round_seconds or endless) and now - spec.round_began >= (spec.round_seconds or endless):
            spec.round_began, whole = now, len(spec.pending)
        self.report(spec.pending[:whole], size or whole)
        del spec.pending[:max(whole, len(spec.pending) - _KEPT_MAX)]
        if spec.lasts is not None and now - spec.began >= spec.lasts:
            self.end(spec)

    def report(self, entries: list[bytes], size: int) -> None:
        """Tells them, so many in a message."""
        sent = b""
        for at in range(0, len(entries), size or 1):
            self._number += 1
            sent += message(61, b"".join(entries[at:at + size]), self._number, self.version)
        if sent:
            self._wire.write(sent)

    def begin(self, spec: RoSpec) -> None:
        """It begins."""
        spec.state, spec.pending = ACTIVE, []
        spec.began = spec.round_began = time.monotonic()
        self._inventory = Inventory(self._device.field)
        self._notify(2, 249, struct.pack(">BII", 0, spec.ident, 0))

    def end(self, spec: RoSpec) -> None:
        """It ends, and what was kept back for the end is told."""
        if spec.state == ACTIVE:
            spec.state = INACTIVE
            self.report(spec.pending, len(spec.pending))
            self._notify(2, 249, struct.pack(">BII", 1, spec.ident, 0))


class _Host:
    """One connection."""

    def __init__(self, device: LlrpDevice, wire: Wire) -> None:
        self.device, self.wire = device, wire
        self._data = bytearray()
        self._reading = _Reading(device, wire, self._notify)
        self._is_leaving = False
        self._version = 1
        self._alive_at = self._failed_at = time.monotonic()
        self._number = 0
        self._is_off = False

    def serve(self) -> None:
        """Until it hangs up."""
        self.send(63, event_data(256, struct.pack(">H", 0)))
        while not self._is_leaving:
            is_reading = any(spec.state == ACTIVE for spec in self.device.specs.values())
            self._data += self.wire.read(0.005 if is_reading else 0.05)
            for version, kind, ident, body in messages(self._data):
                self._answer(version, kind, ident, body)
            self._on_its_own()

    def send(self, kind: int, body: bytes = b"", ident: int | None = None, version: int | None = None) -> None:
        """Sends a message, with a number of its own where it answers none."""
        if "silent" in self.device.faults:
            return
        self._number += 1
        self.wire.write(message(kind, body, self._number if ident is None else ident, version or self._version))

    def _answer(self, version: int, kind: int, ident: int, body: bytes) -> None:
        if kind == 72:
            return
        if "slow" in self.device.faults:
            time.sleep(_SLOW_SECONDS)
        try:
            code, words, more = _OK, "", self._done(version, kind, body)
        except _Refused as refused:
            code, words, more = refused.code, str(refused), b""
        except (Broken, struct.error, IndexError) as broken:
            code, words, more = _PARAMETER, f"not understood: {broken}", b""
        if more is not None:
            self._reply(kind, ident, _status(code, words), more)

    def _done(self, version: int, kind: int, body: bytes) -> "_Answer":
        if version not in (1, 2):
            raise _Refused(_VERSION, f"version {version} is not spoken here")
        if kind not in _ACTS:
            raise _Refused(_UNSUPPORTED, f"message {kind} is not known here")
        if "error-status" in self.device.faults and kind != 14:
            raise _Refused(_DEVICE, "simulated fault")
        return _ACTS[kind](self, body)

    def _reply(self, kind: int, ident: int, status: bytes, more: bytes) -> None:
        if kind not in _ACTS:
            self.send(100, status, ident)
        elif kind == 46:  # the versions stand before the status
            self.send(56, bytes([self._version, 2]) + status, ident, version=2)
        elif kind == 1023:
            self.send(1023, _IMPINJ[:4] + b"\x16" + status, ident)
        else:
            self.send(4 if kind == 14 else kind + 10, status + more, ident)

    def _on_its_own(self) -> None:
        now = time.monotonic()
        faults = self.device.faults
        if self.device.keepalive_seconds and now - self._alive_at >= self.device.keepalive_seconds:
            self._alive_at = now
            if "keepalive-lost" not in faults:
                self.send(62)
        self._watch_antenna()
        if faults & {"drop", "rubbish"} and now - self._failed_at >= _FAULT_EVERY_SECONDS:
            self._failed_at = now
            self._misbehave()
        for spec in list(self.device.specs.values()):
            if spec.state == ACTIVE:
                self._reading.go_on(spec, now, is_off=self._is_off)

    def _misbehave(self) -> None:
        if "rubbish" in self.device.faults:
            self.wire.write(_RUBBISH)
        else:
            whole = message(61, report_entry(Read(STRANGER.epc, 1, -50), 1, 0xFFFF, 0))
            self.wire.write(whole[:len(whole) // 2])
            self._is_leaving = True

    def _watch_antenna(self) -> None:
        is_off = "antenna-off" in self.device.faults
        if is_off != self._is_off:
            self._is_off = is_off
            self._notify(8, 255, struct.pack(">BH", not is_off, 1))

    def _notify(self, wish: int, kind: int, value: bytes) -> None:
        if wish in self.device.notified:
            self.send(63, event_data(kind, value))

    # What is asked for. Each gives what stands behind the status, or None where nothing is answered.

    def capabilities(self, _: bytes) -> "_Answer":
        return capabilities(self.device.antennas)

    def get_config(self, body: bytes) -> "_Answer":
        antennas = b"".join(tlv(221, struct.pack(">BHh", 0 if one == 1 and self._is_off else 0x80, one, 600))
                            for one in range(1, self.device.antennas + 1))
        alive = round(self.device.keepalive_seconds * 1000)
        everything = {1: tlv(218, struct.pack(">BH", 0, 8) + bytes.fromhex("02005E00FFFE5300")), 2: antennas,
                      8: tlv(220, struct.pack(">BI", bool(alive), alive)), 11: tlv(217, struct.pack(">I", len(self.device.specs))),
                      10: tlv(226, bytes([self.device.holds << 7]))}
        wanted = body[2] if len(body) > 2 else 0
        return everything.get(wanted, b"".join(everything.values()) if wanted == 0 else b"")

    def set_config(self, body: bytes) -> "_Answer":
        if not body:
            raise Broken("an empty SET_READER_CONFIG")
        if body[0] & 0x80:
            self.device.reset()
        for kind, value in parts(body[1:]):
            match kind:
                case 220:
                    trigger, alive = struct.unpack(">BI", value)
                    self.device.keepalive_seconds = alive / 1000 if trigger else 0.0
                    self._alive_at = time.monotonic()
                case 226:
                    self.device.holds = bool(value[:1] > b"\x7f")
                case 237:
                    self.device.report = report_spec(value)
                case 244:
                    self._is_off = False  # who asks for events only now is told of a lost antenna too
                    for _, one in parts(value):
                        wish, is_on = struct.unpack(">HB", one)
                        (self.device.notified.add if is_on & 0x80 else self.device.notified.discard)(wish)
        return b""

    def add_rospec(self, body: bytes) -> "_Answer":
        kind, value = next(iter(parts(body)), (0, b""))
        if kind != 177:
            raise Broken("no ROSpec in ADD_ROSPEC")
        spec = rospec(value, self.device.report)
        if not spec.ident or spec.ident in self.device.specs:
            raise _Refused(_DUPLICATE if spec.ident else _FIELD, f"there is a ROSpec {spec.ident}, or there can be none")
        if any(one > self.device.antennas for one in spec.antennas):
            raise _Refused(_RANGE, f"there are {self.device.antennas} antennas")
        self.device.specs[spec.ident] = spec
        return b""

    def delete_rospec(self, body: bytes) -> "_Answer":
        for spec in self._named(body):
            del self.device.specs[spec.ident]
        return b""

    def start_rospec(self, body: bytes) -> "_Answer":
        for spec in self._named(body, INACTIVE):
            self._reading.begin(spec)
        return b""

    def stop_rospec(self, body: bytes) -> "_Answer":
        for spec in self._named(body, ACTIVE):
            self._reading.end(spec)
        return b""

    def enable_rospec(self, body: bytes) -> "_Answer":
        for spec in self._named(body):
            if spec.state == DISABLED:
                spec.state = INACTIVE
                if spec.starts == 1:
                    self._reading.begin(spec)
        return b""

    def disable_rospec(self, body: bytes) -> "_Answer":
        for spec in self._named(body):
            self._reading.end(spec)
            spec.state = DISABLED
        return b""

    def get_rospecs(self, _: bytes) -> "_Answer":
        return b"".join(tlv(177, spec.raw[:5] + bytes([spec.state]) + spec.raw[6:]) for spec in self.device.specs.values())

    def access(self, body: bytes) -> "_Answer":
        """ADD, DELETE, ENABLE and DISABLE of AccessSpecs: kept or forgotten, never carried out."""
        if len(body) == 4:
            ident = int.from_bytes(body, "big")
            self.device.access = {one: raw for one, raw in self.device.access.items() if ident not in (0, one)}
        return b""

    def add_access(self, body: bytes) -> "_Answer":
        self.device.access[struct.unpack_from(">I", body, 4)[0]] = body
        return b""

    def get_access(self, _: bytes) -> "_Answer":
        return b"".join(self.device.access.values())

    def get_report(self, _: bytes) -> "_Answer":
        for spec in self.device.specs.values():
            self._reading.report(spec.pending, len(spec.pending))
            spec.pending = []
        return None

    def release(self, _: bytes) -> "_Answer":
        self._reading.is_held = False
        return None

    def supported_version(self, _: bytes) -> "_Answer":
        return b""

    def set_version(self, body: bytes) -> "_Answer":
        if body not in (b"\1", b"\2"):
            raise _Refused(_VERSION, "LLRP 1.0.1 and 1.1 are spoken here")
        self._version = self._reading.version = body[0]
        return b""

    def custom(self, body: bytes) -> "_Answer":
        if body[:5] != _IMPINJ:
            raise _Refused(_UNSUPPORTED, "a maker's own message that is not known here")
        return b""

    def goodbye(self, _: bytes) -> "_Answer":
        self._is_leaving = True
        return b""

    def _named(self, body: bytes, state: int | None = None) -> Iterator[RoSpec]:
        """The ROSpec of that number, all for 0; refuses one that is not there or not in the state."""
        ident = int(struct.unpack(">I", body)[0])
        found = [one for one in self.device.specs.values() if ident in (0, one.ident)]
        if ident and not found:
            raise _Refused(_FIELD, f"there is no ROSpec {ident}")
        if ident and state is not None and found[0].state != state:
            raise _Refused(_FIELD, f"ROSpec {ident} is {('disabled', 'inactive', 'active')[found[0].state]}")
        return iter([one for one in found if state in (None, one.state)])


_Answer = bytes | None
_ACTS: Mapping[int, Callable[[_Host, bytes], _Answer]] = {
    1: _Host.capabilities, 2: _Host.get_config, 3: _Host.set_config, 14: _Host.goodbye, 20: _Host.add_rospec, 21: _Host.delete_rospec,
    22: _Host.start_rospec, 23: _Host.stop_rospec, 24: _Host.enable_rospec, 25: _Host.disable_rospec, 26: _Host.get_rospecs,
    40: _Host.add_access, 41: _Host.access, 42: lambda *_: b"", 43: lambda *_: b"", 44: _Host.get_access, 46: _Host.supported_version,
    47: _Host.set_version, 60: _Host.get_report, 64: _Host.release, 1023: _Host.custom,
}


class _Refused(Exception):
    """An error status."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


def _status(code: int, words: str) -> bytes:
    text = words.encode()
    return tlv(287, struct.pack(">HH", code, len(text)) + text)
