"""The parent of the server's processes. It loads nothing of the house, so that it costs little memory and no time.

Where several processes serve they take the code from it instead, so that it is in memory once.
"""

import gc
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gunicorn.app.base import BaseApplication

from server.cli.worker import Worker
from server.cli.workers import give_number
from server.settings import Settings

_HOUSE = "server.cli.process"
_UNUSED = ("aiohttp", "redis", "requests", "valkey", "websocket")
"""What python-socketio loads for its clients and queues where it happens to be installed: nine megabytes."""


@contextmanager
def not_loaded(names: Sequence[str]) -> Iterator[None]:
    """What is imported meanwhile finds none of these, as if they were not installed."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is Python's word for a module that is not there
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


class Processes(BaseApplication):  # type: ignore[misc]
    """Starts them, starts another one for one that died, and ends them."""

    def __init__(self, settings: Settings, doors: dict[str, Any], ports: Any, *telling: Any) -> None:
        self._settings, self._doors, self._ports, self._telling = settings, doors, ports, telling
        self._process: Any = None
        super().__init__()
        if doors["workers"] > 1:
            self._house()
            gc.freeze()

    def load_config(self) -> None:
        """How gunicorn serves."""
        values = {"worker_class": Worker, "asgi_loop": "asyncio", "timeout": 120, "graceful_timeout": 3, "keepalive": 75, "accesslog": None, "errorlog": "-",
                  "loglevel": "warning", "worker_connections": 1000, **self._doors, "pre_fork": give_number,
                  "post_fork": self._enter, "post_worker_init": self._told,
                  "worker_exit": self._ended}
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Called in each process: its application."""
        self._process = self._house().Process(self._settings, self._ports)
        return self._process.asgi

    async def finish(self, seconds: float) -> None:
        """Called in each process before it ends: what was asked is answered, for so long at most."""
        await self._process.asgi.finish(seconds)

    def _enter(self, _arbiter: Any, worker: Any) -> None:
        self._settings.measures.enter(worker.number)
        if self._settings.intercom is not None:
            self._settings.intercom.enter(worker.number)

    def _told(self, worker: Any) -> None:
        if worker.age == 1:  # the others, and whoever takes the place of one that died, have nothing new to tell
            self._process.tell(self._house().Telling(*self._telling))

    def _house(self) -> Any:
        with not_loaded(() if self._settings.message_queue_url else _UNUSED):
            return importlib.import_module(_HOUSE)

    def _ended(self, _arbiter: Any, _worker: Any) -> None:
        if self._process is not None:
            self._process.stop()
