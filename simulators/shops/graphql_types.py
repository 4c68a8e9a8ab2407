"""What a schema of GraphQL says of its types, in the words in which it is written: `[ID!]!` is a list that must be there, of IDs that must be there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

Pairs = Mapping[str, str]
"""Names with the types of what they stand for."""


@dataclass(frozen=True)
class Field:
    """What it is, and what it takes."""

    type: str
    takes: Pairs


@dataclass(frozen=True)
class Types:
    """All types by name; `objects` are interfaces as well, and `possible` says which objects an interface or a union may be."""

    objects: Mapping[str, Mapping[str, Field]]
    possible: Mapping[str, Collection[str]]
    inputs: Mapping[str, Pairs]
    enums: Mapping[str, Collection[str]]
    scalars: Collection[str]
    directives: Mapping[str, Pairs]
    roots: Pairs = field(default_factory=lambda: {"query": "QueryRoot", "mutation": "Mutation"})

    def is_composite(self, name: str) -> bool:
        """Whether something can be picked out of it."""
        return name in self.objects or name in self.possible or name in _META

    def is_input(self, name: str) -> bool:
        """Whether it can be given as a value."""
        return name in self.inputs or name in self.enums or name in self.scalars

    def may_be(self, name: str) -> Collection[str]:
        """The objects that it may turn out to be."""
        return self.possible.get(name, (name,))

    def field(self, of: str, name: str) -> Field | None:
        """A field of a type; those that begin with two lines are of every schema."""
        if name == "__typename":
            return Field("String!", {})
        if of == self.roots["query"] and name in INTROSPECTION:
            return INTROSPECTION[name]
        return (_META.get(of) or self.objects.get(of, {})).get(name)


def pairs(words: str) -> dict[str, str]:
    """`id: ID!, first: Int` by name."""
    return {name: what for name, _, what in (one.partition(": ") for one in words.split(", ") if one)}


def named(what: str) -> str:
    """The type without what says how many, and whether it must be there."""
    return what.strip("[]!")


def _fields(words: str) -> dict[str, Field]:
    told = {name: Field(what, {}) for name, what in pairs(words).items()}
    takes = {"includeDeprecated": "Boolean"}
    return {name: Field(one.type, takes) if name in ("fields", "enumValues", "inputFields", "args") else one for name, one in told.items()}


INTROSPECTION = {"__schema": Field("__Schema!", {}), "__type": Field("__Type", {"name": "String!"})}
_META = {
    "__Schema": _fields("description: String, types: [__Type!]!, queryType: __Type!, mutationType: __Type, subscriptionType: __Type, directives: [__Directive!]!"),
    "__Type": _fields("kind: __TypeKind!, name: String, description: String, specifiedByURL: String, fields: [__Field!], interfaces: [__Type!], possibleTypes: [__Type!], "
                      "enumValues: [__EnumValue!], inputFields: [__InputValue!], ofType: __Type, isOneOf: Boolean"),
    "__Field": _fields("name: String!, description: String, args: [__InputValue!]!, type: __Type!, isDeprecated: Boolean!, deprecationReason: String"),
    "__InputValue": _fields("name: String!, description: String, type: __Type!, defaultValue: String, isDeprecated: Boolean!, deprecationReason: String"),
    "__EnumValue": _fields("name: String!, description: String, isDeprecated: Boolean!, deprecationReason: String"),
    "__Directive": _fields("name: String!, description: String, locations: [__DirectiveLocation!]!, args: [__InputValue!]!, isRepeatable: Boolean!"),
}
