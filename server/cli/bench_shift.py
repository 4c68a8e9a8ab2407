"""One shift, played: tasks come, whoever is free is given one by some rule, walks, works, and asks again."""

import heapq
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from server.cli.bench_shift_floor import BenchWorker, Floor, Place
from server.floor.choosing import Seeker
from server.floor.leases import NothingToDo, claim, lease
from server.kernel.clock import HOUR, SECOND, StillClock
from server.kernel.database import Database
from server.kernel.ids import uuid7
from server.kernel.transaction import Tx
from server.wms.floor_plan import Point
from server.wms.tasks import NewTask, finish_task, make_task

FIRST_CAME, IN_ORDER = "first came", "in order"
_METRES_A_SECOND = 1.2
_CUTOFF_MS, _LEAST_LEFT_MS = 2 * HOUR, HOUR
_A_TASK_MS = 135 * SECOND
"""About what a task takes somebody: so much comes that all are busy, as they are where work has to find them."""
_AT_ONCE = 0.15
"""Which part of the tasks waits when the shift begins."""
_IDLE_MS = 20 * SECOND
_MIX = (("pick", 0.4), ("put_away", 0.3), ("move", 0.15), ("count", 0.15))
_PRIORITY = {"pick": 5, "put_away": 4, "move": 5, "count": 7}
_HANDLING_S = {"pick": 60, "put_away": 60, "move": 60, "count": 90}
_A_LINE_S = 15
_OLDEST = text("SELECT MIN(id) FROM task WHERE site_id = :site_id AND state = 'open'")
_FIRST = text("SELECT id FROM task WHERE site_id = :site_id AND state = 'open' AND held = 0 ORDER BY priority, "
              "CASE WHEN cutoff_at IS NULL THEN 1 ELSE 0 END, cutoff_at, id LIMIT 1")
_DID = text(
    "INSERT INTO operation (op, device_id, epoch, seq, kind, task_id, slots, body_hash, worker_id, made_at, at, status, answer) "
    "VALUES (:op, :device_id, 'bench-0001', (SELECT COALESCE(MAX(seq), 0) + 1 FROM operation WHERE device_id = :device_id AND epoch = 'bench-0001'), "
    ":kind, :task_id, :slots, '', :worker_id, :at, :at, 'applied', '{}')"
)

Choose = Callable[[Tx, Seeker], int | None]


@dataclass(frozen=True, slots=True)
class Job:
    """A task of the shift: when it comes, by when it has to be done, where it leads, how far with a load and how long by hand."""

    kind: str
    comes_at: int
    cutoff_at: int | None
    begin: Place
    end: tuple[int, int]
    loaded_m: float
    handling_s: int


@dataclass(slots=True)
class Outcome:
    """What a shift came to."""

    tasks: int = 0
    empty_m: float = 0.0
    loaded_m: float = 0.0
    missed: int = 0
    ended_ms: int = 0

    @property
    def walked_m(self) -> float:
        """All that was walked."""
        return self.empty_m + self.loaded_m

    @property
    def a_task_m(self) -> float:
        """What was walked for one task."""
        return self.walked_m / self.tasks


@dataclass(frozen=True, slots=True)
class Work:
    """All tasks of a shift in the order in which they come."""

    jobs: Sequence[Job]
    began_at: int

    @classmethod
    def drawn(cls, floor: Floor, orders: Sequence[Sequence[int]], tasks: int, seed: int, now: int) -> "Work":
        """Tasks at random: some wait at the beginning, the others come in the course of the shift."""
        chance, jobs = random.Random(f"shift {seed}"), []
        shift_ms = tasks * _A_TASK_MS // len(floor.workers)
        for number in range(tasks):
            comes_at = now if number < tasks * _AT_ONCE else now + chance.randrange(shift_ms)
            kind = chance.choices([name for name, _ in _MIX], [part for _, part in _MIX])[0]
            jobs.append(_drawn(floor, chance, kind, comes_at, orders[chance.randrange(len(orders))], now))
        return cls(sorted(jobs, key=lambda one: one.comes_at), now)

    def wait(self, database: Database, floor: Floor, count: int) -> None:
        """So many tasks wait, drawn from the shift's over and over."""
        def work(tx: Tx) -> None:
            for number in range(count):
                _make(tx, floor, self.jobs[number % len(self.jobs)], tx.now + (number % 8) * HOUR)

        database.write(work)


@dataclass(slots=True)
class _Shift:
    floor: Floor
    choose: Choose
    outcome: Outcome = field(default_factory=Outcome)
    job_of: dict[int, Job] = field(default_factory=dict)
    at: dict[int, Point] = field(default_factory=dict)

    def give(self, tx: Tx, worker: BenchWorker) -> tuple[int, float] | None:
        """The next task of a worker, and how many seconds it takes; None when nothing waits."""
        number = self.choose(tx, Seeker(self.floor.site_id, worker.id, worker.device_id))
        if number is None:
            return None
        job, floor = self.job_of[number], self.floor
        way = floor.plan.between(self.at[worker.id], floor.point(job.begin))
        self.outcome.empty_m += way
        self.outcome.loaded_m += job.loaded_m
        self.at[worker.id] = floor.plan.point(*job.end)
        return number, (way + job.loaded_m) / _METRES_A_SECOND + job.handling_s

    def done(self, tx: Tx, worker: BenchWorker, number: int) -> None:
        """A worker has done a task and says so, as a handheld would."""
        job = self.job_of[number]
        finish_task(tx, number)
        _did(tx, worker, job.kind, number, "{}")
        self.outcome.tasks += 1
        self.outcome.missed += job.cutoff_at is not None and tx.now > job.cutoff_at


