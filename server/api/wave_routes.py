"""Waves and the rules that release orders."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.paging import PageQuery, page
from server.api.parts import caller, read, write
from server.kernel.audit import record
from server.kernel.errors import NotFound
from server.masterdata.sites import site_id_of
from server.wms.release_rules import ReleaseRule, put_rule, rule_by_id, rules_of
from server.wms.waves import open_wave, wave_by_id, wave_size

waves = APIBlueprint("waves", __name__, url_prefix="/api/v1", tag="Waves")
BLUEPRINTS = (waves,)
_LIST = text(
    "SELECT w.id, w.code, s.code AS site, w.state, w.walk_mm, w.walk_s_shape_mm, w.walk_order_mm, w.created_at, w.released_at, "
    "(SELECT COUNT(*) FROM release r WHERE r.wave_id = w.id) AS orders FROM wave w JOIN site s ON s.id = w.site_id "
    "WHERE w.id > :after AND (CAST(:site_id AS BIGINT) IS NULL OR w.site_id = :site_id) ORDER BY w.id LIMIT :most"
)


class RuleBody(BaseModel):
    """Which orders go to the floor, when, and how they are picked."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"site": "W1", "name": "DHL at four", "picking": "cluster", "trolley_orders": 8,
         "filters": {"carrier": "DHL", "cutoff_within_minutes": 120}}]}}
    site: str = Field(max_length=16)
    name: str = Field(min_length=1, max_length=64)
    streaming: bool = False
    hold_seconds: int = Field(120, ge=0, le=86_400)
    picking: str = Field("cluster", pattern="^(single|batch|cluster|zone)$")
    trolley_orders: int = Field(8, ge=1, le=60)
    filters: dict[str, str | int] = Field(default_factory=dict, max_length=8)


class WaveBody(BaseModel):
    """By a saved rule (`rule`), or by one given here."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"site": "W1", "picking": "cluster", "trolley_orders": 8}]}}
    rule: int | None = None
    site: str = Field("", max_length=16)
    picking: str = Field("cluster", pattern="^(single|batch|cluster|zone)$")
    trolley_orders: int = Field(8, ge=1, le=60)
    filters: dict[str, str | int] = Field(default_factory=dict, max_length=8)


@waves.get("/waves")
@waves.input(PageQuery, location="query", arg_name="query")
@waves.doc(summary="Waves with their walks: exact, in S-shape, and order by order")
def waves_(query: PageQuery) -> dict[str, Any]:
    """Lengths in millimetres."""
    return page(query, read(lambda tx: tx.rows(_LIST, after=query.after, most=query.limit + 1, site_id=caller().site_id)))


@waves.post("/waves")
@waves.input(WaveBody, arg_name="body")
@waves.doc(summary="Release a wave now", responses=[200, 202])
def make_wave(body: WaveBody) -> tuple[dict[str, Any], int]:
    """202 with the wave being planned: its tasks come in the moments after. 200 with null when nothing was waiting."""
    def rule(tx: Any) -> ReleaseRule:
        if body.rule is not None:
            return rule_by_id(tx, body.rule)
        return ReleaseRule(site_id=site_id_of(tx, body.site), name="by hand", picking=body.picking,
                           trolley_orders=body.trolley_orders, filters=body.filters)

    chosen = read(rule)
    caller().guard_site(chosen.site_id)
    number = write(lambda tx: _open(tx, chosen))
    if number is None:
        return {"wave": None}, 200
    return {"wave": read(lambda tx: _wave(tx, number))}, 202


def _open(tx: Any, rule: ReleaseRule) -> int | None:
    number = open_wave(tx, rule)
    if number is not None:
        record(tx, "wave.released", str(number), rule=rule.name, picking=rule.picking, filters=dict(rule.filters))
    return number


@waves.get("/waves/<int:number>")
@waves.doc(summary="A wave: planned while its tasks are made, then released")
def wave(number: int) -> dict[str, Any]:
    """404 when there is none, or when nothing of it could be allocated."""
    return read(lambda tx: _wave(tx, number))


def _wave(tx: Any, number: int) -> dict[str, Any]:
    row = wave_by_id(tx, number)
    if row is None:
        raise NotFound(f"There is no wave {number}.", what=str(number))
    caller().guard_site(row.site_id)
    size = wave_size(tx, number)
    return {"id": row.id, "code": row.code, "state": row.state, "orders": size.orders, "lines": size.lines,
            "walk_mm": row.walk_mm, "walk_s_shape_mm": row.walk_s_shape_mm, "walk_order_mm": row.walk_order_mm}


class RulesQuery(BaseModel):
    """Of which warehouse; the caller's own if left out."""

    site: str = Field("", max_length=16)


@waves.get("/release-rules")
@waves.input(RulesQuery, location="query", arg_name="query")
@waves.doc(summary="Saved release rules of a warehouse")
def rules(query: RulesQuery) -> dict[str, Any]:
    """Streaming rules release by themselves."""
    def work(tx: Any) -> list[ReleaseRule]:
        site_id = site_id_of(tx, query.site) if query.site else caller().site_id
        if site_id is None:
            return []
        caller().guard_site(site_id)
        return rules_of(tx, site_id)

    found = read(work)
    return {"items": [{"id": one.id, "name": one.name, "streaming": one.streaming, "hold_seconds": one.hold_seconds,
                       "picking": one.picking, "trolley_orders": one.trolley_orders, "filters": dict(one.filters)}
                      for one in found]}


@waves.put("/release-rules")
@waves.input(RuleBody, arg_name="body")
@waves.doc(summary="Save a release rule under its name")
def put_rule_(body: RuleBody) -> dict[str, Any]:
    """A rule of that name is changed."""
    def work(tx: Any) -> int:
        site_id = site_id_of(tx, body.site)
        caller().guard_site(site_id)
        return put_rule(tx, ReleaseRule(site_id=site_id, **body.model_dump(exclude={"site"})))

    return {"id": write(work), "name": body.name}
