"""A handheld that keeps what was not answered and sends it again, and sends a part of what was answered once more."""

import random
import threading
import time
from collections import deque

from simulators.history import History, Sent
from simulators.http import CallFailed, Json
from simulators.pda import Pda
from simulators.wires import HttpWire, SocketWire, Unanswered, Wire

_REMEMBERED = 40
_OPERATIONS = "/api/v1/operations"


class GivesUp(Exception):
    """Nothing was answered for far too long."""


class StubbornPda(Pda):
    """Works over a wire that fails; tells everything to a history."""

    gives_up_seconds = 120.0

    def __init__(self, address: str, code: str, name: str, *, history: History, over_http: bool, seed: int) -> None:
        super().__init__(address, code, name, seed=seed)
        self.history, self._over_http = history, over_http
        self._luck = random.Random(seed)
        self._answered: deque[tuple[Sent, Json]] = deque(maxlen=_REMEMBERED)
        self.doubles, self.races = 0.1, 0.03
        self.answered_at = 0.0

    def sign_in(self, badge: str, pin: str) -> None:
        """Badge and PIN, then both ways to the server are there."""
        super().sign_in(badge, pin)
        self._other: Wire = HttpWire(self.address, self.client.headers)
        self._wire: Wire = HttpWire(self.address, self.client.headers) if self._over_http else SocketWire(
            self.address, self.client.headers, {"epoch": self.epoch, "last_seq": self.seq, "schema": 1})

    def close(self) -> None:
        """Lets its connections go."""
        self._wire.close()
        self._other.close()
        self.client.close()

    def _ask(self, event: str, path: str, body: Json) -> Json:
        if event != "operations":
            return self._until_answered(self._wire, event, path, body)
        operation = body["operations"][0]
        one = self.history.sends(self.name, operation)
        if self._luck.random() < self.races:
            self._race(one, body)
        answer = self._until_answered(self._wire, event, path, body, one)
        result = answer["results"][0]
        content = self.history.answered(one, result)
        self.answered_at = time.monotonic()
        if result["status"] == "replayed":
            answer = {**answer, "results": [{**content, "task": self._task_after(operation, content)}]}
        self._answered.append((one, body))
        if self._luck.random() < self.doubles:
            self._once_more(*self._luck.choice(self._answered))
        return answer

    def _until_answered(self, wire: Wire, event: str, path: str, body: Json, one: Sent | None = None) -> Json:
        began, waits = time.monotonic(), 0.02
        while True:
            try:
                return wire.ask(event, path, body)
            except Unanswered as error:
                self.history.statuses[error.status] += 1
            except CallFailed as error:
                self.history.statuses[error.status] += 1
                self.history.trouble(f"{self.name}: {event} was answered with {error}")
                raise
            if time.monotonic() > began + self.gives_up_seconds:
                raise GivesUp(f"{self.name}: {event} was not answered for {self.gives_up_seconds:.0f} seconds")
            time.sleep(waits * self._luck.uniform(0.5, 1.5))
            waits = min(waits * 2, 0.5)
            if one is not None:
                self.history.sends(self.name, body["operations"][0])

    def _once_more(self, one: Sent, body: Json) -> None:
        """The same again, as a device does whose database did not keep the answer."""
        wire = self._luck.choice((self._wire, self._other))
        self.history.doubled += 1
        self.history.answered(one, self._until_answered(wire, "operations", _OPERATIONS, body)["results"][0])

    def _race(self, one: Sent, body: Json) -> None:
        """The same at the same moment on another connection."""
        def other() -> None:
            wire = HttpWire(self.address, self.client.headers)
            try:
                self.history.answered(one, wire.ask("operations", _OPERATIONS, body)["results"][0])
            except Unanswered as error:
                self.history.statuses[error.status] += 1
            except CallFailed as error:
                self.history.trouble(f"{self.name}: the same sent twice at once was answered with {error}")
            finally:
                wire.close()

        self.history.doubled += 1
        threading.Thread(target=other, daemon=True).start()

    def _task_after(self, operation: Json, content: Json) -> Json | None:
        """A repeated answer brings no task: it is asked for, as a handheld does that has been away."""
        if content["status"] != "applied":
            return None
        held = self._until_answered(self._wire, "pull", "/api/v1/floor/pull", {})["tasks"]
        if operation["kind"] in ("start", "claim"):
            wanted = [task for task in held if task["kind"] == content["message"]["args"]["kind"]]
            return dict(wanted[-1]) if wanted else None
        found = next((task for task in held if task["id"] == operation["task"]), None)
        return dict(found) if found is not None else {"id": operation["task"], "state": "done"}
