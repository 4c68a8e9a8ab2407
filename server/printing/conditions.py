"""How printers are, as their owner last saw them: written by one process, read by all."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import text

from server.kernel.clock import SECOND
from server.kernel.database import Database
from server.kernel.hourly import adding, hour_of
from server.kernel.transaction import Tx

READY = "ready"
ONE_WAY = "one_way"
"""The line to a printer that never answers is there; how the printer is nobody knows."""
WELL = (READY, ONE_WAY)
LOOK_SECONDS = 30
"""So often a printer is looked at for which nothing is open, and so old may be what is known of it."""
_BEGUN = f"CASE WHEN excluded.code IN {WELL} OR excluded.code = printer_condition.code THEN 0 ELSE 1 END"
_PUT = text(
    "INSERT INTO printer_condition (printer_id, code, sentence, warnings, model, firmware, odometer, since, checked_at, hour, hour_errors) "
    "VALUES (:printer_id, :code, :sentence, :warnings, :model, :firmware, :odometer, :at, :at, :hour, :is_out) "
    f"ON CONFLICT (printer_id) DO UPDATE SET {adding(_BEGUN, 'printer_condition')}, "
    "since = CASE WHEN printer_condition.code = excluded.code THEN printer_condition.since ELSE excluded.since END, "
    "code = excluded.code, sentence = excluded.sentence, warnings = excluded.warnings, "
    "model = CASE WHEN excluded.model = '' THEN printer_condition.model ELSE excluded.model END, "
    "firmware = CASE WHEN excluded.model = '' THEN printer_condition.firmware ELSE excluded.firmware END, "
    "odometer = COALESCE(excluded.odometer, printer_condition.odometer), checked_at = excluded.checked_at"
)
_ERRED = text(f"UPDATE printer_condition SET {adding('1', 'printer_condition')} "
              "WHERE printer_id = (SELECT printer_id FROM print_job WHERE id = :job_id)")
_SINCE = text("SELECT since FROM printer_condition WHERE printer_id = :printer_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of a printer: `code` is ready, one_way, or that of what is wrong, told in `sentence`."""

    code: str = READY
    sentence: str = ""
    warnings: str = ""
    model: str = ""
    firmware: str = ""
    odometer: int | None = None


def note_asked_about(tx: Tx, job_id: int) -> None:
    """Nobody can tell what became of a label: an error of its printer."""
    tx.execute(_ERRED, {"job_id": job_id, "hour": hour_of(tx.now)})


class Notebook:
    """Writes down how one printer is when that has changed, or when what is written has become old."""

    def __init__(self, database: Database, printer_id: int) -> None:
        self._database, self._printer_id = database, printer_id
        self._last: Seen | None = None
        self._at = 0

    @property
    def is_old(self) -> bool:
        """Whether it is time to look again."""
        now = self._database.clock.now()
        return self._last is None or not self._at <= now < self._at + LOOK_SECONDS * SECOND

    @property
    def is_out(self) -> bool:
        """Whether something was wrong when it was last seen."""
        return self._last is not None and self._last.code not in WELL

    def note(self, seen: Seen, *, at_once: bool = False) -> bool:
        """Whether `code` is another than before. An odometer that counts on is no news until what is written is old, or `at_once`."""
        before = self._last
        if before is None or at_once or self.is_old or replace(before, odometer=None) != replace(seen, odometer=None):
            self._database.write(self._put(seen), backlog=True)
            self._at = self._database.clock.now()
        self._last = seen
        return before is None or before.code != seen.code

    def since(self, tx: Tx) -> int:
        """Since when it is as it is; milliseconds."""
        return int(tx.scalar(_SINCE, printer_id=self._printer_id) or tx.now)

    def _put(self, seen: Seen) -> Callable[[Tx], None]:
        return lambda tx: tx.execute(_PUT, {
            "printer_id": self._printer_id, "code": seen.code, "sentence": seen.sentence[:512], "warnings": seen.warnings[:128],
            "model": seen.model[:64], "firmware": seen.firmware[:64], "odometer": seen.odometer, "at": tx.now,
            "hour": hour_of(tx.now), "is_out": int(seen.code not in WELL)})
