"""What is done about exceptions by itself, every minute, in small steps: those that are over end, those that were missed open, rules solve them."""

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.clock import HOUR, MINUTE
from server.kernel.database import Database
from server.kernel.errors import Refusal, Unavailable
from server.kernel.jobs import add_job
from server.kernel.transaction import Actor, Tx
from server.masterdata.people import worker_by_badge
from server.oms.exceptions.ending import end_what_is_over
from server.oms.exceptions.kinds import KINDS
from server.oms.exceptions.missed import CAUSES, missed, open_missed
from server.oms.exceptions.owners import find_owners, give
from server.oms.exceptions.rules import Rule, rules_of
from server.oms.exceptions.steps import RULE, take_step
from server.oms.floor import Floor

log = logging.getLogger("aisle.exceptions")

JOB = "tend_exceptions"
_RULE = Actor("exception rule")
_TRIES_MAX = 3
_TRY_AGAIN_MS = 30 * MINUTE
_TO_SOLVE = text(
    "SELECT x.id, x.version FROM order_exception x WHERE x.state = 'open' AND x.id > :after AND x.site_id = :site_id AND x.kind = :kind "
    "AND x.opened_at <= :before AND x.tries < :tries AND x.tried_at <= :tried_before AND (x.wait_until IS NULL OR x.wait_until <= :now) ORDER BY x.id LIMIT 100")
_TO_PASS = text(
    "SELECT x.id, x.version FROM order_exception x WHERE x.state = 'open' AND x.id > :after AND x.site_id = :site_id AND x.kind = :kind "
    "AND x.opened_at <= :before AND x.owned_at <= :before AND x.owner_id <> :owner_id ORDER BY x.id LIMIT 100")
_TRIED = text("UPDATE order_exception SET tries = tries + 1, tried_at = :at WHERE id = :id AND state = 'open'")
_SITES = text("SELECT id FROM site ORDER BY id")


def want_tending(tx: Tx) -> None:
    """Has exceptions tended in the background."""
    add_job(tx, JOB, unique_key=JOB)


def tend(database: Database, floor: Floor) -> None:
    """Everything that is due. Cut off and begun again it goes on where it was."""
    for kind in KINDS:
        database.write(lambda tx, kind=kind: end_what_is_over(tx, kind), backlog=True)  # type: ignore[misc]
    for cause in CAUSES:
        _open(database, cause)
    database.write(find_owners, backlog=True, actor=_RULE)
    for site_id in database.read(lambda tx: [row.id for row in tx.rows(_SITES)]):
        for rule in database.read(lambda tx, site_id=site_id: rules_of(tx, site_id)).values():  # type: ignore[misc]
            _solve(database, floor, site_id, rule)
            _pass_on(database, site_id, rule)


def _open(database: Database, cause: str) -> None:
    after = 0
    while rows := database.read(lambda tx, after=after: missed(tx, cause, after)):  # type: ignore[misc]
        database.write(lambda tx, rows=rows: open_missed(tx, cause, rows), backlog=True)  # type: ignore[misc]
        after = rows[-1].id


def _solve(database: Database, floor: Floor, site_id: int, rule: Rule) -> None:
    """What a rule says of a kind; what it could not is tried again twice, and left to the owner then."""
    if not rule.solve:
        return
    for row in _due(database, _TO_SOLVE, site_id, rule, minutes=rule.solve_after_minutes, tries=_TRIES_MAX):
        try:
            database.write(lambda tx, row=row: _solved(tx, floor, row, rule), backlog=True, actor=_RULE)  # type: ignore[misc]
        except Unavailable:
            raise
        except Refusal as refusal:
            log.info("exception %s is not solved by itself: %s", row.id, refusal.sentence)
            database.write(lambda tx, row=row: tx.execute(_TRIED, {"id": row.id, "at": tx.now}), backlog=True)  # type: ignore[misc]


def _solved(tx: Tx, floor: Floor, row: Any, rule: Rule) -> None:
    take_step(tx, floor, row.id, row.version, rule.solve, reason=f"rule {rule.kind}: {rule.solve} after {rule.solve_after_minutes} min", how=RULE)
    tx.execute(_TRIED, {"id": row.id, "at": tx.now})


def _pass_on(database: Database, site_id: int, rule: Rule) -> None:
    if rule.pass_after_hours is None or rule.pass_to is None:
        return
    worker = database.read(lambda tx: worker_by_badge(tx, rule.pass_to or ""))
    if worker is None or worker.disabled:
        return
    minutes = rule.pass_after_hours * HOUR // MINUTE
    for row in _due(database, _TO_PASS, site_id, rule, minutes=minutes, owner_id=worker.id):
        database.write(lambda tx, row=row: _passed(tx, row, worker, rule), backlog=True, actor=_RULE)  # type: ignore[misc]


def _passed(tx: Tx, row: Any, worker: Any, rule: Rule) -> None:
    if give(tx, row.id, worker.id, version=row.version):
        record(tx, "order_exception.passed_on", f"exception {row.id}", new={"owner": worker.badge}, reason=f"rule {rule.kind}: after {rule.pass_after_hours} h")


def _due(database: Database, query: Any, site_id: int, rule: Rule, *, minutes: int, **values: Any) -> list[Any]:
    def look(tx: Tx, after: int) -> list[Any]:
        more: Mapping[str, Any] = {"now": tx.now, "tried_before": tx.now - _TRY_AGAIN_MS} if "tries" in values else {}
        return tx.rows(query, after=after, site_id=site_id, kind=rule.kind, before=tx.now - minutes * MINUTE, **values, **more)

    found, after = list[Any](), 0
    while rows := database.read(lambda tx, after=after: look(tx, after)):  # type: ignore[misc]
        found += rows
        after = rows[-1].id
    return found
