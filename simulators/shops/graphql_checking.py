"""Whether a document in GraphQL may be asked of a schema: each thing that is wrong, in the words of the library that Shopify answers with."""

from collections.abc import Iterator, Mapping
from typing import Any

from simulators.shops.graphql_reader import Document, Operation, Picked
from simulators.shops.graphql_tokens import GraphQLError
from simulators.shops.graphql_types import Field, Types, named
from simulators.shops.graphql_using import Arguments, used
from simulators.shops.graphql_values import shown


def wrong(told: Document, types: Types) -> list[GraphQLError]:
    """All that is wrong, in the order in which it stands there."""
    checking = _Checking(told, types)
    found = [error for operation in told.operations.values() for error in checking.operation(operation)]
    for name, fragment in told.fragments.items():
        found += checking.fragment(name, fragment)
    for name, fragment in told.fragments.items():
        if name not in checking.spread:
            found.append(GraphQLError(f"Fragment {name} was defined, but not used", "useAndDefineFragment", at=fragment.at, path=[f"fragment {name}"], fragmentName=name))
    return found


class _Checking:
    def __init__(self, told: Document, types: Types) -> None:
        self._told, self._types, self._arguments = told, types, Arguments(types)
        self.spread = {one.fragment for fields in [*(one.fields for one in told.operations.values()), *(one.fields for one in told.fragments.values())]
                       for one in _spreads(fields)}

    def operation(self, operation: Operation) -> Iterator[GraphQLError]:
        title = f"{operation.kind} {operation.name}".strip()
        root = self._types.roots[operation.kind]
        yield from self._declared(operation, title)
        yield from self._all(operation.fields, root, [title])
        yield from used(operation, self._told, self._types)

    def fragment(self, name: str, fragment: Picked) -> Iterator[GraphQLError]:
        path: list[Any] = [f"fragment {name}"]
        if self._holds_itself(name, fragment.fields, ()):
            yield GraphQLError(f"Fragment {name} contains an infinite loop", "infiniteLoop", at=fragment.at, path=path, fragmentName=name)
            return
        yield from self._condition(fragment, path)
        if self._types.is_composite(fragment.of or ""):
            yield from self._all(fragment.fields, fragment.of or "", path)

    def _declared(self, operation: Operation, title: str) -> Iterator[GraphQLError]:
        for one in operation.variables.values():
            if not self._types.is_input(named(one.type)):
                yield GraphQLError(f"{named(one.type)} isn't a defined input type (on ${one.name})", "variableRequiresValidType", at=one.at, path=[title],
                                   typeName=named(one.type), variableName=one.name)

    def _all(self, fields: list[Picked], of: str, path: list[Any]) -> Iterator[GraphQLError]:
        names: dict[str, Picked] = {}
        for one in fields:
            yield from self._directives(one, path)
            if one.of is not None:
                yield from self._spread(one, of, path)
                continue
            before = names.setdefault(one.alias, one)
            if (before.name, before.arguments) != (one.name, one.arguments):
                what, each = ("a field", (before.name, one.name)) if before.name != one.name else ("an argument", (shown(before.arguments), shown(one.arguments)))
                yield GraphQLError(f"Field '{one.alias}' has {what} conflict: {' or '.join(each)}?", "fieldConflict", at=one.at, path=[], fieldName=one.alias,
                                   conflicts=" or ".join(each))
            yield from self._field(one, of, [*path, one.alias])

    def _field(self, one: Picked, of: str, path: list[Any]) -> Iterator[GraphQLError]:
        field = self._types.field(of, one.name)
        if field is None:
            yield GraphQLError(f"Field '{one.name}' doesn't exist on type '{of}'", "undefinedField", at=one.at, path=path, typeName=of, fieldName=one.name)
            return
        yield from self._arguments.of_field(one, field, path)
        what = named(field.type)
        if self._types.is_composite(what):
            yield from self._picked_of(one, field, path)
        elif one.has_fields:
            kind, names = "enums" if what in self._types.enums else "scalars", [each.name for each in one.fields]
            quoted = "[" + ", ".join(f'"{each}"' for each in names) + "]"
            yield GraphQLError(f"Selections can't be made on {kind} (field '{one.name}' returns {what} but has selections {quoted})", "selectionMismatch", at=one.at, path=path,
                               nodeName=f"field '{one.name}'", typeName=what)

    def _picked_of(self, one: Picked, field: Field, path: list[Any]) -> Iterator[GraphQLError]:
        what = named(field.type)
        if not one.fields:
            yield GraphQLError(f"Field must have selections (field '{one.name}' returns {what} but has no selections. Did you mean '{one.name} {{ ... }}'?)", "selectionMismatch",
                               at=one.at, path=path, nodeName=f"field '{one.name}'", typeName=what)
        yield from self._all(one.fields, what, path)

    def _spread(self, one: Picked, of: str, path: list[Any]) -> Iterator[GraphQLError]:
        held = self._told.fragments.get(one.fragment) if one.fragment else one
        if held is None:
            yield GraphQLError(f"Fragment {one.fragment} was used, but not defined", "useAndDefineFragment", at=one.at, path=[*path, f"... {one.fragment}"], fragmentName=one.fragment)
            return
        here = [*path, f"... {one.fragment}" if one.fragment else f"... on {one.of}" if one.of else "..."]
        if not one.fragment:
            yield from self._condition(one, here)
        if held.of and self._types.is_composite(held.of) and not {*self._types.may_be(held.of)} & {*self._types.may_be(of)}:
            name = one.fragment or "unknown"
            yield GraphQLError(f"Fragment {f'{name} ' if one.fragment else ''}on {held.of} can't be spread inside {of}", "cannotSpreadFragment", at=one.at, path=here,
                               typeName=held.of, fragmentName=name, parentName=of)
        elif not one.fragment and (not one.of or self._types.is_composite(one.of)):
            yield from self._all(one.fields, one.of or of, here)

    def _condition(self, one: Picked, path: list[Any]) -> Iterator[GraphQLError]:
        if not one.of or self._types.is_composite(one.of):
            return
        if self._types.is_input(one.of):
            yield GraphQLError(f"Invalid fragment on type {one.of} (must be Union, Interface or Object)", "fragmentOnNonCompositeType", at=one.at, path=path, typeName=one.of)
        else:
            yield GraphQLError(f"No such type {one.of}, so it can't be a fragment condition", "undefinedType", at=one.at, path=path, typeName=one.of)

    def _directives(self, one: Picked, path: list[Any]) -> Iterator[GraphQLError]:
        for directive in one.directives.values():
            here = [*path, one.alias] if one.of is None else path
            if directive.name in self._types.directives:
                yield from self._arguments.of_directive(directive, here)
            else:
                yield GraphQLError(f"Directive @{directive.name} is not defined", "undefinedDirective", at=directive.at, path=here, directiveName=directive.name)

    def _holds_itself(self, name: str, fields: list[Picked], inside: tuple[str, ...]) -> bool:
        fragments: Mapping[str, Picked] = self._told.fragments
        return any(one.fragment == name or (one.fragment in fragments and one.fragment not in inside
                                            and self._holds_itself(name, fragments[one.fragment].fields, (*inside, one.fragment))) for one in _spreads(fields))


def _spreads(fields: list[Picked]) -> Iterator[Picked]:
    for one in fields:
        if one.fragment:
            yield one
        yield from _spreads(one.fields)
