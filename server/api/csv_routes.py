"""Items, bins and people as CSV: tried, brought in and taken out, as `aisle import` and `aisle export` do."""

import io
from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from server.api.parts import caller, guard_reach, parts, write
from server.api.speech import in_their_words
from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.masterdata.csv_files import Line, rows_of
from server.masterdata.exporting import kinds_of, written
from server.masterdata.importing import COLUMNS, Result, import_rows, said_whole
from server.masterdata.people import worker_by_badge
from server.masterdata.sites import site_id_of

csv = APIBlueprint("csv", __name__, url_prefix="/api/v1", tag="CSV")
BLUEPRINTS = (csv,)
CONTENT_MAX = 400_000


class CsvBody(BaseModel):
    """A header line and some lines of a file, the first of which has the number `first_line` there; a trial changes nothing."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"content": "code,name,gtin\nSOAP,Soap,09506000134352\n", "name": "items.csv", "trial": True}]}}
    content: str = Field(min_length=1, max_length=CONTENT_MAX)
    name: str = Field("CSV", min_length=1, max_length=128)
    first_line: int = Field(2, ge=2, lt=10**8)
    trial: bool = False


@csv.post("/imports/items")
@csv.input(CsvBody, arg_name="body")
@csv.doc(summary="Bring items in, or try what that would do")
def import_items(body: CsvBody) -> dict[str, Any]:
    """Line by line: a bad one is told with its number and stops nothing else. What is there already is changed, or the same."""
    return _imported("items", body, None)


@csv.post("/imports/locations")
@csv.input(CsvBody, arg_name="body")
@csv.doc(summary="Bring locations in, or try what that would do")
def import_locations(body: CsvBody) -> dict[str, Any]:
    """The same; each line names its warehouse."""
    return _imported("locations", body, lambda tx, line: caller().guard_site(site_id_of(tx, line["site"])))


@csv.post("/imports/workers")
@csv.input(CsvBody, arg_name="body")
@csv.doc(summary="Bring people in, or try what that would do")
def import_workers(body: CsvBody) -> dict[str, Any]:
    """Badge and name; also role, site, language and pin. A PIN ends all sessions of its worker."""
    def guard(tx: Tx, line: Line) -> None:
        known = worker_by_badge(tx, line["badge"])
        if known is not None:
            guard_reach(known.site_id)
        if known is None or "site" in line:
            guard_reach(site_id_of(tx, line["site"]) if line.get("site") else None)

    return _imported("workers", body, guard)


@csv.get("/exports/items")
@csv.doc(summary="All items as CSV")
def export_items() -> Response:
    """As the import takes it."""
    return _exported("items")


@csv.get("/exports/locations")
@csv.doc(summary="All locations of the caller's warehouse as CSV")
def export_locations() -> Response:
    """As the import takes it."""
    return _exported("locations")


@csv.get("/exports/workers")
@csv.doc(summary="The people of the caller's warehouse as CSV")
def export_workers() -> Response:
    """As the import takes it, without secrets."""
    return _exported("workers")


def _imported(kind: str, body: CsvBody, guard: Callable[[Tx, Line], None] | None) -> dict[str, Any]:
    rows = rows_of(io.BytesIO(body.content.encode()), body.name, COLUMNS[kind])
    results = list(import_rows(write, kind, rows, guard=guard, is_trial=body.trial))
    counts = {outcome: sum(one.outcome == outcome for one in results) for outcome in ("made", "changed", "same")}
    ahead = body.first_line - 2
    return {**counts, "failed": sum(one.wrong is not None for one in results),
            "lines": [{"line": one.line + ahead, "code": one.code, "outcome": one.outcome} for one in results if one.outcome in ("made", "changed")],
            "errors": [_told(one, one.wrong, ahead) for one in results if one.wrong is not None]}


def _told(one: Result, wrong: Refusal, ahead: int) -> dict[str, Any]:
    return {"line": one.line + ahead, "code": one.code, "what": said_whole(wrong, in_their_words), **({"message": wrong.said} if wrong.said else {})}


def _exported(kind: str) -> Response:
    stream = io.StringIO(newline="")
    site_id = caller().site_id
    parts().database.snapshot(lambda tx: written(tx, kinds_of(site_id)[kind], stream))
    return Response("\ufeff" + stream.getvalue(), content_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": f'attachment; filename="{kind}.csv"'})
