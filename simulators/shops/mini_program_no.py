"""How WeChat's gateway, played, says no."""

from collections.abc import Mapping
from typing import Any


class No(Exception):
    """The gateway says no, by a code."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def needed(told: Mapping[str, Any], name: str) -> str:
    """A text that has to be there; numbers are told as text."""
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise No(40097, f"invalid args: {name}")
    return value
