"""A server that a fork began is what a start of `aisle serve` is: its number, its end, its files and its chance are its own."""

import os
import signal
import subprocess
import sys

import pytest

from simulators.house import House, NotStarted
from tests.forks.client import MAIN, forked, is_as_started

SHOWN = "tests.forks.shown"


def shown(folder, *words, **environment):
    """What a process says of itself."""
    with (folder / "said").open("w+") as said:
        process = forked(SHOWN, words, env=environment, stdout=said, stderr=subprocess.STDOUT)
        code = process.wait(timeout=30)
        said.seek(0)
        return process.pid, code, said.read().split("\n")


def test_a_fork_has_the_words_the_environment_and_the_folder_that_it_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pid, code, told = shown(tmp_path, "a", "b c", AISLE_ONE="1")
    assert (code, told[:4]) == (0, [f"pid {pid}", "words ['a', 'b c']", "environment {'AISLE_ONE': '1'}", f"folder {tmp_path}"])


def test_a_fork_has_one_thread_no_file_and_no_signal_that_was_not_given_to_it_and_its_own_chance(tmp_path):
    one, other = (shown(tmp_path)[2][4:] for _ in range(2))
    assert one[:4] == other[:4] == ["threads 1", "files [0, 1, 2]", f"interrupted by {signal.getsignal(signal.SIGINT)!r}", "main __main__"]
    assert one[4] != other[4]


@pytest.mark.parametrize(("words", "code"), [(["exit", "3"], 3), (["raise"], 1), (["kill"], -signal.SIGKILL), (["threads"], 0)])
def test_a_fork_ends_as_a_program_of_python_ends(tmp_path, words, code):
    _, ended, told = shown(tmp_path, *words)
    started = subprocess.run([sys.executable, "-m", SHOWN, *words], capture_output=True, text=True, check=False)
    assert ended == started.returncode == code
    last = (started.stdout + started.stderr).split("\n")[9:]
    assert told[9:][-2:] == last[-2:]


def test_a_server_is_killed_ended_and_started_again_and_each_end_is_known(tmp_path, sqlite_template):
    house = House(tmp_path, 0, database_url=f"sqlite:///{tmp_path}/aisle.db", serve=("--workers", "1"))
    (tmp_path / "aisle.db").write_bytes(sqlite_template.read_bytes())
    house.start()
    first, answering = house._process, house.processes()
    assert first.poll() is None and len(answering) == 1 and os.getpid() not in (first.pid, *answering)
    house.kill()
    assert first.returncode == -signal.SIGKILL
    house.start()
    house.stop()
    assert house._process.returncode == 0 and house._process.pid != first.pid


def test_a_server_that_cannot_start_says_why(tmp_path):
    with pytest.raises(NotStarted, match="No such option"):
        House(tmp_path, 0, serve=("--nonsense",)).start()


def test_only_a_start_of_aisle_that_reads_nothing_else_of_its_environment_is_a_fork():
    command, here = [sys.executable, "-m", MAIN, "serve"], dict(os.environ)
    assert is_as_started(command, here | {"AISLE_VAR": "/somewhere", "PYTHONUNBUFFERED": "1"})
    assert not is_as_started(["strace", *command], here)
    assert not is_as_started([sys.executable, "-m", "tests.trust.mutants", "one"], here)
    for name in ("PYTHONHASHSEED", "TZ", "LD_PRELOAD", "AISLE_MESSAGE_QUEUE"):
        assert not is_as_started(command, here | {name: "other"})
