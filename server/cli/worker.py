"""How one process of the server ends: what was asked is answered, and nobody waits for those who only are connected."""

import asyncio
from typing import Any

from gunicorn.workers.gasgi import ASGIWorker


class Worker(ASGIWorker):  # type: ignore[misc]
    """gunicorn's own would look for its end once a second, and then wait for every open connection as long as it may."""

    _serving: "asyncio.Task[Any] | None" = None

    def handle_exit_signal(self) -> None:
        """SIGTERM ends the waiting at once; a second one changes nothing."""
        if self.alive and self._serving is not None:
            self._serving.cancel()
        super().handle_exit_signal()

    async def _serve(self) -> None:
        self._serving = asyncio.current_task()
        await super()._serve()

    async def _shutdown(self) -> None:
        for server in self.servers:
            server.close()
        await self.app.finish(self.cfg.graceful_timeout)
        self._quick_shutdown = True  # nothing more is asked: gunicorn's own waiting is left out
        await super()._shutdown()
