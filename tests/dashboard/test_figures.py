"""The figures of a small story are what one reckons by hand, whether they come from the tables or from their sums."""

import pytest
from sqlalchemy import text

from server.dashboard.history import happened
from server.dashboard.history_sums import kept, scopes_of
from server.dashboard.history_view import Asked, look_back
from server.dashboard.tally import Tally
from server.kernel.clock import DAY, HOUR, MINUTE
from server.kernel.errors import Invalid
from tests.dashboard.conftest import at

TODAY = {"since": "2026-09-21", "until": "2026-09-21"}


def near(seconds: int):
    return pytest.approx(seconds, rel=0.026)


def test_an_order_that_leaves_in_time_is_in_every_figure(story):
    story.ship(3, cutoff_in=60)
    found = story.look(**TODAY)["total"]
    counts = {key: found[key] for key in ("orders_received", "orders_shipped", "lines_shipped", "units_shipped", "on_time", "late_median")}
    assert counts == {"orders_received": 1, "orders_shipped": 1, "lines_shipped": 1, "units_shipped": 3, "on_time": 100.0, "late_median": None}
    times = {stage: found[f"{stage}_median"] for stage in ("cycle", "wait", "pick", "pack", "ship")}
    assert times == {"cycle": near(30 * 60), "wait": near(10 * 60), "pick": near(5 * 60), "pack": near(5 * 60), "ship": near(10 * 60)}


def test_an_order_that_leaves_too_late_is_told_with_how_late(story):
    story.ship(1, cutoff_in=60)
    story.ship(1, cutoff_in=20)
    found = story.look(**TODAY)["total"]
    assert (found["on_time"], found["late_median"]) == (50.0, near(10 * 60))


def test_people_are_told_by_lines_in_an_hour_of_work_and_what_an_hour_costs(story):
    story.ship(2, cutoff_in=60)  # picked at 8:15, packed at 8:20, loaded at 8:30: two quarters of an hour
    found = story.look(**TODAY)
    total = found["total"]
    assert (total["hours_worked"], total["pick_rate"], total["cost_order"], total["cost_line"]) == (0.5, 4.0, 15.0, 15.0)
    assert found["currency"] == "EUR"
    assert [(one["badge"], one["values"]["hours_worked"], one["values"]["orders_shipped"]) for one in found["people"]] == [("BDG-1", 0.5, None)]


def test_goods_are_timed_from_the_dock_to_their_bin(story):
    story.receive(40)
    found = story.look(**TODAY)["total"]
    assert (found["units_received"], found["dock_median"], found["put_away_rate"], found["receive_rate"]) == (40, near(15 * 60), 4.0, 4.0)


def test_a_count_tells_how_right_the_book_was(story):
    story.count(100)
    story.count(95)
    found = story.look(**TODAY)["total"]
    assert (found["count_lines"], found["count_units"]) == (50.0, 97.5)


def test_what_is_refused_is_a_share_of_what_was_sent(story):
    story.ship(1, cutoff_in=60)
    sent = len(story.pda.results)
    story.pda.send("claim", {"kind": "pick"}, None)
    assert story.pda.results[-1]["status"] == "refused"
    assert story.look(**TODAY)["total"]["wrong_scans"] == round(100 / (sent + 1), 2)


def test_turnover_is_what_was_shipped_of_the_mean_stock(story):
    story.ship(20, cutoff_in=60)
    story.later(60)
    story.sum()  # 80 are left, and that is what stood there when it was looked at
    assert (found := story.look(**TODAY)["total"])["turnover"] == 0.25
    assert found["days_of_stock"] == pytest.approx(4 * (9.5 / 24), abs=0.1)


def test_sums_tell_what_the_tables_tell(story):
    story.ship(3, cutoff_in=60)
    story.receive(40)
    story.later(60)
    story.ship(2, cutoff_in=10)
    story.count(95)
    live = story.look(**TODAY, step="hour")
    story.later(3 * 60)
    story.sum()
    summed = story.look(**TODAY, step="hour")
    assert {key: value for key, value in summed["total"].items() if key not in ("turnover", "days_of_stock")} == {
        key: value for key, value in live["total"].items() if key not in ("turnover", "days_of_stock")}
    assert [step["values"]["lines_done"] for step in summed["steps"]] == [step["values"]["lines_done"] for step in live["steps"]]
    assert summed["people"] == live["people"]


