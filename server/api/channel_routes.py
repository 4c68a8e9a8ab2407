"""Sales channels: connected, changed, paused, asked; what they call us with; and the orders of theirs that none here agrees with."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.paging import PageQuery, page
from server.api.parts import caller, guard_reach, parts, read, write
from server.api.speech import in_their_words
from server.kernel.errors import NotAllowed
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_code
from server.masterdata.sites import site_id_of
from server.oms.channels import kinds
from server.oms.channels.base import Call
from server.oms.channels.errors import NotFromChannel
from server.oms.connecting import (
    add_channel,
    ask_now,
    change_channel,
    channel_by_code,
    channel_of_paper,
    channels,
    set_channel_state,
)
from server.oms.intake import ItemUnknown
from server.oms.listings import counts as listing_counts
from server.oms.listings import name_item
from server.oms.papers import refused_papers

channel_blueprint = APIBlueprint("channels", __name__, url_prefix="/api/v1", tag="Channels")
BLUEPRINTS = (channel_blueprint,)
HOOK = "channels.hook"
HOOK_BYTES_MAX = 2_000_000
_COUNTS = text(
    "SELECT c.id, (SELECT COUNT(*) FROM channel_paper p WHERE p.channel_id = c.id AND p.state = 'refused') AS refused, "
    "(SELECT COUNT(*) FROM channel_paper p WHERE p.channel_id = c.id AND p.wanted > 0) AS wanted, "
    "(SELECT COUNT(*) FROM channel_notice n WHERE n.channel_id = c.id AND n.state = 'waiting') AS notices_waiting, "
    "(SELECT COUNT(*) FROM channel_notice n WHERE n.channel_id = c.id AND n.state = 'refused') AS notices_refused FROM channel c")
_SITES = text("SELECT id, code FROM site")
Setting = str | int | bool | dict[str, str]
"""Such as the carriers' names in theirs, which is a table."""


class ChannelBody(BaseModel):
    """A channel whose orders come to a warehouse; `settings` as its kind wants them (GET /channel-kinds).

    `safety_stock` pieces of each item are kept back from it, unless its listing says otherwise. `backorder` is how an order for more
    than there is is taken: `never` is an exception at once; `dated` waits for what is announced for within `presell_days`, which the channel
    may sell beside what is free; `always` waits in any case, as where things are made to order. A listing may say otherwise.
    """

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"code": "shop", "kind": "plain", "name": "Our shop", "site": "W1", "settings": {"secret": "0123456789abcdef0123456789abcdef"}}]}}
    code: str = Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_.-]+$")
    kind: str = Field(min_length=1, max_length=32)
    name: str = Field("", max_length=128)
    site: str = Field(max_length=16)
    settings: dict[str, Setting] = Field(default_factory=dict, max_length=40)
    carrier: str = Field("", max_length=64)
    promises_unpaid: bool = False
    every_seconds: int = Field(10, ge=1, le=86_400)
    safety_stock: int = Field(0, ge=0, le=10**9)
    since: int | None = Field(None, ge=0, lt=2**53)
    checks: str = Field("on", pattern="^(on|off)$")
    sourcing: str = Field("off", pattern="^(off|on|together)$")
    backorder: str = Field("never", pattern="^(never|dated|always)$")
    presell_days: int = Field(30, ge=1, le=730)


class ChannelChanges(BaseModel):
    """What is to be different; secrets that are left out stay.

    Orders are held in which something is cheaper than its listing says by more than `price_tolerance` percent; null: prices are not looked at.
    They are held, too, in which less was paid for a line than its price by more than `discount_limit` percent; null: discounts are not looked at.
    """

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"every_seconds": 5}, {"name": "Our shop"}]}}
    name: str | None = Field(None, min_length=1, max_length=128)
    settings: dict[str, Setting] | None = Field(None, max_length=40)
    carrier: str | None = Field(None, max_length=64)
    promises_unpaid: bool | None = None
    every_seconds: int | None = Field(None, ge=1, le=86_400)
    safety_stock: int | None = Field(None, ge=0, le=10**9)
    price_tolerance: int | None = Field(None, ge=0, le=100)
    discount_limit: int | None = Field(None, ge=0, le=100)
    checks: str | None = Field(None, pattern="^(on|off)$")
    sourcing: str | None = Field(None, pattern="^(off|on|together)$")
    backorder: str | None = Field(None, pattern="^(never|dated|always)$")
    presell_days: int | None = Field(None, ge=1, le=730)


