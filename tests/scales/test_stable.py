"""A weight is used when it is at rest, in range, in a unit that is meant, newer than the last zero, and read twice equal; once a load."""

from decimal import Decimal

import pytest

from server.scales import Settler, Weighing


def at_rest(grams: str, unit: str = "g", **more) -> Weighing:
    return Weighing(value=Decimal(grams), unit=unit, is_stable=True, **more)


def told(settler: Settler, *weighings: Weighing, since: int = 0) -> list[Decimal]:
    found = [settler.feed(one, since + at * 100) for at, one in enumerate(weighings)]
    return [one.grams for one in found if one is not None]


EMPTY = at_rest("0")


def test_a_weight_is_used_when_it_was_read_twice_equal() -> None:
    assert told(Settler(), at_rest("100")) == []
    assert told(Settler(), at_rest("100"), at_rest("100")) == [Decimal(100)]


@pytest.mark.parametrize("between", [
    at_rest("101"), Weighing(value=Decimal(100), unit="g"), Weighing(trouble="over"), Weighing(trouble="busy"), at_rest("0.1", "kg"),
    at_rest("100", "lb"), at_rest("100", is_net=True),
])
def test_whatever_comes_between_breaks_the_pair(between: Weighing) -> None:
    assert told(Settler(), at_rest("100"), between, at_rest("100")) == []


@pytest.mark.parametrize("one", [
    Weighing(value=Decimal(100), unit="g"), at_rest("100", trouble="over"), at_rest("100", trouble="under"), at_rest("100", trouble="range"),
    at_rest("1", "lb"), at_rest("1", "?"), at_rest("5"), at_rest("-100"), at_rest("30001"),
])
def test_a_weight_that_may_not_be_used_is_not_used_however_often_it_is_read(one: Weighing) -> None:
    assert told(Settler(max_g=Decimal(30_000)), *[one] * 9) == []


def test_units_are_exact() -> None:
    assert told(Settler(units=("lb",)), at_rest("1.10", "lb"), at_rest("1.10", "lb")) == [Decimal("498.951607")]
    assert told(Settler(), at_rest("1.250", "kg"), at_rest("1.25", "kg")) == [Decimal(1250)]


def test_a_load_is_told_once_until_the_scale_was_empty() -> None:
    settler = Settler()
    assert told(settler, *[at_rest("100")] * 5, *[at_rest("150")] * 5) == [Decimal(100)]
    assert told(settler, EMPTY, *[at_rest("100")] * 5, since=2000) == [Decimal(100)]
    assert told(settler, Weighing(trouble="under"), *[at_rest("70")] * 3, since=4000) == [Decimal(70)]


def test_what_is_put_in_beside_a_load_that_was_told_is_told_where_that_is_wanted_and_a_flickering_gram_is_not() -> None:
    settler = Settler(rearm="changed")
    assert told(settler, *[at_rest("100")] * 3, *[at_rest("101")] * 3, *[at_rest("100")] * 3) == [Decimal(100)]
    assert told(settler, *[at_rest("155")] * 3, since=2000) == [Decimal(155)]
    assert told(settler, EMPTY, *[at_rest("155")] * 3, since=4000) == [Decimal(155)]


def test_what_was_read_before_zero_or_tare_is_forgotten() -> None:
    settler = Settler()
    told(settler, at_rest("100"))
    settler.restart(1000)
    assert told(settler, at_rest("100"), at_rest("100"), since=500) == []
    assert told(settler, at_rest("100"), since=1000) == []
    assert told(settler, at_rest("100"), since=1100) == [Decimal(100)]


def test_two_equal_readings_far_apart_are_no_pair() -> None:
    settler = Settler()
    assert told(settler, at_rest("100")) == told(settler, at_rest("100"), since=6000) == []
    assert told(settler, at_rest("100"), since=7000) == [Decimal(100)]


def test_after_an_outage_the_same_load_is_not_told_again_and_another_is() -> None:
    settler = Settler()
    told(settler, at_rest("100"), at_rest("100"))
    settler.interrupt()
    assert told(settler, *[at_rest("100")] * 4, since=1000) == []
    assert told(settler, *[at_rest("130")] * 4, since=2000) == [Decimal(130)]
    assert told(settler, *[at_rest("140")] * 4, since=3000) == []


def test_a_reading_before_the_outage_makes_no_pair_with_one_behind_it() -> None:
    settler = Settler()
    told(settler, at_rest("100"))
    settler.interrupt()
    assert told(settler, at_rest("100"), since=200) == []


def test_a_weight_that_creeps_is_never_used() -> None:
    assert told(Settler(), *[at_rest(str(grams)) for grams in range(100, 200)]) == []
