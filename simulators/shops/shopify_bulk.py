"""What a Shopify shop answers to a query over all it has: not at once, but as lines in a file, what belongs to another thing below it by its number."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.shops.graphql import Node, picked
from simulators.shops.graphql_checking import wrong
from simulators.shops.graphql_reader import Document, Picked, read
from simulators.shops.graphql_tokens import GraphQLError
from simulators.shops.served import Reply
from simulators.shops.shopify_connections import ALL
from simulators.shops.shopify_papers import stamp
from simulators.shops.shopify_shipping import Wrong

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop

_FILE = re.compile(r"/bulk/(\d+)\.jsonl")
_PARTS = ("edges", "nodes")


class Bulk:
    """The bulk operations of a shop, each done before anybody asks how far it is."""

    def __init__(self, shop: "ShopifyShop") -> None:
        self._shop = shop
        self._made: dict[int, dict[str, Any]] = {}
        self._files: dict[int, bytes] = {}

    def run(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """bulkOperationRunQuery: what it finds is written down; it needs a list in it, and tells no pages."""
        text = str(told["query"])
        try:
            lines = list(self._lines(read(text)))
        except GraphQLError as error:
            raise Wrong(422, {"query": [f"Invalid bulk query: {error.words}"]}, "INVALID") from error
        number, now = self._shop.new_id(), stamp(self._shop.now())
        self._files[number] = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in lines).encode()
        made = {"__typename": "BulkOperation", "id": f"gid://shopify/BulkOperation/{number}", "query": text, "type": "QUERY", "createdAt": now, "errorCode": None,
                "partialDataUrl": None, "rootObjectCount": str(sum("__parentId" not in one for one in lines)), "objectCount": str(len(lines))}
        self._made[number] = {
            **made, "status": "COMPLETED", "completedAt": now, "fileSize": str(len(self._files[number])) if lines else None,
            "url": f"{self._shop.address}/bulk/{number}.jsonl" if lines else None}
        return {"bulkOperation": {**made, "status": "CREATED", "completedAt": None, "fileSize": None, "url": None}}

    def cancel(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """bulkOperationCancel: there is never one that is not done."""
        if self.found(told) is None:
            raise Wrong(422, {"id": ["Bulk operation does not exist"]})
        raise Wrong(422, {"base": ["A bulk operation cannot be canceled when it is completed"]})

    def found(self, told: Mapping[str, Any]) -> Node | None:
        """One of them."""
        number = str(told.get("id") or "").rpartition("/")[2]
        return self._made.get(int(number)) if number.isdigit() else None

    def current(self, _told: Mapping[str, Any]) -> Node | None:
        """The latest."""
        return self._made[max(self._made)] if self._made else None

    def file(self, path: str) -> Reply | None:
        """What was written down: whoever knows where it is may read it."""
        found = _FILE.fullmatch(path)
        return Reply(200, self._files[int(found[1])], "application/jsonl") if found and int(found[1]) in self._files else None

    def _lines(self, document: Document) -> Iterator[dict[str, Any]]:
        operation = next(iter(document.operations.values()))
        if not _has_list(operation.fields) or operation.kind != "query":
            raise GraphQLError("Bulk queries must contain at least one connection.")
        for error in wrong(document, self._shop.types):
            raise error
        told = picked(document, replace(operation, fields=_whole(operation.fields)), {"__typename": "QueryRoot", **self._shop.root()}, self._shop.types)
        for value in told.values():
            yield from _flat(value, None)


def _has_list(fields: list[Picked]) -> bool:
    return any(one.name in _PARTS or _has_list(one.fields) for one in fields)


def _whole(fields: list[Picked]) -> list[Picked]:
    """Each list without an end."""
    return [replace(one, arguments={**one.arguments, "first": ALL} if any(each.name in _PARTS for each in one.fields) else one.arguments, fields=_whole(one.fields))
            for one in fields]


def _flat(value: Any, above: str | None) -> Iterator[dict[str, Any]]:
    if not isinstance(value, dict):
        return
    if not _is_list(value):
        yield from _line(value, above)
        return
    for one in value.get("nodes") or [edge["node"] for edge in value.get("edges") or []]:
        yield from _line(one, above)


def _line(node: dict[str, Any], above: str | None) -> Iterator[dict[str, Any]]:
    """A thing by itself, and then what lists of it hold."""
    yield {**{name: value for name, value in node.items() if not _is_list(value)}, **({"__parentId": above} if above else {})}
    for value in node.values():
        if _is_list(value):
            yield from _flat(value, node.get("id"))


def _is_list(value: Any) -> bool:
    return isinstance(value, dict) and any(name in value for name in _PARTS)


def bulk_changes(bulk: Bulk) -> dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]:
    """By the mutation's name."""
    return {"bulkOperationRunQuery": bulk.run, "bulkOperationCancel": bulk.cancel}
