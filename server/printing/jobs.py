"""What the owner of a printer writes of its labels: every step once, and only from where it may be taken."""

from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.printing.conditions import note_asked_about
from server.printing.states import AFTER, IN_PRINTER, TO_BE_SENT, open_rule

SENDS_MAX = 3
"""So often a label is sent that does not come out; then somebody is asked."""
_OPEN = open_rule()
_COLUMNS = "id, state, unique_key, code, template, template_id, payload, reprint_of_id, copies, attempts, odometer_before, sent_at, error"
_BUSY = text(f"SELECT DISTINCT printer_id FROM print_job WHERE {_OPEN}")
_OF_PRINTER = f"FROM print_job WHERE printer_id = :printer_id AND {_OPEN}"
_IN_IT = text(f"SELECT {_COLUMNS} {_OF_PRINTER} AND {IN_PRINTER} ORDER BY id LIMIT 50")
_NEXT = text(f"SELECT {_COLUMNS} {_OF_PRINTER} AND state = 'queued' ORDER BY id LIMIT 1")
_HELD = text(f"SELECT id {_OF_PRINTER} AND state = 'held' AND sent_at IS NULL LIMIT 1")
_CLAIM = text("UPDATE print_job SET state = 'sending', sent_at = :at, odometer_before = :odometer, attempts = attempts + 1, error = NULL "
              f"WHERE id = :id AND printer_id = :printer_id AND state = 'queued' RETURNING {_COLUMNS}")
_SENT = text("UPDATE print_job SET state = 'sent' WHERE id = :id AND state = 'sending'")
_PRINTED = text(f"UPDATE print_job SET state = 'printed', printed_at = :at, error = NULL WHERE id = :id AND {IN_PRINTER}")
_AGAIN = text("UPDATE print_job SET state = 'queued', sent_at = NULL, odometer_before = NULL, error = :error "
              f"WHERE id = :id AND {IN_PRINTER}")
_ASK = text(f"UPDATE print_job SET state = 'unknown', error = :error WHERE id = :id AND {IN_PRINTER}")
_SETTLE = text("UPDATE print_job SET settled_at = :at WHERE id = :id AND state = 'sent'")
_REFUSE = text("UPDATE print_job SET state = 'cancelled', error = :error WHERE id = :id AND state = 'queued'")
_HOLD = text(f"UPDATE print_job SET state = 'held', error = :error WHERE printer_id = :printer_id AND {_OPEN} "
             "AND (state <> 'held' OR COALESCE(error, '') <> :error)")
_RESUME = text(f"UPDATE print_job SET state = 'queued', error = NULL WHERE printer_id = :printer_id AND {_OPEN} "
               "AND state = 'held' AND sent_at IS NULL")
_MOVE = text(f"UPDATE print_job SET printer_id = :neighbour_id, state = 'queued', error = :error WHERE printer_id = :printer_id AND {_OPEN} "
             f"AND {TO_BE_SENT}")
_NEIGHBOUR = text(
    "SELECT n.neighbour_id, n.after_seconds, p.name, c.code FROM printer_neighbour n JOIN printer p ON p.id = n.neighbour_id "
    "LEFT JOIN printer_condition c ON c.printer_id = n.neighbour_id WHERE n.printer_id = :printer_id"
)


def busy_printers(tx: Tx) -> set[int]:
    """The printers for which something is open."""
    return {row.printer_id for row in tx.rows(_BUSY)}


def in_printer(tx: Tx, printer_id: int) -> list[Any]:
    """Labels that were sent, or may have been, and are not known to have come out."""
    return tx.rows(_IN_IT, printer_id=printer_id)


def next_waiting(tx: Tx, printer_id: int) -> Any:
    """The oldest label that waits for its turn at this printer, or None."""
    return tx.row(_NEXT, printer_id=printer_id)


def has_held(tx: Tx, printer_id: int) -> bool:
    """Whether labels that were not sent are held."""
    return tx.row(_HELD, printer_id=printer_id) is not None


def claim(tx: Tx, printer_id: int, number: int, odometer: int | None) -> Any:
    """A label that waits, now this process's to send: to be committed before its first byte goes out. None when it waits no more."""
    _guard("queued", "sending")
    return tx.row(_CLAIM, id=number, printer_id=printer_id, odometer=odometer, at=tx.now)


def refuse(tx: Tx, number: int, why: str) -> None:
    """It cannot be drawn, and shall hold up no other."""
    _guard("queued", "cancelled")
    tx.execute(_REFUSE, {"id": number, "error": why[:500]})


def mark_sent(tx: Tx, number: int) -> None:
    """Its last byte has gone out."""
    _guard("sending", "sent")
    tx.execute(_SENT, {"id": number})


def mark_printed(tx: Tx, number: int) -> None:
    """It came out."""
    tx.execute(_PRINTED, {"id": number, "at": tx.now})


def settle(tx: Tx, number: int) -> None:
    """It went to a printer that never answers, and the time to print it is over: it stays sent until its label is scanned."""
    tx.execute(_SETTLE, {"id": number, "at": tx.now})


def again_or_ask(tx: Tx, job: Any, why: str) -> None:
    """It did not come out: it is sent again, marked, and asked about when it was sent often enough."""
    if job.attempts >= SENDS_MAX:
        ask_about(tx, job.id, f"It was sent {job.attempts} times and did not come out. Look at the label's content and at the printer.")
    else:
        tx.execute(_AGAIN, {"id": job.id, "error": why[:500]})


def ask_about(tx: Tx, number: int, why: str) -> None:
    """Nobody can tell whether it came out."""
    tx.execute(_ASK, {"id": number, "error": why[:500]})
    note_asked_about(tx, number)


def hold(tx: Tx, printer_id: int, sentence: str) -> int:
    """Everything open for the printer waits for what the sentence says; how many rows were changed."""
    return tx.changed(_HOLD, printer_id=printer_id, error=sentence[:500])


def resume(tx: Tx, printer_id: int) -> int:
    """The printer is ready: what was not sent waits for its turn again."""
    _guard("held", "queued")
    return tx.changed(_RESUME, printer_id=printer_id)


def fail_over(tx: Tx, printer_id: int, out_since: int) -> str | None:
    """By the printer's rule what was not sent goes to its neighbour, when that one is ready; the neighbour's name if so."""
    rule = tx.row(_NEIGHBOUR, printer_id=printer_id)
    if rule is None or rule.code != "ready" or tx.now - out_since < rule.after_seconds * 1000:
        return None
    moved = tx.changed(_MOVE, printer_id=printer_id, neighbour_id=rule.neighbour_id, error="Moved here: its own printer is out.")
    return str(rule.name) if moved else None


def _guard(state: str, following: str) -> None:
    if following not in AFTER[state]:
        raise AssertionError(f"{following} does not follow {state}")
