"""A folder into which files are dropped: which of them are whole, where they go when they were taken, and what is put out."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from server.kernel.clock import SECOND
from server.oms.channels.errors import ChannelAway

_SETTLED_MS = 2 * SECOND
_CUT_MS = 60 * SECOND
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
_NANO = 1_000_000


@dataclass(frozen=True, slots=True)
class Drop:
    """A file as it was when it was looked at; `version` is when it was last written (ms)."""

    path: Path
    size: int
    version: int
    settled_ms: int
    """For how long it has not changed, as far as we know."""

    @property
    def may_be_cut(self) -> bool:
        """Whether somebody who stopped for a moment may be writing it still."""
        return self.settled_ms < _CUT_MS


@dataclass
class Box:
    """One folder. It remembers how files looked, so that a wrong clock on either side holds none back for ever."""

    folder: Path
    _seen: dict[str, tuple[int, int, float]] = field(default_factory=dict)

    def drops(self, now: int) -> list[Drop]:
        """The files that are whole, the oldest first; ChannelAway when the folder cannot be used."""
        try:
            for name in ("", "done", "failed", "out"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            entries = [entry for entry in os.scandir(self.folder) if _is_file(entry)]
            found = [self._drop(entry, now) for entry in entries]
        except OSError as error:
            raise ChannelAway(f"The folder {self.folder.name} cannot be used: {error.strerror}.", code="folder") from error
        self._seen = {name: seen for name, seen in self._seen.items() if name in {entry.name for entry in entries}}
        return sorted((one for one in found if one is not None and one.settled_ms >= _SETTLED_MS), key=lambda one: (one.version, one.path.name))

    def _drop(self, entry: "os.DirEntry[str]", now: int) -> Drop | None:
        try:
            told = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None
        first = self._seen.get(entry.name)
        if first is None or first[:2] != (told.st_size, told.st_mtime_ns):
            first = self._seen[entry.name] = (told.st_size, told.st_mtime_ns, time.monotonic())
        version = max(told.st_mtime_ns // _NANO, 0)
        return Drop(Path(entry.path), told.st_size, version, max(now - version, int((time.monotonic() - first[2]) * SECOND)))

    def is_same(self, drop: Drop) -> bool:
        """Whether nobody has written it since."""
        try:
            told = drop.path.lstat()
        except FileNotFoundError:
            return False
        return (told.st_size, max(told.st_mtime_ns // _NANO, 0)) == (drop.size, drop.version)

    def move(self, drop: Drop, into: str, words: str = "") -> None:
        """Takes a file out of the way under its time, with a text beside it if there is something to say. One written meanwhile stays."""
        if not self.is_same(drop):
            return
        at = datetime.fromtimestamp(drop.version // SECOND, UTC)
        stem = f"{at:%Y%m%dT%H%M%S}.{drop.version % SECOND:03d}Z-{drop.path.name}"
        target = self._free(into, stem)
        if words:
            self.write(f"{into}/{target}.txt", words)
        os.replace(drop.path, self.folder / into / target)  # noqa: PTH105 - over nothing: the name is free

    def write(self, name: str, words: str) -> None:
        """A whole file at once, or none; ChannelAway when the folder takes none."""
        target = self.folder / name
        part = target.with_name(f".{target.name}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8-sig", newline="") as stream:
                stream.write(words)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(target)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise ChannelAway(f"The folder {self.folder.name} cannot be used: {error.strerror}.", code="folder") from error

    def _free(self, into: str, stem: str) -> str:
        name, number = stem, 1
        while (self.folder / into / name).exists():
            number += 1
            name = f"{number}-{stem}"
        return name


def _is_file(entry: "os.DirEntry[str]") -> bool:
    """No hidden one, none that says of itself that it is unfinished, no link to elsewhere, and not what Excel lays beside an open workbook."""
    return not entry.name.startswith((".", "~$")) and not entry.name.lower().endswith(_UNFINISHED) and entry.is_file(follow_symlinks=False)
