"""`aisle bench found`: a million orders in the list: how soon each way of looking for one is answered, beside a hundredth of them."""

import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import text

from server.api.paging import cursor_of
from server.app import App, Settings
from server.cli.bench_promise import place
from server.cli.figures import Figure, percentile, report
from server.kernel.database import Database, take_your_time
from server.kernel.migrations import upgrade
from server.kernel.tables import Table, add_rows, continue_numbers
from server.kernel.transaction import Tx
from server.masterdata.api_keys import make_api_key
from server.masterdata.parties import own_stock
from server.masterdata.sites import add_site

GOAL_MS = 100.0
"""So soon that nobody notices: a page follows the finger."""
_SMALL = 100
_BEGAN, _STEP_MS = 1_700_000_000_000, 30_000
_ITEMS, _WAITING = 5_000, 50  # one of fifty waits: the newest
_CHANNELS, _SITES = ("taobao", "jd", "shopify", "web"), ("W1", "W2", "W3")
_FAMILY, _GIVEN = "王李张刘陈杨黄赵吴周", ("伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "杰")
_WARM = 3
_ORDER = ("id number channel channel_ref body_hash site_id customer ship_to carrier state hold created_at promised_at currency total phone last_line")
_LINE = "id order_id number item_id owner_id quantity promised shipped price"
_LAST_PAGE = text("SELECT id, number, channel, channel_ref, customer, carrier, state, hold, created_at FROM sales_order ORDER BY id DESC LIMIT 50")
_SETTLE = "VACUUM ANALYZE"


@click.command("found")
@click.option("--orders", default=1_000_000, show_default=True, type=click.IntRange(20_000, 20_000_000), help="In the list.")
@click.option("--times", default=40, show_default=True, type=click.IntRange(2, 10_000), help="How often each question is asked.")
@click.option("--postgres", is_flag=True, help="On a PostgreSQL that is started for it.")
@click.option("--database", "server_url", default=None, help="An empty PostgreSQL database. If left out, SQLite in a temporary file.")
@click.option("--seed", default=1, show_default=True, help="Of what is looked for.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_found(context: click.Context, *, orders: int, times: int, postgres: bool, server_url: str | None, seed: int, as_json: bool) -> None:
    """Look for orders among a million in every way that the page of orders offers.

    The newest, a page far behind, each filter alone and several together, and the search by number, reference, customer, phone
    and item, over the API as the page asks it. Each is asked again and again, of other orders every time, among a hundredth of
    the orders first and then among all. The limit is the plain driver that reads the newest fifty rows, in the same run. Ends
    with 1 when a question is not answered within 100 ms in 95 of 100 cases.
    """
    with place(server_url, is_ours=postgres) as url, tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
        upgrade(url)
        desk = _Desk(url, Path(folder), random.Random(seed))
        try:
            desk.fill(1, orders // _SMALL)
            few = desk.asked(times)
            desk.fill(orders // _SMALL + 1, orders)
            many, limit = desk.asked(times), desk.limit(times)
        finally:
            desk.close()
    report(context, list(_figures(few, many, limit)), {"engine": url.partition("+")[0].partition(":")[0], "orders": orders, "times": times}, as_json=as_json)


def _figures(few: Mapping[str, list[float]], many: Mapping[str, list[float]], limit: float) -> Iterator[Any]:
    for name, took in many.items():
        yield Figure(f"{name}, 95 of 100", percentile(took, 95), "ms", GOAL_MS, limit=limit)
        yield Figure(f"{name}, beside a hundredth", percentile(took, 50) / percentile(few[name], 50), "times")


class _Desk:
    """Somebody with the list before them, at a server without its background threads."""

    def __init__(self, url: str, folder: Path, chance: random.Random) -> None:
        self._app = App(Settings(database_url=url, var_folder=folder, client_folder=folder, requests_a_second=1e6))
        self._database: Database = self._app.database
        self._chance, self._orders = chance, 0
        self._web = self._app.web.test_client()
        key = self._database.write(_build)
        self._headers = {"Authorization": f"Bearer {key}"}

    def close(self) -> None:
        self._database.close()

    def fill(self, first: int, last: int) -> None:
        """The orders of these numbers, each as old as its number says; only the newest still wait."""
        click.echo(f"Writing {last - first + 1} orders ...", err=True)
        self._database.write(lambda tx: _load(tx, first, last))
        if not self._database.is_sqlite:
            with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("SET statement_timeout = 0")
                connection.exec_driver_sql(_SETTLE)
        self._orders = last

    def asked(self, times: int) -> dict[str, list[float]]:
        """Of each question how long its answers took, in ms."""
        took: dict[str, list[float]] = {}
        for name, question in self._questions().items():
            click.echo(f"\r{self._orders} orders: {name:<40}", err=True, nl=False)
            for _ in range(_WARM):
                self._ask(question())
            took[name] = [self._ask(question()) for _ in range(times)]
        click.echo("", err=True)
        return took

    def limit(self, times: int) -> float:
        """Ms that the plain driver needs for the newest fifty, in 95 of 100 cases."""
        def one() -> float:
            began = time.perf_counter()
            self._database.read(lambda tx: tx.rows(_LAST_PAGE))
            return (time.perf_counter() - began) * 1_000

        return percentile([one() for _ in range(times + _WARM)][_WARM:], 95)

    def _ask(self, question: str) -> float:
        began = time.perf_counter()
        answer = self._web.get(f"/api/v1/{question}", headers=self._headers)
        took = (time.perf_counter() - began) * 1_000
        if answer.status_code != 200:
            raise click.ClickException(f"{question} was answered {answer.status_code}: {answer.text[:200]}")
        if (answer.json or {}).get("items") == []:
            raise click.ClickException(f"{question} found nothing, and there is something to be found.")
        return took

    def _questions(self) -> dict[str, Callable[[], str]]:
        one, choose = self._one, self._chance.choice
        return {
            "the newest": lambda: "orders?sort=newest&limit=50",
            "of a state": lambda: f"orders?sort=newest&limit=50&state={choose(('accepted', 'released', 'shipped'))}",
            "of a channel": lambda: f"orders?sort=newest&limit=50&channel={choose(_CHANNELS)}",
            "held": lambda: "orders?sort=newest&limit=50&hold=any",
            "of a site, a state and a channel": lambda: f"orders?sort=newest&limit=50&site={choose(_SITES)}&state=shipped&channel={choose(_CHANNELS)}",
            "page by page from anywhere": lambda: self._page_from(one()),
            "by number": lambda: f"orders?search=ORD-{one():07d}",
            "by reference": lambda: f"orders?search={_ref(one())}",
            "by the beginning of a reference": lambda: f"orders?search={_ref(one())[:-1]}",
            "by customer": lambda: f"orders?search={_customer(one())}",
            "by family name": lambda: f"orders?search={choose(_FAMILY)}",
            "by phone": lambda: f"orders?search={_phone(one())}",
            "by item": lambda: f"orders?search=ITEM-{_rare(one())}",
            "by an item that everybody buys": lambda: f"orders?search=ITEM-{_common(one())}",
            "by customer and channel": lambda: self._of_channel(one()),
            "an order's page": lambda: f"orders/ORD-{one():07d}",
            "an order's story": lambda: f"orders/ORD-{one():07d}/story",
        }

    def _one(self) -> int:
        return self._chance.randint(1, self._orders)

    def _page_from(self, number: int) -> str:
        return f"orders?sort=newest&limit=50&cursor={cursor_of(max(number, 60))}"

    def _of_channel(self, number: int) -> str:
        return f"orders?search={_customer(number)}&channel={_CHANNELS[number % len(_CHANNELS)]}"


def _build(tx: Tx) -> str:
    for site in _SITES:
        add_site(tx, site, site)
    own_stock(tx)
    add_rows(tx, Table("item", ("id", "code", "name")), ((number, f"ITEM-{number}", f"Item {number}") for number in range(1, _ITEMS + 1)))
    continue_numbers(tx)
    return make_api_key(tx, "bench", ["orders:read"]).key


def _load(tx: Tx, first: int, last: int) -> None:
    take_your_time(tx)
    owner = own_stock(tx)
    add_rows(tx, Table("sales_order", tuple(_ORDER.split())), (_order(number, last) for number in range(first, last + 1)))
    add_rows(tx, Table("sales_order_line", tuple(_LINE.split())), _lines(range(first, last + 1), last, owner))
    continue_numbers(tx)


def _order(number: int, last: int) -> tuple[Any, ...]:
    at = _BEGAN + number * _STEP_MS
    state = "shipped" if number <= last - last // _WAITING else ("accepted", "released", "cancelled")[number % 3]
    home = f'{{"name": "{_customer(number)}", "phone": "{_phone(number)}", "city": "杭州市", "street": "文三路 {number} 号"}}'
    return (number, f"ORD-{number:07d}", _CHANNELS[number % len(_CHANNELS)], _ref(number), "0" * 64, number % len(_SITES) + 1, _customer(number), home, "SF",
            state, "check" if state == "accepted" and number % 6 == 0 else "", at, at + 86_400_000, "CNY", 1_990, _phone(number), 2)


def _lines(numbers: Iterable[int], last: int, owner: int) -> Iterator[tuple[Any, ...]]:
    """Two of each order; the first of a few items that everybody buys."""
    for number in numbers:
        sent = number <= last - last // _WAITING
        for line, item in ((1, _common(number)), (2, _rare(number))):
            yield (number * 2 + line - 2, number, line, item, owner, 2, 2, 2 if sent else 0, 995)


def _common(number: int) -> int:
    return number * number % 50 + 1


def _rare(number: int) -> int:
    return number * 7 % _ITEMS + 1


def _ref(number: int) -> str:
    return f"{number * 7_919 % 10**12:012d}-{number}"


def _customer(number: int) -> str:
    """So many as a shop of this size has: each orders some times."""
    person = number * 31 % 200_000
    return f"{_FAMILY[person % 10]}{_GIVEN[person // 10 % 10]}{person}"


def _phone(number: int) -> str:
    return f"138{number * 31 % 200_000:08d}"
