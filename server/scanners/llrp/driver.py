"""Speaks with an LLRP reader: greeting, settings, start, then reads until it is lost."""

import contextlib
import itertools
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from server.ports import Line, NoAnswer, Nonsense, PortBusy, PortError, PortLost, Silent
from server.scanners.llrp import messages as says
from server.scanners.llrp.messages import LlrpSettings, ReaderEvent, ReaderRefuses
from server.scanners.llrp.wire import Message, Messages, Unreadable
from server.scanners.scan import TagRead

log = logging.getLogger("aisle.scanners")
_Result = TypeVar("_Result")

_ANSWER_SECONDS = 5.0
_SILENCES = 3
_MINUTE_MS = 60_000
_HELD = {1: "itself connected to another program", 2: "another program holds it", 4: "another program tried to take it"}


class LlrpReader:
    """The driver of one reader, at a URL such as socket://HOST:5084.

    `deliver` gets the reads of a report, in the keeper's thread, and must be short; `tell` what the reader says about itself.
    """

    def __init__(self, deliver: Callable[[Sequence[TagRead]], None], settings: LlrpSettings | None = None, *, device: str = "",
                 tell: Callable[[ReaderEvent], None] = lambda _: None,
                 now: Callable[[], int] = lambda: int(time.time() * 1000)) -> None:
        self._deliver, self._tell, self._now = deliver, tell, now
        self._settings, self._device = settings or LlrpSettings(), device
        self._clock = _Clock()

    def talk(self, line: Line) -> None:
        """Reads until the line is lost; raises PortBusy where another program holds the reader."""
        spoken = _Conversation(line, self._take)
        spoken.greeted()
        try:
            firmware = self._set_up(spoken)
            line.ready(firmware)
            silence = self._settings.keepalive_seconds * _SILENCES
            while spoken.listen(silence):
                pass
            raise Silent(f"The reader at {line.url} gave no sign of life for {silence:g} seconds. Is its cable in, is it switched on?")
        finally:
            spoken.leave()

    def _set_up(self, spoken: "_Conversation") -> str:
        settings = self._settings
        if settings.version > 1:
            spoken.agree_on(settings.version)
        known = spoken.understood(says.capabilities, spoken.ask(says.GET_CAPABILITIES, b"\0"))
        spoken.ask(says.SET_CONFIG, says.set_config(settings))
        for left in (0, says.ROSPEC_ID):  # what a program before left there, all of it; some refuse that, or where there is none
            spoken.ask_for_what_may_not_be(says.DELETE_ROSPEC, left.to_bytes(4, "big"))
        spoken.ask(says.ADD_ROSPEC, says.add_rospec(settings, known))
        for step in (says.ENABLE_ROSPEC, says.START_ROSPEC):
            spoken.ask(step, says.ROSPEC_ID.to_bytes(4, "big"))
        if known.holds_reports:
            spoken.send(says.ENABLE_EVENTS_AND_REPORTS)
        return f"{known.firmware} ({known.maker}/{known.model})"

    def _take(self, message: Message) -> None:
        """A message that answers nothing."""
        at = self._now()
        if message.kind == says.REPORT:
            reads = [TagRead(epc=one.epc, antenna=one.antenna, rssi_dbm=one.rssi_dbm, device=self._device,
                             at=self._clock.ours(one.seen_us, at)) for one in says.reads(message.body) if one.epc]
            if reads:
                self._deliver(reads)
        elif message.kind == says.EVENT:
            for event in says.events(message.body, at):
                self._tell(event)


class _Clock:
    """The reader's clock in terms of ours. What was held up on its way is not later for that, and a reader may be years off.

    The quickest message of the last one or two minutes says how far apart the clocks are, so that their drift is followed.
    """

    def __init__(self) -> None:
        self._since = 0
        self._apart: list[int] = []

    def ours(self, seen_us: int, now: int) -> int:
        """Our milliseconds of what the reader saw at its microseconds; now where it has no clock."""
        if not seen_us:
            return now
        seen = seen_us // 1000
        apart = now - seen
        if not self._apart or abs(apart - self._apart[-1]) > _MINUTE_MS:  # the first word, or a clock that was set
            self._apart, self._since = [apart, apart], now
        elif now - self._since > _MINUTE_MS:
            self._apart, self._since = [self._apart[1], apart], now
        self._apart[1] = min(self._apart[1], apart)
        return seen + min(self._apart)


