"""Thousands of random tasks and scans, played by the server's `fill` and by the client's: both must say the same."""

import json
import os
import subprocess
from pathlib import Path
from random import Random

import pytest

from handheld import build
from server.floor.fill import fill
from server.floor.reading import read
from tests.floor.random_runs import CODES, random_scans, random_task

SEED = int(os.environ.get("AISLE_SEED", "1"))
RUNS = int(os.environ.get("AISLE_RUNS", "2000"))
CLIENT = Path(build.__file__).resolve().parent
VITEST = CLIENT / "node_modules" / "vitest" / "vitest.mjs"


def runs_of(seed: int) -> list[dict]:
    random = Random(seed)
    tasks = [random_task(random) for _ in range(RUNS)]
    return [{"task": task, "scans": random_scans(random, task)} for task in tasks]


def played_here(run) -> list[dict]:
    task, steps = run["task"], []
    for scanned in run["scans"]:
        reading = read(scanned, CODES)
        task, effects = fill(task, reading)
        error = reading["error"]["code"] if reading["error"] else None
        steps.append({"values": reading["values"], "error": error, "task": task, "effects": effects})
    return steps


def played_by_the_client(runs, folder: Path) -> list[list[dict]]:
    found = build.node()
    if found is None:
        pytest.skip("no Node to run the client's half with")
    if not VITEST.exists():
        pytest.skip("the client's packages are not installed: python handheld/build.py")
    path = folder / "runs.json"
    path.write_text(json.dumps({"codes": CODES, "runs": runs}))
    subprocess.run([str(found), str(VITEST), "run", "test/random.test.ts"], cwd=CLIENT, check=True, capture_output=True,
                   env={**os.environ, "AISLE_RANDOM_RUNS": str(path)})
    return json.loads(path.with_name("runs.json.played").read_text())


def without_nothing(value):
    """The same without fields that hold nothing: absent and null say the same."""
    if isinstance(value, dict):
        return {name: without_nothing(one) for name, one in value.items() if one is not None}
    return [without_nothing(one) for one in value] if isinstance(value, list | tuple) else value


def test_both_homes_say_the_same_of_random_tasks_and_scans(tmp_path):
    runs = runs_of(SEED)
    theirs = played_by_the_client(runs, tmp_path)
    assert len(theirs) == len(runs) == RUNS
    asked = 0
    for number, (run, other) in enumerate(zip(runs, theirs, strict=True)):
        for scanned, here, there in zip(run["scans"], played_here(run), other, strict=True):
            if there["error"] == "unknown_ai" != here["error"]:
                asked += 1  # the client knows the common identifiers only, and asks the server for the others
                break
            assert without_nothing(here) == without_nothing(there), f"seed {SEED}, run {number}, scan {scanned!r}"
    assert asked < RUNS / 100


def test_the_random_runs_reach_every_kind_of_effect():
    kinds = {effect["effect"] for run in runs_of(SEED) for step in played_here(run) for effect in step["effects"]}
    assert kinds >= {"filled", "current", "operation", "refused", "again", "ask", "skipped", "undone", "complete", "start", "help"}
