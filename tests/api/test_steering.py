"""A supervisor sends, orders, holds and lets go: what the worker is then offered, and whose handheld rings."""

import pytest
from sqlalchemy import text

from server.kernel.ids import uuid7
from server.masterdata.people import put_worker, set_skills
from server.wms.tasks import NewTask, make_task


@pytest.fixture
def tasks(house):
    """Three counts that wait, in order of age; no bin is needed to steer them."""
    def work(tx):
        return [make_task(tx, NewTask(site_id=house.site_id, kind="put_away", data={})) for _ in range(3)]

    return house.app.database.write(work)


def steer(house, number, what, body=None, role="integration"):
    headers = house.headers("supervisor" if role == "integration" else role)
    return house.web.post(f"/api/v1/tasks/{number}/{what}", json=body, headers=headers)


def claims(house, device=None, badge="worker") -> str:
    house.device = device or house.device
    headers = house.headers(badge)
    session = house.web.get("/api/v1/sessions/current", headers=headers).json["id"]
    house.seq = getattr(house, "seq", 0) + 1
    sent = {"op": str(uuid7()), "seq": 1, "kind": "claim", "task": None, "form": None, "slots": {"kind": "put_away"}, "made_at": house.clock.now(),
            "session": session, "schema": 1}
    answer = house.web.post("/api/v1/operations", json={"epoch": f"epoch-{house.seq:04d}", "operations": [sent]}, headers=headers)
    return (answer.json["results"][0].get("task") or {}).get("id", answer.json["results"][0]["code"])


def device_id(house, name="PDA 1"):
    return house.app.database.read(lambda tx: tx.scalar(text("SELECT id FROM device WHERE name = :n"), n=name))


def test_a_task_that_was_sent_is_the_workers_next_and_nobody_elses(house, tasks):
    assert steer(house, tasks[2], "send", {"worker": "worker"}).json == {"id": tasks[2], "state": "open", "priority": 5, "held": False}
    pushed = house.web.get("/api/v1/floor/pull", headers=house.headers("worker")).json["pushed"]
    assert [one["id"] for one in pushed] == [f"t{tasks[2]}"]
    assert claims(house, badge="manager") == f"t{tasks[0]}"
    assert claims(house) == f"t{tasks[2]}"


def test_the_handheld_rings_where_the_worker_is_signed_in(house, tasks):
    house.headers("worker")
    rung = []
    house.app.database.listen(lambda tx: rung.append(set(tx.touched_devices)))
    other = house.enrol("PDA 2")
    house.web.post(f"/api/v1/tasks/{tasks[0]}/send", json={"worker": "worker"}, headers=_browser(house, other))
    assert device_id(house) in rung[-1]


def _browser(house, device):
    here, house.device = house.device, device
    headers = house.headers("supervisor")
    house.device = here
    return headers


def test_a_task_is_sent_to_a_handheld_whoever_works_with_it(house, tasks):
    assert steer(house, tasks[1], "send", {"device": device_id(house)}).status_code == 200
    assert claims(house, badge="manager") == f"t{tasks[1]}"
    assert steer(house, tasks[0], "send", {"device": 999}).status_code == 404


def test_what_was_sent_is_pulled_back_for_anybody(house, tasks):
    steer(house, tasks[0], "send", {"worker": "worker"})
    assert steer(house, tasks[0], "hand-back").status_code == 200
    assert claims(house, badge="manager") == f"t{tasks[0]}"


def test_who_has_it_gives_it_up(house, tasks):
    assert claims(house) == f"t{tasks[0]}"
    steer(house, tasks[0], "send", {"worker": "manager"})
    assert house.web.get("/api/v1/floor/pull", headers=house.headers("worker")).json["tasks"] == []
    assert claims(house, badge="manager") == f"t{tasks[0]}"


@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"worker": "worker", "device": 1}, 422), ({"worker": "nobody"}, 409), ({"worker": "ELSE"}, 409),
                                              ({"worker": "unskilled"}, 409)])
def test_who_cannot_have_it_is_refused_in_words(house, tasks, body, status):
    def work(tx):
        put_worker(tx, "ELSE", "Else", "worker", site_id=tx.scalar(text("SELECT id FROM site WHERE code = 'W2'")))
        put_worker(tx, "UNSKILLED", "New", "worker")
        set_skills(tx, "UNSKILLED", skills=["count"])

    house.app.database.write(work)
    answer = steer(house, tasks[0], "send", body)
    assert (answer.status_code, len(answer.json["detail"]) > 20) == (status, True)


def test_first_is_before_what_was_first_and_last_behind_all(house, tasks):
    for number, place in ((tasks[2], "first"), (tasks[1], "first"), (tasks[0], "last")):
        assert steer(house, number, "order", {"place": place}).status_code == 200
    assert [claims(house) for _ in tasks] == [f"t{number}" for number in (tasks[1], tasks[2], tasks[0])]


def test_a_priority_is_one_to_nine(house, tasks):
    assert steer(house, tasks[2], "order", {"priority": 1}).json["priority"] == 1
    assert claims(house) == f"t{tasks[2]}"
    for body in ({"priority": 0}, {"priority": 10}, {}, {"place": "middle"}, {"place": "first", "priority": 1}):
        assert steer(house, tasks[0], "order", body).status_code == 422


def test_what_is_held_back_waits_until_it_is_let_go(house, tasks):
    assert steer(house, tasks[0], "hold").json["held"] is True
    assert steer(house, tasks[0], "hold").status_code == 409
    assert claims(house) == f"t{tasks[1]}"
    assert steer(house, tasks[0], "release").json["held"] is False
    assert steer(house, tasks[0], "release").status_code == 409
    assert claims(house) == f"t{tasks[0]}"


def test_what_somebody_has_is_taken_from_them_to_be_held_back(house, tasks):
    claims(house)
    assert steer(house, tasks[0], "hold").json["state"] == "open"
    assert house.web.get("/api/v1/floor/pull", headers=house.headers("worker")).json["tasks"] == []


def test_a_task_that_has_ended_stays_as_it_is(house, tasks):
    house.app.database.write(lambda tx: tx.execute(text("UPDATE task SET state = 'done'")))
    for what, body in (("send", {"worker": "worker"}), ("order", {"priority": 1}), ("hold", None), ("release", None)):
        assert steer(house, tasks[0], what, body).status_code == 409


def test_the_list_says_for_whom_what_it_needs_and_whether_it_is_held(house, tasks):
    steer(house, tasks[0], "send", {"worker": "worker"})
    steer(house, tasks[1], "hold")
    shown = house.web.get("/api/v1/tasks", headers=house.headers("integration")).json["items"]
    assert [(one["for_worker"], one["held"], one["needs"], one["begin"]) for one in shown] == [("Worker", 0, "", None), (None, 1, "", None), (None, 0, "", None)]


def test_only_supervisors_steer(house, tasks):
    for what, body in (("send", {"worker": "worker"}), ("order", {"priority": 1}), ("hold", None), ("release", None)):
        assert steer(house, tasks[0], what, body, role="worker").status_code == 403
