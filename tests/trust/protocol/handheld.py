"""A handheld as the protocol wants it: its own database, pages over it that can be killed, and a queue that waits for answers."""

import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any

Json = dict[str, Any]
BATCH_MAX = 6
ENDED = frozenset({"applied", "refused", "replayed", "stale", "late"})


@dataclass
class Store:
    """What survives the page: the life's name, the counter and the queue."""

    epoch: str
    seq: int = 0
    queue: list[Json] = field(default_factory=list)

    def add(self, content: Json) -> Json:
        """The operation and its number, in one write."""
        self.seq += 1
        operation = {**content, "seq": self.seq}
        self.queue.append(operation)
        return operation

    def remove(self, seqs: list[int]) -> None:
        self.queue = [one for one in self.queue if one["seq"] not in seqs]

    def renumber(self, epoch: str) -> None:
        """A new life: what waits is numbered from one."""
        self.epoch, self.seq = epoch, len(self.queue)
        self.queue = [{**one, "seq": number} for number, one in enumerate(self.queue, 1)]


class Page:
    """An open page: it sends what waits, one batch at a time, and believes only the answer to that batch."""

    def __init__(self, store: Store) -> None:
        self.store, self.is_open = store, True
        self.waiting = list(store.queue)
        self.asked: int | None = None
        self.batch: list[Json] = []
        self.silences = self.last_status = 0

    def add(self, content: Json) -> Json:
        operation = self.store.add(content)
        self.waiting.append(operation)
        return operation

    def ask(self, number: int, size: int) -> Json:
        self.asked, self.batch = number, self.waiting[:size]
        return {"epoch": self.store.epoch, "operations": [dict(one) for one in self.batch]}

    def take(self, results: list[Json]) -> list[tuple[Json, Json]]:
        """What was answered, and is no longer waiting; a gap ends it."""
        self.asked, self.silences = None, 0
        by_seq, ended = {one["seq"]: one for one in self.batch}, []
        for result in results:
            operation = by_seq.get(result["seq"])
            if operation is None or result["status"] not in ENDED:
                break
            ended.append((operation, result))
        self.store.remove([one["seq"] for one, _ in ended])
        gone = [one for one, _ in ended]
        self.waiting = [one for one in self.waiting if one not in gone]
        return ended

    def failed(self, status: int) -> None:
        """No answer (0), or one that says to come again."""
        self.asked, self.last_status = None, status
        self.silences += 1


class Handheld:
    """A device through all its lives."""

    page_class: type[Page] = Page
    store_class: type[Store] = Store

    def __init__(self, number: int, seed: int, skew: int) -> None:
        self.number, self.skew = number, skew
        self.chance = Random(seed * 31 + number)
        self.life = self.sends = 0
        self.offline_until = 0
        self.wipe()

    @property
    def page(self) -> Page:
        return self.pages[0]

    def new_epoch(self) -> str:
        self.life += 1
        return f"{self.chance.getrandbits(64):016x}"

    def new_op(self, clock: int) -> str:
        value = (max(clock, 0) % (1 << 48) << 80) | (0x7 << 76) | (self.chance.getrandbits(12) << 64) | (0b10 << 62) | self.chance.getrandbits(62)
        return str(uuid.UUID(int=value))

    def wipe(self) -> None:
        """Everything that the device had is gone, and with it its name in the order."""
        self.store = self.store_class(self.new_epoch())
        self.reopen()

    def reopen(self) -> None:
        """The page dies, and another reads what was written down."""
        for page in getattr(self, "pages", []):
            page.is_open = False
        self.pages = [self.page_class(self.store)]

    def asker(self, page: Page, number: int) -> Page | None:
        """The page that waits for the answer to this very request, if it still does."""
        return page if page.is_open and page.asked == number else None

    def second_page(self) -> None:
        self.pages.append(self.page_class(self.store))

    def forgotten(self, answer: Json) -> bool:
        """Whether the server asks for numbers that it has answered already: it was set back to an older state."""
        result = answer["results"][-1] if answer["results"] else {}
        return result.get("status") == "gap" and bool(self.store.queue) and result["next_seq"] < self.store.queue[0]["seq"]

    def begin_again(self) -> None:
        """After the server was set back: a new life, in which what waits is sent as if it had never been."""
        self.store.renumber(self.new_epoch())
        self.reopen()
