"""What becomes of an operation beside the stock: what is answered, who holds what, and what the supervisor is told."""

import json

import pytest
from sqlalchemy import text

from server.floor.process import Answer, Message
from server.masterdata.site_settings import set_site_settings, site_settings
from tests.floor.conftest import one_order
from tests.warehouse import ITEMS, Warehouse

begins_with = one_order


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def told(pda) -> tuple[str, str, str]:
    last = pda.results[-1]
    return last["status"], last["code"], last["message"]["key"]


def exceptions(house) -> list[tuple]:
    return [(code, json.loads(args) if isinstance(args, str) else args) for code, args in house.all("SELECT code, args FROM floor_exception ORDER BY id")]


def test_a_claimed_task_is_its_workers_and_is_told_whole(house):
    pda = house.pda()
    pda.send("claim", {"kind": "pick"}, None)
    assert told(pda) == ("applied", "ok", "task.started")
    assert pda.results[-1]["message"]["args"] == {"kind": "pick"}
    assert house.all("SELECT state, w.badge, task.device_id FROM task JOIN worker w ON w.id = task.worker_id") == [
        ("leased", "BDG-1", pda.device.id)]
    task = pda.task
    assert {"id", "kind", "title", "priority", "version", "state", "document", "finish", "codes", "trail", "forms", "current"} <= task.keys()
    assert (task["kind"], task["state"], task["title"]["key"], task["finish"], task["trail"]) == ("pick", "leased", "task.pick", False, [])
    assert (task["priority"], task["version"]) == house.all("SELECT priority, version FROM task")[0]


def test_a_claim_in_a_zone_takes_nothing_of_another(house):
    pda = house.pda()
    pda.send("claim", {"kind": "pick", "zone": "B"}, None)
    assert told(pda) == ("refused", "nothing_to_do", "refused.nothing_to_do")
    pda.send("claim", {"kind": "pick", "zone": "A"}, None)
    assert told(pda)[0] == "applied"


def test_a_task_that_is_given_back_is_anybodys_again(house):
    pda, other = house.pda(), house.pda()
    pda.send("claim", {"kind": "pick"}, None)
    held = dict(pda.task)
    pda.send("release", {}, None)
    assert told(pda) == ("applied", "ok", "task.given_back")
    assert house.all("SELECT state, worker_id, device_id FROM task") == [("open", None, None)]
    pda.task = held
    pda.send("release", {}, None)
    assert told(pda) == ("refused", "nothing_to_do", "refused.nothing_to_do")
    assert pda.results[-1]["message"]["args"]["kind"] == "release"
    other.send("claim", {"kind": "pick"}, None)
    assert told(other)[0] == "applied"


def test_what_only_passes_makes_room_for_the_next_task(house):
    pda = house.pda()
    pda.scan("W1-A-01-1")
    passing = house.all("SELECT id, kind, state FROM task WHERE device_id IS NOT NULL")
    assert [row[2] for row in passing] == ["leased"]
    pda.task = None
    pda.send("claim", {"kind": "pick"}, None)
    assert house.all("SELECT kind FROM task WHERE state = 'leased'") == [("pick",)]
    assert house.one("SELECT state FROM task WHERE id = :id", id=passing[0][0]) == "cancelled"


@pytest.mark.parametrize(("slots", "code"), [({}, "unknown_operation"), ({"value": "SOAP"}, "unknown_operation"),
                                             ({"value": {"type": "lpn", "key": "LPN-NONE"}}, "nothing_to_do")])
def test_what_starts_nothing_says_so_with_what_was_scanned(house, slots, code):
    pda = house.pda()
    pda.send("start", slots, None)
    assert told(pda) == ("refused", code, f"refused.{code}")
    assert pda.results[-1]["message"]["args"]["kind"] == "start"
    assert exceptions(house) == []  # nobody did anything yet


def test_what_a_worker_did_and_was_not_booked_is_told_to_the_supervisor(house):
    pda = house.pda()
    slots = {"from": "W1-A-01-1", "item": "SOAP", "quantity": 1, "to": "W1-NOWHERE"}
    pda.send("move", slots, None)
    status, code, _ = told(pda)
    assert status == "refused"
    (kind, args), = exceptions(house)
    assert (kind, args["kind"], args["why"], args["slots"]) == ("not_booked", "move", code, slots)
    assert args["sentence"]
    assert house.all("SELECT op, worker_id FROM floor_exception") == [(pda.sent[-1]["op"], house.one("SELECT id FROM worker"))]


def test_what_nobody_foresaw_is_set_aside_with_what_it_said(house, monkeypatch):
    pda = house.pda()
    pda.scan("TOTE-5")

    def fails(_tx, _call):
        raise RuntimeError("a line\nand\x07 another")

    monkeypatch.setitem(house.engine.runner.registry.by_kind["pick"].handlers, "pick", fails)
    pda.scan(ITEMS["SOAP"])
    assert told(pda) == ("refused", "set_aside", "refused.set_aside")
    (kind, args), = exceptions(house)
    assert (kind, args["kind"], args["task"]) == ("set_aside", "pick", house.one("SELECT id FROM task WHERE kind = 'pick'"))
    assert args["error"].isprintable()
    assert args["error"].startswith("RuntimeError: a line")


