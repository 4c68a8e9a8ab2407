"""The protocol between handhelds and the server, played over and over with everything going wrong that may."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.kernel.clock import StillClock
from server.kernel.database import Database
from tests.conftest import ROOT
from tests.invariants import broken_invariants
from tests.trust.protocol.house import BEGAN, PLAY, House, Rehearsal
from tests.trust.protocol.mistakes import MISTAKES
from tests.trust.protocol.plan import plan_of
from tests.trust.protocol.play import Play
from tests.trust.protocol.shrink import played, report, shortest

SEEDS = int(os.environ.get("AISLE_PROTOCOL_SEEDS", "2000"))
FIRST_SEED = int(os.environ.get("AISLE_PROTOCOL_FIRST_SEED", "0"))
CHUNKS = 16


@pytest.fixture(scope="module")
def house(sqlite_template: Path):
    database = Rehearsal(sqlite_template)
    house = House(database)
    database.keep(PLAY)
    yield house
    database.close()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_promise_is_kept_whatever_goes_wrong(house, chunk):
    for seed in range(FIRST_SEED + chunk, FIRST_SEED + SEEDS, CHUNKS):
        if played(house, plan_of(seed)).faults:
            pytest.fail(report(house, seed), pytrace=False)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_found(house, name):
    mistake = MISTAKES[name]
    with mistake.plant():
        found = next((seed for seed in range(mistake.seeds) if played(house, plan_of(seed)).faults), None)
    assert found is not None
    assert played(house, plan_of(found)).faults == []


def test_the_same_seed_is_the_same_history_in_another_process_too(house):
    told = subprocess.run([sys.executable, "-m", "tests.trust.protocol", "7"], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "4711"},
                          capture_output=True, text=True, check=True).stdout
    hashes = {played(house, plan_of(7)).hash for _ in range(2)}
    assert hashes == {told.split()[-1]}
    assert played(house, plan_of(8)).hash not in hashes


def test_a_failing_seed_tells_the_shortest_way_to_its_fault(house):
    with MISTAKES["no dedupe"].plant():
        record = played(house, plan_of(0))
        plan, small = shortest(house, plan_of(0), record.faults[0].partition(":")[0])
        told = report(house, 0)
    assert len(plan.steps) <= 3 < len(plan_of(0).steps)
    assert small.faults[0] in told
    assert "python -m tests.trust.protocol 0" in told


def test_the_real_databases_tell_the_same_history_as_the_rehearsal(database_url, house):
    """No crashes and restores here, which only the rehearsal can: those are played with real processes elsewhere."""
    plans = [plan.without([step for step in plan.steps if step.what in {"crash", "backup", "restore"}]) for plan in map(plan_of, (3, 11, 29))]
    database = Database(database_url, clock=StillClock(BEGAN))
    real = House(database)
    house.start()
    try:
        for plan in plans:
            expected = Play(house, plan).run()
            record = Play(real, plan).run()
            assert record.faults == [] and record.lines == expected.lines
        assert broken_invariants(database) == []
    finally:
        house.database.back_to(PLAY)
        house.start()
        database.close()
