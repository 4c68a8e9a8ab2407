"""Owners, suppliers, customers and carriers."""

from sqlalchemy import text

from server.kernel.audit import record_change
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx

OWN_STOCK = "OWN"
_PUT = text(
    "INSERT INTO party (code, name, kind, min_shelf_life_days) VALUES (:code, :name, :kind, :days) "
    "ON CONFLICT (code) DO UPDATE SET name = excluded.name, min_shelf_life_days = excluded.min_shelf_life_days "
    "RETURNING id"
)
_BEFORE = text("SELECT name, min_shelf_life_days FROM party WHERE code = :code")
_ID = text("SELECT id FROM party WHERE code = :code")
_SHELF_LIFE = text("SELECT min_shelf_life_days FROM party WHERE id = :id")


def put_party(tx: Tx, code: str, name: str, kind: str, *, min_shelf_life_days: int = 0) -> int:
    """Makes or renames a party; its number."""
    known = tx.row(_BEFORE, code=code)
    number = int(tx.scalar(_PUT, code=code, name=name, kind=kind, days=min_shelf_life_days))
    record_change(tx, "party.put", code, old=None if known is None else known._mapping,
                  new={"name": name, "min_shelf_life_days": min_shelf_life_days})
    return number


def party_id(tx: Tx, code: str) -> int:
    """The number of a party; NotFound when there is none."""
    number = tx.scalar(_ID, code=code)
    if number is None:
        raise NotFound(f"There is no party {code}. Create it first, or correct the code.", what=code)
    return int(number)


def own_stock(tx: Tx) -> int:
    """The owner of stock that belongs to the house itself, made when it is first needed."""
    return tx.lasting(OWN_STOCK, lambda: own_stock_if_any(tx) or put_party(tx, OWN_STOCK, "Own stock", "owner"))


def own_stock_if_any(tx: Tx) -> int:
    """The same for who only reads: 0 while nothing has ever been the house's own."""
    return int(tx.scalar(_ID, code=OWN_STOCK) or 0)


def shelf_life_days(tx: Tx, number: int | None) -> int:
    """How many days goods must still keep for this customer."""
    return 0 if number is None else int(tx.scalar(_SHELF_LIFE, id=number) or 0)
