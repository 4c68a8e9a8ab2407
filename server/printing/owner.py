"""The one owner of a printer: sends its labels one by one, watches each come out, and finds out what became of those of a lost line.

A label is `sending`, with the printer's odometer, before its first byte goes out. So the odometer tells afterwards whether it came out,
whatever was cut in between, the line, the printer's power or this process: one more than before, it did; the same and nothing left in
the printer, it did not. What it cannot tell is asked about. One label at a time: of several that were under way the odometer would not
say which.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text

from labels.reprint import formats_of, marked_reprint, with_copies
from printers.errors import NotAPrinter, PrinterError, PrinterUnreachable, Silent
from printers.ports import Port, folder_of, open_port, put_in_folder
from printers.zpl import ANSWER_SECONDS, Condition, Identity, ZplPrinter
from server.kernel.database import Database
from server.kernel.transaction import Tx
from server.printing import jobs
from server.printing.blind import sent_blind, settle_what_was_sent
from server.printing.conditions import ONE_WAY, Notebook, Seen
from server.printing.content import SCREEN_DPI, NotDrawn, drawn
from server.printing.queue import LANGUAGES

log = logging.getLogger("aisle.printing")

_PRINTER = text("SELECT id, name, url, language, answers FROM printer WHERE id = :id")
_ENDS_WITHIN_SECONDS = 5.0
_DPI_OF_DOTS = {"8": 203, "12": 300, "24": 600}
"""Dots to the inch by dots to the millimetre, as ~HI tells them."""
_LINE_IS_BAD = (PrinterUnreachable, NotAPrinter, Silent)
_LOST = "The line to the printer was lost while this label was sent, and the printer cannot tell whether it came out. Look for it."
_UNTOLD = "The printer does not say what lies in it, nor how many labels came out. Look for this one."
_NOTHING = "The printer took this label and nothing came out. Look at what the label says, and whether it is ZPL that this printer knows."


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one waits for a printer.

    For an answer; for nothing to come out while nothing lies in it, before a label counts as not printed; after a fault, before it is
    asked again whether somebody has seen to it; for one that takes a label, is well and does not tell what became of it; between two looks at a label under way;
    for each label of one that never answers.
    """

    answer_seconds: float = ANSWER_SECONDS
    quiet_seconds: float = 2.0
    again_seconds: float = 1.0
    untold_seconds: float = 60.0
    poll_seconds: float = 0.1
    blind_seconds: float = 2.0


PATIENT = Patience()


