"""Reading fields of what a channel wrote: what is missing or not of its kind is named."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from server.oms.channels.base import Document
from server.oms.channels.errors import ChannelError, Misunderstood
from server.oms.channels.times import beijing_instant

_DIGITS_MAX = 15
_FEN = 100


def kept(value: Any) -> Any:
    """The same with all long numbers as text: a browser would round what is beyond 2^53."""
    if isinstance(value, Mapping):
        return {name: kept(each) for name, each in value.items()}
    if isinstance(value, list):
        return [kept(each) for each in value]
    is_long = isinstance(value, int) and not isinstance(value, bool) and len(str(abs(value))) > _DIGITS_MAX
    return str(value) if is_long else value


def part(document: Any, *names: str, error: type[ChannelError] = Misunderstood) -> Document:
    """The mapping under these names, one in another."""
    for place, name in enumerate(names, 1):
        document = document.get(name) if isinstance(document, Mapping) else None
        if not isinstance(document, Mapping):
            where = ".".join(names[:place])
            raise error(f"There is no {where}.", code=where)
    return document  # type: ignore[no-any-return]


def rows(document: Any, *names: str, error: type[ChannelError] = Misunderstood) -> list[Document]:
    """The list of mappings under these names."""
    where = ".".join(names)
    found = part(document, *names[:-1], error=error).get(names[-1])
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise error(f"{where} is no list of objects.", code=where)
    return found


def text_at(document: Document, name: str, default: str | None = None, *, error: type[ChannelError] = Misunderstood) -> str:
    """A text; a number counts as one. Without a default it has to be there."""
    value = document.get(name)
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    if value is None and default is not None:
        return default
    raise error(f"{name} is {value!r}, not a text.", code=name)


def first_text(document: Document, names: Sequence[str]) -> str:
    """The first of these that says something."""
    for name in names:
        if said := text_at(document, name, "").strip():
            return said
    raise Misunderstood(f"There is none of {', '.join(names)}.", code=names[0])


def whole(document: Document, name: str, *, error: type[ChannelError] = Misunderstood) -> int:
    """A whole number that is not negative; text of digits counts as one."""
    value = document.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise error(f"{name} is {value!r}, not a whole number.", code=name)


def fen_of_yuan(document: Document, name: str, default: int | None = None) -> int:
    """Yuan with up to two digits behind the point, in fen."""
    if document.get(name) is None and default is not None:
        return default
    fen = _fen(document, name)
    if fen is None or fen < 0:
        raise _no_amount(document, name)
    return fen


def signed_fen(document: Document, name: str) -> int:
    """The same of what may be below nothing, as a change by the seller's hand; 0 where nothing is said."""
    if document.get(name) in (None, ""):
        return 0
    fen = _fen(document, name)
    if fen is None:
        raise _no_amount(document, name)
    return fen


def _fen(document: Document, name: str) -> int | None:
    try:
        fen = Decimal(text_at(document, name)) * _FEN
        return int(fen) if fen == int(fen) else None
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _no_amount(document: Document, name: str) -> Misunderstood:
    return Misunderstood(f"{name} is {document.get(name)!r}, no amount in yuan.", code=name)


def beijing(document: Document, name: str) -> int:
    """A time in the way of Beijing, as an instant in ms."""
    said = text_at(document, name)
    try:
        return beijing_instant(said)
    except ValueError:
        raise Misunderstood(f"{name} is {said!r}, not a time.", code=name) from None
