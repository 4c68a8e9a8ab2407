"""`python -m tests.forks.server SOCKET`: has imported Aisle, and forks for whoever asks for a start of it.

It opens no database, no port and no thread, so that what it forks is where a program stands that has just imported its modules.
The child goes on as the main program of a process of its own and ends as Python ends.
"""

import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from dataclasses import dataclass

from server.cli.processes import _UNUSED, not_loaded

BYTES = 2**18
"""Of one message at most: the environment is in it."""
_IMPORTED = ("server.cli.serve", "server.cli.process", "server.cli.upgrading", "server.cli.warehouse", "server.cli.people", "alembic.command")


@dataclass(frozen=True, slots=True)
class Start:
    """A program to run: what `python -m MODULE WORDS` is in a folder, with an environment, and three open files."""

    module: str
    words: list[str]
    environment: dict[str, str]
    folder: str
    files: list[int]

    def run(self) -> None:
        """Makes this process the one that was asked for, and runs its program to its end."""
        for wanted, file in enumerate(self.files):
            os.dup2(file, wanted)
            os.close(file)
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(self.environment)
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(line_buffering=stream is sys.stderr or stream.isatty() or "PYTHONUNBUFFERED" in os.environ)
        sys.path[0] = self.folder
        sys.argv[1:] = self.words
        runpy.run_module(self.module, run_name="__main__", alter_sys=True)


class Forks:
    """Answers each start with its process's number, and tells on the file that came with it how the process ended."""

    def __init__(self, asked: socket.socket) -> None:
        self._asked, self._living = asked, dict[int, tuple[int, int]]()
        self._waits = selectors.DefaultSelector()
        self._waits.register(asked, selectors.EVENT_READ)

    def next(self) -> Start | None:
        """In a child the start that it is for, in the server nothing, once nobody can ask any more."""
        while True:
            for key, _ in self._waits.select():
                if key.fileobj is not self._asked:
                    self._ended(key.fd)
                    continue
                said, files, _, _ = socket.recv_fds(self._asked, BYTES, 4)
                if not said:
                    return None
                start = Start(**json.loads(said), files=files[:3])
                if (pid := os.fork()) == 0:
                    os.close(files[3])
                    self._forget()
                    return start
                self._began(pid, files)

    def _began(self, pid: int, files: list[int]) -> None:
        for file in files[:3]:
            os.close(file)
        self._living[watch := os.pidfd_open(pid)] = pid, files[3]
        self._waits.register(watch, selectors.EVENT_READ)
        self._asked.send(str(pid).encode())

    def _ended(self, watch: int) -> None:
        pid, tells = self._living.pop(watch)
        self._waits.unregister(watch)
        os.close(watch)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.write(tells, str(code).encode())  # a pipe: it holds this also when nobody reads
        os.close(tells)

    def _forget(self) -> None:
        """Everything of the server's own is closed: a child has only the files that were given to it."""
        self._waits.close()
        self._asked.close()
        for watch, (_, tells) in self._living.items():
            os.close(watch)
            os.close(tells)


def main() -> None:
    """Imports first, so that the first one who asks does not wait for others' imports."""
    with not_loaded(_UNUSED):
        for name in _IMPORTED:
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is interrupted, and then nobody asks
    start = Forks(socket.socket(fileno=int(sys.argv.pop(1)))).next()
    if start is not None:
        signal.signal(signal.SIGINT, usual)
        start.run()


if __name__ == "__main__":
    main()
