"""A handheld for tests: reads and fills as the real one does, and keeps what it sent."""

from typing import Any

from server.floor.engine import FloorEngine
from server.floor.fill import fill
from server.floor.operations import DeviceIdentity
from server.floor.reading import read
from server.kernel.clock import SystemClock
from server.kernel.ids import uuid7


class Pda:
    def __init__(self, engine: FloorEngine, device: DeviceIdentity, session: str, now: int) -> None:
        self.engine, self.device, self.session, self.now = engine, device, session, now
        self.task: dict[str, Any] | None = None
        self.seq, self.sent, self.results = 0, [], []
        self.made_before = 0  # how long ago, in ms, what is sent now was scanned

    def scan(self, text: str) -> list[dict[str, Any]]:
        """Reads, fills and sends what came of it; the effects."""
        reading = read(text, self.task.get("codes", {}) if self.task else {})
        if any(value["type"] in ("unknown", "item", "lpn") for value in reading["values"]):
            reading = self.engine.read(self.device, text)
        self.task, effects = fill(self.task, reading)
        for effect in effects:
            if effect["effect"] == "start":
                self.send("start", {"value": effect["value"]}, None)
            if effect["effect"] == "operation":
                self.send(effect["kind"], effect["slots"], effect["form"])
        return effects

    def send(self, kind: str, slots: dict[str, Any], form: str | None) -> dict[str, Any]:
        self.seq += 1
        self.sent.append({"op": str(uuid7()), "seq": self.seq, "kind": kind, "slots": slots, "form": form, "schema": 1,
                          "task": self.task["id"] if self.task else None, "made_at": SystemClock().now() - self.made_before, "session": self.session})
        return self.post(self.sent[-1])

    def post(self, operation: dict[str, Any]) -> dict[str, Any]:
        answer = self.engine.operations(self.device, {"epoch": "epoch-0001", "operations": [operation]})
        result = answer["results"][0]
        self.results.append(result)
        if result.get("task"):
            self.task = result["task"] if result["task"]["state"] in ("open", "leased") else None
        return result
