"""What workers read, by message key, in each language."""

import json
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "zh-CN")


@cache
def texts(language: str) -> dict[str, str]:
    """All sentences of a language by key, with {placeholders}; English for a language that is not there."""
    folder = files("server.workflows") / "messages" / (language if language in LANGUAGES else "en")
    found: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".json"):
            found.update(json.loads(file.read_text(encoding="utf-8")))
    return found
