"""The dock of the demonstration: a door with a fixed scanner and a light, a gate with an RFID reader; and what goes wrong there."""

import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from labels.gs1 import build
from labels.gs1.epc import encode
from simulators.devices.camera import Camera
from simulators.devices.light import Beacon
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import Device, TcpPort
from simulators.goods import gtin, sscc
from simulators.http import Client, Json
from simulators.rfid.field import Field, Tag
from simulators.rfid.llrp import LlrpDevice
from simulators.tape import Tape, Taped

DOOR, GATE, CAMERA_DOOR = "DOOR-1", "GATE-1", "DOOR-2"
_COMPANY_DIGITS = 7
_WAIT_SECONDS = 30.0
_UNANNOUNCED = 9_999_999
_STRANGER = "E28011606000020000000001"
_PALLET_SECONDS = 0.1
_PULL_SECONDS = 0.6
_TWO_VALUES = "]C1" + build([("00", sscc(_UNANNOUNCED)), ("02", gtin(1)), ("37", "48"), ("10", "L7")])
_PRINTED = (f"]d2{build([('01', '09506000134352'), ('10', 'Ab3-xY.z'), ('21', 's9QmW')])}", "]C0Yzq-WaM;_/:m.&QZ'1", "]E09506000117843")
"""The codes of the page that finds out what a scanner does, as printed there."""


class DockStopped(AssertionError):
    """The dock did not do what it should."""


