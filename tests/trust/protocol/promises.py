"""What must be true when a play is over."""

from typing import Any

from server.floor.invariants import FLOOR_INVARIANTS
from server.stock.invariants import STOCK_INVARIANTS
from tests.trust.protocol.house import House
from tests.trust.protocol.record import Json, Made, Record


def hold(house: House, record: Record, left: list[Json]) -> None:
    """Adds to the record what is broken."""
    _queues_are_empty(record, left)
    _everything_was_answered(record)
    moved = house.moved()
    _moved_once(record, moved)
    _in_order(record, moved)
    checks = [*STOCK_INVARIANTS, *FLOOR_INVARIANTS]
    for finding in house.database.read(lambda tx: [check.check(tx) for check in checks]):
        for row in finding.rows:
            record.broken(finding.id, row)


def _queues_are_empty(record: Record, left: list[Json]) -> None:
    for one in left:
        record.broken("a queue empties once the network is good", f"{one['kind']} {one['op']} is still there")


def _everything_was_answered(record: Record) -> None:
    for made in record.made:
        if made.heard is None and not made.is_wiped:
            record.broken("what was made is answered", f"{made} went without an answer")
        if made.heard is not None and not made.is_undone:
            _heard_what_was_said(record, made, made.heard)


def _heard_what_was_said(record: Record, made: Made, heard: Json) -> None:
    said = (made.first or {}).get("status")
    told = heard["first"]["status"] if heard["status"] == "replayed" else heard["status"]
    if told not in {said, "stale"}:
        record.broken("the device heard what the server decided", f"{made}: decided {said}, heard {told}")


def _moved_once(record: Record, moved: dict[str, Any]) -> None:
    for ops, wanted, mades in record.expected_moves():
        found = sum(int(moved[op].quantity) for op in ops if op in moved)
        if found < wanted:
            record.broken("no acknowledged operation is lost", f"{mades[0]} moved {found} of {wanted}")
        if found > wanted:
            record.broken("nothing is applied twice", f"{mades[0]} moved {found}, should have moved {wanted}")


def _in_order(record: Record, moved: dict[str, Any]) -> None:
    last: dict[tuple[int, int], tuple[int, Made]] = {}
    for made in record.made:
        row = moved.get(made.op)
        if row is None or made.is_reused or record._has_double(made) or made.is_undone or made.first is None:
            continue
        before = last.get((made.device, made.life))
        if before is not None and row.first < before[0]:
            record.broken("a device's operations are in order", f"{made} was booked before {before[1]}")
        last[made.device, made.life] = (row.first, made)
