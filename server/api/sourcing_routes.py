"""The rules by which orders are sourced: read, changed, tried on past orders, put in force."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.paging import PageQuery, page
from server.api.parts import caller, one_warehouse_only, read, write
from server.api.speech import in_their_words
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.sites import sites
from server.oms.sourcing.batch import waiting_count, want_together
from server.oms.sourcing.language import guard_sites, read_rules
from server.oms.sourcing.ruling import activate, active_head, draft, rules_by_id, versions
from server.oms.sourcing.trying import trial_by_id, want_trial

sourcing_blueprint = APIBlueprint("sourcing", __name__, url_prefix="/api/v1/sourcing", tag="Orders")
BLUEPRINTS = (sourcing_blueprint,)
_EXAMPLE = "any costs 4.50 plus 1.20 per kg plus 0.30 per 100 km\nprefer low cost 1\nprefer few parcels 2\n"
_SITES = text("SELECT code FROM site ORDER BY id")


class RulesBody(BaseModel):
    """A text of rules, one a line, in English or Chinese words."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"body": _EXAMPLE}]}}
    body: str = Field(max_length=50_000)


class DraftBody(RulesBody):
    """A text of rules and what it is called."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"name": "Cheap and few", "body": _EXAMPLE}]}}
    name: str = Field(min_length=1, max_length=128)


class TrialBody(RulesBody):
    """Rules to be tried on the orders of the last days."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"body": _EXAMPLE, "days": 30}]}}
    days: int = Field(30, ge=1, le=92)


@sourcing_blueprint.get("/")
@sourcing_blueprint.doc(summary="The rules in force, and how many orders wait to be sourced together")
def sourcing() -> dict[str, Any]:
    """`rules` is null where there are none: then the nearest answer is the order's own warehouse, or whoever has all of it."""
    def look(tx: Tx) -> dict[str, Any]:
        head = active_head(tx)
        return {"rules": None if head is None else dict(head._mapping), "waiting": waiting_count(tx), "sites": [row.code for row in sites(tx) if caller().site_id in (None, row.id)]}

    return read(look)


@sourcing_blueprint.get("/rules")
@sourcing_blueprint.input(PageQuery, location="query", arg_name="query")
@sourcing_blueprint.doc(summary="All texts of rules that were kept, the oldest first")
def rules(query: PageQuery) -> dict[str, Any]:
    """`state` is draft, active or retired."""
    return page(query, read(lambda tx: versions(tx, after=query.after, most=query.limit + 1)))


@sourcing_blueprint.get("/rules/<int:number>")
@sourcing_blueprint.doc(summary="A text of rules")
def one_set(number: int) -> dict[str, Any]:
    """404 when there is none."""
    return dict(read(lambda tx: rules_by_id(tx, number))._mapping)


@sourcing_blueprint.post("/rules")
@sourcing_blueprint.input(DraftBody, arg_name="body")
@sourcing_blueprint.doc(summary="Keep a text of rules as a draft", responses=[201])
def make_rules(body: DraftBody) -> tuple[dict[str, Any], int]:
    """422 names every line that cannot be read, where, and what could stand there."""
    one_warehouse_only()
    return {"id": write(lambda tx: draft(tx, body.name, body.body, caller().name)), "state": "draft"}, 201


@sourcing_blueprint.post("/rules/<int:number>/activate")
@sourcing_blueprint.doc(summary="Put a text of rules in force for every order that comes from now on")
def activate_rules(number: int) -> dict[str, Any]:
    """The ones before are retired, and can be put in force again."""
    one_warehouse_only()
    write(lambda tx: activate(tx, number))
    return {"id": number, "state": "active"}


@sourcing_blueprint.post("/check")
@sourcing_blueprint.input(RulesBody, arg_name="body")
@sourcing_blueprint.doc(summary="Read a text of rules without keeping it")
def check(body: RulesBody) -> dict[str, Any]:
    """`faults` has the line, the column, and what is wrong in the caller's language; none where all can be read."""
    try:
        known = read_rules(body.body)
        guard_sites(known, read(lambda tx: [row.code for row in tx.rows(_SITES)]))
    except Invalid as wrong:
        return {"rules": 0, "faults": [{"line": one["line"], "column": one["column"], "what": in_their_words(one["what"])} for one in wrong.errors]
                or [{"line": 1, "column": 1, "what": in_their_words(wrong.sentence)}]}
    return {"rules": len(known.rules), "faults": []}


@sourcing_blueprint.post("/trials")
@sourcing_blueprint.input(TrialBody, arg_name="body")
@sourcing_blueprint.doc(summary="Try rules on past orders", responses=[202])
def make_trial(body: TrialBody) -> tuple[dict[str, Any], int]:
    """Runs behind the floor's work; ask for the trial to see how far it is."""
    one_warehouse_only()
    return {"id": write(lambda tx: want_trial(tx, body.body, body.days, caller().name)), "state": "waiting"}, 202


@sourcing_blueprint.get("/trials/<int:number>")
@sourcing_blueprint.doc(summary="How far a trial is, and what came of it")
def trial(number: int) -> dict[str, Any]:
    """`result` has the orders as they were sent (`was`), by today's rules (`today`) and by those that are tried (`tried`)."""
    one_warehouse_only()
    return dict(read(lambda tx: trial_by_id(tx, number))._mapping)


@sourcing_blueprint.post("/together")
@sourcing_blueprint.doc(summary="Source all orders that wait to be sourced together", responses=[202])
def source_all() -> tuple[dict[str, Any], int]:
    """It happens by itself every five minutes; `waiting` is how many there are."""
    one_warehouse_only()

    def work(tx: Tx) -> int:
        want_together(tx)
        return waiting_count(tx)

    return {"waiting": write(work)}, 202
