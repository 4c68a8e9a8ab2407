"""A label of ours as the description of a user's template, to be changed from there.

Ours are code, so what they say is found by drawing their sample twice, with other values: what shows a field's value gets
its placeholder, and what differs without showing it as it was given (a weight in kilograms) is left out.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from typing import Any

from labels.drawing import Arrow, Box, Code, Element, Picture, Text
from labels.gs1.digital_link import parse_link
from labels.gs1.elements import parse_bracketed, parse_elements
from labels.gs1.faults import LabelFault
from labels.gs1.linters import check_digit
from labels.template import Field, Template

_CHECKED = ("00", "01", "02")
"""Identifiers whose value ends with a check digit."""
_GS1 = ("gs1_128", "gs1_datamatrix")
_LONGEST = 200


def source_of(template: Template) -> str:
    """The description in TOML; ValueError for a list, whose rows no description can repeat."""
    if template.is_list or any(one.kind == "rows" for one in template.fields):
        raise ValueError(f"{template.name} is a list of rows, and a description draws one label.")
    turns = [{one.name: value for at, one in enumerate(template.fields) if (value := _told(one, at, turn)) is not None} for turn in (0, 1)]
    first, second = (_described(template, given) for given in turns)
    fixed = [one for one, other in zip(first, second, strict=True) if _is_fixed(template, one, other)]
    kept = _with_unsaid(template, _without_unshown(template, fixed, turns[0]))
    used = [one for one in template.fields if _shows(kept, one)]
    head = [f"name = {_toml(template.name)}", f"title = {_toml(template.title)}", f"width = {template.width:g}", f"height = {template.height:g}"]
    return "\n\n".join(["\n".join(head), *(_field(one) for one in used), *("\n".join(("[[element]]", *_lines(told))) for told in kept)]) + "\n"


def _told(one: Field, at: int, turn: int) -> Any:
    """A value of the field that is found again in what is drawn, another one each turn."""
    if not one.sample:
        return None
    match one.kind:
        case "number":
            return int(str((7001, 1234)[turn] + 13 * at)[-min(one.longest, 4):])
        case "date":
            return f"2091-0{3 + turn}-1{7 + turn}"
    return one.sample if turn == 0 or one.choices else _other(one)


def _other(one: Field) -> Any:
    """As long as the sample and as right, but for its end."""
    if not isinstance(one.sample, str):
        return one.sample
    if one.ai in _CHECKED:
        digits = f"{one.sample[:-2]}{(int(one.sample[-2]) + 1) % 10}"
        return digits + check_digit(digits)
    return one.sample[:-1] + ("X" if one.sample[-1] != "X" else "Y")


def _described(template: Template, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_element(one, given) for one in template.drawings(given)[0].elements if not isinstance(one, Text) or one.text]


def _element(one: Element, given: Mapping[str, Any]) -> dict[str, Any]:
    match one:
        case Code():
            said = _data_of(one, given)
            return {"kind": "digital_link" if "elements" in said and one.kind == "qr" else one.kind, **_sizes(one, {"kind", "data"}), **said}
        case Text():
            return {"kind": "text", **_sizes(one, {"text"}), **_words_of(one, given)}
        case Picture():
            return {"kind": "picture", **_sizes(one, {"png"}), "png": base64.b64encode(one.png).decode()}
        case Box():  # a coloured filling is a frame at a label printer, and may say something by its colour
            return {"kind": "box", **_sizes(one, {"filled", "colour"} if one.colour else set())}
        case Arrow():
            return {"kind": "arrow", **_sizes(one, set())}


def _is_fixed(template: Template, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether an element is told alike whatever the data; a code that is not cannot be described."""
    if one == other or one["kind"] == "text":
        return one == other
    raise ValueError(f"The {one['kind']} code of {template.name} shows its data in another way than it was given, which a description cannot.")


