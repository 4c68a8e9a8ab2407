"""The power goes while the server works: the disk, rebuilt from what was recorded, holds all that was acknowledged."""

import os
import shutil

import pytest

from server.cli.verify import broken_at
from simulators import power
from tests.trust import mutants
from tests.trust.test_faults import HouseHere

ACKNOWLEDGEMENTS = 300
EVERY, DICE = int(os.environ.get("AISLE_POWER_EVERY", "10")), int(os.environ.get("AISLE_POWER_DICE", "1"))
"""All cuts are made with AISLE_POWER_EVERY=1 AISLE_POWER_DICE=5, and by `aisle bench faults --only power`."""


class RecordedHere(power.RecordedHouse, HouseHere):
    """Recorded, with commands in this process."""


@pytest.fixture
def house(tmp_path, sqlite_template):
    if why := power.is_recordable():
        pytest.skip(why)
    shutil.copy(sqlite_template, tmp_path / "aisle.db")
    house = RecordedHere(tmp_path)
    yield house
    house.kept.close()


def test_no_power_cut_loses_what_was_acknowledged(house):
    sent = power.record(house, acknowledgements=ACKNOWLEDGEMENTS, hands=4, seed=3)
    outcome = power.cut(house, sent, broken_at, seeds=DICE, every=EVERY)
    assert outcome.cuts >= ACKNOWLEDGEMENTS // EVERY
    assert (outcome.losing, outcome.unsound) == (0, [])


def test_a_database_that_flushes_now_and_then_is_found_out(house):
    house.plant(mutants.flushes_now_and_then)
    sent = power.record(house, acknowledgements=40, hands=2, seed=3)
    assert power.cut(house, sent, broken_at, seeds=0, every=5).losing > 0
