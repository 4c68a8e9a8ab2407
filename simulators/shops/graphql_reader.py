"""How a document in GraphQL is read: its operations, their variables, and its fragments."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'(?P<skip>[\s,]+|#[^\n]*)|(?P<text>"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*")|(?P<number>-?\d+(?:\.\d+)?)'
                    r"|(?P<name>[_A-Za-z]\w*)|(?P<mark>\.\.\.|[!$():=@\[\]{}|&])")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}




class GraphQLError(Exception):
    """Why something is not answered: words, and a code for programs."""

    def __init__(self, words: str, code: str = "", **more: str) -> None:
        super().__init__(words)
        self.words, self.extensions = words, {"code": code, **more}


@dataclass(frozen=True)
class Variable:
    """A value that comes with the document."""

    name: str


@dataclass(frozen=True)
class Picked:
    """A field that is asked for, under which name, and what of it; or (`of` says of which type, or "" of any) what a fragment holds."""

    name: str = ""
    alias: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    fields: "list[Picked]" = field(default_factory=list)
    of: str | None = None
    fragment: str = ""
    directives: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """A query or a mutation; of `variables` those without a value of their own must be given when they are needed."""

    kind: str
    fields: list[Picked]
    needed: set[str] = field(default_factory=set)
    defaults: Mapping[str, Any] = field(default_factory=dict)


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
        self._tokens, self._at = list(_tokens(text)), 0

    def document(self) -> Document:
        told = Document()
        while self._next:
            if self._next == "{":
                told.operations[""] = Operation("query", self._fields())
            elif self._next == "fragment":
                self._take()
                name = self._take()
                told.fragments[name] = self._on(name)
            else:
                self._operation(told)
        if not told.operations:
            raise GraphQLError("No operations were found.", "parseError")
        return told

    def _operation(self, told: Document) -> None:
        kind = self._take()
        if kind not in ("query", "mutation"):
            raise GraphQLError(f"This shop is played and answers no {kind!r}.", "notPlayed" if kind == "subscription" else "parseError")
        name = self._take() if self._next not in ("(", "{", "@") else ""
        needed, defaults = self._variables() if self._next == "(" else (set(), {})
        self._directives()
        told.operations[name] = Operation(kind, self._fields(), needed, defaults)

    def _on(self, fragment: str = "") -> Picked:
        self._take("on")
        kind, directives = self._take(), self._directives()
        return Picked(of=kind, fields=self._fields(), fragment=fragment, directives=directives)

    @property
    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        token = self._next
        if not token or (wanted and token != wanted):
            raise GraphQLError(f"Parse error on {token!r}: expected {wanted or 'more'!r}", "parseError")
        self._at += 1
        return token

    def _variables(self) -> tuple[set[str], dict[str, Any]]:
        self._take("(")
        needed, defaults = set(), {}
        while self._next != ")":
            self._take("$")
            name = self._take()
            self._take(":")
            is_needed = self._type()
            if self._next == "=":
                self._take()
                defaults[name] = self._value()
            elif is_needed:
                needed.add(name)
            self._directives()
        self._take(")")
        return needed, defaults

    def _type(self) -> bool:
        """Whether it may not be null."""
        if self._next == "[":
            self._take()
            self._type()
            self._take("]")
        else:
            self._take()
        if self._next != "!":
            return False
        self._take()
        return True

    def _fields(self) -> list[Picked]:
        self._take("{")
        fields = []
        while self._next != "}":
            fields.append(self._spread() if self._next == "..." else self._one())
        self._take("}")
        return fields

    def _spread(self) -> Picked:
        self._take("...")
        if self._next == "on":
            return self._on()
        if self._next in ("{", "@"):
            directives = self._directives()
            return Picked(of="", fields=self._fields(), directives=directives)
        return Picked(of="", fragment=self._take(), directives=self._directives())

    def _one(self) -> Picked:
        alias = name = self._take()
        if self._next == ":":
            self._take()
            name = self._take()
        arguments = self._arguments() if self._next == "(" else {}
        directives = self._directives()
        return Picked(name, alias, arguments, self._fields() if self._next == "{" else [], directives=directives)

    def _directives(self) -> dict[str, dict[str, Any]]:
        told = {}
        while self._next == "@":
            self._take()
            name = self._take()
            told[name] = self._arguments() if self._next == "(" else {}
        return told

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
