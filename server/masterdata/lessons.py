"""Lessons: for a few minutes a station's scanner is found out with printed codes, and nothing that it reads is booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.audit import record, record_change
from server.kernel.clock import MINUTE
from server.kernel.errors import Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.stations import station

LESSON_MS = 5 * MINUTE
_ONE = text("SELECT id, name, kind, driver, url, settings, state, error, error_code, lesson_until, lesson FROM peripheral "
            "WHERE station_id = :station_id AND name = :name").columns(settings=JSON, lesson=JSON)
_BEGIN = text("UPDATE peripheral SET lesson_until = :until, lesson = '{}' WHERE id = :id")
_USE = text("UPDATE peripheral SET settings = :settings, lesson_until = 0, lesson = '{}' WHERE id = :id").bindparams(
    bindparam("settings", type_=JSON))
_NOTE = text("UPDATE peripheral SET lesson = :found WHERE id = :id AND lesson_until = :lesson").bindparams(bindparam("found", type_=JSON))


class NoLesson(Refusal):
    """The scanner is not being learnt, or not enough is known of it yet."""

    code = "no_lesson"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a lesson brought by now: the peripheral, the lesson (its `lesson_until`), and Fitness as JSON."""

    peripheral: int
    lesson: int
    found: Mapping[str, Any]


def begin_lesson(tx: Tx, site_id: int, code: str, name: str) -> Any:
    """Begins a lesson of a station's scanner, anew where one runs; its row. Invalid for what is no scanner.

    Of several scanners that call one port the one is learnt that scans the printed codes; the settings are those of all of them.
    """
    row = scanner(tx, site_id, code, name)
    if row.kind != "scanner":
        raise Invalid(f"{name} is no barcode scanner: only those can be learnt.", field="name")
    tx.execute(_BEGIN, {"id": row.id, "until": max(tx.now + LESSON_MS, row.lesson_until + 1)})
    record(tx, "station.lesson", f"{code}/{name}")
    return scanner(tx, site_id, code, name)


def end_lesson(tx: Tx, site_id: int, code: str, name: str) -> None:
    """What the scanner reads is booked again; nothing happens where no lesson runs."""
    row = scanner(tx, site_id, code, name)
    if row.lesson_until:
        tx.execute(_BEGIN, {"id": row.id, "until": 0})
        record(tx, "station.lesson_ended", f"{code}/{name}")


def use_lesson(tx: Tx, site_id: int, code: str, name: str) -> dict[str, Any]:
    """Gives the scanner's driver the settings found, ends the lesson, and returns all settings. NoLesson where there are none to give.

    What the lesson says nothing about, such as baud rate and encoding, stays.
    """
    row = scanner(tx, site_id, code, name)
    if row.lesson_until <= tx.now:
        raise NoLesson(f"{name} is not being learnt. Begin, then scan the three printed codes.")
    found = row.lesson.get("settings")
    if found is None:
        raise NoLesson(f"There are no settings for {name} yet. Scan all three printed codes, and set on the scanner what is asked for.")
    settings = {**row.settings, **found}
    tx.execute(_USE, {"id": row.id, "settings": settings})
    record_change(tx, "station.learnt", f"{code}/{name}", old={"settings": row.settings}, new={"settings": settings})
    return settings


def note_learnt(tx: Tx, learnt: Sequence[Learnt]) -> None:
    """Writes down what lessons brought; nothing for one that has ended meanwhile."""
    for one in learnt:
        tx.execute(_NOTE, {"id": one.peripheral, "lesson": one.lesson, "found": dict(one.found)})


def scanner(tx: Tx, site_id: int, code: str, name: str) -> Any:
    """The row of a station's device; NotFound when there is none."""
    row = tx.row(_ONE, station_id=station(tx, site_id, code).id, name=name)
    if row is None:
        raise NotFound(f"The station {code[:64]} has no device {name[:64]}.", what=name[:64])
    return row
