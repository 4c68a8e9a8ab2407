"""An HTTP server in a thread, for platforms that are played by us: what was asked goes in whole, an answer comes out."""

import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any
from urllib.parse import parse_qsl, urlsplit

BODY_MAX = 16 * 2**20
_HANGS_SECONDS, _LINE_MAX = 60.0, 1_024
_LAST = {"Connection": "close"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: header names in lower case; `query` keeps the order and what was given twice."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    address: str
    """As the client wrote it, with scheme and host, without the query."""

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The body as a form."""
        return parse_qsl(self.body.decode(), keep_blank_values=True)

    @property
    def document(self) -> Any:
        """The body as JSON, {} when there is none; ValueError for what could not be written down again either."""
        if not self.body.strip():
            return {}
        told = json.loads(self.body, parse_constant=_refused)
        json.dumps(told, ensure_ascii=False).encode()  # halves of letters can be read, but no answer could hold them
        return told

    def get(self, name: str, default: str = "") -> str:
        """The last value of the query by this name."""
        return dict(self.query).get(name, default)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `is_cut` ends the connection without one."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


UNASKED = Asked("POST", "", [], {}, b"", "")
"""What is done without anybody's having asked by HTTP."""


class Served:
    """Serves `answer` on a port of this machine until it is closed."""

    def __init__(self, answer: Callable[[Asked], Reply], now: Callable[[], int], *, port: int = 0) -> None:
        self._handler = _handler(answer, now)
        self._server = _Server(("127.0.0.1", port), self._handler)
        self.port = int(self._server.server_address[1])
        self.address = f"http://127.0.0.1:{self.port}"
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="shop", daemon=True)
        self._thread.start()

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """From now on nothing else; who they are is agreed with each caller by itself, so that one that hangs keeps nobody waiting."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._handler.scheme, self.address = "https", f"https://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Ends the server and gives the port back."""
        self._is_over.set()
        with suppress(OSError):  # it waits for somebody to call, and looks up when somebody does
            socket.create_connection(("127.0.0.1", self.port), 30).close()
        self._thread.join(30)
        self._server.server_close()

    def _serve(self) -> None:
        while not self._is_over.is_set():
            self._server.handle_request()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nobody there any more is no fault of ours: they did not want to wait, or do not trust us."""
        if not isinstance(sys.exception(), ConnectionError | ssl.SSLError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _HANGS_SECONDS
    answer: Callable[[Asked], Reply]
    now: Callable[[], int]
    scheme = "http"

    def handle_one(self) -> None:
        try:
            asked = self._asked()
        except ValueError:
            reply = Reply(400, b"Bad Request", "text/plain", _LAST)
        else:
            reply = self.answer(asked) if asked else Reply(413, b"Payload Too Large", "text/plain", _LAST)
        if reply.is_cut:
            self.close_connection = True
        else:
            self._say(reply)

    def _say(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        headers = {"Date": formatdate(self.now() / 1000, usegmt=True), "Content-Type": reply.content_type,
                   "Content-Length": str(len(reply.body)), **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def _asked(self) -> Asked | None:
        """None for what is too large."""
        parts, body = urlsplit(self.path), self._body()
        return None if body is None else Asked(
            self.command, parts.path, parse_qsl(parts.query, keep_blank_values=True),
            {name.lower(): value for name, value in self.headers.items()}, body, f"{self.scheme}://{self.headers.get('host', '')}{parts.path}")

    def _body(self) -> bytes | None:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return _unchunked(self.rfile)
        length = self.headers.get("content-length") or "0"
        if not length.isascii() or not length.isdigit():
            raise ValueError(length)
        if int(length) > BODY_MAX:
            _drain(self.rfile, int(length))
            return None
        return self.rfile.read(int(length))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = handle_one  # noqa: N815 - the names are the library's

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing: a test asks the shop itself what was asked."""


def _handler(answer: Callable[[Asked], Reply], now: Callable[[], int]) -> type[_Handler]:
    return type("Handler", (_Handler,), {"answer": staticmethod(answer), "now": staticmethod(now)})


def _unchunked(stream: BufferedIOBase) -> bytes | None:
    """A body that comes in pieces, each with its length before it; None when it is too large."""
    body = bytearray()
    while size := int(stream.readline(_LINE_MAX).partition(b";")[0].strip() or b"0", 16):
        if size < 0 or len(body) + size > BODY_MAX:
            return None
        body += stream.read(size)
        stream.readline(_LINE_MAX)
    while stream.readline(_LINE_MAX).strip():
        pass
    return bytes(body)


def _drain(stream: BufferedIOBase, length: int) -> None:
    """Whoever is cut off while still sending never reads why; nor do we read for ever."""
    left = min(length, 4 * BODY_MAX)
    while left and (piece := stream.read(min(left, 65_536))):
        left -= len(piece)


def _refused(word: str) -> Any:
    raise ValueError(f"{word} is no JSON.")


def wall_ms() -> int:
    """The machine's clock in ms."""
    return time.time_ns() // 1_000_000
