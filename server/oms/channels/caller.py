"""Calls to a channel's server: with a limit for time and size, by the channel's clock, and no faster than it allows."""

import json
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

from server.kernel.clock import SECOND, Clock, SystemClock
from server.oms.channels.errors import ChannelAway, ChannelBusy, ChannelChanged, ChannelShut

BODY_MAX = 16 * 2**20
_SECONDS = 15.0
_SKEW_MIN_MS = 2 * SECOND  # a Date header has whole seconds
_SKEW_MAX_MS = 24 * 60 * 60 * SECOND
_PIECE = 2**16
_AGAIN_SECONDS = 2.0
_AGAIN_MAX_SECONDS = 300.0
_TOO_MANY, _TROUBLE = 429, 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel's server answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether it is a 2xx."""
        return self.status // 100 == 2

    def json(self) -> Any:
        """The body read as JSON; ChannelChanged when it is none. Numbers with a point stay text: money is never a float."""
        try:
            return json.loads(self.body, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise ChannelChanged(f"The answer ({self.status}) is no JSON: {self.body[:80]!r}", code="body") from error


class Caller:
    """Calls one channel. Used by one thread at a time; `stop` from another ends its waiting.

    `folder` is where the folders of channels that give files lie on this machine.
    """

    def __init__(self, *, clock: Clock | None = None, seconds: float = _SECONDS, folder: Path | None = None) -> None:
        self.folder = folder
        self._clock, self._seconds = clock or SystemClock(), seconds
        self._pool = urllib3.PoolManager(num_pools=4, timeout=urllib3.Timeout(total=seconds), retries=False)
        self._ended = threading.Event()
        self._not_before = 0.0
        self._skew_ms = 0

    def beside(self) -> "Caller":
        """One for another server of the same channel, whose clock is its own; both end together."""
        other = Caller(clock=self._clock, seconds=self._seconds, folder=self.folder)
        other._ended = self._ended
        return other

    def now(self) -> int:
        """The present instant by the channel's clock, as its last answer told it."""
        return self._clock.now() + self._skew_ms

    def rest(self, seconds: float) -> None:
        """The next call waits so long: the channel said that its bucket is full."""
        self._not_before = max(self._not_before, time.monotonic() + seconds)

    def stop(self) -> None:
        """Ends whatever waits; later calls are not made."""
        self._ended.set()

    def call(
        self, method: str, url: str, *, query: Sequence[tuple[str, str]] = (), headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One call, not repeated and not redirected. ChannelShut for no web address, ChannelAway without an answer or at 5xx, ChannelBusy at 429; else the answer."""
        if not url.lower().startswith(("http://", "https://")):
            raise ChannelShut("The channel's address must begin with https:// or http://.", code="address")
        self._wait()
        address = f"{url}{'&' if '?' in url else '?'}{urlencode(query)}" if query else url
        sent_at = self._clock.now()
        answer = self._asked(method, address, headers or {}, body)
        self._note_clock(answer, sent_at)
        if answer.status == _TOO_MANY:
            raise ChannelBusy(f"Too many calls (429): {_words(answer)}", retry_after_seconds=self._retry_after(answer), code="429")
        if answer.status >= _TROUBLE:
            raise ChannelAway(f"The channel's server is in trouble ({answer.status}): {_words(answer)}", code=str(answer.status))
        return answer

    def _wait(self) -> None:
        waits = self._not_before - time.monotonic()
        if self._ended.is_set() or (waits > 0 and self._ended.wait(waits)):
            raise ChannelAway("The server is being stopped.", code="stopping")

    def _asked(self, method: str, address: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        try:
            until = time.monotonic() + self._seconds
            response = self._pool.request(method, address, headers=dict(headers), body=body, preload_content=False, redirect=False)
            read = _read(response, until)
            (response.release_conn if len(read) <= BODY_MAX else response.close)()
        except (urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            raise ChannelAway(f"No answer: {type(error).__name__}", code="no_answer") from error
        if len(read) > BODY_MAX:
            raise ChannelChanged(f"The answer is longer than {BODY_MAX} bytes.", code="body")
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, read)

    def _note_clock(self, answer: Answer, sent_at: int) -> None:
        told = _instant(answer.headers.get("date", ""))
        if told is None:
            return
        skew = told - (sent_at + self._clock.now()) // 2
        self._skew_ms = skew if _SKEW_MIN_MS <= abs(skew) <= _SKEW_MAX_MS else 0

    def _retry_after(self, answer: Answer) -> float:
        said = answer.headers.get("retry-after", "")
        try:
            seconds = float(said)
        except ValueError:
            at = _instant(said)
            seconds = (at - self.now()) / SECOND if at is not None else _AGAIN_SECONDS
        return min(max(seconds, 0.0), _AGAIN_MAX_SECONDS) if math.isfinite(seconds) else _AGAIN_SECONDS


def _read(response: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """The whole body. The limit of the library is for each piece that arrives: a server that drips would keep us for ever."""
    pieces, size = list[bytes](), 0
    while size <= BODY_MAX and (piece := response.read1(_PIECE, decode_content=True)):
        pieces.append(piece)
        size += len(piece)
        if time.monotonic() > until:
            response.close()
            raise TimeoutError
    return b"".join(pieces)


def _instant(said: str) -> int | None:
    try:
        return int(parsedate_to_datetime(said).timestamp() * SECOND)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _words(answer: Answer) -> str:
    return answer.body[:200].decode(errors="replace")
