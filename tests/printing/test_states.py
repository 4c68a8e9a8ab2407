"""Whatever is done to a label, in whatever order: its state only ever changes to one that may follow."""

import random
from types import SimpleNamespace

import pytest

from server.kernel.errors import Refusal
from server.printing import jobs
from server.printing.queue import answer_unknown, cancel_job, label_seen, reprint_job
from server.printing.states import AFTER

STEPS = 40


def deeds(number: int, printer: int):
    return {
        "claim": lambda tx: jobs.claim(tx, printer, number, 1000),
        "refuse": lambda tx: jobs.refuse(tx, number, "no font"),
        "sent": lambda tx: jobs.mark_sent(tx, number),
        "printed": lambda tx: jobs.mark_printed(tx, number),
        "again": lambda tx: jobs.again_or_ask(tx, SimpleNamespace(id=number, attempts=1), "lost"),
        "too often": lambda tx: jobs.again_or_ask(tx, SimpleNamespace(id=number, attempts=3), "lost"),
        "ask": lambda tx: jobs.ask_about(tx, number, "who knows"),
        "hold": lambda tx: jobs.hold(tx, printer, "no paper"),
        "resume": lambda tx: jobs.resume(tx, printer),
        "cancel": lambda tx: cancel_job(tx, number),
        "came out": lambda tx: answer_unknown(tx, number, came_out=True),
        "did not": lambda tx: answer_unknown(tx, number, came_out=False),
        "seen": lambda tx: label_seen(tx, f"LPN{number}"),
        "reprint": lambda tx: reprint_job(tx, number),
    }


@pytest.mark.parametrize("seed", range(8))
def test_every_change_is_one_that_may_follow(room, seed):
    luck, seen = random.Random(seed), set()
    for label in range(1, 6):
        number = room.ask(f"LPN{label}")
        printer = room.house.one("SELECT printer_id FROM print_job WHERE id = :id", id=number)
        before = "queued"
        for _ in range(STEPS):
            name, deed = luck.choice([(name, deed) for name, deed in deeds(number, printer).items() if name not in ("seen", "refuse") or luck.random() < 0.1])
            try:
                room.database.write(deed)
            except Refusal:
                continue
            after = room.house.one("SELECT state FROM print_job WHERE id = :id", id=number)
            assert after == before or after in AFTER[before], (name, before, after)
            seen.add((before, after))
            before = after
    assert len(seen) > 5
