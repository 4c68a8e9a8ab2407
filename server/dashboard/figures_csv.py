"""Figures as CSV (RFC 4180): a line for the whole span, for the one before, for each step and for each person."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from server.dashboard.figure_list import FIGURES
from server.dashboard.figure_words import unit_of, word
from server.dashboard.history_days import local
from server.kernel.csv_cells import guarded

Cells = list[object]


def figures_csv(found: Mapping[str, Any], language: str) -> str:
    """UTF-8 with a header; times in seconds; a cell is empty where nothing is known. No cell is a formula to a spreadsheet."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    for row in _rows(found, language):
        writer.writerow([guarded(cell) for cell in row])
    return written.getvalue()


def _rows(found: Mapping[str, Any], language: str) -> Iterator[Cells]:
    units = {one.key: unit_of(one, language, found["currency"]) for one in FIGURES}
    yield [word(language, "part"), word(language, "from"), word(language, "to"), *(f"{word(language, key)} ({unit})" for key, unit in units.items())]
    zone = ZoneInfo(found["zone"])
    yield [word(language, "total"), *_ends(found["span"], zone), *_values(found["total"])]
    if found["before"] is not None:
        yield [word(language, "before"), *_ends(found["before"], zone), *_values(found["before"]["total"])]
    for step in found["steps"]:
        yield [word(language, "step"), _clock(step["at"], zone), _clock(step["until"], zone), *_values(step["values"])]
    for one in found["people"]:
        yield [one["name"], *_ends(found["span"], zone), *_values(one["values"])]


def _ends(span: Mapping[str, Any], zone: ZoneInfo) -> Cells:
    return [_clock(span["since"], zone), _clock(span["until"], zone)]


def _clock(at: int, zone: ZoneInfo) -> str:
    return local(at, zone).isoformat(timespec="minutes")


def _values(values: Mapping[str, float | None]) -> Cells:
    return ["" if values[one.key] is None else values[one.key] for one in FIGURES]
