"""What was made, what the server said of it and what the device heard: the history that the promises are held against."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from server.floor.operations import LATE_AFTER_MS

Json = dict[str, Any]
KNOWN_LATE_AFTER_MS = int(LATE_AFTER_MS)  # as it was before anybody planted anything
REFUSED = {"half": {"half_done", "sign_in_needed"}, "unknown": {"unknown_operation"}, "malformed": {"malformed"},
           "start": {"task_taken", "sign_in_needed", "nothing_to_do", "already_received"}}
FINAL = frozenset({"applied", "refused", "late"})


@dataclass
class Made:
    """One operation: how it was made, the server's first answer, and what the device heard."""

    device: int
    life: int
    number: int
    content: Json
    moves: int
    is_reused: bool = False
    first: Json | None = None
    first_at: int = 0
    heard: Json | None = None
    is_wiped: bool = False
    is_undone: bool = False  # answered after the backup that was restored, or numbered again because of it
    epoch: str = ""
    ops: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ops.add(self.op)

    @property
    def op(self) -> str:
        return str(self.content["op"])

    def __str__(self) -> str:
        return f"device {self.device} life {self.life} operation {self.number} ({self.content['kind']})"


def core(result: Json) -> Json:
    """What an answer says, without the task that is sent along the first time only."""
    return {name: result.get(name) for name in ("op", "seq", "status", "code", "message", "data", "next")}


def _is_same_refusal(made: Made, first: Json, again: Json) -> bool:
    """What cannot be kept by its id is judged anew in every life, and so is what was numbered again after a restore."""
    return again["status"] == "refused" and (again["code"] == first["code"] in {"op_reused", "malformed"}
                                             or (made.is_undone and again["code"] == "op_reused"))


@dataclass
class Record:
    made: list[Made] = field(default_factory=list)
    by_number: dict[tuple[int, str, int], Made] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    forgotten_before: int = 0

    def __post_init__(self) -> None:
        self._hash = hashlib.sha256()

    @property
    def hash(self) -> str:
        return self._hash.hexdigest()

    def tell(self, at: int, line: str) -> None:
        self.lines.append(f"{at - 1_790_000_000_000:>13,} ms  {line}")
        self._hash.update(self.lines[-1].encode())

    def broken(self, promise: str, what: object) -> None:
        self.faults.append(f"{promise}: {what}")

    def answered(self, at: int, key: tuple[int, str], answer: Json) -> None:
        """The server has decided; the answer may still get lost."""
        for result in answer["results"]:
            made = self.by_number.get((*key, result["seq"]))
            if made is not None:
                self._decided(at, made, result)

    def _decided(self, at: int, made: Made, result: Json) -> None:
        status = result["status"]
        if result["op"] not in made.ops:
            self.broken("an answer is for what was asked", f"{made} was answered as {result['op']}")
        if status in FINAL and made.first is not None:
            if not _is_same_refusal(made, made.first, result):
                self.broken("a second answer equals the first", f"{made} was {made.first['status']}, then {status} ({result['code']})")
        elif status in FINAL:
            made.first, made.first_at = core(result), at
            self._lateness(at, made)
            self._reason(made)
        elif status == "replayed" and (made.first is None or core(result["first"]) != made.first):
            self.broken("a second answer equals the first", f"{made} was {made.first}, then {core(result['first'])}")
        elif status == "stale" and (made.first is None or made.first_at >= self.forgotten_before):
            self.broken("nothing is shadowed", f"{made} was never executed and is called stale")
        elif status not in {"replayed", "stale", "gap"}:
            self.broken("answers are known words", f"{made}: {status}")

    def _lateness(self, at: int, made: Made) -> None:
        is_late = made.content["made_at"] < at - KNOWN_LATE_AFTER_MS
        first = made.first or {}
        if first["code"] not in {"op_reused", "malformed"} and is_late != (first["status"] == "late"):
            self.broken("only what is older than 72 h is late", f"{made}, {(at - made.content['made_at']) / 3_600_000:.0f} h old, {made.first}")

    def _reason(self, made: Made) -> None:
        first = made.first or {}
        kind = made.content["kind"]
        allowed = REFUSED.get(kind, set()) | ({"op_reused"} if made.is_reused or made.is_undone or self._has_double(made) else set())
        if first["status"] == "refused" and first["code"] not in allowed:
            self.broken("nothing is refused without a reason", f"{made}: {first['code']}")
        if first["status"] == "applied" and kind in {"half", "unknown", "malformed"}:
            self.broken("what cannot be done is refused", f"{made}: {first}")

    def _has_double(self, made: Made) -> bool:
        return any(one is not made and one.op == made.op for one in self.made)

    def restored(self, backup_at: int) -> None:
        """What was decided after the backup has not happened as far as the server knows."""
        for made in self.made:
            if made.first is not None and made.first_at >= backup_at:
                made.first, made.is_undone = None, True

    def expected_moves(self) -> Iterator[tuple[set[str], int, list[Made]]]:
        """For ids that belong together, how many units they should have moved."""
        groups: list[tuple[set[str], list[Made]]] = []
        for made in self.made:
            mine = [one for one in groups if one[0] & made.ops]
            groups = [one for one in groups if one not in mine]
            groups.append((made.ops.union(*(ops for ops, _ in mine)), [*(made for _, mades in mine for made in mades), made]))
        for ops, mades in groups:
            yield ops, sum(one.moves for one in mades if one.first and one.first["status"] == "applied"), mades
