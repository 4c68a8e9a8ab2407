"""What workers read, by message key, in each language."""

import json
from functools import cache
from importlib.resources import files

from labels import words

LANGUAGES = ("en", "zh-CN")


@cache
def texts(language: str) -> dict[str, str]:
    """All sentences of a language by key, with {placeholders}; English for a language that is not there."""
    known = language if language in LANGUAGES else "en"
    folder = files("server.workflows") / "messages" / known
    found = dict(words.texts(known))
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".json"):
            found.update(json.loads(file.read_text(encoding="utf-8")))
    return found
