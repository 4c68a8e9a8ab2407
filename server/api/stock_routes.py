"""Stock: what lies where, LPNs, what can be promised, and the ledger."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.paging import PageQuery, page
from server.api.parts import caller, read, write
from server.kernel.audit import record
from server.kernel.errors import Invalid
from server.masterdata.sites import Place, location_by_code, site_id_of
from server.stock.lpns import lpn_by_code, make_lpn
from server.wms.holding import Changed, Which, hold, release_hold
from server.wms.moving import place_called

stock = APIBlueprint("stock", __name__, url_prefix="/api/v1", tag="Stock")
BLUEPRINTS = (stock,)
_MINE = "(CAST(:site_id AS BIGINT) IS NULL OR l.site_id = :site_id)"
_STOCK = text(
    "SELECT b.id, l.code AS location, p.code AS lpn, i.code AS item, g.lot, g.serial, g.status, b.quantity, b.allocated, "
    "b.received_at FROM balance b JOIN goods g ON g.id = b.goods_id JOIN item i ON i.id = g.item_id "
    "LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
    "WHERE b.id > :after AND b.quantity > 0 AND (:item = '' OR i.code = :item) AND (:location = '' OR l.code = :location) "
    "AND (:lpn = '' OR p.code = :lpn) AND (:status = '' OR g.status = :status) "
    f"AND {_MINE} ORDER BY b.id LIMIT :most"
)
_LPNS = text(
    "SELECT p.id, p.code, p.kind, l.code AS location, o.code AS inside, p.created_at FROM lpn p "
    "JOIN location l ON l.id = p.location_id LEFT JOIN lpn o ON o.id = p.parent_id "
    f"WHERE p.id > :after AND (:kind = '' OR p.kind = :kind) AND {_MINE} ORDER BY p.id LIMIT :most"
)
_MOVES = text(
    "SELECT m.id, m.at, m.reason, i.code AS item, g.lot, g.serial, g.status, p.code AS lpn, m.quantity, "
    "COALESCE(fl.code, fp.code) AS from_code, COALESCE(tl.code, tp.code) AS to_code, m.op, w.badge AS worker, "
    "m.device_id, m.document, m.reverses_id FROM stock_move m LEFT JOIN goods g ON g.id = m.goods_id "
    "LEFT JOIN item i ON i.id = g.item_id LEFT JOIN lpn p ON p.id = m.lpn_id LEFT JOIN location fl ON fl.id = m.from_id "
    "LEFT JOIN lpn fp ON fp.id = m.from_id LEFT JOIN location tl ON tl.id = m.to_id LEFT JOIN lpn tp ON tp.id = m.to_id "
    "LEFT JOIN worker w ON w.id = m.worker_id LEFT JOIN location pl ON pl.id = COALESCE(fp.location_id, tp.location_id) "
    "WHERE m.id > :after AND (:document = '' OR m.document = :document) AND (CAST(:site_id AS BIGINT) IS NULL "
    "OR COALESCE(fl.site_id, tl.site_id, pl.site_id) = :site_id) ORDER BY m.id LIMIT :most"
)
_BOTH = "v.item_id * 65536 + v.site_id"  # one number for the cursor: an item has a row for each site
_AVAILABILITY = text(
    f"SELECT {_BOTH} AS id, s.code AS site, i.code AS item, v.on_hand, v.promised, v.on_hand - v.promised AS available "
    "FROM availability v JOIN site s ON s.id = v.site_id JOIN item i ON i.id = v.item_id "
    f"WHERE {_BOTH} > :after AND (:item = '' OR i.code = :item) "
    f"AND (CAST(:site_id AS BIGINT) IS NULL OR v.site_id = :site_id) ORDER BY {_BOTH} LIMIT :most"
)


class StockQuery(PageQuery):
    """Filters: item, location, lpn, status."""

    item: str = Field("", max_length=64)
    location: str = Field("", max_length=64)
    lpn: str = Field("", max_length=32)
    status: str = Field("", max_length=16)


class LpnQuery(PageQuery):
    """Filter: kind (pallet, carton, case, tote, trolley)."""

    kind: str = Field("", max_length=16)


class MoveQuery(PageQuery):
    """Filter: document."""

    document: str = Field("", max_length=64)


class LpnsBody(BaseModel):
    """LPNs that stand in a location, or totes on a trolley (`inside`)."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"kind": "tote", "codes": ["TOTE-1", "TOTE-2"], "location": "W1-STAGE", "inside": "TROLLEY-1"}]}}
    kind: str = Field(pattern="^(pallet|carton|case|tote|trolley)$")
    codes: list[str] = Field(min_length=1, max_length=500)
    location: str = Field(max_length=64)
    inside: str | None = Field(None, max_length=32)


