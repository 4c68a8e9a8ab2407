"""Moves: the only way in which a balance changes."""

from dataclasses import dataclass, replace

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.masterdata.sites import Place, account
from server.stock.availability import stock_entered, stock_left
from server.stock.errors import AlreadyReversed, InsufficientStock, SerialElsewhere
from server.stock.goods import GoodsKey, goods_id

_TAKE = text(
    "UPDATE balance SET quantity = quantity - :quantity, allocated = allocated - :allocated "
    "WHERE holder_id = :holder_id AND goods_id = :goods_id "
    "AND quantity - allocated >= :quantity - :allocated AND allocated >= :allocated RETURNING received_at"
)
_FREE = text("SELECT quantity - allocated FROM balance WHERE holder_id = :holder_id AND goods_id = :goods_id")
_GIVE = text(
    "INSERT INTO balance (holder_id, goods_id, quantity, received_at, serial_key) "
    "VALUES (:holder_id, :goods_id, :quantity, :received_at, :serial_key) "
    "ON CONFLICT (holder_id, goods_id) DO UPDATE SET quantity = balance.quantity + excluded.quantity, "
    "received_at = CASE WHEN balance.quantity = 0 OR balance.received_at > excluded.received_at "
    "THEN excluded.received_at ELSE balance.received_at END"
)
_SERIAL_PLACE = text(
    "SELECT holder_id FROM balance WHERE serial_key = :serial_key AND quantity > 0"
)
_ADD_MOVE = text(
    "INSERT INTO stock_move (at, reason, goods_id, lpn_id, quantity, from_id, to_id, op, worker_id, device_id, "
    "document, reverses_id) VALUES (:at, :reason, :goods_id, :lpn_id, :quantity, :from_id, :to_id, :op, :worker_id, "
    ":device_id, :document, :reverses_id) RETURNING id"
)
_REVERSED = text("SELECT 1 FROM stock_move WHERE reverses_id = :id")


@dataclass(frozen=True, slots=True)
class Move:
    """Goods to be moved: `quantity` in smallest units; of it, `allocated` was kept for this very move.

    `goods_id` is the row number of the goods, where the caller knows it.
    """

    goods: GoodsKey
    quantity: int
    origin: Place
    target: Place
    reason: str
    allocated: int = 0
    document: str | None = None
    reverses_id: int | None = None
    received_at: int | None = None
    goods_id: int | None = None


def move(tx: Tx, wanted: Move) -> int:
    """Moves goods and gives the move's number.

    Raises InsufficientStock when the origin has less free stock, SerialElsewhere when a serialised item
    would be in two places. The balances, the site's availability and the ledger change together.
    """
    if wanted.quantity <= 0 or wanted.origin.id == wanted.target.id:
        raise AssertionError(f"a move needs a positive quantity and two places: {wanted}")
    number = wanted.goods_id or goods_id(tx, wanted.goods)
    received_at = _take(tx, wanted, number)
    _give(tx, wanted, number, received_at)
    return write_move(tx, wanted, goods=number)


def change_status(tx: Tx, wanted: Move, status: str) -> list[int]:
    """Books goods at `wanted.origin` over to another status, through the site's STATUS account.

    `wanted.target` is where they are afterwards; it may be the origin itself.
    """
    through = account(tx, wanted.origin.site_id, "STATUS")
    out = move(tx, replace(wanted, target=through))
    back = replace(wanted, goods=wanted.goods.in_status(status), goods_id=None, origin=through, allocated=0)
    return [out, move(tx, back)]


def write_move(tx: Tx, wanted: Move, *, goods: int | None = None, lpn: int | None = None) -> int:
    """Adds the line to the ledger; the balances are the caller's."""
    if wanted.reverses_id is not None and tx.scalar(_REVERSED, id=wanted.reverses_id):
        raise AlreadyReversed("This was already undone. Nothing was changed.", move=wanted.reverses_id)
    return int(tx.scalar(
        _ADD_MOVE, at=tx.now, reason=wanted.reason, goods_id=goods, lpn_id=lpn, quantity=wanted.quantity,
        from_id=wanted.origin.id, to_id=wanted.target.id, op=tx.actor.op, worker_id=tx.actor.worker_id,
        device_id=tx.actor.device_id, document=wanted.document, reverses_id=wanted.reverses_id,
    ))


def _take(tx: Tx, wanted: Move, number: int) -> int:
    if wanted.origin.is_account:
        return wanted.received_at or tx.now
    if wanted.goods.status == "available" and wanted.target.is_account:
        stock_left(tx, wanted.origin.site_id, wanted.goods, wanted.quantity)
    row = tx.row(_TAKE, holder_id=wanted.origin.id, goods_id=number, quantity=wanted.quantity,
                 allocated=wanted.allocated)
    if row is None:
        free = tx.scalar(_FREE, holder_id=wanted.origin.id, goods_id=number) or 0
        raise InsufficientStock(
            f"{wanted.origin.code} has only {free} of this free, {wanted.quantity} were wanted.",
            location=wanted.origin.code, free=int(free), quantity=wanted.quantity,
        )
    return int(row.received_at)


def _give(tx: Tx, wanted: Move, number: int, received_at: int) -> None:
    if wanted.target.is_account:
        return
    serial_key = wanted.goods.serial_key
    if serial_key is not None and tx.scalar(_SERIAL_PLACE, serial_key=serial_key) is not None:
        raise SerialElsewhere(
            f"Serial {wanted.goods.serial} is already in stock. Check the serial, or count the place that holds it.",
            serial=wanted.goods.serial,
        )
    tx.execute(_GIVE, {"holder_id": wanted.target.id, "goods_id": number, "quantity": wanted.quantity,
                       "received_at": received_at, "serial_key": serial_key})
    if wanted.goods.status == "available" and wanted.origin.is_account:
        stock_entered(tx, wanted.target.site_id, wanted.goods, wanted.quantity)
