"""Several server processes on one port: what they need, and what is told of them."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, TypeVar

import click

from server.kernel.errors import Unavailable

T = TypeVar("T")
log = logging.getLogger("aisle.server")
_AGAIN_SECONDS = 0.5
QUEUE = "AISLE_MESSAGE_QUEUE"


def guard_several(url: str, environment: Mapping[str, str], *, reuse_port: bool) -> None:
    """A clear error where more than one server cannot do what one can."""
    if not reuse_port:
        return
    if url.startswith("sqlite"):
        raise click.ClickException("SQLite is served by one server. Start it with --workers for several processes, or move to "
                                   "PostgreSQL first (aisle migrate-db).")
    if not environment.get(QUEUE):
        raise click.ClickException(f"Several servers ring at each other's handhelds through a queue: set {QUEUE}=valkey://HOST:6379/0 "
                                   "(Valkey or Redis), or start one server, with --workers for several processes.")


def workers_for(url: str, wanted: int | None) -> int:
    """What is wanted; if nothing is said two on SQLite where there are processors for them, which is half as fast again."""
    if wanted is not None:
        return wanted
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(2, processors) if url.startswith("sqlite") else 1


def give_number(arbiter: Any, worker: Any) -> None:
    """Before a process is started: the lowest number that no living one has."""
    taken = {other.number for other in arbiter.WORKERS.values()}
    worker.number = next(number for number in count() if number not in taken)


def patiently(ask: Callable[[], T]) -> T:
    """The answer of a database once it gives one."""
    is_told = False
    while True:
        try:
            return ask()
        except Unavailable as error:
            if not is_told:
                log.error("the server waits for the database, which does not answer: %s", error)  # noqa: TRY400 - told once
            is_told = True
            time.sleep(_AGAIN_SECONDS)
