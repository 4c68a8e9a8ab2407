"""What five hundred random tasks and scans came to when both homes of `fill` last agreed, as a sum for each.

A sum that differs says that workers see something else than before. Where that is meant, and `test_two_homes` passes:
`python -m tests.floor.test_recorded_runs` writes the sums anew.
"""

import hashlib
import json
from itertools import groupby
from pathlib import Path
from random import Random

from server.floor.fill import fill
from server.floor.reading import read
from tests.floor.random_runs import CODES, random_scans, random_task

SUMS = Path(__file__).resolve().parents[1] / "floor_cases" / "random_runs.sums"
RUNS = 500


def sums() -> list[str]:
    """One sum a run, over the readings, the effects and the task after each scan."""
    random = Random(7)
    return [_sum_of(random, random_task(random)) for _ in range(RUNS)]


def _sum_of(random: Random, task) -> str:
    said = hashlib.sha256()
    for scanned in random_scans(random, task):
        reading = read(scanned, CODES)
        task, effects = fill(task, reading)
        said.update(json.dumps([reading, task, effects], sort_keys=True).encode())
    return said.hexdigest()[:8]


def test_random_runs_come_to_what_both_homes_last_agreed_on():
    kept, made = SUMS.read_text().split(), sums()
    assert len(made) == len(kept) == RUNS
    changed = [number for number, (before, now) in enumerate(zip(kept, made, strict=True)) if before != now]
    assert not changed, f"{len(changed)} of {RUNS} random runs come to something else, the first is run {changed[0]}"


def test_hardly_two_runs_are_alike():
    assert max(len(list(same)) for _, same in groupby(sorted(sums()))) < RUNS / 20


if __name__ == "__main__":
    made = sums()
    SUMS.write_text("".join(" ".join(made[begin : begin + 10]) + "\n" for begin in range(0, RUNS, 10)))
