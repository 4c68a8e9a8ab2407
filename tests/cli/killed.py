"""An upgrade that is killed half way, in a process that has loaded nothing else."""

import os
import signal

import alembic.command  # noqa: F401 - what the fork server has loaded no fork loads again
from sqlalchemy import Engine, event

import server.kernel.models  # noqa: F401 - as above
from server.kernel.migrations import upgrade


def killed_upgrade(url: str, statement: int) -> None:
    """Upgrades in a process that is killed before that statement; too few statements end it in peace."""
    seen = [0]

    @event.listens_for(Engine, "before_cursor_execute")
    def _count(*_):
        seen[0] += 1
        if seen[0] == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    upgrade(url)
