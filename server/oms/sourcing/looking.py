"""What the sites have at this moment, as far as the rules ask for it: free pieces, ways, ages, how much of their day is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, bindparam, text

from server.kernel.clock import DAY
from server.kernel.transaction import Tx
from server.masterdata.parties import own_stock_if_any
from server.oms.promising import cutoff_after
from server.oms.sourcing.choosing import Asked, SiteNow, Wish
from server.oms.sourcing.places import Spot, km_between, spot_of
from server.oms.sourcing.rules import Cost, Facts, Prefer, RuleSet, Takes

_SITES = text("SELECT id, code, timezone, settings FROM site ORDER BY id").columns(settings=JSON)
_FREE = text(
    "SELECT a.site_id, a.item_id, a.on_hand - a.promised AS free FROM site s CROSS JOIN availability a WHERE a.site_id = s.id AND a.item_id IN :items "
    "AND a.owner_id = :owner_id AND a.on_hand > a.promised"
).bindparams(bindparam("items", expanding=True))
_AGES = text(
    "SELECT l.site_id, g.item_id, MIN(b.received_at) AS received_at FROM goods g JOIN balance b ON b.goods_id = g.id AND b.quantity > 0 "
    "LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
    "WHERE g.item_id IN :items AND g.status = 'available' AND l.kind <> 'account' GROUP BY l.site_id, g.item_id"
).bindparams(bindparam("items", expanding=True))
_BOOKED = text("SELECT site_id, orders FROM site_day WHERE site_id = :site_id AND day = :day")
_BOOK = text("INSERT INTO site_day (site_id, day, orders) VALUES (:site_id, :day, 1) ON CONFLICT (site_id, day) DO UPDATE SET orders = site_day.orders + 1")
_ITEMS = text("SELECT id, code, weight_g, handling FROM item WHERE code IN :codes").bindparams(bindparam("codes", expanding=True))


NOTHING: Mapping[tuple[int, int], int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What of an order its sourcing depends on; lines as (number, item code, pieces). `wanted_by` is its cut-off where it has one."""

    channel: str
    lines: Sequence[tuple[int, str, int]]
    ship_to: Mapping[str, Any]
    carrier: str = ""
    customer: str = ""
    total: int = 0
    priority: int = 5
    wanted_by: int | None = None


def asked_of(tx: Tx, order: Ordered) -> Asked:
    """The order as the rules see it; items that there are none of are left out."""
    known = {row.code: row for row in tx.rows(_ITEMS, codes=sorted({item for _, item, _ in order.lines}) or [""])}
    lines = tuple(Wish(number, known[item].id, item, pieces, known[item].weight_g, known[item].handling)
                  for number, item, pieces in order.lines if item in known)
    return Asked(lines, facts_of(order, lines))


def item_ids(tx: Tx, codes: Sequence[str]) -> list[int]:
    """The items of these codes, as far as there are such."""
    return [row.id for row in tx.rows(_ITEMS, codes=sorted(set(codes)) or [""])]


def facts_of(order: Ordered, lines: Sequence[Wish]) -> Facts:
    """What conditions are asked of. Weight in kilograms, total in whole units of money."""
    address = {name: str(order.ship_to.get(key) or "") for name, key in (
        ("country", "country"), ("province", "state"), ("city", "city"), ("district", "district"), ("postcode", "postcode"))}
    return {**address, "channel": order.channel, "carrier": order.carrier, "customer": order.customer,
            "item": frozenset(line.item for line in lines), "handling": frozenset(line.handling for line in lines if line.handling),
            "pieces": float(sum(line.quantity for line in lines)), "lines": float(len(lines)),
            "weight": sum(line.weight_g * line.quantity for line in lines) / 1000, "total": order.total / 100, "priority": float(order.priority)}


