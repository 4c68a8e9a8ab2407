"""What the figures are called and what they mean, in each language."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from server.dashboard.figure_list import FIGURES, MONEY, Figure

LANGUAGES = ("en", "zh-CN")
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
_SHORT = {"en": (" s", " min", " h", " d"), "zh-CN": (" 秒", " 分", " 小时", " 天")}


@cache
def words(language: str) -> Mapping[str, tuple[str, str]]:
    """Name and definition by key; English for a language that is not there."""
    known = language if language in LANGUAGES else "en"
    text = (files("server.dashboard") / "words" / f"{known}.json").read_text(encoding="utf-8")
    return {key: (name, meaning) for key, (name, meaning) in json.loads(text).items()}


def word(language: str, key: str, **args: object) -> str:
    """One word or sentence."""
    return words(language)[key][0].format(**args)


def unit_of(figure: Figure, language: str, currency: str) -> str:
    """What a figure's numbers are of."""
    return currency or word(language, "unit.money") if figure.unit == MONEY else word(language, f"unit.{figure.unit}")


def described(language: str, currency: str) -> list[dict[str, Any]]:
    """All figures as a page needs them: key, name, unit, decimals, which way is better, what it is made of."""
    return [{"key": one.key, "name": word(language, one.key), "unit": one.unit, "unit_name": unit_of(one, language, currency),
             "better": one.better, "decimals": one.decimals, "meaning": words(language)[one.key][1]} for one in FIGURES]


def answered(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What was looked up as programs get it: with what each figure is called, without what they asked for."""
    return {**{name: value for name, value in found.items() if name != "only"}, "figures": described(language, found["currency"])}


def told(figure: Figure, value: float | None, language: str, currency: str) -> str:
    """A value with its unit, as somebody reads it."""
    if value is None:
        return "–"
    if figure.unit == "time":
        return duration(value, language)
    return f"{value:,.{figure.decimals}f}{'' if figure.unit == 'percent' else ' '}{unit_of(figure, language, currency)}".strip()


def duration(seconds: float, language: str) -> str:
    """A time in the unit that it has a few of."""
    second, minute, hour, day = _SHORT.get(language, _SHORT["en"])
    size = abs(seconds)
    if size < 2 * MINUTE_S:
        return f"{seconds:.0f}{second}"
    if size < 2 * HOUR_S:
        return f"{seconds / MINUTE_S:.0f}{minute}"
    return f"{seconds / HOUR_S:.1f}{hour}" if size < 2 * DAY_S else f"{seconds / DAY_S:.1f}{day}"


def verdict(figure: Figure, now: float | None, before: float | None) -> int:
    """1 where it became better, -1 where worse, 0 where neither can be said."""
    if now is None or before is None or now == before:
        return 0
    return figure.better if now > before else -figure.better
