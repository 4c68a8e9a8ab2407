"""Goods: an item in one lot, serial, status and owner; lots with their dates."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, bindparam, text

from server.kernel.transaction import Tx

_FIND = text(
    "SELECT id FROM goods WHERE item_id = :item_id AND lot = :lot AND serial = :serial "
    "AND status = :status AND owner_id = :owner_id"
)
_ADD = text(
    "INSERT INTO goods (item_id, lot, serial, status, owner_id) VALUES (:item_id, :lot, :serial, :status, :owner_id) "
    "ON CONFLICT (item_id, lot, serial, status, owner_id) DO UPDATE SET item_id = excluded.item_id RETURNING id"
)
_BY_ID = text("SELECT id, item_id, lot, serial, status, owner_id FROM goods WHERE id = :id")
_KEEP_LOT = text(
    "INSERT INTO lot (item_id, code, expiry_on, production_on) VALUES (:item_id, :code, :expiry_on, :production_on) "
    "ON CONFLICT (item_id, code) DO UPDATE SET expiry_on = COALESCE(lot.expiry_on, excluded.expiry_on), "
    "production_on = COALESCE(lot.production_on, excluded.production_on)"
).bindparams(bindparam("expiry_on", type_=Date), bindparam("production_on", type_=Date))
_LOT = text("SELECT expiry_on FROM lot WHERE item_id = :item_id AND code = :code").columns(expiry_on=Date)


@dataclass(frozen=True, slots=True)
class GoodsKey:
    """What tells some goods from others."""

    item_id: int
    owner_id: int
    lot: str = ""
    serial: str = ""
    status: str = "available"

    def in_status(self, status: str) -> "GoodsKey":
        """The same goods in another status."""
        return GoodsKey(self.item_id, self.owner_id, self.lot, self.serial, status)

    @property
    def serial_key(self) -> str | None:
        """Item and serial: in one place only. None where there is no serial."""
        return f"{self.item_id}:{self.serial}" if self.serial else None


def goods_id(tx: Tx, key: GoodsKey) -> int:
    """The row number of these goods, made when they are new."""
    return _found(tx, key) if key.serial else tx.lasting(key, lambda: _found(tx, key))


def _found(tx: Tx, key: GoodsKey) -> int:
    values = {"item_id": key.item_id, "lot": key.lot, "serial": key.serial, "status": key.status,
              "owner_id": key.owner_id}
    found = tx.scalar(_FIND, **values)
    return int(found if found is not None else tx.scalar(_ADD, **values))


def goods_of(tx: Tx, number: int) -> GoodsKey:
    """What a goods row number stands for."""
    return tx.lasting(("goods", number), lambda: _goods_of(tx, number))


def _goods_of(tx: Tx, number: int) -> GoodsKey:
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise AssertionError(f"goods {number} is named by a row but does not exist")
    return GoodsKey(row.item_id, row.owner_id, row.lot, row.serial, row.status)


def keep_lot(tx: Tx, item_id: int, code: str, *, expiry_on: date | None, production_on: date | None = None) -> None:
    """Remembers a lot; dates once known are not overwritten."""
    tx.execute(_KEEP_LOT, {"item_id": item_id, "code": code, "expiry_on": expiry_on, "production_on": production_on})


def lot_expiry(tx: Tx, item_id: int, code: str) -> date | None:
    """When a lot expires, if that is known."""
    expiry: date | None = tx.scalar(_LOT, item_id=item_id, code=code)
    return expiry


def lot_without_code(expiry_on: date) -> str:
    """The lot of goods whose label gives an expiry date but no lot."""
    return f"EXP{expiry_on:%Y%m%d}"

