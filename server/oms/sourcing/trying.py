"""Rules are tried on the orders of the last days before they are used: what would have been sent from where, at what cost.

The orders are taken anew in the sequence in which they came, from stock that is what is free now and what they were promised: what
came in meanwhile counts as if it had been there from the first. Ages of stock are not known any more, and count nothing. All columns
are measured by the costs of the rules that are tried.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.clock import DAY
from server.kernel.database import Database
from server.kernel.errors import NotFound
from server.kernel.jobs import add_job
from server.kernel.transaction import Tx
from server.oms.promising import cutoff_after
from server.oms.sourcing.choosing import Asked, Plan, SiteNow, Wish, measured, plans
from server.oms.sourcing.deciding import active_rules
from server.oms.sourcing.language import guard_sites, read_rules
from server.oms.sourcing.looking import Ordered, day_of, facts_of, site_spot
from server.oms.sourcing.places import Spot, km_between, spot_of
from server.oms.sourcing.rules import RuleSet, Takes

ORDERS_MAX = 20_000
_AT_ONCE = 500
_CHANGED_SHOWN = 50
_ADD = text("INSERT INTO sourcing_trial (body, days, result, made_at, made_by) VALUES (:body, :days, :result, :at, :by) RETURNING id"
            ).bindparams(bindparam("result", type_=JSON))
_BY_ID = text("SELECT id, body, days, state, done, total, result, made_at, made_by FROM sourcing_trial WHERE id = :id").columns(result=JSON)
_NOTE = text("UPDATE sourcing_trial SET state = 'running', done = :done, total = :total WHERE id = :id AND state IN ('waiting', 'running')")
_END = text("UPDATE sourcing_trial SET state = :state, result = :result, done = total WHERE id = :id").bindparams(bindparam("result", type_=JSON))
_BEFORE = text("SELECT COALESCE((SELECT id FROM sales_order ORDER BY id DESC LIMIT 1 OFFSET :most), 0)")
_ORDERS = text(
    "SELECT id, number, site_id, channel, carrier, customer, ship_to, priority, total, cutoff_at, created_at, part_of FROM sales_order "
    "WHERE id > :after AND created_at >= :since AND state NOT IN ('cancelled', 'merged') ORDER BY id LIMIT :most").columns(ship_to=JSON)
_LINES = text(
    "SELECT l.order_id, l.number, l.item_id, l.quantity, l.promised, i.code, i.weight_g, i.handling FROM sales_order_line l JOIN item i ON i.id = l.item_id "
    "WHERE l.order_id IN :orders ORDER BY l.order_id, l.number").bindparams(bindparam("orders", expanding=True))
_FREE = text("SELECT site_id, item_id, SUM(on_hand - promised) AS free FROM availability WHERE on_hand > promised GROUP BY site_id, item_id")
_SITES = text("SELECT id, code, timezone, settings FROM site ORDER BY id").columns(settings=JSON)


@dataclass(slots=True)
class _Past:
    """An order as it came, and what each site sent of it."""

    number: str
    at: int
    ordered: Ordered
    lines: dict[int, Wish]
    sent: dict[int, dict[int, int]]


@dataclass(slots=True)
class _Column:
    """What one way to source came to."""

    orders: int = 0
    parcels: int = 0
    split: int = 0
    cost: float = 0.0
    km: float = 0.0
    waiting: int = 0
    late: int = 0
    by_site: dict[str, int] = field(default_factory=dict)

    def count(self, plan: Plan) -> None:
        """One order more."""
        self.orders += 1
        self.parcels += len(plan.parts)
        self.split += len(plan.parts) > 1
        self.cost += plan.cost
        self.km += plan.km
        self.waiting += plan.lacks
        self.late += sum(part.site.days_late > 0 for part in plan.parts)
        for part in plan.parts:
            self.by_site[part.site.code] = self.by_site.get(part.site.code, 0) + 1

    def told(self) -> dict[str, Any]:
        """As it is kept and shown: `km` and `cost` of a parcel and of all, `on_time` as a part of all parcels."""
        parcels = max(1, self.parcels)
        return {"orders": self.orders, "parcels": self.parcels, "split": self.split, "cost": round(self.cost, 2), "km_a_parcel": round(self.km / parcels, 1),
                "on_time": round(1 - self.late / parcels, 4), "waiting": self.waiting, "by_site": dict(sorted(self.by_site.items()))}


def want_trial(tx: Tx, body: str, days: int, by: str) -> int:
    """Asks for a trial; its number. Invalid says what is wrong with the rules."""
    guard_sites(read_rules(body), [row.code for row in tx.rows(_SITES)])
    number = int(tx.scalar(_ADD, body=body, days=days, result={}, at=tx.now, by=by))
    add_job(tx, "try_sourcing", {"trial": number})
    return number


def trial_by_id(tx: Tx, number: int) -> Any:
    """A trial with its state, how far it is, and what came of it."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no trial {number}.", what=str(number))
    return row


def try_job(database: Database, payload: Mapping[str, Any]) -> None:
    """Tries the rules; done twice it comes to the same."""
    number = int(payload["trial"])
    trial = database.read(lambda tx: trial_by_id(tx, number))
    if trial.state in ("done", "failed"):
        return
    since = database.clock.now() - trial.days * DAY

    def tell(done: int, total: int) -> None:
        database.write(lambda tx: tx.execute(_NOTE, {"id": number, "done": done, "total": total}), backlog=True)

    past = _past(database, since)
    tell(0, len(past))
    result = _tried(database, past, read_rules(trial.body), tell)
    database.write(lambda tx: tx.execute(_END, {"id": number, "state": "done", "result": result}), backlog=True)


