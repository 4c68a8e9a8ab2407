"""Advice for a packer, worked out by a process of its own: the search must never take the interpreter from a scan."""

import json
import logging
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from server.kernel.errors import TooMany
from server.wms.cartons.models import CartonType, Ware

Json = dict[str, Any]
_COMMAND = (sys.executable, "-P", "-m", "server.wms.cartons.advisor")  # -P: whatever lies in the folder where the server was started is not ours
_SEARCH_SECONDS, _CHILD_SECONDS, _WAIT_SECONDS = 1.0, 8.0, 2.0
_KEPT = 64
_AGAIN_SECONDS = 60.0
_OUT_OF_TIME = ("late", "not_found")
"""What a machine that is less busy may find: kept for a minute only."""
_WORDS_MAX = 400
log = logging.getLogger("aisle.cartons")


class Advising:
    """One search at a time, and the last answers: who comes while another is made waits `wait_seconds` at most.

    `search_seconds` is how long may be searched for a smaller carton, `child_seconds` when the process is ended, `again_seconds`
    for how long an answer stands that only says that time was short.
    """

    def __init__(self, *, search_seconds: float = _SEARCH_SECONDS, child_seconds: float = _CHILD_SECONDS,
                 wait_seconds: float = _WAIT_SECONDS, again_seconds: float = _AGAIN_SECONDS, command: Sequence[str] = _COMMAND) -> None:
        self._search_seconds, self._child_seconds = search_seconds, child_seconds
        self._wait_seconds, self._again_seconds, self._command = wait_seconds, again_seconds, command
        self._kept: OrderedDict[str, tuple[Json, float]] = OrderedDict()
        self._one_at_a_time, self._keeping = threading.Lock(), threading.Lock()

    def advise(self, wares: Sequence[Ware], cartons: Sequence[CartonType]) -> Json:
        """What `advisor.advice` says of these; {"state": "late"} when it took too long. TooMany when others are asked for first."""
        asked = json.dumps({"items": [asdict(one) for one in wares], "cartons": [asdict(one) for one in cartons],
                            "seconds": self._search_seconds}, sort_keys=True)
        return self._known(asked) or self._searched(asked)

    def _known(self, asked: str) -> Json | None:
        with self._keeping:
            told, ends = self._kept.get(asked, (None, 0.0))
            if told is None or time.monotonic() >= ends:
                return None
            self._kept.move_to_end(asked)
            return told

    def _searched(self, asked: str) -> Json:
        if not self._one_at_a_time.acquire(timeout=self._wait_seconds):
            raise TooMany("Cartons are being chosen for others. Ask again in a moment.", retry_after_seconds=3)
        try:
            return self._known(asked) or self._keep(asked, self._told_by_child(asked))
        finally:
            self._one_at_a_time.release()

    def _told_by_child(self, asked: str) -> Json:
        try:
            ended = subprocess.run(self._command, input=asked, capture_output=True, text=True, encoding="utf-8",  # noqa: S603 - our own program
                                   timeout=self._child_seconds, check=True)
            told: Json = json.loads(ended.stdout)
        except (subprocess.SubprocessError, OSError, ValueError) as error:
            log.warning("no carton was advised: %s %s", error, str(getattr(error, "stderr", None) or "")[-_WORDS_MAX:])
            return {"state": "late", "cartons": [], "first": None}
        return told

    def _keep(self, asked: str, told: Json) -> Json:
        with self._keeping:
            self._kept[asked] = told, time.monotonic() + self._again_seconds if told["state"] in _OUT_OF_TIME else float("inf")
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return told
