"""Plays one plan: virtual time, no threads, no sleeping; the same seed is the same history."""

import heapq
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from random import Random
from typing import Any

from server.kernel.clock import HOUR, MINUTE, SECOND
from server.kernel.errors import Unavailable
from tests.trust.protocol.handheld import BATCH_MAX, Handheld, Page
from tests.trust.protocol.house import BEGAN, BINS, Crash, House, Rehearsal
from tests.trust.protocol.plan import Network, Plan, Step
from tests.trust.protocol.promises import hold
from tests.trust.protocol.record import Json, Made, Record

TIMEOUT_MS, PATIENCE_MS, EVENTS_MAX = 8 * SECOND, 3 * MINUTE, 6_000


class Play:
    handheld_class: type[Handheld] = Handheld

    def __init__(self, house: House, plan: Plan) -> None:
        self.house, self.plan, self.record = house, plan, Record()
        self.now, self.network, self.backup_at = BEGAN, plan.network, 0
        self.handhelds = [self.handheld_class(number, plan.seed, plan.skews[number]) for number in range(plan.devices)]
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = count()
        self._wire: list[tuple[Handheld, str, Json]] = []
        self._disk_full = 0

    def run(self) -> Record:
        for step in self.plan.steps:
            self._at(step.at, partial(self._step, step))
        self._at(self.plan.ends, self._heal)
        for _ in range(EVENTS_MAX):
            if not self._events or self._events[0][0] > self.plan.ends + PATIENCE_MS:
                break
            self.now, _, event = heapq.heappop(self._events)
            self.house.database.clock._at = self.now
            event()
        else:
            self.record.broken("a queue empties once the network is good", "it is sent for ever")
        for handheld in self.handhelds:
            self._tell(f"device {handheld.number}: {len(handheld.store.queue)} left")
        hold(self.house, self.record, [one for handheld in self.handhelds for one in handheld.store.queue])
        return self.record

    def _at(self, at: int, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, next(self._numbers), event))

    def _tell(self, line: str) -> None:
        self.record.tell(self.now, line)

    def _step(self, step: Step) -> None:
        handheld = self.handhelds[step.device]
        if step.what != "make":
            self._tell(f"device {step.device}: {step.what} {step.more}")
        getattr(self, f"_{step.what.replace(' ', '_')}")(handheld, step.more)

    def _heal(self) -> None:
        self._tell("the network is good from here")
        self.network, self._disk_full, self.house.dies = Network(), 0, ""
        for handheld in self.handhelds:
            handheld.offline_until = 0
            for page in handheld.pages:
                self._flush(handheld, page)

    # what happens to a device

    def _make(self, handheld: Handheld, more: tuple[str, int, str], *, op: str | None = None) -> None:
        kind, quantity, target = more
        made_at = max(0, self.now + handheld.skew)
        page = handheld.pages[handheld.chance.randrange(len(handheld.pages))]
        content = {"op": op or handheld.new_op(made_at), "kind": kind, "task": None, "form": None, "made_at": made_at,
                   "session": self.house.sessions[handheld.number], "schema": 1, "intent": len(self.record.made), **self._slots(kind, quantity, target)}
        moves = quantity if kind in {"shift", "move", "receive"} else 0
        operation = page.add(content)
        made = Made(handheld.number, handheld.life, len(self.record.made), content, moves, is_reused=op is not None, epoch=handheld.store.epoch)
        self.record.made.append(made)
        self.record.by_number[handheld.number, handheld.store.epoch, operation["seq"]] = made
        self._tell(f"{made} made at {made_at - BEGAN:,}, number {operation['seq']}")
        self._flush(handheld, page)

    def _slots(self, kind: str, quantity: int, target: str) -> Json:
        if kind == "receive":
            return {"task": self.house.task, "form": self.house.form, "slots": {"item": "SOAP", "quantity": quantity}}
        if kind == "start":
            return {"slots": {"value": {"type": "document", "kind": "asn", "key": "ASN-1"}}}
        if kind == "move":
            return {"slots": {"item": "SOAP", "quantity": quantity, "from": BINS[0], "to": target}}
        if kind == "malformed":
            return {"slots": {"to": "\0"}}
        return {"slots": {"quantity": quantity, "to": target}}

    def _reuse(self, handheld: Handheld, chance: float) -> None:
        """A device that draws a number which was drawn before."""
        if self.record.made:
            known = self.record.made[int(chance * len(self.record.made))]
            self._make(handheld, ("shift", 1, BINS[2]), op=known.op)

    def _wipe(self, handheld: Handheld, _more: Any) -> None:
        for one in handheld.store.queue:
            self.record.made[one["intent"]].is_wiped = True
        before = handheld.store.epoch
        handheld.wipe()
        with suppress(Unavailable, Crash):
            known = any(key[:2] == (handheld.number, before) and made.first for key, made in self.record.by_number.items())
            told = self.house.engine.hello(self.house.devices[handheld.number], {"epoch": handheld.store.epoch}, "")
            if known and not told["reset_after_seq"]:
                self.record.broken("a wiped device is seen", f"device {handheld.number}")

    def _kill(self, handheld: Handheld, _more: Any) -> None:
        handheld.reopen()
        self._later(handheld, handheld.page)

    def _second_page(self, handheld: Handheld, _more: Any) -> None:
        handheld.second_page()
        self._later(handheld, handheld.pages[-1])

    def _offline(self, handheld: Handheld, how_long: int) -> None:
        handheld.offline_until = self.now + how_long

    def _jump(self, handheld: Handheld, skew: int) -> None:
        handheld.skew = skew

    # what happens to the server

    def _restart(self, _handheld: Handheld, how_long: int) -> None:
        self.house.up = False
        self._at(self.now + how_long, self._up)

    def _up(self) -> None:
        if isinstance(self.house.database, Rehearsal):
            self.house.database.forget()
        self.house.start()

    def _crash(self, _handheld: Handheld, where: str) -> None:
        self.house.dies = where

    def _disk(self, _handheld: Handheld, tries: int) -> None:
        self._disk_full = tries

    def _backup(self, _handheld: Handheld, _more: Any) -> None:
        self.house.database.keep("backup")
        self.backup_at = self.now

    def _restore(self, handheld: Handheld, _more: Any) -> None:
        if self.backup_at:
            self.house.database.back_to("backup")
            self.record.restored(self.backup_at)
            self._restart(handheld, MINUTE)

    def _prune(self, _handheld: Handheld, _more: Any) -> None:
        self.record.forgotten_before = self.house.forget_answers()

    def _session_ends(self, handheld: Handheld, _more: Any) -> None:
        self.house.end_session(handheld.number)

    def _leases_end(self, _handheld: Handheld, _more: Any) -> None:
        self.house.end_leases()

    # what happens on the way

    def _flush(self, handheld: Handheld, page: Page) -> None:
        if not (page.is_open and page.waiting) or page.asked is not None:
            return
        if self.now < handheld.offline_until:
            self._at(handheld.offline_until, partial(self._flush, handheld, page))
            return
        handheld.sends += 1
        chance = Random(self.plan.seed << 24 | handheld.number << 16 | handheld.sends)
        body = page.ask(handheld.sends, chance.randint(1, BATCH_MAX))
        for one in body["operations"]:
            self.record.by_number.setdefault((handheld.number, body["epoch"], one["seq"]), self.record.made[one["intent"]]).ops.add(one["op"])
        self._wire.append((handheld, body["epoch"], body))
        for _ in range(1 + (chance.randrange(100) < self.network.double)):
            if chance.randrange(100) >= self.network.lose:
                self._at(self.now + self._delay(chance), partial(self._arrive, handheld, page, handheld.sends, body, chance))
        self._at(self.now + TIMEOUT_MS, partial(self._silence, handheld, page, handheld.sends))

    def _delay(self, chance: Random) -> int:
        if chance.randrange(100) < self.network.late:
            return chance.choice((MINUTE, HOUR, 5 * HOUR))
        return chance.randint(5, self.network.delay_max)

    def _arrive(self, handheld: Handheld, page: Page, number: int, body: Json, chance: Random) -> None:
        answer = self._served(handheld, body, chance)
        if answer is not None and chance.randrange(100) >= self.network.lose_answer:
            for _ in range(1 + (chance.randrange(100) < self.network.double)):
                self._at(self.now + self._delay(chance), partial(self._answer, handheld, page, number, answer))

    def _served(self, handheld: Handheld, body: Json, chance: Random | None) -> Json | int | None:
        """The answer, the status of an error, or None when the server died over it."""
        numbers = [one["seq"] for one in body["operations"]]
        if self._disk_full or (chance is not None and chance.randrange(100) < self.network.away):
            self._disk_full = max(0, self._disk_full - 1)
            return 503
        try:
            answer = self.house.answer(handheld.number, body)
        except Unavailable:
            return 503
        except Crash as crash:
            self._tell(f"the server dies {crash} the commit of {numbers} of device {handheld.number}")
            if crash.args == ("after",):
                self._learn(handheld, body)
            self._restart(handheld, 3 * SECOND)
            return None
        except Exception as error:  # noqa: BLE001 - a server that breaks on a batch is what is looked for
            self.record.broken("the server answers", f"{type(error).__name__} {error} to {numbers} of device {handheld.number}")
            return 500
        if chance is not None:
            self.record.answered(self.now, (handheld.number, body["epoch"]), answer)
        told = [(one["seq"], one["status"], one.get("code", "")) for one in answer["results"]]
        self._tell(f"the server has {numbers} of device {handheld.number} and says {told}")
        return answer

    def _learn(self, handheld: Handheld, body: Json) -> None:
        """It died after the commit: what it would have answered is known from asking the tables again."""
        answer = self.house.answer(handheld.number, body)
        for result in answer["results"]:
            made = self.record.by_number.get((handheld.number, body["epoch"], result["seq"]))
            if made is not None and made.first is None and result["status"] == "replayed":
                self.record.answered(self.now, (handheld.number, body["epoch"]), {"results": [result["first"]]})

    def _answer(self, handheld: Handheld, page: Page, number: int, answer: Json | int) -> None:
        asker = handheld.asker(page, number)
        if asker is None:
            return
        page = asker
        if isinstance(answer, int):
            self._tell(f"device {handheld.number} is told {answer}")
            page.failed(answer)
            self._later(handheld, page)
            return
        for operation, result in page.take(answer["results"]):
            self.record.made[operation["intent"]].heard = result
        if handheld.forgotten(answer):
            self._begin_again(handheld)
        for one in handheld.pages:
            self._later(handheld, one)

    def _begin_again(self, handheld: Handheld) -> None:
        mades = [self.record.made[one["intent"]] for one in handheld.store.queue]
        handheld.begin_again()
        self._tell(f"device {handheld.number} begins a new life with {len(mades)} operations")
        for number, made in enumerate(mades, 1):
            made.life, made.epoch, made.is_undone = handheld.life, handheld.store.epoch, True
            self.record.by_number[handheld.number, handheld.store.epoch, number] = made

    def _silence(self, handheld: Handheld, page: Page, number: int) -> None:
        if handheld.asker(page, number) is page and page.asked == number:
            page.failed(0)
            self._later(handheld, page)

    def _later(self, handheld: Handheld, page: Page) -> None:
        if page.waiting and page.is_open:
            wait = SECOND if self.now >= self.plan.ends else min(2 * SECOND << page.silences, HOUR) + handheld.chance.randrange(SECOND)
            self._at(self.now + wait, partial(self._flush, handheld, page))

    def _replay(self, _handheld: Handheld, chance: float) -> None:
        """Something on the way sends an old message again."""
        if self._wire:
            handheld, _, body = self._wire[int(chance * len(self._wire))]
            self._tell(f"an old message of device {handheld.number} comes again")
            self._served(handheld, body, Random(int(chance * 10**9)))

    def _forge(self, handheld: Handheld, chance: float) -> None:
        """An operation that was answered comes with other content: refused, and nothing moves."""
        known = [(key, made) for key, made in self.record.by_number.items() if made.first and key[:2] == (handheld.number, made.epoch) and made.content["kind"] != "malformed"]
        if not known:
            return
        (_, epoch, seq), made = known[int(chance * len(known))]
        forged = {**made.content, "seq": seq, "slots": {"to": BINS[2], "quantity": 77}, "kind": "shift"}
        answer = self._served(handheld, {"epoch": epoch, "operations": [forged]}, None)
        if not isinstance(answer, dict):
            return
        result, wanted = answer["results"][0], "stale" if made.first_at < self.record.forgotten_before else "op_reused"
        if result.get("code") != wanted:
            self.record.broken("a reused id is refused", f"{made}: {result['status']} ({result.get('code')})")
