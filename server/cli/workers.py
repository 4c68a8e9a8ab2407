"""Several server processes on one port: what they need, and what is told of them."""

import logging
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import click

from server.kernel.errors import Unavailable

log = logging.getLogger("aisle.server")
_AGAIN_SECONDS = 0.5
QUEUE = "AISLE_MESSAGE_QUEUE"


def guard_several(url: str, workers: int, environment: Mapping[str, str], *, reuse_port: bool) -> None:
    """A clear error where more than one process cannot do what one can."""
    if workers == 1 and not reuse_port:
        return
    if url.startswith("sqlite"):
        raise click.ClickException("SQLite is served by one process. Move to PostgreSQL first (aisle migrate-db), or start one "
                                   "process: without --workers and --reuse-port.")
    if not environment.get(QUEUE):
        raise click.ClickException(f"Several processes ring at each other's handhelds through a queue: set {QUEUE}=valkey://HOST:6379/0 "
                                   "(Valkey or Redis), or start one process.")


def give_number(arbiter: Any, worker: Any) -> None:
    """Before a process is started: the lowest number that no living one has."""
    taken = {other.number for other in arbiter.WORKERS.values()}
    worker.number = next(number for number in count() if number not in taken)


def start_patiently(start: Callable[[], None]) -> None:
    """Starts once the database answers: a process that takes a dead one's place while it is away must not end the others."""
    is_told = False
    while True:
        try:
            start()
        except Unavailable as error:
            if not is_told:
                log.error("the server waits for the database, which does not answer: %s", error)  # noqa: TRY400 - told once
            is_told = True
            time.sleep(_AGAIN_SECONDS)
        else:
            return
