"""Order exceptions: what does not go by itself, whose it is, and what is done about it with one click; and the rules about them."""

import logging
from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.api.paging import PageQuery, page
from server.api.parts import as_dicts, caller, parts, read, write
from server.api.speech import in_their_words
from server.kernel.errors import Refusal, Unavailable
from server.kernel.transaction import Tx
from server.masterdata.sites import site_id_of
from server.oms.exceptions.kinds import KINDS
from server.oms.exceptions.rules import Rule, put_rule, rules_of, worker_who_may_own
from server.oms.exceptions.shown import counts, exceptions_of_order, exceptions_shown, give_to, note, paid_back
from server.oms.exceptions.steps import claim, exception_by_id, note_tried, possible_steps, take_step
from server.oms.intake import Outcome
from server.oms.orders import order_by_number

order_exception_blueprint = APIBlueprint("order_exceptions", __name__, url_prefix="/api/v1", tag="Orders")
BLUEPRINTS = (order_exception_blueprint,)
log = logging.getLogger("aisle.exceptions")

MANY = 100
"""So many are seen to by one request."""


class ExceptionQuery(PageQuery):
    """Filters: kind, owner (a badge), site, state; the oldest come first, with `sort=newest` the newest."""

    kind: str = Field("", max_length=16)
    owner: str = Field("", max_length=64)
    site: str = Field("", max_length=16)
    state: str = Field("open", pattern="^(open|done)$")
    sort: str = Field("", pattern="^(newest)?$")


class ExceptionCountsQuery(BaseModel):
    """Of which warehouse."""

    site: str = Field(max_length=16)


class GiveBody(BaseModel):
    """Who sees to it, by their badge ("" is whoever asks), and the exception's `version` as it was read."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"badge": "ANN", "version": 1}]}}
    badge: str = Field("", max_length=64)
    version: int = Field(ge=1, lt=2**31)


class ExceptionNoteBody(BaseModel):
    """What is known about it."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"note": "the customer calls back at noon", "version": 1}]}}
    note: str = Field("", max_length=512)
    version: int = Field(ge=1, lt=2**31)


class StepBody(BaseModel):
    """The exception's `version` as it was read: of many who act on what they saw one is the first. Why, if there is more to say."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"version": 1}, {"version": 2, "reason": "the customer was called"}]}}
    version: int = Field(ge=1, lt=2**31)
    reason: str = Field("", max_length=256)


class ChosenBody(BaseModel):
    """An exception, and its `version` as it was read."""

    model_config = {"extra": "forbid"}
    id: int = Field(ge=1, lt=2**53)
    version: int = Field(ge=1, lt=2**31)


class StepsBody(BaseModel):
    """One step of many exceptions, and why, if there is more to say."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"step": "try_again", "exceptions": [{"id": 12, "version": 1}, {"id": 13, "version": 1}], "reason": "GIFT-6 is known now"}]}}
    step: str = Field(min_length=1, max_length=32)
    exceptions: list[ChosenBody] = Field(min_length=1, max_length=MANY)
    reason: str = Field("", max_length=256)


class ExceptionRuleBody(BaseModel):
    """Whose exceptions of a kind are; the step that is done by itself ("" for none) and after how long; to whom it passes and when."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"site": "W1", "owner": "ANN", "solve": "take_suggestion", "solve_after_minutes": 0, "pass_after_hours": 4, "pass_to": "BOB"}]}}
    site: str = Field(max_length=16)
    owner: str | None = Field(None, max_length=64)
    solve: str = Field("", max_length=32)
    solve_after_minutes: int = Field(0, ge=0, le=60 * 24 * 60)
    opens_after_hours: int | None = Field(None, ge=0, le=24 * 365)
    pass_after_hours: int | None = Field(None, ge=1, le=24 * 365)
    pass_to: str | None = Field(None, max_length=64)


@order_exception_blueprint.get("/order-exceptions")
@order_exception_blueprint.input(ExceptionQuery, location="query", arg_name="query")
@order_exception_blueprint.doc(summary="Order exceptions: what does not go by itself, whose it is, and what can be done",
                               description="`steps` is what can be done about it with one click, the most fitting first; `version` is given back with it. "
                                           "`paid_back_by` says who pays the buyer back (`paid_back`, in the smallest unit of `currency`) if the order is cancelled: "
                                           "the platform to which the buyer's `request` goes, the `channel`, or nobody.")
def order_exceptions(query: ExceptionQuery) -> dict[str, Any]:
    """Of the caller's warehouse, or all."""
    def look(tx: Tx) -> list[Any]:
        site_id = _site(tx, query.site) if query.site else caller().site_id
        return exceptions_shown(tx, state=query.state, sort=query.sort, after=query.after, most=query.limit + 1, site_id=site_id, kind=query.kind,
                                owner=query.owner.strip().upper())

    return page(query, read(look), _told)