def sites_now(tx: Tx, order: Ordered, asked: Asked, rules: RuleSet, own: Mapping[tuple[int, int], int] = NOTHING) -> list[SiteNow]:
    """Every site with what it could send of the order; `own`, by site and item, is free for it beside."""
    items = sorted({line.item_id for line in asked.lines}) or [0]
    free = free_of(tx, items)
    for (site_id, item_id), pieces in own.items():
        free.setdefault(site_id, {})[item_id] = free.get(site_id, {}).get(item_id, 0) + pieces
    ages = _by_site(tx.rows(_AGES, items=items), "received_at") if rules.asks(Prefer, "age") else {}
    there = spot_of(order.ship_to) if asks_for_ways(rules) else None
    return [SiteNow(
        id=row.id, code=row.code, free=free.get(row.id, {}), km=km_between(_spot(row), there),
        age_days={item: (tx.now - at) / DAY for item, at in ages.get(row.id, {}).items()},
        booked=_booked(tx, row, rules), days_late=_days_late(tx, row, order, rules)) for row in tx.rows(_SITES)]


def free_of(tx: Tx, items: Sequence[int]) -> dict[int, dict[int, int]]:
    """What every site could still promise of these items, by site and item."""
    return _by_site(tx.rows(_FREE, owner_id=own_stock_if_any(tx), items=list(items) or [0]), "free")


def day_left(tx: Tx, rules: RuleSet) -> dict[int, int]:
    """How many parcels each site still takes today, where the rules limit it."""
    limits = {rule.site: rule.orders for rule in rules.of(Takes)}
    left = {}
    for row in tx.rows(_SITES):
        if row.code in limits:
            found = tx.row(_BOOKED, site_id=row.id, day=day_of(row.timezone, tx.now))
            left[row.id] = max(0, limits[row.code] - (found.orders if found is not None else 0))
    return left


def asks_for_ways(rules: RuleSet) -> bool:
    """Whether distances count at all: the names of all cities need not be read where they do not."""
    return rules.asks(Prefer, "nearest") or any(rule.per_100_km for rule in rules.of(Cost))


def book(tx: Tx, site_ids: Sequence[int], rules: RuleSet) -> None:
    """Each of these sites gets a parcel more today, where rules say how many it takes."""
    limited = {rule.site for rule in rules.of(Takes)}
    if not limited:
        return
    for row in tx.rows(_SITES):
        if row.id in site_ids and row.code in limited:
            tx.execute(_BOOK, {"site_id": row.id, "day": day_of(row.timezone, tx.now)})


def day_of(timezone: str, at: int) -> str:
    """The date on a site's own calendar."""
    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(timezone or 'UTC')):%Y-%m-%d}"


def site_spot(settings: Mapping[str, Any]) -> Spot | None:
    """Where a site says that it is: its coordinates, else its city; None where it says nothing."""
    spot = [float(one) for one in settings.get("coordinates") or ()]
    if len(spot) == 2:
        return spot[0], spot[1]
    return spot_of(settings) if settings.get("city") or settings.get("country") else None


def _spot(row: Any) -> Spot | None:
    return site_spot(row.settings or {})


def _by_site(rows: Sequence[Any], name: str) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row.site_id, {})[row.item_id] = int(getattr(row, name))
    return found


def _booked(tx: Tx, row: Any, rules: RuleSet) -> float:
    """Which part of its day a site has; above 1 its next days too."""
    takes = next((rule.orders for rule in reversed(rules.of(Takes)) if rule.site == row.code), 0)
    if not takes:
        return 0.0
    found = tx.row(_BOOKED, site_id=row.id, day=day_of(row.timezone, tx.now))
    return found.orders / takes if found is not None else 0.0


def _days_late(tx: Tx, row: Any, order: Ordered, rules: RuleSet) -> int:
    if not rules.asks(Prefer, "on_time"):
        return 0
    leaves = cutoff_after(tx.now, (row.settings or {}).get("cutoffs") or ("16:00",), row.timezone) + int(_booked(tx, row, rules)) * DAY
    wanted = order.wanted_by or tx.now + DAY
    return max(0, -((wanted - leaves) // DAY))
