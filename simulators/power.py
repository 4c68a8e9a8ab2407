"""A power cut at every acknowledgement: the disk is rebuilt as it may look then, opened, and asked for what was acknowledged."""

import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from simulators.figures import Figure
from simulators.history import MOVING, Sent
from simulators.house import House
from simulators.recorded import Answer, Disk, End, Event, NoRecorder, events, recorder
from simulators.trial import Trial

Verify = Callable[[str], list[str]]
Say = Callable[[str], None]
_OP = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NO_ANSWER_SECONDS = 60.0


class RecordedHouse(House):
    """A house on SQLite whose server is recorded from its start on."""

    def start(self) -> None:
        """Keeps the database's files as they are now, and starts the server under the recorder."""
        self.trace, self.database = self.folder / "trace", Path(self.url.removeprefix("sqlite:///"))
        self.before = {file.name: file.read_bytes() for file in self.database.parent.glob(f"{self.database.name}*")}
        self.program = (*recorder(self.trace), *self.program)
        super().start()

    def recorded(self) -> Iterator[Event]:
        """All that happened to the database's files, and every answer."""
        size = -1
        while (now := self.trace.stat().st_size) != size:  # the recorder may still write
            size = now
            time.sleep(0.3)
        return events(self.trace, self.database, frozenset(self.before))


@dataclass
class Outcome:
    """What was found in the disks that power cuts left."""

    cuts: int = 0
    disks: int = 0
    losing: int = 0
    lost_most: int = 0
    unsound: list[str] = field(default_factory=list)
    flushes: int = 0

    def figures(self) -> list[Any]:
        """As they are told."""
        return [Figure("F2 power cuts, one at each acknowledgement", self.cuts, "n"), Figure("F2 disks rebuilt and opened", self.disks, "n"),
                Figure("F2 disks with an acknowledged operation lost", self.losing, "n", 0),
                Figure("F2 operations lost on the worst disk", self.lost_most, "n", 0),
                Figure("F2 disks unsound or with a broken invariant", len(self.unsound), "n", 0),
                Figure("F2 flushes of the disk", self.flushes, "n")]


def record(house: RecordedHouse, *, acknowledgements: int, hands: int, seed: int) -> dict[str, Sent]:
    """Lets a crew work on a recorded server until so much was acknowledged; what was sent, by its id."""
    trial = Trial(house, hands=hands, seed=seed, picks=hands * 5)
    try:
        with trial.working():
            trial.goes_on(acknowledgements, _NO_ANSWER_SECONDS)
        if trial.history.acknowledged < acknowledgements:
            raise NoRecorder(f"too little was acknowledged under strace: {trial.history.troubles or house.last_words()}")
        return trial.history.sent
    finally:
        house.kill()
        trial.close()


def cut(house: RecordedHouse, sent: dict[str, Sent], verify: Verify, *, seeds: int, every: int = 1, say: Say = lambda _: None) -> Outcome:
    """Cuts the power at each `every`-th acknowledgement: once with only what is safe, and with `seeds` throws of dice for the rest."""
    disk = Disk(house.before)
    cutter = _Cutter(disk, house.database.name, verify, seeds)
    with tempfile.TemporaryDirectory(prefix="aisle-cut-", dir=_memory()) as folder:
        for event in house.recorded():
            if not isinstance(event, Answer):
                disk.take(event)
                cutter.outcome.flushes += isinstance(event, End)
                continue
            for op in dict.fromkeys(_OP.findall(event.text)):
                one = sent.get(op.decode())
                if one is not None and one.answers and one.op not in cutter.told:
                    cutter.told[one.op] = one
                    if len(cutter.told) % every == 0:
                        cutter.cut(Path(folder) / "disk")
                    if len(cutter.told) % 50 == 0:
                        say(f"power cut at acknowledgement {len(cutter.told)}: {cutter.outcome.disks} disks, {cutter.outcome.losing} with a loss")
    return cutter.outcome


class _Cutter:
    """Rebuilds disks and looks at them."""

    def __init__(self, disk: Disk, name: str, verify: Verify, seeds: int) -> None:
        self._disk, self._name, self._verify, self._seeds = disk, name, verify, seeds
        self.told: dict[str, Sent] = {}
        self.outcome = Outcome()

    def cut(self, folder: Path) -> None:
        """The power goes now."""
        self.outcome.cuts += 1
        for seed in range(self._seeds + 1):
            self._disk.after_a_cut(folder, random.Random(f"{len(self.told)}-{seed}") if seed else None)
            self.outcome.disks += 1
            try:
                lost, broken = self._lost(folder / self._name), self._verify(f"sqlite:///{folder / self._name}")
            except sqlite3.Error as error:
                lost, broken = list(self.told), [str(error)]
            self.outcome.losing += bool(lost)
            self.outcome.lost_most = max(self.outcome.lost_most, len(lost))
            self.outcome.unsound += [f"acknowledgement {len(self.told)}, seed {seed}: {words}" for words in broken]

    def _lost(self, database: Path) -> list[str]:
        """What was acknowledged and is not there as it was acknowledged."""
        with closing(sqlite3.connect(database)) as opened:
            said = opened.execute("PRAGMA integrity_check").fetchall()
            if said != [("ok",)]:
                raise sqlite3.DatabaseError(f"integrity_check says {said[0][0]}")
            kept = dict(opened.execute("SELECT op, status FROM operation"))
            moved = {row[0] for row in opened.execute("SELECT DISTINCT op FROM stock_move WHERE op IS NOT NULL")}
        return [op for op, one in self.told.items() if kept.get(op) != one.answers[0]["status"]
                or (one.is_applied and one.kind in MOVING and op not in moved)]


def house_verify() -> Verify:
    """The house's own check of everything that must be true, by its name."""
    found: Verify = next(iter(entry_points(group="aisle.checks", name="broken"))).load()
    return found


def _memory() -> str | None:
    """A folder that needs no disk, where there is one with room."""
    folder = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return str(folder) if folder.is_dir() and shutil.disk_usage(folder).free > 2**28 else None


def is_recordable() -> str:
    """Why nothing can be recorded here; nothing when it can."""
    with tempfile.TemporaryDirectory(prefix="aisle-trace-") as folder:
        try:
            words = recorder(Path(folder) / "trace")
        except NoRecorder as error:
            return str(error)
        done = subprocess.run([*words, sys.executable, "-c", ""], check=False, capture_output=True, text=True)
        return "" if done.returncode == 0 and not done.stderr else f"strace may not look into processes here: {done.stderr.strip()[:200]}"
