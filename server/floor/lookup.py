"""What a scan is here: the reading of a text, completed from everything that the server knows."""

from typing import Any

from sqlalchemy import text

from server.floor.process import Json
from server.floor.reading import read
from server.kernel.transaction import Tx
from server.masterdata.codes import Codes, items_by_keys, locations_by_keys, lpn_code, lpn_value
from server.masterdata.collect_codes import parts_of_barcode
from server.masterdata.site_settings import label_settings, site_settings
from server.stock.lpns import lpn_by_code

_LPN = text(
    "SELECT p.code, p.kind FROM lpn p JOIN location l ON l.id = p.location_id "
    "WHERE p.code = :code AND l.site_id = :site_id"
)
_DOCUMENT = text(
    "SELECT code, kind FROM inbound WHERE UPPER(code) = :code AND site_id = :site_id "
    "UNION ALL SELECT code, 'order' FROM release WHERE UPPER(code) = :code AND site_id = :site_id "
    "UNION ALL SELECT code, 'wave' FROM wave WHERE UPPER(code) = :code AND site_id = :site_id "
    "UNION ALL SELECT code, 'load' FROM load WHERE UPPER(code) = :code AND site_id = :site_id"
)
_BADGE = text("SELECT badge FROM worker WHERE badge = :code AND disabled = 0 AND (site_id IS NULL OR site_id = :site_id)")
_PLACE_OF_ITEM = text(
    "SELECT l.code FROM item i JOIN goods g ON g.item_id = i.id JOIN balance b ON b.goods_id = g.id AND b.quantity > 0 "
    "LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
    "WHERE i.code = :code AND l.site_id = :site_id AND l.kind = 'bin' ORDER BY b.quantity DESC LIMIT 1"
)


_OPENS = ("lpn", "location", "item", "document")


def understand(tx: Tx, site_id: int, scanned: str, cards: Codes | None = None) -> Json:
    """The reading of a scan with every code that the site knows; items say where they belong (`location`)."""
    settings = label_settings(site_settings(tx, site_id))
    found = {**(cards or {}), **codes_for(tx, site_id, read(scanned, {}, settings), scanned)}
    reading: Json = dict(read(scanned, found, settings))
    for value in reading["values"]:
        if value["type"] == "item" and value.get("key"):
            value["location"] = tx.scalar(_PLACE_OF_ITEM, code=value["key"], site_id=site_id)
    return reading


def codes_for(tx: Tx, site_id: int, reading: Any, scanned: str) -> Codes:
    """The codes that could complete a first reading of `scanned`."""
    values = reading["values"]
    plain = {scanned.strip().upper()[:128], *(value["key"].upper()[:128] for value in values if value["type"] == "unknown")}
    items = [value for value in values if value["type"] == "item"]
    keys = [*plain, *(f"{name}:{value[name]}" for value in items for name in ("gtin", "rcn") if value.get(name)),
            *(part[:128] for value in items for part in value.get("parts", []))]
    codes: Codes = {}
    for code in {*plain, *(value["key"] for value in values if value["type"] == "lpn")}:
        codes.update(_lpn_document_or_badge(tx, site_id, str(code)))
    return {**codes, **locations_by_keys(tx, site_id, [*plain]), **items_by_keys(tx, keys)}


def opening_value(tx: Tx, site_id: int, slots: Json, cards: Codes) -> Json | None:
    """The value that starts something, from the slots of a form that takes anything; qualifiers of its label stay with it."""
    kind = next((name for name in _OPENS if isinstance(slots.get(name), str)), None)
    if kind is None:
        return None
    found = _by_type(tx, site_id, kind, str(slots[kind]), cards)
    more = {name: slots[name] for name in ("lot", "serial", "expiry") if isinstance(slots.get(name), str)}
    return {"type": kind, "key": slots[kind], **more, **next((one for values in found.values() for one in values), {})}


def _by_type(tx: Tx, site_id: int, kind: str, key: str, cards: Codes) -> Codes:
    if kind == "item":
        return items_by_keys(tx, [key.upper()])
    if kind == "location":
        return locations_by_keys(tx, site_id, [key.upper()])
    lpn = lpn_by_code(tx, key) if kind == "lpn" else None
    if lpn is not None:
        return lpn_code(lpn.code, lpn.kind)
    return {key: cards[key]} if key in cards else _lpn_document_or_badge(tx, site_id, key.upper())


def _lpn_document_or_badge(tx: Tx, site_id: int, code: str) -> Codes:
    lpn = tx.row(_LPN, code=code, site_id=site_id)
    if lpn is not None:
        return {**lpn_code(lpn.code, lpn.kind), lpn.code.upper(): [lpn_value(lpn.code, lpn.kind)]}  # its digits may be typed as they are shown
    row = tx.row(_DOCUMENT, code=code, site_id=site_id)
    if row is not None:
        return {code: [{"type": "document", "key": row.code, "kind": row.kind}]}
    customers = parts_of_barcode(code)
    row = tx.row(_DOCUMENT, code=customers[0], site_id=site_id) if customers is not None else None
    if customers is not None and row is not None:
        return {code: [{"type": "document", "key": row.code, "kind": row.kind, "code": customers[1]}]}
    badge = tx.scalar(_BADGE, code=code, site_id=site_id)
    return {} if badge is None else {code: [{"type": "badge", "key": badge}]}
