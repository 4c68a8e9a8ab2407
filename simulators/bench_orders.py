"""`aisle bench orders`: a marketplace's busiest day through the whole house: in, promised, sourced, released to the floor, told back."""

import contextlib
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from simulators.figures import Figure, percentile, report
from simulators.house import House
from simulators.market import Market
from simulators.postgres import PostgresServer
from simulators.shops.beijing import PLAYED
from simulators.shops.plain import PlainShop
from simulators.shops.taobao import TaobaoShop

LEAST_A_SECOND, STEP_MS = 50.0, 1_000.0
_CITIES = (("浙江省", "杭州市"), ("北京市", "北京市"), ("广东省", "广州市"), ("上海市", "上海市"), ("四川省", "成都市"), ("湖北省", "武汉市"), ("辽宁省", "沈阳市"), ("福建省", "厦门市"))
_ITEMS = 40
_SECRET = "a secret of the bench's own shop"  # noqa: S105 - played
_TAOBAO = {"app_key": "23000001", "app_secret": PLAYED, "session": PLAYED}


@click.command("orders")
@click.option("--orders", default=20_000, show_default=True, type=click.IntRange(100, 1_000_000), help="Of the busiest day.")
@click.option("--seconds", default=60, show_default=True, type=click.IntRange(1, 36_000), help="How long orders then come at the pace of people.")
@click.option("--pace", default=10.0, show_default=True, type=click.FloatRange(0.1, 1_000), help="Orders a second then.")
@click.option("--kills", default=10, show_default=True, type=click.IntRange(0, 1_000), help="How often the server is then killed.")
@click.option("--postgres", is_flag=True, help="On a PostgreSQL that is started for it.")
@click.option("--seed", default=1, show_default=True, help="Of the orders.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_orders(context: click.Context, *, orders: int, seconds: int, pace: float, kills: int, postgres: bool, seed: int, as_json: bool) -> None:
    """Sell on played platforms, on the real server, three times.

    Every order is sourced: three warehouses have all of it, customers live in eight cities.

    First all orders of the busiest day wait at a played Taobao when it is connected: how many a second come in and are released to
    the floor, from the first question until the last release. Then a shop calls with orders at the pace of people: how long each
    step takes after the one before. Then the server is killed again and again while orders come in and are cancelled: none may be
    lost or come twice, and the shop must be told of each cancellation and of no other. Ends with 1 when a goal is missed.
    """
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder, _database(is_ours=postgres) as url:
        house = House(Path(folder), 0, database_url=url)
        try:
            market = Market(house, _ITEMS)
            day = _Day(market, random.Random(seed), is_postgres=postgres)
            figures = [*day.busiest(orders), *day.paced(seconds, pace), *(day.killed(kills) if kills else ())]
        finally:
            house.stop()
    report(context, figures, {"engine": "postgresql" if postgres else "sqlite", "orders": orders, "pace": f"{pace:g} a second for {seconds} s",
                              "kills": kills}, as_json=as_json)


@contextlib.contextmanager
def _database(*, is_ours: bool) -> Iterator[str | None]:
    if not is_ours:
        yield None
        return
    server = PostgresServer(fsync=True)
    server.execute("CREATE DATABASE bench")
    try:
        yield server.url("bench")
    finally:
        server.stop()


class _Day:
    """What is sold in one house."""

    def __init__(self, market: Market, chance: random.Random, *, is_postgres: bool) -> None:
        self._market, self._chance, self._is_postgres = market, chance, is_postgres

    def busiest(self, orders: int) -> Iterator[Any]:
        """All wait when the channel is connected."""
        with contextlib.closing(TaobaoShop()) as shop:
            began_at = shop.now()
            for number in range(orders):
                shop.place(self._lines(), address=self._home(), at=began_at - 600_000 + number * 500_000 // orders)
            memory, began = self._market.house.memory_mb(), time.monotonic()
            self._market.connect("taobao", "taobao", shop, {**_TAOBAO, "address": f"{shop.address}/router/rest"})
            most = self._until_released("taobao", orders)
            took = time.monotonic() - began
            came = self._market.came("taobao")
            self._market.office.call("POST", "/api/v1/channels/taobao/pause")
        yield Figure("busiest day, orders released a second", len(came) / took, "n", LEAST_A_SECOND if self._is_postgres else None, at_least=True)
        yield from self._sourced("taobao")
        yield Figure("busiest day, orders lost or in parts", orders - sum(parts == 1 for _, _, parts in came.values()), "n", 0)
        yield Figure("busiest day, taken in until released, 95 % (ms)", percentile([out - taken for taken, out, _ in came.values() if out and taken], 95), "ms")
        yield Figure("busiest day, memory of the server before", memory, "MB")
        yield Figure("busiest day, memory of the server at most", most, "MB")

    def paced(self, seconds: int, pace: float) -> Iterator[Any]:
        """A shop calls with each order when it is made."""
        with contextlib.closing(PlainShop(_SECRET)) as shop:
            self._market.connect("shop", "plain", shop, {"secret": _SECRET})
            began = time.monotonic()
            for number in range(int(seconds * pace)):
                time.sleep(max(0.0, began + number / pace - time.monotonic()))
                shop.place(self._lines(), address=self._home())
            self._until_released("shop", len(shop.orders))
            came = self._market.came("shop")
            self._market.office.call("POST", "/api/v1/channels/shop/pause")
            steps = [(taken - shop.orders[ref].placed_at, out - taken) for ref, (taken, out, _) in came.items() if taken and out]
        yield Figure("at pace, orders lost or in parts", len(shop.orders) - sum(parts == 1 for _, _, parts in came.values()), "n", 0)
        for name, at in (("ordered until taken in and promised", 0), ("taken in until released", 1)):
            yield Figure(f"at pace, {name}, 95 %", percentile([step[at] for step in steps], 95), "ms", STEP_MS)
            yield Figure(f"at pace, {name}, slowest", max(step[at] for step in steps), "ms", STEP_MS)

    def killed(self, kills: int) -> Iterator[Any]:
        """The shop goes on as if nothing happened; every tenth order is cancelled by the office."""
        with contextlib.closing(PlainShop(_SECRET)) as shop:
            self._market.connect("killed", "plain", shop, {"secret": _SECRET})
            shop.hooks.clear()  # it is asked: a shop whose calls fail for a second would only make this easier
            over = threading.Event()
            seller = threading.Thread(target=self._sell, args=(shop, over))
            seller.start()
            for _ in range(kills):
                time.sleep(self._chance.uniform(0.3, 1.5))
                self._market.house.kill()
                self._market.house.port_wanted = self._market.house.port
                self._market.house.start()
                self._market.sign_in()
                self._cancel()
            over.set()
            seller.join()
            self._until_released("killed", sum(not one.is_cancelled for one in shop.orders.values()) - len(self._ours))
            told = self._market.until(lambda: all(shop.orders[ref].is_cancelled for ref in self._ours), 60)
            came, copies = self._market.came("killed"), self._market.count("orders", "killed")
        yield Figure(f"orders of {kills} kills", len(shop.orders), "n")
        yield Figure("killed, orders lost", len(shop.orders) - sum(taken is not None for taken, _, _ in came.values()), "n", 0)
        yield Figure("killed, orders twice", copies - len(shop.orders), "n", 0)
        yield Figure("killed, cancellations that the shop was not told", 0 if told else 1, "n", 0)
        yield Figure("killed, orders that the shop was wrongly told of", sum(one.is_cancelled for one in shop.orders.values()) - len(self._ours), "n", 0)

    _ours: tuple[str, ...] = ()

    def _sell(self, shop: PlainShop, over: threading.Event) -> None:
        while not over.wait(0.02):
            shop.place(self._lines(), address=self._home())

    def _cancel(self) -> None:
        found = self._market.office.call("GET", "/api/v1/orders?channel=killed&limit=200")["items"]
        for one in found[::10]:
            if one["state"] in ("accepted", "released"):
                self._market.office.call("POST", f"/api/v1/orders/{one['number']}/cancel", {"reason": "bench"})
                self._ours += (one["channel_ref"],)

    def _until_released(self, code: str, orders: int) -> float:
        """Waits for the last; the most memory that the server held meanwhile."""
        most = 0.0
        while (done := self._market.count("released", code)) < orders:
            most = max(most, self._market.house.memory_mb())
            click.echo(f"\r{code}: {done} of {orders} released ", err=True, nl=False)
            time.sleep(0.5)
            if not self._market.until(lambda done=done: self._market.count("released", code) > done, 60):  # type: ignore[misc]
                raise click.ClickException(f"Nothing more came: {self._market.office.call('GET', f'/api/v1/channels/{code}')}\n{self._market.house.last_words()}")
        click.echo("", err=True)
        return most

    def _sourced(self, code: str) -> Iterator[Any]:
        """How many orders each warehouse was given."""
        for site, orders in self._market.sent(code):
            yield Figure(f"busiest day, orders sent by {site}", orders, "count")

    def _home(self) -> dict[str, str]:
        """Where a customer lives."""
        state, city = self._chance.choice(_CITIES)
        return {"name": "王小明", "phone": f"138{self._chance.randrange(10**8):08d}", "country": "CN", "state": state, "city": city, "street": "人民路 1 号"}

    def _lines(self) -> list[tuple[str, int]]:
        goods = self._chance.sample(self._market.goods, self._chance.choice((1, 1, 1, 2, 2, 3)))
        return [(good.code, self._chance.choice((1, 1, 1, 2, 3))) for good in goods]
