"""What stands on a label: the values of its template, kept as data until the printer's resolution is known, or ZPL as it was given."""

import importlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labels.errors import LabelError
from labels.reprint import formats_of, marked_reprint
from labels.template import Field, Template
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.printing.templates import UnknownTemplate, names_of_ours, refused, template_for

log = logging.getLogger("aisle.printing")

PAYLOAD_MAX = 500_000
SCREEN_DPI = 203


class NotDrawn(Exception):
    """A label that was asked for cannot be drawn any more; says why, `said` in every language."""

    def __init__(self, said: Mapping[str, Any], sentence: str) -> None:
        super().__init__(sentence)
        self.said = said


def guard_zpl(zpl: str) -> None:
    """Invalid for what is no label, or is too large for one."""
    if not formats_of(zpl) or len(zpl) > PAYLOAD_MAX:
        raise Invalid(f"This is no label: ZPL goes from ^XA to ^XZ and has at most {PAYLOAD_MAX} signs.", field="payload")


def kept_values(tx: Tx, name: str, version_id: int | None, values: Mapping[str, Any]) -> tuple[str, int | None]:
    """The values as they are kept, and the version they are drawn by; Invalid when neither a user's version nor ours can draw them.

    A version that cannot draw what ours can holds up no floor: ours is printed, and the log says why.
    """
    try:
        made = template_for(tx, name, version_id)
        return _checked(made, values) if version_id is None else _foreseen(lambda: _checked(made, values), name), version_id
    except LabelError as error:
        if version_id is None or name not in names_of_ours():
            raise refused(error, "values") from error
        log.warning("the label %s is printed by our own template: its version in use cannot draw it: %s", name, error.sentence)
    return kept_values(tx, name, None, values)


def drawn(tx: Tx, job: Any, dpi: int) -> str:
    """The ZPL of a job for a printer of `dpi` dots to the inch; with the mark REPRINT where it is one. NotDrawn says why it cannot be."""
    if not job.template:
        return str(job.payload)
    try:
        made = template_for(tx, job.template, job.template_id)
        zpl = _foreseen(lambda: _zpl(made, json.loads(job.payload), dpi), job.code)
    except UnknownTemplate as error:
        raise _not_drawn({"key": error.message_key, "args": {}}, error.sentence, job) from error
    except LabelError as error:
        raise _not_drawn(error.said.json(), error.sentence, job) from error
    return zpl if job.reprint_of_id is None else marked_reprint(zpl, dpi)


def preview(template: Template, values: Mapping[str, Any], dpi: int) -> str:
    """The ZPL of a template with values as they are given; Invalid says what is wrong with them."""
    try:
        return _zpl(template, values, dpi)
    except LabelError as error:
        raise refused(error, "values") from error


def _foreseen(draw: Callable[[], str], what: str) -> str:
    """Drawing alone, with nothing of the database in it: whatever fails here would fail again, and stop a printer for ever."""
    try:
        return draw()
    except LabelError:
        raise
    except Exception as error:
        log.exception("the label %s met an error that nobody foresaw", what)
        raise LabelError("label.unforeseen", why=f"{type(error).__name__}: {str(error)[:120]}") from error


def _not_drawn(said: Mapping[str, Any], sentence: str, job: Any) -> NotDrawn:
    return NotDrawn(said, f"It cannot be drawn: {sentence} It was asked for with {job.payload[:200]}")


def _zpl(template: Template, values: Mapping[str, Any], dpi: int) -> str:
    backend = importlib.import_module("labels.backends.zpl")
    return str(backend.zpl(template.drawings(values), dpi, needs_font=False))


def _checked(template: Template, values: Mapping[str, Any]) -> str:
    fitted = _fitted(template.fields, values)
    template.drawings(fitted)
    return json.dumps(fitted, ensure_ascii=False, separators=(",", ":"))


def _fitted(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the template has places for; words that are longer than their field are cut, since a label has no room for them anyway."""
    return {one.name: _fitted_value(one, values[one.name]) for one in fields if values.get(one.name)}


def _fitted_value(one: Field, value: Any) -> Any:
    if one.kind == "rows":
        return [_fitted(one.columns, row) for row in value]
    if one.kind != "text" or one.ai or one.choices:
        return value
    whole = str(value).encode("utf-8", "replace").decode()  # half a character of somebody's shop is a question mark
    return whole if one.required else whole[:one.longest]  # a code that was cut would be another one
