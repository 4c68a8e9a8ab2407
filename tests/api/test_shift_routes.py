"""Who is at work, as the supervisor sees it; workers' skills."""

from server.kernel.ids import uuid7


def operate(house, headers, seq, kind, **slots):
    session = house.web.get("/api/v1/sessions/current", headers=headers).json["id"]
    sent = {"op": str(uuid7()), "seq": seq, "kind": kind, "task": None, "form": None, "slots": slots, "made_at": house.clock.now(), "session": session, "schema": 1}
    return house.web.post("/api/v1/operations", json={"epoch": "epoch-0001", "operations": [sent]}, headers=headers).json["results"][0]


def at_work(house):
    return house.web.get("/api/v1/shifts", headers=house.headers("integration")).json["items"]


def test_who_is_at_work_is_shown_with_since_when_what_and_where(house):
    worker = house.headers("worker")
    operate(house, worker, 1, "shift_start", vehicle="forklift")
    operate(house, worker, 2, "start", value={"type": "location", "key": "W1-A-01-1", "kind": "bin"})
    (shown,) = at_work(house)
    assert {**shown, "id": 0} == {
        "id": 0, "badge": "WORKER", "name": "Worker", "started_at": house.clock.now(), "break_since": None, "vehicle": "forklift", "trolley": "",
        "device": "PDA 1", "place": "W1-A-01-1", "x_mm": 0, "y_mm": 0, "seen_at": house.clock.now()}


def test_a_break_is_shown_and_who_has_gone_home_is_not(house):
    worker = house.headers("worker")
    operate(house, worker, 1, "break_begin")
    assert at_work(house)[0]["break_since"] == house.clock.now()
    assert house.web.get("/api/v1/floor/pull", headers=worker).json["shift"]["break_since"] == house.clock.now()
    operate(house, worker, 2, "shift_end")
    assert at_work(house) == []


def test_a_supervisor_ends_a_shift_once(house):
    worker = house.headers("worker")
    (shown,) = at_work(house)
    supervisor = house.headers("supervisor")
    mine = next(one["id"] for one in at_work(house) if one["badge"] == "SUPERVISOR")
    assert house.web.post(f"/api/v1/shifts/{shown['id']}/end", headers=worker).status_code in (401, 403)
    assert house.web.post(f"/api/v1/shifts/{shown['id']}/end", headers=supervisor).json == {"id": shown["id"], "state": "ended"}
    assert house.web.post(f"/api/v1/shifts/{shown['id']}/end", headers=supervisor).status_code == 404
    assert [one["id"] for one in at_work(house)] == [mine]


def test_skills_and_zones_are_set_kept_and_taken_away(house):
    admin = house.headers("admin")

    def put(**more):
        answer = house.web.put("/api/v1/workers/W-7", json={"name": "Li Wei", **more}, headers=admin)
        assert answer.status_code == 200, answer.text
        found = next(one for one in house.web.get("/api/v1/workers", headers=admin).json["items"] if one["badge"] == "W-7")
        return found["skills"], found["zones"]

    assert put() == ([], [])
    assert put(skills=["pick", "count", "pick"], zones=["B", "A"]) == (["count", "pick"], ["A", "B"])
    assert put() == (["count", "pick"], ["A", "B"])
    assert put(skills=[]) == ([], ["A", "B"])


def test_a_skill_that_is_no_kind_of_task_is_refused(house):
    answer = house.web.put("/api/v1/workers/W-7", json={"name": "Li Wei", "skills": ["juggle"]}, headers=house.headers("admin"))
    assert (answer.status_code, answer.json["detail"].split(". ")[0]) == (422, "There is no kind of task juggle")