class NameBody(BaseModel):
    """Which item of ours a channel means by a name, how many of ours one of theirs is, and the channel's own number of it if known."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"name": "SOAP-GIFT-6", "item": "SOAP", "quantity": 6}]}}
    name: str = Field(min_length=1, max_length=128)
    item: str = Field(min_length=1, max_length=64)
    quantity: int = Field(1, ge=1, le=10**6)
    ref: str = Field("", max_length=128)


@channel_blueprint.get("/channel-kinds")
@channel_blueprint.doc(summary="Kinds of channels, and which settings each wants")
def channel_kinds() -> dict[str, Any]:
    """Secret settings are given and never shown."""
    return {"items": [{"kind": kind.name, "title": kind.title, "settings": kind.settings.model_json_schema()["properties"],
                       "secrets": sorted(kind.settings.SECRETS)} for _, kind in sorted(kinds().items())]}


@channel_blueprint.get("/channels")
@channel_blueprint.doc(summary="Channels: how each is, and what waits")
def channels_() -> dict[str, Any]:
    """Of the caller's warehouse, or all; `now` is the server's time. What went wrong is told in the caller's language."""
    return read(lambda tx: {"items": [one for one in _all(tx) if caller().may_see(one.pop("site_id"))], "now": tx.now})


@channel_blueprint.post("/channels")
@channel_blueprint.input(ChannelBody, arg_name="body")
@channel_blueprint.doc(summary="Connect a channel", responses=[201])
def make_channel(body: ChannelBody) -> tuple[dict[str, Any], int]:
    """Its orders from now on, or that changed from `since` (ms). 409 when the code is taken."""
    def make(tx: Tx) -> None:
        site_id = site_id_of(tx, body.site)
        guard_reach(site_id)
        add_channel(tx, code=body.code, kind=body.kind, name=body.name, site_id=site_id, settings=body.settings,
                    carrier=body.carrier, promises_unpaid=body.promises_unpaid, every_seconds=body.every_seconds,
                    safety_stock=body.safety_stock, since=body.since, checks=body.checks, sourcing=body.sourcing,
                    backorder=body.backorder, presell_days=body.presell_days)

    write(make)
    return {"code": body.code}, 201


@channel_blueprint.get("/channels/<code>")
@channel_blueprint.doc(summary="A channel")
def channel(code: str) -> dict[str, Any]:
    """404 when there is none."""
    def look(tx: Tx) -> dict[str, Any]:
        caller().guard_site(channel_by_code(tx, code).site_id)
        return next({name: value for name, value in one.items() if name != "site_id"} for one in _all(tx) if one["code"] == code)

    return read(look)


@channel_blueprint.patch("/channels/<code>")
@channel_blueprint.input(ChannelChanges, arg_name="body")
@channel_blueprint.doc(summary="Change a channel's settings")
def change_channel_(code: str, body: ChannelChanges) -> dict[str, Any]:
    """They count from the next call on."""
    def change(tx: Tx) -> None:
        guard_reach(channel_by_code(tx, code).site_id)
        change_channel(tx, code, settings=body.settings, name=body.name, carrier=body.carrier, promises_unpaid=body.promises_unpaid,
                       every_seconds=body.every_seconds, safety_stock=body.safety_stock, checks=body.checks, sourcing=body.sourcing,
                       backorder=body.backorder, presell_days=body.presell_days, **body.model_dump(include={"price_tolerance", "discount_limit"}, exclude_unset=True))

    write(change)
    return {"code": code}


@channel_blueprint.post("/channels/<code>/pause")
@channel_blueprint.doc(summary="Pause a channel: it is neither asked nor told")
def pause_channel(code: str) -> dict[str, Any]:
    """What it tells us meanwhile is kept, and asked for when it goes on."""
    return _set(code, "paused")


@channel_blueprint.post("/channels/<code>/resume")
@channel_blueprint.doc(summary="Let a paused channel go on")
def resume_channel(code: str) -> dict[str, Any]:
    """It catches up from where it was."""
    return _set(code, "running")


@channel_blueprint.post("/channels/<code>/pull")
@channel_blueprint.doc(summary="Ask a channel for orders now", responses=[202])
def pull_channel(code: str) -> tuple[dict[str, Any], int]:
    """Within a second, however long it would have been left alone."""
    def soon(tx: Tx) -> None:
        row = channel_by_code(tx, code)
        caller().guard_site(row.site_id)
        ask_now(tx, row.id)

    write(soon)
    return {"code": code}, 202


