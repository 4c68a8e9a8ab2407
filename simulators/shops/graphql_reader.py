"""How a document in GraphQL is read: its operations, their variables, and its fragments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulators.shops.graphql_tokens import GraphQLError, Place, Token, plain, tokens

__all__ = ["Declared", "Directive", "Document", "GraphQLError", "Operation", "Picked", "Variable", "read"]
_NOWHERE = (1, 1)
_END = Token("", _NOWHERE)


@dataclass(frozen=True)
class Variable:
    """A value that comes with the document."""

    name: str


@dataclass(frozen=True)
class Declared:
    """A variable as its operation announces it; `default` counts when it has one."""

    name: str
    type: str
    at: Place
    has_default: bool = False
    default: Any = None


@dataclass(frozen=True)
class Directive:
    """What stands behind an @."""

    name: str
    arguments: Mapping[str, Any]
    at: Place


@dataclass(frozen=True)
class Picked:
    """A field that is asked for, under which name, and what of it; or (`of` says of which type, or "" of any) what a fragment holds."""

    name: str = ""
    alias: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    fields: "list[Picked]" = field(default_factory=list)
    of: str | None = None
    fragment: str = ""
    directives: Mapping[str, Directive] = field(default_factory=dict)
    at: Place = _NOWHERE
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each of its arguments stands."""
    has_fields: bool = False


@dataclass(frozen=True)
class Operation:
    """A query or a mutation; `name` is "" when it has none."""

    kind: str
    fields: list[Picked]
    variables: Mapping[str, Declared] = field(default_factory=dict)
    directives: Mapping[str, Directive] = field(default_factory=dict)
    name: str = ""
    at: Place = _NOWHERE


@dataclass
class Document:
    """All that was written."""

    operations: dict[str, Operation] = field(default_factory=dict)
    fragments: dict[str, Picked] = field(default_factory=dict)


def read(text: str) -> Document:
    """What is written in a document."""
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens, self._at = list(tokens(text)), 0

    def document(self) -> Document:
        told = Document()
        while self._next:
            if self._next == "fragment":
                at = self._place
                self._take()
                name = self._take()
                told.fragments[name] = self._on(name, at)
            else:
                self._operation(told)
        if not told.operations:
            raise GraphQLError("No operations were found.", "parseError")
        return told

    def _operation(self, told: Document) -> None:
        at, kind, name, variables, directives = self._place, "query", "", {}, {}
        if self._next != "{":
            kind = self._take()
            if kind not in ("query", "mutation"):
                raise GraphQLError(f"This shop is played and answers no {kind!r}.", "notPlayed" if kind == "subscription" else "parseError", at=at)
            name = self._take() if self._next not in ("(", "{", "@") else ""
            variables = self._variables() if self._next == "(" else {}
            directives = self._directives()
        told.operations[name] = Operation(kind, self._fields(), variables, directives, name, at)

    def _on(self, fragment: str, at: Place) -> Picked:
        self._take("on")
        kind, directives = self._take(), self._directives()
        return Picked(of=kind, fields=self._fields(), fragment=fragment, directives=directives, at=at)

    @property
    def _now(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    @property
    def _next(self) -> str:
        return self._now.text

    @property
    def _place(self) -> Place:
        return self._now.at

    def _take(self, wanted: str = "") -> str:
        token = self._next
        if not token or (wanted and token != wanted):
            at = self._place if token else self._tokens[-1].at if self._tokens else _NOWHERE
            raise GraphQLError(f"Parse error on {token!r}: expected {wanted or 'more'!r}", "parseError", at=at)
        self._at += 1
        return token

    def _variables(self) -> dict[str, Declared]:
        self._take("(")
        told = {}
        while self._next != ")":
            at = self._place
            self._take("$")
            name = self._take()
            self._take(":")
            kind, has_default = self._type(), self._next == "="
            if has_default:
                self._take()
            told[name] = Declared(name, kind, at, has_default, self._value() if has_default else None)
            self._directives()
        self._take(")")
        return told

    def _type(self) -> str:
        """As it is written, without spaces."""
        if self._next == "[":
            self._take()
            told = f"[{self._type()}]"
            self._take("]")
        else:
            told = self._take()
        return told + (self._take() if self._next == "!" else "")

    def _fields(self) -> list[Picked]:
        self._take("{")
        fields = []
        while self._next != "}":
            fields.append(self._spread() if self._next == "..." else self._one())
        self._take("}")
        return fields

    def _spread(self) -> Picked:
        at = self._place
        self._take("...")
        if self._next == "on":
            return self._on("", at)
        if self._next in ("{", "@"):
            directives = self._directives()
            return Picked(of="", fields=self._fields(), directives=directives, at=at)
        return Picked(of="", fragment=self._take(), directives=self._directives(), at=at)

    def _one(self) -> Picked:
        at = self._place
        alias = name = self._take()
        if self._next == ":":
            self._take()
            name = self._take()
        arguments, places = self._arguments() if self._next == "(" else ({}, {})
        directives, has_fields = self._directives(), self._next == "{"
        return Picked(name, alias, arguments, self._fields() if has_fields else [], directives=directives, at=at, places=places, has_fields=has_fields)

    def _directives(self) -> dict[str, Directive]:
        told = {}
        while self._next == "@":
            at = self._place
            self._take()
            name = self._take()
            told[name] = Directive(name, self._arguments()[0] if self._next == "(" else {}, at)
        return told

    def _arguments(self) -> tuple[dict[str, Any], dict[str, Place]]:
        self._take("(")
        return self._pairs(")")

    def _pairs(self, end: str) -> tuple[dict[str, Any], dict[str, Place]]:
        pairs, places = {}, {}
        while self._next != end:
            places[self._next] = self._place
            name = self._take()
            self._take(":")
            pairs[name] = self._value()
        self._take(end)
        return pairs, places

    def _value(self) -> Any:
        if self._next == "$":
            self._take()
            return Variable(self._take())
        if self._next == "[":
            return self._list()
        if self._next == "{":
            self._take()
            return self._pairs("}")[0]
        return plain(self._take())

    def _list(self) -> list[Any]:
        self._take("[")
        values = []
        while self._next != "]":
            values.append(self._value())
        self._take("]")
        return values
