"""A label that goes to a printer which never answers: what is written of it, when nothing will ever be known but its scan."""

from collections.abc import Callable
from typing import Any

from printers.errors import PrinterError
from printers.ports import Port
from server.kernel.transaction import Tx
from server.printing import jobs

_LOST = "The line to a printer that never answers was lost while this label was sent. Look whether it came out."


def sent_blind(port: Port, data: bytes, job: Any, *, write: Callable[[Callable[[Tx], Any]], None], wait: Callable[[], bool]) -> None:
    """Sends a claimed label and waits for as long as it should take; it is never sent again by itself.

    It stays sent and is settled. Raises PrinterError when the line was lost, and then somebody is asked about the label.
    `wait` raises the same, and is False when it had to end early: the label is settled by who takes over.
    """
    try:
        port.write(data)
        write(lambda tx: jobs.mark_sent(tx, job.id))
        is_over = wait()
    except PrinterError:
        write(lambda tx: jobs.ask_about(tx, job.id, _LOST))
        raise
    if is_over:
        write(lambda tx: jobs.settle(tx, job.id))


def settle_what_was_sent(tx: Tx, *, job: Any) -> None:
    """What a process left that ended in the middle: all bytes had gone out, or somebody is asked."""
    if job.state == "sent":
        jobs.settle(tx, job.id)
    else:
        jobs.ask_about(tx, job.id, _LOST)
