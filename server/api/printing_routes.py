"""Printers and the labels that wait for them."""

import re
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.paging import PageQuery, page
from server.api.parts import caller, read, write
from server.api.speech import in_their_words
from server.kernel.audit import record
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.hourly import with_errors_hour
from server.kernel.settings import set_setting
from server.masterdata.found_ports import found_ports
from server.masterdata.sites import site_id_of
from server.printing.content import SCREEN_DPI, NotDrawn, drawn
from server.printing.figures import PRINTERS
from server.printing.labels import NoPrinter, location_sheet, print_location_labels, print_lpn_label, trial_label
from server.printing.queue import (
    AFTER_SECONDS_MAX,
    ANSWERS,
    answer_unknown,
    cancel_job,
    print_at,
    printer_named,
    put_printer,
    reprint_job,
    set_answers,
    set_neighbour,
)
from server.printing.states import STATES
from server.stock.lpns import lpn_by_code

printing = APIBlueprint("printing", __name__, url_prefix="/api/v1", tag="Printing")
BLUEPRINTS = (printing,)
SHEET_MAX = 1_000
LAST_OF = 2_000
"""Among so many labels of all warehouses the last are sought: one warehouse that prints little must not have all of them read."""
_MINE = "(CAST(:site_id AS BIGINT) IS NULL OR p.site_id = :site_id)"
_JOBS = text(
    "SELECT j.id, p.name AS printer, j.label, j.code, j.state, j.copies, j.reprint_of_id, j.attempts, j.error, j.created_at, "
    "j.sent_at, j.printed_at, j.verified_at, j.settled_at FROM print_job j JOIN printer p ON p.id = j.printer_id WHERE j.id > :after "
    f"AND (:state = '' OR j.state = :state) AND {_MINE} ORDER BY j.id LIMIT :most"
)
_LAST = text(
    "SELECT j.id, p.name AS printer, j.label, j.code, j.state, j.copies, j.reprint_of_id, j.created_at, j.printed_at, j.settled_at "
    "FROM print_job j JOIN printer p ON p.id = j.printer_id "
    f"WHERE j.id > (SELECT COALESCE(MAX(id), 0) FROM print_job) - {LAST_OF} AND {_MINE} ORDER BY j.id DESC LIMIT 24"
)
_PAYLOAD = text("SELECT id, label, code, template, template_id, payload, reprint_of_id FROM print_job WHERE id = :id")
_SITE_OF = text("SELECT p.site_id FROM print_job j JOIN printer p ON p.id = j.printer_id WHERE j.id = :id")
_TAKEN = text("SELECT site_id FROM printer WHERE name = :name")
_OF_ZONE = text("SELECT code FROM location WHERE site_id = :site_id AND kind = 'bin' AND (:zone = '' OR zone = :zone) "
                "ORDER BY code LIMIT 5000")
_SHEET = text("SELECT code, check_digit, zone FROM location WHERE site_id = :site_id AND kind = 'bin' AND (:zone = '' OR zone = :zone) "
              "ORDER BY code LIMIT :most")
_ANSWERS = f"^({'|'.join(ANSWERS)})$"
_URL = re.compile(r"socket://[A-Za-z0-9.-]{1,200}:\d{1,5}")


class JobQuery(PageQuery):
    """Filter: state (queued, sending, sent, printed, verified, held, unknown, cancelled)."""

    state: str = Field("", pattern=f"^({'|'.join(('', *STATES))})$")


class LocationLabelsBody(BaseModel):
    """Some locations, or all bins of a zone (every bin of the warehouse without one)."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"site": "W1", "locations": ["W1-A-01-1"]}]}}
    site: str = Field(max_length=16)
    locations: list[str] = Field(default_factory=list, max_length=5_000)
    zone: str = Field("", max_length=16)


class PrinterBody(BaseModel):
    """Where labels come out; stations of `zone` print here; `language` is zpl (203 dpi), zpl300 or zpl600 for one that does not say it itself.

    While it is out for longer than `after_seconds`, what it was not sent comes out at its `neighbour`: "" for none, left out as it was.
    `answers` is no for a printer that never says anything, and left out as it was.
    """

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"site": "W1", "url": "socket://10.0.0.41:9100", "zone": "PACK"}]}}
    site: str = Field(max_length=16)
    url: str = Field(max_length=256)
    zone: str = Field("", max_length=16)
    language: str = Field("zpl", pattern="^(zpl|zpl300|zpl600)$")
    answers: str | None = Field(None, pattern=_ANSWERS)
    neighbour: str | None = Field(None, max_length=64)
    after_seconds: int = Field(60, ge=0, le=AFTER_SECONDS_MAX)


class AnswersBody(BaseModel):
    """yes, or no for a printer that never says anything: it is sent its labels blind, and only the scan of one says that it came out."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"answers": "no"}]}}
    answers: str = Field(pattern=_ANSWERS)


