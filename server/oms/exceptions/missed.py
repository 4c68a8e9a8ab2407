"""What only time brings, and what was missed: causes that have no exception yet, looked for by indexes of what is open."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import TextClause, text

from server.kernel.transaction import Tx
from server.oms.backorders import OVERSOLD
from server.oms.exceptions.kinds import KINDS, OF_PAPERS
from server.oms.exceptions.opening import (
    open_channel,
    open_held,
    open_listing,
    open_notice,
    open_oversold,
    open_paper,
    open_refund_asked,
    open_refund_left,
    open_stuck,
    open_unpaid,
    open_unread,
    open_waiting,
)
from server.oms.refund_papers import CAN_LEAVE

QUANTITY_TRIES = 5
"""So often may a channel not take a quantity before somebody is asked."""
_AT_ONCE = 100
_NONE = ("NOT EXISTS (SELECT 1 FROM order_exception x WHERE x.about = '{about}/' || {id} AND x.kind {kinds} AND (x.state = 'open' "
         "OR (x.ended_how = 'hand' AND x.ended_at >= {since})))")
_OF_REQUESTS = (
    "SELECT DISTINCT o.id, o.site_id FROM refund_request r JOIN sales_order o ON o.id = r.order_id WHERE r.holds = 1 AND r.decision = '' AND r.order_id > :after AND {what} AND NOT EXISTS "
    "(SELECT 1 FROM order_exception x WHERE x.about = 'order/' || o.id AND x.kind = '{kind}' AND (x.state = 'open' OR (x.ended_how <> 'solved' AND x.ended_at >= r.changed_at))) "
    "ORDER BY o.id LIMIT :most")
_LATE = ("{at} < :now - CAST(3600000 AS BIGINT) * COALESCE((SELECT r.opens_after_hours FROM exception_rule r WHERE r.site_id = o.site_id AND r.kind = '{kind}'), :hours)")

_ANSWERED = "COALESCE(o.pulled_at, o.created_at)"
"""When a channel o answered last all that it was asked."""
_EXPECTED = f"{_ANSWERED} + CAST(1000 AS BIGINT) * o.every_seconds"
"""When it was to answer again: some are asked once a day."""


def _none(kind: str, *, about: str = "order", id_: str = "o.id", since: str = "0") -> str:
    return _NONE.format(about=about, id=id_, kinds=f"= '{kind}'", since=since)


_QUERIES: dict[str, TextClause] = {
    "paper": text("SELECT p.id, 0 AS site_id FROM channel_paper p WHERE p.state = 'refused' AND p.id > :after AND NOT EXISTS (SELECT 1 FROM order_exception x WHERE "
                  f"x.about = 'paper/' || p.id AND x.kind IN ({', '.join(repr(one) for one in OF_PAPERS)}) AND (x.state = 'open' "
                  "OR (x.ended_how = 'hand' AND x.ended_at >= p.changed_at))) ORDER BY p.id LIMIT :most"),
    "unread": text("SELECT u.id, 0 AS site_id FROM unread_request u WHERE u.state = 'refused' AND u.id > :after AND "
                   f"{_none('unreadable', about='request', id_='u.id', since='u.changed_at')} ORDER BY u.id LIMIT :most"),
    "not_told": text("SELECT n.id, 0 AS site_id FROM channel_notice n WHERE n.state = 'refused' AND n.id > :after AND "
                     f"{_none('not_told', about='notice', id_='n.id')} ORDER BY n.id LIMIT :most"),
    "quantity": text("SELECT l.id, 0 AS site_id FROM listing l WHERE l.attempts > 0 AND l.attempts >= :tries AND l.is_on = 1 AND l.id > :after AND "
                     f"{_none('quantity', about='listing', id_='l.id', since='COALESCE(l.told_at, 0)')} ORDER BY l.id LIMIT :most"),
    "channel": text("SELECT o.id, o.site_id FROM channel o WHERE o.state = 'running' AND o.failures > 0 AND o.id > :after AND "
                    f"{_LATE.format(at=_EXPECTED, kind='channel')} AND {_none('channel', about='channel', since=_ANSWERED)} ORDER BY o.id LIMIT :most"),
    "refund_asked": text(_OF_REQUESTS.format(what=CAN_LEAVE, kind="refund_asked")),
    "refund_left": text(_OF_REQUESTS.format(what=f"o.state <> 'cancelled' AND NOT {CAN_LEAVE}", kind="refund_left")),
    "held": text("SELECT o.id, o.site_id FROM sales_order o WHERE o.hold <> '' AND o.hold = 'check' AND o.id > :after AND o.state <> 'cancelled' AND NOT EXISTS "
                 "(SELECT 1 FROM order_exception x WHERE x.about = 'order/' || o.id AND x.kind IN ('address', 'check', 'price') AND (x.state = 'open' "
                 "OR x.ended_how = 'hand')) ORDER BY o.id LIMIT :most"),
    "payment": text("SELECT o.id, o.site_id FROM sales_order o WHERE o.hold <> '' AND o.hold IN ('unpaid', 'payment') AND o.id > :after AND o.state <> 'cancelled' AND "
                    "NOT EXISTS (SELECT 1 FROM refund_request r WHERE r.order_id = o.id AND r.holds = 1) AND "
                    f"{_LATE.format(at='o.created_at', kind='payment')} AND {_none('payment')} ORDER BY o.id LIMIT :most"),
    "stuck": text("SELECT o.id, o.site_id FROM sales_order o WHERE o.state IN ('accepted', 'released') AND o.promised_at IS NOT NULL AND o.promised_at < :now "
                  f"AND o.hold = '' AND o.id > :after AND {_LATE.format(at='o.promised_at', kind='stuck')} AND {_none('stuck')} ORDER BY o.id LIMIT :most"),
    "oversold": text("SELECT DISTINCT o.id, o.site_id FROM sales_order_line l CROSS JOIN sales_order o JOIN channel c ON c.code = o.channel WHERE l.promised + l.short "
                     "< l.quantity AND o.id = l.order_id AND o.id > :after AND o.hold <> 'unpaid' AND o.state IN ('accepted', 'released', 'partly_shipped') AND "
                     f"{OVERSOLD} AND {_none('oversold')} ORDER BY o.id LIMIT :most"),
    "waiting": text("SELECT DISTINCT o.id, o.site_id FROM sales_order_line l CROSS JOIN sales_order o WHERE l.promised + l.short < l.quantity AND o.id = l.order_id "
                    "AND o.id > :after AND o.hold <> 'unpaid' AND o.state IN ('accepted', 'released', 'partly_shipped') AND NOT EXISTS (SELECT 1 FROM channel c "
                    f"WHERE c.code = o.channel) AND {_LATE.format(at='o.created_at', kind='waiting')} AND {_none('waiting')} ORDER BY o.id LIMIT :most"),
}
_HOURS = text("SELECT r.opens_after_hours FROM exception_rule r WHERE r.site_id = :site_id AND r.kind = :kind")
_OPENERS: dict[str, Callable[[Tx, Any], None]] = {
    "paper": lambda tx, row: open_paper(tx, row.id),
    "unread": lambda tx, row: open_unread(tx, row.id),
    "not_told": lambda tx, row: open_notice(tx, row.id, since=0),
    "quantity": lambda tx, row: open_listing(tx, row.id),
    "channel": lambda tx, row: open_channel(tx, row.id, _hours(tx, row.site_id, "channel")),
    "refund_asked": lambda tx, row: open_refund_asked(tx, row.id),
    "refund_left": lambda tx, row: open_refund_left(tx, row.id),
    "held": lambda tx, row: open_held(tx, row.id, since=0),
    "oversold": lambda tx, row: open_oversold(tx, row.id, since=0),
    "payment": lambda tx, row: open_unpaid(tx, row.id, _hours(tx, row.site_id, "payment")),
    "stuck": lambda tx, row: open_stuck(tx, row.id, _hours(tx, row.site_id, "stuck")),
    "waiting": lambda tx, row: open_waiting(tx, row.id, _hours(tx, row.site_id, "waiting")),
}
CAUSES = tuple(_QUERIES)


def missed(tx: Tx, cause: str, after: int) -> list[Any]:
    """Some of what has this cause and no exception, by number."""
    values = {"quantity": {"tries": QUANTITY_TRIES}, "oversold": {"now": int(tx.now)}}.get(cause, {})
    if (kind := KINDS.get(cause)) is not None and kind.opens_after_hours is not None:
        values = {"now": tx.now, "hours": kind.opens_after_hours}
    return tx.rows(_QUERIES[cause], after=after, most=_AT_ONCE, **values)


def open_missed(tx: Tx, cause: str, rows: list[Any]) -> None:
    """Opens an exception for each."""
    for row in rows:
        _OPENERS[cause](tx, row)


def _hours(tx: Tx, site_id: int, kind: str) -> int:
    said = tx.scalar(_HOURS, site_id=site_id, kind=kind)
    return int(said if said is not None else KINDS[kind].opens_after_hours or 0)
