"""Speaks with a scale at a port and delivers the weights that may be used."""

import queue
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from server.ports import Line, NoAnswer, Nonsense, Silent
from server.scales.mt_sics import MtSics
from server.scales.nci import Nci
from server.scales.soehenle import Soehenle
from server.scales.stable import Rearm, Settler, Weight
from server.scales.toledo_8217 import Toledo8217
from server.scales.toledo_continuous import ToledoContinuous
from server.scales.weighing import GRAMS, Command, Dialect, Done, Heard, Named, Rubbish, ScaleError, Weighing

PROTOCOLS: dict[str, type[Dialect]] = {"mt-sics": MtSics, "nci": Nci, "soehenle": Soehenle, "toledo-8217": Toledo8217,
                                       "toledo-continuous": ToledoContinuous}
_SAMPLE = 48
LOADS = ("", "rest", "moving", "over", "under")
"""What is told of a load, whether or not its weight may be used: nothing, at rest, still moving, beyond either end of the scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleSettings:
    """How a scale is used; weights in grams.

    `units`: what it may send, everything else is not used. `min_g` and less is an empty scale, more than `max_g` is not used.
    It is asked again `poll_seconds` after an answer, or after `answer_seconds` without one, and counts as gone after
    `silence_seconds`. `rearm` says when a weight is told anew: when the scale was `emptied`, or also when what lies there has
    `changed`, as at packing, where a missing item is put in. `has_checksum` and `has_tare` say what the frames of a Toledo continuous hold.
    """

    units: tuple[str, ...] = ("g", "kg")
    min_g: Decimal = Decimal(5)
    max_g: Decimal | None = None
    rearm: Rearm = "emptied"
    poll_seconds: float = 0.1
    answer_seconds: float = 1.0
    silence_seconds: float = 3.0
    has_checksum: bool = True
    has_tare: bool = True


def settings_of(document: Mapping[str, Any]) -> ScaleSettings:
    """Settings from JSON values; ScaleError says which one cannot be meant, and what can."""
    unknown = sorted(set(document) - {field.name for field in fields(ScaleSettings)})
    if unknown:
        names = ", ".join(field.name for field in fields(ScaleSettings))
        raise ScaleError(f"A scale has no setting {unknown[0]!r}. There are: {names}.")
    made = {name: _READERS[name](name, value) for name, value in document.items()}
    settings = ScaleSettings(**made)
    if settings.max_g is not None and settings.max_g <= settings.min_g:
        raise ScaleError(f"max_g {settings.max_g} is not more than min_g {settings.min_g}: no weight would ever be used.")
    return settings


def driver_for(name: str, settings: Mapping[str, Any], deliver: Callable[[Weight], None], *, device: str = "",
               now: Callable[[], int] = lambda: int(time.time() * 1000)) -> "ScaleDriver":
    """A driver of the protocol called `name` (see PROTOCOLS); `deliver` is called in the port's thread and must be short."""
    if name not in PROTOCOLS:
        raise ScaleError(f"There is no scale protocol {name!r}. There are: {', '.join(PROTOCOLS)}.")
    return ScaleDriver(name, settings_of(settings), deliver, device=device, now=now)