class Owner:
    """Used by one thread. `may_go_on` says whether the printer is still this process's; it is asked before every label."""

    def __init__(self, database: Database, printer_id: int, *, may_go_on: Callable[[], bool], patience: Patience = PATIENT) -> None:
        self.printer_id = printer_id
        self.notebook = Notebook(database, printer_id)
        self._database, self._may_go_on, self._patience = database, may_go_on, patience
        self._row: Any = None
        self._port: Port | None = None
        self._printer: ZplPrinter | None = None
        self._identity: Identity | None = None
        self._sent_here: int | None = None
        self._drawn: tuple[int, str] = (0, "")

    def work(self) -> int:
        """Looks at the printer, settles what lies in it, sends what waits; how many labels came out. What is wrong is written down."""
        row = self._database.read(lambda tx: tx.row(_PRINTER, id=self.printer_id))
        if row is None:
            return 0
        if self._row is not None and (row.url, row.answers) != (self._row.url, self._row.answers):
            self.close()
        self._row, folder = row, folder_of(row.url)
        try:
            if folder is not None:
                return self._fill(folder)
            return self._print_all() if row.answers == "yes" else self._print_blind()
        except PrinterError as error:
            self._out(error)
            return 0

    def close(self) -> None:
        """Lets the port go: between labels others may print there."""
        if self._port is not None:
            self._port.close()
        self._port = self._printer = self._identity = self._sent_here = None
        self._drawn = (0, "")

    def _print_all(self) -> int:
        printer = self._opened()
        done = sum(self._note_come_out(printer, job) for job in self._read(jobs.in_printer))  # though it needs somebody now
        self._guard_ready(printer)
        for job in self._read(jobs.in_printer):
            done += self._watch(printer, job)
        while self._may_go_on():
            waiting = self._next_drawn()
            if waiting is None:
                break
            job = self._claimed(waiting, printer.odometer())
            if job is None:
                continue
            self._send(printer, job)
            done += self._watch(printer, job)
            self._guard_ready(printer)
        if done:
            self.notebook.note(self._seen(printer, printer.condition(), with_odometer=True), at_once=True)
        return done

    def _print_blind(self) -> int:
        """Nothing is asked of a printer that never answers, and it is never said of it that a label came out: only its scan says so."""
        for job in self._read(jobs.in_printer):
            self._write(partial(settle_what_was_sent, job=job))
        if self._port is None:
            self._port = open_port(self._row.url, answers=False)
        self._resume()
        self.notebook.note(Seen(code=ONE_WAY))
        while self._may_go_on() and (waiting := self._next_drawn()) is not None:
            job = self._claimed(waiting, None)
            if job is not None:
                seconds = self._patience.blind_seconds * self._labels_of(job)
                sent_blind(self._port, self._bytes_of(job), job, write=self._write, wait=partial(self._stays, seconds))
        return 0

    def _stays(self, seconds: float) -> bool:
        """Waits while a label should come out; raises when the line is lost meanwhile. False when there is no time left for it."""
        ends = time.monotonic() + seconds
        while self._port is not None and (left := ends - time.monotonic()) > 0:
            if not self._may_go_on():
                return False
            self._port.read(min(left, 0.2))
        return True

    def _opened(self) -> ZplPrinter:
        """Who answers is asked before anything is printed: at a wrong port a label would be lost."""
        if self._printer is None:
            self._port = open_port(self._row.url)
            printer = ZplPrinter(self._port, answer_seconds=self._patience.answer_seconds)
            self._identity = printer.identity()
            self._printer = printer
        return self._printer

    def _guard_ready(self, printer: ZplPrinter) -> None:
        """Raises what is wrong with it; else what was held waits for its turn again."""
        condition = printer.condition()
        if condition.fault is not None:
            raise condition.fault(self._where())
        was_out = self.notebook.is_out
        self.notebook.note(self._seen(printer, condition, with_odometer=self.notebook.is_old))
        self._resume()
        if was_out:
            log.info("printer %s is ready again", self._row.name)

    def _seen(self, printer: ZplPrinter, condition: Condition, *, with_odometer: bool) -> Seen:
        who = self._identity or Identity(model="", firmware="", dots_a_mm="")
        return Seen(warnings=",".join(condition.warnings), model=who.model, firmware=who.firmware,
                    odometer=printer.odometer() if with_odometer else None)

    def _resume(self) -> None:
        if self._read(jobs.has_held):
            self._write(lambda tx: jobs.resume(tx, self.printer_id))

    def _next_drawn(self) -> Any:
        """The next label that waits and can be drawn; one that cannot is refused, and says why."""
        while (job := self._read(jobs.next_waiting)) is not None:
            try:
                self._zpl_of(job)
            except NotDrawn as error:
                log.error("label %d of %s is not printed: %s", job.id, self._row.name, error)  # noqa: TRY400 - the sentence says it all
                self._write(partial(jobs.refuse, number=job.id, why=str(error)))
            else:
                return job
        return None

    def _claimed(self, waiting: Any, odometer: int | None) -> Any:
        """The label, now this process's, written down before its first byte goes out; None when it waits no more."""
        return self._database.write(lambda tx: jobs.claim(tx, self.printer_id, waiting.id, odometer), backlog=True)

    def _zpl_of(self, job: Any) -> str:
        """The label in the printer's dots, drawn once."""
        if self._drawn[0] != job.id:
            self._drawn = (job.id, self._database.read(lambda tx: drawn(tx, job, self._dpi())))
        return self._drawn[1]

    def _dpi(self) -> int:
        """What the printer says of itself, else what was set."""
        told = self._identity.dots_a_mm if self._identity is not None else ""
        return _DPI_OF_DOTS.get(told) or LANGUAGES.get(self._row.language, SCREEN_DPI)

    def _send(self, printer: ZplPrinter, job: Any) -> None:
        self._sent_here = None  # until the last byte has gone the line may be lost in the middle
        printer.print(self._bytes_of(job))
        self._sent_here = job.id
        self._write(lambda tx: jobs.mark_sent(tx, job.id))

    def _watch(self, printer: ZplPrinter, job: Any) -> int:
        """Waits until the label has come out or cannot any more; 1 when it did. Raises what is wrong with the printer meanwhile."""
        told_at = quiet_since = time.monotonic()
        ends, pause = 0.0, self._patience.poll_seconds / 8
        while not self._note_come_out(printer, job):
            self._guard_no_fault(printer)
            buffer, now = printer.buffer(), time.monotonic()
            if buffer is not None:
                told_at = now
            elif now - told_at >= self._patience.untold_seconds:
                self._guard_no_fault(printer)  # it may have begun since it was asked, and be why nothing was told
                self._write(lambda tx: jobs.ask_about(tx, job.id, _UNTOLD))
                return 0
            if buffer is None or buffer.formats or buffer.labels:
                quiet_since = now
            elif now - quiet_since >= self._patience.quiet_seconds:
                if not buffer.is_partial:
                    return self._decide(printer, job)
                printer.forget()
                quiet_since = now
            if not self._may_go_on():
                ends = ends or now + _ENDS_WITHIN_SECONDS
                if now >= ends:
                    return 0
            time.sleep(pause)  # a small label is out at once; one that takes long is not asked about all the time
            pause = min(2 * pause, self._patience.poll_seconds)
        return 1

    def _note_come_out(self, printer: ZplPrinter, job: Any) -> bool:
        came_out = self._has_come_out(printer, job)
        if came_out:
            self._write(lambda tx: jobs.mark_printed(tx, job.id))
        return came_out

    def _has_come_out(self, printer: ZplPrinter, job: Any) -> bool:
        counted = printer.odometer()
        if counted is None or job.odometer_before is None:
            return False
        due = int(job.odometer_before) + self._labels_of(job)
        return counted >= due if job.id == self._sent_here else counted == due

    def _guard_no_fault(self, printer: ZplPrinter) -> None:
        fault = printer.condition().fault
        if fault is not None:
            raise fault(self._where())

    def _decide(self, printer: ZplPrinter, job: Any) -> int:
        """Nothing lies in the printer any more, and when the odometer was last read it was not where it would be had the label come out."""
        if self._note_come_out(printer, job):
            return 1  # it came out since
        counted = printer.odometer()
        if counted is None or job.odometer_before is None:
            came_out = job.id == self._sent_here  # it took all of it, over a line that was never lost, and has nothing left
            self._write(lambda tx: jobs.mark_printed(tx, job.id) if came_out else jobs.ask_about(tx, job.id, _LOST))
            return int(came_out)
        if counted == job.odometer_before and job.id != self._sent_here:
            self._write(lambda tx: jobs.again_or_ask(tx, job, "The line was lost before it came out; it is sent again."))
        elif counted == job.odometer_before:
            self._write(lambda tx: jobs.ask_about(tx, job.id, _NOTHING))
        else:
            some, all_of_it = counted - job.odometer_before, self._labels_of(job)
            why = f"{some} of {all_of_it} came out of the printer. Look for them." if 0 < some < all_of_it else _LOST
            self._write(lambda tx: jobs.ask_about(tx, job.id, why))
        return 0

    def _fill(self, folder: Path) -> int:
        """A folder takes a label whole or not at all, under its own name: what may have been written is written once more."""
        done = 0
        for job in self._read(jobs.in_printer):
            done += self._put_again(folder, job)
        self._resume()
        while self._may_go_on() and (waiting := self._next_drawn()) is not None:
            job = self._claimed(waiting, None)
            done += self._put(folder, job) if job is not None else 0
        self.notebook.note(Seen())
        return done

    def _put_again(self, folder: Path, job: Any) -> int:
        """One that cannot be drawn any more may lie there from before: somebody looks."""
        try:
            return self._put(folder, job)
        except NotDrawn as error:
            why = str(error)
            log.error("label %d of %s is asked about: %s", job.id, self._row.name, why)  # noqa: TRY400 - the sentence says it all
            self._write(lambda tx: jobs.ask_about(tx, job.id, why))
            return 0

    def _put(self, folder: Path, job: Any) -> int:
        put_in_folder(folder, f"{job.unique_key.replace(':', '-')}.zpl", self._bytes_of(job, is_again=False))
        self._write(lambda tx: jobs.mark_printed(tx, job.id))
        return 1

    def _out(self, error: PrinterError) -> None:
        """What waits is held with the reason, or goes to the neighbour; other printers know nothing of it."""
        if isinstance(error, _LINE_IS_BAD):
            self.close()
        sentence = str(error) if self._row.name in str(error) else str(error).replace(self._row.url, self._where())
        if self.notebook.note(Seen(code=error.code, sentence=sentence)):
            log.warning("labels of printer %s wait: %s", self._row.name, sentence)

        def work(tx: Tx) -> None:
            jobs.hold(tx, self.printer_id, sentence)
            neighbour = jobs.fail_over(tx, self.printer_id, self.notebook.since(tx))
            if neighbour is not None:
                log.warning("labels of printer %s come out at %s", self._row.name, neighbour)

        if self._database.read(lambda tx: self.printer_id in jobs.busy_printers(tx)):
            self._write(work)

    def _where(self) -> str:
        return f"{self._row.name} ({self._row.url})"

    def _labels_of(self, job: Any) -> int:
        """How many labels come out of the printer for it; one that cannot be drawn any more was one label."""
        try:
            return int(job.copies) * max(1, len(formats_of(self._zpl_of(job))))
        except NotDrawn:
            return int(job.copies)

    def _bytes_of(self, job: Any, *, is_again: bool = True) -> bytes:
        """The label as it is sent. Sent once more it says REPRINT: half of it may have come out before."""
        zpl = self._zpl_of(job)
        if is_again and job.attempts > 1:
            zpl = marked_reprint(zpl, self._dpi())
        return with_copies(zpl, job.copies).encode()

    def _read(self, work: Callable[[Tx, int], Any]) -> Any:
        return self._database.read(lambda tx: work(tx, self.printer_id))

    def _write(self, work: Callable[[Tx], Any]) -> None:
        self._database.write(work, backlog=True)
