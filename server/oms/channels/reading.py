"""Reading what a channel wrote: whatever is missing or of another kind is Misunderstood, named by its place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from server.oms.channels.errors import ChannelChanged, Misunderstood
from server.oms.channels.money import minor

_WHOLE_MAX = 2**53 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Part:
    """A part of a document, and its place there. What is null counts as missing. `ref` is what the whole is called by."""

    def __init__(self, value: Any, place: str = "", ref: str = "") -> None:
        if not isinstance(value, Mapping):
            raise Misunderstood(f"{place or 'The order'} is no object: {str(value)[:40]!r}", code=place, ref=ref)
        self._value, self._place, self._ref = value, place, ref

    def at(self, name: str) -> str:
        """Where a field of it is."""
        return f"{self._place}.{name}" if self._place else name

    def has(self, name: str) -> bool:
        """Whether there is such a field."""
        return self._value.get(name) is not None

    def is_filled(self, name: str) -> bool:
        """Whether it is there, and neither empty nor no."""
        return bool(self._value.get(name))

    def wrong(self, name: str, why: str) -> Misunderstood:
        """What to raise when a field says what nobody can read."""
        return Misunderstood(f"{self.at(name)} {why}: {self._shown(name)}", code=self.at(name), ref=self._ref)

    def text(self, name: str, default: str | None = None) -> str:
        """A text, or a whole number as one."""
        value = self._value.get(name, default)
        value = default if value is None else value
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise self.wrong(name, "is no text")

    def unknown(self, name: str) -> Misunderstood:
        """What to raise when a field says a word of theirs that we do not know."""
        return Misunderstood(f"{self.at(name)} is none that we know: {self._shown(name)}", code=self.at(name), ref=self._ref)

    def gone(self, name: str) -> Misunderstood:
        """What to raise when nothing says any more which goods a line is of."""
        return Misunderstood(f"{self.at(name)} is missing, and the goods are not in the shop any more.", code=self.at(name), ref=self._ref)

    def ref(self, name: str) -> str:
        """What something is called by: a text or a number, not empty."""
        value = self.text(name)
        if not value:
            raise self.wrong(name, "names nothing")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes or no."""
        value = self._value.get(name)
        value = default if value is None else value
        if not isinstance(value, bool):
            raise self.wrong(name, "is neither yes nor no")
        return value

    def texts(self, name: str) -> list[str]:
        """The texts in a list; none when it is missing."""
        value = self._value.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(name, "is no list of texts")
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number, also as text."""
        value = self._value.get(name)
        value = default if value is None else value
        if isinstance(value, str) and value.removeprefix("-").isascii() and value.removeprefix("-").isdigit() and len(value) < 19:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self.wrong(name, "is no whole number")

    def money(self, name: str, currency: str, default: str | None = None) -> int:
        """An amount, in the currency's smallest unit."""
        try:
            return minor(self.text(name, default), currency)
        except ValueError as error:
            raise self.wrong(name, "is no amount") from error

    def instant(self, name: str) -> int:
        """A time (ISO 8601) as UTC in ms; one without a zone is UTC already."""
        try:
            told = datetime.fromisoformat(self.text(name))
        except ValueError as error:
            raise self.wrong(name, "is no time") from error
        return ((told if told.tzinfo else told.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)

    def part(self, name: str) -> "Part":
        """A part of this part; an empty one when it is missing."""
        return Part(self._value[name] if self.has(name) else {}, self.at(name), self._ref)

    def parts(self, name: str) -> Iterator["Part"]:
        """The parts in a list; none when it is missing."""
        value = self._value.get(name, [])
        if value is not None and not isinstance(value, list):
            raise self.wrong(name, "is no list")
        for number, one in enumerate(value or []):
            yield Part(one, f"{self.at(name)}[{number}]", self._ref)

    def _shown(self, name: str) -> str:
        return repr(str(self._value.get(name))[:60])


@contextmanager
def as_written(what: str) -> Iterator[None]:
    """Answers of a channel are taken apart in here; one that is written otherwise is ChannelChanged, named by `what`."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ChannelChanged(f"The {what} are not written as they used to be: {error!r}", code=what) from error


def order_part(document: Any) -> Part:
    """A whole order, known by its `id` where it has one."""
    ref = document.get("id") if isinstance(document, Mapping) else None
    return Part(document, ref=str(ref) if isinstance(ref, int | str) else "")


def safe(value: Any) -> Any:
    """The same JSON with whole numbers as text where a browser would round them."""
    try:
        return _safe(value)
    except RecursionError as error:
        raise ChannelChanged("The answer is nested too deeply.", code="body") from error


def _safe(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _safe(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_safe(one) for one in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _WHOLE_MAX else value
