"""The demonstration's goods are drawn, and told from each other."""

from simulators.good_pictures import picture_of
from simulators.plan import invented_day


def test_every_thing_and_every_kind_of_the_invented_day_looks_like_no_other():
    names = [good.name for good in invented_day(1, seed=1).goods.values()]
    some = [name for at, name in enumerate(names) if at < 12 or at % 12 == 0]
    drawn = {picture_of(name) for name in some}
    assert len(drawn) == len(some) == 15 and None not in drawn


def test_what_nobody_drew_has_no_picture():
    assert (picture_of("Anvil, small"), picture_of("Soap, huge"), picture_of("Soap")) == (None, None, None)
