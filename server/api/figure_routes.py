"""Figures of the past: as JSON, as CSV, as PDF."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from server.api.parts import caller, read
from server.dashboard.figure_words import answered
from server.dashboard.figures_csv import figures_csv
from server.dashboard.history_view import Asked, look_back
from server.kernel.transaction import Tx
from server.masterdata.sites import first_site, site_id_of

figures = APIBlueprint("figures", __name__, url_prefix="/api/v1", tag="Figures")
BLUEPRINTS = (figures,)


class FiguresQuery(BaseModel):
    """Whole days of the warehouse's clock, both included; today where none is named. `by`: hour, day, week, month."""

    model_config = ConfigDict(populate_by_name=True)
    site: str = Field("", max_length=16)
    since: str = Field("", max_length=16, alias="from")
    until: str = Field("", max_length=16, alias="to")
    by: str = Field("", max_length=8)
    compare_from: str = Field("", max_length=16)
    compare_to: str = Field("", max_length=16)
    worker: str = Field("", max_length=64)
    zone: str = Field("", max_length=16)
    kind: str = Field("", max_length=24)
    language: str = Field("en", max_length=8)


@figures.get("/figures")
@figures.input(FiguresQuery, location="query", arg_name="query")
@figures.doc(summary="Figures of the floor over a span, step by step, of each worker, and beside another span")
def figures_(query: FiguresQuery) -> dict[str, Any]:
    """Times in seconds, null where nothing is known. `figures` says what each is called and made of, in `language`."""
    return answered(_found(query), query.language)


@figures.get("/figures.csv")
@figures.input(FiguresQuery, location="query", arg_name="query")
@figures.doc(summary="The same as CSV")
def figures_as_csv(query: FiguresQuery) -> Response:
    """A line for the whole, one for the span before, one a step, one a person; no cell is a formula."""
    found = _found(query)
    return _file(figures_csv(found, query.language).encode("utf-8-sig"), "text/csv; charset=utf-8", found, "csv")


@figures.get("/figures.pdf")
@figures.input(FiguresQuery, location="query", arg_name="query")
@figures.doc(summary="The same as PDF")
def figures_as_pdf(query: FiguresQuery) -> Response:
    """A4, with charts and what each figure means."""
    from server.dashboard.figures_pdf import figures_pdf  # noqa: PLC0415 - slow to import, and few ask for it

    found = _found(query)
    return _file(figures_pdf(found, query.language), "application/pdf", found, "pdf")


def _found(query: FiguresQuery) -> dict[str, Any]:
    asked = Asked(query.since, query.until, query.by, query.compare_from, query.compare_to, query.worker, query.zone, query.kind)

    def look(tx: Tx) -> dict[str, Any]:
        mine = caller().site_id
        site_id = site_id_of(tx, query.site) if query.site else mine if mine is not None else first_site(tx)
        caller().guard_site(site_id)
        return look_back(tx, site_id, asked, mine=mine)

    return read(look)


def _file(content: bytes, kind: str, found: dict[str, Any], ending: str) -> Response:
    name = f"figures-{found['site']['code']}-{found['span']['from']}-{found['span']['to']}.{ending}"
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-._") else "_" for sign in name)
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{plain}"', "Cache-Control": "no-store"})
