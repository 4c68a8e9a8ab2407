"""What drivers of serial RFID readers have in common: a command, its answers, rubbish between them, and silence."""

import time
from collections.abc import Callable, Iterator, Sequence

from server.ports import Line, NoAnswer, PortLost, Silent
from server.scanners.frames import Frames
from server.scanners.scan import TagRead

ANSWER_SECONDS = 2.0
_SILENCES = 3
_GAP_SECONDS = 0.3
"""Longer than any pause within an answer, also behind adapters to TCP."""
PAUSE_SECONDS = 0.2
"""After a round that failed: a reader without an antenna is not asked a hundred times a second."""


class Asked:
    """A line to a reader that answers commands."""

    def __init__(self, line: Line, frames: Frames) -> None:
        self.line = line
        self._frames = frames
        self._silences = 0
        self._has_answered = False

    def answers(self, command: bytes, belongs: Callable[[bytes], bool]) -> Iterator[bytes]:
        """Sends a command and gives its answers until nobody asks for more or none comes for ANSWER_SECONDS.

        Raises PortLost where a reader that has answered before is silent several times in a row.
        """
        self.line.write(command)
        ends = time.monotonic() + ANSWER_SECONDS
        while (left := ends - time.monotonic()) > 0:
            data = self.line.read(min(left, _GAP_SECONDS) if self._frames.has_begun else left)
            for frame in self._frames.feed(data) if data else self._frames.silence():
                if belongs(frame):
                    self._silences, ends, self._has_answered = 0, time.monotonic() + ANSWER_SECONDS, True
                    yield frame
        self.round_ended()
        self._silences += 1
        if self._silences >= _SILENCES:
            raise self._lost()

    def answer(self, command: bytes, belongs: Callable[[bytes], bool], what: str) -> bytes:
        """The one answer to a command. Where none comes, raises PortLost, and Nonsense where none has ever come."""
        for frame in self.answers(command, belongs):
            self.round_ended()
            return frame
        if self._has_answered:
            raise self._lost()
        raise NoAnswer(f"What answers at {self.line.url} is no {what}, or nothing answers. Is this its port, its baud rate, its address?")

    def round_ended(self) -> None:
        """Counts what was rubbish in it."""
        if self._frames.skipped:
            self.line.note_error(f"{self._frames.skipped} bytes belonged to no answer. Is the baud rate right, the cable good?", "bad_line")
            self._frames.skipped = 0

    def _lost(self) -> PortLost:
        return Silent(f"The reader at {self.line.url} does not answer any more. Is its cable in, is it switched on?")


Deliver = Callable[[Sequence[TagRead]], None]


def clock_ms() -> int:
    """Milliseconds of the machine's clock."""
    return int(time.time() * 1000)
