"""The floor's work as supervisors see it: tasks, counts, exceptions, the feed of events, the dashboard."""

import json
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy import JSON, bindparam, text

from server.api.paging import PageQuery, page
from server.api.parts import caller, one_warehouse_only, parts, read, write
from server.floor.exceptions import KIND_OF, KINDS
from server.kernel.audit import record
from server.kernel.clock import DAY
from server.kernel.errors import NotFound
from server.masterdata.sites import first_site, location_by_code, site_id_of, sites
from server.wms.counting import accuracy, plan_counts, plan_due_counts, plan_item_counts
from server.wms.tasks import cancel_task, task_by_id, touch_task

work = APIBlueprint("work", __name__, url_prefix="/api/v1", tag="Work")
BLUEPRINTS = (work,)
_MINE = "(CAST(:site_id AS BIGINT) IS NULL OR t.site_id = :site_id)"
_TASKS = text(
    "SELECT t.id, t.kind, t.state, t.priority, t.zone, t.document, t.cutoff_at, t.created_at, t.started_at, t.done_at, "
    "w.name AS worker, d.name AS device, t.held, t.needs, l.code AS begin, a.name AS for_worker, b.name AS for_device "
    "FROM task t LEFT JOIN worker w ON w.id = t.worker_id LEFT JOIN device d ON d.id = t.device_id LEFT JOIN location l ON l.id = t.begin_id "
    "LEFT JOIN worker a ON a.id = t.for_worker_id LEFT JOIN device b ON b.id = t.for_device_id WHERE t.id > :after AND (:kind = '' OR t.kind = :kind) "
    f"AND (:state = '' OR t.state = :state) AND {_MINE} ORDER BY t.id LIMIT :most"
)
_COUNTS = text(
    "SELECT t.id, l.code AS location, t.cause, t.state, t.created_at, t.counted_at, a.name AS first_worker, b.name AS second_worker "
    "FROM cycle_count t JOIN location l ON l.id = t.location_id LEFT JOIN worker a ON a.id = t.first_worker_id "
    f"LEFT JOIN worker b ON b.id = t.second_worker_id WHERE t.id > :after AND (:state = '' OR t.state = :state) AND {_MINE} "
    "ORDER BY t.id LIMIT :most"
)
_FIND_EXCEPTIONS = (
    "SELECT t.id, t.at, t.code, t.args, t.op, t.state, t.note, w.name AS worker, o.name AS owner, o.badge AS owner_badge FROM floor_exception t "
    "LEFT JOIN worker w ON w.id = t.worker_id LEFT JOIN worker o ON o.id = t.owner_id "
    f"WHERE t.id > :after AND (:state = '' OR t.state = :state) AND {_MINE} "
)
_ANY_EXCEPTION = text(f"{_FIND_EXCEPTIONS}ORDER BY t.id LIMIT :most").columns(args=JSON)
_EXCEPTIONS = text(f"{_FIND_EXCEPTIONS}AND t.code IN :codes ORDER BY t.id LIMIT :most").bindparams(bindparam("codes", expanding=True)).columns(args=JSON)
_CLOSE = text("UPDATE floor_exception SET state = 'done', closed_at = :at, owner_id = COALESCE(:by, owner_id), note = :note "
              "WHERE id = :id AND state = 'open' AND (CAST(:site_id AS BIGINT) IS NULL OR site_id = :site_id)")
_EVENTS = text("SELECT id, at, kind, payload FROM outbox WHERE id > :after ORDER BY id LIMIT :most")
_HAND_BACK = text("UPDATE task SET state = 'open', worker_id = NULL, device_id = NULL, leased_until = NULL, for_worker_id = NULL, "
                  "for_device_id = NULL WHERE id = :id AND (state = 'leased' OR (state = 'open' AND "
                  "(for_worker_id IS NOT NULL OR for_device_id IS NOT NULL)))")


class TaskQuery(PageQuery):
    """Filters: kind, state."""

    kind: str = Field("", max_length=24)
    state: str = Field("", max_length=16)


class StateQuery(PageQuery):
    """Filter: state."""

    state: str = Field("", max_length=16)


class ExceptionQuery(StateQuery):
    """Filters: state, kind (variance, late, conflict, set_aside, receiving, other)."""

    kind: str = Field("", pattern="^(|variance|late|conflict|set_aside|receiving|other)$")


class AccuracyQuery(BaseModel):
    """Which warehouse, and how far back."""

    site: str = Field("", max_length=16)
    days: int = Field(90, ge=1, le=3_650)


class CountsBody(BaseModel):
    """Bins to be counted: named, all of an item, or those that are due by class."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"site": "W1", "locations": ["W1-A-01-1"]}]}}
    site: str = Field(max_length=16)
    locations: list[str] = Field(default_factory=list, max_length=1_000)
    item: str = Field("", max_length=64)
    due: bool = False


class CloseBody(BaseModel):
    """What was done about it."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"note": "put back and counted"}]}}
    note: str = Field("", max_length=512)


@work.get("/tasks")
@work.input(TaskQuery, location="query", arg_name="query")
@work.doc(summary="Tasks")
def tasks(query: TaskQuery) -> dict[str, Any]:
    """With who holds them."""
    return page(query, read(lambda tx: tx.rows(_TASKS, after=query.after, most=query.limit + 1, kind=query.kind,
                                               state=query.state, site_id=caller().site_id)))


@work.get("/tasks/<int:number>")
@work.doc(summary="A task with its forms, as a device gets it")
def task(number: int) -> dict[str, Any]:
    """404 when there is none."""
    def look(tx: Any) -> dict[str, Any]:
        caller().guard_site(task_by_id(tx, number).site_id)
        return parts().engine.runner.task_json(tx, number)

    return read(look)


