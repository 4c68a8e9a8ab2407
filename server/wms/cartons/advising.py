"""Advice for packers, worked out by a process of its own: the search must never take the interpreter from a scan."""

import json
import logging
import subprocess
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from server.wms.cartons.models import CartonType, Ware

Json = dict[str, Any]
_COMMAND = (sys.executable, "-P", "-m", "server.wms.cartons.advisor")  # -P: whatever lies in the folder where the server was started is not ours
_SEARCH_SECONDS, _CHILD_SECONDS, _WAIT_SECONDS = 1.0, 20.0, 2.0
_KEPT = 256
_QUEUED_MAX = 128
"""Questions that wait, all different: more than any packing hall has tables."""
_AGAIN_SECONDS = 60.0
_OUT_OF_TIME = ("late", "not_found")
"""What a machine that is less busy may find: kept for a minute only."""
_NOT_YET_SECONDS = 1
_WORDS_MAX = 400
log = logging.getLogger("aisle.cartons")


class Advising:
    """One search at a time, in the order of asking, each question once however many ask it; and the last answers.

    Who asks waits `wait_seconds` at most and is told then that there is no answer yet: it is worked out all the same, and who asks
    again gets it. `search_seconds` is how long may be searched for a smaller carton, `child_seconds` when the process is ended,
    `again_seconds` for how long an answer stands that only says that time was short, `queued_max` how many questions may wait.
    """

    def __init__(self, *, search_seconds: float = _SEARCH_SECONDS, child_seconds: float = _CHILD_SECONDS, wait_seconds: float = _WAIT_SECONDS,
                 again_seconds: float = _AGAIN_SECONDS, queued_max: int = _QUEUED_MAX, command: Sequence[str] = _COMMAND) -> None:
        self._search_seconds, self._child_seconds, self._wait_seconds = search_seconds, child_seconds, wait_seconds
        self._again_seconds, self._queued_max, self._command = again_seconds, queued_max, command
        self._kept: OrderedDict[str, tuple[Json, float]] = OrderedDict()
        self._queue: deque[str] = deque()
        """What is worked on stands in front, so that it is asked once."""
        self._changed = threading.Condition()

    def advise(self, wares: Sequence[Ware], cartons: Sequence[CartonType]) -> Json:
        """What `advisor.advice` says of these; {"state": "late"} when it took too long, "not_yet" when others come first.

        `again_seconds` says when to ask again, where the answer is one that only says that time was short.
        """
        asked = json.dumps({"items": [asdict(one) for one in wares], "cartons": [asdict(one) for one in cartons],
                            "seconds": self._search_seconds}, sort_keys=True)
        with self._changed:
            told = self._known(asked)
            if told is not None or not self._is_queued(asked):
                return told or _not_yet()
            self._changed.wait_for(lambda: asked not in self._queue, timeout=self._wait_seconds)
            # An answer that stands for no time at all is one for those who waited for it.
            return self._kept[asked][0] if asked not in self._queue and asked in self._kept else _not_yet()

    def _is_queued(self, asked: str) -> bool:
        """Puts a question behind the others, once; False when too many wait."""
        if asked in self._queue:
            return True
        if len(self._queue) >= self._queued_max:
            return False
        if not self._queue:
            threading.Thread(target=self._work, name="cartons", daemon=True).start()
        self._queue.append(asked)
        return True

    def _work(self) -> None:
        """Answers one question after the other, until none is left."""
        with self._changed:
            asked: str | None = self._queue[0]
        while asked is not None:
            told = self._told_by_child(asked)
            with self._changed:
                self._keep(asked, told)
                self._queue.popleft()
                self._changed.notify_all()
                asked = self._queue[0] if self._queue else None  # with none left whoever comes starts another thread

    def _known(self, asked: str) -> Json | None:
        told, ends = self._kept.get(asked, (None, 0.0))
        if told is None or time.monotonic() >= ends:
            return None
        self._kept.move_to_end(asked)
        return told

    def _told_by_child(self, asked: str) -> Json:
        try:
            ended = subprocess.run(self._command, input=asked, capture_output=True, text=True, encoding="utf-8",  # noqa: S603 - our own program
                                   timeout=self._child_seconds, check=True)
            told: Json = json.loads(ended.stdout)
        except (subprocess.SubprocessError, OSError, ValueError) as error:
            log.warning("no carton was advised: %s %s", error, str(getattr(error, "stderr", None) or "")[-_WORDS_MAX:])
            return _nothing("late")
        return told if isinstance(told, dict) and "state" in told else _nothing("late")

    def _keep(self, asked: str, told: Json) -> None:
        is_final = told["state"] not in _OUT_OF_TIME
        self._kept[asked] = (told, float("inf")) if is_final else ({**told, "again_seconds": self._again_seconds}, time.monotonic() + self._again_seconds)
        self._kept.move_to_end(asked)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)


def _nothing(state: str) -> Json:
    return {"state": state, "cartons": [], "first": None, "split": []}


def _not_yet() -> Json:
    return {**_nothing("not_yet"), "again_seconds": _NOT_YET_SECONDS}