class ScaleDriver:
    """For server.ports.Keeper. `command` may be called from any thread."""

    def __init__(self, name: str, settings: ScaleSettings, deliver: Callable[[Weight], None], *, device: str,
                 now: Callable[[], int]) -> None:
        self._name, self._settings, self._deliver, self._now = name, settings, deliver, now
        self._settler = Settler(units=settings.units, min_g=settings.min_g, max_g=settings.max_g,
                                rearm=settings.rearm, device=device)
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._is_ready = False
        self._heard_at = 0.0
        self._sample = b""
        self._firmware = ""
        self.load: tuple[str, int] = ("", 0)

    def command(self, command: Command) -> None:
        """Zero or tare, as soon as the scale is asked next; ScaleError where the protocol has no such command, or nobody is there.

        A command never waits for a scale that is away: by then something else would lie on it.
        """
        if command not in get_args(Command) or command not in PROTOCOLS[self._name].commands:
            raise ScaleError(f"A scale that speaks {self._name} cannot be told to {command}. Press the key on the scale.")
        if not self._is_ready:
            raise ScaleError(f"The scale is not connected, so it cannot be told to {command}. Plug it in, then do it again.")
        self._commands.put(command)

    def talk(self, line: Line) -> None:
        """Asks or listens until the line is lost; nothing that was read before an outage is paired with what comes after."""
        dialect = self._dialect()
        self._heard_at, self._sample, self._commands = time.monotonic(), b"", queue.SimpleQueue()
        self._settler.interrupt()
        try:
            self._talk(line, dialect)
        finally:
            self._is_ready, self.load = False, ("", 0)

    def _talk(self, line: Line, dialect: Dialect) -> None:
        if dialect.hello:
            line.write(dialect.hello)
            self._listen(line, dialect, 0.3)
        while True:
            self._send_commands(line, dialect)
            if dialect.question:
                line.write(dialect.question)
                self._listen(line, dialect, self._settings.answer_seconds)
                self._wait(line, dialect)
            else:
                self._listen(line, dialect, 0.2)
            self._guard_silence(line)

    def _dialect(self) -> Dialect:
        if self._name == "toledo-continuous":
            return ToledoContinuous(has_checksum=self._settings.has_checksum, has_tare=self._settings.has_tare)
        return PROTOCOLS[self._name]()

    def _send_commands(self, line: Line, dialect: Dialect) -> None:
        while not self._commands.empty():
            command = self._commands.get()
            self._settler.restart(self._now() + 1)
            line.write(dialect.commands[command])
            self._listen(line, dialect, 0.3)
            self._settler.restart(self._now() + 1)

    def _listen(self, line: Line, dialect: Dialect, seconds: float) -> None:
        """Until something whole has come, or so long."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            data = line.read(left)
            self._sample = (self._sample + data)[-_SAMPLE:]
            heard = dialect.feed(data)
            for one in heard:
                self._take(line, one)
            if heard:
                return

    def _wait(self, line: Line, dialect: Dialect) -> None:
        """Reads on until it is time to ask again: a slow scale's late answer is an answer too."""
        if self._settings.poll_seconds:
            for one in dialect.feed(line.read(self._settings.poll_seconds)):
                self._take(line, one)

    def _take(self, line: Line, heard: Heard) -> None:
        if isinstance(heard, Rubbish):
            if self._is_ready:  # before that it is the end of what was said before we listened
                line.note_error(heard.why)
            return
        self._heard_at = time.monotonic()
        if isinstance(heard, Named):
            self._firmware = heard.firmware
        if not self._is_ready:
            self._is_ready = True
            line.ready(self._firmware)
        if isinstance(heard, Done):
            self._done(line, heard)
        elif isinstance(heard, Weighing):
            self._weigh(line, heard)

    def _weigh(self, line: Line, weighing: Weighing) -> None:
        if not weighing.trouble and weighing.unit not in self._settings.units:
            line.note_error(f"The scale weighs in {weighing.unit}, not in {' or '.join(self._settings.units)}: its weights are not used.", "wrong_unit")
        self.load = _load_of(weighing)
        weight = self._settler.feed(weighing, self._now())
        if weight is not None:
            self._deliver(weight)

    def _done(self, line: Line, done: Done) -> None:
        if done.refused:
            line.note_error(f"The scale did not {done.command}: {done.refused}.", "not_done")
        self._settler.restart(self._now() + 1)

    def _guard_silence(self, line: Line) -> None:
        if time.monotonic() - self._heard_at < self._settings.silence_seconds:
            return
        if self._is_ready:
            raise Silent(f"The scale at {line.url} says nothing any more. Is it switched on?")
        if self._sample:
            raise Nonsense(f"What answers at {line.url} is no scale that speaks {self._name}: it says {self._sample!r}. "
                           "Check the protocol, and the speed and parity of the line.")
        raise NoAnswer(f"Nothing answers at {line.url}. Is the scale switched on, and does it speak {self._name}?")


def _units(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value or not all(one in GRAMS for one in value):
        raise ScaleError(f"{name} is a list of units such as [\"g\", \"kg\"], not {value!r}. There are: {', '.join(GRAMS)}.")
    return tuple(value)


def _grams(name: str, value: Any) -> Decimal:
    try:
        grams = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        grams = Decimal("NaN")
    if not grams.is_finite() or grams < 0:
        raise ScaleError(f"{name} is grams, 0 or more, not {value!r}.")
    return grams


def _grams_or_none(name: str, value: Any) -> Decimal | None:
    return None if value is None else _grams(name, value)


def _seconds(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 60:
        raise ScaleError(f"{name} is seconds, 0 to 60, not {value!r}.")
    return float(value)


def _silence(name: str, value: Any) -> float:
    seconds = _seconds(name, value)
    if seconds < 0.5:
        raise ScaleError(f"{name} is at least 0.5: a scale may take that long to answer. Given was {value!r}.")
    return seconds


def _rearm(name: str, value: Any) -> str:
    if value not in get_args(Rearm):
        raise ScaleError(f"{name} is {' or '.join(get_args(Rearm))}, not {value!r}.")
    return str(value)


def _load_of(weighing: Weighing) -> tuple[str, int]:
    """For people who watch: in whole grams, also of a unit that is not used."""
    if weighing.trouble in ("over", "under"):
        return weighing.trouble, 0
    if weighing.trouble or weighing.unit not in GRAMS:
        return "", 0
    return "rest" if weighing.is_stable else "moving", round(weighing.value * GRAMS[weighing.unit])


def _yes_or_no(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ScaleError(f"{name} is true or false, not {value!r}.")
    return value


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "units": _units, "rearm": _rearm, "min_g": _grams, "max_g": _grams_or_none, "poll_seconds": _seconds, "answer_seconds": _seconds, "silence_seconds": _silence,
    "has_checksum": _yes_or_no, "has_tare": _yes_or_no}
