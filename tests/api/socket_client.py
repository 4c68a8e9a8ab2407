"""A websocket of the house without a network: real frames through the real application, in a thread of its own."""

import asyncio
import json
import queue
import threading
from typing import Any

from tests.waiting import PATIENCE, until


class _Loop:
    """The thread that holds the connections, as in a running server."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)


_LOOP = _Loop()


class SocketClient:
    """Connects at once; `auth` is what a client sends with its first frame."""

    def __init__(self, app: Any, auth: Any = None) -> None:
        self._frames: queue.Queue[str | None] = queue.Queue()
        self._events: list[dict[str, Any]] = []
        self._number = 0
        self._app = app
        self._sent = _LOOP.run(self._open())
        self._is_open = self._joined(auth)

    def is_connected(self) -> bool:
        self._collect()
        return self._is_open

    def emit(self, event: str, body: Any, callback: bool = False) -> Any:
        """Sends an event; what the server answered."""
        self._number += 1
        self._put(f"42{self._number}" + json.dumps([event, body]))
        return json.loads(self._until(f"43{self._number}"))[0] if callback else None

    def closes(self) -> bool:
        """Whether the server ends the connection."""
        return until(lambda: not self.is_connected())

    def hears(self, name: str) -> bool:
        """Whether the server sends this event by itself."""
        return until(lambda: self._collect() or name in [event["name"] for event in self._events])

    def disconnect(self) -> None:
        _LOOP.run(self._sent.put({"type": "websocket.disconnect", "code": 1000}))

    def _joined(self, auth: Any) -> bool:
        self._until("0")
        self._put("40" + json.dumps(auth if auth is not None else {}))
        frame = self._frames.get(timeout=PATIENCE)
        return frame is not None and frame.startswith("40")

    async def _open(self) -> "asyncio.Queue[dict[str, Any]]":
        self._app.socket.started()
        sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        await sent.put({"type": "websocket.connect"})
        scope = {"type": "websocket", "scheme": "ws", "path": "/socket.io/", "query_string": b"EIO=4&transport=websocket",
                 "headers": [(b"host", b"localhost"), (b"connection", b"Upgrade"), (b"upgrade", b"websocket")], "client": ("127.0.0.1", 1), "server": ("localhost", 80)}
        self._task = asyncio.get_running_loop().create_task(self._app.asgi(scope, sent.get, self._told))
        return sent

    async def _told(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            self._frames.put(message["text"])
        if message["type"] == "websocket.close":
            self._frames.put(None)

    def _put(self, frame: str) -> None:
        _LOOP.run(self._sent.put({"type": "websocket.receive", "text": frame}))

    def _until(self, start: str) -> str:
        while True:
            frame = self._frames.get(timeout=PATIENCE)
            if frame is None:
                self._is_open = False
                raise ConnectionError("the server closed the connection")
            if frame.startswith(start):
                return frame[len(start):]
            self._note(frame)

    def _collect(self) -> None:
        _LOOP.run(asyncio.sleep(0.05))
        while not self._frames.empty():
            self._note(self._frames.get_nowait())

    def _note(self, frame: str | None) -> None:
        if frame is None or frame.startswith("41"):
            self._is_open = False
        elif frame.startswith("42"):
            name, body = json.loads(frame[2:])
            self._events.append({"name": name, "args": [body]})
