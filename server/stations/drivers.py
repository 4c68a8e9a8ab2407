"""From a peripheral's row to the port that holds its device. Each kind is loaded when a station has one."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, cast

from server.ports import Condition, Keeper, PortSettings, UnknownPort
from server.scales.driver import driver_for as scale_driver_for
from server.scales.weighing import Command, ScaleError
from server.scanners.a0 import A0Reader, A0Settings
from server.scanners.camera import Camera
from server.scanners.camera_settings import CameraSettings
from server.scanners.fitness import Fitness
from server.scanners.learn import Learner
from server.scanners.llrp import LlrpReader, LlrpSettings
from server.scanners.scan import Scan
from server.scanners.tcp import ListenerSettings, ScannerListener
from server.scanners.uhf18 import Uhf18Reader, Uhf18Settings
from server.stations.bound import Bind, Binding, Port
from server.stations.light import Light, LightSettings

LINE_SETTINGS = ("baudrate", "data_bits", "parity", "stop_bits", "xonxoff", "rtscts")


def bind(binding: Binding) -> Port:
    """The port of a peripheral; ValueError says what of its row makes no sense."""
    kinds: Mapping[str, Bind] = {"light": _light, "scanner": _scanner, "rfid": _rfid, "camera": _camera, "scale": _scale}
    made = kinds.get(binding.kind)
    if made is None:
        raise ValueError(f"{binding.kind} devices cannot be bound to a station here.")
    return made(binding)


def split_settings(settings: Mapping[str, Any]) -> tuple[PortSettings, dict[str, Any]]:
    """How the serial line is spoken, and the rest, which is the driver's."""
    line = {name: settings[name] for name in LINE_SETTINGS if name in settings}
    return PortSettings(**line), {name: value for name, value in settings.items() if name not in LINE_SETTINGS}


class LightPort(Keeper):
    """A light's port, and the light."""

    def __init__(self, binding: Binding) -> None:
        line, rest = split_settings(binding.settings)
        self.signal = Light(LightSettings.of(rest))
        super().__init__(binding.name, binding.url, self.signal, settings=line)


class ScannerPort(Keeper):
    """A scanner's port. While the scanner is learnt the port stays open, and nothing that comes is booked."""

    def __init__(self, binding: Binding) -> None:
        line, rest = split_settings(binding.settings)
        self._deliver, self._lesson = binding.deliver, 0
        self._learner = Learner(binding.driver or "text", rest, self._take, device=binding.name, listens=False)
        super().__init__(binding.name, binding.url, self._learner, settings=line)

    def learn(self, lesson: int) -> Fitness | None:
        """Begins a lesson unless it is the one that runs, and ends it with 0; what is known by now, None without a lesson."""
        if lesson != self._lesson:
            (self._learner.begin if lesson else self._learner.end)()
            self._lesson = lesson
        return self._learner.fitness if lesson else None

    def _take(self, scan: Scan) -> None:
        if not self._lesson:
            self._deliver(scan)


class ScalePort(Keeper):
    """A scale's port, and what a scale can be told."""

    def __init__(self, binding: Binding) -> None:
        line, rest = split_settings(binding.settings)
        self._scale = scale_driver_for(binding.driver or "mt-sics", rest, lambda weight: binding.deliver(round(weight.grams)), device=binding.name)
        super().__init__(binding.name, binding.url, self._scale, settings=line)

    @property
    def load(self) -> tuple[str, int]:
        """What the scale shows now; nothing while it is away."""
        return self._scale.load if self.condition.state == "connected" else ("", 0)

    def obey(self, wanted: str) -> str:
        """Has the scale zeroed; one of server.masterdata.wishes.ANSWERS."""
        if self.condition.state != "connected":
            return "away"
        try:
            self._scale.command(cast(Command, wanted))
        except ScaleError:
            return "cannot"
        return "sent"


class ListenerPort:
    """A TCP port at which a station's scanners call; connected when one of them does."""

    def __init__(self, binding: Binding) -> None:
        _, rest = split_settings(binding.settings)
        self._since = 0
        self._listener = ScannerListener(*_address(binding.url), ListenerSettings.of(rest), binding.deliver)

    def start(self) -> None:
        """Begins to listen."""
        self._listener.start()

    def stop(self) -> None:
        """Hangs up."""
        self._listener.stop()

    def learn(self, lesson: int) -> Fitness | None:
        """Has the scanner found out that scans the printed codes, as a ScannerPort does; the others work on."""
        return self._listener.learn(lesson)

    @property
    def condition(self) -> Condition:
        """That of the scanners together: the worst is told, since the others are seen by what they read."""
        known = sorted(self._listener.conditions.items(), key=lambda item: (item[1].state == "connected", item[1].since))
        if not known:
            return Condition(state="opening", error=f"No scanner has called port {self._listener.port} yet.", code="not_called")
        name, worst = known[0]
        return replace(worst, firmware=f"{len(known)} scanners", error=f"{name}: {worst.error}" if worst.error else "",
                       errors=sum(one.errors for _, one in known), outages=sum(one.outages for _, one in known))


def _scanner(binding: Binding) -> Port:
    return ListenerPort(binding) if binding.url.startswith("listen://") else ScannerPort(binding)


READERS: Mapping[str, tuple[Any, Any]] = {"llrp": (LlrpReader, LlrpSettings), "r2000": (A0Reader, A0Settings),
                                          "uhfreader18": (Uhf18Reader, Uhf18Settings)}
"""RFID readers by the name of what they speak."""


def _rfid(binding: Binding) -> Port:
    name = binding.driver or "llrp"
    if name not in READERS:
        raise ValueError(f"There is no RFID driver {name!r}. There are: {', '.join(READERS)}.")
    driver, settings = READERS[name]
    line, rest = split_settings(binding.settings)
    reader = driver(lambda reads: binding.deliver(tuple(reads)), _made(settings, rest), device=binding.name)
    return Keeper(binding.name, binding.url, reader, settings=line)


def _camera(binding: Binding) -> Port:
    return Camera(binding.name, CameraSettings.of({**binding.settings, "url": binding.url}), binding.deliver)


def _scale(binding: Binding) -> Port:
    return ScalePort(binding)


def _made(kind: Any, given: Mapping[str, Any]) -> Any:
    """Settings from JSON: lists are tuples there, and antennas are numbers."""
    allowed = [one.name for one in fields(kind)]
    for name in given:
        if name not in allowed:
            raise ValueError(f"There is no setting {name!r}. There are: {', '.join(allowed)}.")
    try:
        return kind(**{name: _plain(value) for name, value in given.items()})
    except TypeError as error:
        raise ValueError(f"The settings do not fit: {error}.") from error


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return {int(key): one for key, one in value.items()} if isinstance(value, dict) else value


def _address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("listen://").rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65_536:
        raise UnknownPort(f"{url!r} is no place to listen. Use listen://:PORT, such as listen://:4100.")
    return host or "0.0.0.0", int(port)  # noqa: S104 - scanners call from the whole network of the warehouse


def _light(binding: Binding) -> Port:
    return LightPort(binding)
