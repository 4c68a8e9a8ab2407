import random
from collections.abc import Iterator
from contextlib import suppress

import pytest

from server.kernel.clock import HOUR, MINUTE, SECOND
from server.oms.channels.base import Document
from server.oms.channels.errors import ChannelChanged
from server.oms.channels.windows import Slice, Windows

NOW = 1_790_000_000_000


class Platform:
    """Orders by their last change; between any two questions something may change."""

    def __init__(self, seed: int, count: int, *, is_busy: float, late_ms: int = 1) -> None:
        self.chance, self.now, self.is_busy, self.late_ms = random.Random(seed), NOW, is_busy, late_ms
        self.changed = {f"{number}": NOW - self.chance.randrange(2 * HOUR) for number in range(count)}
        self.asked, self.reach = 0, 10_000
        self.at_question: dict[int, tuple[str, int]] = {}
        """What changes before a certain question is answered: an order and the stamp that it gets."""

    def windows(self, **more: int) -> Windows:
        return Windows(self.ask, lambda: self.now, lambda row: row["ref"], **({"window_ms": HOUR, "size": 10} | more))

    def ask(self, first: int, until: int, page: int) -> Slice:
        self.asked += 1
        self.now += self.chance.randrange(1, 3 * SECOND)
        if self.asked in self.at_question:
            ref, at = self.at_question[self.asked]
            self.changed[ref] = at
        if self.chance.random() < self.is_busy:
            self._change(self.chance.choice(list(self.changed)))
        if self.chance.random() < self.is_busy / 2:
            self._change(f"new{self.asked}")
        found: list[Document] = [
            {"ref": ref, "at": at} for ref, at in sorted(self.changed.items(), key=lambda one: -one[1])
            if first <= at <= until + SECOND]
        return Slice(found[:self.reach][page * 10:page * 10 + 10], len(found))

    def _change(self, ref: str) -> None:
        self.changed[ref] = max(self.changed.get(ref, 0) + 1, self.now - self.chance.randrange(self.late_ms))


def given(platform: Platform, windows: Windows, since: int) -> tuple[set[tuple[object, object]], int]:
    seen, watermark = set(), since
    for page in windows.since(since):
        seen |= {(row["ref"], row["at"]) for row in page.documents}
        watermark = page.watermark or watermark
        due = {(ref, at) for ref, at in platform.changed.items() if since <= at < watermark}
        assert due <= seen, "the watermark has passed over a change"
    return seen, watermark


@pytest.mark.parametrize("seed", range(60))
def test_watermark_passes_over_no_change_however_much_moves_meanwhile(seed: int) -> None:
    platform = Platform(seed, count=80, is_busy=0.7)
    _, watermark = given(platform, platform.windows(), NOW - 2 * HOUR)
    assert watermark > NOW - MINUTE


@pytest.mark.parametrize("seed", range(60))
def test_change_that_is_seen_later_than_it_is_stamped_is_given_by_one_of_the_next_pulls(seed: int) -> None:
    platform = Platform(seed, count=80, is_busy=0.5, late_ms=30 * SECOND)
    seen, watermark = set(), NOW - 2 * HOUR
    for _ in range(30):
        with suppress(ChannelChanged):  # so much moved that no reading was whole: asked again from where we were
            for page in platform.windows().since(watermark):
                seen |= {(row["ref"], row["at"]) for row in page.documents}
                watermark = page.watermark or watermark
        platform.now += 10 * SECOND
    assert {(ref, at) for ref, at in platform.changed.items() if at < watermark - MINUTE} <= seen


@pytest.mark.parametrize("question", range(1, 8))
@pytest.mark.parametrize("ref", ["late", "0", "25", "39"])
def test_order_that_comes_late_into_a_window_hides_no_other_behind_a_page_already_read(question: int, ref: str) -> None:
    platform = Platform(1, count=0, is_busy=0)
    platform.changed = {f"{number}": NOW - MINUTE - number * SECOND for number in range(40)}
    platform.at_question[question] = (ref, NOW - 10 * SECOND)
    seen = {row["ref"] for page in platform.windows(window_ms=3 * HOUR).since(NOW - HOUR) for row in page.documents}
    assert seen >= {f"{number}" for number in range(40)}


def test_order_placed_while_pages_are_turned_has_none_of_them_read_again() -> None:
    platform = Platform(1, count=0, is_busy=0)
    platform.changed = {f"{number}": NOW - MINUTE - number * SECOND for number in range(40)}
    platform.at_question[3] = ("fresh", NOW)
    seen, _ = given(platform, platform.windows(window_ms=3 * HOUR), NOW - HOUR)
    assert ("fresh", NOW) in seen
    assert platform.asked == 1 + 1 + 4 + 1  # how many, the last page, each page, and what came since


def test_quiet_shop_is_asked_once_a_window() -> None:
    platform = Platform(1, count=0, is_busy=0)
    given(platform, platform.windows(), NOW - 2 * HOUR)
    assert platform.asked == 3  # two hours, and the minute before them


def test_window_of_more_than_can_be_paged_is_cut() -> None:
    platform = Platform(2, count=90, is_busy=0)
    platform.reach = 20
    seen, _ = given(platform, platform.windows(most=20), NOW - 2 * HOUR)
    assert len(seen) == 90


def test_what_changed_longer_ago_than_the_platform_shows_is_not_asked_for() -> None:
    platform = Platform(3, count=0, is_busy=0)
    given(platform, platform.windows(window_ms=24 * HOUR), 0)
    assert platform.asked < 100


def backward() -> Iterator[int]:
    yield from range(NOW, 0, -10 * SECOND)


def test_time_told_in_whole_seconds_is_no_clock_that_runs_backward() -> None:
    clock = iter(NOW + step + step % 2 * 1_500 for step in range(1_000))
    windows = Windows(lambda *_: Slice((), 0), lambda: next(clock), str, window_ms=2 * HOUR, size=10)
    assert [page.watermark for page in windows.since(NOW - HOUR)]


def test_clock_that_runs_backward_is_refused() -> None:
    clock = backward()
    windows = Windows(lambda *_: Slice((), 0), lambda: next(clock), str, window_ms=2 * HOUR, size=10)
    with pytest.raises(ChannelChanged):
        list(windows.since(NOW - HOUR))
