"""From a peripheral's row to the port that holds its device. Each kind is loaded when a station has one."""

from collections.abc import Mapping
from typing import Any

from server.ports import Keeper, PortSettings
from server.stations.bound import Bind, Binding, Port
from server.stations.light import Light, LightSettings

LINE_SETTINGS = ("baudrate", "data_bits", "parity", "stop_bits", "xonxoff", "rtscts")


def bind(binding: Binding) -> Port:
    """The port of a peripheral; ValueError says what of its row makes no sense."""
    kinds: Mapping[str, Bind] = {"light": _light}
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


def _light(binding: Binding) -> Port:
    return LightPort(binding)
