"""How Taobao's gateway writes an answer: XML unless JSON is asked for, and JSON in a simple form for who wants it."""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from simulators.shops.served import Reply
from simulators.shops.shop import packed


def written_out(told: Mapping[str, str], answer: Mapping[str, Any]) -> Reply:
    """An answer of one name, as `format` and `simplify` ask for it; what is wrong keeps its name in the simple form too."""
    [(name, said)] = answer.items()
    if told.get("format", "xml").lower() != "json":
        body = f'<?xml version="1.0" encoding="utf-8" ?>{"".join(_elements(name, said))}'
        return Reply(body=body.encode(), content_type="text/xml;charset=UTF-8")
    if told.get("simplify", "").lower() == "true" and name != "error_response":
        return Reply(body=packed(_simple(said)))
    return Reply(body=packed(answer))


def _elements(name: str, said: Any) -> Iterator[str]:
    """What holds nothing but a list says so."""
    if not isinstance(said, dict):
        yield f"<{name}>{escape(_text(said))}</{name}>"
        return
    yield f'<{name} list="true">' if _listed(said) is not None else f"<{name}>"
    for one, value in said.items():
        for each in value if isinstance(value, list) else [value]:
            yield from _elements(one, each)
    yield f"</{name}>"


def _simple(said: Any) -> Any:
    """Lists stand where what holds them stood."""
    if isinstance(said, list):
        return [_simple(one) for one in said]
    if not isinstance(said, dict):
        return said
    listed = _listed(said)
    return _simple(listed) if listed is not None else {name: _simple(one) for name, one in said.items()}


def _listed(said: Mapping[str, Any]) -> list[Any] | None:
    values = list(said.values())
    return values[0] if len(values) == 1 and isinstance(values[0], list) else None


def _text(said: Any) -> str:
    return str(said).lower() if isinstance(said, bool) else str(said)
