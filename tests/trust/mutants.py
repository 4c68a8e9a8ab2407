"""Servers with one mistake planted each, to show that the harness is not blind: `python -m tests.trust.mutants NAME ...`."""

import sys
import threading
import time

from sqlalchemy import event

from server.cli.main import main
from server.floor import engine, operations
from server.kernel import database, gate
from server.kernel.transaction import Tx

_LAZY_SECONDS = 0.5
_BETWEEN_SECONDS = 0.02


def answers_before_the_commit() -> None:
    """The writer gate keeps its transaction open for a while, and answers the handhelds' operations in it already."""
    here = threading.local()

    def apply(self, device, body):
        here.is_floor = True
        try:
            return apply_usual(self, device, body)
        finally:
            here.is_floor = False

    def run(self, work, actor, *, backlog):
        work.is_floor = getattr(here, "is_floor", False)
        return run_usual(self, work, actor, backlog=backlog)

    apply_usual, run_usual = engine.FloorEngine.operations, gate.WriterGate.run
    engine.FloorEngine.operations, gate.WriterGate.run, gate.WriterGate._serve = apply, run, _serve_lazily


def applies_whatever_comes() -> None:
    """No memory of what was done: what is sent again is done again."""
    def seen_before(tx, device, epoch, raw):
        return operations._apply(tx, _RUNNER[0], device, epoch, raw, {})

    def insert(tx, row) -> None:
        tx.changed(operations._KEEP, **row)

    operations._seen_before = seen_before
    operations._insert = insert
    _without_the_short_way()


def remembers_in_a_second_transaction() -> None:
    """What an operation does is committed first, that it was done a moment later."""
    kept, usual = threading.local(), Tx.execute

    def insert(_tx, row) -> None:
        kept.rows.append(row)

    def execute(self, statement, values=None) -> None:
        if statement is operations._SET_NEXT_SEQ:
            kept.numbers.append(values)
        else:
            usual(self, statement, values)

    def apply(self, device, body):
        def work(tx):
            kept.rows, kept.numbers = [], []
            return operations.apply_batch(tx, self.runner, device, body), kept.rows, kept.numbers

        answer, rows, numbers = self._database.write(work)
        time.sleep(_BETWEEN_SECONDS)
        self._database.write(lambda tx: remember(tx, rows, numbers))
        return answer

    def remember(tx, rows, numbers) -> None:
        for row in rows:
            tx.changed(operations._KEEP, **row)
        for one in numbers:
            usual(tx, operations._SET_NEXT_SEQ, one)

    operations._insert, Tx.execute, engine.FloorEngine.operations = insert, execute, apply


def flushes_now_and_then() -> None:
    """SQLite is not made to flush the disk with every commit."""
    usual = database._sqlite_engine

    def sloppy(url, begin):
        made = usual(url, begin)
        event.listen(made, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = NORMAL"))
        return made

    database._sqlite_engine = sloppy


def _serve_lazily(self) -> None:
    while not self._closed:
        with self._wake:
            self._wake.wait_for(lambda: self._queue, 1)
        with self._engine.connect() as connection, connection.begin():
            late = _answer_for_a_while(self, connection)
        for waiting, tx, answer in late:
            gate._finish(waiting, tx, answer)


def _answer_for_a_while(self, connection):
    """Works that are not the floor's end it: they are given back, to be answered after the commit."""
    ends = time.monotonic() + _LAZY_SECONDS
    while time.monotonic() < ends:
        with self._wake:
            self._wake.wait(0.01)
            together, self._queue = sorted(self._queue), []
        done = []
        for waiting in together:
            self._try_one(connection, waiting, done)
        for waiting, _, answer in done:
            if waiting.work.is_floor:
                waiting.future.set_result(answer)
        late = [one for one in done if not one[0].work.is_floor]
        if late:
            return late
    return []


_RUNNER: list = []


def _without_the_short_way() -> None:
    def apply(self, device, body):
        _RUNNER[:] = [self.runner]
        return self._database.write(lambda tx: operations.apply_batch(tx, self.runner, device, body))

    engine.FloorEngine.operations = apply


MUTANTS = {one.__name__: one for one in (
    answers_before_the_commit, applies_whatever_comes, remembers_in_a_second_transaction, flushes_now_and_then)}

if __name__ == "__main__":
    MUTANTS[sys.argv.pop(1)]()
    main()