def run_shift(database: Database, clock: StillClock, floor: Floor, work: Work, choose: Choose) -> Outcome:
    """Plays the shift to its last task, its people beginning at the packing table."""
    shift, offset, coming = _Shift(floor, choose), clock.now() - work.began_at, list(reversed(work.jobs))
    for worker in floor.workers:
        shift.at[worker.id] = floor.plan.depot_point()
        database.write(lambda tx, worker=worker: _did(tx, worker, "start", None, '{"value": {"type": "location", "key": "BENCH-07-00-1"}}'))  # type: ignore[misc]
    free: list[tuple[int, int, int | None]] = [(clock.now(), at, None) for at in range(len(floor.workers))]
    heapq.heapify(free)
    while shift.outcome.tasks < len(work.jobs):
        due, at, doing = heapq.heappop(free)
        clock.advance(max(0, due - clock.now()))
        worker = floor.workers[at]

        def turn(tx: Tx, worker: BenchWorker = worker, doing: int | None = doing) -> tuple[int, float] | None:
            _arrive(tx, shift, coming, offset)
            if doing is not None:
                shift.done(tx, worker, doing)
            return shift.give(tx, worker)

        given = database.write(turn)
        busy = round(given[1] * SECOND) if given is not None else _IDLE_MS
        heapq.heappush(free, (clock.now() + busy, at, given[0] if given is not None else None))
    shift.outcome.ended_ms = clock.now() - offset - work.began_at
    return shift.outcome


def _arrive(tx: Tx, shift: _Shift, coming: list[Job], offset: int) -> None:
    while coming and coming[-1].comes_at + offset <= tx.now:
        job = coming.pop()
        moved = Job(job.kind, job.comes_at + offset, None if job.cutoff_at is None else job.cutoff_at + offset, job.begin, job.end,
                    job.loaded_m, job.handling_s)
        shift.job_of[_make(tx, shift.floor, moved, moved.cutoff_at)] = moved


def _make(tx: Tx, floor: Floor, job: Job, cutoff_at: int | None) -> int:
    return make_task(tx, NewTask(site_id=floor.site_id, kind=job.kind, priority=_PRIORITY[job.kind], begin_id=job.begin.id, end_mm=job.end,
                                 cutoff_at=cutoff_at if job.kind == "pick" else None))


def _drawn(floor: Floor, chance: random.Random, kind: str, comes_at: int, order: Sequence[int], now: int) -> Job:  # noqa: PLR0917 - one job of a shift
    bins, plan = floor.bins, floor.plan
    one, other = chance.choice(bins), chance.choice(bins)
    if kind == "pick":
        lines = [bins[rank % len(bins)] for rank in order]
        walk = plan.walk([floor.point(place) for place in lines])
        first = lines[walk.sequence[0]]
        due = now + (1 + (comes_at + _LEAST_LEFT_MS - now) // _CUTOFF_MS) * _CUTOFF_MS
        return Job(kind, comes_at, due, first, plan.depot_mm(), walk.length - plan.between(plan.depot_point(), floor.point(first)),
                   _HANDLING_S[kind] + _A_LINE_S * len(lines))
    begin = floor.dock if kind == "put_away" else one
    end = one if kind in ("put_away", "count") else other
    return Job(kind, comes_at, None, begin, (end.x_mm, end.y_mm), plan.between(floor.point(begin), floor.point(end)), _HANDLING_S[kind])


def _did(tx: Tx, worker: BenchWorker, kind: str, task_id: int | None, slots: str) -> None:
    tx.execute(_DID, {"op": uuid7(), "device_id": worker.device_id, "worker_id": worker.id, "kind": kind, "task_id": task_id, "slots": slots, "at": tx.now})


def _first_came(tx: Tx, seeker: Seeker) -> int | None:
    return _leased(tx, seeker, tx.scalar(_OLDEST, site_id=seeker.site_id))


def _in_order(tx: Tx, seeker: Seeker) -> int | None:
    return _leased(tx, seeker, tx.scalar(_FIRST, site_id=seeker.site_id))


def _leased(tx: Tx, seeker: Seeker, number: int | None) -> int | None:
    return None if number is None else lease(tx, int(number), worker_id=seeker.worker_id, device_id=seeker.device_id).id


def _chosen(tx: Tx, seeker: Seeker) -> int | None:
    try:
        return claim(tx, seeker)[0].id
    except NothingToDo:
        return None


SHIFTS: Mapping[str, Choose] = {FIRST_CAME: _first_came, IN_ORDER: _in_order, "chosen": _chosen}
