"""As much of GraphQL as clients of shops use: what a document asks for is picked out of nodes, or done by functions."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulators.shops.graphql_reader import Document, GraphQLError, Operation, Picked, Variable, read

Node = Mapping[str, Any]
_ANY_TYPE = ("", "Node", "LegacyInteroperability", "HasMetafields", "HasEvents", "CommentEventSubject")


def run(text: str, variables: Mapping[str, Any], name: str, *, query: Callable[[], Node], mutation: Callable[[], Node]) -> dict[str, Any]:
    """The answer to an operation of a document: the one with this name, or the only one."""
    told = read(text)
    operation = told.operations.get(name) if name else next(iter(told.operations.values()))
    if operation is None or (not name and len(told.operations) > 1):
        raise GraphQLError("An operation name is required" if not name else f'No operation named "{name}"', "operationName")
    if missing := sorted(one for one in operation.needed if variables.get(one) is None):
        raise GraphQLError(f"Variable ${missing[0]} was provided invalid value", "INVALID_VARIABLE")
    root = {"__typename": "QueryRoot", **query()} if operation.kind == "query" else {"__typename": "Mutation", **mutation()}
    return picked(told, operation, root, variables)


def picked(told: Document, operation: Operation, root: Node, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What an operation of a document picks out of a node."""
    return _Picking(told, operation, variables or {}).answered(root, operation.fields)


class _Picking:
    """One operation being answered: a value is given as it is, a function is called with the arguments."""

    def __init__(self, told: Document, operation: Operation, variables: Mapping[str, Any]) -> None:
        self._told, self._variables = told, {**operation.defaults, **variables}

    def answered(self, node: Node, fields: list[Picked]) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for one in self._flat(node, fields, ()):
            value = self._field(node, one)
            before = said.get(one.alias)
            said[one.alias] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
        return said

    def _flat(self, node: Node, fields: list[Picked], inside: tuple[str, ...]) -> Iterator[Picked]:
        """Fragments are taken apart, as far as they are about this node."""
        for one in fields:
            if not self._is_wanted(one):
                continue
            if one.of is None:
                yield one
                continue
            held = self._fragment(one.fragment, inside) if one.fragment else one
            if held.of in (*_ANY_TYPE, node.get("__typename")):
                yield from self._flat(node, held.fields, (*inside, one.fragment))

    def _fragment(self, name: str, inside: tuple[str, ...]) -> Picked:
        if name not in self._told.fragments or name in inside:
            raise GraphQLError(f"Fragment {name} was used, but not defined", "useAndDefineFragment")
        return self._told.fragments[name]

    def _is_wanted(self, one: Picked) -> bool:
        return not (("skip" in one.directives and self._filled(one.directives["skip"].get("if")))
                    or ("include" in one.directives and not self._filled(one.directives["include"].get("if"))))

    def _field(self, node: Node, asked: Picked) -> Any:
        if asked.name not in node:
            kind = node.get("__typename", "")
            raise GraphQLError(f"Field '{asked.name}' doesn't exist on type '{kind}'", "undefinedField", typeName=kind, fieldName=asked.name)
        value = node[asked.name]
        if callable(value):
            value = value({name: self._filled(one) for name, one in asked.arguments.items()})
        return self._below(value, asked)

    def _below(self, value: Any, asked: Picked) -> Any:
        if isinstance(value, list):
            return [self._below(one, asked) for one in value]
        if not isinstance(value, Mapping):
            return value
        if not asked.fields:
            raise GraphQLError(f"Field must have selections (field '{asked.name}')", "selectionMismatch")
        return self.answered(value, asked.fields)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Variable):
            return self._variables.get(value.name)
        if isinstance(value, list):
            return [self._filled(one) for one in value]
        return {name: self._filled(one) for name, one in value.items()} if isinstance(value, dict) else value