class AnswerBody(BaseModel):
    """Whether a label came out of which nobody could tell; if not, it is printed again with the mark REPRINT."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"came_out": True}]}}
    came_out: bool


@printing.get("/printers")
@printing.input(PageQuery, location="query", arg_name="query")
@printing.doc(summary="Printers: how each is, and what is open for it")
def printers(query: PageQuery) -> dict[str, Any]:
    """Of the caller's warehouse. `condition` is ready, or what is wrong, told in `sentence`; empty until it was first looked at."""
    now, rows = read(lambda tx: (tx.now, tx.rows(PRINTERS, after=query.after, most=query.limit + 1, site_id=caller().site_id)))
    return page(query, rows, lambda row: {**with_errors_hour(row, now), "sentence": in_their_words(row.sentence)})


@printing.put("/printers/<name>")
@printing.input(PrinterBody, arg_name="body")
@printing.doc(summary="Make or change a printer on the network")
def put_printer_(name: str, body: PrinterBody) -> dict[str, Any]:
    """A folder as printer is set on the server itself: whoever could name one here could write anywhere there."""
    if not 0 < len(name) <= 64:
        raise Invalid("Give the printer a name of 1 to 64 characters.", field="name")

    def work(tx: Any) -> int:
        if not _URL.fullmatch(body.url) and body.url.partition("?")[0] not in found_ports(tx):
            raise Invalid("A printer's address is socket://HOST:PORT, such as socket://10.0.0.41:9100, or a port that was found.", field="url")
        site_id = site_id_of(tx, body.site)
        for mine in (site_id, tx.scalar(_TAKEN, name=name)):
            if mine is not None:
                caller().guard_site(mine)
        number = put_printer(tx, name, site_id, body.url, zone=body.zone, language=body.language)
        if body.answers is not None:
            set_answers(tx, name, body.answers)
        if body.neighbour is not None:
            set_neighbour(tx, name, body.neighbour, body.after_seconds)
        return number

    return {"id": write(work), "name": name}


@printing.put("/printers/<name>/answers")
@printing.input(AnswersBody, arg_name="body")
@printing.doc(summary="Say whether a printer ever answers")
def set_answers_(name: str, body: AnswersBody) -> dict[str, Any]:
    """What it has been sent by then stays what it is. 404 when there is none."""
    def work(tx: Any) -> None:
        caller().guard_site(printer_named(tx, name).site_id)
        set_answers(tx, name, body.answers)

    write(work)
    return {"name": name, "answers": body.answers}


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
        set_setting(tx, labels_made(site_id), tx.now)
        return made

    return {"labels": write(work)}, 201


class SheetQuery(BaseModel):
    """A zone of a warehouse, or all its bins."""

    site: str = Field(max_length=16)
    zone: str = Field("", max_length=16)


@printing.get("/location-labels/sheet")
@printing.input(SheetQuery, location="query", arg_name="query")
@printing.doc(summary="The labels of bins as a PDF for an ordinary printer")
def location_labels_sheet(query: SheetQuery) -> Response:
    """A4, as many to a page as fit, by code; the first thousand bins."""
    def work(tx: Any) -> tuple[int, list[Any]]:
        site_id = site_id_of(tx, query.site)
        caller().guard_site(site_id)
        return site_id, tx.rows(_SHEET, site_id=site_id, zone=query.zone, most=SHEET_MAX)

    site_id, rows = read(work)
    made = location_sheet([row._mapping for row in rows])
    write(lambda tx: set_setting(tx, labels_made(site_id), tx.now))
    return Response(made, content_type="application/pdf", headers={"Content-Disposition": 'attachment; filename="bins.pdf"'})


