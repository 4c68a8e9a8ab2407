"""Work that the house gave up after many tries: which it is, and how it is tried again."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx

_ROWS = text(
    "SELECT g.form, g.number, g.name, g.error FROM ("
    "SELECT 'job' AS form, id AS number, kind AS name, error, run_at AS at FROM job WHERE state = 'dead' UNION ALL "
    "SELECT 'event', d.id, o.kind || ' for ' || d.consumer, d.error, d.next_at FROM delivery d JOIN outbox o ON o.id = d.outbox_id "
    "WHERE d.state = 'dead') g ORDER BY g.at DESC, g.form, g.number DESC LIMIT :most"
)
_AGAIN = {
    "job": text("UPDATE job SET state = 'waiting', attempts = 0, claimed_until = 0, run_at = :now "
                "WHERE state = 'dead' AND (CAST(:number AS BIGINT) IS NULL OR id = :number)"),
    "event": text("UPDATE delivery SET state = 'pending', attempts = 0, next_at = :now "
                  "WHERE state = 'dead' AND (CAST(:number AS BIGINT) IS NULL OR id = :number)"),
}


@dataclass(frozen=True, slots=True)
class GivenUp:
    """One work: a job of the background, or an event that one of its consumers could not take."""

    form: Literal["job", "event"]
    number: int
    name: str
    error: str

    @property
    def key(self) -> str:
        """How it is named to people and by them: job-7, event-12."""
        return f"{self.form}-{self.number}"


def given_up(tx: Tx, *, most: int = 1_000) -> list[GivenUp]:
    """What was given up, the newest first."""
    return [GivenUp(row.form, row.number, row.name, row.error or "") for row in tx.rows(_ROWS, most=most)]


def try_again(tx: Tx, key: str | None = None) -> int:
    """Lets one work, or all that were given up, be tried from the beginning; how many. NotFound when that one was not given up."""
    form, _, number = (key or "").partition("-")
    if key is not None and (form not in _AGAIN or not number.isdecimal() or len(number) > 18):
        raise NotFound(f"{key} names no work. It is written as `aisle given-up` lists it: job-7 or event-12.", what=key)
    forms = [form] if key is not None else list(_AGAIN)
    again = sum(tx.changed(_AGAIN[one], now=tx.now, number=int(number) if key else None) for one in forms)
    if key is not None and not again:
        raise NotFound(f"{key} was not given up, or is being tried again already.", what=key)
    if again:
        record(tx, "work.tried_again", key or "all", works=again)
    return again
