"""What every handheld sent and was answered, and whether the ledger says the same afterwards."""

import csv
import json
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from simulators.house import House
from simulators.http import Json

_ANSWER = ("op", "seq", "status", "code", "message", "data", "next")
MOVING = {"receive": "receiving", "move": "storing", "put_away": "storing", "pick": "picking"}


@dataclass
class Sent:
    """One operation; `answers` are what was said of it each time, without `replayed` around it."""

    op: str
    device: str
    seq: int
    kind: str
    slots: Json
    tries: int = 0
    answers: list[Json] = field(default_factory=list)

    @property
    def is_applied(self) -> bool:
        """Whether the device was told that it counts."""
        return bool(self.answers) and self.answers[0]["status"] == "applied"


@dataclass
class History:
    """Of all handhelds together. `holders` is where how much of `item` must lie by what was acknowledged, `places` where an LPN."""

    item: str
    sent: dict[str, Sent] = field(default_factory=dict)
    holders: Counter[str] = field(default_factory=Counter)
    places: dict[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    again: int = 0
    doubled: int = 0
    acknowledged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sends(self, device: str, operation: Json) -> Sent:
        """An operation goes on its way, for the first time or again."""
        with self.lock:
            one = self.sent.setdefault(operation["op"], Sent(
                operation["op"], device, operation["seq"], operation["kind"], operation["slots"]))
            self.again += one.tries > 0
            one.tries += 1
            return one

    def answered(self, one: Sent, result: Json) -> Json:
        """Keeps an answer; the first one's content, whether or not it is a repetition."""
        content = result["first"] if result["status"] == "replayed" else result
        kept = {name: content.get(name) for name in _ANSWER}
        with self.lock:
            one.answers.append(kept)
            if len(one.answers) == 1:
                self.acknowledged += 1
                if one.is_applied:
                    self._book(one, kept)
        return kept

    def trouble(self, words: str) -> None:
        """Something that must not happen."""
        with self.lock:
            self.troubles.append(words)

    def _book(self, one: Sent, answer: Json) -> None:
        slots = one.slots
        if one.kind in ("receive", "move") and slots["item"] != self.item:
            return
        if one.kind == "receive":
            self.holders[answer["message"]["args"]["lpn"]] += slots["quantity"]
        elif one.kind == "move":
            self.holders[slots["from"]] -= answer["data"]["moved"]
            self.holders[slots["to"]] += slots["quantity"]
        elif one.kind == "put_away":
            self.places[slots["lpn"]] = slots["to"]


Findings = dict[str, set[str]]
Operations = dict[str, dict[str, str]]
Moves = dict[str, list[dict[str, str]]]

LOST, TWICE, UNLIKE, ORDER, DRIFT, BROKEN, TROUBLE = (
    "lost", "applied twice", "answered unlike before", "out of order", "stock adrift", "invariants broken", "errors")
"""The names of what must not be found, in the order in which they are told."""


def findings(history: History, house: House) -> Findings:
    """What is wrong, by name; every name is there, and all are empty when every promise was kept."""
    operations = {row["op"]: row for row in _exported(house, "operations")}
    moves: Moves = {}
    for row in _exported(house, "moves"):
        moves.setdefault(row["op"], []).append(row)
    with history.lock:
        sent = list(history.sent.values())
    return {
        LOST: set(_lost(sent, operations, moves)), TWICE: set(_twice(sent, operations, moves)),
        UNLIKE: {one.op for one in sent if any(answer != one.answers[0] for answer in one.answers)},
        ORDER: set(_out_of_order(operations, moves)), DRIFT: set(_drift(history, _exported(house, "stock"))),
        BROKEN: {f"{one['id']}: {row}" for one in house.command("verify", may_fail=True)["items"] for row in one["rows"]},
        TROUBLE: {*history.troubles, *(f"{one.op} ({one.kind}) was never answered" for one in sent if not one.answers),
                  *(f"{one.op} ({one.kind}) was {one.answers[0]['status']}" for one in sent
                    if one.answers and one.answers[0]["status"] in ("stale", "gap", "late"))},
    }


def _lost(sent: Iterable[Sent], operations: Operations, moves: Moves) -> Iterable[str]:
    for one in sent:
        if not one.answers or one.answers[0]["status"] in ("stale", "gap"):
            continue
        kept = operations.get(one.op)
        if kept is None or kept["status"] != one.answers[0]["status"] or (one.is_applied and one.kind in MOVING and one.op not in moves):
            yield one.op


def _twice(sent: Iterable[Sent], operations: Operations, moves: Moves) -> Iterable[str]:
    """More moved than was said, or the number of one operation used by another."""
    for one in sent:
        rows = [row for row in moves.get(one.op, ()) if row["reason"] == MOVING.get(one.kind)]
        wanted = one.slots.get("quantity", 0)
        moved = sum(int(row["quantity"] or 0) for row in rows) if wanted else len(rows) - 1
        if one.kind in MOVING and moved > wanted:
            yield one.op
    numbers = Counter((row["device"], row["epoch"], row["seq"]) for row in operations.values())
    yield from (f"number {seq} of device {device}" for (device, _, seq), times in numbers.items() if times > 1)


def _out_of_order(operations: Operations, moves: Moves) -> Iterable[str]:
    last: dict[tuple[str, str], int] = {}
    for op in sorted(moves.keys() & operations.keys(), key=lambda op: int(moves[op][0]["number"])):
        life, seq = (operations[op]["device"], operations[op]["epoch"]), int(operations[op]["seq"])
        if seq < last.get(life, 0):
            yield op
        last[life] = max(seq, last.get(life, 0))


def _drift(history: History, stock: list[dict[str, str]]) -> Iterable[str]:
    held, places = Counter[str](), dict[str, str]()
    for row in stock:
        if row["item"] == history.item:
            held[row["lpn"] or row["location"]] += int(row["quantity"])
            places[row["lpn"]] = row["location"]
    with history.lock:
        yield from (f"{holder}: {held[holder]} by the book, {wanted} by the history" for holder, wanted in history.holders.items()
                    if held[holder] != wanted)
        yield from (f"{holder}: {held[holder]} that nobody brought there" for holder in held if holder not in history.holders)
        yield from (f"{lpn} stands in {places[lpn]}, was brought to {wanted}" for lpn, wanted in history.places.items()
                    if lpn in places and places[lpn] != wanted)


def _exported(house: House, kind: str) -> list[dict[str, str]]:
    file = Path(house.folder) / f"{kind}.csv"
    house.command("export", kind, "--to", str(file))
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def as_text(found: Findings) -> str:
    """The findings that are not empty, a few of each."""
    return json.dumps({name: sorted(rows)[:5] for name, rows in found.items() if rows}, indent=1, ensure_ascii=False)
