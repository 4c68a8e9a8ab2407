"""A simulated handheld: reads and fills like the real one, keeps its queue, and loses answers when told to."""

import random
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any

from simulators.http import Client, Json

Fill = Callable[[Json | None, Json], tuple[Json | None, list[Json]]]
Read = Callable[[str, Json], Json]


def floor_functions() -> tuple[Fill, Read]:
    """`fill` and `read` as the installed house gives them: a handheld and the server speak by name, not by import."""
    found = {entry.name: entry for entry in entry_points(group="aisle.floor")}
    return found["fill"].load(), found["read"].load()


@dataclass
class Counts:
    """What a handheld did; `answered_ms` is the time from a scan to its answer, for scans that the server answered."""

    scans: int = 0
    operations: int = 0
    replayed: int = 0
    refused: list[str] = field(default_factory=list)
    answered_ms: list[float] = field(default_factory=list)


class Refused(Exception):
    """The server or the device refused a scan that the worker had no reason to expect refused."""


class Pda:
    """One enrolled handheld with somebody signed in."""

    def __init__(self, address: str, code: str, name: str, *, lost_answers: float = 0.0, seed: int = 0) -> None:
        self.address, self.client = address, Client(address)
        self._chance = random.Random(seed)
        self._lost_answers = lost_answers
        self._fill, self._read = floor_functions()
        enrolled = self.client.call("POST", "/api/v1/devices/enrol", {"code": code, "name": name})
        self.client.headers["Authorization"] = f"Bearer {enrolled['token']}"
        self.name, self.epoch, self.seq = name, secrets.token_hex(8), 0
        self.task: Json | None = None
        self.last: Json = {}
        self.counts = Counts()
        self.pause_seconds = 0.0  # how long a worker walks and looks before a scan
        self._session = ""

    def sign_in(self, badge: str, pin: str) -> None:
        """Badge and PIN."""
        session = self.client.call("POST", "/api/v1/sessions", {"badge": badge, "pin": pin})
        self._session = session["id"]
        self.client.headers["X-Aisle-Session"] = session["session"]
        self.client.call("POST", "/api/v1/floor/hello", {"epoch": self.epoch, "last_seq": self.seq, "schema": 1})

    def scan(self, scanned: str) -> list[Json]:
        """What the trigger does: read, fill, send what came of it; the effects."""
        if self.pause_seconds:
            time.sleep(self.pause_seconds * self._chance.uniform(0.5, 1.5))
        began = time.perf_counter()
        before = self.counts.operations
        self.counts.scans += 1
        reading = self._understood(scanned)
        self.task, effects = self._fill(self.task, reading)
        for effect in effects:
            if effect["effect"] == "start":
                self.send("start", {"value": effect["value"]}, None)
            if effect["effect"] == "operation":
                self.send(effect["kind"], effect["slots"], effect["form"])
            if effect["effect"] == "refused":
                raise Refused(f"{self.name} scanned {scanned!r}: {effect['code']} (wanted {effect['wanted']})")
        if self.counts.operations > before:
            self.counts.answered_ms.append((time.perf_counter() - began) * 1000)
        return effects

    def look(self) -> None:
        """Asks how the task is by now: somebody else, or a device beside it, has done something."""
        held = self.client.call("GET", "/api/v1/floor/pull")["tasks"]
        self.task = next((one for one in held if self.task is not None and one["id"] == self.task["id"]), None)

    def claim(self, kind: str) -> bool:
        """Takes the next task of a kind; False when none waits."""
        self.send("claim", {"kind": kind}, None, may_be_refused=True)
        return bool(self.last["status"] == "applied")

    def send(self, kind: str, slots: Json, form: str | None, *, may_be_refused: bool = False) -> Json:
        """Sends one operation, again when its answer got lost; the result."""
        self.seq += 1
        self.counts.operations += 1
        task = self.task["id"] if self.task is not None and kind not in ("start", "claim") else None
        body = {"epoch": self.epoch, "operations": [{
            "op": _uuid7(), "seq": self.seq, "kind": kind, "task": task, "form": form, "slots": slots, "schema": 1,
            "made_at": time.time_ns() // 1_000_000, "session": self._session}]}
        result = self._ask("operations", "/api/v1/operations", body)["results"][0]
        if self._chance.random() < self._lost_answers:
            again = self._ask("operations", "/api/v1/operations", body)["results"][0]
            if again["status"] != "replayed" or again["first"]["status"] != result["status"]:
                raise Refused(f"{self.name}: a lost answer was not given again: {again}")
            self.counts.replayed += 1
        self.last = result
        if result["status"] != "applied":
            self.counts.refused.append(result["code"])
            if not may_be_refused:
                raise Refused(f"{self.name}: {kind} was {result['status']}: {result['code']} {result['message']['args']}")
        if result.get("task"):
            self.task = result["task"] if result["task"]["state"] in ("open", "leased") else None
        return dict(result)

    def _understood(self, scanned: str) -> Json:
        reading = self._read(scanned, self.task.get("codes", {}) if self.task is not None else {})
        if not reading["error"] and any(
            value["type"] == "unknown" or (value["type"] in ("item", "lpn") and not self._is_known(value))
            for value in reading["values"]
        ):
            return self._ask("read", "/api/v1/floor/read", {"text": scanned})
        return reading

    def _ask(self, _event: str, path: str, body: Json) -> Json:
        """Over HTTP; a handheld with an open websocket asks the same by an event."""
        return self.client.call("POST", path, body)

    def _is_known(self, value: Json) -> bool:
        """An item with its code, or an LPN that the task names: anything else is the server's to tell."""
        if value["type"] == "item":
            return value.get("key") is not None
        forms: list[Any] = self.task["forms"] if self.task is not None else []
        return any(value["key"] in (slot.get("expected") or ()) for form in forms for slot in form["slots"]
                   if not slot.get("tally"))


def _uuid7() -> str:
    value = (time.time_ns() // 1_000_000 << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)
    return str(uuid.UUID(int=value))
