"""The power goes in the middle of labels, of the printers and of the server: no label is missing, none is there twice without its mark."""

import multiprocessing
import os
import random
import threading
import time
from collections import Counter

import pytest

from server.kernel.database import Database
from server.printing.queue import answer_unknown
from server.printing.spooler import Spooler
from tests.printing.conftest import QUICK, Room
from tests.waiting import until

IS_LONG = "AISLE_LONG" in os.environ
PRINTERS = 20
LABELS_EACH = 12 if IS_LONG else 4
KILLS = 50 if IS_LONG else 4
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["server.printing.spooler"])


@pytest.fixture
def hall(sqlite_url):
    database = Database(sqlite_url)
    hall = Room(database, PRINTERS)
    yield hall
    hall.close()
    database.close()


def sscc(at: int, number: int) -> str:
    return f"39506000{at:04}{number:06}"


def ask_all(hall: Room, labels: int = LABELS_EACH) -> list[str]:
    codes = [sscc(at, number) for number in range(labels) for at in range(PRINTERS)]
    for code in codes:
        hall.ask(code, int(code[8:12]))
    return codes


def answer_as_somebody_who_looks(hall: Room) -> int:
    """What nobody can tell is asked: a person goes and sees whether the label is there."""
    asked = hall.house.all("SELECT id, code FROM print_job WHERE state = 'unknown'")
    for number, code in asked:
        there = code in {one.partition(" ")[0] for one in hall.came_out(int(code[8:12]))}
        hall.database.write(lambda tx, number=number, there=there: answer_unknown(tx, number, came_out=there))
    return len(asked)


def settled(hall: Room, seconds: float) -> bool:
    def is_over() -> bool:
        answer_as_somebody_who_looks(hall)
        return not set(hall.states()) & {"queued", "sending", "sent", "held", "unknown"}

    return until(is_over, seconds)


def on_paper(hall: Room) -> Counter[tuple[str, bool]]:
    """Every label that came out, whole or in part: its code, and whether it is marked."""
    found: Counter[tuple[str, bool]] = Counter()
    for printer in hall.printers:
        for label in (*printer.labels, *printer.spoiled):
            found[label.decode().partition("^FD")[2].partition("^FS")[0], b"REPRINT" in label] += 1
    return found


def guard_paper(hall: Room, codes: list[str]) -> None:
    whole = {one.partition(" ")[0] for at in range(PRINTERS) for one in hall.came_out(at)}
    assert whole == set(codes)
    assert {key: times for key, times in on_paper(hall).items() if times > 1 and not key[1]} == {}


def test_of_twenty_printers_whose_power_goes_in_the_middle_of_labels_none_loses_or_doubles_one(hall):
    luck, deaths, over = random.Random(8), Counter(), threading.Event()

    def chance(at: int) -> None:
        """After a random number of bytes of labels it dies, and comes back, a few times."""
        printer = hall.printers[at]
        for _ in range(3):
            with printer._lock:
                power = printer._power
            printer.dies_after(luck.randrange(1, 90), off_seconds=0.05)
            while printer._power == power and not over.wait(0.005):
                pass
            deaths[at] += printer._power != power

    codes = ask_all(hall)
    killers = [threading.Thread(target=chance, args=(at,)) for at in range(PRINTERS)]
    for one in killers:
        one.start()
    hall.start()
    assert settled(hall, 120 if IS_LONG else 30), hall.states()
    over.set()
    for one in killers:
        one.join()
    assert sum(deaths.values()) >= 50
    guard_paper(hall, codes)


def spool(url: str) -> None:
    Spooler(Database(url), pause_seconds=0.01, patience=QUICK).start()
    time.sleep(60)


def test_a_server_that_is_killed_while_it_prints_leaves_no_label_out_and_prints_none_twice(hall):
    luck = random.Random(9)
    for printer in hall.printers:
        printer.label_seconds = 0.05
    codes = ask_all(hall, 2 * KILLS)
    kills = 0
    for _ in range(KILLS):
        process = PROCESSES.Process(target=spool, args=(hall.database.url,))
        process.start()
        came_out = sum(len(printer.labels) for printer in hall.printers)
        assert until(lambda came_out=came_out: sum(len(printer.labels) for printer in hall.printers) > came_out)
        time.sleep(luck.uniform(0, 0.1))
        process.kill()
        process.join()
        kills += bool(hall.house.one("SELECT 1 FROM print_job WHERE state IN ('sending', 'sent')"))
    hall.start()
    assert settled(hall, 60 + KILLS), hall.states()
    assert kills >= KILLS // 2  # in the middle of labels
    guard_paper(hall, codes)


def test_the_check_finds_a_label_that_is_there_twice(hall):
    hall.ask(sscc(0, 0))
    hall.once()
    hall.printer.labels.append(hall.printer.labels[0])
    with pytest.raises(AssertionError):
        guard_paper(hall, [sscc(0, 0)])
