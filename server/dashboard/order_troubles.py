"""Of an order's story: what did not go by itself, whose doing ended it, and what its buyer asked the platform to have back."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, text

from server.dashboard.story_entry import Entry
from server.kernel.transaction import Tx
from server.oms.channels.base import Asked

_EXCEPTIONS = text("SELECT kind, words, opened_at, ended_at, ended_how, ended_by, step FROM order_exception WHERE order_id = :id ORDER BY id")
_REQUESTS = text("SELECT r.stage, r.amount, r.reason, r.came_at, r.changed_at, c.code AS channel FROM refund_request r JOIN channel c ON c.id = r.channel_id "
                 "WHERE r.order_id = :id ORDER BY r.id")
_NAMES = text("SELECT badge, name FROM worker WHERE badge IN :badges").bindparams(bindparam("badges", expanding=True))
_ENDS = {Asked.OVER: "asked_over", Asked.PAID: "asked_paid"}


def troubles_of(tx: Tx, order: Any) -> Iterator[Entry]:
    """Each exception when it was opened, and how it ended."""
    rows = tx.rows(_EXCEPTIONS, id=order.id)
    names = {row.badge: row.name for row in tx.rows(_NAMES, badges=sorted({row.ended_by for row in rows}) or [""])}
    for row in rows:
        yield Entry(row.opened_at, "trouble", {"trouble": row.kind, "words": row.words})
        if row.ended_at is not None:
            who = row.ended_by if row.ended_how == "hand" else ""
            yield Entry(row.ended_at, "trouble_over", {"trouble": row.kind, "how": row.ended_how, "step": row.step}, names.get(who, who))


def asked_of(tx: Tx, order: Any) -> Iterator[Entry]:
    """What its buyer asked for, and that it was paid, or is not asked for any more."""
    for row in tx.rows(_REQUESTS, id=order.part_of or order.id):
        what = {"channel": row.channel, "amount": row.amount, "currency": order.currency}
        yield Entry(row.came_at, "asked", {**what, "reason": row.reason})
        if (end := _ENDS.get(Asked(row.stage))) is not None:
            yield Entry(row.changed_at, end, what)
