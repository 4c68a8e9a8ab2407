"""What stands on a user's label: texts with {{placeholders}}, and pairs of GS1's application identifiers with such texts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labels.errors import BadTemplate
from labels.gs1.dictionary import identifier
from labels.gs1.elements import Element
from labels.template import Field, Values
from labels.words import Said

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Where:
    """What of a template is spoken of: in words, and as programs call it."""

    said: Said
    field: str

    def bad(self, key: str, /, **values: str | float | Said) -> BadTemplate:
        """What is wrong with it."""
        return BadTemplate(key, field=self.field, where=self.said, **values)


@dataclass(frozen=True, slots=True)
class Words:
    """A text with places for fields; `names` empty where it is fixed."""

    parts: Sequence[str]
    fields: Mapping[str, Field]

    @property
    def names(self) -> Sequence[str]:
        """The fields in it."""
        return self.parts[1::2]

    def filled(self, values: Values, *, gs1: bool = False) -> str:
        """The text with its values, which are never looked at again for placeholders; empty where all its fields are."""
        shown = [self._shown(name, values[name], gs1=gs1) for name in self.names]
        if shown and not any(shown):
            return ""
        return "".join(part if at % 2 == 0 else shown[at // 2] for at, part in enumerate(self.parts))

    def is_number(self) -> bool:
        """Whether it is the value of a field that holds a number, and nothing besides."""
        return [part.strip() for part in self.parts[::2]] == ["", ""] and self.fields[self.names[0]].kind == "number"

    def _shown(self, name: str, value: Any, *, gs1: bool) -> str:
        if value in ("", 0, False):
            return ""
        if gs1 and self.fields[name].kind == "date":
            return str(value).replace("-", "")[2:]
        return name if value is True else str(value)


@dataclass(frozen=True, slots=True)
class Pairs:
    """GS1 elements; one whose fields are all empty is left out, and a number gets the leading zeros that its identifier wants."""

    pairs: Sequence[tuple[str, Words]]

    def filled(self, values: Values) -> list[Element]:
        """The elements, not checked."""
        return [(ai, _padded(ai, text) if words.is_number() else text) for ai, words in self.pairs if (text := words.filled(values, gs1=True))]


def words_of(text: str, where: Where, fields: Mapping[str, Field]) -> Words:
    """A text as it is written; BadTemplate for a placeholder that is not closed or whose field is not there."""
    parts = _PLACEHOLDER.split(text)
    for plain in parts[::2]:
        if "{{" in plain or "}}" in plain:
            raise where.bad("label.unclosed", text=repr(text[:64]), example="{{field}}")
    for name in parts[1::2]:
        if name not in fields:
            raise where.bad("label.unknown_field", name=repr(name[:64]), names=", ".join(fields) or "–")
    return Words(parts, fields)


def pairs_of(told: Any, where: Where, fields: Mapping[str, Field]) -> Pairs:
    """Elements as they are written; BadTemplate when they are no pairs of texts."""
    if not isinstance(told, list) or not all(isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in told):
        raise where.bad("label.pairs", example='[["01", "{{gtin}}"], ["10", "{{lot}}"]]')
    return Pairs([(ai, words_of(text, where, fields)) for ai, text in told])


def _padded(ai: str, digits: str) -> str:
    known = identifier(ai)
    return digits.zfill(known.shortest) if known is not None and known.shortest == known.longest else digits
