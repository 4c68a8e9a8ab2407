"""`aisle bench promise`: one item, a thousand pieces, two hundred customers at once: how many are promised, and how fast."""

import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import text

from server.cli.bench_plain import loaded
from server.cli.figures import Figure, report
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.migrations import upgrade
from server.kernel.transaction import Tx
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.parties import own_stock
from server.masterdata.sites import account, add_site, location_by_code
from server.oms.orders import LANE, NewOrder, NewOrderLine, accept_order
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move

LEAST_A_SECOND = 500
_SERVERS = 2  # processes, as a house of this size has them: each with its pool of connections
_WARM = 10
_AGAIN_SECONDS = 0.05
_RAW = text(
    "WITH taken AS (UPDATE availability SET promised = promised + 1 WHERE item_id = :item AND on_hand - promised >= 1 "
    "RETURNING site_id, item_id, owner_id) INSERT INTO promise (site_id, item_id, owner_id, reference, quantity, created_at) "
    "SELECT site_id, item_id, owner_id, :reference, 1, :at FROM taken")
_RAW_TAKE = text("UPDATE availability SET promised = promised + 1 WHERE item_id = :item AND on_hand - promised >= 1")
_RAW_NOTE = text("INSERT INTO promise (site_id, item_id, owner_id, reference, quantity, created_at) "
                 "SELECT site_id, item_id, owner_id, :reference, 1, :at FROM availability WHERE item_id = :item")
_PROMISED = text("SELECT SUM(promised) FROM availability a JOIN item i ON i.id = a.item_id WHERE i.code = :item")
_KEPT = text("SELECT COALESCE(SUM(p.quantity), 0) FROM promise p JOIN item i ON i.id = p.item_id WHERE i.code = :item")
_TOLD = text("SELECT COALESCE(SUM(l.promised), 0) FROM sales_order_line l JOIN item i ON i.id = l.item_id WHERE i.code = :item")


@click.command("promise")
@click.option("--clients", default=200, show_default=True, type=click.IntRange(_SERVERS, 2_000), help="Customers who order at once, again and again.")
@click.option("--units", default=1_000, show_default=True, type=click.IntRange(10, 1_000_000), help="Pieces of the one item.")
@click.option("--postgres", is_flag=True, help="On a PostgreSQL that is started for it.")
@click.option("--database", "server_url", default=None, help="An empty PostgreSQL database. If left out, SQLite in a temporary file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_promise(context: click.Context, *, clients: int, units: int, postgres: bool, server_url: str | None, as_json: bool) -> None:
    """Let customers order one piece each of one item until none is left, from two server processes at once.

    Each order is taken in whole: checked, numbered, written, promised and told in one transaction. The limit is the bare
    statement that takes a piece and writes it down, with the same customers on the same database. Ends with 1 when a piece
    too many or too few is promised, or, on PostgreSQL, when fewer than 500 a second are.
    """
    with place(server_url, is_ours=postgres) as url:
        upgrade(url)
        database = Database(url)
        there = units + _SERVERS * _WARM**2
        try:
            database.write(lambda tx: _build(tx, there))
            raw = _run(url, clients, "raw")
            ours = _run(url, clients, "order")
            counts = database.read(lambda tx: [int(tx.scalar(query, item="HOT-order")) for query in (_PROMISED, _KEPT, _TOLD)])
        finally:
            database.close()
    is_server = not url.startswith("sqlite")
    report(context, [
        Figure("promised a second", units / ours, "n", LEAST_A_SECOND if is_server else None, at_least=True, limit=units / raw),
        Figure("part of the limit", raw / ours, "part"),
        Figure("pieces promised too many", max(counts) - there, "n", 0),
        Figure("pieces promised too few", there - min(counts), "n", 0),
    ], {"engine": "postgresql" if is_server else "sqlite", "clients": clients, "units": units, "servers": _SERVERS}, as_json=as_json)


@contextmanager
def place(url: str | None, *, is_ours: bool) -> Iterator[str]:
    """The address of a database: one given, a PostgreSQL of our own, or SQLite in a file that is gone afterwards."""
    if url is not None:
        yield url
    elif is_ours:
        server = loaded("postgres")(fsync=True)
        server.execute("CREATE DATABASE bench")
        try:
            yield server.url("bench")
        finally:
            server.stop()
    else:
        with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'aisle.db'}"


