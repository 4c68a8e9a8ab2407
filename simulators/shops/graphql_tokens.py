"""The words of a document in GraphQL, each with the line and column at which it begins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Place = tuple[int, int]
_TOKEN = re.compile(r'(?P<skip>[\s,\ufeff]+|#[^\n]*)|(?P<text>"""(?:\\"""|.|\n)*?"""|"(?:\\.|[^"\\\n])*")|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)'
                    r"|(?P<name>[_A-Za-z]\w*)|(?P<mark>\.\.\.|[!$():=@\[\]{}|&])")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_FIXED = {"true": True, "false": False, "null": None}


class GraphQLError(Exception):
    """Why something is not answered: words, a code for programs, and where in the document and in the answer."""

    def __init__(self, words: str, code: str = "", *, at: Place | None = None, path: list[Any] | None = None, **more: Any) -> None:
        super().__init__(words)
        self.words, self.extensions, self.at, self.path = words, {"code": code, **more}, at, path

    def told(self) -> dict[str, Any]:
        """As it stands in an answer."""
        line, column = self.at or (1, 1)
        return {"message": self.words, "locations": [{"line": line, "column": column}], **({} if self.path is None else {"path": self.path}), "extensions": self.extensions}


class Word(str):
    """A value of an enum: it is written without quotes."""

    __slots__ = ()


@dataclass(frozen=True)
class Token:
    """A word or mark."""

    text: str
    at: Place


def tokens(text: str) -> Iterator[Token]:
    """All of a document, without what means nothing."""
    at, line, begins = 0, 1, 0
    while at < len(text):
        found, place = _TOKEN.match(text, at), (line, at - begins + 1)
        if found is None:
            raise GraphQLError(f"Parse error on {text[at:at + 10]!r}", "parseError", at=place)
        at = found.end()
        if found.lastgroup != "skip":
            yield Token(found.group(), place)
        if lines := found.group().count("\n"):
            line, begins = line + lines, found.start() + found.group().rindex("\n") + 1


def plain(token: str) -> Any:
    """What a word means that stands for a value."""
    if token.startswith('"""'):
        return _block(token[3:-3].replace('\\"""', '"""'))
    if token.startswith('"'):
        return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", lambda found: chr(int(found[1][1:], 16)) if found[1][0] == "u" and len(found[1]) > 1
                      else _ESCAPES.get(found[1], found[1]), token[1:-1])
    if token in _FIXED:
        return _FIXED[token]
    if re.fullmatch(r"-?\d+", token):
        return int(token)
    return float(token) if token[0] in "-0123456789" else Word(token)


def _block(text: str) -> str:
    """Lines without the room that all but the first begin with, and without empty ones at either end."""
    lines = text.splitlines()
    room = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    told = [lines[0] if lines else "", *(line[room:] for line in lines[1:])]
    while told and not told[0].strip():
        told.pop(0)
    while told and not told[-1].strip():
        told.pop()
    return "\n".join(told)
