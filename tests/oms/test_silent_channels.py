"""A channel that answers nothing for long is somebody's to see to: no orders come of it, and nothing can be told to it."""

import pytest

from server.oms.connecting import note_failed, note_pulled, set_channel_state
from tests.oms.test_exception_steps import step
from tests.oms.test_exceptions import HOUR, ended, house, kinds, rule, run, tended

__all__ = ["house"]


def silent(house, hours):
    """It has answered last so long ago, and fails since."""
    run(house, "UPDATE channel SET every_seconds = 1 WHERE every_seconds < 86400")
    channel = house.channel()
    house.database.write(lambda tx: note_pulled(tx, channel))
    run(house, "UPDATE channel SET pulled_at = pulled_at - :ms", ms=int(hours * HOUR))
    house.database.write(lambda tx: note_failed(tx, channel.id, "No answer: gone", "shut", 60_000))
    tended(house)


@pytest.mark.parametrize(("hours", "open_kinds"), [(0.9, []), (1.1, ["channel"])])
def test_it_is_an_exception_after_an_hour(house, hours, open_kinds):
    silent(house, hours)
    tended(house)
    assert kinds(house) == open_kinds


def test_one_that_is_asked_once_a_day_and_answers_then_is_none(house):
    channel = house.channel()
    house.database.write(lambda tx: note_pulled(tx, channel))
    run(house, "UPDATE channel SET every_seconds = 86400, pulled_at = pulled_at - :ms", ms=30 * HOUR)
    tended(house)
    assert kinds(house) == []


@pytest.mark.parametrize(("hours", "open_kinds"), [(24.5, []), (25.5, ["channel"])])
def test_one_that_is_asked_once_a_day_is_silent_an_hour_after_it_was_to_answer(house, hours, open_kinds):
    run(house, "UPDATE channel SET every_seconds = 86400")
    silent(house, hours)
    assert kinds(house) == open_kinds


def test_it_says_which_for_how_long_and_why_and_is_somebodys(house):
    silent(house, 2)
    assert house.warehouse.all("SELECT x.words, w.badge FROM order_exception x JOIN worker w ON w.id = x.owner_id") == [
        ("shop has not answered for more than 1 h: No answer: gone", "SUE")]


def test_one_that_never_answered_is_one_too(house):
    run(house, "UPDATE channel SET created_at = created_at - :ms", ms=2 * HOUR)
    house.database.write(lambda tx: note_failed(tx, house.channel().id, "The token is over.", "shut", 60_000))
    tended(house)
    assert kinds(house) == ["channel"]


@pytest.mark.parametrize("ends", [note_pulled, lambda tx, _: set_channel_state(tx, "shop", "paused")], ids=["answers", "paused"])
def test_it_is_over_when_the_channel_answers_or_is_paused(house, ends):
    silent(house, 2)
    house.database.write(lambda tx: ends(tx, house.channel()))
    tended(house)
    assert (kinds(house), ended(house)) == ([], [("channel", "solved")])


def test_a_click_has_it_asked_at_once(house):
    silent(house, 2)
    step(house, "channel", "try_again")
    assert (kinds(house), house.warehouse.one("SELECT next_at FROM channel")) == (["channel"], 0)


def test_what_somebody_has_seen_to_stays_so_until_it_has_answered_and_is_silent_again(house):
    silent(house, 3)
    step(house, "channel", "done")
    tended(house)
    assert kinds(house) == []
    run(house, "UPDATE order_exception SET ended_at = ended_at - :ms", ms=4 * HOUR)
    silent(house, 2)
    assert kinds(house) == ["channel"]


def test_a_warehouse_says_after_how_long(house):
    rule(house, "channel", opens_after_hours=4)
    silent(house, 3)
    assert kinds(house) == []
    silent(house, 5)
    assert kinds(house) == ["channel"]
