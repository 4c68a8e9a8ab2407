"""In which language a caller is answered."""

from collections.abc import Collection

from flask import request

from server.sentences import language_of, told


def language() -> str:
    """What the caller asks for by Accept-Language, as our own pages do in the language that they show; else English, for programs."""
    return language_of(request.headers.get("Accept-Language", ""))


def in_their_words(sentence: str | None, known: Collection[str] = ()) -> str | None:
    """A sentence, or none, in the caller's language; `known` are values that stand in it."""
    return told(sentence, language(), known) if sentence else sentence
