import random
from collections.abc import Iterator

import pytest

from server.kernel.clock import HOUR, MINUTE, SECOND
from server.oms.channels.base import Document
from server.oms.channels.errors import ChannelChanged
from server.oms.channels.windows import Slice, Windows

NOW = 1_790_000_000_000


class Platform:
    """Orders by their last change; between any two questions something may change."""

    def __init__(self, seed: int, count: int, *, is_busy: float) -> None:
        self.chance, self.now, self.is_busy = random.Random(seed), NOW, is_busy
        self.changed = {f"{number}": NOW - self.chance.randrange(2 * HOUR) for number in range(count)}
        self.asked = 0

    def windows(self, **more: int) -> Windows:
        return Windows(self.ask, lambda: self.now, lambda row: row["ref"], **({"window_ms": HOUR, "size": 10} | more))

    def ask(self, first: int, until: int, page: int) -> Slice:
        self.asked += 1
        self.now += self.chance.randrange(1, 3 * SECOND)
        if self.chance.random() < self.is_busy:
            self.changed[self.chance.choice(list(self.changed))] = self.now
        if self.chance.random() < self.is_busy / 2:
            self.changed[f"new{self.asked}"] = self.now
        found: list[Document] = [
            {"ref": ref, "at": at} for ref, at in sorted(self.changed.items(), key=lambda one: -one[1])
            if first <= at <= until + SECOND]
        return Slice(found[page * 10:page * 10 + 10], len(found))


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


def test_quiet_shop_is_asked_once_a_window() -> None:
    platform = Platform(1, count=0, is_busy=0)
    given(platform, platform.windows(), NOW - 2 * HOUR)
    assert platform.asked == 3  # two hours, and the minute before them


def test_window_of_more_than_can_be_paged_is_cut() -> None:
    platform = Platform(2, count=90, is_busy=0)
    seen, _ = given(platform, platform.windows(most=20), NOW - 2 * HOUR)
    assert len(seen) == 90


def test_what_changed_longer_ago_than_the_platform_shows_is_not_asked_for() -> None:
    platform = Platform(3, count=0, is_busy=0)
    given(platform, platform.windows(window_ms=24 * HOUR), 0)
    assert platform.asked < 100


def backward() -> Iterator[int]:
    yield from range(NOW, 0, -10 * SECOND)


def test_clock_that_runs_backward_is_refused() -> None:
    clock = backward()
    windows = Windows(lambda *_: Slice((), 0), lambda: next(clock), str, window_ms=2 * HOUR, size=10)
    with pytest.raises(ChannelChanged):
        list(windows.since(NOW - HOUR))
