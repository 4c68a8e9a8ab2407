"""A task goes from one worker to a colleague whose badge was scanned, with all that has been done."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from server.floor.errors import FloorError
from server.floor.leases import LEASE_MS
from server.floor.process import Answer, Call, Message
from server.kernel.audit import record
from server.kernel.transaction import Tx
from server.masterdata.people import worker_by_badge
from server.masterdata.shifts import last_shift
from server.masterdata.sign_in import device_of_worker
from server.wms.tasks import TaskRow

HANDED_OVER = "handed_over"
"""The state in which a task is told to a device that has given it to somebody else; no task of the database has it."""
_PASS = text(
    "UPDATE task SET worker_id = :worker_id, device_id = :to_device_id, leased_until = :until, version = version + 1 "
    "WHERE id = :id AND state = 'leased' AND device_id = :device_id"
)
_LEAVE_FOR = text(
    "UPDATE task SET state = 'open', worker_id = NULL, device_id = NULL, leased_until = NULL, for_worker_id = :worker_id, "
    "for_device_id = NULL, version = version + 1 WHERE id = :id AND state = 'leased' AND device_id = :device_id"
)


class NotInHand(FloorError):
    """Only a task that the device holds can be handed over, and only one that is more than a look."""

    code = "not_in_hand"


class UnknownBadge(FloorError):
    """Nobody has the badge, or whoever had it is locked out."""

    code = "unknown_badge"


class OwnBadge(FloorError):
    """A task is not handed over to whoever holds it."""

    code = "own_badge"


class BadgeOfOtherSite(FloorError):
    """The colleague works in another warehouse."""

    code = "badge_of_other_site"


class SomebodyElseHasTo(FloorError):
    """The colleague did the first half, and a second person is wanted."""

    code = "somebody_else_has_to"


class LacksSkill(FloorError):
    """The colleague does not do such tasks, or not in that zone."""

    code = "lacks_skill"


class LacksEquipment(FloorError):
    """The colleague is at work without what the task needs."""

    code = "lacks_equipment"


def hand_over(tx: Tx, call: Call) -> Answer:
    """The task goes to the device where the colleague is signed in; else it waits for them by name."""
    task = call.held_task
    if task.state != "leased" or task.device_id != call.device_id:
        raise NotInHand("You do not hold this task, so you cannot hand it over.", task=f"t{task.id}")
    badge = str(call.slots.get("badge") or "")
    colleague = _colleague(tx, call, task, badge)
    device_id = device_of_worker(tx, colleague.id, call.site_id)
    if device_id == call.device_id:
        raise OwnBadge("This is your own device. Scan the badge of a colleague.", badge=colleague.badge)
    values = {"id": task.id, "worker_id": colleague.id, "device_id": call.device_id}
    if device_id is None:
        passed = tx.changed(_LEAVE_FOR, **values)
    else:
        passed = tx.changed(_PASS, **values, to_device_id=device_id, until=tx.now + LEASE_MS)
    if not passed:
        raise NotInHand("You do not hold this task, so you cannot hand it over.", task=f"t{task.id}")
    tx.touched_tasks.add(task.id)
    tx.touched_devices.update({call.device_id} | ({device_id} if device_id is not None else set()))
    record(tx, "task.handed_over", str(task.id), old={"worker": call.worker_id, "device": call.device_id},
           new={"worker": colleague.id, "device": device_id})
    key = "task.waits_for" if device_id is None else "task.handed_over"
    return Answer(Message(key, {"worker": colleague.name}), task_id=task.id, task=replace(task, state=HANDED_OVER, version=task.version + 1),
                  data={"worker": colleague.badge, "waits": device_id is None})


def lacks_skill(skills: Sequence[Any], zones: Sequence[Any], task: TaskRow) -> bool:
    """Whether somebody with these skills and zones (none: all) is not to do a task."""
    return bool((skills and task.kind not in skills) or (zones and task.zone and task.zone not in zones))


def known_colleague(tx: Tx, site_id: int, badge: str) -> Any:
    """The worker of a badge who may work at a site."""
    worker = worker_by_badge(tx, badge) if badge else None
    if worker is None or worker.disabled:
        raise UnknownBadge(f"Nobody has the badge {badge[:64]}. Scan the badge of a colleague.", badge=badge[:64])
    if worker.site_id not in (None, site_id):
        raise BadgeOfOtherSite(f"{worker.badge} works in another warehouse. Scan the badge of a colleague here.", badge=worker.badge)
    return worker


def guard_may_do(tx: Tx, worker: Any, task: TaskRow) -> None:
    """Refuses a worker who is not to do a task, has not the skill, or is at work without the equipment."""
    if task.not_worker_id == worker.id:
        raise SomebodyElseHasTo(f"{worker.name} counted here first; a second person has to do it. Ask another colleague.", worker=worker.name)
    if lacks_skill(worker.skills, worker.zones, task):
        raise LacksSkill(f"{worker.name} does not do this kind of task here. Ask another colleague.", worker=worker.name)
    shift = last_shift(tx, worker.id)
    if shift is not None and shift.ended_at is None and not shift.has(task.needs):
        raise LacksEquipment(f"{worker.name} works without what this needs: {task.needs}. Ask a colleague who has it.",
                             worker=worker.name, needs=f"vehicle.{task.needs}")


def _colleague(tx: Tx, call: Call, task: TaskRow, badge: str) -> Any:
    worker = known_colleague(tx, call.site_id, badge)
    if worker.id == call.worker_id:
        raise OwnBadge("This is your own badge. Scan the badge of a colleague.", badge=worker.badge)
    guard_may_do(tx, worker, task)
    return worker
