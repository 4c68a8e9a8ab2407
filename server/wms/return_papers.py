"""A return of an order as papers of the floor: one for each of its releases that goods of it left with, all found by one code."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.audit import record
from server.kernel.errors import Conflict
from server.kernel.transaction import Tx
from server.wms.inbound import inbound_by_code
from server.wms.receiving import close_if_complete
from server.wms.returning import paper_by_code, put_return

_PARTS_MAX = 20
_SHIPPED = text(
    "SELECT r.code, r.site_id, n.number, n.item_id, i.code AS item, n.shipped - COALESCE(t.returned, 0) AS rest, "
    "(SELECT COALESCE(SUM(l.quantity - l.received), 0) FROM return_paper p CROSS JOIN inbound b CROSS JOIN inbound_line l "
    "WHERE p.release_id = r.id AND b.id = p.inbound_id AND b.state IN ('expected', 'receiving') AND l.inbound_id = b.id AND l.item_id = n.item_id) AS waited_for "
    "FROM release r JOIN release_line n ON n.release_id = r.id AND n.shipped > 0 JOIN item i ON i.id = n.item_id "
    "LEFT JOIN returned_line t ON t.release_line_id = n.id WHERE r.order_number = :number ORDER BY r.id, n.number"
)
_OPEN = text("SELECT code FROM inbound WHERE code IN :codes AND kind = 'return' AND state IN ('expected', 'receiving') ORDER BY id LIMIT 1"
             ).bindparams(bindparam("codes", expanding=True))
_LEFT = text("SELECT MAX(shipped_at) AS at, SUM(CASE WHEN shipped_at IS NULL AND state <> 'cancelled' THEN 1 ELSE 0 END) AS waits FROM release "
             "WHERE order_number = :number")
_RECEIVING = text("SELECT code FROM inbound WHERE code IN :codes AND kind = 'return' AND state = 'receiving' ORDER BY id"
                  ).bindparams(bindparam("codes", expanding=True))
_CANCEL = text("UPDATE inbound SET state = 'cancelled' WHERE code IN :codes AND kind = 'return' AND state = 'expected'"
               ).bindparams(bindparam("codes", expanding=True))


def put_papers(tx: Tx, code: str, order_number: str, lines: Mapping[int, int]) -> list[str]:
    """Writes the papers for a return of an order: `lines` are quantities by the order's line; their codes. Conflict when less is with the customer.

    What other papers wait for is left to them.
    """
    left, waited_for = dict(lines), dict[tuple[str, int], int]()
    wanted: dict[tuple[str, int], dict[str, int]] = {}
    for row in tx.rows(_SHIPPED, number=order_number):
        taken = waited_for.setdefault((row.code, row.item_id), int(row.waited_for))
        free = max(int(row.rest) - taken, 0)
        waited_for[row.code, row.item_id] = max(taken - int(row.rest), 0)
        quantity = min(left.get(row.number, 0), free)
        if quantity:
            left[row.number] -= quantity
            items = wanted.setdefault((row.code, row.site_id), {})
            items[row.item] = items.get(row.item, 0) + quantity
    if any(left.values()):
        raise Conflict(f"Some of this is on its way back on another paper of {order_number}, or has come back.", what=order_number)
    codes = _codes(code)[:len(wanted)]
    for part, ((release, site_id), items) in zip(codes, wanted.items(), strict=True):
        put_return(tx, part, site_id, release, list(items.items()))
    return codes


def end_papers(tx: Tx, code: str) -> None:
    """Nothing is waited for any more; who is receiving it goes on."""
    if tx.changed(_CANCEL, codes=_codes(code)):
        record(tx, "inbound.cancelled", code)
    for row in tx.rows(_RECEIVING, codes=_codes(code)):
        close_if_complete(tx, inbound_by_code(tx, row.code), force=True)


def paper_to_receive(tx: Tx, code: str) -> Any:
    """The paper of a code, or where that has been received the next one of the same return; None when there is none."""
    found = tx.scalar(_OPEN, codes=_codes(code))
    return paper_by_code(tx, str(found) if found is not None else code)


def left_at(tx: Tx, order_number: str) -> int | None:
    """When the last of an order left: just now where more of it is to come, None where nothing has left."""
    row = tx.row(_LEFT, number=order_number)
    if row is None or row.at is None:
        return None
    return tx.now if row.waits else int(row.at)


def _codes(code: str) -> list[str]:
    return [code, *(f"{code}~{part}" for part in range(2, _PARTS_MAX + 1))]
