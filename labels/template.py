"""What a label is: its fields, what they may hold, and a function that says it in millimetres. Found by name, no list to edit."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal

from labels.codes import check_fits
from labels.drawing import Code, Drawing
from labels.errors import BadData, DoesNotFit, NoTemplate
from labels.gs1.elements import check_element
from labels.gs1.faults import LabelFault
from labels.gs1_words import said_of
from labels.words import Said

Kind = Literal["text", "number", "date", "flag", "rows"]
Values = Mapping[str, Any]
TEXT_LONGEST = 200
ROWS_MAX = 2000
NUMBER_MAX = 10**12
A4, A6 = (210.0, 297.0), (105.0, 148.0)
_EMPTY: dict[Kind, Any] = {"text": "", "number": 0, "date": "", "flag": False, "rows": ()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that stands on a label; `sample` shows the label without data and tests it.

    `ai` is the GS1 application identifier whose rules the value keeps (check digits too); a date is YYYY-MM-DD, whatever its AI;
    `columns` are the fields of each of `rows`.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    sample: Any = ""
    ai: str = ""
    longest: int = TEXT_LONGEST
    choices: Sequence[str] = ()
    columns: Sequence["Field"] = ()

    def json(self) -> dict[str, Any]:
        """As plain values, for a form or a list."""
        told: dict[str, Any] = {"name": self.name, "kind": self.kind, "required": self.required, "sample": self.sample, "ai": self.ai,
                                "longest": self.longest, "choices": list(self.choices)}
        return {**told, "columns": [one.json() for one in self.columns]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of label; `draw` gets checked values and the size of a page, and gives its elements, a page each."""

    name: str
    title: str
    width: float
    height: float
    fields: Sequence[Field] = field(repr=False)
    draw: Callable[[Values, float, float], Sequence[Drawing]] = field(repr=False)
    is_list: bool = False

    def drawings(self, data: Values, *, page: tuple[float, float] | None = None) -> Sequence[Drawing]:
        """The labels of one set of data, on a `page` of another size (mm) where one is given; BadData names the field that is wrong."""
        width, height = page or (self.width, self.height)
        values = checked(self.fields, data, self.name)
        drawings = self.draw(values, width, height)
        for code in (code for drawing in drawings for code in drawing.codes):
            _check_fits(code, values)
        return drawings

    @property
    def sample(self) -> dict[str, Any]:
        """Data that shows every field."""
        return {one.name: one.sample for one in self.fields}

    def json(self) -> dict[str, Any]:
        """As plain values."""
        return {"name": self.name, "title": self.title, "width_mm": self.width, "height_mm": self.height, "is_list": self.is_list,
                "fields": [one.json() for one in self.fields]}


def checked(fields: Sequence[Field], data: Any, name: str | Said) -> dict[str, Any]:
    """The values of all fields, empty ones where optional ones are missing; BadData at the first thing that is wrong."""
    if not isinstance(data, Mapping):
        raise BadData("label.no_object", label=name, given=type(data).__name__, names=_names(fields))
    known = {one.name: one for one in fields}
    for given in data:
        if given not in known:
            raise BadData("label.no_such_field", field=str(given)[:64], label=name, name=repr(str(given)[:64]), names=_names(fields))
    return {one.name: _value(one, data.get(one.name), name) for one in fields}


def templates() -> Mapping[str, Template]:
    """All labels of the house, by name."""
    return _found()


def template(name: str) -> Template:
    """A label of the house; NoTemplate says which there are."""
    found = _found().get(name)
    if found is None:
        raise NoTemplate("label.no_label", name=repr(name[:64]), names=", ".join(_found()))
    return found


@cache
def _found() -> Mapping[str, Template]:
    package = importlib.import_module("labels.templates")
    modules = (importlib.import_module(f"labels.templates.{one.name}") for one in pkgutil.iter_modules(package.__path__))
    made = [module.TEMPLATE for module in modules if hasattr(module, "TEMPLATE")]
    return {one.name: one for one in sorted(made, key=lambda one: str(one.name))}


def _check_fits(code: Code, values: Values) -> None:
    """DoesNotFit with the field whose value is too long for its code."""
    try:
        check_fits(code)
    except DoesNotFit as error:
        name = next((name for name, value in values.items() if value and str(value) in code.data), "")
        if not name:
            raise
        raise DoesNotFit("label.of_field", field=name, name=repr(name), why=error.said) from error


def _value(one: Field, value: Any, name: str | Said) -> Any:
    if value in (None, "", []):
        if one.required:
            raise BadData("label.needs_field", field=one.name, label=name, name=repr(one.name), sample=repr(one.sample))
        return _EMPTY[one.kind]
    match one.kind:
        case "text":
            return _text(one, value)
        case "number":
            return _number(one, value)
        case "date":
            return _date(one, value)
        case "flag":
            return _flag(one, value)
        case "rows":
            return _rows(one, value)


def _text(one: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _bad(one, value, Said("label.is_no_text", {}))
    text = str(value)
    if len(text) > one.longest:
        raise _bad(one, value, Said("label.has_characters", {"count": len(text), "most": one.longest}))
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise _bad(one, "", Said("label.is_broken", {}))
    if one.choices and text not in one.choices:
        raise _bad(one, value, Said("label.is_none_of", {"choices": ", ".join(one.choices)}))
    if one.ai:
        try:
            check_element(one.ai, text)
        except LabelFault as fault:
            raise _bad(one, value, Said("label.is_refused", {"why": said_of(fault)})) from fault
    return text


def _number(one: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= NUMBER_MAX:
        raise _bad(one, value, Said("label.is_no_number", {}))
    if one.longest < TEXT_LONGEST and len(str(value)) > one.longest:
        raise _bad(one, value, Said("label.has_digits", {"most": one.longest}))
    return value


def _date(one: Field, value: Any) -> str:
    try:
        if len(str(value)) == 10:
            return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        pass
    raise _bad(one, value, Said("label.is_no_date", {"example": "2027-05-31"}))


def _flag(one: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _bad(one, value, Said("label.is_no_flag", {}))
    return value


def _rows(one: Field, value: Any) -> Sequence[Values]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _bad(one, value, Said("label.is_no_list", {}))
    if len(value) > ROWS_MAX:
        raise _bad(one, "", Said("label.has_rows", {"count": len(value), "most": ROWS_MAX}))
    return [checked(one.columns, row, Said("label.row", {"at": at, "name": one.name})) for at, row in enumerate(value, 1)]


def _bad(one: Field, value: Any, why: Said) -> BadData:
    return BadData("label.wrong_field", field=one.name, name=repr(one.name), value=ascii(value)[:80], why=why, sample=repr(one.sample))


def _names(fields: Sequence[Field]) -> str:
    return ", ".join(f"{one.name}*" if one.required else one.name for one in fields)
