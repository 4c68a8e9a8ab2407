"""What labels say to people: a sentence by its key, in each language, with the values of its {places}."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "zh-CN")
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or a part of one: `key` is one of labels/messages, `values` are texts, numbers, or parts that are said themselves."""

    key: str
    values: Mapping[str, "str | int | float | Said"]

    def json(self) -> dict[str, Any]:
        """As the client's messages: {"key", "args"}, parts within them alike."""
        return {"key": self.key, "args": {name: value.json() if isinstance(value, Said) else value for name, value in self.values.items()}}


def in_words(said: Said, language: str = "en") -> str:
    """The sentence in a language; what stands in a value is never looked at again for places."""
    values = {name: in_words(value, language) if isinstance(value, Said) else str(value) for name, value in said.values.items()}
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), texts(language)[said.key])


@cache
def texts(language: str) -> dict[str, str]:
    """All sentences of a language (en, zh-CN) by key."""
    found: dict[str, str] = json.loads((files("labels") / "messages" / f"{language}.json").read_text(encoding="utf-8"))
    return found
