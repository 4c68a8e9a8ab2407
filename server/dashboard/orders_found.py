"""Orders, the newest first, and found by what somebody has in hand; each way goes by an index, however many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import TextClause, bindparam, text

from server.kernel.transaction import Tx, in_list
from server.oms.backorders import FIRST_PROMISED

FOUND_MAX = 5_000
"""So many that begin as somebody typed are looked at; of more, they have to type more."""
WINDOW = 50_000
"""So many orders are looked through for a page where no index holds all that was asked for; the next page goes on from there."""
_AT_ONCE = 200
_BEHIND_ALL = 2**62
_LAST_SIGN = "\U0010ffff"
_PHONE_LEAST = 4
_COLUMNS = (
    f"SELECT o.id, o.number, o.channel, o.channel_ref, s.code AS site, o.customer, o.carrier, o.priority, o.cutoff_at, o.promised_at, {FIRST_PROMISED} AS first_promised_at, o.state, "
    "o.hold, o.created_at, (SELECT COUNT(*) FROM sales_order_line l WHERE l.order_id = o.id) AS lines, "
    "(SELECT CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) FROM sales_order_line l WHERE l.order_id = o.id) AS pieces "
    "FROM sales_order o JOIN site s ON s.id = o.site_id WHERE ")
_FILTERS = {"state": "o.state = :state", "channel": "o.channel = :channel", "site_id": "o.site_id = :site_id",
            "hold": "o.hold <> '' AND (:hold = 'any' OR o.hold = :hold)"}
_WHOLE = ({"state"}, {"channel"}, {"hold"}, set[str]())
"""For these an index holds what is asked for in the order of its coming, and nothing else."""


def _list_of(names: tuple[str, ...], which: str) -> TextClause:
    return text(_COLUMNS + " AND ".join([which, *(_FILTERS[name] for name in names)]) + " ORDER BY o.id DESC LIMIT :most")


_SETS = tuple(names for count in range(len(_FILTERS) + 1) for names in combinations(_FILTERS, count))
_NEWEST = {names: _list_of(names, "o.id < :before AND o.id >= :floor") for names in _SETS}
_OF_IDS = {names: _list_of(names, "o.id IN :ids").bindparams(bindparam("ids", expanding=True)) for names in _SETS}
_LAST = text("SELECT MAX(id) FROM sales_order")
_NUMBERED = text("SELECT id FROM sales_order WHERE number IN :codes").bindparams(bindparam("codes", expanding=True))
_PARCEL = text(
    "SELECT o.id FROM lpn p JOIN carton c ON c.lpn_id = p.id JOIN release r ON r.id = c.release_id JOIN sales_order o ON o.number = r.order_number "
    "WHERE p.code IN :codes").bindparams(bindparam("codes", expanding=True))
_ITEM = text("SELECT id FROM item WHERE code IN :codes").bindparams(bindparam("codes", expanding=True))
_OF_ITEM = text("SELECT order_id AS id FROM sales_order_line WHERE item_id = :item_id AND order_id < :before ORDER BY order_id DESC LIMIT :most")


def _beginning(key: str, least: str = ">=") -> TextClause:
    return text(f"SELECT id FROM sales_order WHERE {key} {least} :first AND {key} < :last LIMIT :most")


def _ways(customer: str, ref: str, phone: str) -> dict[str, TextClause]:
    """By what an index holds of a customer's name, a reference and a phone number; `named` are those of exactly that name."""
    return {"ref": _beginning(ref), "customer": _beginning(customer, ">"), "phone": _beginning(phone),
            "named": text(f"SELECT id FROM sales_order WHERE {customer} = :name AND id < :before ORDER BY id DESC LIMIT :most")}


_ON_SQLITE = _ways("UPPER(customer)", "UPPER(channel_ref)", "phone")
_ON_POSTGRES = _ways('UPPER(customer COLLATE "C")', 'UPPER(channel_ref COLLATE "C")', 'phone COLLATE "C"')


