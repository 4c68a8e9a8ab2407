"""The fields of all that a shop in which everything has happened shows, by type: what no value shows is said besides."""

from collections.abc import Mapping
from typing import Any

from simulators.shops.graphql import Node
from simulators.shops.graphql_tokens import GraphQLError
from simulators.shops.graphql_types import Field, pairs
from simulators.shops.shopify_inputs import OF_FIELDS, OF_LISTS
from simulators.shops.shopify_typed import OBJECTS

_PLAIN = {bool: "Boolean", int: "Int", float: "Float", str: "String"}
_NOTHING = "Nothing"
_ASKED: Mapping[str, Any] = {"first": 1, "names": ["available"], "ids": [], "key": "k", "namespace": "n", "handle": "a", "type": "QUERY"}


class Seen:
    """`gids` are of what can be asked for by number."""

    def __init__(self, gids: Mapping[str, str]) -> None:
        self._gids = gids
        self.fields: dict[str, dict[str, Field]] = {}

    def see(self, node: Node) -> str:
        """The name of its type; a field that was nothing at first may be something in another."""
        kind = str(node["__typename"])
        known, told = self.fields.setdefault(kind, {}), pairs(OBJECTS.get(kind, ""))
        if kind.endswith("Connection") and not node["nodes"]:
            return self._nobody(kind, kind.removesuffix("Connection"))
        for name in node:
            if name == "__typename" or (name in known and known[name].type != _NOTHING):
                continue
            known[name] = Field("Looked at", {})
            found = self._what(self._asked(node[name], name))
            what = told.get(name) or ("ID!" if name == "id" else "UnsignedInt64!" if name == "legacyResourceId" else "DateTime" if name.endswith("At") else found)
            takes = OF_FIELDS.get(f"{kind}.{name}", OF_LISTS if what.endswith("Connection") else "")
            known[name] = Field(f"{what}!" if what.endswith("Connection") else what, pairs(takes))
        return kind

    def complete(self) -> dict[str, dict[str, Field]]:
        """All of them, with those that are only said; of what was never anything a text is said."""
        for kind in {**self.fields, **OBJECTS}:
            fields = self.fields.setdefault(kind, {})
            fields.update({name: Field(what, {}) for name, what in pairs(OBJECTS.get(kind, "")).items() if name not in fields})
            fields.update({name: Field("String", one.takes) for name, one in fields.items() if one.type == _NOTHING})
        return self.fields

    def _asked(self, value: Any, name: str) -> Any:
        if not callable(value):
            return value
        try:
            return value({**_ASKED, "id": self._gids.get(name, ""), "identifier": {"id": self._gids["order"], "handle": "a"}, "locationId": self._gids["location"]})
        except (GraphQLError, LookupError, TypeError, ValueError):
            return None

    def _nobody(self, kind: str, of: str) -> str:
        """A list of things of which none was seen."""
        if not self.fields[kind]:
            self.see({"__typename": "PageInfo", "hasNextPage": False, "hasPreviousPage": False, "startCursor": "", "endCursor": ""})
            self.fields[kind] = {"nodes": Field(f"[{of}!]!", {}), "edges": Field(f"[{of}Edge!]!", {}), "pageInfo": Field("PageInfo!", {})}
            self.fields[f"{of}Edge"] = {"cursor": Field("String!", {}), "node": Field(f"{of}!", {})}
            if of in OBJECTS:
                self.fields.setdefault(of, {})
        return kind

    def _what(self, value: Any) -> str:
        if isinstance(value, list):
            return f"[{self._what(value[0]) if value else 'String'}!]!"
        return self.see(value) if isinstance(value, Mapping) else _PLAIN.get(type(value), _NOTHING)
