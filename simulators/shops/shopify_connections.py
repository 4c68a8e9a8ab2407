"""Long lists of a Shopify shop in GraphQL: searched, sorted and shown in pages, from either end."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulators.shops.graphql import Node
from simulators.shops.graphql_tokens import GraphQLError
from simulators.shops.shopify_search import meant

_FIRST_MAX = 250
ALL = 2**31
"""How many are wanted by who wants a list without an end; nobody can ask for so many."""
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
        found = matching(_sorted(nodes, arguments), arguments)
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


def matching(nodes: Sequence[Node], arguments: Arguments) -> list[Node]:
    """Those that are searched."""
    is_meant = meant(arguments.get("query") or "")
    return [one for one in nodes if is_meant(one)]


def _size(arguments: Arguments) -> tuple[int, bool]:
    """How many, and whether the last of them."""
    given = [(arguments[name], name == "last") for name in ("first", "last") if arguments.get(name) is not None]
    if len(given) != 1 or not isinstance(given[0][0], int):
        raise GraphQLError("you must provide one of first or last", "BAD_REQUEST")
    if not 0 < given[0][0] <= _FIRST_MAX and given[0][0] is not ALL:
        raise GraphQLError(f"first cannot exceed {_FIRST_MAX}", "BAD_REQUEST")
    return given[0]


def _sorted(nodes: Sequence[Node], arguments: Arguments) -> list[Node]:
    names = {"UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt", "PROCESSED_AT": "processedAt", "ID": "legacyResourceId", "ORDER_NUMBER": "legacyResourceId",
             "TITLE": "title", "NAME": "name", "SKU": "sku", "RELEVANCE": "legacyResourceId"}
    key = arguments.get("sortKey")
    if key is not None and key not in names:
        raise GraphQLError(f"This shop is played and sorts by {', '.join(names)} only.", "notPlayed")
    ordered = sorted(nodes, key=lambda one: _number(one[names[key]])) if key else list(nodes)
    return ordered[::-1] if arguments.get("reverse") else ordered


def _number(told: str) -> tuple[int, str]:
    return (int(told), "") if told.isdigit() else (0, told)


def _mark(gid: str) -> str:
    return base64.b64encode(gid.encode()).decode()
