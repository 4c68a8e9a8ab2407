"""What a device booked by itself while it had no network: it has happened, so the book follows and the supervisor is told."""

from typing import Any

from server.floor.exceptions import raise_exception
from server.floor.process import Answer, Call, Json, Message, NextStep
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.items import ItemRow, item_by_code
from server.masterdata.sites import Place
from server.stock.goods import lot_without_code
from server.wms.moving import move_whole, place_called
from server.wms.seen import AsSeen, Seen, book_as_seen, lpn_against
from server.workflows.receipts import expiry_of, quantity_of, scanned


def move_lpn_as_seen(tx: Tx, call: Call, lpn: Place, target: Place) -> Answer:
    """A pallet or tote that stands where the device says, also where it should not have been put."""
    against = lpn_against(tx, lpn, target)
    ended = move_whole(tx, lpn, target, has_happened=True)
    _tell_against(tx, call, lpn.code, target, against)
    return Answer(Message("move.lpn_done", {"lpn": lpn.code, "location": target.code}), data={"lpn": lpn.code, "put_away": ended})


def move_goods_as_seen(tx: Tx, call: Call, target: Place) -> Answer:
    """Loose goods that lie where the device says, whatever the book had where they came from."""
    origin, seen = place_called(tx, call.site_id, scanned(call, "from")), _seen(tx, call)
    if origin.id == target.id:
        raise Invalid(f"The goods lie in {target.code} as before. Nothing was moved.", field="to")
    came = book_as_seen(tx, seen, origin, target, worker_id=call.worker_id)
    data = {"moved": seen.quantity - came.over, "over": came.over, "kept": 0, "freed": came.freed}
    _tell(tx, call, seen.item, origin, target, came)
    args: dict[str, Any] = {"quantity": seen.quantity, "name": seen.item.name, "location": target.code}
    if not came.over:
        return Answer(Message("move.done", args), data=data)
    steps = (NextStep(Message("move.have", {"quantity": seen.quantity}), "have", {"op": call.op}),
             NextStep(Message("move.took", {"quantity": seen.quantity - came.over}), "took", {"op": call.op}))
    return Answer(Message("move.more_than_booked", {**args, "booked": seen.quantity - came.over, "from": origin.code}), next=steps, code="short", data=data)


def _seen(tx: Tx, call: Call) -> Seen:
    item, expiry_on, serial = item_by_code(tx, scanned(call, "item")), expiry_of(call), scanned(call, "serial")
    quantity = quantity_of(call)
    if serial and quantity != 1:
        raise Invalid(f"Of serial number {serial} there is one, not {quantity}. Scan it again.", field="quantity")
    lot = scanned(call, "lot") or (lot_without_code(expiry_on) if expiry_on is not None else "")
    return Seen(item, lot, serial, quantity, expiry_on)


def _tell(tx: Tx, call: Call, item: ItemRow, origin: Place, target: Place, came: AsSeen) -> None:  # noqa: PLR0917 - a move is from, to and what
    where: Json = {"item": item.code, "location": origin.code}
    if came.elsewhere is not None:
        raise_exception(tx, call, "serial_elsewhere", serial=call.slots.get("serial"), location=came.elsewhere, found=origin.code)
    if came.over:
        raise_exception(tx, call, "moved_more", **where, quantity=came.over)
    if came.freed:
        raise_exception(tx, call, "moved_kept", **where, quantity=came.freed, to=target.code)
    _tell_against(tx, call, item.code, target, came.against)


def _tell_against(tx: Tx, call: Call, what: str, target: Place, against: str | None) -> None:
    if against is not None:
        raise_exception(tx, call, "moved_against", what=what, location=target.code, why=against)
