"""A server as a user starts it: `aisle serve` in a process of its own, on a port that was free."""

import contextlib
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from simple_websocket import Client, ConnectionClosed

from tests.forks.client import popen
from tests.waiting import PATIENCE

READY_SECONDS = 90  # several of these start beside each other on small machines


class RunningServer:
    def __init__(self, url: str, folder: Path, *arguments: str, port: int = 0, environment: dict[str, str] | None = None,
                 trusts: ssl.SSLContext | None = None) -> None:
        self.note = folder / f"port-{time.monotonic_ns()}.json"
        self.errors = (folder / f"{self.note.stem}.log").open("w+")
        command = [sys.executable, "-m", "server.cli.main", "--db", url, "serve", "--host", "127.0.0.1", "--port", str(port),
                   "--port-file", str(self.note), *arguments]
        began = time.monotonic()
        self.process = popen(command, stdout=subprocess.PIPE, stderr=self.errors, text=True, env={
            **os.environ, "AISLE_VAR": str(folder), **(environment or {})})
        while not self.note.exists():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < began + READY_SECONDS, self.log()
            time.sleep(0.02)
        told = json.loads(self.note.read_text())
        self.port, self.setup = told["port"], told["setup"]
        self.trusts = trusts  # with one it was given a certificate to speak TLS with
        self.address = f"{'https' if trusts else 'http'}://127.0.0.1:{self.port}"
        while self.ask("GET", "/healthz")[0] != 200:
            assert time.monotonic() < began + READY_SECONDS, self.log()
            time.sleep(0.02)
        self.started_seconds = time.monotonic() - began

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.address + path, data, method=method, headers={  # noqa: S310 - our own server
            "Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE, context=self.trusts) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")
        except OSError:
            return 0, None

    def token(self, device: str) -> str:
        status, made = self.ask("POST", "/api/v1/socket-tokens", Authorization=f"Bearer {device}")
        assert status == 201, made
        return str(made["token"])

    def socket(self, device: str) -> "Socket":
        return Socket(self, {"token": self.token(device)})

    def log(self) -> str:
        self.errors.flush()
        return Path(self.errors.name).read_text()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=PATIENCE)
        self.errors.close()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


class Socket:
    """Socket.IO over a websocket, as far as the floor needs it, so that a test sees the bytes."""

    def __init__(self, server: RunningServer, auth: Any, **headers: str) -> None:
        self.wire = Client.connect(f"{server.address.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket", headers=headers,
                                   ssl_context=server.trusts)
        # said before the greeting is read: a greeting that came with the handshake shows only when more comes
        self.wire.send("40" + json.dumps(auth))
        assert self._next().startswith("0{")
        first = self._next()
        self.is_open = first.startswith("40")
        self.events: list[list[Any]] = []
        self._number = 0

    def ask(self, event: str, body: Any) -> Any:
        """Sends an event and gives what it was answered."""
        return self.answer(self.send(event, body))

    def send(self, event: str, body: Any) -> int:
        """Sends an event; the number by which its answer is waited for."""
        self._number += 1
        self.wire.send(f"42{self._number}" + json.dumps([event, body]))
        return self._number

    def answer(self, number: int) -> Any:
        """What an event was answered; answers to earlier ones that come meanwhile are lost."""
        return self._until(f"43{number}")[0]

    def told(self) -> list[Any]:
        """The next event that the server sends."""
        return self.events.pop(0) if self.events else self._until("42")

    def closes(self) -> bool:
        """True once the server has closed the connection."""
        try:
            while True:
                if self._next() == "41":
                    return True
        except ConnectionClosed:
            return True

    def close(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            self.wire.close()

    def _until(self, start: str) -> Any:
        while True:
            frame = self._next()
            if frame.startswith(start):
                return json.loads(frame[len(start):])
            if frame.startswith("42"):
                self.events.append(json.loads(frame[2:]))

    def _next(self) -> str:
        while True:
            frame = self.wire.receive(timeout=PATIENCE)
            assert frame is not None, f"the server said nothing for {PATIENCE} seconds"
            if frame == "2":
                self.wire.send("3")
                continue
            return str(frame)