class _Conversation:
    """One connection: questions and their answers, with all that comes between them."""

    def __init__(self, line: Line, take: Callable[[Message], None]) -> None:
        self._line, self._take = line, take
        self._messages = Messages()
        self._waiting: deque[Message] = deque()
        self._rubbish: Unreadable | None = None
        self._numbers = itertools.count(1)
        self._version = 1

    def greeted(self) -> None:
        """Waits for the reader's word whether this connection is its one."""
        for message in self._until(_ANSWER_SECONDS):
            status = self.understood(says.greeting, message.body) if message.kind == says.EVENT else None
            if status == 0:
                return
            if status is not None:
                raise PortBusy(f"The reader at {self._line.url} turned the connection down: {_HELD.get(status, f'status {status}')}. "
                               "A reader serves one program; end the other one.")
        raise Nonsense(f"What answers at {self._line.url} does not greet as an LLRP reader does. Is this its port (5084)?")

    def ask(self, kind: int, body: bytes, *, status_at: int = 0) -> bytes:
        """The body of the answer. Raises ReaderRefuses, and Nonsense where none comes."""
        ident = self.send(kind, body)
        for message in self._until(_ANSWER_SECONDS):
            if message.ident == ident and message.kind in (kind + says.ANSWER, says.ERROR):
                why = self.understood(says.refusal, message.body[0 if message.kind == says.ERROR else status_at:])
                if why:
                    raise ReaderRefuses(f"The reader refuses {says.NAMES[kind]}: {why}.")
                return message.body
            self._came(message)
        raise NoAnswer(f"The reader does not answer {says.NAMES[kind]}.")

    def ask_for_what_may_not_be(self, kind: int, body: bytes, *, status_at: int = 0) -> bytes:
        """The body of the answer, nothing where the reader refuses."""
        try:
            return self.ask(kind, body, status_at=status_at)
        except ReaderRefuses as refused:
            log.debug("%s: %s", self._line.url, refused)
            return b""

    def agree_on(self, version: int) -> None:
        """Takes the newer version where the reader knows it; readers of 1.0.1 refuse the question."""
        self._version = version
        known = self.ask_for_what_may_not_be(says.GET_SUPPORTED_VERSION, b"", status_at=2)
        if len(known) < 2 or known[1] < version:
            self._version = 1
            return
        self.ask(says.SET_PROTOCOL_VERSION, bytes([version]))

    def send(self, kind: int, body: bytes = b"", ident: int | None = None) -> int:
        """Sends without waiting; the message's number."""
        ident = next(self._numbers) if ident is None else ident
        self._line.write(Message(kind, ident, body, self._version).packed())
        return ident

    def listen(self, seconds: float) -> bool:
        """Takes what comes next; False after so much silence."""
        is_alive = bool(self._waiting) or self._receive(seconds)
        while self._waiting:
            self._came(self._waiting.popleft())
        return is_alive

    def leave(self) -> None:
        """Says goodbye, so that the reader is free at once; a line that is gone takes none."""
        with contextlib.suppress(PortError):
            self.send(says.DELETE_ROSPEC, says.ROSPEC_ID.to_bytes(4, "big"))
            self.send(says.CLOSE_CONNECTION)

    def _came(self, message: Message) -> None:
        try:
            if message.kind == says.KEEPALIVE:
                self.send(says.KEEPALIVE_ACK, ident=message.ident)
            elif message.kind == says.EVENT and says.is_closing(message.body):
                raise PortLost(f"The reader at {self._line.url} closed the connection. It is called again.")
            elif message.kind == says.ERROR:
                log.debug("%s does not know what it was told: %s", self._line.url, says.refusal(message.body))
            else:
                self._take(message)
        except Unreadable as error:  # the message's end is known, so that only its content is lost
            self._line.note_error(f"A message of type {message.kind} was not understood: {error}.")

    def understood(self, understand: Callable[[bytes], _Result], body: bytes) -> _Result:
        """What an answer says; raises Nonsense where it says nothing."""
        try:
            return understand(body)
        except Unreadable as error:
            raise Nonsense(f"The reader at {self._line.url} answers what is no LLRP: {error}.") from error

    def _until(self, seconds: float) -> Iterator[Message]:
        """Messages as they come, as long as none is later than that."""
        ends = time.monotonic() + seconds
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            left = ends - time.monotonic()
            if left <= 0:
                return
            self._receive(left)

    def _receive(self, seconds: float) -> bool:
        """Adds the messages that are whole now; False after silence. What came before rubbish still counts."""
        if self._rubbish is not None:
            self._line.note_error(f"Rubbish came: {self._rubbish}.")
            raise Nonsense(f"What comes from {self._line.url} is no LLRP: {self._rubbish}. Is this an LLRP reader's port?")
        data = self._line.read(seconds)
        try:
            for message in self._messages.feed(data):
                self._waiting.append(message)
        except Unreadable as error:
            self._rubbish = error
        return bool(data)
