"""Handhelds and stations: enrolment, tokens for the socket, revocation."""

import io
from typing import Any

import segno
from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, Field

from server.api.enrol_routes import outer_address
from server.api.paging import PageQuery, page
from server.api.parts import caller, guess, parts, read, write
from server.kernel.hourly import with_errors_hour
from server.masterdata.devices import (
    devices,
    enrol,
    make_enrolment_code,
    make_socket_token,
    rename_device,
    revoke_device,
)
from server.masterdata.sites import first_site, site_id_of

devices_blueprint = APIBlueprint("devices", __name__, url_prefix="/api/v1", tag="Devices")
BLUEPRINTS = (devices_blueprint,)


class EnrolBody(BaseModel):
    """The code that a supervisor made, and what the device is to be called."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"code": "7KQ2M9XA", "name": "PDA 3"}]}}
    code: str = Field(min_length=4, max_length=32)
    name: str = Field(min_length=1, max_length=128)
    kind: str = "handheld"


class CodeBody(BaseModel):
    """The warehouse that the device will work in; the caller's own if left out."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"site": "W1"}]}}
    site: str | None = Field(None, max_length=16)


class NameBody(BaseModel):
    """What a device is to be called."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"name": "PDA 3"}]}}
    name: str = Field(min_length=1, max_length=128)


@devices_blueprint.patch("/devices/<int:number>")
@devices_blueprint.input(NameBody, arg_name="body")
@devices_blueprint.doc(summary="Call a device otherwise")
def rename(number: int, body: NameBody) -> dict[str, Any]:
    """It knows its new name when it next starts. 404 when there is none."""
    write(lambda tx: rename_device(tx, number, body.name, site_id=caller().site_id))
    return {"id": number, "name": body.name}


@devices_blueprint.post("/devices/enrol")
@devices_blueprint.input(EnrolBody, arg_name="body")
@devices_blueprint.doc(summary="Let a device in with a one-time code", responses=[201])
def enrol_(body: EnrolBody) -> tuple[dict[str, Any], int]:
    """The token is told once."""
    done = guess(lambda: write(lambda tx: enrol(tx, body.code, body.name, kind=body.kind)), parts().guesses)
    return {"device": f"d{done.id}", "token": done.token, "site": done.site}, 201


@devices_blueprint.post("/devices/enrolment-codes")
@devices_blueprint.input(CodeBody, arg_name="body")
@devices_blueprint.doc(summary="Make a code that lets one device in within ten minutes", responses=[201])
def make_code(body: CodeBody) -> tuple[dict[str, Any], int]:
    """With a QR code of the address that enrols by itself."""
    def work(tx: Any) -> tuple[str, int]:
        me = caller()
        site_id = site_id_of(tx, body.site) if body.site else me.site_id or first_site(tx)
        me.guard_site(site_id)
        return make_enrolment_code(tx, site_id)

    code, expires_at = write(work)
    url = f"{request.scheme}://{outer_address()}/#enrol={code}"
    drawn = io.BytesIO()
    segno.make(url, error="m").save(drawn, kind="svg", scale=6, border=2)
    return {"code": code, "url": url, "qr_svg": drawn.getvalue().decode(), "expires_at": expires_at}, 201


@devices_blueprint.get("/devices")
@devices_blueprint.input(PageQuery, location="query", arg_name="query")
@devices_blueprint.doc(summary="Devices with what is known of their health")
def devices_(query: PageQuery) -> dict[str, Any]:
    """Revoked ones too."""
    now, rows = read(lambda tx: (tx.now, devices(tx, after=query.after, most=query.limit + 1, site_id=caller().site_id)))
    return page(query, rows, lambda row: with_errors_hour(row, now))


@devices_blueprint.delete("/devices/<int:number>")
@devices_blueprint.doc(summary="Shut a device out; its tasks go back to the floor", responses=[204])
def revoke(number: int) -> Response:
    """Its socket is closed within seconds."""
    write(lambda tx: revoke_device(tx, number, site_id=caller().site_id))
    return Response(status=204)


@devices_blueprint.post("/socket-tokens")
@devices_blueprint.doc(summary="A token for one websocket connection, good for 60 seconds", responses=[201])
def socket_token() -> tuple[dict[str, Any], int]:
    """Because a browser cannot send headers with a websocket, and addresses are written into logs."""
    me = caller()
    return {"token": write(lambda tx: make_socket_token(tx, device_id=me.device_id, session_id=me.session_id))}, 201
