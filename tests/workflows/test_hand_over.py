"""A colleague's badge, scanned on a task: the task passes to them, or waits for them by name, or it is said why not."""

import pytest
from sqlalchemy import text

from server.masterdata.people import disable_worker, put_worker, set_skills
from server.masterdata.sites import add_site
from tests.warehouse import ITEMS, Warehouse


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    house.put("TEA", 10, "W1-A-02-1")
    house.order("S-1", ("SOAP", 1), ("TEA", 1))
    house.wave()
    return house


def picker(house):
    """Who has picked the soap of an order and holds its task."""
    pda = house.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    return pda


def here(house, pda):
    """Signed in a moment ago."""
    house.database.write(lambda tx: tx.execute(text("UPDATE worker_session SET last_used_at = :now WHERE device_id = :id"), {"now": tx.now, "id": pda.device.id}))
    return pda


def told(pda) -> tuple[str, str, dict]:
    last = pda.results[-1]
    return last["status"], last["message"]["key"], last["message"]["args"]


def held(pda) -> list[str]:
    return [one["id"] for one in pda.engine.pull(pda.device, None)["tasks"]]


def test_the_task_passes_to_the_colleagues_device_with_what_has_been_done(house):
    first, second = picker(house), here(house, house.pda())
    task = first.task["id"]
    first.scan("BDG-2")
    assert told(first) == ("applied", "task.handed_over", {"worker": "BDG-2"})
    assert first.results[-1]["task"]["state"] == "handed_over"
    assert (first.task, held(first), held(second)) == (None, [], [task])
    second.task = second.engine.pull(second.device, None)["tasks"][0]
    assert second.task["progress"] == {"done": 1, "all": 2}
    second.scan(ITEMS["TEA"])
    assert house.all("SELECT w.badge, t.state FROM task t JOIN worker w ON w.id = t.worker_id WHERE t.kind = 'pick'") == [("BDG-2", "done")]


def test_both_devices_are_rung(house):
    first, second = picker(house), here(house, house.pda())
    rung = []
    house.database.listen(lambda tx: rung.append(set(tx.touched_devices)))
    first.scan("BDG-2")
    assert {first.device.id, second.device.id} <= rung[-1]


def test_it_is_written_down_who_gave_it_to_whom(house):
    first = picker(house)
    here(house, house.pda())
    first.scan("BDG-2")
    assert house.all("SELECT action, actor FROM audit WHERE action = 'task.handed_over'") == [("task.handed_over", "BDG-1")]


def test_it_waits_by_name_for_a_colleague_who_is_not_signed_in(house):
    first, second, third = picker(house), house.pda(), house.pda()
    first.scan("BDG-2")
    assert told(first) == ("applied", "task.waits_for", {"worker": "BDG-2"})
    third.send("claim", {"kind": "pick"}, None)
    assert told(third)[1] == "refused.nothing_to_do"
    here(house, second)
    assert [one["kind"] for one in second.engine.pull(second.device, None)["pushed"]] == ["pick"]
    second.send("claim", {"kind": ""}, None)
    assert (told(second)[0], second.task["progress"]) == ("applied", {"done": 1, "all": 2})
    assert house.all("SELECT for_worker_id, state FROM task WHERE kind = 'pick'") == [(None, "leased")]


def test_what_waits_by_name_comes_before_all_else(house):
    first, second = picker(house), house.pda()
    task = first.task["id"]
    house.order("S-2", ("SOAP", 1), priority=1)
    house.wave()
    first.scan("BDG-2")
    second.send("claim", {"kind": "pick"}, None)
    assert second.task["id"] == task


def refused(house, first, badge) -> str:
    before = house.all("SELECT state, device_id, version FROM task ORDER BY id")
    first.task = first.engine.pull(first.device, None)["tasks"][0]
    first.send("hand_over", {"badge": badge}, None)
    assert first.results[-1]["status"] == "refused"
    assert house.all("SELECT state, device_id, version FROM task ORDER BY id") == before
    return first.results[-1]["code"]


def test_a_badge_that_nobody_has_is_refused(house):
    first, _ = picker(house), house.pda()
    assert [refused(house, first, badge) for badge in ("BDG-77", "", 7, None)] == ["unknown_badge"] * 4
    house.database.write(lambda tx: disable_worker(tx, "BDG-2"))
    assert refused(house, first, "BDG-2") == "unknown_badge"


def test_ones_own_badge_is_refused(house):
    assert refused(house, picker(house), "bdg-1") == "own_badge"


def test_who_works_in_another_warehouse_is_refused(house):
    first = picker(house)

    def build(tx):
        put_worker(tx, "ELSE", "Else", "worker", site_id=add_site(tx, "W2", "Other"))

    house.database.write(build)
    assert refused(house, first, "ELSE") == "badge_of_other_site"


def test_who_has_not_the_skill_or_works_in_other_zones_is_refused(house):
    first, _ = picker(house), house.pda()
    house.database.write(lambda tx: set_skills(tx, "BDG-2", skills=["count"]))
    assert refused(house, first, "BDG-2") == "lacks_skill"
    house.database.write(lambda tx: set_skills(tx, "BDG-2", skills=["count", "pick"], zones=["B"]))
    assert refused(house, first, "BDG-2") == "lacks_skill"
    house.database.write(lambda tx: set_skills(tx, "BDG-2", zones=["A"]))
    first.scan("BDG-2")
    assert told(first)[0] == "applied"


def test_who_is_at_work_without_what_it_needs_is_refused(house):
    first, second = picker(house), house.pda()
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET needs = 'forklift'")))
    second.send("shift_start", {}, None)
    assert refused(house, first, "BDG-2") == "lacks_equipment"
    assert first.results[-1]["message"]["args"] == {"worker": "BDG-2", "needs": "vehicle.forklift"}
    second.send("shift_start", {"vehicle": "reach_truck"}, None)
    first.scan("BDG-2")
    assert told(first)[0] == "applied"


def test_who_counted_first_is_not_handed_the_second_count(house):
    first, _ = picker(house), house.pda()
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET not_worker_id = (SELECT id FROM worker WHERE badge = 'BDG-2')")))
    assert refused(house, first, "BDG-2") == "somebody_else_has_to"


def test_what_another_device_holds_is_not_handed_over(house):
    first, second = picker(house), house.pda()
    second.task = first.task
    second.send("hand_over", {"badge": "BDG-1"}, None)
    assert second.results[-1]["code"] == "not_in_hand"


def test_what_is_only_shown_is_nobodys_to_hand_over(house):
    first, _ = house.pda(), house.pda()
    first.scan("W1-A-01-1")
    first.send("hand_over", {"badge": "BDG-2"}, None)
    assert first.results[-1]["code"] == "not_in_hand"


def test_without_a_task_there_is_nothing_to_hand_over(house):
    pda = house.pda()
    pda.send("hand_over", {"badge": "BDG-9"}, None)
    assert pda.results[-1]["code"] == "no_task"


def test_a_badge_of_any_shape_is_read_as_one(house):
    first = picker(house)
    house.database.write(lambda tx: put_worker(tx, "LI.WEI", "Li Wei", "worker"))
    first.scan("li.wei")
    assert told(first) == ("applied", "task.waits_for", {"worker": "Li Wei"})
