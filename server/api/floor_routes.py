"""The device protocol over HTTP: the same bodies as over the socket, and the texts that devices show."""

import time
from contextlib import suppress
from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field

from server.api.parts import caller, parts, read, write
from server.floor.errors import Malformed
from server.floor.operations import DeviceIdentity
from server.kernel.errors import NotFound, Unavailable
from server.masterdata.devices import note_scan
from server.masterdata.sign_in import session_on
from server.workflows.texts import LANGUAGES, texts

floor = APIBlueprint("floor", __name__, url_prefix="/api/v1", tag="Floor")
messages_blueprint = APIBlueprint("texts", __name__, url_prefix="/api/v1", tag="Floor")
BLUEPRINTS = (floor, messages_blueprint)
BATCH_BYTES_MAX = 65_536
SCAN_MAX = 4_096


class HelloBody(BaseModel):
    """Who the device is and how it does: `latency_ms` to its last answer, `errors` since its page was opened."""

    model_config = {"json_schema_extra": {"examples": [{"epoch": "a1b2c3d4e5f60718", "last_seq": 41, "schema": 1, "queued": 0}]}}
    epoch: str = Field(min_length=8, max_length=32)
    last_seq: int = Field(0, ge=0)
    build: str = Field("", max_length=64)
    queued: int = Field(0, ge=0)
    battery: int | None = Field(None, ge=0, le=100)
    latency_ms: int | None = Field(None, ge=0, lt=10**6)
    errors: int | None = Field(None, ge=0, lt=10**6)
    last_scan: str = Field("", max_length=SCAN_MAX)


class ReadBody(BaseModel):
    """A scan that the device does not understand by itself."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"text": "]C10109506000134352"}]}}
    text: str = Field(min_length=1, max_length=SCAN_MAX)


class OperationsBody(BaseModel):
    """Up to 50 operations of one device, in its own order."""

    model_config = {"extra": "allow", "json_schema_extra": {"examples": [{"epoch": "a1b2c3d4e5f60718", "operations": [
        {"op": "01940000-0000-7000-8000-000000000001", "seq": 1, "kind": "start", "task": None, "form": None,
         "slots": {"value": {"type": "document", "key": "ASN-1001", "kind": "asn"}}, "made_at": 1790000000000,
         "session": "01940000-0000-7000-8000-0000000000aa", "schema": 1}]}]}}
    epoch: str
    operations: list[dict[str, Any]]


@floor.post("/floor/hello")
@floor.input(HelloBody, arg_name="body")
@floor.doc(summary="A device reports; it is told which operation number comes next")
def hello(body: HelloBody) -> dict[str, Any]:
    """Also after a reconnection."""
    return {**parts().engine.hello(device(), body.model_dump(), parts().build), "session": read(lambda tx: session_on(tx, device().id))}


@floor.post("/operations")
@floor.input(OperationsBody, arg_name="body")
@floor.doc(summary="Apply a batch of operations, each once",
           description="applied, refused, replayed, stale and late take an operation off the device's queue; a gap and "
                       "every HTTP error keep it there. `schema` is the version of an operation's shape: those that a hello "
                       "tells are taken, others are kept for review and answered `late` with the code `upgrade_required`.")
def operations(body: OperationsBody) -> dict[str, Any]:
    """A business refusal is an answer, never an HTTP error."""
    if (request.content_length or 0) > BATCH_BYTES_MAX:
        raise Malformed("A batch is at most 64 KiB. Send it in parts.", field="operations")
    parts().limits.take(device().id, len(body.operations), time.monotonic())
    return parts().engine.operations(device(), body.model_dump())


@floor.get("/floor/pull")
@floor.doc(summary="The tasks that the device holds, and how many wait")
def pull() -> dict[str, Any]:
    """`since` is the version of the last pull: without a change the tasks are left out.

    `scans` are those of a packing table's scanner for this device after `scans_after`, the `scans_mark` of the pull before.
    """
    return parts().engine.pull(device(), _number("since"), _number("scans_after"))


def _number(name: str) -> int | None:
    """A number of the query, None where it is none."""
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


@floor.post("/floor/read")
@floor.input(ReadBody, arg_name="body")
@floor.doc(summary="What a scan means here")
def read_(body: ReadBody) -> dict[str, Any]:
    """The server knows every item, place, LPN and paper."""
    parts().limits.take(device().id, 1, time.monotonic())
    with suppress(Unavailable):  # what a code means is told also while nothing can be stored
        write(lambda tx: note_scan(tx, device().id, body.text))
    return parts().engine.read(device(), body.text)


@floor.get("/floor/codes")
@floor.doc(summary="The codes of the site's items and places, for work without network",
           description="In pages: `mark` is the next request's `after`, `more` says that something is left. A device keeps "
                       "what it got and asks again from its last mark when a pull shows another `codes_mark`; `afresh` tells "
                       "it to throw away what it kept. Keys are `gtin:<14 digits>`, `rcn:<digits>` or the code in upper case.")
def codes() -> dict[str, Any]:
    """Items with pack quantity, name and what is tracked; places with kind, zone and check digits."""
    parts().limits.take(device().id, 1, time.monotonic())
    return parts().engine.codes(device(), request.args.get("after", ""))


@messages_blueprint.get("/messages/<language>")
@messages_blueprint.doc(summary="All sentences that devices show, by key")
def messages(language: str) -> dict[str, str]:
    """In en or zh-CN; {name} marks what is filled in."""
    if language not in LANGUAGES:
        raise NotFound(f"There are no texts in {language[:16]}; there are {', '.join(LANGUAGES)}.", what=language[:16])
    return texts(language)


def device() -> DeviceIdentity:
    """The device that makes this request."""
    me = caller()
    if me.device_id is None or me.site_id is None:
        raise AssertionError("the table of permissions let somebody in who is no device")
    return DeviceIdentity(me.device_id, me.site_id)