@work.post("/tasks/<int:number>/hand-back")
@work.doc(summary="Take a task from whoever holds it, or was sent it, and let anybody have it")
def hand_back(number: int) -> dict[str, Any]:
    """What the device has done already counts."""
    def change(tx: Any) -> None:
        held = task_by_id(tx, number)
        caller().guard_site(held.site_id)
        touch_task(tx, number)
        if held.device_id is not None:
            tx.touched_devices.add(held.device_id)  # afterwards nobody holds it, and this one has to be told
        if held.state == "leased" and parts().engine.runner.registry.by_kind[held.kind].passing:
            cancel_task(tx, number)  # nobody else can take up what somebody was only looking at
        elif not tx.changed(_HAND_BACK, id=number):
            raise NotFound(f"Nobody holds task {number}.", what=str(number))
        record(tx, "task.handed_back", str(number), old={"state": held.state, "worker": held.worker_id or held.for_worker_id,
                                                         "device": held.device_id or held.for_device_id},
               new={"state": task_by_id(tx, number).state, "worker": None, "device": None})

    write(change)
    return {"id": number, "state": read(lambda tx: task_by_id(tx, number).state)}


@work.get("/counts")
@work.input(StateQuery, location="query", arg_name="query")
@work.doc(summary="Counts, and how right the book was in the last 90 days")
def counts(query: StateQuery) -> dict[str, Any]:
    """Accuracy from 0 to 1."""
    site_id = caller().site_id
    found = page(query, read(lambda tx: tx.rows(_COUNTS, after=query.after, most=query.limit + 1, state=query.state,
                                                site_id=site_id)))
    since = parts().database.clock.now() - 90 * 86_400_000
    return {**found, "accuracy": read(lambda tx: accuracy(tx, site_id, since)) if site_id is not None else None}


@work.get("/counts/accuracy")
@work.input(AccuracyQuery, location="query", arg_name="query")
@work.doc(summary="How right the book was where it was counted: lines and units, from 0 to 1")
def count_accuracy(query: AccuracyQuery) -> dict[str, Any]:
    """First counts only, whatever the second person found; null where nothing was counted."""
    def look(tx: Any) -> dict[str, Any]:
        mine = [row for row in sites(tx) if (query.site or row.code) == row.code and caller().site_id in (None, row.id)]
        if not mine:
            raise NotFound(f"There is no warehouse {query.site} for you.", what=query.site)
        found = accuracy(tx, int(mine[0].id), tx.now - query.days * DAY)
        return {"site": mine[0].code, "days": query.days, **found}

    return read(look)


@work.post("/counts")
@work.input(CountsBody, arg_name="body")
@work.doc(summary="Ask for counts: of bins, of an item, or of what is due", responses=[201])
def make_counts(body: CountsBody) -> tuple[dict[str, Any], int]:
    """Blind; a bin that waits to be counted already is not asked for again."""
    def plan(tx: Any) -> list[int]:
        made = chosen(tx)
        record(tx, "count.asked", body.site, new={"counts": made, **body.model_dump(exclude_defaults=True)})
        return made

    def chosen(tx: Any) -> list[int]:
        site_id = site_id_of(tx, body.site)
        caller().guard_site(site_id)
        if body.item:
            return plan_item_counts(tx, site_id, body.item)
        if body.due:
            return plan_due_counts(tx, site_id)
        places = [location_by_code(tx, code) for code in body.locations]
        for place in places:
            caller().guard_site(place.site_id)
        return plan_counts(tx, [place.id for place in places], "planned")

    return {"counts": write(plan)}, 201


@work.get("/exceptions")
@work.input(ExceptionQuery, location="query", arg_name="query")
@work.doc(summary="What did not fit the book")
def exceptions(query: ExceptionQuery) -> dict[str, Any]:
    """`exception.<code>` is the key of the sentence; `owner` is who has taken it."""
    which: dict[str, Any] = {"codes": list(KINDS[query.kind])} if query.kind in KINDS else {}
    statement = _EXCEPTIONS if which else _ANY_EXCEPTION
    rows = read(lambda tx: tx.rows(statement, after=query.after, most=query.limit + 1, state=query.state, site_id=caller().site_id, **which))
    return page(query, rows, lambda row: {**row._mapping, "kind": KIND_OF.get(row.code, "other")})


@work.post("/exceptions/<int:number>/close")
@work.input(CloseBody, arg_name="body")
@work.doc(summary="Somebody has dealt with it")
def close_exception(number: int, body: CloseBody) -> dict[str, Any]:
    """With a note of what was done."""
    def change(tx: Any) -> None:
        me = caller()
        if not tx.changed(_CLOSE, id=number, at=tx.now, by=me.worker_id, note=body.note, site_id=me.site_id):
            raise NotFound(f"There is no open exception {number}.", what=str(number))
        record(tx, "exception.closed", str(number), old={"state": "open", "note": None}, new={"state": "done", "note": body.note})

    write(change)
    return {"id": number, "state": "done"}


@work.get("/events")
@work.input(PageQuery, location="query", arg_name="query")
@work.doc(summary="Everything that happened, in order")
def events(query: PageQuery) -> dict[str, Any]:
    """Ask again with the last `id` as cursor to follow."""
    one_warehouse_only()
    rows = read(lambda tx: tx.rows(_EVENTS, after=query.after, most=query.limit + 1))
    return page(query, rows, lambda row: {"id": row.id, "at": row.at, "kind": row.kind, "event": json.loads(row.payload)})


@work.get("/dashboard")
@work.doc(summary="What the supervisor's page shows")
def dashboard() -> Response | dict[str, Any]:
    """Of the caller's warehouse, or of the first."""
    site_id = caller().site_id
    return read(lambda tx: parts().figures(tx, site_id if site_id is not None else first_site(tx)))
