"""What a supervisor does with tasks: send, order, hold back, let go."""

from collections.abc import Callable
from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, model_validator

from server.api.parts import caller, parts, write
from server.floor.steering import free_task, hold_task, order_task, put_first, put_last, send_to_device, send_to_worker
from server.kernel.errors import Conflict
from server.kernel.transaction import Tx
from server.wms.tasks import TaskRow, task_by_id

steering = APIBlueprint("steering", __name__, url_prefix="/api/v1", tag="Work")
BLUEPRINTS = (steering,)


class SendBody(BaseModel):
    """The badge of a worker, or the number of a handheld."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"worker": "BDG-7"}]}}
    worker: str | None = Field(None, min_length=1, max_length=64)
    device: int | None = Field(None, ge=1, lt=2**63)

    @model_validator(mode="after")
    def one_of_both(self) -> "SendBody":
        """To a worker or to a device."""
        if (self.worker is None) == (self.device is None):
            raise ValueError("Name a worker or a device.")
        return self


class OrderBody(BaseModel):
    """A priority, or first or last of all that waits."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"place": "first"}]}}
    priority: int | None = Field(None, ge=1, le=9, description="1 is first, 9 is last")
    place: Literal["first", "last"] | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> "OrderBody":
        """A priority or a place."""
        if (self.priority is None) == (self.place is None):
            raise ValueError("Name a priority or a place.")
        return self


@steering.post("/tasks/<int:number>/send")
@steering.input(SendBody, arg_name="body")
@steering.doc(summary="Send a task to a worker or a handheld: it is their next, and nobody else is offered it")
def send(number: int, body: SendBody) -> dict[str, Any]:
    """Whoever has it gives it up; what they have done counts. Hand it back to let anybody have it again."""
    def change(tx: Tx) -> None:
        if body.device is not None:
            send_to_device(tx, number, body.device)
        else:
            send_to_worker(tx, number, str(body.worker))

    return _changed(number, change)


@steering.post("/tasks/<int:number>/order")
@steering.input(OrderBody, arg_name="body")
@steering.doc(summary="Change how urgent a task is, or put it first or last")
def order(number: int, body: OrderBody) -> dict[str, Any]:
    """A task that was put first goes before every cut-off and whatever the way."""
    def change(tx: Tx) -> None:
        if body.priority is not None:
            order_task(tx, number, body.priority)
        elif body.place == "first":
            put_first(tx, number)
        else:
            put_last(tx, number)

    return _changed(number, change)


@steering.post("/tasks/<int:number>/hold")
@steering.doc(summary="Hold a task back: nobody is offered it, nor may take it")
def hold(number: int) -> dict[str, Any]:
    """Whoever has it gives it up; what they have done counts."""
    return _changed(number, lambda tx: hold_task(tx, number))


@steering.post("/tasks/<int:number>/release")
@steering.doc(summary="Let a task go that was held back")
def release(number: int) -> dict[str, Any]:
    """It is offered again, in its old order."""
    return _changed(number, lambda tx: free_task(tx, number))


def _changed(number: int, change: Callable[[Tx], None]) -> dict[str, Any]:
    def work(tx: Tx) -> TaskRow:
        task = task_by_id(tx, number)
        caller().guard_site(task.site_id)
        if parts().engine.runner.registry.by_kind[task.kind].passing:
            raise Conflict("Somebody only looks at something here. It is nobody's task.", task=f"t{number}")
        change(tx)
        return task_by_id(tx, number)

    task = write(work)
    return {"id": number, "state": task.state, "priority": task.priority, "held": bool(task.held)}
