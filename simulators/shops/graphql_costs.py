"""What a query at a Shopify shop costs: what is asked for before it is answered, what was found after it."""

from collections.abc import Iterable, Mapping
from typing import Any

from simulators.shops.graphql_reader import Document, Operation, Picked, Variable
from simulators.shops.graphql_types import Types, named

COST_MAX = 1_000
_OF_MUTATION, _OF_LIST, _OF_THING = 10.0, 2.0, 1.0
_PARTS = ("nodes", "edges", "node", "pageInfo")
WORDS = ("Query cost is {cost}, which exceeds the single query max cost limit ({most}).\n\nSee https://shopify.dev/concepts/about-apis/rate-limits for more information on how "
         "the cost of a query is calculated.")


def requested(told: Document, operation: Operation, variables: Mapping[str, Any], types: Types) -> float:
    """Two for a list and one for each that it may show, one for any other thing, ten for a change.

    The shop itself takes more for lists in lists, by a rule that it does not tell: what is refused here it refuses as well.
    """
    def of(fields: Iterable[Picked], kind: str) -> float:
        return sum(one_of(one, kind) for one in fields)

    def one_of(one: Picked, kind: str) -> float:
        if one.of is not None:
            held = told.fragments[one.fragment] if one.fragment else one
            return of(held.fields, held.of or kind)
        field = types.field(kind, one.name)
        if field is None or one.name.startswith("__") or not types.is_composite(named(field.type)):
            return 0.0
        return _own(one, named(field.type), variables) + of(one.fields, named(field.type))

    if operation.kind == "mutation":
        return _OF_MUTATION * len(operation.fields)
    return max(_OF_THING, of(operation.fields, types.roots["query"]))


def found(value: Any, kind: str, name: str) -> float:
    """What a thing costs that was found."""
    if not isinstance(value, Mapping) or name.startswith("__"):
        return 0.0
    return _OF_LIST + len(value["nodes"]) if kind.endswith("Connection") else 0.0 if name in _PARTS else _OF_THING


def _own(one: Picked, kind: str, variables: Mapping[str, Any]) -> float:
    if not kind.endswith("Connection"):
        return 0.0 if one.name in _PARTS else _OF_THING
    sizes = [variables.get(size.name) if isinstance(size, Variable) else size for size in (one.arguments.get("first"), one.arguments.get("last"))]
    return _OF_LIST + sum(size for size in sizes if isinstance(size, int))
