"""A network camera: MJPEG over HTTP, as OpenCV and browsers open it, and JPEG over RTSP at the same port, by TCP only.

It shows labels or the pictures of a folder. H.264, which most cameras send over RTSP, is not simulated.
"""

import importlib
import random
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import click

from simulators.devices.wire import Device, Gone, Wire
from simulators.rtsp import play
from simulators.simulate import run

_BOUNDARY = b"frame"
_HEAD = (b"HTTP/1.1 200 OK\r\nServer: simulated camera\r\nCache-Control: no-cache\r\nConnection: close\r\n"
         b"Content-Type: multipart/x-mixed-replace; boundary=" + _BOUNDARY + b"\r\n\r\n")
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_REQUEST_MAX = 16_384
_KINDS = {".png", ".jpg", ".jpeg", ".webp"}


def _scene() -> ModuleType:
    """The drawing library is loaded when something is drawn, and not when the kinds of devices are listed."""
    return importlib.import_module("simulators.scene")


class Camera(Device):
    """Sends what it sees, `fps` times a second, to every host that asks for /stream (or /); one frame for /snapshot.jpg."""

    FAULTS: ClassVar[Mapping[str, str]] = {
        "dark": "the light is off", "blurred": "out of focus", "glare": "a lamp is mirrored in the labels",
        "frozen": "the same frame again and again, whatever is shown", "hang-up": "hangs up after every fifth frame (HTTP)",
        "half-frame": "every second frame is cut in the middle", "rubbish": "frames are bytes that are no picture",
        "slow": "a frame every two seconds", "silent": "stays connected and sends no frame",
    }

    def __init__(self, faults: Iterable[str] = (), *, fps: float = 10, seed: int = 1, sight: Any = None) -> None:
        super().__init__(faults)
        self.fps, self.frames = fps, 0
        self._sight = sight or _scene().Sight()
        self._chance, self._bytes = importlib.import_module("numpy").random.default_rng(seed), random.Random(seed)
        self._lock = threading.Lock()
        self._last = b""
        self._still: Any = None
        self._pictures: Sequence[Path] = ()
        self.show()

    def show(self, *texts: str) -> None:
        """From the next frame on these labels, KIND:DATA each; nothing but the ground without any. NotDrawn."""
        still = _scene().scene(texts, self._sight)
        with self._lock:
            self._still, self._pictures = still, ()

    def show_pictures(self, folder: Path) -> int:
        """From the next frame on the pictures of a folder, each for a second; how many there are."""
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in _KINDS)
        with self._lock:
            self._pictures = found
        return len(found)

    def serve(self, wire: Wire) -> None:
        """Answers one request over HTTP, or a session over RTSP; a stream ends when the host hangs up."""
        asked = self._request(wire)
        if asked.split(b"\r\n", 1)[0].endswith(b" RTSP/1.0"):
            play(wire, asked, self._next, self._pause)
        path = _path(asked)
        if path == "/snapshot.jpg":
            frame = self._frame()
            wire.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(frame) + frame)
        elif path in ("/", "/stream"):
            self._stream(wire)
        else:
            wire.write(_NOT_FOUND)

    def _request(self, wire: Wire) -> bytes:
        got = b""
        while b"\r\n\r\n" not in got:
            got += wire.read(1)
            if len(got) > _REQUEST_MAX:
                raise Gone
        return got

    def _stream(self, wire: Wire) -> None:
        wire.write(_HEAD)
        sent = 0
        while True:
            began = time.monotonic()
            wire.read(0)  # a host that hung up is noticed also while nothing is sent
            frame = self._next()
            if frame is not None:
                sent += 1
                wire.write(b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (_BOUNDARY, len(frame)) + frame + b"\r\n")
            if "hang-up" in self.faults and sent and sent % 5 == 0:
                raise Gone
            time.sleep(max(0.0, began + self._pause() - time.monotonic()))

    def _next(self) -> bytes | None:
        """A frame to send; None while it is silent."""
        if "silent" in self.faults:
            return None
        self.frames += 1
        return self._frame()

    def _pause(self) -> float:
        return 2.0 if "slow" in self.faults else 1 / self.fps

    def _frame(self) -> bytes:
        with self._lock:
            if "rubbish" in self.faults:
                return self._bytes.randbytes(2_000)
            if "frozen" not in self.faults or not self._last:
                self._last = _scene().jpeg(self._seen())
            cut = "half-frame" in self.faults and self.frames % 2
            return self._last[:len(self._last) // 2] if cut else self._last

    def _seen(self) -> Any:
        seen = self._still
        if self._pictures:
            image = importlib.import_module("PIL.Image")
            seen = _scene().fitted(image.open(self._pictures[int(time.monotonic()) % len(self._pictures)]))
        for fault, change in (("dark", "darkened"), ("blurred", "blurred"), ("glare", "with_glare")):
            if fault in self.faults:
                seen = getattr(_scene(), change)(seen)
        return _scene().with_noise(seen, self._sight.noise, self._chance)


def _path(asked: bytes) -> str:
    words = asked.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    return words[1].partition("?")[0] if len(words) == 3 and words[0] == "GET" else ""


@click.command("camera")
@click.option("--listen", default="127.0.0.1:8090", show_default=True, metavar="HOST:PORT", help="Where it answers HTTP; port 0 takes a free one.")
@click.option("--show", "texts", multiple=True, metavar="TEXT", help="A label in the picture, KIND:DATA or data for Code 128; may be said several times.")
@click.option("--pictures", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Show the pictures of a folder, a second each.")
@click.option("--fps", default=10.0, show_default=True, type=click.FloatRange(min=0.1, max=60), help="Frames a second.")
@click.option("--turn", default=0.0, show_default=True, help="Degrees by which labels are turned.")
@click.option("--blur", default=0.6, show_default=True, type=click.FloatRange(0, 50), help="Radius of the blur in pixels.")
@click.option("--noise", default=4.0, show_default=True, type=click.FloatRange(0, 128), help="Noise of the sensor in greys.")
@click.option("--seed", default=1, show_default=True, help="Where chance begins.")
@click.option("--fault", "faults", multiple=True, type=click.Choice(sorted(Camera.FAULTS)), help="A fault from the start.")
@click.option("--json", "as_json", is_flag=True, help="Print the address as JSON.")
def COMMAND(*, listen: str, as_json: bool, faults: tuple[str, ...], **seen: Any) -> None:  # noqa: N802 - found by this name
    """A network camera: MJPEG at http://HOST:PORT/stream, one frame at /snapshot.jpg, and JPEG at rtsp://HOST:PORT/ by TCP.

    While it runs it obeys `show TEXT...` (labels; nothing clears the picture) and `pictures FOLDER` beside `fault NAME`, `heal NAME`
    and `unplug`. KIND is code128, gs1-128, ean13, ean8, itf14, qr, gs1-qr, datamatrix or gs1-datamatrix.
    """
    sight = _scene().Sight(turn=seen["turn"], blur=seen["blur"], noise=seen["noise"])
    camera = Camera(faults, fps=seen["fps"], seed=seen["seed"], sight=sight)
    try:
        camera.show(*seen["texts"])
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if seen["pictures"] is not None:
        camera.show_pictures(seen["pictures"])
    run(camera, listen=listen, as_json=as_json, orders=partial(_obey, camera))


def _obey(camera: Camera, words: list[str]) -> bool:
    """False for what it does not know; what cannot be drawn is said and changes nothing."""
    try:
        match words:
            case ["show", *texts]:
                camera.show(*texts)
            case ["pictures", folder]:
                camera.show_pictures(Path(folder))
            case _:
                return False
    except (ValueError, OSError) as error:
        click.echo(str(error), err=True)
    return True
