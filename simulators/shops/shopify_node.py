"""What a thing of a Shopify shop is in GraphQL: its fields by name, or a promise of them."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from simulators.shops.graphql import Node


def node(of: str, number: Any, /, **fields: Any) -> dict[str, Any]:
    """A thing with its number."""
    return {"__typename": of, "id": f"gid://shopify/{of}/{number}", "legacyResourceId": str(number), **fields}


class Late(Mapping[str, Any]):
    """A thing of which only what is asked for is made, `quick` by itself and the rest together: there may be very many."""

    def __init__(self, known: Node, quick: Mapping[str, Callable[[], Any]], make: Callable[[], Node]) -> None:
        self._known, self._quick, self._make = dict(known), quick, make

    def __getitem__(self, name: str) -> Any:
        if name not in self._known and name in self._quick:
            self._known[name] = self._quick[name]()
        return self._known[name] if name in self._known else self._all[name]

    def __contains__(self, name: object) -> bool:
        return name in self._known or name in self._quick or name in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> Node:
        return self._make()
