"""Printers and the labels that wait for them."""

import re
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.paging import PageQuery, page
from server.api.parts import caller, read, write
from server.kernel.audit import record
from server.kernel.errors import Invalid, NotFound
from server.masterdata.sites import site_id_of
from server.printing.labels import NoPrinter, print_location_labels, print_lpn_label
from server.printing.queue import put_printer
from server.stock.lpns import lpn_by_code

printing = APIBlueprint("printing", __name__, url_prefix="/api/v1", tag="Printing")
BLUEPRINTS = (printing,)
_MINE = "(CAST(:site_id AS BIGINT) IS NULL OR p.site_id = :site_id)"
_PRINTERS = text(
    "SELECT p.id, p.name, s.code AS site, p.url, p.language, p.zone, (SELECT COUNT(*) FROM print_job j WHERE j.printer_id = p.id "
    f"AND j.state = 'waiting') AS waiting FROM printer p JOIN site s ON s.id = p.site_id WHERE p.id > :after AND {_MINE} "
    "ORDER BY p.id LIMIT :most"
)
_JOBS = text(
    "SELECT j.id, p.name AS printer, j.label, j.code, j.state, j.copies, j.reprint_of_id, j.attempts, j.error, j.created_at, "
    "j.sent_at, j.verified_at FROM print_job j JOIN printer p ON p.id = j.printer_id WHERE j.id > :after "
    f"AND (:state = '' OR j.state = :state) AND {_MINE} ORDER BY j.id LIMIT :most"
)
_SITE_OF = text("SELECT p.site_id FROM print_job j JOIN printer p ON p.id = j.printer_id WHERE j.id = :id")
_CANCEL = text("UPDATE print_job SET state = 'cancelled' WHERE id = :id AND state IN ('waiting', 'failed')")
_TAKEN = text("SELECT site_id FROM printer WHERE name = :name")
_OF_ZONE = text("SELECT code FROM location WHERE site_id = :site_id AND kind = 'bin' AND (:zone = '' OR zone = :zone) "
                "ORDER BY code LIMIT 5000")
_URL = re.compile(r"socket://[A-Za-z0-9.-]{1,200}:\d{1,5}")


class JobQuery(PageQuery):
    """Filter: state (waiting, sent, verified, failed, cancelled)."""

    state: str = Field("", max_length=16)


class LocationLabelsBody(BaseModel):
    """Some locations, or all bins of a zone (every bin of the warehouse without one)."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"site": "W1", "locations": ["W1-A-01-1"]}]}}
    site: str = Field(max_length=16)
    locations: list[str] = Field(default_factory=list, max_length=5_000)
    zone: str = Field("", max_length=16)


class PrinterBody(BaseModel):
    """Where labels come out; stations of `zone` print here; `language` is zpl (203 dpi) or zpl300."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"site": "W1", "url": "socket://10.0.0.41:9100", "zone": "PACK"}]}}
    site: str = Field(max_length=16)
    url: str = Field(max_length=256)
    zone: str = Field("", max_length=16)
    language: str = Field("zpl", pattern="^(zpl|zpl300)$")


@printing.get("/printers")
@printing.input(PageQuery, location="query", arg_name="query")
@printing.doc(summary="Printers, and how many labels wait for each")
def printers(query: PageQuery) -> dict[str, Any]:
    """Of the caller's warehouse."""
    return page(query, read(lambda tx: tx.rows(_PRINTERS, after=query.after, most=query.limit + 1, site_id=caller().site_id)))


@printing.put("/printers/<name>")
@printing.input(PrinterBody, arg_name="body")
@printing.doc(summary="Make or change a printer on the network")
def put_printer_(name: str, body: PrinterBody) -> dict[str, Any]:
    """A folder as printer is set on the server itself: whoever could name one here could write anywhere there."""
    if not _URL.fullmatch(body.url):
        raise Invalid("A printer's address is socket://HOST:PORT, such as socket://10.0.0.41:9100.", field="url")
    if not 0 < len(name) <= 64:
        raise Invalid("Give the printer a name of 1 to 64 characters.", field="name")

    def work(tx: Any) -> int:
        site_id = site_id_of(tx, body.site)
        for mine in (site_id, tx.scalar(_TAKEN, name=name)):
            if mine is not None:
                caller().guard_site(mine)
        return put_printer(tx, name, site_id, body.url, zone=body.zone, language=body.language)

    return {"id": write(work), "name": name}


@printing.post("/location-labels")
@printing.input(LocationLabelsBody, arg_name="body")
@printing.doc(summary="Print labels of locations", responses=[201])
def print_location_labels_(body: LocationLabelsBody) -> tuple[dict[str, Any], int]:
    """Those that are named, or all of a zone; all of them or none."""
    def work(tx: Any) -> int:
        site_id = site_id_of(tx, body.site)
        caller().guard_site(site_id)
        codes = body.locations or [row.code for row in tx.rows(_OF_ZONE, site_id=site_id, zone=body.zone)]
        made = print_location_labels(tx, site_id, codes)
        record(tx, "label.locations", body.zone or "-", site=body.site, labels=made)
        return made

    return {"labels": write(work)}, 201


@printing.post("/lpns/<code>/label")
@printing.doc(summary="Print the label of an LPN again", responses=[201])
def print_lpn_label_(code: str) -> tuple[dict[str, Any], int]:
    """It says REPRINT."""
    def work(tx: Any) -> int:
        lpn = lpn_by_code(tx, code)
        if lpn is None:
            raise NotFound(f"There is no LPN {code[:64]}.", what=code[:64])
        caller().guard_site(lpn.site_id)
        number = print_lpn_label(tx, code, again=True)
        if number is None:
            raise NoPrinter("This warehouse has no printer. Add one first.", what="printer")
        record(tx, "label.reprinted", code, job=number)
        return number

    return {"id": write(work), "code": code}, 201


@printing.get("/print-jobs")
@printing.input(JobQuery, location="query", arg_name="query")
@printing.doc(summary="Labels: waiting, sent, verified by a scan")
def jobs(query: JobQuery) -> dict[str, Any]:
    """A printer that is away is told in `error`; its labels come out by themselves when it is back."""
    return page(query, read(lambda tx: tx.rows(_JOBS, after=query.after, most=query.limit + 1, state=query.state,
                                               site_id=caller().site_id)))


@printing.post("/print-jobs/<int:number>/cancel")
@printing.doc(summary="Cancel a label that has not come out")
def cancel_job(number: int) -> dict[str, Any]:
    """404 when there is none, or when it was sent."""
    def work(tx: Any) -> None:
        site_id = tx.scalar(_SITE_OF, id=number)
        if site_id is not None:
            caller().guard_site(site_id)
        if not tx.changed(_CANCEL, id=number):
            raise NotFound(f"There is no label {number} that waits.", what=str(number))
        record(tx, "label.cancelled", str(number), new={"state": "cancelled"})

    write(work)
    return {"id": number, "state": "cancelled"}