def test_the_sums_of_hours_days_and_months_are_the_sum_over_the_rows(story):
    story.clock.advance(9 * DAY)  # the last day of September
    for quantity in (1, 2, 3):
        story.ship(quantity, cutoff_in=25)
        story.receive(10)
        story.later(45)
    story.later(DAY // MINUTE)
    story.sum()

    def both(tx):
        site = story.house.site_id
        sums = {scope: Tally() for scope in scopes_of(tx, site)}
        for row in kept(tx, site, "hour", (0, story.clock.now()), list(sums)):
            sums[row.scope].add(Tally.of(row.counts, row.times))
        rows = happened(tx, site, at("2026-09-30 00:00"), at("2026-10-01 00:00"))
        days, months = ({row.scope: Tally.of(row.counts, row.times) for row in kept(tx, site, grain, (0, story.clock.now()), list(sums))}
                        for grain in ("day", "month"))
        return sums, rows, days, months

    sums, rows, days, months = story.house.database.read(both)
    for tally in (*sums.values(), *days.values(), *months.values()):
        tally.counts.pop("stock", None), tally.counts.pop("stock_times", None)
    told = {scope: tally.kept() for scope, tally in rows.items()}
    assert {scope: tally.kept() for scope, tally in sums.items()} == told
    assert {scope: tally.kept() for scope, tally in days.items()} == told
    assert {scope: tally.kept() for scope, tally in months.items()} == told


def test_what_is_undone_after_its_hour_was_summed_is_taken_out_of_it(story):
    story.ship(3, cutoff_in=60)
    story.later(2 * 60)
    story.sum()
    assert story.look(**TODAY)["total"]["orders_shipped"] == 1
    story.scans("CMD-UNDO")  # the vehicle is called back
    story.house.settle()
    story.later(2 * 60)
    story.sum()
    found = story.look(**TODAY)["total"]
    assert (found["orders_shipped"], found["orders_received"], found["cycle_median"]) == (0, 1, None)


def test_a_span_across_months_counts_everything_once(story):
    story.clock.advance(9 * DAY)
    for _ in range(3):  # at the end of September, on the first and on the second of October
        story.ship(1, cutoff_in=60)
        story.later(DAY // MINUTE)
    story.sum()
    for step, told in (("month", [1, 2]), ("week", [3]), ("day", [0, 1, 1, 1])):
        found = story.look(since="2026-09-29", until="2026-10-02", step=step)
        assert ([one["values"]["orders_shipped"] for one in found["steps"]], found["total"]["orders_shipped"]) == (told, 3), step
    assert story.look(since="2026-09-01", until="2026-10-31", step="month")["total"]["orders_shipped"] == 3


def test_two_spans_stand_beside_each_other(story):
    story.ship(3, cutoff_in=60)
    story.later(DAY // MINUTE)
    story.ship(5, cutoff_in=60)
    found = story.look(since="2026-09-22", compare_since="2026-09-21")
    assert (found["total"]["units_shipped"], found["before"]["total"]["units_shipped"]) == (5, 3)


def test_a_day_is_a_day_of_the_warehouses_clock(story):
    story.zone("Asia/Shanghai")
    story.clock.advance(7 * HOUR + 15 * MINUTE)  # 15:15 in Greenwich, 23:15 in Shanghai; it leaves at 23:45
    story.ship(1, cutoff_in=60)
    story.ship(2, cutoff_in=60)  # and this one at a quarter past midnight
    asked = story.look(since="2026-09-21", until="2026-09-22", step="day")
    assert [step["values"]["units_shipped"] for step in asked["steps"]] == [1, 2]
    story.later(2 * DAY // MINUTE)
    story.sum()
    summed = story.look(since="2026-09-21", until="2026-09-22", step="day")
    assert [step["values"]["units_shipped"] for step in summed["steps"]] == [1, 2]
    assert summed["span"]["since"] == at("2026-09-20 16:00")


def test_hours_begin_where_the_warehouses_clock_strikes(story):
    story.zone("Asia/Kathmandu")  # five hours and three quarters ahead
    steps = story.look(**TODAY, step="hour")["steps"]
    assert (len(steps), steps[0]["at"]) == (24, at("2026-09-20 18:15"))


def test_a_day_has_the_hours_that_its_clock_had(story):
    story.zone("Europe/Berlin")
    days = {day: len(story.look(since=day, until=day, step="hour")["steps"]) for day in ("2026-03-29", "2026-10-25")}
    assert days == {"2026-03-29": 23, "2026-10-25": 25}


SENSELESS = [
    ({"since": "yesterday"}, "from"), ({"since": "2026-09-21", "until": "2026-09-20"}, "from"), ({"step": "year"}, "by"), ({"worker": "NOBODY"}, "worker"),
    ({"since": "2026-01-01", "until": "2026-09-20", "step": "hour"}, "by"), ({"worker": "BDG-1", "zone": "A"}, "worker"), ({"since": "1700-01-01"}, "from")]


def test_a_span_that_makes_no_sense_is_refused(story):
    for asked, field in SENSELESS:
        with pytest.raises(Invalid) as refused:
            story.look(**asked)
        assert refused.value.args_["field"] == field, asked


def test_nobody_of_one_warehouse_looks_at_a_worker_of_another(story):
    story.house.database.write(lambda tx: tx.execute(text("UPDATE worker SET site_id = :site WHERE badge = 'BDG-1'"), {"site": story.house.site_id}))
    with pytest.raises(Invalid):
        story.house.database.read(lambda tx: look_back(tx, story.house.site_id, Asked(worker="BDG-1"), mine=story.house.site_id + 1))


def test_one_workers_figures_hold_only_what_they_did(story):
    story.ship(1, cutoff_in=60)
    found = story.look(**TODAY, worker="BDG-1")
    assert (found["total"]["lines_done"], found["total"]["orders_shipped"], found["people"]) == (3, None, [])


def test_one_kind_of_work_is_counted_alone(story):
    story.ship(1, cutoff_in=60)
    story.receive(4)
    assert (story.look(**TODAY, kind="pick")["total"]["lines_done"], story.look(**TODAY)["total"]["lines_done"]) == (1, 5)
