"""What a process of the floor says of itself: its forms, what its operations do, what starts it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.floor.errors import CannotUndo, NoTask
from server.kernel.transaction import Tx
from server.wms.tasks import TaskRow

Json = dict[str, Any]
NOTHING: Mapping[str, Any] = {"nothing": True}
"""The data of an answer to an operation that asked or put off and booked nothing: an undo looks past it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a person: the key of its text and what stands in its placeholders."""

    key: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> Json:
        """The message as a device gets it."""
        return {"key": self.key, "args": dict(self.args)}


@dataclass(frozen=True, slots=True)
class NextStep:
    """A button under a conflict: what the worker can do about it with one touch or scan."""

    label: Message
    kind: str
    slots: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> Json:
        """The step as a device gets it."""
        return {"label": self.label.to_json(), "kind": self.kind, "slots": dict(self.slots)}


@dataclass(frozen=True, slots=True)
class Call:
    """One operation being applied: what the form says, by whom, where."""

    op: str
    kind: str
    task: TaskRow | None
    form: str | None
    slots: Mapping[str, Any]
    made_at: int
    worker_id: int | None
    worker_name: str
    role: str
    device_id: int
    site_id: int

    @property
    def held_task(self) -> TaskRow:
        """The task, for operations that cannot be without one."""
        if self.task is None:
            raise NoTask("This belongs to a task, and there is none. Open the task, then do it again.", kind=self.kind)
        return self.task


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation came to, in words that a worker understands.

    `task_id` names a task whose forms the device could not know by itself: it is sent along.
    """

    message: Message
    task_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    next: tuple[NextStep, ...] = ()
    code: str = "ok"
    task: TaskRow | None = None
    """That task as it stands now, where it was just read: it is not read again."""


@dataclass(frozen=True, slots=True)
class OperationRow:
    """An operation that was applied before, for its undoing."""

    op: str
    kind: str
    task_id: int | None
    form: str | None
    slots: Mapping[str, Any]
    data: Mapping[str, Any]

    def kept(self, name: str) -> Any:
        """What its answer kept for its undoing; an older server has not kept everything."""
        if name not in self.data:
            raise CannotUndo("This was booked by an older server and cannot be undone. Ask the supervisor.", kind=self.kind)
        return self.data[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of the floor. A module of `server/workflows` holds one as `PROCESS`.

    `undo` says for each kind of operation what follows once its moves were moved back; `lasting` names the kinds that an
    undo looks past because they change nothing, each with the reason. Every kind is in one of the two.
    `start` opens a task with what was scanned, or finds it: its number, or the task itself where it leased it already.
    `claimed` prepares a task that somebody took from the waiting ones, where its forms need more than the database has.
    A `passing` task was opened by a scan and holds nothing yet: it ends when its device starts something else.
    `cards` are printed codes of the process's own, such as HOLD-QUALITY: read as a document of kind `card`.
    """

    kind: str
    build: Callable[[Tx, TaskRow], Json]
    handlers: Mapping[str, Callable[[Tx, Call], Answer]]
    start: Callable[[Tx, Call, Json], int | TaskRow | None] | None = None
    start_types: frozenset[str] = frozenset()
    undo: Mapping[str, Callable[[Tx, Call, OperationRow], None]] = field(default_factory=dict)
    lasting: Mapping[str, str] = field(default_factory=dict)
    claimed: Callable[[Tx, TaskRow], None] | None = None
    requests: frozenset[str] = frozenset()
    supervisor_only: frozenset[str] = frozenset()
    supervisor_undo: frozenset[str] = frozenset()
    passing: bool = False
    cards: frozenset[str] = frozenset()
    order: int = 50
