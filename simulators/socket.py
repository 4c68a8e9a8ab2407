"""A handheld that speaks over a websocket, as the real one does while it has a network."""

import json
import time
from typing import Any
from urllib.parse import urlsplit

from simple_websocket import Client as Wire
from simple_websocket import ConnectionClosed

from simulators.http import CallFailed, Json
from simulators.pda import Pda

_TRIES = 50


class SocketPda(Pda):
    """A simulated handheld whose scans go through Socket.IO."""

    def sign_in(self, badge: str, pin: str) -> None:
        """Badge and PIN over HTTP, then the websocket is opened."""
        super().sign_in(badge, pin)
        self._open()

    def _open(self) -> None:
        token = self.client.call("POST", "/api/v1/socket-tokens")["token"]
        self._wire = Wire.connect(f"ws://{urlsplit(self.address).netloc}/socket.io/?EIO=4&transport=websocket")
        self._wire.send("40" + json.dumps({"token": token}))
        self._events, self._number = list[Any](), 0
        self._until("40")

    def told(self) -> str:
        """The next event that the server sends by itself, such as "changed"; waits for it."""
        return str((self._events.pop(0) if self._events else self._until("42"))[0])

    def forget_told(self) -> None:
        """What was told until now is old news."""
        self._ask("pull", "", {})
        self._events.clear()

    def _ask(self, event: str, path: str, body: Json) -> Json:
        for _ in range(_TRIES):
            try:
                answer = self._once(event, body)
            except ConnectionClosed:  # it was idle for long: opened again, and the same asked again
                self._open()
                continue
            wrong = answer.get("error")
            if not isinstance(wrong, dict) or "status" not in wrong:
                return answer
            if wrong["status"] != 429:
                raise CallFailed(wrong["status"], wrong)
            time.sleep(0.2)  # too fast for one handheld: it keeps what it has
        raise CallFailed(429, {"detail": f"{path} stayed too fast for the server"})

    def _once(self, event: str, body: Json) -> Json:
        self._number += 1
        self._wire.send(f"42{self._number}" + json.dumps([event, body]))
        answer: Json = self._until(f"43{self._number}")[0]
        return answer

    def _until(self, start: str) -> Any:
        while True:
            frame = str(self._wire.receive())
            if frame == "2":
                self._wire.send("3")
            elif frame.startswith(start):
                return json.loads(frame[len(start):] or "null")
            elif frame.startswith("42"):
                self._events.append(json.loads(frame[2:]))
            elif frame.startswith("44"):
                raise CallFailed(401, {"detail": frame})