@channel_blueprint.post("/channels/<code>/items")
@channel_blueprint.input(NameBody, arg_name="body")
@channel_blueprint.doc(summary="Say which item of ours a channel means by a name")
def name_item_(code: str, body: NameBody) -> dict[str, Any]:
    """The channel sells it from now on, and is told how much it may. Refused orders with that name can be tried again."""
    def name(tx: Tx) -> None:
        row = channel_by_code(tx, code)
        caller().guard_site(row.site_id)
        name_item(tx, row, body.name, item_by_code(tx, body.item).id, body.quantity, ref=body.ref)

    write(name)
    return body.model_dump()


@channel_blueprint.get("/channels/<code>/refused")
@channel_blueprint.input(PageQuery, location="query", arg_name="query")
@channel_blueprint.doc(summary="Orders of a channel that none here agrees with, and why")
def refused(code: str, query: PageQuery) -> dict[str, Any]:
    """The oldest first. `unknown` are the channel's names of which an item of ours has to be said."""
    def look(tx: Tx) -> dict[str, Any]:
        row = channel_by_code(tx, code)
        caller().guard_site(row.site_id)
        return page(query, refused_papers(tx, row.id, query.after, query.limit + 1), lambda paper: _refused(tx, row, paper))

    return read(look)


def _refused(tx: Tx, row: Any, paper: Any) -> dict[str, Any]:
    unknown = parts().desk.unknown_items(tx, row, paper.document) if paper.code == ItemUnknown.code else []
    return {"id": paper.id, "reference": paper.ref, "code": paper.code, "words": in_their_words(paper.words), "came_at": paper.came_at,
            "changed_at": paper.changed_at, "document": paper.document,
            "unknown": [{"name": line.item, "title": line.name, "quantity": line.quantity} for line in unknown]}


@channel_blueprint.post("/papers/<int:number>/try-again")
@channel_blueprint.doc(summary="Try a refused order of a channel again")
def try_again(number: int) -> dict[str, Any]:
    """What it came to: taken, ended or refused."""
    caller().guard_site(read(lambda tx: channel_of_paper(tx, number)).site_id)
    outcome = parts().desk.try_again(number)
    return {**asdict(outcome), "words": in_their_words(outcome.words)}


@channel_blueprint.route("/hooks/<code>", methods=["GET", "POST"])
@channel_blueprint.doc(summary="What a channel calls: orders as it writes them, signed as it signs", hide=True)
def hook(code: str) -> Response:
    """403 unless its signature is right over the bytes that came. Some try the address by a GET first, and want their word back."""
    call = Call({name.lower(): value for name, value in request.headers.items()}, dict(request.args.items()), request.get_data())
    try:
        heard = parts().desk.hear(code, call)
    except NotFromChannel as error:
        raise NotAllowed(f"The call is not taken for one of {code}'s: {error.words}") from None
    return Response(heard.answer, content_type=heard.content_type)


def _set(code: str, state: str) -> dict[str, Any]:
    def change(tx: Tx) -> None:
        caller().guard_site(channel_by_code(tx, code).site_id)
        set_channel_state(tx, code, state)

    write(change)
    return {"code": code, "state": state}


def _all(tx: Tx) -> list[dict[str, Any]]:
    counts = {row.id: row for row in tx.rows(_COUNTS)}
    listings = listing_counts(tx)
    codes = {row.id: row.code for row in tx.rows(_SITES)}
    return [{**_told(row, counts[row.id], codes[row.site_id]), **_stocked(row, listings.get(row.id))} for row in channels(tx)]


def _told(row: Any, count: Any, site: str) -> dict[str, Any]:
    names = ("code", "kind", "name", "site_id", "settings", "carrier", "checks", "sourcing", "every_seconds", "state", "watermark", "pulled_at", "heard_at", "failures", "error",
             "error_code", "error_at", "price_tolerance", "discount_limit", "backorder", "presell_days")
    return {**{name: getattr(row, name) for name in names}, "error": in_their_words(row.error), "site": site, "promises_unpaid": bool(row.promises_unpaid),
            **{name: int(getattr(count, name)) for name in ("refused", "wanted", "notices_waiting", "notices_refused")}}


def _stocked(row: Any, listed: Any) -> dict[str, Any]:
    return {"safety_stock": row.safety_stock, "reconciling": row.reconcile_from is not None, "reconciled_at": row.reconciled_at,
            "listings_refused": int(listed.refused) if listed else 0, "listings_drifted": int(listed.drifted) if listed else 0}
