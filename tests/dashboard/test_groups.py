"""What each group of the board tells."""

from types import SimpleNamespace

import pytest
from sqlalchemy import text

from server.dashboard.around import Around
from server.dashboard.board import reckon
from server.dashboard.cutoffs import slack
from server.dashboard.floor_map import BLOCKED, COUNT, HELD, SUSPECT
from server.kernel.backup_note import note_failure
from server.kernel.clock import HOUR, MINUTE
from server.kernel.settings import set_setting
from server.masterdata.people import put_worker
from server.oms.exceptions.opening import Matter, open_exception
from server.wms.counting import request_count
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_undo_pick import do

SOAP = ITEMS["SOAP"]


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def told(house, group: str, around: Around | None = None):
    return house.database.read(lambda tx: reckon(tx, house.site_id, around or Around()))[group]


def change(house, statement: str, **values) -> None:
    house.database.write(lambda tx: tx.execute(text(statement), values))


def place(house, code: str) -> int:
    return house.one("SELECT id FROM location WHERE code = :c", c=code)


def in_half_a_day(house) -> int:
    return house.database.clock.now() + 12 * HOUR


def test_a_cut_off_tells_its_lines_step_by_step_and_when_they_will_be_done(house):
    at = in_half_a_day(house)
    house.put("SOAP", 9, "W1-A-01-1")
    for number in (1, 2, 3):
        house.order(f"R-{number}", ("SOAP", 1), carrier="DHL", cutoff_at=at)
    house.wave()
    pda = house.pda()
    do(pda, "TOTE-5", SOAP, "TOTE-5", SOAP)
    row, = told(house, "cutoffs")["carriers"]
    assert (row["name"], row["orders"], row["lines"], row["picked"], row["packed"], row["shipped"]) == ("DHL", 3, 3, 1, 1, 0)
    assert (row["cutoff_at"], row["slack"]) == (at, "good")
    assert house.database.clock.now() + 50 * MINUTE < row["finish_at"] <= house.database.clock.now() + HOUR, "two lines left, two an hour"
    assert told(house, "cutoffs")["waves"][0]["lines"] == 3


def test_what_nobody_works_on_is_told_as_soon_as_its_cut_off_is_near(house):
    house.put("SOAP", 9, "W1-A-01-1")
    house.order("R-1", ("SOAP", 1), carrier="DHL", cutoff_at=house.database.clock.now() + HOUR)
    house.order("R-2", ("SOAP", 1), carrier="UPS", cutoff_at=in_half_a_day(house))
    assert [row["slack"] for row in told(house, "cutoffs")["carriers"]] == ["standing", "none"]


@pytest.mark.parametrize(("left", "cutoff", "finish", "said"), [
    (0, 10, None, "done"), (1, None, 10, "none"), (1, 10 * HOUR, 5 * HOUR, "good"), (1, 10 * HOUR, 10 * HOUR - 1, "tight"), (1, 10 * HOUR, 11 * HOUR, "late"),
    (1, HOUR, None, "standing"), (1, 3 * HOUR, None, "none"), (1, -1, None, "late")])
def test_slack_has_one_word_for_each_case(left, cutoff, finish, said):
    assert slack(0, SimpleNamespace(lines=1, packed=1 - left, cutoff_at=cutoff), finish) == said


def test_an_order_is_reached_only_after_those_before_it(house):
    at = in_half_a_day(house)
    house.put("SOAP", 9, "W1-A-01-1")
    for number in range(1, 6):
        house.order(f"R-{number}", ("SOAP", 1), carrier="DHL" if number < 4 else "UPS", cutoff_at=at if number < 4 else at + 1)
    house.wave()
    do(house.pda(), "TOTE-5", SOAP, "TOTE-5", SOAP)
    first, second = told(house, "cutoffs")["carriers"]
    assert second["finish_at"] - first["finish_at"] == HOUR


def test_the_backlog_counts_orders_by_stage_and_age_and_names_the_oldest(house):
    house.put("SOAP", 9, "W1-A-01-1")
    for number in (1, 2, 3):
        house.order(f"R-{number}", ("SOAP", 1))
    change(house, "UPDATE release SET on_hold = 1 WHERE code = 'ORD-000001'")
    change(house, "UPDATE release SET created_at = created_at - :h WHERE code = 'ORD-000002'", h=5 * HOUR)
    stages = {row["stage"]: row for row in told(house, "backlog")["stages"]}
    assert (stages["held"]["counts"], stages["waiting"]["counts"]) == ([1, 0, 0, 0, 0], [1, 0, 1, 0, 0])
    assert stages["waiting"]["oldest_at"] == house.one("SELECT created_at FROM release WHERE code = 'ORD-000002'")
    house.wave()
    assert [(row["kind"], row["open"]) for row in told(house, "backlog")["tasks"]] == [("pick", 2)]


def test_the_pace_counts_lines_by_step_and_zone_and_people_with_what_they_hold(house):
    house.put("SOAP", 9, "W1-A-01-1")
    house.order("R-1", ("SOAP", 1), ("SOAP", 2))
    house.wave(picking="zone")
    pda = house.pda()
    change(house, "UPDATE device SET worker_id = (SELECT MAX(id) FROM worker), last_seen_at = :at", at=house.database.clock.now())
    do(pda, "TOTE-5")
    held = told(house, "pace")["people"]
    assert [(row["worker"], row["kind"]) for row in held] == [("BDG-1", "pick")]
    do(pda, SOAP)
    found = told(house, "pace")
    assert {row["step"]: sum(row["lines"]) for row in found["lines"]}["pick"] == 1
    assert [(row["zone"], row["step"], row["lines"]) for row in found["zones"]] == [("A", "pick", 1)]


