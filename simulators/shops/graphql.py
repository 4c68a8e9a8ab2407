"""As much of GraphQL as clients of shops use: what a document asks for is picked out of nodes, or done by functions."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulators.shops.graphql_checking import wrong
from simulators.shops.graphql_costs import found, requested
from simulators.shops.graphql_reader import Directive, Document, Operation, Picked, Variable, read
from simulators.shops.graphql_tokens import GraphQLError
from simulators.shops.graphql_types import Types, named
from simulators.shops.graphql_values import given, typed

Node = Mapping[str, Any]
_MISSING = object()


class Question:
    """An operation that may be answered: the one with this name, or the only one; GraphQLErrors where the document or a variable is wrong."""

    def __init__(self, text: str, variables: Mapping[str, Any], name: str, types: Types) -> None:
        try:
            self._told, self._types = read(text), types
            if errors := wrong(self._told, types):
                raise GraphQLErrors(errors)
            self._operation = _chosen(self._told, name)
            self._values = given(self._operation, variables, types)
        except GraphQLError as error:
            raise GraphQLErrors([error]) from error
        self.cost = requested(self._told, self._operation, self._values, types)
        """What it may cost."""

    def answer(self, *, query: Callable[[], Node], mutation: Callable[[], Node]) -> tuple[dict[str, Any], float]:
        """Data, and why some of it is not there; and what it cost."""
        is_query = self._operation.kind == "query"
        root, picking = {"__typename": "QueryRoot", **query()} if is_query else {"__typename": "Mutation", **mutation()}, _Picking(self._told, self._types, self._values)
        try:
            data: Any = picking.answered(root, self._operation.fields, [])
        except GraphQLError as error:
            data = None
            picking.errors.append(error)
        errors = {"errors": [one.told() for one in picking.errors]} if picking.errors else {}
        return {"data": data, **errors}, min(self.cost, max(1.0, picking.cost)) if is_query else self.cost


class GraphQLErrors(Exception):
    """Why nothing is answered."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(str(errors))
        self.told = [one.told() for one in errors]


def picked(told: Document, operation: Operation, root: Node, types: Types) -> dict[str, Any]:
    """What an operation of a document picks out of a node; GraphQLError where something is not answered."""
    picking = _Picking(told, types, {})
    data = picking.answered(root, operation.fields, [])
    for error in picking.errors:
        raise error
    return data


def _chosen(told: Document, name: str) -> Operation:
    if not name and len(told.operations) > 1:
        raise GraphQLError("An operation name is required", "operationName")
    if name and name not in told.operations:
        raise GraphQLError(f'No operation named "{name}"', "operationName")
    return told.operations[name] if name else next(iter(told.operations.values()))


class _Picking:
    """One operation being answered: a value is given as it is, a function is called with the arguments."""

    def __init__(self, told: Document, types: Types, variables: Mapping[str, Any]) -> None:
        self._told, self._types, self._variables = told, types, variables
        self.errors: list[GraphQLError] = []
        """Why something is null that may be."""
        self.cost = 0.0

    def answered(self, node: Node, fields: list[Picked], path: list[Any]) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for one in self._flat(node, fields):
            value = self._field(node, one, [*path, one.alias])
            said[one.alias] = _merged(said[one.alias], value) if one.alias in said else value
        return said

    def _flat(self, node: Node, fields: list[Picked]) -> Iterator[Picked]:
        """Fragments are taken apart, as far as they are about this node."""
        for one in fields:
            if not self._is_wanted(one):
                continue
            if one.of is None:
                yield one
                continue
            held = self._told.fragments[one.fragment] if one.fragment else one
            if not held.of or node.get("__typename") in self._types.may_be(held.of):
                yield from self._flat(node, held.fields)

    def _is_wanted(self, one: Picked) -> bool:
        return not self._says(one.directives.get("skip"), otherwise=False) and self._says(one.directives.get("include"), otherwise=True)

    def _says(self, directive: Directive | None, *, otherwise: bool) -> bool:
        return otherwise if directive is None else bool(self._filled(directive.arguments.get("if")))

    def _field(self, node: Node, asked: Picked, path: list[Any]) -> Any:
        kind = str(node.get("__typename", ""))
        field, value = self._types.field(kind, asked.name), node.get(asked.name, _MISSING)
        if value is _MISSING and field is None:
            raise GraphQLError(f"Field '{asked.name}' doesn't exist on type '{kind}'", "undefinedField", at=asked.at, path=path, typeName=kind, fieldName=asked.name)
        if value is _MISSING:  # a thing that is told of only shortly here
            return [] if field and field.type.startswith("[") else None
        try:
            if callable(value):
                takes = field.takes if field else {}
                value = value({name: typed(told, takes.get(name, "JSON"), self._types) for name, one in asked.arguments.items() if (told := self._filled(one)) is not _MISSING})
            self.cost += found(value, named(field.type) if field else "", asked.name)
            return self._below(value, asked, path)
        except GraphQLError as error:
            error.at, error.path = error.at or asked.at, path if error.path is None else error.path
            if field is None or field.type.endswith("!"):
                raise
            self.errors.append(error)
            return None

    def _below(self, value: Any, asked: Picked, path: list[Any]) -> Any:
        if isinstance(value, list):
            return [self._below(one, asked, [*path, place]) for place, one in enumerate(value)]
        return self.answered(value, asked.fields, path) if isinstance(value, Mapping) else value

    def _filled(self, value: Any) -> Any:
        """A variable that was not given is as if its argument were not there."""
        if isinstance(value, Variable):
            return self._variables.get(value.name, _MISSING)
        if isinstance(value, list):
            return [None if (told := self._filled(one)) is _MISSING else told for one in value]
        return {name: told for name, one in value.items() if (told := self._filled(one)) is not _MISSING} if isinstance(value, dict) else value


def _merged(before: Any, after: Any) -> Any:
    """The same thing picked twice: all that either picked of it."""
    if isinstance(before, dict) and isinstance(after, dict):
        return {**before, **{name: _merged(before[name], one) if name in before else one for name, one in after.items()}}
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [_merged(one, other) for one, other in zip(before, after, strict=True)]
    return after
