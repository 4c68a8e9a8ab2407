"""Signing in and out, workers, keys, and the first administrator."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, jsonify, request
from pydantic import BaseModel, Field

from server.api.paging import PageQuery, page
from server.api.parts import caller, guard_reach, guess, parts, read, write
from server.kernel.errors import Conflict, Invalid, NotAllowed, NotSignedIn
from server.kernel.settings import set_setting
from server.kernel.transaction import Tx
from server.masterdata.api_keys import MadeKey, api_keys, make_api_key, revoke_api_key
from server.masterdata.callers import cookie_name
from server.masterdata.people import (
    disable_worker,
    has_admin,
    put_worker,
    set_password,
    set_pin,
    set_skills,
    worker_by_badge,
    workers,
)
from server.masterdata.sign_in import (
    LIFE_MS,
    Attempt,
    SignedIn,
    note_failure,
    sign_in,
    sign_out,
    take_try,
    verify,
)
from server.masterdata.sites import site_id_of
from server.oms.exceptions.owners import find_owners

people = APIBlueprint("people", __name__, url_prefix="/api/v1", tag="People")
BLUEPRINTS = (people,)


class SignInBody(BaseModel):
    """On an enrolled device a PIN, in a browser a password."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"badge": "BDG-7", "pin": "493817"}]}}
    badge: str = Field(min_length=1, max_length=64)
    pin: str | None = Field(None, max_length=12)
    password: str | None = Field(None, max_length=256)


class SetupBody(BaseModel):
    """The first administrator."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"token": "setup_...", "badge": "BDG-1", "name": "Ann", "password": "a long sentence", "pin": "493817"}]}}
    token: str = Field(max_length=128)
    badge: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=128)
    password: str = Field(max_length=256)
    pin: str | None = Field(None, max_length=12)
    language: str = Field("en", pattern="^(en|zh-CN)$")


class WorkerBody(BaseModel):
    """A worker; pin, password, disabled (locked out), skills and zones only where they are to change."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"name": "Li Wei", "role": "worker", "site": "W1", "language": "zh-CN", "pin": "493817", "skills": ["pick", "count"], "zones": ["A"]}]}}
    name: str = Field(min_length=1, max_length=128)
    role: str = "worker"
    site: str | None = Field(None, max_length=16)
    language: str = Field("en", pattern="^(en|zh-CN)$")
    pin: str | None = Field(None, max_length=12)
    password: str | None = Field(None, max_length=256)
    disabled: bool | None = None
    skills: list[str] | None = Field(None, max_length=40, description="Kinds of tasks that they do; an empty list: all")
    zones: list[Annotated[str, Field(min_length=1, max_length=16)]] | None = Field(
        None, max_length=100, description="Zones that they work in; an empty list: all")


class KeyBody(BaseModel):
    """A key for another system."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"name": "web shop", "scopes": ["orders:write", "orders:read"], "site": "W1"}]}}
    name: str = Field(min_length=1, max_length=128)
    scopes: list[str] = Field(min_length=1, max_length=40)
    site: str | None = Field(None, max_length=16)
    days: int | None = Field(None, ge=1, le=3_650, description="For how long it is good; until it is revoked if left out.")


@people.post("/setup")
@people.input(SetupBody, arg_name="body")
@people.doc(summary="Make the first administrator, with the link that the server printed", responses=[201])
def setup(body: SetupBody) -> Response:
    """Works once; a server that has an administrator refuses it. Who makes it is signed in, however often they tried to be before."""
    guess(lambda: _take_link(body.token), parts().guesses)

    def work(tx: Tx) -> SignedIn:
        set_setting(tx, "set_up_at", tx.now)  # whoever does the same in another process waits here, and then finds an administrator
        if has_admin(tx):
            raise Conflict("There is an administrator already.")
        number = put_worker(tx, body.badge, body.name, "admin", language=body.language)
        set_password(tx, number, body.password)
        if body.pin:
            set_pin(tx, number, body.pin)
        return sign_in(tx, Attempt(body.badge, body.password, request.remote_addr or ""), worker_by_badge(tx, body.badge))

    try:
        session = write(work)
    except Exception:
        parts().setup.give_back(body.token)
        raise
    answer = jsonify({"id": session.worker_id, "badge": session.badge})
    answer.status_code = 201
    return _with_cookie(answer, session)


def _take_link(token: str) -> None:
    if read(has_admin) or not parts().setup.take(token):
        raise NotAllowed("This set-up link was used or is wrong. Start the server again to get a new one.")


@people.post("/sessions")
@people.input(SignInBody, arg_name="body")
@people.doc(summary="Sign in: badge and PIN on a device, badge and password in a browser", responses=[200])
def sign_in_(body: SignInBody) -> Response:
    """A wrong try is counted: after five of a badge each has to wait, and after many from one address, which browsers share."""
    me = caller()
    if me.device_id is None and body.password is None:
        raise NotAllowed("A PIN works only on an enrolled device. In a browser sign in with the password.")
    where = f"device {me.device_id}" if me.device_id is not None else request.remote_addr or ""
    attempt = Attempt(body.badge, (body.pin if me.device_id is not None else body.password) or "", where, me.device_id)
    worker = _known(attempt) if me.device_id is not None else guess(lambda: _known(attempt), parts().sign_ins)
    if me.device_id is not None and worker.site_id not in (None, me.site_id):
        raise NotAllowed("You work in another warehouse than this device.")
    return _signed_in(write(lambda tx: sign_in(tx, attempt, worker)), in_browser=me.device_id is None)


def _known(attempt: Attempt) -> Any:
    write(lambda tx: take_try(tx, attempt))
    worker = read(lambda tx: worker_by_badge(tx, attempt.badge))
    if not verify(worker, attempt):
        write(lambda tx: note_failure(tx, attempt))
        raise NotSignedIn("Badge or secret is wrong. Check both and try again.")
    return worker


def _signed_in(session: SignedIn, *, in_browser: bool) -> Response:
    worker = {"id": session.worker_id, "name": session.name, "badge": session.badge, "roles": [session.role],
              "language": session.language}
    told = {"id": session.session_id, "worker": worker, "expires_at": session.expires_at}
    answer = jsonify(told if in_browser else {**told, "session": session.token})
    return _with_cookie(answer, session) if in_browser else answer


def _with_cookie(answer: Response, session: SignedIn) -> Response:
    answer.set_cookie(cookie_name(is_secure=parts().is_secure), session.token, max_age=LIFE_MS // 1000, httponly=True, samesite="Strict",
                      secure=parts().is_secure, path="/")
    return answer


@people.get("/sessions/current")
@people.doc(summary="Who is signed in")
def session() -> dict[str, Any]:
    """The caller's own session. Without `all_sites` somebody changes nothing that all warehouses share."""
    me = caller()
    return {"id": me.session_id, "worker": {"id": me.worker_id, "badge": me.name, "roles": sorted(me.roles - {"device"}),
                                            "language": me.language, "all_sites": me.bound_to is None}}


