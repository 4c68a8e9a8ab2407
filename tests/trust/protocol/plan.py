"""What happens in a play, all of it drawn from one seed before it begins: who scans what and when, and what goes wrong."""

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from server.kernel.clock import DAY, HOUR, MINUTE, SECOND
from tests.trust.protocol.house import BEGAN, BINS, DEVICES

KINDS = (("shift", 60), ("half", 9), ("move", 8), ("receive", 5), ("start", 6), ("unknown", 5), ("malformed", 5))
SKEWS = (0, 0, 0, 90 * SECOND, -HOUR, HOUR, -DAY, 3 * DAY, -5 * DAY, -40 * DAY, 4000 * DAY)


@dataclass(frozen=True, order=True)
class Step:
    """One thing that happens: an operation is made, or something goes wrong."""

    at: int
    device: int
    what: str
    more: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class Network:
    """How bad the network is: chances in percent, and the longest delay."""

    lose: int = 0
    lose_answer: int = 0
    double: int = 0
    late: int = 0
    away: int = 0
    delay_max: int = 200


@dataclass(frozen=True)
class Plan:
    seed: int
    devices: int
    steps: tuple[Step, ...]
    network: Network
    skews: tuple[int, ...]
    ends: int

    def without(self, steps: list[Step]) -> "Plan":
        return replace(self, steps=tuple(one for one in self.steps if one not in steps))

    def on(self, network: Network) -> "Plan":
        return replace(self, network=network)


def plan_of(seed: int) -> Plan:
    chance = Random(seed)
    devices = chance.randint(1, min(3, DEVICES))
    steps = [step for device in range(devices) for step in _work(chance, device)]
    last = max(step.at for step in steps)
    steps += [step for what in FAULTS if chance.random() < FAULTS[what] for step in _fault(chance, what, devices, last)]
    skews = tuple(chance.choice(SKEWS) if chance.random() < 0.4 else 0 for _ in range(devices))
    ends = max(step.at for step in steps) + 8 * HOUR
    return Plan(seed, devices, tuple(sorted(steps)), _network(chance), skews, ends)


def _network(chance: Random) -> Network:
    if chance.random() < 0.1:
        return Network()
    draw = lambda most: chance.choice((0, 0, most // 3, most))  # noqa: E731 - four dice
    return Network(draw(30), draw(40), draw(40), draw(25), draw(15), chance.choice((50, 2 * SECOND, 9 * SECOND)))


def _work(chance: Random, device: int) -> list[Step]:
    """A worker's hour or shift: scans in bursts, with pauses."""
    at, steps = BEGAN + chance.randrange(10 * MINUTE), []
    for _ in range(chance.randint(2, 7)):
        at += chance.choice((chance.randint(300, 4_000), chance.randrange(10 * MINUTE), chance.randrange(HOUR)))
        steps.append(Step(at, device, "make", (_kind(chance), chance.randint(1, 9), chance.choice(BINS[1:]))))
    return steps


def _kind(chance: Random) -> str:
    return chance.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]


# how many plays in a hundred see each
FAULTS = {"wipe": 0.2, "kill": 0.35, "restart": 0.3, "crash": 0.45, "offline": 0.3, "jump": 0.25, "restore": 0.25, "second page": 0.12,
          "replay": 0.4, "forge": 0.3, "reuse": 0.25, "session ends": 0.15, "leases end": 0.2, "pause": 0.12, "disk": 0.1}


def _fault(chance: Random, what: str, devices: int, last: int) -> list[Step]:
    at = chance.randrange(BEGAN, last + HOUR)
    device = chance.randrange(devices)
    if what == "restore":
        back = chance.randrange(BEGAN, last)
        return [Step(back, 0, "backup"), Step(back + chance.choice((MINUTE, HOUR, 3 * HOUR)), 0, "restore")]
    if what == "jump":  # to and fro, while somebody works
        jumps = [Step(chance.randrange(BEGAN, last), device, what, chance.choice(SKEWS)) for _ in range(chance.randint(1, 4))]
        return [Step(min(jumps).at - 5 * MINUTE, device, "offline", HOUR), *jumps]
    if what == "pause":  # a month in which nothing is done, and answers are forgotten after it
        return [Step(last + 31 * DAY, 0, "prune"), Step(last + 31 * DAY + MINUTE, device, "make", (_kind(chance), 1, BINS[1])),
                Step(last + 31 * DAY + HOUR, device, "replay", chance.random())]
    more = {"restart": lambda: chance.choice((2 * SECOND, 40 * SECOND)), "offline": lambda: chance.choice((MINUTE, HOUR, 4 * HOUR, 80 * HOUR)),
            "crash": lambda: chance.choice(("before", "after")),
            "disk": lambda: chance.randint(1, 4)}
    times = chance.randint(1, 3) if what in ("kill", "crash", "replay") else 1
    return [Step(at + number * MINUTE, device, what, more[what]() if what in more else chance.random()) for number in range(times)]
