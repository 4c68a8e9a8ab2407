"""Exceptions end by themselves when their cause is over; or a rule or somebody ends them."""

from typing import Any

from sqlalchemy import TextClause, text

from server.kernel.transaction import Tx
from server.oms.backorders import OVERSOLD
from server.oms.exceptions.kinds import OF_PAPERS, ORDER_HELD
from server.oms.refund_papers import CAN_LEAVE

_OF_KIND = {
    "price": "f.code = 'price'", "check": "f.code IN ('customer_blocked', 'phone_blocked', 'region_blocked')",
    "address": "f.code NOT IN ('price', 'customer_blocked', 'phone_blocked', 'region_blocked')"}
_LACKS = "EXISTS (SELECT 1 FROM sales_order_line l WHERE l.order_id = o.id AND l.promised + l.short < l.quantity)"
_OF_ORDER = "EXISTS (SELECT 1 FROM sales_order o WHERE o.id = x.order_id AND {})"
_ASKED = "EXISTS (SELECT 1 FROM refund_request r WHERE r.order_id = o.id AND r.holds = 1)"
_UNPAID = "o.hold IN ('unpaid', 'payment') AND o.state <> 'cancelled'"
CAUSES: dict[str, str] = {
    **{kind: _OF_ORDER.format("o.hold = 'check' AND o.state <> 'cancelled' AND EXISTS (SELECT 1 FROM order_finding f WHERE f.order_id = o.id "
                              f"AND f.severity = 'hold' AND f.passed = 0 AND {_OF_KIND[kind]})") for kind in ORDER_HELD},
    **dict.fromkeys(OF_PAPERS, "EXISTS (SELECT 1 FROM channel_paper p WHERE p.id = x.paper_id AND p.state = 'refused')"),
    "unreadable": "EXISTS (SELECT 1 FROM channel_paper p WHERE p.id = x.paper_id AND p.state = 'refused' "
                  "UNION ALL SELECT 1 FROM unread_request u WHERE u.id = x.unread_id AND u.state = 'refused')",
    "waiting": _OF_ORDER.format(f"o.state IN ('accepted', 'released', 'partly_shipped') AND o.hold <> 'unpaid' AND {_LACKS}"),
    "oversold": _OF_ORDER.format(f"o.state IN ('accepted', 'released', 'partly_shipped') AND o.hold <> 'unpaid' AND {OVERSOLD}"),
    "payment": "(CASE x.code WHEN 'taken_back' THEN EXISTS (SELECT 1 FROM rma r JOIN rma_line n ON n.rma_id = r.id WHERE r.order_id = x.order_id "
               "GROUP BY n.order_line_id HAVING SUM(n.refunded) > SUM(n.restocked + n.quarantined + n.scrapped)) "
               f"ELSE {_OF_ORDER.format(f'{_UNPAID} AND NOT {_ASKED}')} END)",
    "stuck": _OF_ORDER.format("o.state IN ('accepted', 'released') AND o.hold = '' AND o.promised_at IS NOT NULL"),
    "short": _OF_ORDER.format("o.state <> 'cancelled' AND EXISTS (SELECT 1 FROM sales_order_line l WHERE l.order_id = o.id AND l.short > 0)"),
    "not_told": "EXISTS (SELECT 1 FROM channel_notice n WHERE n.id = x.notice_id AND n.state <> 'told')",
    "refund_asked": _OF_ORDER.format(f"{CAN_LEAVE} AND {_ASKED}"),
    "refund_left": _OF_ORDER.format(f"o.state <> 'cancelled' AND NOT {CAN_LEAVE} AND {_ASKED}"),
    "channel": "EXISTS (SELECT 1 FROM channel c WHERE c.id = x.channel_id AND c.state = 'running' AND c.failures > 0)",
    "quantity": "EXISTS (SELECT 1 FROM listing g WHERE g.id = x.listing_id AND g.attempts > 0 AND g.is_on = 1)",
}
"""What is true while an exception x of a kind is one."""
_ENDED = "UPDATE order_exception AS x SET state = 'done', ended_at = :at, ended_how = 'solved', version = version + 1 WHERE x.state = 'open' AND "
_OVER: dict[str, TextClause] = {kind: text(f"{_ENDED} x.kind = '{kind}' AND NOT {cause}") for kind, cause in CAUSES.items()}
_OVER_OF: dict[str, TextClause] = {kind: text(f"{_ENDED} x.order_id = :order_id AND x.kind = '{kind}' AND NOT {cause}") for kind, cause in CAUSES.items()}
_OF_NUMBER = text("SELECT DISTINCT x.kind, x.order_id FROM sales_order o JOIN order_exception x ON x.order_id = o.id WHERE o.number = :number AND x.state = 'open'")
_ABOUT = text("UPDATE order_exception SET state = 'done', ended_at = :at, ended_how = 'solved', version = version + 1 WHERE about = :about AND state = 'open'")
_END = text("UPDATE order_exception SET state = 'done', ended_at = :at, ended_how = :how, ended_by = :who, step = :step, version = version + 1 "
            "WHERE id = :id AND state = 'open'")


def end_what_is_over(tx: Tx, kind: str) -> int:
    """Ends the exceptions of a kind whose cause is over; how many."""
    return tx.changed(_OVER[kind], at=tx.now, **_moment(tx, kind))


def look_again(tx: Tx, order_number: str) -> None:
    """Something happened to an order: what of its exceptions is over by that ends."""
    for row in tx.rows(_OF_NUMBER, number=order_number):
        tx.execute(_OVER_OF[row.kind], {"order_id": row.order_id, "at": tx.now, **_moment(tx, row.kind)})


def _moment(tx: Tx, kind: str) -> dict[str, int]:
    """What comes too late is over by the time."""
    return {"now": tx.now} if kind == "oversold" else {}


def end_about(tx: Tx, about: str) -> None:
    """What an exception was about is well."""
    tx.execute(_ABOUT, {"about": about, "at": tx.now})


def end_by(tx: Tx, row: Any, step: str, *, how: str) -> bool:
    """A step ended it; False when it had ended by that already."""
    return bool(tx.changed(_END, id=row.id, at=tx.now, how=how, who=tx.actor.name[:128], step=step))