@order_exception_blueprint.get("/order-exceptions/counts")
@order_exception_blueprint.input(ExceptionCountsQuery, location="query", arg_name="query")
@order_exception_blueprint.doc(summary="How many order exceptions of each kind are open, and since when the oldest is")
def exception_counts(query: ExceptionCountsQuery) -> dict[str, Any]:
    """Kinds of which there is none are left out."""
    return read(lambda tx: {"items": as_dicts(counts(tx, _site(tx, query.site))), "now": tx.now})


@order_exception_blueprint.get("/orders/<number>/exceptions")
@order_exception_blueprint.doc(summary="What is open about an order")
def exceptions_of(number: str) -> dict[str, Any]:
    """404 when there is no such order."""
    def look(tx: Tx) -> list[Any]:
        head = order_by_number(tx, number)
        caller().guard_site(head.site_id)
        return exceptions_of_order(tx, head.id)

    return {"items": [_told(row) for row in read(look)]}


@order_exception_blueprint.post("/order-exceptions/<int:number>/owner")
@order_exception_blueprint.input(GiveBody, arg_name="body")
@order_exception_blueprint.doc(summary="Say who sees to an order exception")
def give_exception(number: int, body: GiveBody) -> dict[str, Any]:
    """404 when nobody here who may has the badge; 409 when somebody has seen to it meanwhile."""
    def change(tx: Tx) -> str:
        row = _guarded(tx, number)
        worker = worker_who_may_own(tx, row.site_id, body.badge or caller().name)
        give_to(tx, number, body.version, worker, row.owner)
        return str(worker.badge)

    return {"id": number, "owner": write(change)}


@order_exception_blueprint.put("/order-exceptions/<int:number>/note")
@order_exception_blueprint.input(ExceptionNoteBody, arg_name="body")
@order_exception_blueprint.doc(summary="Note something about an order exception")
def note_exception(number: int, body: ExceptionNoteBody) -> dict[str, Any]:
    """Instead of what was noted before."""
    def change(tx: Tx) -> None:
        _guarded(tx, number)
        note(tx, number, body.version, body.note)

    write(change)
    return {"id": number, "note": body.note}


@order_exception_blueprint.post("/order-exceptions/<int:number>/steps/<step>")
@order_exception_blueprint.input(StepBody, arg_name="body")
@order_exception_blueprint.doc(summary="Do something about an order exception", description=(
    "`let_go` the order as it is; `take_suggestion` of the address; `try_again` to take the channel's order or its buyer's request, or to ask a channel that does not answer; `drop` it; `tell_again` what the channel "
    "refused; `agree` to what the buyer asks the platform to pay back, and cancel the order where that is all of it; `send_anyway`; "
    "`cancel_rest`: what is not there will not come; `cancel` the order; `wait_for_stock` with what is short; `wait` a day; `done`."))
def step_exception(number: int, step: str, body: StepBody) -> dict[str, Any]:
    """409 when somebody has seen to it meanwhile, or when the floor is too far."""
    came = _stepped(number, step, body.version, body.reason)
    outcome = {"result": came.result, "words": in_their_words(came.words) or ""}
    return {"id": number, "step": step, "state": read(lambda tx: exception_by_id(tx, number)).state, **outcome}


@order_exception_blueprint.post("/order-exceptions/steps")
@order_exception_blueprint.input(StepsBody, arg_name="body")
@order_exception_blueprint.doc(summary="Do the same about many order exceptions", description=(
    "Each by itself: one that cannot be done stops none of the others. `done` says how many were, `not_done` which were not and why "
    "(`code`, `words`). What was done once is not done again by the same `version`."))
