"""Exceptions as they are listed and counted, and what people change about them beside steps."""

from typing import Any

from sqlalchemy import JSON, text

from server.kernel.audit import record
from server.kernel.transaction import Tx
from server.oms.backorders import FIRST_PROMISED
from server.oms.channels.base import Asked, Stage
from server.oms.exceptions.owners import give
from server.oms.exceptions.steps import SeenTo, exception_by_id

_COLUMNS = (
    f"SELECT x.id, s.code AS site, x.kind, x.code, x.words, x.suggestion, x.order_id, o.number AS order_number, o.promised_at, {FIRST_PROMISED} AS first_promised_at, c.code AS channel, p.ref AS paper, x.paper_id, "
    "w.badge AS owner, w.name AS owner_name, x.owned_at, x.opened_at, x.state, x.ended_at, x.ended_how, x.ended_by, x.step, x.note, x.wait_until, x.version, "
    "o.total, o.currency, (SELECT MAX(y.stage) FROM channel_paper y WHERE y.order_id = x.order_id) AS paper_stage, "
    f"(SELECT SUM(q.amount) FROM refund_request q WHERE q.order_id = x.order_id AND q.holds = 1 AND q.decision = '' AND q.stage = {Asked.OPEN:d}) AS asked_back "
    "FROM order_exception x JOIN site s ON s.id = x.site_id JOIN worker w ON w.id = x.owner_id LEFT JOIN sales_order o ON o.id = x.order_id "
    "LEFT JOIN channel c ON c.id = x.channel_id LEFT JOIN channel_paper p ON p.id = x.paper_id WHERE ")
_FILTERED = ("AND (CAST(:site_id AS BIGINT) IS NULL OR x.site_id = :site_id) AND (:kind = '' OR x.kind = :kind) AND (:owner = '' OR w.badge = :owner) ")
_LISTS = {
    ("open", ""): text(f"{_COLUMNS} x.state = 'open' AND x.id > :after {_FILTERED} ORDER BY x.id LIMIT :most").columns(suggestion=JSON),
    ("open", "newest"): text(f"{_COLUMNS} x.state = 'open' AND x.id < :after {_FILTERED} ORDER BY x.id DESC LIMIT :most").columns(suggestion=JSON),
    ("done", ""): text(f"{_COLUMNS} x.id > :after AND x.state = 'done' {_FILTERED} ORDER BY x.id LIMIT :most").columns(suggestion=JSON),
    ("done", "newest"): text(f"{_COLUMNS} x.id < :after AND x.state = 'done' {_FILTERED} ORDER BY x.id DESC LIMIT :most").columns(suggestion=JSON),
}
_OF_ORDER = text(f"{_COLUMNS} x.order_id = :order_id AND x.state = 'open' ORDER BY x.id").columns(suggestion=JSON)
_COUNTS = text("SELECT x.kind, COUNT(*) AS count, MIN(x.opened_at) AS oldest_at FROM order_exception x WHERE x.state = 'open' AND x.site_id = :site_id GROUP BY x.kind")
_NOTE = text("UPDATE order_exception SET note = :note, version = version + 1 WHERE id = :id AND state = 'open' AND version = :version")


def exceptions_shown(
    tx: Tx, *, state: str, sort: str, after: int, most: int, site_id: int | None = None, kind: str = "", owner: str = "",
) -> list[Any]:
    """Those of a site, or of all: the oldest first, or the newest."""
    return tx.rows(_LISTS[state, sort], after=after or (2**62 if sort else 0), most=most, site_id=site_id, kind=kind, owner=owner)


def exceptions_of_order(tx: Tx, order_id: int) -> list[Any]:
    """What is open about an order."""
    return tx.rows(_OF_ORDER, order_id=order_id)


def counts(tx: Tx, site_id: int) -> list[Any]:
    """By kind, how many are open and since when the oldest is."""
    return tx.rows(_COUNTS, site_id=site_id)


def paid_back(row: Any) -> dict[str, Any]:
    """Who pays its buyer back if its order is cancelled, and how much.

    The platform, as that agrees to the buyer's `request` there; the `channel`, as it is told that nothing comes of what was paid; nobody ("").
    """
    is_over = row.paper_stage is None or row.paper_stage >= Stage.CANCELLED
    by = "" if is_over else "request" if row.asked_back is not None else "channel" if row.paper_stage >= Stage.PAID else ""
    amount = row.asked_back if by == "request" else row.total if by else 0
    return {"paid_back_by": by, "paid_back": int(amount or 0), "currency": row.currency or ""}


def give_to(tx: Tx, number: int, version: int, worker: Any, old: str) -> None:
    """Somebody else sees to it from now on."""
    if not give(tx, number, worker.id, version=version):
        raise SeenTo("Somebody has seen to this exception meanwhile. Look at it again.", exception=number)
    record(tx, "order_exception.given", f"exception {number}", old={"owner": old}, new={"owner": worker.badge})


def note(tx: Tx, number: int, version: int, words: str) -> None:
    """What is known about it, instead of what was noted before."""
    before = exception_by_id(tx, number).note
    if not tx.changed(_NOTE, id=number, version=version, note=words):
        raise SeenTo("Somebody has seen to this exception meanwhile. Look at it again.", exception=number)
    record(tx, "order_exception.noted", f"exception {number}", old={"note": before}, new={"note": words})
