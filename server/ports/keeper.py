"""Keeps a device's port open: a thread that opens it, lets the driver talk, and opens it again after every outage."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from server.ports.line import Ended, Line, Nonsense, PortError, PortSettings

log = logging.getLogger("aisle.ports")

State = Literal["opening", "connected", "lost", "wrong", "stopped"]
_PAUSES_SECONDS = (0.25, 0.5, 0.5, 1.0)
"""How long it waits before it tries again, the last one from then on: plugged in again, a device is back within two seconds."""


class Driver(Protocol):
    """How a kind of device is spoken to."""

    def talk(self, line: Line) -> None:
        """Calls `line.ready` as soon as it knows its device, then talks until the line is lost.

        Raises Nonsense where something else answers, or nothing does that must. Keeps nothing of a code half read.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a device's port is: `since` when, in milliseconds of the clock given; `error` in a sentence.

    `code` says which sentence it is, for programs and translations: that of a PortError, or `driver_failed`, `misread` ...
    """

    state: State = "opening"
    since: int = 0
    error: str = ""
    code: str = ""
    firmware: str = ""
    errors: int = 0
    outages: int = 0


class Keeper:
    """A thread for one device. `tell` is called in it whenever the condition changes, and must be short."""

    def __init__(self, name: str, url: str, driver: Driver, *, settings: PortSettings | None = None,
                 tell: Callable[[Condition], None] = lambda _: None, now: Callable[[], int] = lambda: int(time.time() * 1000)) -> None:
        self.name, self.url = name, url
        self._driver, self._settings, self._tell, self._now = driver, settings, tell, now
        self._condition = Condition(since=now())
        self._line: Line | None = None
        self._connections = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"port {name}", daemon=True)

    def start(self) -> None:
        """Begins to open and to talk."""
        self._thread.start()

    def stop(self) -> None:
        """Closes the port; what was half read is thrown away."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=10)

    @property
    def condition(self) -> Condition:
        """How it is now; what an outage was is said while the port is tried again, too."""
        line = self._line
        if line is None:
            return self._condition
        return replace(self._condition, errors=self._condition.errors + line.errors, firmware=line.firmware or self._condition.firmware,
                       error=line.last_error or self._condition.error, code=line.last_code or self._condition.code)

    def _run(self) -> None:
        tried = 0
        while not self._ended.is_set():
            tried = 0 if self._once() else tried + 1
            self._ended.wait(_PAUSES_SECONDS[min(tried, len(_PAUSES_SECONDS) - 1)])
        self._set("stopped")

    def _once(self) -> bool:
        """Opens and talks until that ends; whether the device was there."""
        before = self._connections
        try:
            self._line = Line(self.url, self._settings, is_wanted=lambda: not self._ended.is_set(),
                              on_ready=self._ready)
            self._driver.talk(self._line)
        except Ended:
            log.debug("%s is closed", self.name)
        except Nonsense as error:
            self._out("wrong", str(error), error.code)
        except PortError as error:
            self._out("lost", str(error), error.code)
        except Exception as error:
            log.exception("the driver of %s met an error and starts again", self.name)
            self._out("wrong", f"The driver failed: {error}.", "driver_failed")
        finally:
            self._put_away()
        return self._connections > before

    def _ready(self) -> None:
        self._connections += 1
        self._set("connected")

    def _put_away(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            self._condition = replace(self._condition, errors=self._condition.errors + line.errors,
                                      firmware=line.firmware or self._condition.firmware)
            line.close()

    def _out(self, state: State, error: str, code: str) -> None:
        if self._condition.state not in ("lost", "wrong"):  # an outage is logged when it begins, and not at every try
            log.warning("%s is out: %s", self.name, error)
            self._condition = replace(self._condition, outages=self._condition.outages + 1)
        self._set(state, error, code)

    def _set(self, state: State, error: str = "", code: str = "") -> None:
        if state == "connected" and self._condition.outages:
            log.info("%s is back", self.name)
        if (state, error) == (self._condition.state, self._condition.error):
            return
        since = self._condition.since if state == self._condition.state else self._now()
        self._condition = replace(self._condition, state=state, since=since, error=error, code=code)
        self._tell(self._condition)
