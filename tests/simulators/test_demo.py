"""The demonstration: its orders are given their parts, its checks see what goes wrong, and a run that fell short says so."""

import json

import pytest
from click.testing import CliRunner

from simulators import demo as play
from simulators import story
from simulators.cast import KEPT, cast, shared_out
from simulators.demo import demo
from simulators.goods import Shelves
from simulators.plan import CARRIERS, invented_day
from simulators.service import unwanted
from simulators.shops.plain import PlainShop
from simulators.shops.served import Reply, Served
from simulators.store import Store, StoreFailed

ORDERS = invented_day(120, seed=7).orders
PART = cast(ORDERS, CARRIERS)
IN_WAREHOUSE = 20
COMPLETE = {"orders_in": 2, "orders_shipped": 2, "orders_from_platforms": 2, "orders_told_to_platforms": 2, "lines": 3, "lines_ordered": 3, "units": 9,
            "units_ordered": 9, "invariants": {"broken": []}}


@pytest.mark.parametrize("carriers", [("DHL",), ("DHL", "SF"), ("DHL", "GLS", "SF")])
def test_every_order_is_bought_on_one_platform_or_none(carriers):
    orders = [{**order, "carrier": carriers[at % len(carriers)]} for at, order in enumerate(ORDERS)]
    bought = [order["reference"] for orders_ in shared_out(orders, carriers).values() for order in orders_]
    assert sorted(bought) == [order["reference"] for order in orders if order["carrier"] in carriers[:2]]


def test_the_parts_are_given_to_different_orders():
    parts = [PART.collected, PART.misspelt, PART.misnamed, *PART.near]
    assert len({order["reference"] for order in parts}) == len(parts)


def test_the_store_has_what_its_orders_want_beside_what_it_keeps():
    for item, quantity in PART.stock.items():
        wanted = sum(line["quantity"] for order in (PART.collected, *PART.near) for line in order["lines"] if line["item"] == item)
        assert quantity >= KEPT + wanted


def test_a_day_of_few_orders_has_no_parts():
    assert cast(ORDERS[:12], CARRIERS) is None


class House:
    """What hears of sales and takes them off what the web shows: each once, unless it is `forgetful`; a `deaf` one hears of none."""

    def __init__(self, web, *, forgetful=False, deaf=False):
        self.web, self.forgetful, self.deaf, self.known = web, forgetful, deaf, set()
        self.served = Served(self.answer, lambda: 0)

    def answer(self, asked):
        for sale in [] if self.deaf else json.loads(asked.body)["sales"]:
            if self.forgetful or sale["receipt"] not in self.known:
                self.web.quantities[sale["lines"][0]["item"]] -= sale["lines"][0]["quantity"]
            self.known.add(sale["receipt"])
        return Reply()


@pytest.fixture
def sold(monkeypatch):
    """Rings up as the story does, before a house of some kind."""
    monkeypatch.setattr("simulators.store.WAIT_SECONDS", 0.5)
    web, opened = PlainShop("secret"), []

    def sells(**kind):
        house, shelves = House(web, **kind), Shelves()
        shelves.deliver("LPN1", dict(PART.stock))
        store = Store(None, None, shelves, PART)
        store.till.hooks.append(house.served.address)
        web.quantities[PART.carried_home] = IN_WAREHOUSE + PART.stock[PART.carried_home] - KEPT
        opened.extend([house.served, store.till])
        return store.sells_and_web_shows_it({"web": web}, lambda _: IN_WAREHOUSE)

    yield sells
    for one in (web, *opened):
        one.close()


def test_what_the_till_sold_is_missed_on_the_web(sold):
    assert sold() == f"the tills sold 3 of {PART.carried_home}, one told four times: web show 3 less"


def test_a_house_that_does_not_hear_of_sales_stops_the_day(sold):
    with pytest.raises(StoreFailed, match="after the till sold two"):
        sold(deaf=True)


def test_a_house_that_counts_a_sale_twice_stops_the_day(sold):
    with pytest.raises(StoreFailed, match="told of one sale four times"):
        sold(forgetful=True)


@pytest.mark.parametrize(("others", "faults", "found"), [
    ([], {}, []), ([{"words": "ORD-2 is held", "order": "ORD-2"}], {}, ["ORD-2 is held"]), ([], {"refused": 1}, ["shopify has 1 refused"]),
    ([], {"listings_refused": 3}, ["shopify has 3 listings_refused"]), ([], {"notices_refused": 1}, ["shopify has 1 notices_refused"])])
def test_what_nobody_wanted_is_not_left_to_the_visitor(others, faults, found):
    channel = {"code": "shopify", "refused": 0, "listings_refused": 0, "notices_refused": 0, **faults}
    assert unwanted([{"words": "shopify sold too much", "order": "ORD-1"}, *others], [channel], "ORD-1") == found


@pytest.mark.parametrize("short", [{}, {"orders_shipped": 1}, {"orders_in": 0, "orders_shipped": 0}, {"lines": 2}, {"units": 8}, {"orders_told_to_platforms": 1},
                                   {"invariants": {"broken": ["I1"]}}], ids=str)
def test_a_day_is_complete_only_when_nothing_fell_short(short):
    assert play._is_complete({**COMPLETE, **short}) is (not short)


def test_a_check_that_fails_ends_a_strangers_run_with_its_sentence(tmp_path, monkeypatch):
    def no_store(_admin):
        raise StoreFailed("the store has no door")

    monkeypatch.setattr(story, "open_store", no_store)
    ran = CliRunner().invoke(demo, ["--once", "--var", str(tmp_path / "demo"), "--port", "0", "--workers", "1"])
    assert ran.exit_code == 1, ran.output
    assert "The day stopped: the store has no door" in ran.output


class Ended:
    """A house in which the day is over."""

    address, setup_link = "http://127.0.0.1:1", "http://127.0.0.1:1/setup#once"

    def command(self, *_):
        return {"code": "123456"}


@pytest.mark.parametrize("page", ["dashboard", "orders", "channels", "sourcing", "exceptions", "returns", "sales", "phone", "devices"])
def test_who_has_watched_the_day_is_told_of_every_page_that_it_filled(page):
    told = play._where_to_look(Ended(), "WEB-1")
    assert told.count(f"{Ended.address}/{page}\n") + told.count(f"{Ended.address}/{page} ") == 1
