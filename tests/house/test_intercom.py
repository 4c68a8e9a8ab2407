"""The processes of one server tell each other which devices should look again."""

import pytest

from server.kernel.intercom import Intercom


@pytest.fixture
def three(monkeypatch):
    """One intercom as three processes see it: they share the ways, and nothing else."""
    ways = Intercom(3)._ways
    made = [Intercom(3) for _ in range(3)]
    for number, one in enumerate(made):
        monkeypatch.setattr(one, "_ways", ways)
        one.enter(number)
    return made


def test_what_one_tells_all_others_hear_and_it_does_not(three):
    three[0].tell({7, 9})
    assert [one.heard(0) for one in three] == [None, {7, 9}, {7, 9}]
    assert [one.heard(0) for one in three] == [None] * 3


def test_that_something_changed_is_told_without_a_device(three):
    three[2].tell(set())
    assert [one.heard(0) for one in three] == [set(), set(), None]


def test_what_a_busy_process_cannot_take_is_told_when_it_can(three):
    for device in range(1_000):
        three[0].tell({device})
    heard = set()
    while (some := three[1].heard(0)) is not None:
        heard |= some
    assert 0 < len(heard) < 1_000
    three[0].tell_again()
    heard |= three[1].heard(0)
    assert heard == set(range(1_000))
    three[0].tell_again()
    assert three[1].heard(0) is None


def test_more_devices_than_a_message_holds_come_in_several(three):
    three[0].tell(set(range(12_000)))
    heard = three[1].heard(0)
    three[0].tell_again()
    three[0].tell_again()
    while (some := three[1].heard(0)) is not None:
        heard |= some
    assert heard == set(range(12_000))


def test_who_takes_the_place_of_a_dead_process_hears_nothing_old(three):
    for device in range(100):
        three[0].tell({device})
    three[1].enter(1)
    assert three[1].heard(0) is None