def _past(database: Database, since: int) -> list[_Past]:
    """The last orders since then, each with its parts: read in small steps beside everybody's work."""
    after = int(database.read(lambda tx: tx.scalar(_BEFORE, most=ORDERS_MAX)))
    found: dict[int, _Past] = {}
    while True:
        rows, lines = database.read(partial(_some, after=after, since=since))
        for row in rows:
            _add(found, row, lines.get(row.id, []))
        if len(rows) < _AT_ONCE:
            return [one for one in found.values() if one.lines]
        after = rows[-1].id


def _some(tx: Tx, *, after: int, since: int) -> tuple[list[Any], dict[int, list[Any]]]:
    rows = tx.rows(_ORDERS, after=after, since=since, most=_AT_ONCE)
    lines: dict[int, list[Any]] = {}
    for line in tx.rows(_LINES, orders=[row.id for row in rows] or [0]):
        lines.setdefault(line.order_id, []).append(line)
    return rows, lines


def _add(found: dict[int, _Past], row: Any, lines: Sequence[Any]) -> None:
    past = found.get(row.part_of or row.id)
    if past is None:
        past = found[row.part_of or row.id] = _Past(row.number, row.created_at, Ordered(
            channel=row.channel, lines=(), ship_to=row.ship_to, carrier=row.carrier, customer=row.customer, total=row.total, priority=row.priority,
            wanted_by=row.cutoff_at), {}, {})
    for line in lines:
        known = past.lines.get(line.number)
        quantity = line.quantity + (known.quantity if known else 0)
        past.lines[line.number] = Wish(line.number, line.item_id, line.code, quantity, line.weight_g, line.handling)
        if line.promised:
            past.sent.setdefault(row.site_id, {})[line.number] = line.promised


def _tried(database: Database, past: Sequence[_Past], rules: RuleSet, tell: Any) -> dict[str, Any]:
    sites, free, today = database.read(lambda tx: (tx.rows(_SITES), tx.rows(_FREE), active_rules(tx)[1]))
    opening: dict[tuple[int, int], int] = {(row.site_id, row.item_id): int(row.free) for row in free}
    for one in past:
        for site_id, pieces in one.sent.items():
            for line, quantity in pieces.items():
                opening[site_id, one.lines[line].item_id] = opening.get((site_id, one.lines[line].item_id), 0) + quantity
    spots = {row.id: site_spot(row.settings or {}) for row in sites}
    ways = {name: _Way(sites, spots, opening, chosen, rules) for name, chosen in (("was", None), ("today", today), ("tried", rules))}
    changed: list[dict[str, Any]] = []
    told_at = time.monotonic()
    for at, one in enumerate(past, 1):
        found = {name: way.send(one) for name, way in ways.items()}
        if _sites(found["today"]) != _sites(found["tried"]):
            changed.append({"number": one.number, "today": _sites(found["today"]), "tried": _sites(found["tried"])})
        if time.monotonic() - told_at > 1:
            told_at = time.monotonic()
            tell(at, len(past))
    return {"orders": len(past), "changed": len(changed), "examples": changed[:_CHANGED_SHOWN], **{name: way.column.told() for name, way in ways.items()}}


class _Way:
    """One way to source all of them: as it was (no rules), or by rules; measured by `costs`."""

    def __init__(self, sites: Sequence[Any], spots: Mapping[int, Spot | None], opening: Mapping[tuple[int, int], int], rules: RuleSet | None, costs: RuleSet) -> None:
        self.column = _Column()
        self._sites, self._spots, self._rules, self._costs = sites, spots, rules, costs
        self._free = {row.id: {item: pieces for (site, item), pieces in opening.items() if site == row.id} for row in sites}
        self._booked: dict[tuple[int, str], int] = {}

    def send(self, one: _Past) -> Plan:
        """Sends an order, whose goods nobody after it has."""
        asked = Asked(tuple(one.lines.values()), facts_of(one.ordered, tuple(one.lines.values())))
        there = spot_of(one.ordered.ship_to)
        sites = [self._site(row, one, there) for row in self._sites]
        found = plans(asked, sites, self._rules)[0].parts if self._rules is not None else ()
        pieces = {part.site.id: part.pieces for part in found} if self._rules is not None else one.sent
        by_id = {site.id: site for site in sites}
        plan = measured(asked, [(by_id[site], given) for site, given in pieces.items() if given], self._costs)
        for part in plan.parts:
            self._take(one, part.site.id, part.pieces)
        self.column.count(plan)
        return plan

    def _site(self, row: Any, one: _Past, there: Spot | None) -> SiteNow:
        booked = self._part_of_day(row, one.at)
        leaves = cutoff_after(one.at, (row.settings or {}).get("cutoffs") or ("16:00",), row.timezone) + int(booked) * DAY
        late = max(0, -(((one.ordered.wanted_by or one.at + DAY) - leaves) // DAY))
        return SiteNow(row.id, row.code, self._free[row.id], km_between(self._spots[row.id], there), booked=booked, days_late=late)

    def _part_of_day(self, row: Any, at: int) -> float:
        takes = next((rule.orders for rule in reversed(self._costs.of(Takes)) if rule.site == row.code), 0)
        return self._booked.get((row.id, day_of(row.timezone, at)), 0) / takes if takes else 0.0

    def _take(self, one: _Past, site_id: int, pieces: Mapping[int, int]) -> None:
        for line, quantity in pieces.items():
            item = one.lines[line].item_id
            self._free[site_id][item] = self._free[site_id].get(item, 0) - quantity
        zone = next(row.timezone for row in self._sites if row.id == site_id)
        key = (site_id, day_of(zone, one.at))
        self._booked[key] = self._booked.get(key, 0) + 1


def _sites(plan: Plan) -> list[str]:
    return sorted(part.site.code for part in plan.parts)


