"""`aisle bench sourcing`: one order decided among five warehouses, and twenty thousand lines sourced together."""

import random
import time
from collections.abc import Sequence
from typing import Any, TextIO

import click
from sqlalchemy import text

from server.cli.bench_promise import place
from server.cli.bench_shift_floor import invented, retail_lines
from server.cli.figures import Figure, percentile, report
from server.kernel.database import Database
from server.kernel.migrations import upgrade
from server.kernel.transaction import Tx
from server.masterdata.items import NewItem, put_item
from server.masterdata.parties import own_stock
from server.masterdata.site_settings import set_site_settings
from server.masterdata.sites import add_site
from server.oms.sourcing.choosing import Asked, SiteNow, Wish, measured
from server.oms.sourcing.deciding import decide
from server.oms.sourcing.in_turn import Chosen, Together, one_by_one
from server.oms.sourcing.language import read_rules
from server.oms.sourcing.looking import Ordered, facts_of
from server.oms.sourcing.places import km_between, spot_of
from server.oms.sourcing.ruling import activate, draft
from server.oms.sourcing.together import together

MOST_MS = 20
_WAREHOUSES = ("上海市", "北京市", "广州市", "成都市", "武汉市")
_CITIES = ("上海市", "北京市", "广州市", "成都市", "武汉市", "杭州市", "西安市", "沈阳市", "深圳市", "重庆市", "南京市", "郑州市", "青岛市", "长沙市", "昆明市", "哈尔滨市", "厦门市", "合肥市")
_RULES = ("any costs 4.50 plus 1.20 per kg plus 0.80 per 100 km\nprefer low cost 1\nprefer few parcels 2\nprefer on time 3\nprefer old stock 0.1\n"
          "together handling is fragile\nnever split when customer starts with VIP\nW5 reaches CN by SF, YTO\n")
_COSTS = read_rules("any costs 4.50 plus 1.20 per kg plus 0.80 per 100 km\nprefer low cost 1\nprefer few parcels 2")
_LINES_A_ORDER, _MORE_THAN_WANTED = 6, 1.05
_FREE = text("SELECT site_id, item_id, on_hand - promised FROM availability WHERE item_id IN (SELECT id FROM item WHERE code IN (:a, :b, :c))")
_STOCK = text("INSERT INTO availability (site_id, item_id, owner_id, on_hand, promised) VALUES (:site_id, :item_id, :owner_id, :on_hand, 0)")


@click.command("sourcing")
@click.option("--lines", default=20_000, show_default=True, type=click.IntRange(50, 200_000), help="Order lines that are sourced together.")
@click.option("--seconds", default=60.0, show_default=True, type=click.FloatRange(1.0, 3600.0), help="How long is looked for something better.")
@click.option("--single", default=500, show_default=True, type=click.IntRange(20, 100_000), help="Orders that are decided one by one in the database.")
@click.option("--orders", type=click.File(encoding="utf-8-sig"), help="CSV of order lines (InvoiceNo, StockCode); invented where left out.")
@click.option("--seed", default=1, show_default=True, help="Of stock and receivers.")
@click.option("--postgres", is_flag=True, help="Single orders on a PostgreSQL that is started for it.")
@click.option("--database", "server_url", default=None, help="An empty PostgreSQL database. If left out, SQLite in a temporary file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_sourcing(context: click.Context, *, lines: int, seconds: float, single: int, orders: TextIO | None, seed: int, postgres: bool,
                   server_url: str | None, as_json: bool) -> None:
    """Decide who sends orders from five warehouses in China to eighteen cities: each by itself, and all together.

    Stock is five parts in a hundred more than is ordered, and lies by chance in two to five of the warehouses. A parcel costs 4.50, 1.20 a
    kilogram and 0.80 for 100 km; a parcel more counts 2. The limit of one order is the bare query of what is free of three items, timed in
    turn with it. Ends with 1 when deciding takes longer than 20 ms, or when together needs more parcels or money than one by one.
    """
    ranks = retail_lines(orders) if orders is not None else invented(seed)
    wanted = _wanted(ranks, lines, seed)
    with place(server_url, is_ours=postgres) as url:
        upgrade(url)
        database = Database(url)
        try:
            figures = _single(database, wanted, single)
        finally:
            database.close()
    count = sum(len(order.lines) for order in wanted.orders)
    report(context, [*figures, *_all(wanted, seconds, quiet=as_json)], {
        "engine": "sqlite" if url.startswith("sqlite") else "postgresql", "orders": len(wanted.orders), "lines": count, "warehouses": len(_WAREHOUSES),
        "order lines": "invented" if orders is None else "of a file"}, as_json=as_json)


def _wanted(ranks: Sequence[Sequence[int]], lines: int, seed: int) -> Together:
    """Orders with their receivers, and what the warehouses have."""
    chance = random.Random(f"sourcing {seed}")
    found: list[Asked] = []
    count = at = 0
    while count < lines:
        goods = ranks[at % len(ranks)][:_LINES_A_ORDER]
        wishes = tuple(Wish(number, rank + 1, f"I{rank}", chance.choice((1, 1, 1, 2, 3, 6)), chance.choice((100, 300, 900)))
                       for number, rank in enumerate(goods, 1))
        city = chance.choice(_CITIES)
        found.append(Asked(wishes, facts_of(_ordered(wishes, city), wishes)))
        count, at = count + len(wishes), at + 1
    return Together(found, [_sites(str(order.facts["city"])) for order in found], _free(found, chance))


