"""A server of our own for a demonstration: its folder, its process, its keys."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulators.http import Client, Json

_START_SECONDS = 60.0


class NotStarted(Exception):
    """The server did not come up."""


class House:
    """One `aisle serve` on its own database, and the commands that go with it."""

    program: tuple[str, ...] = (sys.executable, "-m", "server.cli.main")
    """What is started to serve; the power cut puts a recorder before it."""
    popen: Callable[..., Any] = subprocess.Popen
    """What starts it."""

    def __init__(self, folder: Path, port: int, *, database_url: str | None = None, serve: Sequence[str] = (),
                 environment: Mapping[str, str] | None = None) -> None:
        self.folder, self.port_wanted = folder.resolve(), port
        self._serve, self._more = list(serve), dict(environment or {})
        self.url = database_url or f"sqlite:///{self.folder}/aisle.db"
        self.address = self.setup_link = ""
        self.port = 0
        self._process: Any = None

    def command(self, *words: str, may_fail: bool = False) -> Json:
        """Runs an `aisle` command on this house's database; its JSON."""
        with tempfile.TemporaryFile("w+") as told, tempfile.TemporaryFile("w+") as wrong:
            code = self.popen([sys.executable, "-m", "server.cli.main", "--db", self.url, *words, "--json"], stdout=told, stderr=wrong,
                              env=self._environment()).wait()
            told.seek(0)
            wrong.seek(0)
            if code and not may_fail:
                raise NotStarted(f"aisle {' '.join(words[:2])} failed: {wrong.read().strip()[-2000:]}")
            answer: Any = json.loads(told.read().strip().splitlines()[-1])
        return answer if isinstance(answer, dict) else {"items": answer}

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        told = self.folder / "server.json"
        told.unlink(missing_ok=True)
        words = ["serve", "--port", str(self.port_wanted), "--any-port", "--port-file", str(told), *self._serve]
        with (self.folder / "server.log").open("ab") as log:
            self._process = self.popen([*self.program, "--db", self.url, *words], stdout=log, stderr=subprocess.STDOUT,
                                       env=self._environment())
        ends = time.monotonic() + _START_SECONDS
        while not told.exists():
            if self._process.poll() is not None or time.monotonic() > ends:
                raise NotStarted(f"The server did not start. Its last words:\n{self.last_words()}")
            time.sleep(0.05)
        found = json.loads(told.read_text())
        self.port, self.setup_link = found["plain_port"] or found["port"], found["setup"]
        self.address = f"http://localhost:{self.port}"
        self._wait_until_ready(ends)

    def stop(self) -> None:
        """Ends the server as an operating system would."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def kill(self) -> None:
        """Ends the server and what it has started at once, as a crash would."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def kill_worker(self) -> bool:
        """Ends only the process that answers, whose parent starts another; False when there is no such pair."""
        answering = self.processes()
        if answering:
            os.kill(answering[-1], signal.SIGKILL)
        return bool(answering)

    def freeze(self) -> None:
        """Stops the server where it stands, its connections open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        for pid in self._all() if self._process is not None and self._process.poll() is None else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def wait(self) -> None:
        """Stays until the server ends."""
        if self._process is not None:
            self._process.wait()

    def cpu_seconds(self) -> float:
        """Processor time that the server's processes have used; Linux only."""
        ticks = sum(sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])) for pid in self._all())
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Memory that the server's processes hold, what they share counted once; Linux only."""
        return sum(_held_kb(pid) for pid in self._all()) / 1024

    def processes(self) -> list[int]:
        """The processes that answer; Linux only."""
        if self._process is None:
            raise NotStarted("The server has not been started.")
        own = self._process.pid
        return list(map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split()))

    def _all(self) -> list[int]:
        """The parent first: whoever ends them all must not leave it time to start another."""
        answering = self.processes()
        return [*([self._process.pid] if self._process is not None else []), *answering]

    def last_words(self) -> str:
        """The end of the server's log."""
        return (self.folder / "server.log").read_text(errors="replace")[-3000:]

    def _wait_until_ready(self, ends: float) -> None:
        client = Client(self.address)
        while time.monotonic() < ends:
            try:
                if client.call("GET", "/readyz")["status"] == "ready":
                    return
            except OSError:
                time.sleep(0.05)
        raise NotStarted(f"The server is up but not ready. Its last words:\n{self.last_words()}")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "AISLE_VAR": str(self.folder), "PYTHONUNBUFFERED": "1", **self._more}


def _held_kb(pid: int) -> int:
    """The kernel's own reckoning: a page that several processes share counts in parts."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1])
