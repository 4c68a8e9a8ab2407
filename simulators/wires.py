"""Two ways to the server that never wait for long: HTTP, and Socket.IO over a websocket."""

import http.client
import json
import socket
import time
from typing import Any, Protocol
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Ping, RejectConnection, Request, TextMessage
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from simulators.http import CallFailed, Json

PATIENCE_SECONDS = 3.0
_KEEPS = (429, 502, 503, 504)


class Unanswered(Exception):
    """No answer came, or one that leaves what was asked on the device; `status` is 0 for none at all."""

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.status = status


class Wire(Protocol):
    """Asks the server one thing at a time."""

    def ask(self, event: str, path: str, body: Json) -> Json:
        """The answer; Unanswered when it is to be asked again, CallFailed when that would not help."""

    def close(self) -> None:
        """Lets the connection go; the next question opens another."""


class HttpWire:
    """One connection that is kept as long as it lasts."""

    def __init__(self, address: str, headers: dict[str, str]) -> None:
        self._netloc, self._headers = urlsplit(address).netloc, headers
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, event: str, path: str, body: Json) -> Json:
        """A POST; a pull is a GET."""
        try:
            status, answer = self._once("GET" if event == "pull" else "POST", path, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise Unanswered(f"{type(error).__name__}: {error}") from error
        if status in _KEEPS:
            raise Unanswered(str(answer.get("detail")), status)
        if status >= 400:
            raise CallFailed(status, answer)
        return answer

    def close(self) -> None:
        """Ends the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(self, method: str, path: str, body: Json) -> tuple[int, Json]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._netloc, timeout=PATIENCE_SECONDS)
        self._connection.request(method, path, None if method == "GET" else json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")


class SocketWire:
    """A websocket, opened again with a fresh token whenever it was lost."""

    def __init__(self, address: str, headers: dict[str, str], hello: Json) -> None:
        self._netloc, self._http, self._hello = urlsplit(address).netloc, HttpWire(address, headers), hello
        self._socket: _Socket | None = None
        self._number = 0

    def ask(self, event: str, path: str, body: Json) -> Json:
        """An event and its acknowledgement."""
        try:
            wire = self._socket = self._socket or self._opened()
            answer = self._once(wire, event, body)
        except (OSError, LocalProtocolError, RemoteProtocolError, ValueError) as error:
            self.close()
            raise Unanswered(f"{type(error).__name__}: {error}") from error
        wrong = answer.get("error")
        if isinstance(wrong, dict) and "status" in wrong:
            if wrong["status"] in _KEEPS:
                raise Unanswered(str(wrong), wrong["status"])
            raise CallFailed(wrong["status"], {**wrong, "path": path})
        return answer

    def close(self) -> None:
        """Ends the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _opened(self) -> "_Socket":
        token = self._http.ask("token", "/api/v1/socket-tokens", {})["token"]
        self._http.close()
        wire = _Socket(self._netloc)
        wire.send("40" + json.dumps({"token": token}))
        if (said := wire.until("40", "44")).startswith("44"):
            raise OSError(f"the connection was refused: {said[2:]}")
        self._once(wire, "hello", self._hello)
        return wire

    def _once(self, wire: "_Socket", event: str, body: Json) -> Json:
        self._number += 1
        wire.send(f"42{self._number}" + json.dumps([event, body]))
        start = f"43{self._number}["
        answer: Json = json.loads(wire.until(start)[len(start) - 1:])[0]
        return answer


class _Socket:
    """Engine.IO over a websocket; every wait has an end."""

    def __init__(self, netloc: str) -> None:
        host, _, port = netloc.partition(":")
        self._wire = socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)
        self._talk = WSConnection(ConnectionType.CLIENT)
        self._frames: list[str] = []
        self._part = ""
        try:
            self._wire.sendall(self._talk.send(Request(host=netloc, target="/socket.io/?EIO=4&transport=websocket")))
            self._is_open = False
            self._read_while(lambda: not self._is_open, time.monotonic() + PATIENCE_SECONDS)
        except BaseException:
            self._wire.close()
            raise

    def send(self, text: str) -> None:
        """One frame."""
        self._wire.settimeout(PATIENCE_SECONDS)
        self._wire.sendall(self._talk.send(TextMessage(text)))

    def until(self, *starts: str) -> str:
        """The next frame that begins like one of these; what else comes is answered or left."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._read_while(lambda: not self._frames, ends)
            frame = self._frames.pop(0)
            if frame == "2":
                self.send("3")
            elif frame.startswith(starts):
                return frame
            elif frame.startswith("41"):
                raise OSError("the server ended the connection")

    def close(self) -> None:
        """Lets go without ceremony, as a radio does."""
        self._wire.close()

    def _read_while(self, is_wanting: Any, ends: float) -> None:
        while is_wanting():
            left = ends - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer came")
            self._wire.settimeout(left)
            piece = self._wire.recv(65_536)
            if not piece:
                raise OSError("the connection has ended")
            self._talk.receive_data(piece)
            for event in self._talk.events():
                self._take(event)

    def _take(self, event: Any) -> None:
        if isinstance(event, AcceptConnection):
            self._is_open = True
        elif isinstance(event, TextMessage):
            self._part += event.data
            if event.message_finished:
                self._frames.append(self._part)
                self._part = ""
        elif isinstance(event, Ping):
            self._wire.sendall(self._talk.send(event.response()))
        elif isinstance(event, RejectConnection | CloseConnection):
            raise OSError("the server let nobody in, or ended the connection")
