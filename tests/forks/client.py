"""Starts of `aisle` out of a process that has imported it: a second of processor less each.

What differs from a start: the salt of Python's hashes is that of the fork server, one of its own in each process of the tests.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from server.cli.workers import QUEUE
from tests.forks.server import BYTES

MAIN = "server.cli.main"
_READ_BY_PYTHON = ("PYTHON", "LD_", "LC_", "LANG", "TZ", "MALLOC_", "GLIBC_")
"""What is read when a process starts: where that is another than the fork server's own, a fork would not be the same."""


class Forked:
    """A process that the fork server started, as `subprocess.Popen` shows one of its own."""

    def __init__(self, pid: int, ending: int, stdout: IO[str] | None) -> None:
        self.pid, self.stdout, self.returncode = pid, stdout, None
        self._ending = ending

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        if self.returncode is None and select.select([self._ending], [], [], 0)[0]:
            self._read()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has."""
        if self.returncode is None:
            if not select.select([self._ending], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            self._read()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def _read(self) -> None:
        told = os.read(self._ending, 100)
        os.close(self._ending)
        assert told, "the fork server is gone"
        self.returncode = int(told)


class _Server:
    """One for all tests of a process."""

    def __init__(self) -> None:
        self._asks, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._asks, asked):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BYTES)
        self.environment = dict(os.environ)
        self._process = subprocess.Popen([sys.executable, "-m", "tests.forks.server", str(asked.fileno())], stdin=subprocess.DEVNULL,
                                         pass_fds=[asked.fileno()])
        asked.close()
        self._one_at_a_time = threading.Lock()
        atexit.register(self.stop)

    def start(self, module: str, words: Sequence[str], environment: Mapping[str, str], files: Sequence[int]) -> tuple[int, int]:
        said = json.dumps({"module": module, "words": list(words), "environment": dict(environment), "folder": str(Path.cwd())})
        ending, tells = os.pipe()
        with self._one_at_a_time:
            socket.send_fds(self._asks, [said.encode()], [*files, tells])
            os.close(tells)
            return int(self._asks.recv(100)), ending

    def stop(self) -> None:
        self._asks.close()
        self._process.wait()


@cache
def fork_server() -> _Server:
    return _Server()


def forked(module: str, words: Sequence[str], *, env: Mapping[str, str], stdout: Any = None, stderr: Any = None) -> Forked:
    """`python -m module words`; files are given as to `subprocess.Popen`, of its constants PIPE (stdout alone, as text) and STDOUT."""
    read = write = None
    if stdout == subprocess.PIPE:
        read, write = os.pipe()
    out = write if write is not None else 1 if stdout is None else stdout.fileno()
    err = out if stderr == subprocess.STDOUT else 2 if stderr is None else stderr.fileno()
    pid, ending = fork_server().start(module, words, env, (0, out, err))
    if write is not None:
        os.close(write)
    return Forked(pid, ending, None if read is None else os.fdopen(read))


def is_as_started(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether a fork would be the same as a start: of Aisle itself, with nothing that is read or imported otherwise."""
    if sys.platform != "linux" or list(command[:3]) != [sys.executable, "-m", MAIN] or environment.get(QUEUE):
        return False
    own = fork_server().environment
    names = [name for name in {*own, *environment} if name.startswith(_READ_BY_PYTHON) and name != "PYTHONUNBUFFERED"]
    return all(own.get(name) == environment.get(name) for name in names)


def popen(command: Sequence[str], *, env: Mapping[str, str], stdout: Any = None, stderr: Any = None, **more: Any) -> Any:
    """As `subprocess.Popen`, out of the fork server where that is the same."""
    if is_as_started(command, env):
        return forked(MAIN, command[3:], env=env, stdout=stdout, stderr=stderr)
    return subprocess.Popen(command, env=env, stdout=stdout, stderr=stderr, **more)
