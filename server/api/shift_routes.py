"""Who is at work, for supervisors."""

from typing import Any

from apiflask import APIBlueprint

from server.api.paging import PageQuery, page
from server.api.parts import caller, read, write
from server.floor.whereabouts import whereabouts
from server.kernel.audit import record
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.shifts import at_work, end_shift, open_shift_by_id
from server.masterdata.sites import first_site

shifts = APIBlueprint("shifts", __name__, url_prefix="/api/v1", tag="People")
BLUEPRINTS = (shifts,)


@shifts.get("/shifts")
@shifts.input(PageQuery, location="query", arg_name="query")
@shifts.doc(summary="Who is at work: since when, on a break or not, with what, and where they scanned last")
def at_work_(query: PageQuery) -> dict[str, Any]:
    """Of the caller's warehouse, or of the first."""
    def look(tx: Tx) -> dict[str, Any]:
        own = caller().site_id
        site_id = own if own is not None else first_site(tx)
        rows = at_work(tx, site_id, after=query.after, most=query.limit + 1)
        return page(query, rows, lambda row: _shown(tx, site_id, row))

    return read(look)


@shifts.post("/shifts/<int:number>/end")
@shifts.doc(summary="End the shift of somebody who went home without saying so")
def end(number: int) -> dict[str, Any]:
    """What they hold stays with their device until it is handed back."""
    def change(tx: Tx) -> None:
        found = open_shift_by_id(tx, number)
        if found is None:
            raise NotFound(f"There is no shift {number} that goes on.", what=str(number))
        caller().guard_site(found.site_id)
        end_shift(tx, found.worker_id)
        if found.device_id is not None:
            tx.touched_devices.add(found.device_id)
        record(tx, "shift.ended", str(number), old={"worker": found.worker_id, "ended_at": None},
               new={"worker": found.worker_id, "ended_at": tx.now})

    write(change)
    return {"id": number, "state": "ended"}


def _shown(tx: Tx, site_id: int, row: Any) -> dict[str, Any]:
    shown = dict(row._mapping)
    device_id = shown.pop("device_id")
    place = whereabouts(tx, site_id, device_id) if device_id is not None else None
    return {**shown, "place": None if place is None else place.code or None, "x_mm": None if place is None else place.x_mm,
            "y_mm": None if place is None else place.y_mm, "seen_at": None if place is None else place.at}