def _build(tx: Tx, units: int) -> None:
    site_id = add_site(tx, "B1", "Bench")
    put_location(tx, site_id, NewLocation(code="B1-A-01-1"))
    for way in ("raw", "order"):
        item = put_item(tx, NewItem(code=f"HOT-{way}", name="Hot", packs=[NewPack("each", 1, (f"HOT-{way}-CODE",))]))
        move(tx, Move(GoodsKey(item, own_stock(tx)), units, account(tx, site_id, "SUPPLIER"), location_by_code(tx, "B1-A-01-1"), "receiving"))


def _run(url: str, clients: int, way: str) -> float:
    """Seconds from the first order until the last piece was promised."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(_SERVERS + 1)
    ends: Any = spawn.Array("d", _SERVERS)
    servers = [spawn.Process(target=_serve, args=(url, clients // _SERVERS, way, number, (barrier, ends))) for number in range(_SERVERS)]
    for one in servers:
        one.start()
    barrier.wait()
    began = time.time()
    for one in servers:
        one.join()
        if one.exitcode:
            raise click.ClickException(f"A server process of the {way} run ended with {one.exitcode}.")
    return float(max(ends[:])) - began


def _serve(url: str, clients: int, way: str, number: int, shared: tuple[Any, Any]) -> None:
    barrier, ends = shared
    database = Database(url)
    site_id, item_id = database.read(lambda tx: (tx.scalar(text("SELECT id FROM site")), tx.scalar(text("SELECT id FROM item WHERE code = :c"), c=f"HOT-{way}")))
    one = _order(database, site_id) if way == "order" else _raw(database, item_id)
    last = [0.0] * clients
    _warm(one, number)
    threads = [threading.Thread(target=_customer, args=(one, f"{number}-{at}", last, at)) for at in range(clients)]
    barrier.wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends[number] = max(last)
    database.close()


def _warm(one: Callable[[str], bool], number: int) -> None:
    """All connections are open and know their statements, as those of a server that has run for a while."""
    with ThreadPoolExecutor(_WARM) as many:
        list(many.map(lambda at: [one(f"warm-{number}-{at}-{turn}") for turn in range(_WARM)], range(_WARM)))


def _customer(buys: Callable[[str], bool], name: str, last: list[float], at: int) -> None:
    """Until none is left; one who is turned away because too many wait comes again, as a shop does that is answered 503."""
    turn, is_left = 0, True
    while is_left:
        try:
            is_left = buys(f"{name}-{turn}")
        except Unavailable:
            time.sleep(_AGAIN_SECONDS)
            continue
        last[at] = time.time() if is_left else last[at]
        turn += 1


def _order(database: Database, site_id: int) -> Callable[[str], bool]:
    def buys(name: str) -> bool:
        new = NewOrder(channel="bench", channel_ref=f"{name}-{id(database)}", site_id=site_id, lines=[NewOrderLine(item="HOT-order", quantity=1)])
        return bool(database.write(lambda tx: accept_order(tx, new), lane=LANE).lines[0].promised)

    return buys


def _raw(database: Database, item_id: int) -> Callable[[str], bool]:
    def take(tx: Tx, name: str) -> bool:
        values = {"item": item_id, "reference": f"{name}-{id(database)}"}
        if not database.is_sqlite:
            return bool(tx.changed(_RAW, **values, at=tx.now))
        if not tx.changed(_RAW_TAKE, item=item_id):
            return False
        tx.execute(_RAW_NOTE, {**values, "at": tx.now})
        return True

    return lambda name: database.write(lambda tx: take(tx, name))
