"""Many orders at once: nothing is given twice, and all together are better than one by one."""

import random

import pytest

from server.oms.sourcing.choosing import Asked, SiteNow, Wish
from server.oms.sourcing.in_turn import Together, once_more, one_by_one, uses
from server.oms.sourcing.language import read_rules
from server.oms.sourcing.places import km_between, spot_of
from server.oms.sourcing.together import together
from tests.oms.sourcing.test_choosing import asked

RULES = read_rules("any costs 4 plus 1 per 100 km\nprefer low cost 1\nprefer few parcels 2")


def orders_of(number, seed):
    """Orders of two of six items from three sites that have just enough in all."""
    chance = random.Random(seed)
    found = [asked(*((item, 1) for item in sorted(chance.sample(range(1, 7), 2)))) for _ in range(number)]
    wanted = {item: sum(line.item_id == item for order in found for line in order.lines) for item in range(1, 7)}
    free = {}
    for item, quantity in wanted.items():
        first = chance.randint(0, quantity)
        second = chance.randint(0, quantity - first)
        free.update({(1, item): first, (2, item): second, (3, item): quantity - first - second})
    ways = [[SiteNow(site, f"W{site}", {}, km=float(chance.choice([50, 300, 900, 1500]))) for site in (1, 2, 3)] for _ in found]
    return Together(found, ways, free)


def guard(wanted, chosen):
    """Nothing is sent that is not there, and nothing twice."""
    used = {}
    for order, plan in zip(wanted.orders, chosen.plans, strict=True):
        for row, pieces in uses(order, plan).items():
            used[row] = used.get(row, 0) + pieces
        for line in order.lines:
            assert sum(part.pieces.get(line.number, 0) for part in plan.parts) + plan.missing.get(line.number, 0) == line.quantity
    assert all(pieces <= wanted.free[row] for row, pieces in used.items())
    for site, left in wanted.day_left.items():
        assert sum(part.site.id == site for plan in chosen.plans for part in plan.parts) <= left


@pytest.mark.parametrize("seed", range(6))
def test_together_sends_all_with_no_more_parcels_and_no_more_cost_than_one_by_one(seed):
    wanted = orders_of(40, seed)
    greedy = one_by_one(wanted, RULES)
    chosen = together(wanted, RULES, greedy, seconds=10)
    guard(wanted, greedy)
    guard(wanted, chosen)
    assert chosen.lacks <= greedy.lacks
    assert chosen.points <= greedy.points
    if chosen.lacks == greedy.lacks:
        assert chosen.parcels <= greedy.parcels and chosen.cost <= greedy.cost + 1e-6


def test_together_is_better_where_the_first_takes_what_the_second_needs_more():
    """Both want one piece; the first could have it from either site nearly as cheaply."""
    near = [[SiteNow(1, "W1", {}, km=100.0), SiteNow(2, "W2", {}, km=110.0)], [SiteNow(1, "W1", {}, km=100.0), SiteNow(2, "W2", {}, km=2000.0)]]
    wanted = Together([asked((1, 1)), asked((1, 1))], near, {(1, 1): 1, (2, 1): 1})
    greedy = one_by_one(wanted, RULES)
    chosen = together(wanted, RULES, greedy, seconds=10)
    assert [plan.parts[0].site.code for plan in greedy.plans] == ["W1", "W2"]
    assert [plan.parts[0].site.code for plan in chosen.plans] == ["W2", "W1"] and chosen.cost < greedy.cost


def test_a_site_gets_no_more_parcels_than_its_day_holds():
    wanted = orders_of(30, 9)
    limited = Together(wanted.orders, wanted.sites, {**wanted.free, **{(3, item): 50 for item in range(1, 7)}}, {1: 5, 2: 7})
    greedy = one_by_one(limited, RULES)
    chosen = together(limited, RULES, greedy, seconds=10)
    guard(limited, greedy)
    guard(limited, chosen)
    assert greedy.lacks == chosen.lacks == 0


def test_choosing_once_more_is_never_worse():
    wanted = orders_of(40, 3)
    before = one_by_one(wanted, RULES)
    after = once_more(wanted, before, RULES)
    guard(wanted, after)
    assert after.points <= before.points


def test_nothing_to_source_is_sourced_at_once():
    nothing = Together([], [], {})
    assert together(nothing, RULES, one_by_one(nothing, RULES)).plans == ()


@pytest.mark.parametrize("address, near", [
    ({"country": "CN", "state": "浙江省", "city": "杭州市"}, (30.27, 120.16)), ({"country": "DE", "city": "Köln"}, (50.94, 6.96)), ({"country": "DE", "city": "Cologne"}, (50.94, 6.96)),
    ({"city": "义乌市"}, (29.31, 120.08)), ({"country": "CN", "state": "云南省", "city": "大理白族自治州", "district": "大理市"}, (25.6, 100.2)), ({"country": "FR", "city": "Nowhere at all"}, (48.86, 2.35)),
])
def test_a_city_is_found_by_its_name_in_latin_or_chinese(address, near):
    assert km_between(spot_of(address), near) < 40


def test_ways_are_those_of_a_globe():
    assert km_between((52.5163, 13.3777), (48.1374, 11.5755)) == pytest.approx(504, abs=3)  # Berlin to Munich
    assert km_between((0.0, 179.5), (0.0, -179.5)) == pytest.approx(111.2, abs=0.2)
    assert km_between(None, (0.0, 0.0)) is None and spot_of({"country": "ZZ"}) is None


def test_wishes_are_what_the_orders_ask_for():
    assert isinstance(asked((1, 2)), Asked) and asked((1, 2)).lines == (Wish(1, 1, "I1", 2),)
