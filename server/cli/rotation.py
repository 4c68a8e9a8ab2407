"""Which backups are kept: the newest of each of the last hours, days and weeks that have one."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

KEPT = ((24, "%Y-%m-%d %H"), (14, "%Y-%m-%d"), (8, "%G-%V"))
_STAMP = "%Y%m%dT%H%M%S.%fZ"


def name_at(moment: datetime, ending: str) -> str:
    """The name of a backup of this moment (UTC)."""
    return f"aisle-{moment.strftime(_STAMP)}{ending}"


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
    """Of these, the ones that stay; the newest always does."""
    newest_first = sorted(moments, reverse=True)
    return {moment for most, form in KEPT for moment in _newest_of_each(newest_first, most, form)}


def rotate(folder: Path, endings: Iterable[str]) -> list[str]:
    """Deletes the backups that need not stay; their names."""
    found = {path: moment for path in folder.iterdir() if (moment := moment_of(path, endings)) is not None}
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
