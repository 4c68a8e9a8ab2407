"""Shifts: who is at work, with what, on a break or gone home, and what that means for the next task."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.masterdata.people import worker_by_badge
from server.masterdata.shifts import SHIFT_MAX_MS, last_shift, open_shift
from server.masterdata.sign_in import Attempt, sign_in
from server.masterdata.sites import add_site, location_by_code
from server.stock.lpns import make_lpn
from server.wms.tasks import NewTask, make_task
from tests.warehouse import Warehouse


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def waiting(house, **more) -> int:
    return house.database.write(lambda tx: make_task(tx, NewTask(**{"site_id": house.site_id, "kind": "count", "data": {}, **more})))


def shift_of(house, badge="BDG-1"):
    return house.database.read(lambda tx: last_shift(tx, worker_by_badge(tx, badge).id))


def signs_in(house, pda, badge="BDG-1"):
    attempt = Attempt(badge, "", "here", pda.device.id)
    return house.database.write(lambda tx: sign_in(tx, attempt, worker_by_badge(tx, badge)))


def asked(pda, operation, /, **slots) -> tuple[str, str]:
    pda.task = None
    pda.send(operation, slots, None)
    return pda.results[-1]["status"], pda.results[-1]["message"]["key"]


def test_whoever_signs_in_is_at_work_without_equipment(house):
    pda = house.pda()
    signs_in(house, pda)
    shift = shift_of(house)
    assert (shift.site_id, shift.device_id, shift.ended_at, shift.vehicle, shift.trolley, shift.break_since) == (
        house.site_id, pda.device.id, None, "", "", None)


def test_a_shift_goes_on_at_another_device(house):
    first, second = house.pda(), house.pda()
    signs_in(house, first)
    begun = shift_of(house)
    signs_in(house, second)
    assert (shift_of(house).id, shift_of(house).device_id) == (begun.id, second.device.id)


def test_a_shift_that_nobody_ended_is_over_when_its_worker_comes_again_the_next_day(house):
    pda = house.pda()
    signs_in(house, pda)
    begun = shift_of(house)
    house.database.write(lambda tx: tx.execute(text("UPDATE shift SET started_at = :at"), {"at": tx.now - 2 * SHIFT_MAX_MS}))
    signs_in(house, pda)
    assert shift_of(house).id != begun.id
    assert house.one("SELECT ended_at - started_at FROM shift WHERE id = :id", id=begun.id) == SHIFT_MAX_MS


def test_who_begins_in_another_warehouse_has_ended_here(house):
    pda = house.pda()
    signs_in(house, pda)
    other = house.database.write(lambda tx: add_site(tx, "W2", "Other"))
    house.database.write(lambda tx: open_shift(tx, worker_by_badge(tx, "BDG-1").id, other, None))
    assert [row[0] is None for row in house.all("SELECT ended_at FROM shift ORDER BY id")] == [False, True]


def test_equipment_is_chosen_when_the_shift_is_started_and_told(house):
    pda = house.pda()
    assert asked(pda, "shift_start", vehicle="forklift", trolley="TROLLEY-1") == ("applied", "shift.started")
    told = pda.results[-1]["data"]["shift"]
    assert (told["vehicle"], told["trolley"], told["ended_at"], told["break_since"]) == ("forklift", "TROLLEY-1", None, None)
    assert pda.engine.pull(pda.device, None)["shift"] is None, "an old session is nobody's"
    assert asked(pda, "shift_start") == ("applied", "shift.started")
    assert (shift_of(house).vehicle, shift_of(house).trolley) == ("", "")


@pytest.mark.parametrize(("vehicle", "needs", "has"), [("", "", True), ("", "forklift", False), ("forklift", "forklift", True), ("reach_truck", "forklift", True),
                                                       ("pallet_truck", "forklift", False), ("forklift", "trolley", False)])
def test_a_vehicle_does_for_what_it_lifts(house, vehicle, needs, has):
    asked(house.pda(), "shift_start", vehicle=vehicle)
    assert shift_of(house).has(needs) is has


@pytest.mark.parametrize(("slots", "code"), [({"vehicle": "horse"}, "invalid"), ({"vehicle": 7}, "invalid"), ({"trolley": "TOTE-5"}, "not_found"),
                                             ({"trolley": "NOWHERE"}, "not_found")])
def test_equipment_that_is_none_is_refused_in_words(house, slots, code):
    pda = house.pda()
    assert asked(pda, "shift_start", **slots) == ("refused", f"refused.{code}")
    assert shift_of(house) is None


def test_a_trolley_of_another_warehouse_is_none_of_this(house):
    def build(tx):
        other = add_site(tx, "W2", "Other")
        make_lpn(tx, location_by_code(tx, "W2~SUPPLIER"), kind="trolley", code="TROLLEY-9")
        return other

    house.database.write(build)
    assert asked(house.pda(), "shift_start", trolley="TROLLEY-9") == ("refused", "refused.not_found")


def test_a_trolley_is_in_one_persons_hands(house):
    first, second = house.pda(), house.pda()
    asked(first, "shift_start", trolley="TROLLEY-1")
    assert asked(second, "shift_start", trolley="TROLLEY-1") == ("refused", "refused.equipment_taken")
    assert second.results[-1]["message"]["args"] == {"trolley": "TROLLEY-1", "worker": "BDG-1"}
    asked(first, "shift_end")
    assert asked(second, "shift_start", trolley="TROLLEY-1") == ("applied", "shift.started")


def test_the_database_too_knows_one_open_shift_one_break_and_one_hand_at_a_trolley(house):
    first, second = house.pda(), house.pda()
    asked(first, "shift_start", trolley="TROLLEY-1")
    asked(second, "shift_start")
    asked(first, "break_begin")
    for broken in ("UPDATE shift SET trolley = 'TROLLEY-1'", "UPDATE shift SET worker_id = (SELECT MIN(id) FROM worker)",
                   "INSERT INTO shift_break (shift_id, began_at) SELECT shift_id, 1 FROM shift_break",
                   "UPDATE shift SET vehicle = 'horse'", "UPDATE shift SET ended_at = started_at - 1"):
        with pytest.raises(IntegrityError):
            house.database.write(lambda tx, broken=broken: tx.query(text(broken)))


def test_nothing_is_offered_on_a_break_and_again_after_it(house):
    waiting(house)
    pda = house.pda()
    asked(pda, "shift_start")
    assert asked(pda, "break_begin") == ("applied", "shift.break_begun")
    since = shift_of(house).break_since
    assert since is not None
    assert asked(pda, "break_begin") == ("applied", "shift.break_begun")
    assert shift_of(house).break_since == since
    assert asked(pda, "claim", kind="count") == ("refused", "refused.on_break")
    assert asked(pda, "break_end") == ("applied", "shift.break_ended")
    assert asked(pda, "claim", kind="count")[0] == "applied"
    assert house.all("SELECT COUNT(*), COUNT(ended_at) FROM shift_break") == [(1, 1)]


def test_who_signs_in_again_is_back_from_the_break(house):
    pda = house.pda()
    asked(pda, "shift_start")
    asked(pda, "break_begin")
    signs_in(house, pda)
    assert shift_of(house).break_since is None


def test_nothing_is_offered_after_the_shift_until_it_is_started_again(house):
    waiting(house)
    pda = house.pda()
    asked(pda, "shift_start")
    asked(pda, "break_begin")
    assert asked(pda, "shift_end") == ("applied", "shift.ended")
    assert shift_of(house).break_since is None
    assert asked(pda, "claim", kind="count") == ("refused", "refused.shift_ended")
    for kind in ("shift_end", "break_begin"):
        assert asked(pda, kind) == ("refused", "refused.shift_not_begun")
    asked(pda, "shift_start")
    assert asked(pda, "claim", kind="count")[0] == "applied"


def test_who_never_began_a_shift_gets_work_as_long_as_they_are_signed_in(house):
    waiting(house)
    assert asked(house.pda(), "claim", kind="count")[0] == "applied"


def test_nobody_goes_home_with_a_task_in_the_hand(house):
    waiting(house)
    pda = house.pda()
    asked(pda, "shift_start")
    asked(pda, "claim", kind="count")
    assert asked(pda, "shift_end") == ("refused", "refused.tasks_in_hand")
    assert pda.results[-1]["message"]["args"] == {"count": 1}
    assert shift_of(house).ended_at is None
