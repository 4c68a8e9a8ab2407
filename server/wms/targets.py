"""Where goods in hand may go: the same rules as for a put-away, for anything that a worker carries."""

from types import SimpleNamespace
from typing import Any

from sqlalchemy import text

from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_id
from server.masterdata.sites import Place
from server.stock.goods import GoodsKey
from server.wms.put_away import (
    ALTERNATIVES,
    ONE_BIN,
    BinDoesNotFit,
    Burden,
    burden_of,
    empty_bins_for,
    fitting_bins,
    why_not,
)

_IS_BIN = text("SELECT kind FROM location WHERE id = :id")


def guard_lpn(tx: Tx, lpn: Place, target: Place) -> None:
    """Refuses a place that does not take an LPN, and names bins that do."""
    burden = burden_of(tx, lpn)
    reason = _reason(tx, target, burden, lpn.location_id, as_lpn=target.id == target.location_id)
    if reason is not None:
        _refuse(target, lpn.code, reason, [row.code for row in fitting_bins(tx, lpn)])


def guard_goods(tx: Tx, goods: GoodsKey, quantity: int, origin: Place, target: Place) -> None:
    """Refuses a place that does not take loose goods, and names bins that do."""
    item = item_by_id(tx, goods.item_id)
    burden = Burden(item_id=item.id, items=1, lot=goods.lot, lots=1, weight_g=quantity * item.weight_g,
                    volume_ml=quantity * item.volume_ml, abc=item.abc, zone=item.zone or "")
    reason = _reason(tx, target, burden, origin.location_id, as_lpn=False)
    if reason is not None:
        _refuse(target, item.name, reason, [row.code for row in empty_bins_for(tx, target.site_id, burden)])


def _reason(tx: Tx, target: Place, burden: Burden, origin_id: int, *, as_lpn: bool) -> str | None:
    """Why a place does not take a burden; what only changes its holder inside one place weighs nothing new."""
    if target.is_account:
        raise NotFound(f"{target.code} has left the house. Scan a place that is here.", what=target.code)
    if target.blocked:
        return "bin.blocked"
    if target.location_id == origin_id or tx.scalar(_IS_BIN, id=target.location_id) != "bin":
        return None
    row: Any = tx.row(ONE_BIN, location_id=target.location_id, item_id=burden.item_id, lot=burden.lot)
    return why_not(row if as_lpn else SimpleNamespace(**{**row._mapping, "max_lpns": None}), burden)


def _refuse(target: Place, what: str, reason: str, others: list[str]) -> None:
    named = ", ".join([code for code in others if code != target.code][:ALTERNATIVES])
    raise BinDoesNotFit(f"{target.code} does not take {what} ({reason}). Take it to {named or 'the supervisor'}.",
                        location=target.code, lpn=what, why=reason, alternatives=named or "-")
