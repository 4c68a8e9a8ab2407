"""What a scanner does, found with three printed codes: one that types into a page, or one of a station."""

import importlib
from functools import cache
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from server.api.parts import caller, read, write
from server.api.speech import in_their_words
from server.api.station_routes import SiteQuery
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.lessons import begin_lesson, end_lesson, scanner, use_lesson
from server.masterdata.sites import first_site, site_id_of
from server.scanners.fitness import PRINTED_CODES, fitness

fitness_blueprint = APIBlueprint("fitness", __name__, url_prefix="/api/v1", tag="Stations")
BLUEPRINTS = (fitness_blueprint,)
_CHUNKS_MAX, _SIGNS_MAX = 1_000, 4_000


class ChunkBody(BaseModel):
    """What came at once: when, in milliseconds of any clock that runs on, and the text as the page read it."""

    model_config = {"extra": "forbid"}
    at: int = Field(ge=0, le=9_007_199_254_740_991)
    text: str = Field(max_length=512)


class HeardBody(BaseModel):
    """All that a scanner typed, in order."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"chunks": [
        {"at": 1000, "text": "]E09506000117843"}, {"at": 1004, "text": "\r"}]}]}}
    chunks: list[ChunkBody] = Field(max_length=_CHUNKS_MAX)


@fitness_blueprint.get("/scanner-fitness/codes")
@fitness_blueprint.doc(summary="The three codes that tell what a scanner does, drawn")
def printed_codes() -> dict[str, Any]:
    """Each as SVG, `modules` wide."""
    return {"items": _drawn()}


@fitness_blueprint.post("/scanner-fitness")
@fitness_blueprint.input(HeardBody, arg_name="body")
@fitness_blueprint.doc(summary="What a scanner does that typed all this into a page",
                       description="The three printed codes in any order. `settings` are what the page needs to read the scanner, null where none "
                                   "help or not all codes were scanned; `advice` is what must or should be set on it, by message key.")
def of_a_wedge(body: HeardBody) -> dict[str, Any]:
    """Nothing is kept."""
    if sum(len(one.text) for one in body.chunks) > _SIGNS_MAX:
        raise Invalid(f"More than {_SIGNS_MAX} signs were typed. Begin anew, and scan the three printed codes.", field="chunks")
    return fitness([(one.at, one.text.encode(errors="replace")) for one in body.chunks], driver="wedge").as_json()


@fitness_blueprint.post("/stations/<code>/peripherals/<name>/lesson")
@fitness_blueprint.input(SiteQuery, location="query", arg_name="query")
@fitness_blueprint.doc(summary="Begin to learn a station's scanner, for five minutes",
                       description="Until then, or until the lesson is ended, nothing that this scanner reads is booked. It begins within a "
                                   "second: `found` is null until the scanner is listened to. Sent again, it begins anew.")
def begin(code: str, name: str, query: SiteQuery) -> dict[str, Any]:
    """The port stays open."""
    def work(tx: Tx) -> dict[str, Any]:
        return _told(tx, begin_lesson(tx, _site(tx, query.site), code, name))

    return write(work)


@fitness_blueprint.get("/stations/<code>/peripherals/<name>/lesson")
@fitness_blueprint.input(SiteQuery, location="query", arg_name="query")
@fitness_blueprint.doc(summary="What was found out of a station's scanner by now")
def lesson(code: str, name: str, query: SiteQuery) -> dict[str, Any]:
    """`until` is null when no lesson runs."""
    return read(lambda tx: _told(tx, scanner(tx, _site(tx, query.site), code, name)))


@fitness_blueprint.post("/stations/<code>/peripherals/<name>/lesson/settings")
@fitness_blueprint.input(SiteQuery, location="query", arg_name="query")
@fitness_blueprint.doc(summary="Give a station's scanner the settings that were found, and end the lesson")
def use(code: str, name: str, query: SiteQuery) -> dict[str, Any]:
    """Only what was found out can be set here: anything else is the manager's, with the station."""
    return {"settings": write(lambda tx: use_lesson(tx, _site(tx, query.site), code, name))}


@fitness_blueprint.delete("/stations/<code>/peripherals/<name>/lesson")
@fitness_blueprint.input(SiteQuery, location="query", arg_name="query")
@fitness_blueprint.doc(summary="End the lesson: what the scanner reads is booked again", responses=[204])
def end(code: str, name: str, query: SiteQuery) -> Response:
    """Its settings stay as they were."""
    write(lambda tx: end_lesson(tx, _site(tx, query.site), code, name))
    return Response(status=204)


def _told(tx: Tx, row: Any) -> dict[str, Any]:
    runs = row.lesson_until > tx.now
    return {"now": tx.now, "until": row.lesson_until if runs else None, "driver": row.driver or "text", "state": row.state,
            "error": in_their_words(row.error) or None, "error_code": row.error_code, "found": row.lesson or None if runs else None}


def _site(tx: Tx, code: str) -> int:
    me = caller()
    site_id = site_id_of(tx, code) if code else me.site_id or first_site(tx)
    me.guard_site(site_id)
    return int(site_id)


@cache
def _drawn() -> list[dict[str, Any]]:
    """The writer is loaded by who asks first."""
    draw = importlib.import_module("labels.pictures.draw").svg_of
    return [{"key": one.key, "symbology": one.symbology, "text": one.text, "svg": svg, "modules": modules}
            for one in PRINTED_CODES for svg, modules in [draw(one.text, one.symbology)]]
