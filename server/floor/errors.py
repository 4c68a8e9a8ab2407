"""What the floor refuses by itself, whatever the process."""

from server.kernel.errors import Refusal


class FloorError(Refusal):
    """The base of the floor's own refusals."""

    code = "floor"


class Malformed(FloorError):
    """An operation has not the shape that the protocol asks for."""

    code = "malformed"
    http_status = 422


class UnknownOperation(FloorError):
    """No process knows this kind of operation for this kind of task."""

    code = "unknown_operation"


class NothingToUndo(FloorError):
    """There is no last operation of this device that could be undone."""

    code = "nothing_to_undo"


class CannotUndo(FloorError):
    """What was done has gone on since, so it cannot be taken back as it was."""

    code = "cannot_undo"


class SignInNeeded(FloorError):
    """A request needs somebody signed in on the device."""

    code = "sign_in_needed"


class NotYourTask(FloorError):
    """The task belongs to another site."""

    code = "not_your_task"


class NoTask(FloorError):
    """The operation belongs to a task, and none came with it."""

    code = "no_task"
