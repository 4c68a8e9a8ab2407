"""Fuzzes what devices and other systems send with atheris: JSON bodies, and batches of operations; no test, run by hand.

In an environment of its own (atheris is no dependency of this project):

    python -m venv fuzzing && fuzzing/bin/pip install atheris pytest && fuzzing/bin/pip install --editable .
    PYTHONPATH=. fuzzing/bin/python -m tests.trust.fuzz.protocol -max_total_time=600 CORPUS_FOLDER

What must hold: no 5xx, a body that is refused is refused in words, no operation is set aside as unforeseen.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["server.api.bodies", "server.floor", "server.workflows"]):
    from server.api import bodies, problems
    from server.floor import engine, operations
    from server.workflows import count, enquire, hold, load, move, pack, pick, put_away, receive, returns

from server.kernel.migrations import upgrade
from tests.api.conftest import House

MODULES = (bodies, problems, engine, operations, count, enquire, hold, load, move, pack, pick, put_away, receive, returns)
FOLDER = Path(tempfile.mkdtemp())
ROUTES = ("/api/v1/operations", "/api/v1/floor/hello", "/api/v1/floor/read")
SLOTS = ("item", "quantity", "from", "to", "lpn", "lot", "serial", "expiry", "weight", "tote", "label", "counted", "kind", "op", "value",
         "counted_items", "parcel", "grade", "reason", "count_items", "lpn_or_bin")


def opened() -> House:
    """A server on a warehouse with an item."""
    url = f"sqlite:///{FOLDER / 'aisle.db'}"
    upgrade(url)
    return House(url, FOLDER)


HOUSE = opened()
WORKER = HOUSE.headers("supervisor")
SESSION = HOUSE.web.get("/api/v1/sessions/current", headers=WORKER).json["id"]
HOUSE.app.parts.limits.take = lambda *_: None
KINDS = [*sorted({kind for process in HOUSE.app.engine.runner.registry.in_order for kind in process.handlers}), "start", "claim", "release", "undo"]
STATE = {"seq": 1, "op": 1}


def value_of(provider: Any, depth: int = 0) -> Any:
    """Some JSON value."""
    kind = provider.ConsumeIntInRange(0, 9 if depth < 3 else 6)
    if kind < 3:
        return provider.ConsumeUnicode(30)
    if kind == 3:
        return ("SOAP", "W1-A-01-1", "W1-DOCK", "W1~SUPPLIER", "]C10109506000134352", "t1", "UNDO;")[provider.ConsumeIntInRange(0, 6)]
    if kind < 6:
        return provider.ConsumeInt(9)
    if kind == 6:
        return (None, True, False, 0.5, 1e308, -0.0)[provider.ConsumeIntInRange(0, 5)]
    if kind == 7:
        return [value_of(provider, depth + 1) for _ in range(provider.ConsumeIntInRange(0, 3))]
    names = ("type", "key", "kind", "item", "n", "quantity", "code", "op")
    return {names[provider.ConsumeIntInRange(0, 7)]: value_of(provider, depth + 1) for _ in range(provider.ConsumeIntInRange(0, 3))}


def operation(provider: Any) -> dict[str, Any]:
    """The device's next operation, with anything in its slots."""
    STATE["op"] += 1
    slots = {SLOTS[provider.ConsumeIntInRange(0, len(SLOTS) - 1)]: value_of(provider) for _ in range(provider.ConsumeIntInRange(0, 4))}
    return {"op": f"01940000-0000-7000-8000-{STATE['op']:012d}", "seq": STATE["seq"], "kind": KINDS[provider.ConsumeIntInRange(0, len(KINDS) - 1)],
            "task": f"t{provider.ConsumeIntInRange(1, 3)}" if provider.ConsumeBool() else None, "form": None, "slots": slots,
            "made_at": HOUSE.clock.now(), "session": SESSION, "schema": 1}


def one(data: bytes) -> None:
    """One input of the fuzzer."""
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeBool():
        path, body = ROUTES[0], json.dumps({"epoch": "epoch-0001", "operations": [operation(provider)]}).encode()
    else:
        path, body = ROUTES[provider.ConsumeIntInRange(0, 2)], provider.ConsumeBytes(2_000)
    answer = HOUSE.web.post(path, data=body, content_type="application/json", headers=WORKER)
    assert answer.status_code < 500, (path, body, answer.text)
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json" and len(answer.json["detail"]) > 10, (path, body, answer.text)
        return
    for result in answer.json.get("results", []):
        assert result["code"] != "set_aside", (body, result)
    STATE["seq"] = answer.json["next_seq"] if path == ROUTES[0] else STATE["seq"]


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