def test_troubles_are_counted_by_kind_with_what_nobody_has_taken(house):
    house.put("SOAP", 1, "W1-A-01-1")
    change(house, "INSERT INTO floor_exception (site_id, at, code, args, owner_id) VALUES (:s, 5, 'late', '{}', NULL), (:s, 7, 'not_booked', '{}', NULL)", s=house.site_id)
    house.pda()
    change(house, "UPDATE device SET queued = 3, last_seen_at = 1")
    change(house, "INSERT INTO print_job (unique_key, printer_id, label, code, payload, state, created_at, sent_at) "
                  "VALUES ('k', (SELECT MIN(id) FROM printer), 'lpn', 'k', '^XA^XZ', 'unknown', 0, 9)")
    house.order("R-1", ("SOAP", 1))
    change(house, "UPDATE release_line SET short = 1")
    there = {row["kind"]: (row["count"], row["unowned"], row["oldest_at"]) for row in told(house, "troubles")["kinds"] if row["count"]}
    assert there.pop("short")[:2] == (1, 0)
    assert there == {"late": (1, 1, 5), "conflict": (1, 1, 7), "stuck": (1, 0, 1), "label": (1, 0, 9)}


def test_exceptions_of_orders_are_counted_by_kind_with_the_oldest(house):
    assert told(house, "troubles")["orders"] == []
    house.database.write(lambda tx: put_worker(tx, "BOSS", "Boss", "manager"))
    for about, kind, at in (("order/1", "address", 9), ("order/2", "address", 5), ("order/1", "price", 7)):
        house.database.write(lambda tx, about=about, kind=kind: open_exception(tx, Matter(site_id=house.site_id, kind=kind, about=about, words="?")))
        change(house, "UPDATE order_exception SET opened_at = :at WHERE about = :about AND kind = :kind", at=at, about=about, kind=kind)
    assert told(house, "troubles")["orders"] == [{"kind": "address", "count": 2, "oldest_at": 5}, {"kind": "price", "count": 1, "oldest_at": 7}]


def test_the_map_tells_fill_flags_picks_and_where_people_are(house):
    house.put("SOAP", 9, "W1-A-01-1")
    house.put("TEA", 3, "W1-A-02-1", status="hold")
    change(house, "UPDATE location SET max_weight_g = 1800 WHERE code = 'W1-A-01-1'")
    change(house, "UPDATE location SET blocked = 1, suspect = 1 WHERE code = 'W1-A-03-1'")
    house.database.write(lambda tx: request_count(tx, place(house, "W1-A-04-1"), "manual"))
    house.order("R-1", ("SOAP", 1))
    house.wave()
    pda = house.pda()
    change(house, "UPDATE device SET worker_id = (SELECT MAX(id) FROM worker), last_seen_at = :at", at=house.database.clock.now())
    do(pda, "TOTE-5", SOAP)
    found = told(house, "map")
    bins = {number: rest for number, *rest in found["bins"]}
    assert bins == {place(house, "W1-A-01-1"): [44, 0, 1], place(house, "W1-A-02-1"): [-1, HELD, 0],
                    place(house, "W1-A-03-1"): [0, BLOCKED | SUSPECT, 0], place(house, "W1-A-04-1"): [0, COUNT, 0]}
    assert [(row["worker"], row["place"]) for row in found["people"]] == [("BDG-1", place(house, "W1-A-01-1"))]
    change(house, "UPDATE device SET last_scan = 'w1-b-02-1'")
    assert [row["place"] for row in told(house, "map")["people"]] == [place(house, "W1-B-02-1")]


def test_a_bin_whose_last_piece_is_promised_runs_dry_and_the_rest_of_the_item_is_named(house):
    house.put("SOAP", 2, "W1-A-01-1")
    house.order("R-1", ("SOAP", 2))
    house.wave()
    house.put("SOAP", 7, "W1-B-05-1")
    house.order("R-2", ("SOAP", 5))
    row, = told(house, "replenishing")["bins"]
    assert (row["location"], row["item"], row["quantity"], row["wanted"], row["free"], row["from"]) == ("W1-A-01-1", "SOAP", 2, 5, 7, "W1-B-05-1")


def test_gear_names_what_is_wrong_with_each(house):
    house.pda()
    now = house.database.clock.now()
    change(house, "UPDATE device SET battery = 9, build = 'old', queued = 2, last_seen_at = :at", at=now - HOUR)
    change(house, "INSERT INTO printer_condition (printer_id, code, since, checked_at) VALUES ((SELECT MIN(id) FROM printer), 'paper_out', 5, 5)")
    found = told(house, "gear", Around(build="new"))
    assert found["handhelds"][0]["wrong"] == ["stuck", "battery", "build"]
    assert found["printers"][0]["wrong"] == ["paper_out"]


def test_the_system_tells_the_backup_the_disk_and_what_was_given_up(house, tmp_path):
    change(house, "INSERT INTO job (kind, payload, state, run_at, error) VALUES ('ship_load', '{}', 'dead', 0, 'gone')")
    house.database.write(lambda tx: (set_setting(tx, "backup.last", {"at": 5, "moves": 7, "bytes": 1}), note_failure(tx, "no room")))
    found = told(house, "system", Around(var_folder=tmp_path, backup_hours=24))
    assert (found["backup"], found["ledger"]["audited_at"], found["ledger"]["audited"]) == (
        {"at": 5, "failed": "no room", "is_late": True, "is_wanted": True}, 5, 7)
    assert (0 <= found["disk_free_percent"] <= 100, [one["key"] for one in found["given_up"]]) == (True, ["job-1"])
