"""A year is read from its days: however much happened in it, no table of what happened is looked at."""

import pytest

from server.dashboard import history_view
from server.dashboard.history_days import ends, midnight, zone_of
from server.dashboard.history_sums import _put
from server.dashboard.tally import Tally
from server.kernel.clock import HOUR
from tests.dashboard.conftest import at

WORKERS = 30


def a_day() -> Tally:
    """60,000 operations."""
    made = Tally()
    made.counts.update({"orders_shipped": 20_000, "units_shipped": 90_000, "done.pick": 50_000, "sent.pick": 60_000, "quarters.pick": 1_600, "quarters": 1_900, "stock": 500_000, "stock_times": 24})
    for stage in ("cycle", "wait", "pick", "pack", "ship", "dock"):
        for step in range(60, 240):
            made.took(stage, round(1.05**step) * 1000)
    return made


@pytest.fixture
def year(story):
    """365 days with all their sums."""
    site = story.house.site_id

    def work(tx):
        zone, day = zone_of(tx, site), midnight(history_view._day("2025-09-21", "from"), zone_of(tx, site))
        while day < at("2026-09-21 00:00"):
            end = ends(day, "day", zone)
            _put(tx, site, "day", (day, end), {"": a_day(), **{f"worker:{number}": Tally() for number in range(WORKERS)}})
            day = end
        _put(tx, site, "hour", (day - HOUR, day), {"": Tally()})

    story.house.database.write(work)
    return story


def test_a_year_is_read_without_a_look_at_what_happened_in_it(year, monkeypatch):
    looked = []
    monkeypatch.setattr(history_view, "happened", lambda *span: looked.append(span) or {"": Tally()})
    found = year.look(since="2025-09-21", until="2026-09-20", step="month")
    assert looked == []
    assert (found["total"]["orders_shipped"], len(found["steps"]), found["partly"]) == (365 * 20_000, 13, False)


def test_only_the_hours_that_no_sum_holds_yet_are_read_from_the_tables(year, monkeypatch):
    looked = []
    monkeypatch.setattr(history_view, "happened", lambda _tx, _site, since, until: looked.append((since, until)) or {"": Tally()})
    year.look(since="2025-09-22", until="2026-09-21", step="week")
    assert looked == [(at("2026-09-21 00:00"), year.clock.now() + 1)]
