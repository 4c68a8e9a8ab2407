"""As much of GraphQL as clients of shops use: queries with variables, aliases and nested fields. What is not played says so."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'(?P<skip>[\s,]+|#[^\n]*)|(?P<text>"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*")|(?P<number>-?\d+(?:\.\d+)?)'
                    r"|(?P<name>[_A-Za-z]\w*)|(?P<mark>\.\.\.|[!$():=@\[\]{}|&])")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class GraphQLError(Exception):
    """Why a query is not answered: words, and a code for programs."""

    def __init__(self, words: str, code: str = "") -> None:
        super().__init__(words)
        self.words, self.code = words, code


@dataclass(frozen=True)
class Asked:
    """A field that is asked for, under which name, and what of it."""

    alias: str
    name: str
    arguments: Mapping[str, Any]
    fields: "list[Asked]" = field(default_factory=list)


@dataclass(frozen=True)
class Variable:
    """A value that comes with the query."""

    name: str


def parsed(text: str) -> list[Asked]:
    """What a document with one query asks for."""
    return _Reader(text).document()


def answered(node: Mapping[str, Any], fields: list[Asked], variables: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked of a node: a value is given as it is, a function is called with the arguments."""
    return {one.alias: _field(node, one, variables) for one in fields}


def _field(node: Mapping[str, Any], asked: Asked, variables: Mapping[str, Any]) -> Any:
    if asked.name not in node:
        raise GraphQLError(f"Field '{asked.name}' doesn't exist on type '{node.get('__typename', 'QueryRoot')}'", "undefinedField")
    value = node[asked.name]
    if callable(value):
        value = value({name: _filled(one, variables) for name, one in asked.arguments.items()})
    return _below(value, asked, variables)


def _below(value: Any, asked: Asked, variables: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_below(one, asked, variables) for one in value]
    if not isinstance(value, Mapping):
        return value
    if not asked.fields:
        raise GraphQLError(f"Field must have selections (field '{asked.name}')", "selectionMismatch")
    return answered(value, asked.fields, variables)


def _filled(value: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(value, Variable):
        return variables.get(value.name)
    if isinstance(value, list):
        return [_filled(one, variables) for one in value]
    return {name: _filled(one, variables) for name, one in value.items()} if isinstance(value, dict) else value


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens, self._at = list(_tokens(text)), 0

    def document(self) -> list[Asked]:
        if self._next in ("mutation", "subscription", "fragment"):
            raise GraphQLError(f"This shop is played and answers no {self._next}.", "notPlayed")
        if self._next == "query":
            self._take()
            if self._next not in ("(", "{"):
                self._take()
            if self._next == "(":
                self._skip_declarations()
        fields = self._fields()
        if self._next:
            raise GraphQLError("This shop is played and answers one query at a time, without fragments.", "notPlayed")
        return fields

    @property
    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        token = self._next
        if not token or (wanted and token != wanted):
            raise GraphQLError(f"Parse error on {token!r}: expected {wanted or 'more'!r}", "parseError")
        self._at += 1
        return token

    def _skip_declarations(self) -> None:
        depth = 0
        while True:
            depth += {"(": 1, ")": -1}.get(self._take(), 0)
            if depth == 0:
                return

    def _fields(self) -> list[Asked]:
        self._take("{")
        fields = []
        while self._next != "}":
            fields.append(self._one())
        self._take("}")
        return fields

    def _one(self) -> Asked:
        if self._next in ("...", "@"):
            raise GraphQLError("This shop is played and knows neither fragments nor directives.", "notPlayed")
        alias = name = self._take()
        if self._next == ":":
            self._take()
            name = self._take()
        arguments = self._arguments() if self._next == "(" else {}
        return Asked(alias, name, arguments, self._fields() if self._next == "{" else [])

    def _arguments(self) -> dict[str, Any]:
        self._take("(")
        return self._pairs(")")

    def _pairs(self, end: str) -> dict[str, Any]:
        pairs = {}
        while self._next != end:
            name = self._take()
            self._take(":")
            pairs[name] = self._value()
        self._take(end)
        return pairs

    def _value(self) -> Any:
        if self._next == "$":
            self._take()
            return Variable(self._take())
        if self._next == "[":
            return self._list()
        if self._next == "{":
            self._take()
            return self._pairs("}")
        return _plain(self._take())

    def _list(self) -> list[Any]:
        self._take("[")
        values = []
        while self._next != "]":
            values.append(self._value())
        self._take("]")
        return values


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise GraphQLError(f"Parse error on {text[at:at + 10]!r}", "parseError")
        at = found.end()
        if found.lastgroup != "skip":
            yield found.group()


def _plain(token: str) -> Any:
    if token.startswith('"""'):
        return token[3:-3]
    if token.startswith('"'):
        return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", lambda found: chr(int(found[1][1:], 16)) if found[1][0] == "u" and len(found[1]) > 1
                      else _ESCAPES.get(found[1], found[1]), token[1:-1])
    words = {"true": True, "false": False, "null": None}
    if token in words:
        return words[token]
    if re.fullmatch(r"-?\d+", token):
        return int(token)
    return float(token) if re.fullmatch(r"-?\d+\.\d+", token) else token
