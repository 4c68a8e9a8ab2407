"""The parent of the server's processes. It loads nothing of the house, so that it costs little memory and no time.

Where several processes serve they take the code from it instead, so that it is in memory once.
"""

import gc
import importlib
from typing import Any

from gunicorn.app.base import BaseApplication

from server.cli.worker import Worker
from server.cli.workers import give_number
from server.settings import Settings

_HOUSE = "server.cli.process"


class Processes(BaseApplication):  # type: ignore[misc]
    """Starts them, starts another one for one that died, and ends them."""

    def __init__(self, settings: Settings, doors: dict[str, Any], ports: Any, *telling: Any) -> None:
        self._settings, self._doors, self._ports, self._telling = settings, doors, ports, telling
        self._process: Any = None
        super().__init__()
        if doors["workers"] > 1:
            importlib.import_module(_HOUSE)
            gc.freeze()

    def load_config(self) -> None:
        """How gunicorn serves."""
        values = {"worker_class": Worker, "asgi_loop": "asyncio", "timeout": 120, "graceful_timeout": 3, "keepalive": 75, "accesslog": None, "errorlog": "-",
                  "loglevel": "warning", "worker_connections": 1000, **self._doors, "pre_fork": give_number,
                  "post_fork": lambda _, worker: self._settings.measures.enter(worker.number), "post_worker_init": self._told,
                  "worker_exit": self._ended}
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Called in each process: its application."""
        house = importlib.import_module(_HOUSE)
        self._process = house.Process(self._settings, self._ports)
        return self._process.asgi

    async def finish(self, seconds: float) -> None:
        """Called in each process before it ends: what was asked is answered, for so long at most."""
        await self._process.asgi.finish(seconds)

    def _told(self, worker: Any) -> None:
        if worker.age == 1:  # the others, and whoever takes the place of one that died, have nothing new to tell
            self._process.tell(importlib.import_module(_HOUSE).Telling(*self._telling))

    def _ended(self, _arbiter: Any, _worker: Any) -> None:
        if self._process is not None:
            self._process.stop()
