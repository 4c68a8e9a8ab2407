"""Handhelds at work on a real server that is killed, frozen, cut off and lied to: what was acknowledged stands, once."""

import json
import shutil
import sys
import time

import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.kernel.migrations import upgrade
from simulators.history import DRIFT, LOST, TWICE
from simulators.house import House
from simulators.postgres import PostgresServer
from simulators.proxy import Chances
from simulators.trial import Trial
from tests.conftest import fresh_url
from tests.kept_port import KeptPort
from tests.trust import mutants

HANDS, FROZEN_SECONDS = 6, 3.5
ENOUGH, AT_MOST = 10, 40


class HouseHere(House):
    """Its commands run in this process, which has imported them already; the server is a process of its own, and its port nobody else's."""

    def __init__(self, folder, **more):
        self.kept = KeptPort()
        super().__init__(folder, self.kept.number, **more)

    def command(self, *words, may_fail=False):
        done = CliRunner(env={"AISLE_VAR": str(self.folder)}).invoke(main, ["--db", self.url, *words, "--json"])
        assert may_fail or done.exit_code == 0, done.output
        answer = json.loads(done.stdout.splitlines()[-1])
        return answer if isinstance(answer, dict) else {"items": answer}

    def plant(self, mutant) -> "HouseHere":
        """Serves with a mistake."""
        self.program = (sys.executable, "-m", "tests.trust.mutants", mutant.__name__)
        return self


@pytest.fixture
def postgres(request):
    server = PostgresServer(fsync=True, synchronous_commit=getattr(request, "param", None))
    server.execute("CREATE DATABASE faults")
    upgrade(server.url("faults"))
    yield server
    server.stop()


@pytest.fixture
def folder(tmp_path, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "aisle.db")
    return tmp_path


@pytest.fixture
def try_out():
    trials = []

    def start(house, hands=HANDS // 2, picks=0) -> Trial:
        trials.append(Trial(house, hands=hands, seed=7, picks=picks))
        return trials[-1]

    yield start
    for trial in trials:
        trial.house.kill()
        trial.close()
        trial.house.kept.close()


def torment(trial, postgres=None):
    """Some of every fault while everybody works over a bad radio."""
    with trial.working(Chances(lost=0.05, reset=0.03, swallowed=0.003, slow=0.01, doubled=0.2)):
        trial.goes_on(20)
        for worker_only in (False, True):
            trial.kill(worker_only=worker_only)
            trial.goes_on(15)
        for _ in range(5):
            trial.proxy.cut_all()
            trial.goes_on(5)
        trial.house.freeze()
        time.sleep(FROZEN_SECONDS)
        trial.house.thaw()
        trial.goes_on(15)
        if postgres is not None:
            postgres.crash_and_start()
            trial.goes_on(15)
        for _ in range(AT_MOST):
            if proves(trial):
                break
            trial.goes_on(5)


def proves(trial) -> bool:
    """Whether enough went wrong for the outcome to mean anything: it is by chance what does."""
    return min(trial.history.again, trial.history.doubled) > ENOUGH


def test_what_was_acknowledged_stands_once_on_sqlite(folder, try_out):
    trial = try_out(HouseHere(folder), hands=HANDS, picks=HANDS)
    torment(trial)
    assert wrong(trial) == {}
    assert proves(trial)


def test_what_was_acknowledged_stands_once_on_postgresql(tmp_path, postgres, try_out):
    trial = try_out(HouseHere(tmp_path, database_url=postgres.url("faults")), hands=HANDS, picks=HANDS)
    torment(trial, postgres)
    assert wrong(trial) == {}
    assert proves(trial)


def test_a_server_that_answers_before_it_commits_is_found_out_by_a_kill(folder, try_out):
    trial = try_out(HouseHere(folder).plant(mutants.answers_before_the_commit))
    patience = {hand: hand.pda.gives_up_seconds for hand in trial.crew}
    for _ in range(5):  # a machine that stands still before the kill keeps what was answered
        with trial.working():
            for hand in trial.crew:
                hand.pda.gives_up_seconds = patience[hand]
            trial.goes_on(10)  # the last of them was answered a moment ago, long before what it did is kept
            trial.kill()
            trial.goes_on(1, seconds=5)
            for hand in trial.crew:  # who was told of what the server has forgotten is answered nothing more
                hand.pda.gives_up_seconds = 1
        if found := wrong(trial).get(LOST):
            break
    assert found


def test_a_server_that_applies_whatever_comes_is_found_out_by_what_is_sent_again(folder, try_out):
    trial = try_out(HouseHere(folder).plant(mutants.applies_whatever_comes))
    with trial.working():
        trial.goes_on(100)
    assert wrong(trial)[TWICE]


def test_a_server_that_remembers_in_a_second_transaction_is_found_out_by_a_kill(folder, try_out):
    trial = try_out(HouseHere(folder).plant(mutants.remembers_in_a_second_transaction))
    for _ in range(8):  # some kills fall between two operations
        with trial.working():
            trial.goes_on(6)
            time.sleep(mutants.BETWEEN_SECONDS / 2)  # whoever writes next has committed and not remembered
            trial.kill()
        if found := wrong(trial).get(TWICE):
            break
    assert found


def test_a_server_that_adds_to_what_it_read_before_is_found_out_without_any_fault(tmp_path, request, try_out):
    url = fresh_url(request, "postgresql", tmp_path)
    trial = try_out(HouseHere(tmp_path, database_url=url).plant(mutants.adds_to_what_it_read_before), hands=HANDS)
    for _ in range(5):
        with trial.working():
            trial.goes_on(30)
        if found := wrong(trial).get(DRIFT):
            break
    assert found


@pytest.mark.parametrize("postgres", [False], indirect=True)
def test_a_database_that_commits_without_the_disk_is_found_out_by_its_crash(tmp_path, postgres, try_out):
    trial = try_out(HouseHere(tmp_path, database_url=postgres.url("faults")))
    with trial.working():
        trial.goes_on(30)
        postgres.crash_and_start()
        trial.goes_on(1, seconds=5)
    assert wrong(trial)[LOST]


def wrong(trial):
    return {name: rows for name, rows in trial.new_findings().items() if rows}
