"""A seed that fails, made small: what is taken out of its plan without the fault going away stays out."""

from collections.abc import Callable

from tests.trust.protocol.house import PLAY, House, Rehearsal
from tests.trust.protocol.plan import Network, Plan, plan_of
from tests.trust.protocol.play import Play
from tests.trust.protocol.record import Record

RUNS_MAX = 400


def played(house: House, plan: Plan) -> Record:
    """One play from the beginning: the house is as it was before."""
    house.start()
    record = Play(house, plan).run()
    database = house.database
    if isinstance(database, Rehearsal):
        database.back_to(PLAY)
    house.start()
    return record


def shortest(house: House, plan: Plan, fault: str) -> tuple[Plan, Record]:
    """The plan with as few steps as still break the same promise, and its history."""
    runs = iter(range(RUNS_MAX))

    def fails(smaller: Plan) -> bool:
        return next(runs, None) is not None and any(one.startswith(fault) for one in played(house, smaller).faults)

    plan = _calmer(plan, fails)
    size = max(1, len(plan.steps) // 2)
    while size:
        for first in range(0, len(plan.steps), size):
            smaller = plan.without(list(plan.steps[first:first + size]))
            if smaller.steps and fails(smaller):
                plan = smaller
        size //= 2
    return plan, played(house, plan)


def _calmer(plan: Plan, fails: Callable[[Plan], bool]) -> Plan:
    calm = plan.on(Network())
    return calm if fails(calm) else plan


def report(house: House, seed: int) -> str:
    """Why a seed failed, in as few lines as its history can be told, and how to see it again."""
    record = played(house, plan_of(seed))
    plan, small = shortest(house, plan_of(seed), record.faults[0].partition(":")[0])
    return "\n".join([f"seed {seed} breaks {len(record.faults)} promises:", *record.faults[:10],
                      f"the shortest play that breaks the first one has {len(plan.steps)} steps:", *small.lines, *small.faults[:3],
                      f"see it again: python -m tests.trust.protocol {seed}"])