class Docks:
    """Two stations with simulated devices on real ports; they stay plugged in until `close`."""

    def __init__(self, office: Client, tape: Tape | None = None) -> None:
        self._office = self._manager = office
        self.scanner, self.light = Scanner(dress=Dress(aim=True)), Beacon()
        self.field, self.gate_light = Field(speed=400.0), Beacon()
        self.camera = Camera(fps=15)
        devices: dict[str, Device] = {"scanner": self.scanner, "light": self.light, "reader": LlrpDevice(self.field, (), 4),
                                      "gate light": self.gate_light, "camera": self.camera}
        self._ports = {name: TcpPort(device if tape is None else Taped(device, name, tape)) for name, device in devices.items()}

    def open(self, manager: Client, dock: str) -> None:
        """Binds the devices to their stations, and waits until the server holds them; without OpenCV there is no camera."""
        self._manager = manager
        self._bind(manager, DOOR, "dock", dock, scanner=("scanner", "text", {"suffix": "CR"}), light=("light", "", {}))
        self._bind(manager, GATE, "gate", dock, reader=("rfid", "llrp", {"keepalive_seconds": 1}), **{"gate light": ("light", "", {})})
        if self.has_camera:
            self._bind(manager, CAMERA_DOOR, "dock", dock, camera=("camera", "", {"frames_a_second": 8}))
        _wait("the server did not open the stations' ports", lambda: all(
            one["state"] == "connected" for station in self._stations() for one in station["peripherals"]))

    def close(self) -> None:
        """Pulls all plugs."""
        for port in self._ports.values():
            port.close()

    def pass_door(self, paper: str, pallets: Sequence[str]) -> None:
        """Pallets pass the door, ten a second; every one makes the light green."""
        for pallet in pallets:
            self.scanner.scan(f"]C100{pallet}")
            time.sleep(_PALLET_SECONDS)
        self._all_came(paper, pallets, DOOR)

    @property
    def has_camera(self) -> bool:
        """OpenCV is an extra."""
        return find_spec("cv2") is not None

    def pass_camera(self, paper: str, pallets: Sequence[str]) -> None:
        """Pallets stand before the camera, one after the other."""
        for pallet in pallets:
            self.camera.show(f"(00){pallet}")
            self._all_came(paper, [pallet], CAMERA_DOOR)

    def pass_gate(self, paper: str, pallets: Sequence[str]) -> None:
        """Pallets with a tag pass the gate together."""
        for pallet in pallets:
            self.field.add(Tag.of(_tag_of(pallet)))
        self._all_came(paper, pallets, GATE)

    def mishaps(self) -> list[str]:
        """One of each: not announced, a damaged code, a scanner that loses GS, a plug pulled in the middle of a code, a strange tag."""
        told = [self._red("a pallet that nobody announced", self.light, lambda: self.scanner.scan(f"]C100{sscc(_UNANNOUNCED)}")),
                self._red("a damaged code", self.light, lambda: self.scanner.scan("]C10039520000")), self._lost_gs()]
        self.scanner.fail("unplugged")
        self.scanner.scan(f"]C100{sscc(_UNANNOUNCED + 1)}")
        _wait("nobody saw that the scanner was unplugged", lambda: self._outages(DOOR, "scanner") > 0)
        self.scanner.heal("unplugged")
        _wait("the scanner did not come back", lambda: self._state(DOOR, "scanner") == "connected")
        told += ["a scanner pulled out in the middle of a code: seen, and back by itself",
                 self._red("a strange tag at the gate", self.gate_light, lambda: self.field.add(Tag.of(_STRANGER)))]
        self.field.remove(bytes.fromhex(_STRANGER))
        return told

    def _lost_gs(self) -> str:
        """A label with two values: without GS nobody can tell where the first ends. Three printed codes tell what must be set on the scanner."""
        lesson = f"/api/v1/stations/{DOOR}/peripherals/scanner/lesson"
        self.scanner.fail("lost-gs")
        told = self._red("a label whose separators the scanner loses", self.light, lambda: self.scanner.scan(_TWO_VALUES))
        self._manager.call("POST", lesson, {})
        _wait("nobody listens to the scanner", lambda: self._manager.call("GET", lesson)["found"] is not None)
        for code in _PRINTED:
            self.scanner.scan(code)
            time.sleep(_PULL_SECONDS)
        _wait("the lesson did not find that GS is lost", lambda: self._manager.call("GET", lesson)["found"]["gs"] == "lost")
        self._manager.call("DELETE", lesson)
        self.scanner.heal("lost-gs")

        def is_kept() -> bool:
            self.scanner.scan(_TWO_VALUES)
            return "·" in str(self._peripheral(DOOR, "scanner")["last_read"])

        _wait("the scanner still loses GS", is_kept)
        return f"{told}; three printed codes told why, the scanner was set, and the same label is read"

    def _red(self, what: str, light: Beacon, act: Callable[[], None]) -> str:
        before = light.times("RED")
        act()
        _wait(f"{what} did not make the light red", lambda: light.times("RED") > before)
        return f"{what}: red light, on the supervisor's list"

    def _bind(self, manager: Client, code: str, kind: str, dock: str, **devices: tuple[str, str, Json]) -> None:
        bound = [{"name": name, "kind": of, "driver": driver, "url": self._address(name, of), "settings": settings}
                 for name, (of, driver, settings) in devices.items()]
        manager.call("PUT", f"/api/v1/stations/{code}", {"site": "W1", "kind": kind, "location": dock, "settings": {}, "peripherals": bound})

    def _address(self, name: str, kind: str) -> str:
        port = self._ports[name]
        return f"http://{port.host}:{port.port}/stream" if kind == "camera" else port.url

    def _all_came(self, paper: str, pallets: Sequence[str], station: str) -> None:
        _wait(f"not all of {len(pallets)} pallets of {paper} were received at {station}", lambda: set(pallets) <= self._received(paper))

    def _received(self, paper: str) -> set[str]:
        lines = self._office.call("GET", f"/api/v1/inbound/{paper}")["lines"]
        return {line["sscc"] for line in lines if line["received"] >= line["quantity"]}

    def _stations(self) -> list[Any]:
        return list(self._office.call("GET", "/api/v1/stations")["items"])

    def _peripheral(self, station: str, name: str) -> Json:
        return next(one for row in self._stations() if row["code"] == station for one in row["peripherals"] if one["name"] == name)

    def _state(self, station: str, name: str) -> str:
        return str(self._peripheral(station, name)["state"])

    def _outages(self, station: str, name: str) -> int:
        return int(self._peripheral(station, name)["outages"])


def _tag_of(pallet: str) -> str:
    """The tag on a pallet: its SSCC as SSCC-96, filter 2 (logistic unit)."""
    company, reference = pallet[1:1 + _COMPANY_DIGITS], pallet[0] + pallet[1 + _COMPANY_DIGITS:17]
    return encode("sscc-96", company=company, reference=reference, filter_value=2).hex


def _wait(complaint: str, holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + _WAIT_SECONDS
    while not holds():
        if time.monotonic() > ends:
            raise DockStopped(complaint)
        time.sleep(0.1)