def _without_unshown(template: Template, fixed: list[dict[str, Any]], given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Without arrows that stand for a field of which nothing else shows: on each label they would say the same."""
    shown = {one.name: given[one.name] for one in template.fields if one.name in given and _shows(fixed, one)}
    drawn = _described(template, shown)
    return [told for told in fixed if told["kind"] != "arrow" or told in drawn]


def _shows(described: Sequence[Mapping[str, Any]], one: Field) -> bool:
    return any(f"{{{{{one.name}}}}}" in str(value) for told in described for value in told.values())


def _with_unsaid(template: Template, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """GS1 data that the sample leaves out joins the first symbol of several elements, and the text below that: given, it must not be lost."""
    unsaid = [[one.ai, f"{{{{{one.name}}}}}"] for one in template.fields if one.ai and not one.sample]
    symbol = next((told["elements"] for told in kept if told["kind"] in _GS1 and len(told["elements"]) > 1), None)
    return [{**told, "elements": [*symbol, *unsaid]} if symbol and told.get("elements") == symbol else told for told in kept]


def _data_of(code: Code, given: Mapping[str, Any]) -> dict[str, Any]:
    if code.kind == "qr" and (link := _link_of(code.data, given)) is not None:
        return link
    if code.kind == "ean13":
        return {"data": _placed(f"0{code.data}", given) if f"0{code.data}" in given.values() else code.data}
    if code.kind not in _GS1:
        return {"data": _placed(code.data, given)}
    try:
        return {"elements": _pairs(parse_elements(code.data), given)}
    except LabelFault as fault:
        raise AssertionError(f"our own label holds {code.data!r}, which is no GS1 data") from fault


def _link_of(data: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """A Digital Link by its elements; None for what is none, or shows no field."""
    try:
        elements = parse_link(data)
    except LabelFault:
        return None
    pairs = _pairs(elements, given)
    stem = _placed(data.partition(f"/{elements[0][0]}/")[0], given)
    return {"elements": pairs, "domain": stem} if "{{" in f"{pairs}" else None


def _words_of(text: Text, given: Mapping[str, Any]) -> dict[str, Any]:
    """As it is; where it shows a date as GS1 writes one, by its elements."""
    if text.text.startswith("(") and any(value in text.text for name, value in _short_dates(given).items() if value != given[name]):
        return {"elements": _pairs(parse_bracketed(text.text), given)}
    return {"text": _placed(f"0{text.text}" if f"0{text.text}" in given.values() else text.text, given)}


def _pairs(elements: Sequence[tuple[str, str]], given: Mapping[str, Any]) -> list[list[str]]:
    return [[ai, _placed(value, _short_dates(given))] for ai, value in elements]


def _short_dates(given: Mapping[str, Any]) -> dict[str, Any]:
    """As GS1 data has them: YYMMDD."""
    return {name: value.replace("-", "")[2:] if isinstance(value, str) and value.startswith("2091-") else value for name, value in given.items()}


def _placed(text: str, given: Mapping[str, Any]) -> str:
    """The text with a placeholder for every value in it, the longest values first; what was placed is not looked at again."""
    for name, value in sorted(given.items(), key=lambda pair: -len(str(pair[1]))):
        before, found, after = text.partition(str(value))
        if found and str(value):
            return _placed(before, given) + f"{{{{{name}}}}}" + _placed(after, given)
    return text


def _sizes(one: Element, left_out: set[str]) -> dict[str, Any]:
    """What differs from an element's own defaults."""
    return {part.name: getattr(one, part.name) for part in fields_of(one)
            if part.name not in left_out and getattr(one, part.name) != part.default}


def _field(one: Field) -> str:
    told: dict[str, Any] = {"kind": one.kind} if one.kind != "text" else {}
    told |= {"required": True} if one.required else {}
    told |= {"ai": one.ai} if one.ai and one.kind == "text" else {}
    told |= {"longest": one.longest} if one.longest != _LONGEST else {}
    return "\n".join((f"[fields.{one.name}]", *_lines({**told, "sample": one.sample})))


def _lines(told: Mapping[str, Any]) -> Sequence[str]:
    return [f"{name} = {_toml(value)}" for name, value in told.items()]


def _toml(value: Any) -> str:
    """JSON's texts, lists and truth values are TOML's as well."""
    return f"{value:g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
