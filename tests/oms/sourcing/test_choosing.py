"""One order: the best plan is found, by what the rules count, and no other is better."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.oms.sourcing.choosing import Asked, SiteNow, Wish, measured, plans, why_not
from server.oms.sourcing.language import read_rules

BASE = dict.fromkeys(("channel", "carrier", "country", "province", "city", "district", "postcode", "customer"), "")


def asked(*lines, **facts):
    wishes = tuple(Wish(at, item, f"I{item}", quantity, weight, handling) for at, (item, quantity, weight, handling) in
                   enumerate(((*line, 0, "")[:4] if len(line) < 4 else line for line in lines), 1))
    return Asked(wishes, {**BASE, "item": frozenset(one.item for one in wishes), "handling": frozenset(one.handling for one in wishes if one.handling),
                          "pieces": float(sum(one.quantity for one in wishes)), "lines": float(len(wishes)), "weight": 0.0, "total": 0.0, "priority": 5.0, **facts})


def site(number, free, **more):
    return SiteNow(number, f"W{number}", free, **more)


def sent(plan):
    return {part.site.code: dict(part.pieces) for part in plan.parts}


def best(order, sites, body):
    return plans(order, sites, read_rules(body))[0]


def test_one_site_that_has_all_is_better_than_two_nearer_ones():
    sites = [site(1, {1: 5}, km=100), site(2, {2: 5}, km=100), site(3, {1: 5, 2: 5}, km=500)]
    assert sent(best(asked((1, 1), (2, 1)), sites, "prefer nearest 1\nprefer few parcels 10")) == {"W3": {1: 1, 2: 1}}
    assert sent(best(asked((1, 1), (2, 1)), sites, "prefer nearest 10\nprefer few parcels 1")) == {"W1": {1: 1}, "W2": {2: 1}}


def test_more_pieces_now_count_more_than_any_points():
    sites = [site(1, {1: 3}, km=1), site(2, {1: 2}, km=20_000)]
    plan = best(asked((1, 5)), sites, "prefer nearest 1000\nprefer few parcels 1000")
    assert sent(plan) == {"W1": {1: 3}, "W2": {1: 2}} and not plan.missing


def test_what_nobody_has_is_missing_and_the_rest_is_sent():
    plan = best(asked((1, 5), (2, 1)), [site(1, {1: 3}), site(2, {1: 1})], "prefer nearest")
    assert plan.missing == {1: 1, 2: 1} and sent(plan) == {"W1": {1: 3}, "W2": {1: 1}}
    assert best(asked((1, 5)), [site(1, {})], "").missing == {1: 5}


def test_an_order_that_is_not_split_goes_from_who_has_most_of_it():
    sites = [site(1, {1: 3}), site(2, {1: 2, 2: 2})]
    plan = best(asked((1, 3), (2, 2)), sites, "never split")
    assert sent(plan) == {"W2": {1: 2, 2: 2}} and plan.missing == {1: 1}


@pytest.mark.parametrize("rule, winner", [
    ("prefer low cost 1\nW1 costs 5\nW2 costs 4", "W2"), ("prefer low cost 1\nany costs 1 plus 1 per 100 km", "W1"), ("prefer W2, W1 1", "W2"), ("prefer W1 1", "W1"),
    ("prefer old stock 1", "W2"), ("prefer free capacity 1", "W2"), ("prefer on time 1", "W2"), ("prefer nearest 1", "W1"),
    ("prefer nearest 1\nnever from W1 when country is CN", "W2"), ("prefer nearest 1\nonly from W2", "W2"), ("prefer nearest 1\nnever from W1 when country is DE", "W1"),
    ("prefer nearest 1\nW1 reaches DE", "W2"), ("prefer nearest 1\nW1 reaches CN", "W1"), ("prefer nearest 1\nW1 reaches CN by DHL", "W2"),
    ("prefer nearest 1\nW1 reaches DE\nW1 reaches CN by SF", "W1"), ("prefer nearest 1\nW1 keeps 9", "W2"), ("prefer nearest 1\nW1 keeps 8", "W1"),
    ("prefer nearest 1 when pieces > 5\nprefer W2 1", "W2"), ("any costs 1\nW1 costs 9\nprefer low cost", "W2"), ("W1 costs 9\nany costs 1\nprefer low cost\nprefer nearest 0.1", "W1"),
])
def test_each_rule_alone_decides_who_sends(rule, winner):
    sites = [site(1, {1: 10}, km=100, age_days={1: 10}, booked=0.9, days_late=1), site(2, {1: 10}, km=300, age_days={1: 100}, booked=0.1)]
    assert sent(best(asked((1, 2), country="CN", carrier="SF"), sites, rule)) == {winner: {1: 2}}


def test_lines_that_belong_together_come_from_one_site():
    order = asked((1, 1, 0, "fragile"), (2, 1, 0, "fragile"), (3, 1, 0, ""))
    sites = [site(1, {1: 1, 3: 1}, km=1), site(2, {1: 1, 2: 1}, km=900)]
    assert sent(best(order, sites, "prefer nearest 1")) == {"W1": {1: 1, 3: 1}, "W2": {2: 1}}
    assert sent(best(order, sites, "prefer nearest 1\ntogether handling is fragile")) == {"W1": {3: 1}, "W2": {1: 1, 2: 1}}


def test_a_line_is_divided_only_where_no_site_has_all_of_it():
    sites = [site(1, {1: 3, 2: 1}, km=1), site(2, {1: 5}, km=1)]
    assert sent(best(asked((1, 5), (2, 1)), sites, "any costs 1 plus 9 per kg\nprefer low cost")) == {"W1": {2: 1}, "W2": {1: 5}}


def test_weight_and_way_make_the_cost_of_a_parcel():
    plan = best(asked((1, 4, 500, "")), [site(1, {1: 9}, km=250)], "any costs 4.5 plus 1.2 per kg plus 0.4 per 100 km\nprefer low cost 2")
    assert plan.cost == pytest.approx(4.5 + 2.4 + 1.0) and plan.points == pytest.approx(2 * plan.cost)
    assert measured(asked((1, 4, 500, "")), [(site(1, {}, km=250), {1: 4})], read_rules("any costs 4.5 plus 1.2 per kg plus 0.4 per 100 km")).cost == pytest.approx(7.9)


def test_the_next_best_plans_are_told_the_best_first_and_who_was_barred_with_the_line():
    order, sites = asked((1, 1)), [site(number, {1: 1}, km=100 * number) for number in (3, 1, 2, 4)]
    found = plans(order, sites, read_rules("prefer nearest 1\nnever from W1"), most=3)
    assert [list(sent(one)) for one in found] == [["W2"], ["W3"], ["W4"]]
    assert why_not(order, sites, read_rules("prefer nearest 1\nnever from W1")) == {"W1": 2}


def by_hand(order, sites, rules):
    """The fewest points of all ways to give each piece of each line to a site: nothing clever."""
    found = []
    choices = [[split for split in itertools.product(*(range(line.quantity + 1) for _ in sites)) if sum(split) <= line.quantity] for line in order.lines]
    for way in itertools.product(*choices):
        given = {one.id: {line.number: split[at] for line, split in zip(order.lines, way, strict=True) if split[at]} for at, one in enumerate(sites)}
        if any(pieces > sum(1 for _ in range(one.free.get(line.item_id, 0))) for one in sites for line in order.lines
               if (pieces := given[one.id].get(line.number, 0))):
            continue
        plan = measured(order, [(one, given[one.id]) for one in sites if given[one.id]], rules)
        found.append((plan.lacks, round(plan.points, 6)))
    return min(found)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 2), st.sampled_from([0, 400])), min_size=1, max_size=2),
       st.lists(st.tuples(st.lists(st.integers(0, 3), min_size=2, max_size=2), st.integers(0, 2000)), min_size=1, max_size=3), st.integers(0, 5), st.integers(0, 5))
def test_no_other_way_to_send_an_order_has_fewer_points(lines, stock, splits, near):
    order = asked(*((item, quantity, weight, "") for item, (quantity, weight) in enumerate(lines, 1)))
    sites = [site(number, {1: free[0], 2: free[1]}, km=float(km)) for number, (free, km) in enumerate(stock, 1)]
    rules = read_rules(f"any costs 3 plus 0.5 per 100 km\nprefer low cost 1\nprefer few parcels {splits}\nprefer nearest {near}")
    plan = plans(order, sites, rules)[0]
    assert (plan.lacks, round(plan.points, 6)) == by_hand(order, sites, rules)
