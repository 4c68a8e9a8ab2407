"""What `aisle bench faults` does to a warehouse at work, one fault after the other, and what it finds afterwards."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from simulators.figures import Figure, percentile
from simulators.history import LOST, TWICE, as_text
from simulators.proxy import NONE, Chances
from simulators.trial import Trial

Say = Callable[[str], None]
READY_SECONDS = 5.0
RECONNECTED_SECONDS = 3.0
_MEMORY_GROWTH_PERCENT = 10.0
_SOAK_EVERY_SECONDS = 20.0
_SOAK_PAUSE_SECONDS = 0.25
_WORKER_EVERY = 4


class Restartable(Protocol):
    """A database server that can be crashed."""

    def crash_and_start(self) -> None:
        """Ends it at once and starts it again; returns when it answers."""


@dataclass(frozen=True)
class Sizes:
    """How much of each fault."""

    kills: int = 20
    freezes: int = 5
    freeze_seconds: float = 5.0
    restarts: int = 10
    operations: int = 2_000
    cuts: int = 200
    soak_minutes: float = 5.0


class Tormentor:
    """Does one fault after the other to a trial; each gives its figures."""

    def __init__(self, trial: Trial, sizes: Sizes, say: Say, postgres: Restartable | None = None) -> None:
        self._trial, self._sizes, self._say, self._postgres = trial, sizes, say, postgres
        self._chance = random.Random(trial.seed)
        self.faults: dict[str, Callable[[], list[Any]]] = {
            "kill": self._kill, "freeze": self._freeze, "restart": self._restart, "answers": self._answers, "cut": self._cut,
            "doubles": self._doubles, "soak": self._soak}
        if postgres is None:
            del self.faults["restart"]

    def run(self, only: Sequence[str] = ()) -> list[Any]:
        """All faults, or those that were named; their figures."""
        return [figure for name, fault in self.faults.items() if not only or name in only for figure in fault()]

    def _kill(self) -> list[Any]:
        ready: list[float] = []

        def act() -> None:
            for number in range(self._sizes.kills):
                time.sleep(self._chance.uniform(0.3, 1.5))
                worker_only = number % _WORKER_EVERY == _WORKER_EVERY - 1
                ready.append(self._trial.kill(worker_only=worker_only))
                self._trial.goes_on(1)
                self._say(f"kill {number + 1}{' (worker only)' if worker_only else ''}: ready after {ready[-1]:.1f} s")

        return self._watched(f"F1 kill × {self._sizes.kills}", act, NONE, lambda: [
            Figure("F1 ready again after a kill, 95 %", percentile(ready, 95), "s", READY_SECONDS,
                   limit=self._trial.start_seconds)])

    def _freeze(self) -> list[Any]:
        spent: list[float] = []

        def act() -> None:
            for number in range(self._sizes.freezes):
                time.sleep(self._chance.uniform(0.3, 1.5))
                self._trial.house.freeze()
                time.sleep(self._sizes.freeze_seconds)
                self._trial.house.thaw()
                spent.append(self._trial.goes_on(1))
                self._say(f"frozen {number + 1} for {self._sizes.freeze_seconds:g} s: work again after {spent[-1]:.2f} s")

        return self._watched(f"F6 frozen × {self._sizes.freezes}", act, NONE, lambda: [
            Figure("F6 work again after a freeze, slowest", max(spent), "s", READY_SECONDS)])

    def _restart(self) -> list[Any]:
        down, back = list[float](), list[float]()

        def act() -> None:
            for number in range(self._sizes.restarts):
                time.sleep(self._chance.uniform(0.3, 1.5))
                down.append(self._crash_database())
                back.append(self._trial.goes_on(1))
                self._say(f"PostgreSQL {number + 1}: away {down[-1]:.1f} s, work again {back[-1]:.2f} s later")

        return self._watched(f"F4 PostgreSQL crash × {self._sizes.restarts}", act, NONE, lambda: [
            Figure("F4 PostgreSQL itself away, slowest", max(down), "s"),
            Figure("F4 work again after PostgreSQL, 95 %", percentile(back, 95), "s", READY_SECONDS)])

    def _answers(self) -> list[Any]:
        def act() -> None:
            self._acknowledge(self._sizes.operations, "bad radio")

        return self._watched(f"F11 answers × {self._sizes.operations}", act, Chances.usual(), list)

    def _cut(self) -> list[Any]:
        spent: list[float] = []

        def act() -> None:
            for number in range(self._sizes.cuts):
                time.sleep(self._chance.uniform(0.05, 0.4))
                spent.extend(self._cut_once())
                if number % 20 == 19:
                    self._say(f"cut {number + 1}: slowest answer afterwards {max(spent):.2f} s")

        return self._watched(f"F10 connections cut × {self._sizes.cuts}", act, NONE, lambda: [
            Figure("F10 connected and answered after a cut, 95 %", percentile(spent, 95), "s", RECONNECTED_SECONDS)])

    def _doubles(self) -> list[Any]:
        crew = [hand.pda for hand in self._trial.crew]
        usual = crew[0].doubles, crew[0].races

        def act() -> None:
            for pda in crew:
                pda.doubles, pda.races = 0.5, 0.2
            self._acknowledge(self._sizes.operations // 2, "doubles")
            for pda in crew:
                pda.doubles, pda.races = usual

        return self._watched(f"F16 doubles × {self._sizes.operations // 2}", act, Chances(doubled=0.3, reset=0.02), list)

    def _soak(self) -> list[Any]:
        """Everything mixed; the server is killed in the first half only, so that its memory can be compared in the second."""
        memory: list[float] = []
        seconds = self._sizes.soak_minutes * 60

        def act() -> None:
            for hand in self._trial.crew:
                hand.pause_seconds = _SOAK_PAUSE_SECONDS
            ends, half = time.monotonic() + seconds, time.monotonic() + seconds / 2
            while time.monotonic() < ends:
                is_first = time.monotonic() < half
                if not is_first:
                    memory.append(self._trial.house.memory_mb())
                self._say(f"soak: {self._any(is_first=is_first)}, {self._trial.history.acknowledged} acknowledged")
                time.sleep(min(_SOAK_EVERY_SECONDS, max(0.0, ends - time.monotonic())))
            memory.append(self._trial.house.memory_mb())

        return self._watched(f"F47 soak of {self._sizes.soak_minutes:g} min", act, Chances(lost=0.02, reset=0.01, swallowed=0.002, slow=0.01), lambda: [
            Figure("F47 memory of the server at the end", memory[-1], "MB"),
            Figure("F47 memory, growth in the second half", (memory[-1] / memory[min(1, len(memory) - 1)] - 1) * 100, "%",
                   _MEMORY_GROWTH_PERCENT)])

    def _any(self, *, is_first: bool) -> str:
        what = self._chance.choice([*(["kill", "worker"] if is_first else []), "freeze", "cut", *(["restart"] if self._postgres else [])])
        if what in ("kill", "worker"):
            self._trial.kill(worker_only=what == "worker")
        elif what == "freeze":
            self._trial.house.freeze()
            time.sleep(self._sizes.freeze_seconds)
            self._trial.house.thaw()
        elif what == "cut":
            self._trial.proxy.cut_all()
        else:
            self._crash_database()
        self._trial.goes_on(1)
        return what

    def _watched(self, name: str, act: Callable[[], None], chances: Chances, more: Callable[[], list[Any]]) -> list[Any]:
        """The crew works while `act` does its worst; then everything that must not be is counted."""
        history, began = self._trial.history, time.monotonic()
        before = history.acknowledged, history.again, history.doubled
        self._say(f"{name} begins")
        with self._trial.working(chances):
            self._trial.goes_on(5)
            act()
        found = self._trial.new_findings()
        if any(found.values()):
            self._say(f"{name} found:\n{as_text(found)}")
        count, again, doubled = (now - then for now, then in zip(
            (history.acknowledged, history.again, history.doubled), before, strict=True))
        self._say(f"{name}: {count} acknowledged, {again} sent again, {doubled} doubled, lost {len(found[LOST])}, "
                  f"twice {len(found[TWICE])} ({time.monotonic() - began:.0f} s)")
        return [*(Figure(f"{name}: {what}", len(rows), "n", 0) for what, rows in found.items()),
                Figure(f"{name}: acknowledged", count, "n"), Figure(f"{name}: unanswered, sent again", again, "n"),
                Figure(f"{name}: answered, sent again", doubled, "n"), *more()]

    def _acknowledge(self, count: int, what: str) -> None:
        begun = self._trial.history.acknowledged
        while (done := self._trial.history.acknowledged - begun) < count:
            self._say(f"{what}: {done} of {count} acknowledged, {dict(self._trial.proxy.happened)}")
            self._trial.goes_on(min(500, count - done))

    def _cut_once(self) -> list[float]:
        """Seconds until each handheld was answered again."""
        waiting, began = [hand.pda for hand in self._trial.crew], time.monotonic()
        self._trial.proxy.cut_all()
        spent: list[float] = []
        while waiting and time.monotonic() < began + 10:
            time.sleep(0.005)
            spent += [pda.answered_at - began for pda in waiting if pda.answered_at > began]
            waiting = [pda for pda in waiting if pda.answered_at <= began]
        return spent + [10.0] * len(waiting)

    def _crash_database(self) -> float:
        if self._postgres is None:
            raise AssertionError("only PostgreSQL can be restarted")
        began = time.monotonic()
        self._postgres.crash_and_start()
        return time.monotonic() - began
