"""What somebody needs who takes an order while the customer is on the phone: who rings, and what there is of what they want."""

from contextlib import suppress
from typing import Any

from sqlalchemy import JSON, TextClause, bindparam, text

from server.kernel.errors import Invalid
from server.kernel.transaction import Tx, in_list
from server.masterdata.codes import items_by_keys
from server.masterdata.items import barcode_key
from server.oms.orders import phone_of

_LAST_SIGN = "\U0010ffff"
_PHONE_LEAST = 4
_CUSTOMERS_MAX = 3
_LOOKED_MAX = 50


def _beginning(key: str) -> TextClause:
    return text(f"SELECT id FROM item WHERE {key} >= :first AND {key} < :last AND blocked = 0 ORDER BY {key} LIMIT :most")


def _caller_is(key: str) -> TextClause:
    return text(f"SELECT id FROM sales_order WHERE {key} = :phone ORDER BY id DESC LIMIT :most")


_ON_SQLITE = {"code": _beginning("UPPER(code)"), "name": _beginning("UPPER(name)"), "phone": _caller_is("phone")}
_ON_POSTGRES = {"code": _beginning('UPPER(code COLLATE "C")'), "name": _beginning('UPPER(name COLLATE "C")'), "phone": _caller_is('phone COLLATE "C"')}
_ITEMS = text(
    "SELECT i.id, i.code, i.name, i.price, COALESCE(v.on_hand - v.promised, 0) AS available, "
    "(SELECT COALESCE(SUM(CASE WHEN w.on_hand > w.promised THEN w.on_hand - w.promised ELSE 0 END), 0) FROM site s CROSS JOIN availability w WHERE s.id <> :site_id "
    "AND w.site_id = s.id AND w.item_id = i.id AND w.owner_id = (SELECT id FROM party WHERE code = 'OWN')) AS elsewhere FROM item i LEFT JOIN availability v ON v.site_id = :site_id "
    "AND v.item_id = i.id AND v.owner_id = (SELECT id FROM party WHERE code = 'OWN') WHERE i.id IN :ids AND i.blocked = 0"
).bindparams(bindparam("ids", expanding=True))
_BY_CODE = text("SELECT id FROM item WHERE code = :code")
_ORDERS = text(
    "SELECT number, customer, ship_to, carrier, delivery, created_at FROM sales_order WHERE id IN :ids AND (CAST(:site_id AS BIGINT) IS NULL OR site_id = :site_id) ORDER BY id DESC"
).bindparams(bindparam("ids", expanding=True)).columns(ship_to=JSON)


def items_called(tx: Tx, site_id: int, typed: str, most: int) -> list[dict[str, Any]]:
    """Items whose barcode or code is what was typed, or whose code or name begins so; how much of each may be promised there and elsewhere, and what one costs.

    `quantity` is of a pack where its barcode was scanned.
    """
    exact = _exactly(tx, typed)
    ids = list(dict.fromkeys([*(number for number, _ in exact), *_begun(tx, typed, most)]))[:most]
    packs, rows = dict(exact), {row.id: row for row in tx.rows(_ITEMS, ids=in_list(ids), site_id=site_id)}
    return [{"item": row.code, "name": row.name, "price": row.price, "available": int(row.available), "elsewhere": int(row.elsewhere), "quantity": packs.get(number, 1), "is_exact": number in packs}
            for number in ids if (row := rows.get(number)) is not None]


def callers_orders(tx: Tx, site_id: int | None, phone: str) -> list[Any]:
    """The last orders for somebody with this telephone number, one for each address; of one site, or (None) of all: the rules may have sent them from any."""
    number = phone_of({"phone": phone})
    if len(number) < _PHONE_LEAST:
        return []
    statement = (_ON_SQLITE if _is_sqlite(tx) else _ON_POSTGRES)["phone"]
    found = tx.rows(_ORDERS, ids=in_list(row.id for row in tx.rows(statement, phone=number, most=_LOOKED_MAX)), site_id=site_id)
    different: dict[str, Any] = {}
    for row in found:
        different.setdefault(str(sorted((row.ship_to or {}).items())), row)
    return list(different.values())[:_CUSTOMERS_MAX]


def _exactly(tx: Tx, typed: str) -> list[tuple[int, int]]:
    """Item and pieces that a barcode or a whole code means."""
    keys = [typed.strip().upper()]
    with suppress(Invalid):
        keys.append(barcode_key(typed))
    value = next((one for found in items_by_keys(tx, keys).values() for one in found), None)
    number = None if value is None else tx.scalar(_BY_CODE, code=value["key"])
    return [] if value is None or number is None else [(int(number), int(value["quantity"]))]


def _begun(tx: Tx, typed: str, most: int) -> list[int]:
    key = "".join(sign.upper() if sign.isascii() else sign for sign in typed.strip())
    if not key:
        return []
    statements = _ON_SQLITE if _is_sqlite(tx) else _ON_POSTGRES
    return [int(row.id) for name in ("code", "name") for row in tx.rows(statements[name], first=key, last=key + _LAST_SIGN, most=most)]


def _is_sqlite(tx: Tx) -> bool:
    return tx.connection.dialect.name == "sqlite"
