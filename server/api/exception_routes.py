"""Whose an exception is, counts that differ, and work in the background that was given up: what a supervisor decides."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.parts import as_dicts, caller, one_warehouse_only, read, write
from server.kernel.audit import record
from server.kernel.errors import NotFound
from server.kernel.given_up import try_again
from server.kernel.transaction import Tx
from server.masterdata.people import worker_by_badge
from server.wms.variances import accept_variance, count_by_id, lines_of_count, send_back

deciding = APIBlueprint("deciding", __name__, url_prefix="/api/v1", tag="Work")
BLUEPRINTS = (deciding,)
_OWNED = text("SELECT x.site_id, w.badge FROM floor_exception x LEFT JOIN worker w ON w.id = x.owner_id WHERE x.id = :id AND x.state = 'open'")
_GIVE = text("UPDATE floor_exception SET owner_id = :owner_id WHERE id = :id AND state = 'open'")


class OwnerBody(BaseModel):
    """Who sees to it, by their badge; null gives it back to nobody, and what is left out is whoever asks."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"badge": "ANN"}, {}]}}
    badge: str | None = Field("", max_length=64)


@deciding.post("/exceptions/<int:number>/owner")
@deciding.input(OwnerBody, arg_name="body")
@deciding.doc(summary="Say who sees to an exception")
def own_exception(number: int, body: OwnerBody) -> dict[str, Any]:
    """404 when it is not open, or when nobody here has the badge."""
    def change(tx: Tx) -> dict[str, Any]:
        before = tx.row(_OWNED, id=number)
        if before is None:
            raise NotFound(f"There is no open exception {number}.", what=str(number))
        caller().guard_site(before.site_id)
        owner = _owner(tx, before.site_id, body.badge)
        tx.execute(_GIVE, {"id": number, "owner_id": owner["id"]})
        record(tx, "exception.owned", str(number), old={"owner": before.badge}, new={"owner": owner["badge"]})
        return {"id": number, "owner": owner["name"], "owner_badge": owner["badge"]}

    return write(change)


def _owner(tx: Tx, site_id: int, badge: str | None) -> dict[str, Any]:
    if badge is None:
        return {"id": None, "badge": None, "name": None}
    me = caller()
    row = worker_by_badge(tx, badge) if badge else next(iter(tx.rows(_ME, id=me.worker_id)), None)
    if row is None or row.disabled or row.site_id not in (None, site_id):
        raise NotFound(f"There is no worker with badge {badge}.", what=badge or "-")
    return {"id": row.id, "badge": row.badge, "name": row.name}


_ME = text("SELECT id, badge, name, site_id, disabled FROM worker WHERE id = :id")


@deciding.get("/counts/<int:number>")
@deciding.doc(summary="A count: what each round found beside the book")
def count(number: int) -> dict[str, Any]:
    """404 when there is none."""
    def look(tx: Tx) -> dict[str, Any]:
        row = count_by_id(tx, number)
        caller().guard_site(row.site_id)
        lines = [{name: value for name, value in one.items() if name not in ("holder_id", "goods_id")}
                 for one in as_dicts(lines_of_count(tx, number))]
        return {"id": row.id, "location": row.location, "cause": row.cause, "state": row.state, "created_at": row.created_at,
                "counted_at": row.counted_at, "lines": lines}

    return read(look)


@deciding.post("/counts/<int:number>/accept")
@deciding.doc(summary="Believe what was counted last: the book is adjusted")
def accept(number: int) -> dict[str, Any]:
    """409 when the count waits for no second person, or when somebody counts already."""
    def change(tx: Tx) -> int:
        caller().guard_site(count_by_id(tx, number).site_id)
        return accept_variance(tx, number)

    return {"id": number, "state": "done", "adjusted": write(change)}


@deciding.post("/counts/<int:number>/send-back")
@deciding.doc(summary="Forget what was counted: somebody else counts from the beginning")
def count_again(number: int) -> dict[str, Any]:
    """409 like to accept it."""
    def change(tx: Tx) -> int:
        caller().guard_site(count_by_id(tx, number).site_id)
        return send_back(tx, number)

    return {"id": number, "state": "open", "task": write(change)}


@deciding.post("/given-up/<key>/again")
@deciding.doc(summary="Let work in the background that was given up be tried again")
def again(key: str) -> dict[str, Any]:
    """`key` as the dashboard names it: job-7, event-12. 404 when it was not given up."""
    one_warehouse_only()
    return {"key": key, "tried": write(lambda tx: try_again(tx, key))}
