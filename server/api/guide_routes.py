"""How far a new owner is with setting up, told by what there is."""

import io
from typing import Any

import segno
from apiflask import APIBlueprint
from sqlalchemy import text

from server.api.parts import caller, parts, read
from server.api.printing_routes import labels_made
from server.floor.lookup import understand
from server.kernel.settings import get_setting
from server.kernel.transaction import Tx
from server.masterdata.sites import sites

guide = APIBlueprint("guide", __name__, url_prefix="/api/v1", tag="Guide")
BLUEPRINTS = (guide,)
_COUNTED_MAX = 200_000
_BINS = text(f"SELECT COUNT(*) AS n FROM (SELECT 1 FROM location WHERE site_id = :site_id AND kind = 'bin' LIMIT {_COUNTED_MAX}) AS found")
_ITEMS = text(f"SELECT COUNT(*) AS n FROM (SELECT 1 FROM item WHERE id > 0 LIMIT {_COUNTED_MAX}) AS found")
_PEOPLE = text("SELECT COUNT(*) FROM worker WHERE disabled = 0 AND pin_hash IS NOT NULL AND (site_id IS NULL OR site_id = :site_id)")
_FIRST_BIN = text("SELECT code FROM location WHERE site_id = :site_id AND kind = 'bin' ORDER BY code LIMIT 1")
_FIRST_ITEM = text("SELECT i.code, (SELECT k.key FROM barcode k WHERE k.item_id = i.id ORDER BY k.quantity, k.key LIMIT 1) AS key FROM item i "
                   "WHERE i.id > 0 ORDER BY i.id LIMIT 1")
_PRINTER = text("SELECT name, url FROM printer WHERE site_id = :site_id AND url NOT LIKE 'file:%' ORDER BY id LIMIT 1")
_HANDHELDS = text(
    "SELECT d.id, d.name, d.last_scan, d.last_seen_at, w.name AS worker FROM device d LEFT JOIN worker w ON w.id = d.worker_id "
    "WHERE d.site_id = :site_id AND d.kind = 'handheld' AND d.revoked_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM station s WHERE s.device_id = d.id) ORDER BY d.last_seen_at DESC, d.id DESC LIMIT 20"
)


@guide.get("/guide")
@guide.doc(summary="What of a warehouse is set up by now")
def progress() -> dict[str, Any]:
    """Of the caller's warehouse, else of the first; `site` is null before there is one. A handheld's last scan is told with what it is."""
    return read(_progress)


@guide.get("/guide/practice")
@guide.doc(summary="A bin and an item to practise with, as QR codes")
def practice() -> dict[str, Any]:
    """Either is null where there is none yet."""
    def work(tx: Tx) -> dict[str, Any]:
        site = next((row for row in sites(tx) if caller().may_see(row.id)), None)
        place = tx.row(_FIRST_BIN, site_id=site.id) if site is not None else None
        item = tx.row(_FIRST_ITEM)
        return {"bin": _to_scan(place.code, place.code) if place is not None else None,
                "item": _to_scan(item.code, (item.key or item.code).removeprefix("gtin:")) if item is not None else None}

    return read(work)


def _to_scan(code: str, scanned: str) -> dict[str, Any]:
    drawn = io.BytesIO()
    segno.make(scanned, error="m", micro=False).save(drawn, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
    return {"code": code, "scan": scanned, "qr_svg": drawn.getvalue().decode()}


def _progress(tx: Tx) -> dict[str, Any]:
    site = next((row for row in sites(tx) if caller().may_see(row.id)), None)
    if site is None:
        return {"site": None, "bins": 0, "labels_at": None, "items": 0, "people": 0, "printer": None, "handhelds": []}
    printer = tx.row(_PRINTER, site_id=site.id)
    return {"site": {"code": site.code, "name": site.name}, "bins": tx.scalar(_BINS, site_id=site.id), "labels_at": get_setting(tx, labels_made(site.id)),
            "items": tx.scalar(_ITEMS), "people": tx.scalar(_PEOPLE, site_id=site.id),
            "printer": dict(printer._mapping) if printer is not None else None,
            "handhelds": [{**row._mapping, "scanned": _kind_of(tx, row, site.id)} for row in tx.rows(_HANDHELDS, site_id=site.id)]}


def _kind_of(tx: Tx, device: Any, site_id: int) -> str:
    """location, item ... or nothing where a device has scanned nothing."""
    if not device.last_scan:
        return ""
    values = understand(tx, site_id, device.last_scan, parts().engine.runner.registry.cards)["values"]
    return str(values[0]["type"]) if values else "unknown"
