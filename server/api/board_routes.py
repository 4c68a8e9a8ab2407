"""The supervisor's board: its groups of figures, and where everything stands on the floor."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.parts import caller, parts, read
from server.masterdata.sites import first_site, site_id_of

board = APIBlueprint("board", __name__, url_prefix="/api/v1", tag="Work")
BLUEPRINTS = (board,)
_PLACES = text(
    "SELECT id, code, kind, zone, aisle, level, x_mm, y_mm FROM location WHERE site_id = :site_id "
    "AND kind IN ('bin', 'dock', 'stage', 'pack', 'door', 'hold', 'returns') ORDER BY kind, zone, id"
)


class BoardQuery(BaseModel):
    """Of which warehouse, and which marks are known: `cutoffs:1f2e3d,map:aa01bb`."""

    site: str = Field("", max_length=16)
    known: str = Field("", max_length=512)


class PlacesQuery(BaseModel):
    """Of which warehouse; the caller's own, or the first, if left out."""

    site: str = Field("", max_length=16)


@board.get("/dashboard/groups")
@board.input(BoardQuery, location="query", arg_name="query")
@board.doc(summary="The figures of the supervisor's board, those that changed only",
           description="Each group has a mark; a group whose mark is among `known` is left out. With `again_ms` what is told was reckoned a "
                       "moment ago: ask once more then. The websocket says `dashboard` when something changed.")
def groups(query: BoardQuery) -> dict[str, Any]:
    """Cut-offs, backlog, pace, troubles, map, replenishing, gear, system."""
    known = dict(part.split(":", 1) for part in query.known.split(",") if ":" in part)
    return parts().board(_site(query.site), known)


@board.get("/dashboard/places")
@board.input(PlacesQuery, location="query", arg_name="query")
@board.doc(summary="Where bins, docks and stations stand, for the floor map")
def places(query: PlacesQuery) -> dict[str, Any]:
    """All of them in one answer, each a list: number, code, kind, zone, aisle, level, and x and y in mm."""
    site_id = _site(query.site)
    return {"places": [list(row) for row in read(lambda tx: tx.rows(_PLACES, site_id=site_id))]}


def _site(code: str) -> int:
    def work(tx: Any) -> int:
        site_id = site_id_of(tx, code) if code else caller().site_id or first_site(tx)
        caller().guard_site(site_id)
        return int(site_id)

    return read(work)
