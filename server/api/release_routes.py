"""Orders as the floor has them: how far each is, and held back or let go before it is there."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import Field
from sqlalchemy import text

from server.api.paging import PageQuery, page
from server.api.parts import caller, parts, read, write
from server.kernel.clock import HOUR
from server.kernel.transaction import Tx
from server.wms.holding_back import hold_back
from server.wms.releases import release_by_code

releases = APIBlueprint("releases", __name__, url_prefix="/api/v1", tag="Orders")
BLUEPRINTS = (releases,)
_SHORT = "EXISTS (SELECT 1 FROM release_line s WHERE s.release_id = r.id AND s.short > 0)"
_LIST = text(
    "SELECT h.*, SUM(CASE WHEN l.short < l.ordered THEN 1 ELSE 0 END) AS lines, "
    "SUM(CASE WHEN l.picked > 0 AND l.picked >= l.ordered - l.short THEN 1 ELSE 0 END) AS picked, "
    "SUM(CASE WHEN l.packed > 0 AND l.packed >= l.ordered - l.short THEN 1 ELSE 0 END) AS packed, "
    "SUM(CASE WHEN l.short > 0 THEN 1 ELSE 0 END) AS short FROM ("
    "SELECT r.id, r.code, r.order_number, s.code AS site, r.customer, r.carrier, r.priority, r.cutoff_at, r.created_at, "
    "CASE WHEN r.state = 'waiting' AND r.on_hold = 1 THEN 'held' ELSE r.state END AS stage, w.code AS wave "
    "FROM release r JOIN site s ON s.id = r.site_id LEFT JOIN wave w ON w.id = r.wave_id "
    "WHERE r.id > :after AND r.state NOT IN ('shipped', 'cancelled') AND (CAST(:site_id AS BIGINT) IS NULL OR r.site_id = :site_id) "
    "AND (:stage = '' OR :stage = CASE WHEN r.state = 'waiting' AND r.on_hold = 1 THEN 'held' ELSE r.state END) "
    "AND (:carrier = '' OR r.carrier = :carrier) AND (:wave = '' OR w.code = :wave) "
    "AND (CAST(:cutoff_at AS BIGINT) IS NULL OR r.cutoff_at = :cutoff_at) AND (:search = '' OR r.code = :search OR r.customer = :search) "
    "AND r.created_at > :younger AND r.created_at <= :older "
    f"AND (:short = 0 OR {_SHORT}) ORDER BY r.id LIMIT :most) h JOIN release_line l ON l.release_id = h.id "
    "GROUP BY h.id, h.code, h.order_number, h.site, h.customer, h.carrier, h.priority, h.cutoff_at, h.created_at, h.stage, h.wave ORDER BY h.id"
)


class ReleaseQuery(PageQuery):
    """Filters: stage, carrier, wave, cutoff_at, short lines only, age in hours (from and up to), an order's number or customer."""

    stage: str = Field("", pattern="^(|held|waiting|released|picked|packed|loaded)$")
    carrier: str = Field("", max_length=64)
    wave: str = Field("", max_length=32)
    cutoff_at: int | None = Field(None, ge=0, lt=2**53)
    short: bool = False
    hours_from: int = Field(0, ge=0, le=10**6)
    hours_to: int = Field(0, ge=0, le=10**6)
    search: str = Field("", max_length=256)


@releases.get("/releases")
@releases.input(ReleaseQuery, location="query", arg_name="query")
@releases.doc(summary="Orders that the floor has and that have not left")
def releases_(query: ReleaseQuery) -> dict[str, Any]:
    """The oldest first. `stage` is held, waiting, released, picked, packed or loaded; picked and packed count lines that are whole."""
    now = parts().database.clock.now()
    wanted = query.model_dump(exclude={"cursor", "limit", "hours_from", "hours_to", "short"})
    rows = read(lambda tx: tx.rows(_LIST, after=query.after, most=query.limit + 1, site_id=caller().site_id, **wanted, short=int(query.short),
                                   older=now - query.hours_from * HOUR, younger=now - query.hours_to * HOUR if query.hours_to else -1))
    return page(query, rows, _as_told)


def _as_told(row: Any) -> dict[str, Any]:
    return {**row._mapping, **{name: int(getattr(row, name)) for name in ("lines", "picked", "packed", "short")}}


@releases.post("/releases/<code>/hold")
@releases.doc(summary="Hold a waiting order back: no rule and no wave lets it go")
def hold(code: str) -> dict[str, Any]:
    """409 when the floor works on it already."""
    return _set(code, on_hold=True)


@releases.post("/releases/<code>/resume")
@releases.doc(summary="Let an order go again that was held back")
def resume(code: str) -> dict[str, Any]:
    """It waits again, for its rule or a wave."""
    return _set(code, on_hold=False)


def _set(code: str, *, on_hold: bool) -> dict[str, Any]:
    def change(tx: Tx) -> None:
        caller().guard_site(release_by_code(tx, code).site_id)
        hold_back(tx, code, on_hold=on_hold)

    write(change)
    return {"code": code, "on_hold": on_hold}
