"""A fixed camera as a scanner: frames come, the newest is decoded, and what two frames agree on is delivered, once a visit.

Two threads, so that a slow decoder never works on old frames: one reads frames and keeps the newest, one decodes.
"""

import importlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from labels.pictures.formats import Decoded
from server.ports import Condition, PortError
from server.scanners.camera_settings import CameraSettings, shown
from server.scanners.freeze import Freeze, Frozen
from server.scanners.scan import Scan
from server.scanners.sightings import Sightings
from server.scanners.still import Still

log = logging.getLogger("aisle.scanners")
_PAUSES_SECONDS = (0.25, 0.5, 1.0, 2.0)
_DARK, _DARK_SPREAD = 25.0, 12.0
"""Mean and spread of greys below which nothing can be read in a picture, whatever is before the camera."""


class CameraLibraryMissing(PortError):
    """OpenCV is not installed."""

    code = "library_missing"


class Camera:
    """One camera. `deliver` and `tell` are called in its own threads, and must be short."""

    def __init__(self, name: str, settings: CameraSettings, deliver: Callable[[Scan], None], *,
                 tell: Callable[[Condition], None] = lambda _: None, now: Callable[[], int] = lambda: int(time.time() * 1000)) -> None:
        self.name, self.settings = name, settings
        self._deliver, self._tell, self._now = deliver, tell, now
        self._condition = Condition(since=now())
        self._ended, self._news = threading.Event(), threading.Condition()
        self._wants_frame = False
        self._freeze = Freeze(settings.frozen_seconds, shown(settings.url))
        self._newest: Any = None
        self.frames, self.decoded, self._guessed, self._begin = 0, 0, 0, 0
        self._pause = 1 / settings.frames_a_second
        self._visits = Sightings(agree=settings.agree, gone_ms=settings.gone_ms, within_ms=max(1_000, round(self._pause * 4_000)),
                                 gap_ms=min(round(self._pause * 2_000) + 200, settings.gone_ms))
        self._threads = [threading.Thread(target=work, name=f"camera {name} {what}", daemon=True)
                         for what, work in (("frames", self._read), ("codes", self._decode))]

    def start(self) -> None:
        """Begins to read."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Gives the camera back; a code that only one frame showed is not delivered."""
        self._ended.set()
        with self._news:
            self._news.notify_all()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout=self.settings.silence_seconds + 5)

    @property
    def condition(self) -> Condition:
        """How it is now; `errors` counts codes whose text was only a guess."""
        return replace(self._condition, errors=self._guessed)

    def _read(self) -> None:
        tried = 0
        while not self._ended.is_set():
            before = self.frames
            try:
                self._read_frames()
            except PortError as error:
                before = self.frames if isinstance(error, Frozen) else before  # it sends, and is no better for being asked more often
                self._out("wrong" if isinstance(error, CameraLibraryMissing) else "lost", str(error), error.code)
            except Exception as error:
                log.exception("the camera %s met an error and starts again", self.name)
                self._out("wrong", f"The camera's driver failed: {error}.", "driver_failed")
            tried = 0 if self.frames > before else tried + 1
            self._ended.wait(_PAUSES_SECONDS[min(tried, len(_PAUSES_SECONDS) - 1)])
        self._set("stopped")

    def _read_frames(self) -> None:
        opened = _library("server.scanners.camera_frames").Frames(self.settings)
        try:
            while not self._ended.is_set():
                opened.wait()
                self.frames += 1
                if self._wants_frame:  # the others are dropped before they cost anything
                    self._hand_over(opened.frame(), opened.firmware)
        finally:
            opened.close()

    def _hand_over(self, frame: Any, firmware: str) -> None:
        remark = _remark(frame)
        if not remark:  # pictures without any light are alike
            self._freeze.guard(frame, time.monotonic())
        self._set("connected", remark, "dark" if remark else "", firmware)
        with self._news:
            self._wants_frame, self._newest = False, frame
            self._news.notify_all()

    def _decode(self) -> None:
        still = Still()
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                self._decode_newest(still)
            except Exception:
                log.exception("a frame of the camera %s could not be decoded", self.name)
            if not self._visits.wants_another:
                self._ended.wait(max(0.0, began + self._pause - time.monotonic()))

    def _decode_newest(self, still: Still) -> None:
        with self._news:
            self._wants_frame = True
            self._news.wait_for(lambda: self._newest is not None or self._ended.is_set(), timeout=1)
            frame, self._newest = self._newest, None
        if frame is None or _remark(frame):
            return  # in the dark no label is gone: it cannot be seen
        at = time.monotonic()
        codes = still.codes(_region(frame, self.settings.region), at, self._codes)
        for one in self._visits.seen([one for one in codes if one.text and one.charset != "guessed"], round(at * 1000)):
            self._deliver(_scan(one, self.name, self._now()))

    def _codes(self, frame: Any) -> Sequence[Decoded]:
        codes: Sequence[Decoded] = _library("labels.pictures.decode").decode(
            frame, self.settings.formats, at_least=self.settings.at_least, seconds=self.settings.seconds_a_frame,
            begin=self._begin)
        self.decoded += 1
        self._begin += not codes  # on a slow machine the time of a frame is over before every look was taken
        self._guessed += sum(one.charset == "guessed" for one in codes)
        return codes

    def _out(self, state: Any, error: str, code: str) -> None:
        if self._condition.state not in ("lost", "wrong"):  # an outage is logged when it begins, and not at every try
            log.warning("the camera %s is out: %s", self.name, error)
            self._condition = replace(self._condition, outages=self._condition.outages + 1)
        self._set(state, error, code)

    def _set(self, state: Any, error: str = "", code: str = "", firmware: str = "") -> None:
        if (state, error) == (self._condition.state, self._condition.error):
            return
        if state == "connected" and self._condition.state in ("lost", "wrong"):
            log.info("the camera %s is back", self.name)
        since = self._condition.since if state == self._condition.state else self._now()
        self._condition = replace(self._condition, state=state, since=since, error=error, code=code, firmware=firmware or self._condition.firmware)
        self._tell(self._condition)


def _scan(one: Decoded, camera: str, at: int) -> Scan:
    return Scan(text=one.text, symbology=one.symbology, device=camera, at=at)


def _region(frame: Any, region: tuple[float, float, float, float]) -> Any:
    height, width = frame.shape
    left, top, right, bottom = region
    return frame[int(top * height):max(int(bottom * height), int(top * height) + 1), int(left * width):max(int(right * width), int(left * width) + 1)]


def _remark(frame: Any) -> str:
    """What is wrong with the picture itself; the camera is connected all the same."""
    some = frame[::16, ::16]
    if some.mean() < _DARK and some.std() < _DARK_SPREAD:
        return "The picture is dark. Is the lens covered, or the light off?"
    return ""


def _library(name: str) -> Any:
    """The large libraries are loaded by the first camera, so that a server without one stays small."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise CameraLibraryMissing(f"Cameras need OpenCV, which is not installed ({error}). Install aisle[camera].") from error
