"""What buyers asked their platform to have back, kept by the platform's number of it and in the platform's order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.transaction import Tx
from server.oms.channels.base import Asked, RefundRequest

REFUND_ASKED = "refund_asked"
"""Why an order is kept from the floor: its buyer asked for the money."""
AGREED, CANCELS, LET_GO = "agreed", "cancels", "let_go"
CAN_LEAVE = "(o.state IN ('accepted', 'released', 'merged') OR EXISTS (SELECT 1 FROM sales_order p WHERE p.part_of = o.id AND p.state IN ('accepted', 'released')))"
"""Whether something of an order o, by its first part, can still be kept here."""
REFS_MAX, _REASON_MAX = 128, 256
_VALUES = "(:channel_id, :ref, :order_ref, :version, :stage, :amount, :lines, :is_return, :reason, :notice_id, :at, :at)"
_INSERT = ("INSERT INTO refund_request (channel_id, ref, order_ref, version, stage, amount, lines, is_return, reason, notice_id, came_at, changed_at) "
           f"VALUES {_VALUES} ON CONFLICT (channel_id, ref) DO UPDATE SET ")
_STORE = text(
    f"{_INSERT} version = excluded.version, stage = excluded.stage, amount = excluded.amount, lines = excluded.lines, is_return = excluded.is_return, "
    f"reason = excluded.reason, changed_at = excluded.changed_at, decision = CASE WHEN refund_request.stage = {Asked.OVER:d} AND excluded.stage <> {Asked.OVER:d} "
    f"THEN '' ELSE refund_request.decision END, holds = CASE WHEN excluded.stage = {Asked.OVER:d} THEN 0 ELSE refund_request.holds END "
    "WHERE refund_request.version < excluded.version OR (refund_request.version = excluded.version AND refund_request.stage < excluded.stage) RETURNING id"
).bindparams(bindparam("lines", type_=JSON))
"""Of two of one version the later stage counts. A request that was over and is made anew is to be decided anew."""
_KNOWN = text("SELECT version, stage FROM refund_request WHERE channel_id = :channel_id AND ref = :ref")
_LINK = text("UPDATE refund_request SET order_id = :order_id WHERE channel_id = :channel_id AND order_ref = :order_ref AND order_id IS NULL")
_ANY = text("SELECT 1 FROM refund_request WHERE channel_id = :channel_id AND order_ref = :order_ref LIMIT 1")
_OF_ORDER = text("SELECT id, channel_id, ref, order_ref, version, stage, amount, lines, is_return, reason, decision, holds, notice_id, rma_id FROM refund_request "
                 "WHERE order_id = :order_id ORDER BY id").columns(lines=JSON)
_HOLDS = text("UPDATE refund_request SET holds = :holds WHERE id = :id AND holds <> :holds")
_DECIDE = text("UPDATE refund_request SET decision = :decision, holds = holds * :holds WHERE id = :id")
_IS_ASKED = text("SELECT 1 FROM refund_request r JOIN sales_order o ON o.id = r.order_id WHERE r.order_id = :order_id AND r.holds = 1 AND "
                 f"{CAN_LEAVE} LIMIT 1")
_IS_ANSWERED = text("SELECT 1 FROM refund_request WHERE order_id = :order_id AND decision = 'cancels' LIMIT 1")
_TAKEN = text("SELECT ref FROM refund_request WHERE channel_id = :channel_id AND order_ref = :order_ref AND notice_id IS NOT NULL AND notice_id <> :notice_id")
_DROP = text("UPDATE unread_request SET state = 'dropped' WHERE id = :id AND state = 'refused'")
_PAYS = text(f"{_INSERT} notice_id = excluded.notice_id WHERE refund_request.notice_id IS NULL").bindparams(bindparam("lines", type_=JSON))


def is_known(tx: Tx, channel_id: int, request: RefundRequest) -> bool:
    """Whether nothing of it is new."""
    row = tx.row(_KNOWN, channel_id=channel_id, ref=request.ref[:REFS_MAX])
    return row is not None and (row.version, row.stage) >= (request.version, int(request.stage))


def store_request(tx: Tx, channel_id: int, request: RefundRequest) -> bool:
    """Keeps it if it is newer than what is known of it."""
    return tx.row(_STORE, **_row(tx, channel_id, request)) is not None


def note_pays(tx: Tx, channel_id: int, notice_id: int, requests: Sequence[RefundRequest]) -> None:
    """These paid a refund, and pay no other."""
    for request in requests:
        tx.execute(_PAYS, {**_row(tx, channel_id, request), "notice_id": notice_id})


def taken_requests(tx: Tx, channel_id: int, order_ref: str, notice_id: int) -> frozenset[str]:
    """Those of an order that paid, or are to pay, another refund than this."""
    return frozenset(row.ref for row in tx.rows(_TAKEN, channel_id=channel_id, order_ref=order_ref[:REFS_MAX], notice_id=notice_id))


def link_requests(tx: Tx, channel_id: int, order_ref: str, order_id: int) -> bool:
    """They belong to this order here; False where there is none."""
    if tx.row(_ANY, channel_id=channel_id, order_ref=order_ref) is None:
        return False
    tx.execute(_LINK, {"channel_id": channel_id, "order_ref": order_ref, "order_id": order_id})
    return True


def requests_of(tx: Tx, order_id: int) -> list[Any]:
    """What was asked for of an order, by its first part."""
    return tx.rows(_OF_ORDER, order_id=order_id)


def note_holding(tx: Tx, requests: Sequence[Any], holding: Sequence[Any]) -> None:
    """For which of its requests an order waits."""
    numbers = {one.id for one in holding}
    for one in requests:
        tx.execute(_HOLDS, {"id": one.id, "holds": int(one.id in numbers)})


def decide(tx: Tx, request: int, decision: str) -> None:
    """Somebody here said what is done about it."""
    tx.execute(_DECIDE, {"id": request, "decision": decision, "holds": int(decision != LET_GO)})


def drop_request(tx: Tx, unread: int) -> None:
    """Nobody wants to know what a request that cannot be read says."""
    tx.execute(_DROP, {"id": unread})


def hold_of_requests(tx: Tx, order: Any) -> str:
    """Why an order may not go yet that nothing else holds: "" where nobody asked."""
    return REFUND_ASKED if tx.row(_IS_ASKED, order_id=order.part_of or order.id) is not None else ""


def is_answered(tx: Tx, order_id: int) -> bool:
    """Whether its platform is told of its end as the answer to its buyer."""
    return tx.row(_IS_ANSWERED, order_id=order_id) is not None


def _row(tx: Tx, channel_id: int, request: RefundRequest) -> dict[str, Any]:
    return {"channel_id": channel_id, "ref": request.ref[:REFS_MAX], "order_ref": request.order_ref[:REFS_MAX], "version": request.version,
            "stage": int(request.stage), "amount": request.amount, "lines": [list(line) for line in request.lines], "is_return": int(request.is_return),
            "reason": request.reason[:_REASON_MAX], "notice_id": None, "at": tx.now}