@dataclass(frozen=True, slots=True)
class Page:
    """Orders, from which number on the next ones are (None: there are none), and whether more begin as was typed than were looked at."""

    rows: list[Any]
    following: int | None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    ids: list[int]
    floor: int
    is_cut: bool


def newest(tx: Tx, before: int, limit: int, filters: Mapping[str, Any]) -> Page:
    """The newest orders with numbers below `before` (0: all) that pass the filters: state, channel, site_id, hold, each if it is named."""
    names = tuple(name for name in _FILTERS if name in filters)
    before = before or _BEHIND_ALL
    floor = 0 if set(names) in _WHOLE else max(0, min(before, int(tx.scalar(_LAST) or 0) + 1) - WINDOW)
    rows = tx.rows(_NEWEST[names], **filters, before=before, floor=floor, most=limit + 1)
    return _page(rows, limit, floor)


def searched(tx: Tx, typed: str, before: int, limit: int, filters: Mapping[str, Any]) -> Page:
    """The same of what was typed: an order's number, an item's code, a parcel's; the beginning of a reference, a name or a phone number."""
    names = tuple(name for name in _FILTERS if name in filters)
    found = _found(tx, typed, before=before or _BEHIND_ALL, most=FOUND_MAX if filters else limit + 1)
    rows = list[Any]()
    for at in range(0, len(found.ids), _AT_ONCE):
        rows += tx.rows(_OF_IDS[names], **filters, ids=in_list(found.ids[at:at + _AT_ONCE]), most=limit + 1)
        if len(rows) > limit:
            break
    return _page(rows, limit, found.floor, is_cut=found.is_cut)


def _page(rows: list[Any], limit: int, floor: int, *, is_cut: bool = False) -> Page:
    following = int(rows[limit - 1].id) if len(rows) > limit else floor if floor > 1 else None
    return Page(rows[:limit], following, is_cut)


def _found(tx: Tx, typed: str, *, before: int, most: int) -> _Found:
    """The numbers of the orders, from the newest to the oldest; of those that many orders may share, an item and a whole name, `most` down to `floor`."""
    code, ways = in_capitals(typed), _ON_SQLITE if tx.connection.dialect.name == "sqlite" else _ON_POSTGRES
    ids = {row.id for row in (*tx.rows(_NUMBERED, codes=_numbers(code)), *tx.rows(_PARCEL, codes=_parcels(code)))}
    shared = [tx.rows(_OF_ITEM, item_id=item.id, before=before, most=most) for item in tx.rows(_ITEM, codes=sorted({typed, code}))]
    shared.append(tx.rows(ways["named"], name=code, before=before, most=most))
    floor = max(rows[-1].id if len(rows) == most else 0 for rows in shared)
    begun = [tx.rows(ways[name], first=key, last=key + _LAST_SIGN, most=FOUND_MAX + 1) for name, key in _beginnings(typed, code).items()]
    ids.update(row.id for rows in (*shared, *begun) for row in rows)
    return _Found(sorted((one for one in ids if floor <= one < before), reverse=True), floor, any(len(rows) > FOUND_MAX for rows in begun))


def in_capitals(typed: str) -> str:
    """As both databases do it to what they keep: letters of ASCII, and no others."""
    return "".join(sign.upper() if sign.isascii() else sign for sign in typed)


def _numbers(code: str) -> list[str]:
    return [code, f"ORD-{int(code):06d}"] if code.isascii() and code.isdigit() else [code]


def _parcels(code: str) -> list[str]:
    """A label as it is printed, (00) before it, or as a scanner reads it, 00 before it."""
    bare = code.removeprefix("(00)").replace(" ", "")
    return [code, bare.removeprefix("00") if len(bare) == 20 else bare]


def _beginnings(typed: str, code: str) -> dict[str, str]:
    phone = typed.replace(" ", "").replace("-", "")
    is_phone = len(phone) >= _PHONE_LEAST and phone.removeprefix("+").isascii() and phone.removeprefix("+").isdigit()
    return {"ref": code, "customer": code, **({"phone": phone} if is_phone else {})}
