"""ASNs and purchase orders, the newest first, and those that somebody looks for by what they have in hand."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx

_BEHIND_ALL = 2**62
_STATES = "((:state = 'open' AND n.state IN ('expected', 'receiving')) OR :state IN ('', n.state))"
_COLUMNS = (
    "SELECT n.id, n.code, n.kind, s.code AS site, n.state, n.expected_at, n.created_at, (SELECT COUNT(*) FROM inbound_line l WHERE l.inbound_id = n.id) AS lines, "
    "(SELECT CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) FROM inbound_line l WHERE l.inbound_id = n.id) AS quantity, "
    "(SELECT CAST(COALESCE(SUM(l.received), 0) AS BIGINT) FROM inbound_line l WHERE l.inbound_id = n.id) AS received FROM inbound n JOIN site s ON s.id = n.site_id "
    f"WHERE n.id < :before AND n.kind IN ('asn', 'purchase_order') AND :kind IN ('', n.kind) AND {_STATES} AND (CAST(:site_id AS BIGINT) IS NULL OR n.site_id = :site_id)")
_LAST = "ORDER BY n.id DESC LIMIT :most"
_NEWEST = text(f"{_COLUMNS} {_LAST}")
_SEARCHED = text(
    f"{_COLUMNS} AND (UPPER(n.code) LIKE :like ESCAPE '!' OR n.id IN (SELECT l.inbound_id FROM inbound_line l WHERE l.sscc = :sscc) OR n.id IN (SELECT l.inbound_id "
    f"FROM item i JOIN inbound_line l ON l.item_id = i.id WHERE i.code = :code AND l.quantity > l.received)) {_LAST}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`state` may be open: expected or being received. `typed` is a part of a number, a pallet, or an item that has not all come."""

    kind: str = ""
    state: str = ""
    site_id: int | None = None
    typed: str = ""


def papers_found(tx: Tx, wanted: Wanted, before: int, most: int) -> list[Any]:
    """Those whose number is below `before` (0: all), with how much was announced and has come."""
    values = {"kind": wanted.kind, "state": wanted.state, "site_id": wanted.site_id, "before": before or _BEHIND_ALL, "most": most}
    if not wanted.typed:
        return tx.rows(_NEWEST, **values)
    code = wanted.typed.upper()
    return tx.rows(_SEARCHED, **values, like=f"%{_plain(code)}%", code=code, sscc=_sscc(code))


def _plain(typed: str) -> str:
    for sign in "!%_":
        typed = typed.replace(sign, f"!{sign}")
    return typed


def _sscc(code: str) -> str:
    """A label as it is printed, (00) before it, or as a scanner reads it, 00 before it."""
    bare = code.removeprefix("(00)").replace(" ", "")
    return bare.removeprefix("00") if len(bare) == 20 else bare
