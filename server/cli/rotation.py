"""Which backups are kept: all of the last hour, and the newest of each of the last hours, days and weeks that have one."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEPT = ((24, "%Y-%m-%d %H"), (14, "%Y-%m-%d"), (8, "%G-%V"))
FRESH = timedelta(hours=1)
_STAMP = "%Y%m%dT%H%M%S.%fZ"


def name_at(moment: datetime, ending: str = "") -> str:
    """The name of a backup of this moment (UTC)."""
    return f"aisle-{stamp(moment)}{ending}"


def stamp(moment: datetime) -> str:
    """A moment (UTC) as a part of a name, so that names stand in the order of time."""
    return moment.strftime(_STAMP)


def moment_of(path: Path, endings: Iterable[str]) -> datetime | None:
    """When a backup was made, by its name; None for any other file, which is nobody's to delete."""
    for ending in endings:
        if path.name.endswith(ending):
            try:
                return datetime.strptime(path.name.removesuffix(ending), f"aisle-{_STAMP}").replace(tzinfo=UTC)
            except ValueError:
                return None
    return None


def kept(moments: Iterable[datetime]) -> set[datetime]:
    """Of these, the ones that stay: whoever makes one before and one after a change keeps both."""
    newest_first = sorted(moments, reverse=True)
    fresh = {moment for moment in newest_first if newest_first[0] - moment < FRESH}
    return fresh | {moment for most, form in KEPT for moment in _newest_of_each(newest_first, most, form)}


def rotate(folder: Path, endings: Iterable[str]) -> list[str]:
    """Deletes the backups that need not stay; their names.

    One from the future was named by a clock that was wrong: it stays until then and takes no other's place.
    """
    now = datetime.now(UTC)
    found = {path: moment for path in folder.iterdir() if (moment := moment_of(path, endings)) is not None and moment <= now}
    stay = kept(found.values())
    gone = sorted(path for path, moment in found.items() if moment not in stay)
    for path in gone:
        path.unlink()
    return [path.name for path in gone]


def _newest_of_each(newest_first: Iterable[datetime], most: int, form: str) -> list[datetime]:
    newest: dict[str, datetime] = {}
    for moment in newest_first:
        newest.setdefault(moment.strftime(form), moment)
    return list(newest.values())[:most]
