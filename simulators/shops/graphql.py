"""As much of GraphQL as clients of shops use: what a document asks for is picked out of nodes, or done by functions."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulators.shops.graphql_checking import wrong
from simulators.shops.graphql_reader import Directive, Document, Operation, Picked, Variable, read
from simulators.shops.graphql_tokens import GraphQLError
from simulators.shops.graphql_types import Types
from simulators.shops.graphql_values import given, typed

Node = Mapping[str, Any]
_MISSING = object()


def run(text: str, variables: Mapping[str, Any], name: str, types: Types, *, query: Callable[[], Node], mutation: Callable[[], Node]) -> dict[str, Any]:
    """What is answered: data of the operation with this name, or of the only one; or what is wrong with the document, the variables or what was found."""
    try:
        told = read(text)
        if errors := wrong(told, types):
            return {"errors": [one.told() for one in errors]}
        operation = _chosen(told, name)
        values = given(operation, variables, types)
    except GraphQLError as error:
        return {"errors": [error.told()]}
    root = {"__typename": "QueryRoot", **query()} if operation.kind == "query" else {"__typename": "Mutation", **mutation()}
    picking = _Picking(told, types, values)
    try:
        data: Any = picking.answered(root, operation.fields, [])
    except GraphQLError as error:
        data = None
        picking.errors.append(error)
    return {"data": data, **({"errors": [one.told() for one in picking.errors]} if picking.errors else {})}


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
