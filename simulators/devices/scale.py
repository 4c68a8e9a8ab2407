"""A scale: something is put on it, it comes to rest, and says so in the bytes of its model."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import ClassVar, NamedTuple

import click

from simulators.devices.wire import Device, Wire
from simulators.simulate import run

_POUND_G = Decimal("453.59237")
_CAPACITY_G = Decimal(30_000)
_REST_SECONDS, _SLOW_SECONDS = 0.25, 2.5
_CONTINUOUS_PAUSE_SECONDS = 0.05


class Shown(NamedTuple):
    """What the scale's display says: grams, whether at rest, net, and "over" or "under" where it shows neither."""

    grams: Decimal
    is_at_rest: bool
    is_net: bool
    beyond: str
    in_pounds: bool


class Scale(Device):
    """A scale of one model; what `put`, `take_off`, `zero` and `tare` do may be done from any thread."""

    FAULTS: ClassVar[Mapping[str, str]] = {
        "motion": "never comes to rest", "overload": "says that the load is too great", "under": "says that the load is below zero",
        "silent": "answers nothing", "rubbish": "sends noise and cut frames between the good ones",
        "wrong-unit": "weighs in pounds", "mid-frame": "a connection begins in the middle of a frame",
        "drift": "says that it is at rest, and rises gram by gram", "slow": "takes seconds to come to rest, and to answer"}

    def __init__(self, model: str = "mt-sics", faults: Iterable[str] = (), *, seed: int = 1) -> None:
        super().__init__(faults)
        if model not in MODELS:
            raise ValueError(f"There is no scale {model!r}. There are: {', '.join(MODELS)}.")
        self.model = model
        self._speaks = MODELS[model]
        self._noise = random.Random(seed)
        self._lock = threading.Lock()
        self._load, self._before, self._zero, self._tare = Decimal(0), Decimal(0), Decimal(0), Decimal(0)
        self._changed = 0.0
        self._drifted = 0

    def put(self, grams: Decimal | float | str) -> None:
        """So much more lies on it now."""
        with self._lock:
            self._change(self._load + Decimal(str(grams)))

    def take_off(self) -> None:
        """Nothing lies on it."""
        with self._lock:
            self._change(Decimal(0))

    def zero(self) -> bool:
        """What it weighs now is nothing from now on; False while the load moves."""
        with self._lock:
            if not self._at_rest():
                return False
            self._zero, self._tare = self._load, Decimal(0)
            return True

    def tare(self) -> bool:
        """What lies on it now is the packaging; False while the load moves."""
        with self._lock:
            if not self._at_rest():
                return False
            self._tare = self._load - self._zero
            return True

    def shown(self) -> Shown:
        """What it says now."""
        with self._lock:
            gone = min(1.0, (time.monotonic() - self._changed) / self._rest_seconds())
            load = self._before + (self._load - self._before) * Decimal(str(round(gone, 3)))
            if "drift" in self.faults:
                self._drifted += 1
                load += self._drifted
            if "motion" in self.faults:
                load += self._noise.randrange(5)
            beyond = "over" if "overload" in self.faults or load - self._zero > _CAPACITY_G else \
                "under" if "under" in self.faults or load - self._zero < -20 else ""
            return Shown(load - self._zero - self._tare, self._at_rest(), bool(self._tare), beyond, "wrong-unit" in self.faults)

    def serve(self, wire: Wire) -> None:
        """Answers one host, or talks to it."""
        if "mid-frame" in self.faults:
            frame = self._speaks.weight(self.shown())
            wire.write(frame[len(frame) // 2:])
        if self._speaks.talks:
            self._talk(wire)
        else:
            self._answer(wire)

    def _talk(self, wire: Wire) -> None:
        while True:
            for key in wire.read(_CONTINUOUS_PAUSE_SECONDS * (10 if "slow" in self.faults else 1)):
                self._press(chr(key))
            self._say(wire, self._speaks.weight(self.shown()))

    def _answer(self, wire: Wire) -> None:
        asked = b""
        while True:
            asked += wire.read(0.2)
            *questions, asked = asked.split(self._speaks.end) if self._speaks.end else (*(bytes([one]) for one in asked), b"")
            for question in questions:
                if "slow" in self.faults:
                    time.sleep(0.6)
                self._say(wire, self._speaks.answer(self, question.decode("ascii", "replace")))

    def _say(self, wire: Wire, data: bytes) -> None:
        if "silent" in self.faults:
            return
        if "rubbish" in self.faults and self._noise.random() < 0.3:
            data = self._noise.choice([data[:self._noise.randrange(len(data) + 1)], self._noise.randbytes(9),
                                       self._noise.randbytes(5) + data])
        wire.write(data)

    def _press(self, key: str) -> None:
        if key == "Z":
            self.zero()
        elif key == "T":
            self.tare()

    def _change(self, load: Decimal) -> None:
        self._before, self._load, self._changed = self._load, load, time.monotonic()

    def _rest_seconds(self) -> float:
        return _SLOW_SECONDS if "slow" in self.faults else _REST_SECONDS

    def _at_rest(self) -> bool:
        return "motion" not in self.faults and time.monotonic() - self._changed >= self._rest_seconds()


def _in_unit(shown: Shown, decimals: int) -> tuple[Decimal, str]:
    """Kilograms, or pounds where the scale is set wrong."""
    step = Decimal(1).scaleb(-decimals)
    return (shown.grams / (_POUND_G if shown.in_pounds else 1000)).quantize(step), "lb" if shown.in_pounds else "kg"


def _mt_sics_weight(shown: Shown) -> bytes:
    if shown.beyond:
        return b"S +\r\n" if shown.beyond == "over" else b"S -\r\n"
    value, unit = (shown.grams.quantize(Decimal("0.01")), "g") if not shown.in_pounds else _in_unit(shown, 4)
    return f"S {'S' if shown.is_at_rest else 'D'} {value:>10} {unit}\r\n".encode()


def _mt_sics(scale: Scale, question: str) -> bytes:
    shown = scale.shown()
    match question:
        case "SI":
            return _mt_sics_weight(shown)
        case "S":
            return _mt_sics_weight(shown) if shown.is_at_rest else b"S I\r\n"
        case "Z":
            return b"Z A\r\n" if scale.zero() else b"Z I\r\n"
        case "T":
            return f"T S {shown.grams.quantize(Decimal('0.01')):>10} g\r\n".encode() if scale.tare() else b"T I\r\n"
        case "I4" | "@":
            return b'I4 A "SIM-0001"\r\n'
        case _:
            return b"ES\r\n"


def _continuous_weight(shown: Shown) -> bytes:
    value, unit = _in_unit(shown, 3)
    bits = 0x20 | shown.is_net | (value < 0) << 1 | bool(shown.beyond) << 2 | (not shown.is_at_rest) << 3 | (unit == "kg") << 4
    if shown.beyond == "under":
        bits |= 0x02
    digits = f"{abs(int(value.scaleb(3))) % 1_000_000:06d}"
    body = bytes([0x02, 0x2D, bits, 0x20]) + digits.encode() + b"000000\r"
    return body + bytes([-sum(body) & 0x7F])


def _nci_weight(shown: Shown) -> bytes:
    first = 0x30 | (not shown.is_at_rest) | (not shown.grams) << 1
    second = 0x30 | (shown.beyond == "under") | (shown.beyond == "over") << 1
    status = bytes([first, second]) if not shown.is_net else bytes([first, second | 0x40, 0x34])
    if shown.beyond or not shown.is_at_rest:
        return b"\nS" + status + b"\r\x03"
    value, unit = _in_unit(shown, 3)
    return f"\n{value:>7}{unit.upper()}\r\nS".encode() + status + b"\r\x03"


def _nci(scale: Scale, question: str) -> bytes:
    if question == "Z":
        scale.zero()
    return _nci_weight(scale.shown()) if question in ("W", "Z") else b"\n?\r\x03"


def _8217_weight(shown: Shown) -> bytes:
    value, _ = _in_unit(shown, 2 if shown.in_pounds else 3)
    if shown.beyond or not shown.is_at_rest or value < 0:
        status = 0x40 | (not shown.is_at_rest) | (shown.beyond == "over") << 1 | (shown.beyond == "under" or value < 0) << 2
        return bytes([0x02, 0x3F, status, 0x0D])
    return b"\x02" + f"{value:0>{6 - shown.in_pounds}}".encode() + b"N" * shown.is_net + b"\r"


def _8217(scale: Scale, question: str) -> bytes:
    if question == "Z":
        scale.zero()
        return b""
    return _8217_weight(scale.shown()) if question == "W" else b"\x02?@\r"


def _soehenle_weight(shown: Shown) -> bytes:
    value, unit = (Decimal("0.0"), "kg") if shown.beyond else _in_unit(shown, 3)
    bits = f"{shown.beyond == 'under':d}{shown.beyond == 'over':d}{shown.is_at_rest and not shown.beyond:d}"
    return f"{bits}001N{value:>7} {unit} \r\n".replace(".", ",").encode()


def _soehenle(scale: Scale, question: str) -> bytes:
    return _soehenle_weight(scale.shown()) if question == "<A>" else b""


class Speech(NamedTuple):
    """How a model speaks: its weight as bytes, its answers, the end sign of a question, or that it talks by itself."""

    weight: Callable[[Shown], bytes]
    answer: Callable[[Scale, str], bytes]
    end: bytes = b""
    talks: bool = False


MODELS: Mapping[str, Speech] = {
    "mt-sics": Speech(_mt_sics_weight, _mt_sics, b"\r\n"),
    "toledo-continuous": Speech(_continuous_weight, lambda _scale, _question: b"", talks=True),
    "nci": Speech(_nci_weight, _nci, b"\r"),
    "toledo-8217": Speech(_8217_weight, _8217),
    "soehenle": Speech(_soehenle_weight, _soehenle, b"\r\n"),
}


@click.command("scale")
@click.option("--listen", help="HOST:PORT or :PORT of a TCP port.")
@click.option("--link", type=click.Path(path_type=Path), help="Where a serial line shall appear, such as /tmp/scale.")
@click.option("--model", type=click.Choice(sorted(MODELS)), default="mt-sics", show_default=True)
@click.option("--fault", "faults", multiple=True, type=click.Choice(sorted(Scale.FAULTS)), help="Fails like this; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Say as JSON where it is.")
def scale_command(*, listen: str | None, link: Path | None, model: str, faults: tuple[str, ...], as_json: bool) -> None:
    """Run a scale. On standard input it takes put GRAMS, take-off, zero and tare beside fault NAME, heal NAME and unplug."""
    scale = Scale(model, faults)
    run(scale, listen=listen, link=link, as_json=as_json, orders=lambda words: _obey(scale, words))


def _obey(scale: Scale, words: list[str]) -> bool:
    match words:
        case ["put", grams]:
            return _put(scale, grams)
        case ["take-off"]:
            scale.take_off()
        case ["zero"] | ["tare"] as key:
            done = scale.zero() if key == ["zero"] else scale.tare()
            if not done:
                click.echo("The load moves: not done.", err=True)
        case _:
            return False
    return True


def _put(scale: Scale, grams: str) -> bool:
    try:
        weight = Decimal(grams)
    except InvalidOperation:
        return False
    if weight.is_finite():
        scale.put(weight)
    return weight.is_finite()


COMMAND = scale_command
