"""How a text goes into its box: smaller, then onto more lines, then cut with a mark; whoever measures, in the same way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labels.drawing import LEADING, Text

Measure = Callable[[str], float]
"""The width of a text with letters of size 1."""
CUT_MARK = ".."
TEXT_MAX = 2000
"""Characters of a text that are looked at: more never fit on a label."""
_STEP = 0.94
_NARROWEST = 0.15  # of the letters' height: no font has a narrower letter


@dataclass(frozen=True, slots=True)
class Line:
    """A line that fits: its upper edge and size in millimetres."""

    y: float
    size: float
    text: str


def lines_of(text: Text, measure: Measure) -> Sequence[Line]:
    """The lines of a text, of one size; nothing of them is wider than the box."""
    words = cleaned(text.text)
    size = text.size
    if not words:
        return ()
    if text.lines == 1:
        size = min(size, max(text.least, text.width / max(measure(words), 1e-6)))
        parts = [words]
    else:
        parts = _wrapped(words, text.width / size, measure)
        while len(parts) > text.lines and size > text.least:
            size = max(size * _STEP, text.least)
            parts = _wrapped(words, text.width / size, measure)
    kept = [*parts[:text.lines - 1], " ".join(parts[text.lines - 1:])] if len(parts) >= text.lines else parts
    return [Line(text.y + at * size * LEADING, size, _cut(part, text.width / size, measure)) for at, part in enumerate(kept)]


def cleaned(text: str) -> str:
    """A text as one line of signs that can be drawn: controls and line ends are blanks, broken and unassigned ones a question mark."""
    return "".join(sign if sign.isprintable() else "?" if "\ud800" <= sign <= "\udfff" else " " for sign in text[:TEXT_MAX]).strip()


def _wrapped(text: str, room: float, measure: Measure) -> list[str]:
    parts, rest = list[str](), text
    while rest:
        end = _fitting(rest, room, measure)
        space = rest.rfind(" ", 0, end + 1) if end < len(rest) else -1
        end = space if space > 0 else max(end, 1)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return parts


def _cut(text: str, room: float, measure: Measure) -> str:
    if measure(text) <= room * 1.0001:
        return text
    kept = _fitting(text, room - measure(CUT_MARK), measure)
    return text[:kept].rstrip() + CUT_MARK if kept else text[:1]


def _fitting(text: str, room: float, measure: Measure) -> int:
    """How many signs fit: halved, as texts may be long."""
    low, high = 0, min(len(text), int(room / _NARROWEST) + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= room * 1.0001 else (low, middle - 1)
    return low
