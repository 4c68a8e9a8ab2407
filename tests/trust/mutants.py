"""Servers with one mistake planted each, to show that the harness is not blind: `python -m tests.trust.mutants NAME ...`."""

import sys
import threading
import time

from sqlalchemy import event, text

from server.cli.main import main
from server.floor import engine, operations
from server.kernel import database, gate
from server.kernel.transaction import Tx
from server.stock import ledger

_LAZY_SECONDS = 1.5
BETWEEN_SECONDS = 0.4
_READING_SECONDS = 0.2
_READ = text("SELECT quantity FROM balance WHERE holder_id = :holder_id AND goods_id = :goods_id")
_WRITE = text("UPDATE balance SET quantity = :quantity WHERE holder_id = :holder_id AND goods_id = :goods_id")
_here = threading.local()


def answers_before_the_commit() -> None:
    """The writer gate keeps its transaction open for a while, and answers the handhelds' operations in it already."""
    def insert(tx, row) -> None:
        _here.is_floor = True
        usual(tx, row)

    usual = operations._insert
    operations._insert, gate.WriterGate._serve = insert, _serve_lazily


def applies_whatever_comes() -> None:
    """No memory of what was done: what is sent again is done again."""
    def seen_before(tx, device, epoch, raw):
        return operations._apply(tx, _here.runner, device, epoch, raw, {})

    def insert(tx, row) -> None:
        tx.changed(operations._KEEP, **row)

    def apply_batch(tx, runner, device, body):
        _here.runner = runner
        return operations.apply_batch(tx, runner, device, body)

    operations._seen_before, operations._insert = seen_before, insert
    engine.apply_next, engine.apply_batch = _never_as_usual, apply_batch


def remembers_in_a_second_transaction() -> None:
    """What an operation does is committed first, that it was done a moment later."""
    def insert(_tx, row) -> None:
        _here.rows.append(row)

    def execute(self, statement, values=None) -> None:
        if statement is operations._SET_NEXT_SEQ:
            _here.numbers.append(values)
        else:
            usual(self, statement, values)

    def apply_batch(tx, runner, device, body):
        _here.rows, _here.numbers = rows, numbers = [], []
        answer = operations.apply_batch(tx, runner, device, body)
        tx.after_commit(lambda: remember(tx, rows, numbers))
        return answer

    def remember(tx, rows, numbers) -> None:
        if any(row["kind"] in ("receive", "move") for row in rows):  # a chance for the kill: in life this moment is short
            time.sleep(BETWEEN_SECONDS)
        with tx.connection.engine.begin() as connection:
            again = Tx(connection, tx.now)
            for row in rows:
                again.changed(operations._KEEP, **row)
            for one in numbers:
                usual(again, operations._SET_NEXT_SEQ, one)

    usual = Tx.execute
    operations._insert, Tx.execute = insert, execute
    engine.apply_next, engine.apply_batch = _never_as_usual, apply_batch


def adds_to_what_it_read_before() -> None:
    """A balance is read, added to here, and written back: what another added in between is gone. SQLite's one writer hides it."""
    def give(tx, wanted, number, received_at) -> None:
        row = tx.row(_READ, holder_id=wanted.target.id, goods_id=number)
        if wanted.target.is_account or row is None:
            usual(tx, wanted, number, received_at)
            return
        time.sleep(_READING_SECONDS)
        tx.changed(_WRITE, quantity=row.quantity + wanted.quantity, holder_id=wanted.target.id, goods_id=number)

    usual = ledger._give
    ledger._give = give


def flushes_now_and_then() -> None:
    """SQLite is not made to flush the disk with every commit."""
    usual = database._sqlite_engine

    def sloppy(*how, **named):
        made = usual(*how, **named)
        event.listen(made, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = NORMAL"))
        return made

    database._sqlite_engine = sloppy


def _never_as_usual(tx, runner, device, body):
    raise operations.NotAsUsual


def _serve_lazily(self) -> None:
    while not self._closed:
        with self._wake:
            self._wake.wait_for(lambda: self._queue, 1)
        with self._engine.connect() as connection, connection.begin():
            late = _answer_for_a_while(self, connection)
        for waiting, tx, answer in late:
            gate._finish(waiting, tx, answer)
            gate.Soon.tell([waiting.answer])


def _answer_for_a_while(self, connection):
    """Works that are not the floor's are given back, to be answered after the commit; alone they do not wait."""
    ends, late, is_floor = time.monotonic() + _LAZY_SECONDS, [], False
    while time.monotonic() < ends and (is_floor or not late):
        with self._wake:
            self._wake.wait(0.01)
            together, self._queue = sorted(self._queue), []
        for waiting in together:
            done, _here.is_floor = [], False
            self._try_one(Tx(connection, self._clock.now(), waiting.actor), waiting, done)
            is_floor = is_floor or _here.is_floor
            if _here.is_floor and done:
                waiting.answer.set_result(done[0][2])
                gate.Soon.tell([waiting.answer])
            else:
                late += done
    return late


MUTANTS = {one.__name__: one for one in (
    answers_before_the_commit, applies_whatever_comes, remembers_in_a_second_transaction, adds_to_what_it_read_before,
    flushes_now_and_then)}

if __name__ == "__main__":
    MUTANTS[sys.argv.pop(1)]()
    main()
