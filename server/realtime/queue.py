"""The message queue between several server processes: Redis or Valkey, which may hang or be away at any time."""

import asyncio
import logging
from typing import Any

from socketio import AsyncRedisManager

log = logging.getLogger("aisle.realtime")
CHANNEL = "aisle"
_WAIT_SECONDS = 0.5


class QueueManager(AsyncRedisManager):  # type: ignore[misc]
    """Publishes through a connection of its own that waits half a second at most.

    Why not limits in the queue's address: they would hold for listening as well, where silence is ordinary.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, channel=CHANNEL)
        self._sender: Any = None
        self._is_away = False

    async def _publish(self, data: Any) -> Any:
        try:
            if self._sender is None:
                self._sender = self._get_redis_module().Redis.from_url(
                    self.redis_url, socket_timeout=_WAIT_SECONDS, socket_connect_timeout=_WAIT_SECONDS)
            told = await asyncio.wait_for(self._sender.publish(self.channel, self.json.dumps(data)), _WAIT_SECONDS)
        except Exception as error:  # noqa: BLE001 - of two client libraries, one of which is there; a bell that is not heard is only late
            if not self._is_away:
                log.warning("the message queue is away, devices of other server processes look by themselves: %s", error)
            self._is_away = True
            return None
        if self._is_away:
            log.warning("the message queue is back")
        self._is_away = False
        return told
