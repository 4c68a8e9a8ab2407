"""TCP scanners that call: many on one port, each known by its address or by what stands before its codes, each with its condition."""

import contextlib
import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.ports import Condition, PortBusy, PortError, UnknownPort, watch
from server.ports.line import Ended
from server.scanners.codes import split_identifier
from server.scanners.driver import Deliver, ScannerDriver
from server.scanners.fitness import Fitness
from server.scanners.learn_caller import CallerLearner
from server.scanners.scan import Scan
from server.scanners.stored_settings import WrongSettings, settings_of
from server.scanners.text import TextFramer, TextSettings

log = logging.getLogger("aisle.scanners")

Tell = Callable[[str, Condition], None]
_CALLERS_MAX = 100
_MOST = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerSettings(TextSettings):
    """The same for all that call; one that is no text scanner needs a port of its own.

    `addresses` names scanners by where they call from, `prefixes` by what stands before their codes (after the common `prefix`);
    one that neither names goes by its address.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        TextSettings.__post_init__(self)
        if "" in self.prefixes or "" in self.addresses:
            raise WrongSettings("addresses and prefixes cannot have an empty one.")
        if self.prefixes and self.aim == "sent":
            raise WrongSettings("aim cannot be sent where prefixes name the scanners, as identifiers come after them. Set it to seen.")

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "ListenerSettings":
        """From JSON; WrongSettings says what is wrong."""
        return settings_of(cls, given)


class ScannerListener:
    """A port at which scanners call; a thread for each, so that one that is held back holds back no other."""

    def __init__(self, host: str, port: int, settings: ListenerSettings, deliver: Deliver, *, tell: Tell = lambda *_: None,
                 now: Callable[[], int] = lambda: int(time.time() * 1000)) -> None:
        self._address, self._settings, self._deliver, self._tell, self._now = (host, port), settings, deliver, tell, now
        self._conditions: dict[str, Condition] = {}
        self._callers: dict[_Caller, threading.Thread] = {}
        self._learner = CallerLearner(settings.prefixes)
        self._lesson = 0
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._is_open = True

    def start(self) -> None:
        """Begins to listen; PortBusy where another does, UnknownPort where the address is none of this machine."""
        try:
            self._listener = socket.create_server(self._address)
        except (OSError, OverflowError) as error:
            where = f"{self._address[0]}:{self._address[1]}"
            if isinstance(error, OSError) and error.strerror and "in use" in error.strerror:
                raise PortBusy(f"Another program listens at {where}. End it, or take another port.") from error
            raise UnknownPort(f"Nobody can call {where}: {error}. Use an address of this machine, or 0.0.0.0 for all.") from error
        threading.Thread(target=self._accept, name=f"scanners at {self.port}", daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens; the one found free where 0 was asked for."""
        return int(self._listener.getsockname()[1]) if self._listener is not None else self._address[1]

    @property
    def conditions(self) -> dict[str, Condition]:
        """Each scanner's that has called since the start, by its name."""
        with self._lock:
            return dict(self._conditions)

    def learn(self, lesson: int) -> Fitness | None:
        """Begins a lesson unless it is the one that runs, and ends it with 0; what is known by now, None without a lesson.

        What the scanner reads that is learnt is not delivered; the others work on.
        """
        if lesson != self._lesson:
            (self._learner.begin if lesson else self._learner.end)()
            self._lesson = lesson
        if not lesson:
            return None
        found = self._learner.fitness()
        return replace(found, caller=self._settings.addresses.get(found.caller or "", found.caller))

    def stop(self) -> None:
        """Hangs up on all; what was half read is thrown away."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # a thread that waits in accept would keep the port
            self._listener.close()
        with self._lock:
            self._is_open, callers = False, dict(self._callers)
        for caller in callers:
            caller.is_wanted = False
        for thread in callers.values():
            thread.join(timeout=5)

    def _accept(self) -> None:
        while True:
            try:
                connection, (address, *_) = self._listener.accept()  # type: ignore[union-attr]  # started only when it is there
            except OSError:
                return
            self._welcome(connection, str(address))

    def _welcome(self, connection: socket.socket, address: str) -> None:
        with self._lock:
            if not self._is_open or len(self._callers) >= _CALLERS_MAX:
                log.warning("%s calls and is not heard: %s scanners are here", address, len(self._callers))
                connection.close()
                return
            caller = _Caller(connection, address, self)
            self._callers[caller] = threading.Thread(target=self._serve, args=(caller,), name=f"scanner {address}", daemon=True)
            self._callers[caller].start()

    def _serve(self, caller: "_Caller") -> None:
        driver = ScannerDriver(TextFramer(self._settings), caller.take, now=self._now)
        reason, code = "stopped", ""
        try:
            driver.talk(caller)
        except Ended:
            pass
        except PortError as error:
            reason, code = str(error), error.code
        except Exception as error:
            log.exception("the driver of %s met an error", caller.address)
            reason, code = f"The driver failed: {error}.", "driver_failed"
        finally:
            with self._lock:
                del self._callers[caller]
            caller.close()
            self._learner.left(caller)
            self._left(caller, reason, code)

    def named(self, scan: Scan, address: str) -> Scan:
        """A scan with the name of its scanner; what named it is taken off."""
        for prefix, name in self._settings.prefixes.items():
            if scan.text.startswith(prefix):
                text = scan.text.removeprefix(prefix)
                symbology, rest = ("", text) if scan.symbology or self._settings.aim == "none" else split_identifier(text)
                return replace(scan, text=rest, symbology=scan.symbology or symbology, device=name)
        return replace(scan, device=self._settings.addresses.get(address, address))

    def joined(self, caller: "_Caller", name: str) -> None:
        """A scanner is known: by its address when it calls, by its prefix with its first code."""
        if name in caller.names:
            return
        caller.names.add(name)
        self._set(name, state="connected", error="", code="")

    def heard(self, caller: "_Caller", data: bytes) -> None:
        """Bytes came, of which nothing is made yet."""
        self._learner.heard(caller, caller.address, data)

    def hand_over(self, caller: "_Caller", scan: Scan) -> None:
        """Delivers what is not read to find the scanner out."""
        if not self._learner.withholds(caller):
            self._deliver(scan)

    def name_of(self, address: str) -> str | None:
        """By its address; None where only its codes can say it."""
        return self._settings.addresses.get(address, None if self._settings.prefixes else address)

    def noted(self, caller: "_Caller", what: str, code: str) -> None:
        """Counts rubbish with the scanner that sent it."""
        for name in caller.names or {caller.address}:
            before = self.conditions.get(name, Condition(since=self._now()))
            self._set(name, errors=before.errors + 1, error=what[:200], code=code)

    def _left(self, caller: "_Caller", reason: str, code: str) -> None:
        with self._lock:
            elsewhere = {name for other in self._callers for name in other.names}
        for name in caller.names - elsewhere:  # one that called anew before its old call was seen to be dead is not out
            if reason == "stopped":
                self._set(name, state="stopped", error="", code="")
                continue
            log.warning("%s is out: %s", name, reason)
            self._set(name, state="lost", error=reason, code=code, outages=self.conditions[name].outages + 1)

    def _set(self, name: str, **changes: Any) -> None:
        with self._lock:
            before = self._conditions.get(name, Condition(since=self._now()))
            after = replace(before, **changes)
            if after.state != before.state:
                after = replace(after, since=self._now())
            self._conditions[name] = after
        if after != before:
            self._tell(name, after)


class _Caller:
    """One call, as a line."""

    def __init__(self, connection: socket.socket, address: str, listener: ScannerListener) -> None:
        self.address, self.is_wanted = address, True
        self.names: set[str] = set()
        self._connection, self._listener = connection, listener
        self._connection.settimeout(5)
        watch(connection.fileno())

    def ready(self, firmware: str = "") -> None:
        """It called; its firmware it does not say."""
        del firmware
        name = self._listener.name_of(self.address)
        if name is not None:
            self._listener.joined(self, name)

    def take(self, scan: Scan) -> None:
        """Names it and hands it over."""
        named = self._listener.named(scan, self.address)
        self._listener.joined(self, named.device)
        self._listener.hand_over(self, named)

    def read(self, seconds: float) -> bytes:
        """What has come; raises PortError when it hung up."""
        ends = time.monotonic() + seconds
        while self.is_wanted:
            left = ends - time.monotonic()
            try:
                if select.select([self._connection], [], [], max(0.0, min(left, 0.2)))[0]:
                    return self._received()
            except (OSError, ValueError) as error:
                raise PortError(f"The scanner at {self.address} is gone: {error}. Is it switched on?") from error
            if left <= 0:
                return b""
        raise Ended

    def write(self, data: bytes) -> None:
        """Sends all of it."""
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise PortError(f"The scanner at {self.address} is gone: {error}. Is it switched on?") from error

    def note_error(self, what: str, code: str = "misread") -> None:
        """Counts what made no sense."""
        self._listener.noted(self, what, code)

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()

    def _received(self) -> bytes:
        data = self._connection.recv(_MOST)
        if not data:
            raise PortError(f"The scanner at {self.address} hung up. Is it switched on?")
        self._listener.heard(self, data)
        return data