def _ordered(wishes: Sequence[Wish], city: str) -> Ordered:
    return Ordered(channel="bench", lines=[(one.number, one.item, one.quantity) for one in wishes], ship_to={"country": "CN", "city": city}, carrier="SF")


def _sites(city: str) -> list[SiteNow]:
    return [SiteNow(number, f"W{number}", {}, km_between(spot_of({"country": "CN", "city": one}), spot_of({"country": "CN", "city": city})))
            for number, one in enumerate(_WAREHOUSES, 1)]


def _free(orders: Sequence[Asked], chance: random.Random) -> dict[tuple[int, int], int]:
    ordered: dict[int, int] = {}
    for order in orders:
        for line in order.lines:
            ordered[line.item_id] = ordered.get(line.item_id, 0) + line.quantity
    free = {}
    for item, quantity in ordered.items():
        there = chance.sample(range(1, len(_WAREHOUSES) + 1), chance.randint(2, len(_WAREHOUSES)))
        shares = [0.2 + chance.random() for _ in there]
        free.update({(site, item): int(quantity * _MORE_THAN_WANTED * share / sum(shares)) + 1 for site, share in zip(there, shares, strict=True)})
    return free


def _single(database: Database, wanted: Together, most: int) -> list[Figure]:
    """Orders decided in the database, each beside the bare query."""
    database.write(lambda tx: _build(tx, wanted))
    ours, bare = [], []
    for order in wanted.orders[:most]:
        ordered = _ordered(order.lines, str(order.facts["city"]))
        codes = [line.item for line in order.lines]
        names = {name: codes[at % len(codes)] for at, name in enumerate("abc")}
        ours.append(_ms(database, lambda tx, ordered=ordered: decide(tx, ordered, 1)))
        bare.append(_ms(database, lambda tx, names=names: tx.rows(_FREE, **names)))
    ours, bare = ours[1:], bare[1:]  # the first reads the names of all cities
    return [
        Figure("deciding one order, median", percentile(ours, 50), "ms", limit=percentile(bare, 50)),
        Figure("deciding one order, 95 of 100", percentile(ours, 95), "ms", MOST_MS, limit=percentile(bare, 95)),
        Figure("deciding one order, slowest", max(ours), "ms"),
    ]


def _ms(database: Database, work: Any) -> float:
    began = time.perf_counter()
    database.read(work)
    return (time.perf_counter() - began) * 1000


def _build(tx: Tx, wanted: Together) -> None:
    owner = own_stock(tx)
    site_ids = {}
    for number, city in enumerate(_WAREHOUSES, 1):
        site_ids[number] = add_site(tx, f"W{number}", city)
        set_site_settings(tx, site_ids[number], country="CN", city=city)
    items = {line.item_id: line.item for order in wanted.orders for line in order.lines}
    ids = {item: put_item(tx, NewItem(code=code, name=code, weight_g=300)) for item, code in sorted(items.items())}
    tx.execute(_STOCK, [{"site_id": site_ids[site], "item_id": ids[item], "owner_id": owner, "on_hand": pieces} for (site, item), pieces in wanted.free.items()])
    activate(tx, draft(tx, "bench", _RULES, "bench"))


def _all(wanted: Together, seconds: float, *, quiet: bool) -> list[Figure]:
    nearest = _nearest(wanted)
    began = time.monotonic()
    greedy = one_by_one(wanted, _COSTS)
    taken = time.monotonic() - began
    with click.progressbar(length=100, label="sourcing together", hidden=quiet) as bar:
        began = time.monotonic()
        chosen = together(wanted, _COSTS, greedy, seconds=seconds, progress=lambda _what, done, of: bar.update(max(0, round(95 * done / of) - bar.pos)))
        bar.update(100 - bar.pos)
    return [
        Figure("parcels, each line from the nearest", nearest.parcels, "count"), Figure("parcels, one by one", greedy.parcels, "count"),
        Figure("parcels, together", chosen.parcels, "count", greedy.parcels - 1, limit=len(wanted.orders)),
        Figure("cost, each line from the nearest", nearest.cost, "money"), Figure("cost, one by one", greedy.cost, "money"),
        Figure("cost, together", chosen.cost, "money", greedy.cost),
        Figure("pieces that wait, one by one", greedy.lacks, "count"), Figure("pieces that wait, together", chosen.lacks, "count", greedy.lacks),
        Figure("cheaper than the nearest, one by one", 1 - greedy.cost / nearest.cost, "part"), Figure("cheaper than the nearest, together", 1 - chosen.cost / nearest.cost, "part"),
        Figure("fewer parcels than one by one", 1 - chosen.parcels / greedy.parcels, "part"),
        Figure("one by one took", taken, "s"), Figure("together took", time.monotonic() - began, "s")]


def _nearest(wanted: Together) -> Chosen:
    """Each line from the nearest that has of it, as a shop without an order's eyes would send it."""
    free = dict(wanted.free)
    found = []
    for order, sites in zip(wanted.orders, wanted.sites, strict=True):
        given: dict[int, dict[int, int]] = {}
        for line in order.lines:
            rest = line.quantity
            for site in sorted(sites, key=lambda one: one.km or 0.0):
                pieces = min(rest, free.get((site.id, line.item_id), 0))
                if pieces:
                    given.setdefault(site.id, {})[line.number] = pieces
                    free[site.id, line.item_id] -= pieces
                    rest -= pieces
        found.append(measured(order, [(site, given[site.id]) for site in sites if site.id in given], _COSTS))
    return Chosen(tuple(found))