def step_many(body: StepsBody) -> dict[str, Any]:
    """404 when one of them is not there, 403 when one is of another warehouse: then nothing is done."""
    read(lambda tx: [_guarded(tx, one.id) for one in body.exceptions])
    not_done = [wrong for one in body.exceptions if (wrong := _tried_one(one, body)) is not None]
    return {"step": body.step, "done": len(body.exceptions) - len(not_done), "not_done": not_done}


def _tried_one(one: ChosenBody, body: StepsBody) -> dict[str, Any] | None:
    """What kept a step from being done; None where it was."""
    try:
        came = _stepped(one.id, body.step, one.version, body.reason)
    except Unavailable:
        raise
    except Refusal as refusal:
        return _not_done(one.id, code=refusal.code, words=refusal.sentence)
    except Exception:  # the others do not wait for who mends ours
        log.exception("exception %s could not be seen to", one.id)
        return _not_done(one.id, code="fault", words="A fault of ours kept it from being done. It stands in the log.")
    return _not_done(one.id, code=came.code, words=came.words) if came.result == "refused" else None


def _not_done(number: int, *, code: str, words: str) -> dict[str, Any]:
    return {"id": number, "code": code, "words": in_their_words(words) or ""}


def _stepped(number: int, step: str, version: int, said: str) -> Outcome:
    """What came of a step. What is tried again is so outside of the transaction in which that is written down."""
    def change(tx: Tx) -> Any:
        row = _guarded(tx, number)
        reason = said or f"exception {number}: {step}"
        if step == "try_again" and row.kind != "channel":
            note_tried(tx, claim(tx, number, version, step), step, reason=reason)
        else:
            take_step(tx, parts().desk.floor, number, version, step, reason=reason)
        return row

    row, desk = write(change), parts().desk
    if step != "try_again" or row.kind == "channel":
        return Outcome("", "")
    return desk.try_again(row.paper_id) if row.unread_id is None else desk.try_request_again(row.channel, row.unread_id)


@order_exception_blueprint.get("/exception-rules")
@order_exception_blueprint.input(ExceptionCountsQuery, location="query", arg_name="query")
@order_exception_blueprint.doc(summary="Whose order exceptions of each kind are in a warehouse, and what is done about them by itself")
def exception_rules(query: ExceptionCountsQuery) -> dict[str, Any]:
    """`any` names the owner of all whose kind names none. `solves` are the steps that may be done by themselves."""
    rules = read(lambda tx: rules_of(tx, _site(tx, query.site)))
    return {"items": [{**asdict(rule), "solves": list(KINDS[kind].solves) if kind in KINDS else [],
                       "opens_by_time": kind in KINDS and KINDS[kind].opens_after_hours is not None} for kind, rule in rules.items()]}


@order_exception_blueprint.put("/exception-rules/<kind>")
@order_exception_blueprint.input(ExceptionRuleBody, arg_name="body")
@order_exception_blueprint.doc(summary="Say whose order exceptions of a kind are, and what is done about them by itself")
def put_exception_rule(kind: str, body: ExceptionRuleBody) -> dict[str, Any]:
    """All of it is as said from now on; whoever owns one keeps it."""
    people = {name: value.strip().upper() if value else None for name, value in (("owner", body.owner), ("pass_to", body.pass_to))}
    rule = Rule(kind=kind, **{**body.model_dump(exclude={"site"}), **people})
    write(lambda tx: put_rule(tx, _site(tx, body.site), body.site, rule))
    return asdict(rule)


def _site(tx: Tx, code: str) -> int:
    site_id = site_id_of(tx, code)
    caller().guard_site(site_id)
    return site_id


def _guarded(tx: Tx, number: int) -> Any:
    row = exception_by_id(tx, number)
    caller().guard_site(row.site_id)
    return row


_OURS = frozenset({"order_id", "paper_id", "order_number", "total", "paper_stage", "asked_back"})


def _told(row: Any) -> dict[str, Any]:
    steps = possible_steps(row.kind, has_order=row.order_id is not None, has_suggestion=bool(row.suggestion), code=row.code) if row.state == "open" else []
    told = {name: value for name, value in row._mapping.items() if name not in _OURS}
    return {**told, **paid_back(row), "words": in_their_words(row.words), "order": row.order_number, "steps": steps}
