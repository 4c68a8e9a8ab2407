"""What channels have to be told, kept until they have accepted it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.clock import SECOND
from server.kernel.transaction import Tx
from server.masterdata.collect_codes import collect_barcode, collect_code
from server.oms.channels.base import Stage
from server.oms.orders import order_by_number, order_lines
from server.oms.papers import paper_of_order

_ADD = text(
    "INSERT INTO channel_notice (channel_id, order_id, kind, once, payload, created_at) VALUES (:channel_id, :order_id, :kind, :once, "
    ":payload, :at) ON CONFLICT (channel_id, once) DO NOTHING"
).bindparams(bindparam("payload", type_=JSON))
_DUE = text(
    "SELECT n.id, n.kind, n.payload, n.attempts, p.ref, p.document FROM channel_notice n JOIN channel_paper p ON p.order_id = n.order_id "
    "AND p.channel_id = n.channel_id WHERE n.channel_id = :channel_id AND n.state = 'waiting' AND n.next_at <= :now ORDER BY n.id LIMIT :most"
).columns(payload=JSON, document=JSON)
_TOLD = text("UPDATE channel_notice SET state = 'told', told_at = :at, attempts = attempts + 1, error = '' WHERE id = :id AND state = 'waiting'")
_REFUSED = text("UPDATE channel_notice SET state = 'refused', attempts = attempts + 1, error = :error WHERE id = :id AND state = 'waiting'")
_LATER = text("UPDATE channel_notice SET attempts = attempts + 1, error = :error, next_at = :next_at WHERE id = :id AND state = 'waiting'")
_AGAIN_MAX_MS = 600 * SECOND


def tell_shipped(tx: Tx, order_number: str, parcel: str, carrier: str, shipped: Sequence[tuple[int, int]]) -> None:
    """A parcel has left: the channel is told its number, and how much of which of its lines. Orders of no channel are nobody's to tell."""
    order = order_by_number(tx, order_number)
    paper = paper_of_order(tx, order.id)
    if paper is None:
        return
    lines = {line.number: line for line in order_lines(tx, order.id)}
    payload = {"tracking": parcel, "carrier": carrier, "is_whole": all(line.shipped + line.short >= line.quantity for line in lines.values()),
               "lines": [[lines[number].ref, quantity] for number, quantity in shipped]}
    _add(tx, paper, "ship", f"ship/{order_number}/{parcel}", payload)


def tell_ready(tx: Tx, order_number: str, until: int) -> None:
    """The customer may come: the channel is told the code to say, as it is the one that can write to them."""
    order = order_by_number(tx, order_number)
    paper = paper_of_order(tx, order.id)
    if paper is not None:
        code = collect_code(tx, order_number)
        _add(tx, paper, "ready", f"ready/{order_number}/{until}", {"code": code, "barcode": collect_barcode(order_number, code), "until": until})


def tell_cancelled(tx: Tx, order_number: str, reason: str) -> None:
    """Nothing will come of an order: its channel is told, unless it said so itself."""
    paper = paper_of_order(tx, order_by_number(tx, order_number).id)
    if paper is not None and paper.stage < Stage.CANCELLED:
        _add(tx, paper, "cancel", f"cancel/{order_number}", {"reason": reason})


def due_notices(tx: Tx, channel_id: int, most: int = 50) -> list[Any]:
    """What a channel is to be told now, in the order in which it happened, with the paper that it belongs to."""
    return tx.rows(_DUE, channel_id=channel_id, now=tx.now, most=most)


def note_told(tx: Tx, notice: int) -> None:
    """The channel has accepted it."""
    tx.execute(_TOLD, {"id": notice, "at": tx.now})


def note_refused(tx: Tx, notice: int, words: str) -> None:
    """The channel will not hear of it: somebody has to see to it."""
    tx.execute(_REFUSED, {"id": notice, "error": words[:512]})


def note_later(tx: Tx, notice: Any, words: str) -> None:
    """The channel could not be told; it is tried again, at longer and longer intervals."""
    wait = min(SECOND * 2 ** min(notice.attempts, 20), _AGAIN_MAX_MS)
    tx.execute(_LATER, {"id": notice.id, "error": words[:512], "next_at": tx.now + wait})


def _add(tx: Tx, paper: Any, kind: str, once: str, payload: dict[str, Any]) -> None:
    tx.execute(_ADD, {"channel_id": paper.channel_id, "order_id": paper.order_id, "kind": kind, "once": once, "payload": payload, "at": tx.now})