def test_an_undo_names_what_was_undone_and_brings_the_task_back(house):
    pda = house.pda()
    pda.scan("TOTE-5")
    pda.scan(ITEMS["SOAP"])
    assert house.one("SELECT state FROM task WHERE kind = 'pick'") == "done"
    pda.send("undo", {}, None)
    assert told(pda) == ("applied", "ok", "undo.done")
    assert pda.results[-1]["message"]["args"] == {"kind": "pick"}
    assert (pda.task["kind"], pda.task["state"]) == ("pick", "leased")
    assert house.in_bin("W1-A-01-1") == 10


@pytest.mark.parametrize(("slots", "codes"), [
    ({}, []), ({"lpn": "P-1"}, ["P-1"]), ({"lpn": 7, "counted": "P-2"}, []), ({"value": {"type": "lpn", "key": "P-1"}}, ["P-1"]),
    ({"value": {"type": "item", "key": "P-1"}}, []), ({"value": "P-1"}, []), ({"counted": [{"lpn": "P-3"}, {"item": "SOAP"}, "P-4", {"lpn": "P-2"}]}, ["P-2", "P-3"]),
    ({"value": {"type": "lpn", "key": "P-1"}, "lpn": "P-1"}, ["P-1"]), ({"lpn": "P" * 70}, ["P" * 64]),
])
def test_a_pallet_whose_label_was_read_has_its_label(house, monkeypatch, slots, codes):
    seen = []
    monkeypatch.setattr("server.floor.runner.label_seen", lambda _tx, code: seen.append(code))
    monkeypatch.setitem(house.engine.runner.registry.by_kind["move"].handlers, "move", lambda _tx, _call: Answer(Message("move.done")))
    house.pda().send("move", slots, None)
    assert seen == codes


def test_a_task_that_has_ended_is_told_without_forms(house):
    pda = house.pda()
    pda.scan("TOTE-5")
    held = dict(pda.task)
    pda.scan(ITEMS["SOAP"])
    ended = pda.results[-1]["task"]
    assert ended == {**{name: held[name] for name in ("id", "kind", "title", "priority", "document", "finish")}, "codes": {}, "trail": [],
                     "version": ended["version"], "state": "done", "forms": [], "current": None}
    assert ended["version"] == house.one("SELECT version FROM task WHERE kind = 'pick'")
    pda.task = held
    pda.send("release", {}, None)
    assert pda.results[-1]["task"] is None
    assert house.engine.pull(pda.device, None)["tasks"] == []


def test_a_task_that_somebody_else_has_meanwhile_ended_is_told_as_ended(house):
    house.pda().scan("TOTE-5")
    number = house.one("SELECT id FROM task WHERE kind = 'pick'")
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET state = 'cancelled', done_at = 1, version = version + 1")))
    told_ = house.database.read(lambda tx: house.engine.runner.outcome(tx, number, None))
    assert (told_["state"], told_["forms"], told_["current"]) == ("cancelled", [], None)


def test_a_device_that_is_known_is_told_nothing_of_its_lives_before(house):
    pda = house.pda()
    for epoch in ("epoch-0001", "epoch-0002"):
        pda.engine.operations(pda.device, {"epoch": epoch, "operations": []})
    pda.engine.operations(pda.device, {"epoch": "epoch-0001", "operations": [{"seq": 1}]})
    assert pda.engine.hello(pda.device, {"epoch": "epoch-0001"}, "b1")["reset_after_seq"] is None
    assert pda.engine.hello(pda.device, {"epoch": "epoch-0003"}, "b1")["next_seq"] == 1


def test_what_waits_and_how_labels_are_read_comes_with_every_pull(house):
    pda = house.pda()
    house.database.write(lambda tx: set_site_settings(tx, house.site_id, group_separators="|"))
    first = pda.engine.pull(pda.device, None)
    assert first["counts"] == {"pick": 1}
    assert set(first) == {"version", "counts", "codes", "codes_mark", "settings", "tasks", "scans", "scans_mark", "shift", "pushed"}
    assert first["settings"]["group_separators"] == list(site_settings_of(house).group_separators)
    mark = pda.engine.codes(pda.device, "")
    while mark["more"]:
        mark = pda.engine.codes(pda.device, mark["mark"])
    assert first["codes_mark"] == mark["mark"]


def site_settings_of(house):
    return house.database.read(lambda tx: site_settings(tx, house.site_id))


def test_a_scan_with_half_a_letter_is_read_as_far_as_it_goes(house):
    pda = house.pda()
    assert pda.engine.read(pda.device, "W1-A-01-1\ud83d")["values"][0]["type"] == "unknown"