def labels_made(site_id: int) -> str:
    """The setting that says when labels of a warehouse's bins were made last."""
    return f"bin_labels_at.{site_id}"


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


@printing.post("/printers/<name>/test")
@printing.doc(summary="Print a test label", responses=[201])
def print_test_label(name: str) -> tuple[dict[str, Any], int]:
    """It shows the printer's name as text and as a barcode."""
    def work(tx: Any) -> int:
        printer = printer_named(tx, name)
        caller().guard_site(printer.site_id)
        number = print_at(tx, printer.id, trial_label(name, tx.now))
        record(tx, "label.test", name, job=number)
        return number

    return {"id": write(work), "printer": name}, 201


@printing.get("/print-jobs")
@printing.input(JobQuery, location="query", arg_name="query")
@printing.doc(summary="Labels and their states")
def jobs(query: JobQuery) -> dict[str, Any]:
    """Why a label is held or asked about is told in `error`, in the language of Accept-Language. What is held goes on by itself; what is unknown waits for an answer.

    What is sent and has `settled_at` went to a printer that never answers: only its scan says that it came out.
    """
    return page(query, read(lambda tx: tx.rows(_JOBS, after=query.after, most=query.limit + 1, state=query.state, site_id=caller().site_id)),
                lambda row: {**row._mapping, "error": in_their_words(row.error)})


@printing.get("/print-jobs/last")
@printing.doc(summary="The last labels, newest first")
def last_jobs() -> dict[str, Any]:
    """Twenty-four at most, among the last 2,000 of all warehouses; what stands on one is told by its payload."""
    return {"items": [dict(row._mapping) for row in read(lambda tx: tx.rows(_LAST, site_id=caller().site_id))], "next": None}


@printing.get("/print-jobs/<int:number>/payload")
@printing.doc(summary="What a printer was or will be sent for a label")
def payload(number: int) -> dict[str, Any]:
    """ZPL with 8 dots to the millimetre, whatever the printer has. 404 when there is none."""
    def work(tx: Any) -> dict[str, Any]:
        _guard_job(tx, number)
        row = tx.row(_PAYLOAD, id=number)
        if row is None:
            raise NotFound(f"There is no label {number}.", what=str(number))
        return {"id": row.id, "label": row.label, "code": row.code, "payload": _as_drawn(tx, row)}

    return read(work)


def _as_drawn(tx: Any, job: Any) -> str:
    try:
        return drawn(tx, job, SCREEN_DPI)
    except NotDrawn as error:
        raise Conflict(str(error), said=error.said) from error


@printing.post("/print-jobs/<int:number>/cancel")
@printing.doc(summary="Cancel a label that has not been sent")
def cancel_job_(number: int) -> dict[str, Any]:
    """404 when there is none, 409 when it was sent."""
    def work(tx: Any) -> None:
        _guard_job(tx, number)
        cancel_job(tx, number)
        record(tx, "label.cancelled", str(number), new={"state": "cancelled"})

    write(work)
    return {"id": number, "state": "cancelled"}


@printing.post("/print-jobs/<int:number>/answer")
@printing.input(AnswerBody, arg_name="body")
@printing.doc(summary="Say whether a label came out of which nobody could tell")
def answer_job(number: int, body: AnswerBody) -> dict[str, Any]:
    """`id` is the label that counts from now on; 404 when there is none, 409 when it was not asked about."""
    def work(tx: Any) -> int:
        _guard_job(tx, number)
        counts = answer_unknown(tx, number, came_out=body.came_out)
        record(tx, "label.answered", str(number), came_out=body.came_out, job=counts)
        return counts

    return {"id": write(work), "came_out": body.came_out}


@printing.post("/print-jobs/<int:number>/reprint")
@printing.doc(summary="Print a label again", responses=[201])
def reprint_job_(number: int) -> tuple[dict[str, Any], int]:
    """At the printer where it was; it says REPRINT. 404 when there is none."""
    def work(tx: Any) -> int:
        _guard_job(tx, number)
        again = reprint_job(tx, number)
        record(tx, "label.reprinted", str(number), job=again)
        return again

    return {"id": write(work), "reprint_of_id": number}, 201


def _guard_job(tx: Any, number: int) -> None:
    site_id = tx.scalar(_SITE_OF, id=number)
    if site_id is not None:
        caller().guard_site(site_id)
