"""Who sends an order is decided by the active rules, and kept with the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.transaction import Tx
from server.oms.parts import Placement
from server.oms.sourcing.choosing import Asked, Plan, SiteNow, plans, why_not
from server.oms.sourcing.language import read_rules
from server.oms.sourcing.looking import Ordered, asked_of, book, sites_now
from server.oms.sourcing.rules import RuleSet
from server.oms.sourcing.waiting import where_to_wait

_ACTIVE = text("SELECT id, name, body FROM sourcing_rules WHERE state = 'active'")
_KEEP = text("INSERT INTO sourcing_decision (order_id, rules_id, how, at, why) VALUES (:order_id, :rules_id, :how, :at, :why)"
             ).bindparams(bindparam("why", type_=JSON))
_OF_ORDER = text(
    "SELECT d.id, d.how, d.at, d.why, r.name AS rules FROM sourcing_decision d LEFT JOIN sourcing_rules r ON r.id = d.rules_id "
    "WHERE d.order_id = :order_id ORDER BY d.id DESC LIMIT 20").columns(why=JSON)
_OTHERS_KEPT = 3
_NO_RULES = RuleSet(())
NOWHERE: Mapping[int, Mapping[int, int]] = {}
_read = lru_cache(maxsize=16)(read_rules)


@dataclass(frozen=True, slots=True)
class Decided:
    """Who sends what, by which rules, and why."""

    placements: tuple[Placement, ...]
    rules_id: int | None
    rules: RuleSet
    why: Mapping[str, Any]
    lacks: int = 0


def active_rules(tx: Tx) -> tuple[int | None, RuleSet]:
    """The rules in force with their number; none at all where there are none."""
    row = tx.row(_ACTIVE)
    return (row.id, _read(row.body)) if row is not None else (None, _NO_RULES)


def decide(tx: Tx, order: Ordered, home: int, *, own: Mapping[tuple[int, int], int] | None = None, besides: Sequence[int] = ()) -> Decided:
    """The best plan for an order at this moment; what no site has waits where it is announced.

    What is announced nowhere waits at `home`, where that sends something, else at the first that does. `own` is what the order holds already, by site and item: it is free for it; `besides` are the ids of its parts.
    """
    rules_id, rules = active_rules(tx)
    asked = asked_of(tx, order)
    sites = sites_now(tx, order, asked, rules, own or {})
    found = plans(asked, sites, rules, most=1 + _OTHERS_KEPT)
    home_id = _waits_at(asked, sites, rules, home)
    waits = where_to_wait(tx, asked, found[0], sites, rules, home=home_id, priority=order.priority, besides=besides)
    return Decided(placements_of(found[0], home_id, waits), rules_id, rules, {
        "chosen": told(found[0]), "others": [told(one) for one in found[1:]], "barred": why_not(asked, sites, rules)}, found[0].lacks)


def may_send(tx: Tx, order: Ordered, site_id: int) -> bool:
    """Whether the active rules let a site send such an order."""
    _, rules = active_rules(tx)
    asked = asked_of(tx, order)
    site = next(one for one in sites_now(tx, order, asked, rules) if one.id == site_id)
    return not why_not(asked, [site], rules)


def keep_decision(tx: Tx, order_id: int, decided: Decided, how: str, *, is_final: bool = True) -> None:
    """Kept with the order; where it is final, the sites that send have a parcel more to do today."""
    keep_reason(tx, order_id, decided.why, how, rules_id=decided.rules_id)
    if is_final:
        book(tx, [one.site_id for one in decided.placements], decided.rules)


def keep_reason(tx: Tx, order_id: int, why: Mapping[str, Any], how: str, *, rules_id: int | None = None) -> None:
    """`how` is rules, by_hand, together or stock."""
    tx.execute(_KEEP, {"order_id": order_id, "rules_id": rules_id, "how": how, "at": tx.now, "why": dict(why)})


def decisions_of(tx: Tx, order_id: int) -> list[Any]:
    """What was decided of an order, the last first."""
    return tx.rows(_OF_ORDER, order_id=order_id)


def placements_of(plan: Plan, home: int, waits: Mapping[int, Mapping[int, int]] = NOWHERE) -> tuple[Placement, ...]:
    """A plan as parts of an order; what is missing `waits` where that says, else with the part of `home`, else with the first, else at `home` by itself."""
    pieces = {part.site.id: dict(part.pieces) for part in plan.parts}
    rest = dict(plan.missing)
    for site, lines in waits.items():
        for line, quantity in lines.items():
            pieces.setdefault(site, {})[line] = pieces.get(site, {}).get(line, 0) + quantity
            rest[line] -= quantity
    if any(rest.values()):
        at = pieces.setdefault(home if home in pieces or not pieces else next(iter(pieces)), {})
        for line, quantity in rest.items():
            if quantity:
                at[line] = at.get(line, 0) + quantity
    return tuple(Placement(site, pieces[site]) for site in sorted(pieces))


def told(plan: Plan) -> dict[str, Any]:
    """A plan as it is kept and shown: points by what they are for, cost in the firm's money, kilometres."""
    return {"points": round(plan.points, 2), "cost": round(plan.cost, 2), "km": round(plan.km), "missing": plan.lacks, "parts": [
        {"site": part.site.code, "km": None if part.site.km is None else round(part.site.km), "cost": round(part.cost, 2),
         "pieces": sum(part.pieces.values()), "points": {name: round(value, 2) for name, value in part.points.items()}} for part in plan.parts]}


def _waits_at(asked: Asked, sites: Sequence[SiteNow], rules: RuleSet, home: int) -> int:
    """Where an order waits that nobody has anything of: at home, unless the rules bar it; then at the first site that they do not."""
    barred = why_not(asked, sites, rules)
    allowed = [site.id for site in sites if site.code not in barred]
    return home if home in allowed or not allowed else allowed[0]
