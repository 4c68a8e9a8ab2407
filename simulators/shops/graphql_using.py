"""Whether the arguments in a document of GraphQL are those that its fields take, and whether its variables fit where they are used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulators.shops.graphql_reader import Declared, Directive, Document, Operation, Picked, Variable
from simulators.shops.graphql_tokens import GraphQLError, Place
from simulators.shops.graphql_types import Field, Types, named
from simulators.shops.graphql_values import is_literal_of, shown


@dataclass(frozen=True)
class _Owner:
    """What takes arguments."""

    kind: str
    name: str
    takes: Mapping[str, str]


class Arguments:
    """The arguments of fields, of directives, and of input objects inside them."""

    def __init__(self, types: Types) -> None:
        self._types = types

    def of_field(self, one: Picked, field: Field, path: list[Any]) -> Iterator[GraphQLError]:
        """All that is wrong with those of a field."""
        for name, value in one.arguments.items():
            yield from self._one(_Owner("Field", one.name, field.takes), name, value, at=one.places.get(name, one.at), path=path)
        yield from _missing(_Owner("Field", one.name, field.takes), one.arguments, one.at, path)

    def of_directive(self, one: Directive, path: list[Any]) -> Iterator[GraphQLError]:
        """All that is wrong with those of a directive."""
        owner = _Owner("Directive", one.name, self._types.directives[one.name])
        for name, value in one.arguments.items():
            yield from self._one(owner, name, value, at=one.at, path=path)
        yield from _missing(owner, one.arguments, one.at, path)

    def _one(self, owner: "_Owner", name: str, value: Any, *, at: Place, path: list[Any]) -> Iterator[GraphQLError]:
        here, title, what = [*path, name], f"{owner.kind} '{owner.name}'", owner.takes.get(name)
        if what is None:
            yield GraphQLError(f"{title} doesn't accept argument '{name}'", "argumentNotAccepted", at=at, path=here, name=owner.name, typeName=owner.kind, argumentName=name)
        elif (value is None and what.endswith("!")) or not is_literal_of(value, what, self._types):
            yield GraphQLError(f"Argument '{name}' on {title} has an invalid value ({shown(value)}). Expected type '{what}'.", "argumentLiteralsIncompatible", at=at,
                               path=here, typeName=owner.kind, argumentName=name)
        else:
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and named(what) in self._types.inputs:
                    yield from self._object(one, named(what), at, here)

    def _object(self, value: Mapping[str, Any], of: str, at: Place, path: list[Any]) -> Iterator[GraphQLError]:
        takes = self._types.inputs[of]
        for name, one in value.items():
            yield from self._one(_Owner("InputObject", of, takes), name, one, at=at, path=path)
        for name, what in takes.items():
            if what.endswith("!") and name not in value:
                yield GraphQLError(f"Argument '{name}' on InputObject '{of}' is required. Expected type {what}", "missingRequiredInputObjectAttribute", at=at, path=[*path, name],
                                   argumentName=name, argumentType=what, inputObjectType=of)


def used(operation: Operation, told: Document, types: Types) -> Iterator[GraphQLError]:
    """What is wrong with how an operation, with its fragments, uses its variables."""
    title = operation.name or f"anonymous {operation.kind}"
    seen = set[str]()
    for name, argument, what, at, path in _uses(operation, told, types):
        seen.add(name)
        declared = operation.variables.get(name)
        if declared is None:
            yield GraphQLError(f"Variable ${name} is used by {title} but not declared", "variableNotDefined", at=at, path=path, variableName=name)
        elif what and types.is_input(named(declared.type)) and (why := _mismatch(declared, what)):
            yield GraphQLError(f"{why} on variable ${name} and argument {argument} ({declared.type} / {what})", "variableMismatch", at=at, path=path, variableName=name,
                               typeName=declared.type, argumentName=argument, errorMessage=why)
    for name in operation.variables:
        if name not in seen:
            yield GraphQLError(f"Variable ${name} is declared by {title} but not used", "variableNotUsed", at=operation.at, path=[f"{operation.kind} {operation.name}".strip()],
                               variableName=name)


def _mismatch(declared: Declared, what: str) -> str:
    """Why a variable cannot stand where this is wanted, "" when it can."""
    is_there = declared.type.endswith("!") or (declared.has_default and declared.default is not None)
    if what.endswith("!") and not is_there:
        return "Nullability mismatch"
    if named(declared.type) != named(what):
        return "Type mismatch"
    inner, wanted = declared.type.removesuffix("!"), what.removesuffix("!")
    if inner.count("[") != wanted.count("["):
        return "List dimension mismatch"
    return "Nullability mismatch" if wanted.endswith("!]") and not inner.endswith("!]") else ""


def _uses(operation: Operation, told: Document, types: Types) -> Iterator[tuple[str, str, str, Place, list[Any]]]:
    """Each variable that is used: its name, the argument, the type that is wanted, where."""
    stack: list[tuple[list[Picked], str, list[Any]]] = [(operation.fields, types.roots[operation.kind], [f"{operation.kind} {operation.name}".strip()])]
    known = set[str]()
    while stack:
        fields, of, path = stack.pop()
        for one in fields:
            for directive in one.directives.values():
                yield from _in(directive.arguments, types.directives.get(directive.name, {}), types, directive.at, path)
            if one.of is not None:
                held = told.fragments.get(one.fragment) if one.fragment else one
                if held is not None and one.fragment not in known:
                    known |= {one.fragment} - {""}
                    stack.append((held.fields, held.of or of, path))
            elif field := types.field(of, one.name):
                yield from _in(one.arguments, field.takes, types, one.at, [*path, one.alias])
                stack.append((one.fields, named(field.type), [*path, one.alias]))
            else:
                yield from _in(one.arguments, {}, types, one.at, [*path, one.alias])


def _in(arguments: Mapping[str, Any], takes: Mapping[str, str], types: Types, at: Place, path: list[Any]) -> Iterator[tuple[str, str, str, Place, list[Any]]]:
    """What is not taken is wrong already, whatever the variable is."""
    for name, value in arguments.items():
        what = takes.get(name, "")
        for one, wanted in _variables(value, what, types):
            yield one.name, name, wanted, at, [*path, name]


def _variables(value: Any, what: str, types: Types) -> Iterator[tuple[Variable, str]]:
    if isinstance(value, Variable):
        yield value, what
    elif isinstance(value, list):
        inner = what.removesuffix("!")[1:-1] if what.startswith("[") else what
        for one in value:
            yield from _variables(one, inner, types)
    elif isinstance(value, dict):
        takes = types.inputs.get(named(what), {})
        for name, one in value.items():
            yield from _variables(one, takes.get(name, ""), types)


def _missing(owner: _Owner, given: Mapping[str, Any], at: Place, path: list[Any]) -> Iterator[GraphQLError]:
    if missing := [one for one, what in owner.takes.items() if what.endswith("!") and one not in given]:
        yield GraphQLError(f"{owner.kind} '{owner.name}' is missing required arguments: {', '.join(missing)}", "missingRequiredArguments", at=at, path=path,
                           className=owner.kind, name=owner.name, arguments=", ".join(missing))
