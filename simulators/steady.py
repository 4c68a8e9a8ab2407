"""A handheld that never gives up: what was not answered it sends again, over a new connection, until it is; it remembers all."""

import http.client
import random
import time
from dataclasses import dataclass
from typing import Any

from simple_websocket import ConnectionClosed
from simple_websocket import ConnectionError as NotConnected

from simulators.http import CallFailed, Json
from simulators.socket import SocketPda

_PATIENCE_SECONDS = 60.0
_GONE = (ConnectionClosed, NotConnected, http.client.HTTPException, OSError)


@dataclass(frozen=True, slots=True)
class Answered:
    """An operation that the server acknowledged."""

    op: str
    asked_at: float
    answered_at: float


class SteadyPda(SocketPda):
    """Its history is what `acknowledged` says: each of these operations must be in the ledger, once."""

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self.acknowledged: list[Answered] = []
        self._again = random.Random(self.name)

    def receive(self, item: str) -> None:
        """One more piece of it, of the paper at hand."""
        if self.task is None:
            raise AssertionError("no paper is at hand")
        asked_at = time.monotonic()
        done = self.send("receive", {"item": item, "quantity": 1}, self.task["forms"][0]["id"])
        self.acknowledged.append(Answered(done["op"], asked_at, time.monotonic()))

    def _ask(self, event: str, path: str, body: Json) -> Json:
        ends = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                answer = super()._ask(event, path, body)
                break
            except (*_GONE, CallFailed) as error:
                if time.monotonic() > ends or (isinstance(error, CallFailed) and error.status not in (429, 500, 503)):
                    raise
                self._reopen()
        if event == "operations" and answer["results"][0]["status"] == "replayed":
            answer["results"][0] = {**answer["results"][0]["first"], "op": answer["results"][0]["op"]}
        return answer

    def _reopen(self) -> None:
        time.sleep(self._again.uniform(0.05, 0.3))
        try:
            self.client.close()
            self._open()
        except (*_GONE, CallFailed):
            return  # not yet: the next try finds the connection closed and comes here again