@people.delete("/sessions/current")
@people.doc(summary="Sign out", responses=[204])
def sign_out_() -> Response:
    """Ends the session on the server."""
    me = caller()
    if me.session_id is not None:
        write(lambda tx: sign_out(tx, str(me.session_id)))
    answer = Response(status=204)
    answer.delete_cookie(cookie_name(is_secure=parts().is_secure), path="/", secure=parts().is_secure, httponly=True,
                         samesite="Strict")
    return answer


@people.get("/workers")
@people.input(PageQuery, location="query", arg_name="query")
@people.doc(summary="Workers")
def workers_(query: PageQuery) -> dict[str, Any]:
    """Without secrets."""
    return page(query, read(lambda tx: workers(tx, after=query.after, most=query.limit + 1, site_id=caller().site_id)))


@people.put("/workers/<badge>")
@people.input(WorkerBody, arg_name="body")
@people.doc(summary="Make or change a worker")
def put_worker_(badge: str, body: WorkerBody) -> dict[str, Any]:
    """PIN, password and whether they are locked out stay as they are unless given; `disabled: false` lets somebody in again.

    A new PIN or password ends all sessions of the worker but the one it is sent in.
    """
    def work(tx: Tx) -> dict[str, Any]:
        site_id = site_id_of(tx, body.site) if body.site else None
        guard_reach(site_id)
        _guard_worker(tx, badge)
        number = put_worker(tx, badge, body.name, body.role, language=body.language, site_id=site_id)
        if body.pin:
            set_pin(tx, number, body.pin, spared=caller().session_id)
        if body.password:
            set_password(tx, number, body.password, spared=caller().session_id)
        if body.skills is not None or body.zones is not None:
            set_skills(tx, badge, skills=_kinds(body.skills), zones=body.zones)
        if body.disabled is not None:
            disable_worker(tx, badge, disabled=body.disabled)
        find_owners(tx)
        return {"id": number, "badge": badge.strip().upper()}

    return write(work)


def _kinds(skills: list[str] | None) -> list[str] | None:
    known = parts().engine.runner.registry.by_kind
    unknown = next((kind for kind in skills or () if kind not in known), None)
    if unknown is not None:
        raise Invalid(f"There is no kind of task {unknown[:24]}. There are {', '.join(sorted(known))}.", field="skills")
    return skills


@people.delete("/workers/<badge>")
@people.doc(summary="Lock a worker out", responses=[204])
def disable(badge: str) -> Response:
    """All sessions of the worker end at once."""
    def work(tx: Tx) -> None:
        _guard_worker(tx, badge)
        disable_worker(tx, badge)
        find_owners(tx)

    write(work)
    return Response(status=204)


def _guard_worker(tx: Tx, badge: str) -> None:
    """Who administers one warehouse changes nobody who works in others too."""
    worker = worker_by_badge(tx, badge)
    if worker is not None:
        guard_reach(worker.site_id)


@people.get("/api-keys")
@people.input(PageQuery, location="query", arg_name="query")
@people.doc(summary="API keys: what each may do, when it was used last, and the number to revoke it by")
def keys(query: PageQuery) -> dict[str, Any]:
    """Revoked ones too; of the key itself only how it begins."""
    return page(query, read(lambda tx: api_keys(tx, after=query.after, most=query.limit + 1, site_id=caller().bound_to)))


@people.post("/api-keys")
@people.input(KeyBody, arg_name="body")
@people.doc(summary="Make an API key; it is shown only now", responses=[201])
def make_key(body: KeyBody) -> tuple[dict[str, Any], int]:
    """Kept as a hash."""
    def work(tx: Tx) -> MadeKey:
        site_id = site_id_of(tx, body.site) if body.site else None
        guard_reach(site_id)
        return make_api_key(tx, body.name, body.scopes, site_id=site_id, days=body.days)

    made = write(work)
    return {"id": made.id, "key": made.key, "name": body.name, "scopes": body.scopes, "expires_at": made.expires_at}, 201


@people.delete("/api-keys/<int:number>")
@people.doc(summary="Revoke an API key", responses=[204])
def revoke_key(number: int) -> Response:
    """It is worth nothing from now on."""
    write(lambda tx: revoke_api_key(tx, number, site_id=caller().bound_to))
    return Response(status=204)
