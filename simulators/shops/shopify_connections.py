"""Long lists of a Shopify shop in GraphQL: searched, sorted and shown in pages, from either end."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from simulators.shops.graphql import Node
from simulators.shops.graphql_reader import GraphQLError

_FIRST_MAX = 250
_WORD = re.compile(r'(\w+):(>=|<=|>|<|=)?(?:"((?:\\.|[^"\\])*)"|\'((?:\\.|[^\'\\])*)\'|([^\s()]+))')
_TIMES = {"updated_at": "updatedAt", "created_at": "createdAt", "processed_at": "processedAt"}
_FIELDS = {"id": "legacyResourceId", "sku": "sku", "name": "name", "title": "title", "handle": "handle", "barcode": "barcode", "email": "email"}
Arguments = Mapping[str, Any]


def lazily(kind: str, nodes: Callable[[], Sequence[Node]]) -> Callable[[Arguments], dict[str, Any]]:
    """A connection whose nodes are made only when somebody asks."""
    def some(arguments: Arguments) -> dict[str, Any]:
        return connection(kind, nodes())(arguments)
    return some


def connection(kind: str, nodes: Sequence[Node]) -> Callable[[Arguments], dict[str, Any]]:
    """A list in pages."""
    def some(arguments: Arguments) -> dict[str, Any]:
        size, is_last = _size(arguments)
        found = [one for one in _sorted(nodes, arguments) if _matches(one, arguments.get("query") or "")]
        marks = [_mark(one["id"]) for one in found]
        start = marks.index(arguments["after"]) + 1 if arguments.get("after") in marks else 0
        end = marks.index(arguments["before"]) if arguments.get("before") in marks else len(found)
        start, end = (max(start, end - size), end) if is_last else (start, min(end, start + size))
        shown, shown_marks = found[start:end], marks[start:end]
        page = {"__typename": "PageInfo", "hasNextPage": end < len(found), "hasPreviousPage": start > 0,
                "startCursor": shown_marks[0] if shown else None, "endCursor": shown_marks[-1] if shown else None}
        edges = [{"__typename": f"{kind}Edge", "cursor": mark, "node": one} for mark, one in zip(shown_marks, shown, strict=True)]
        return {"__typename": f"{kind}Connection", "nodes": shown, "edges": edges, "pageInfo": page}
    return some


def _size(arguments: Arguments) -> tuple[int, bool]:
    """How many, and whether the last of them."""
    given = [(arguments[name], name == "last") for name in ("first", "last") if arguments.get(name) is not None]
    if len(given) != 1 or not isinstance(given[0][0], int):
        raise GraphQLError("you must provide one of first or last", "argumentLiteralsIncompatible")
    if not 0 < given[0][0] <= _FIRST_MAX:
        raise GraphQLError(f"first cannot exceed {_FIRST_MAX}", "BAD_REQUEST")
    return given[0]


def _sorted(nodes: Sequence[Node], arguments: Arguments) -> list[Node]:
    names = {"UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt", "PROCESSED_AT": "processedAt", "ID": "legacyResourceId"}
    key = arguments.get("sortKey")
    if key is not None and key not in names:
        raise GraphQLError(f"This shop is played and sorts by {', '.join(names)} only.", "notPlayed")
    ordered = sorted(nodes, key=lambda one: _number(one[names[key]])) if key else list(nodes)
    return ordered[::-1] if arguments.get("reverse") else ordered


def _number(told: str) -> tuple[int, str]:
    return (int(told), "") if told.isdigit() else (0, told)


def _matches(one: Node, query: str) -> bool:
    """One of several (OR); each is a word, or several that must all hold."""
    return not query.strip() or any(all(_holds(one, found) for found in _words(part)) for part in query.split(" OR "))


def _words(part: str) -> list[tuple[str, str, str]]:
    found = [(one[1], one[2] or "=", re.sub(r"\\(.)", r"\1", one[3] or one[4] or one[5] or "")) for one in _WORD.finditer(part)]
    if not found or _WORD.sub("", part).replace(" AND ", " ").strip(" ()"):
        raise GraphQLError(f"This shop is played and searches by name and value only, not {part!r}.", "notPlayed")
    return found


def _holds(one: Node, word: tuple[str, str, str]) -> bool:
    name, relation, value = word
    if name in _TIMES and _TIMES[name] in one:
        return _compares(_instant(one[_TIMES[name]]), relation, _instant(value))
    if name in _FIELDS and name != "name":
        return _compares(str(one.get(_FIELDS[name])).lower(), relation, value.lower())
    if name == "name":
        return str(one.get("name")).lstrip("#").lower() == value.lstrip("#").lower()
    if name in _STATES:
        return value == "any" or _STATES[name](one, value)
    raise GraphQLError(f"This shop is played and cannot search by {name}.", "notPlayed")


def _has_status(one: Node, value: str) -> bool:
    if one.get("__typename") != "Order":
        return str(one.get("status")).lower() == value.lower()
    states = {"open": not one["cancelledAt"] and not one["closed"], "closed": one["closed"], "cancelled": bool(one["cancelledAt"]), "not_closed": not one["closed"]}
    return value in states and bool(states[value])


def _is_shipped(one: Node, value: str) -> bool:
    wanted = {"shipped": ("FULFILLED",), "fulfilled": ("FULFILLED",), "partial": ("PARTIALLY_FULFILLED",), "unfulfilled": ("UNFULFILLED",),
              "unshipped": ("UNFULFILLED", "PARTIALLY_FULFILLED")}
    return one["displayFulfillmentStatus"] in wanted.get(value.lower(), ())


_STATES: Mapping[str, Callable[[Node, str], bool]] = {
    "status": _has_status, "fulfillment_status": _is_shipped,
    "financial_status": lambda one, value: str(one["displayFinancialStatus"]).lower() == value.lower(),
    "tag": lambda one, value: value.lower() in (str(tag).lower() for tag in one["tags"])}


def _compares(one: Any, relation: str, other: Any) -> bool:
    return bool({"=": one == other, ">=": one >= other, ">": one > other, "<=": one <= other, "<": one < other}[relation])


def _instant(told: str) -> datetime:
    try:
        at = datetime.fromisoformat(told)
    except ValueError as error:
        raise GraphQLError(f"This shop is played and takes {told!r} for no time.", "notPlayed") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _mark(gid: str) -> str:
    return base64.b64encode(gid.encode()).decode()