class ReleaseBody(BaseModel):
    """The goods that are meant: those on an LPN, of an item in a location, or of a lot wherever it lies."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"site": "W1", "lpn": "395060001111111110"}]}}
    site: str = Field(max_length=16)
    lpn: str = Field("", max_length=32)
    location: str = Field("", max_length=64)
    item: str = Field("", max_length=64)
    lot: str = Field("", max_length=64)
    serial: str = Field("", max_length=64)
    quantity: int | None = Field(None, ge=1, lt=10**12)


class HoldBody(ReleaseBody):
    """The same, with the reason."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"site": "W1", "item": "TEA", "lot": "L7", "reason": "RECALL"}]}}
    reason: str = Field(pattern="^(QUALITY|RECALL|PACKAGING|CUSTOMS|DAMAGED)$")


@stock.get("/stock")
@stock.input(StockQuery, location="query", arg_name="query")
@stock.doc(summary="What lies where")
def stock_(query: StockQuery) -> dict[str, Any]:
    """Loose goods and the content of LPNs."""
    return page(query, read(lambda tx: tx.rows(_STOCK, **_filters(query), site_id=caller().site_id)))


@stock.get("/stock/availability")
@stock.input(StockQuery, location="query", arg_name="query")
@stock.doc(summary="What a site has and could still promise")
def availability(query: StockQuery) -> dict[str, Any]:
    """By item."""
    rows = read(lambda tx: tx.rows(_AVAILABILITY, after=query.after, most=query.limit + 1, item=query.item,
                                   site_id=caller().site_id))
    return page(query, rows)


@stock.get("/lpns")
@stock.input(LpnQuery, location="query", arg_name="query")
@stock.doc(summary="Licence plates")
def lpns(query: LpnQuery) -> dict[str, Any]:
    """Pallets, cartons, totes, trolleys."""
    return page(query, read(lambda tx: tx.rows(_LPNS, **_filters(query), site_id=caller().site_id)))


@stock.post("/lpns")
@stock.input(LpnsBody, arg_name="body")
@stock.doc(summary="Make LPNs: totes, trolleys, pallets", responses=[201])
def make_lpns(body: LpnsBody) -> tuple[dict[str, Any], int]:
    """All of them or none."""
    def work(tx: Any) -> int:
        place = location_by_code(tx, body.location)
        caller().guard_site(place.site_id)
        outer = lpn_by_code(tx, body.inside) if body.inside else place
        if outer is None:
            raise Invalid(f"There is no LPN {body.inside}.", field="inside")
        caller().guard_site(outer.site_id)
        for code in body.codes:
            if not 0 < len(code) <= 32 or not code.isprintable() or lpn_by_code(tx, code) is not None:
                raise Invalid(f"{code[:32]!r} is no free code for an LPN: 1 to 32 characters, each once.", field="codes")
            make_lpn(tx, outer, kind=body.kind, code=code)
        record(tx, "lpn.made", body.codes[0], new=body.model_dump(exclude_none=True))
        return len(body.codes)

    return {"made": write(work)}, 201


@stock.post("/stock/holds")
@stock.input(HoldBody, arg_name="body")
@stock.doc(summary="Hold goods: they are not given out any more", responses=[201])
def make_hold(body: HoldBody) -> tuple[dict[str, Any], int]:
    """What was allocated of them is allocated elsewhere; what lies in totes or parcels of orders is named, not held."""
    return write(lambda tx: _changed(tx, body, "stock.held", hold(tx, _which(tx, body), body.reason))), 201


@stock.post("/stock/releases")
@stock.input(ReleaseBody, arg_name="body")
@stock.doc(summary="Make held or damaged goods available again", responses=[201])
def make_release(body: ReleaseBody) -> tuple[dict[str, Any], int]:
    """Expired goods stay expired."""
    return write(lambda tx: _changed(tx, body, "stock.released", release_hold(tx, _which(tx, body)))), 201


def _which(tx: Any, body: ReleaseBody) -> Which:
    site_id = site_id_of(tx, body.site)
    caller().guard_site(site_id)
    place: Place | None = place_called(tx, site_id, body.lpn or body.location) if body.lpn or body.location else None
    if not (body.lpn or (body.item and (body.location or body.lot))):
        raise Invalid("Name an LPN, an item and its location, or an item and its lot.", field="lpn")
    return Which(site_id=site_id, place=place, item=body.item, lot=body.lot, serial=body.serial, quantity=body.quantity)


def _changed(tx: Any, body: ReleaseBody, action: str, done: Changed) -> dict[str, Any]:
    record(tx, action, body.lpn or body.location or body.item, **body.model_dump(exclude_defaults=True), moved=done.quantity)
    return {"quantity": done.quantity, "in_orders": [{"lpn": place, "quantity": quantity} for place, quantity in done.in_orders]}


@stock.get("/moves")
@stock.input(MoveQuery, location="query", arg_name="query")
@stock.doc(summary="The ledger, oldest first")
def moves(query: MoveQuery) -> dict[str, Any]:
    """Who, where, when, on which device, for which document."""
    return page(query, read(lambda tx: tx.rows(_MOVES, **_filters(query), site_id=caller().site_id)))


def _filters(query: PageQuery) -> dict[str, Any]:
    return {**query.model_dump(exclude={"cursor", "limit"}), "after": query.after, "most": query.limit + 1}
