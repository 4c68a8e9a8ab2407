"""The queue of exceptions by the API: listed, owned, noted, seen to by one click; and the rules about them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.test_order_holds import BAD, ask, audited, order, strict

__all__ = ["strict"]


def queue(house, **query):
    answer = ask(house, "GET", "order-exceptions?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert answer.status_code == 200, answer.text
    return answer.json


def one(house):
    return queue(house)["items"][0]


def test_an_exception_says_what_it_is_about_whose_it_is_and_what_can_be_done(strict):
    number = order(strict)
    [shown] = queue(strict)["items"]
    assert {name: shown[name] for name in ("site", "kind", "code", "order", "owner", "state", "version", "steps", "suggestion", "words")} == {
        "site": "W1", "kind": "address", "code": "postcode_wrong", "order": number, "owner": "MANAGER", "state": "open", "version": 1,
        "steps": ["take_suggestion", "let_go", "cancel", "wait"], "suggestion": {"postcode": "02139"}, "words": f"{number} is held: 2139 is no postcode of US."}
    chinese = strict.web.get("/api/v1/order-exceptions", headers={**strict.headers("supervisor"), "Accept-Language": "zh-CN"}).json
    assert chinese["items"][0]["words"] == f"{number} 已暂停：2139 不是 US 的邮政编码。"
    assert ask(strict, "GET", f"orders/{number}/exceptions").json["items"] == [shown]


def test_it_is_listed_in_pages_and_by_what_is_asked_for(strict):
    numbers = [order(strict, str(at)) for at in range(5)]
    seen, cursor = [], ""
    while True:
        page = queue(strict, limit=2, cursor=cursor)
        seen += [row["order"] for row in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == numbers
    assert [row["order"] for row in queue(strict, sort="newest", limit=2)["items"]] == numbers[::-1][:2]
    assert [row["order"] for row in queue(strict, sort="newest", limit=9, cursor=queue(strict, sort="newest", limit=2)["next"])["items"]] == numbers[::-1][2:]
    assert [len(queue(strict, **query)["items"]) for query in ({"kind": "address"}, {"kind": "price"}, {"owner": "manager"}, {"owner": "supervisor"},
                                                               {"site": "W1"}, {"state": "done"})] == [5, 0, 5, 0, 5, 0]
    counted = ask(strict, "GET", "order-exceptions/counts?site=W1").json["items"]
    assert [(row["kind"], row["count"]) for row in counted] == [("address", 5)]
    assert counted[0]["oldest_at"] == one(strict)["opened_at"]


def test_it_is_given_to_somebody_who_may_own_it(strict):
    order(strict)
    shown = one(strict)
    assert ask(strict, "POST", f"order-exceptions/{shown['id']}/owner", badge="worker", version=1).status_code == 404
    assert ask(strict, "POST", f"order-exceptions/{shown['id']}/owner", version=1).json == {"id": shown["id"], "owner": "SUPERVISOR"}
    assert (one(strict)["owner"], one(strict)["version"]) == ("SUPERVISOR", 2)
    assert ask(strict, "POST", f"order-exceptions/{shown['id']}/owner", badge="admin", version=1).json["code"] == "seen_to"
    actor, subject, detail = audited(strict, "order_exception.given")
    assert (actor, subject, detail) == ("SUPERVISOR", f"exception {shown['id']}", {"old": {"owner": "MANAGER"}, "new": {"owner": "SUPERVISOR"}})


def test_something_is_noted_about_it(strict):
    order(strict)
    number = one(strict)["id"]
    assert ask(strict, "PUT", f"order-exceptions/{number}/note", note="calls back", version=1).status_code == 200
    assert one(strict)["note"] == "calls back"
    assert ask(strict, "PUT", f"order-exceptions/{number}/note", note="no", version=1).status_code == 409


def test_one_click_is_enough(strict):
    number = order(strict)
    shown = one(strict)
    done = ask(strict, "POST", f"order-exceptions/{shown['id']}/steps/take_suggestion", version=1)
    assert (done.status_code, done.json["state"]) == (200, "done")
    assert ask(strict, "GET", f"orders/{number}").json["ship_to"] == {**BAD, "postcode": "02139", "phone": ask(strict, "GET", f"orders/{number}").json["ship_to"]["phone"]}
    assert queue(strict)["items"] == []
    [ended] = queue(strict, state="done")["items"]
    assert (ended["ended_how"], ended["ended_by"], ended["step"], ended["steps"]) == ("hand", "SUPERVISOR", "take_suggestion", [])


@pytest.mark.parametrize(("step", "status"), [("nonsense", 422), ("tell_again", 422), ("let_go", 200)])
def test_a_step_that_is_none_of_it_is_refused(strict, step, status):
    order(strict)
    assert ask(strict, "POST", f"order-exceptions/{one(strict)['id']}/steps/{step}", version=1).status_code == status


def test_twenty_who_press_at_once_do_it_once(strict):
    number = order(strict)
    shown, headers = one(strict), strict.headers("supervisor")

    def press(_):
        return strict.app.web.test_client().post(f"/api/v1/order-exceptions/{shown['id']}/steps/cancel", json={"version": 1}, headers=headers).status_code

    with ThreadPoolExecutor(20) as many:
        assert sorted(many.map(press, range(20))) == [200] + [409] * 19
    assert ask(strict, "GET", f"orders/{number}").json["state"] == "cancelled"


def test_a_rule_is_kept_as_said_and_told_with_what_it_may_do(house):
    said = {"site": "W1", "owner": "SUPERVISOR", "solve": "take_suggestion", "solve_after_minutes": 5, "pass_after_hours": 4, "pass_to": "ADMIN"}
    assert ask(house, "PUT", "exception-rules/address", "supervisor", **said).status_code == 403
    assert ask(house, "PUT", "exception-rules/address", "manager", **said).status_code == 200
    rules = {row["kind"]: row for row in ask(house, "GET", "exception-rules?site=W1").json["items"]}
    assert {name: rules["address"][name] for name in said if name != "site"} == {name: value for name, value in said.items() if name != "site"}
    assert (rules["payment"]["opens_after_hours"], rules["payment"]["opens_by_time"], rules["item"]["solves"]) == (24, True, [])
    assert (rules["not_told"]["solve"], rules["any"]["owner"]) == ("tell_again", None)


@pytest.mark.parametrize("wrong", [{"owner": "worker"}, {"owner": "nobody"}, {"solve": "drop"}, {"pass_to": "admin"}, {"pass_after_hours": 4}])
def test_a_rule_that_cannot_be_is_refused(house, wrong):
    assert ask(house, "PUT", "exception-rules/address", "manager", **{"site": "W1", **wrong}).status_code in (404, 422)


def test_who_is_locked_out_owns_nothing_any_more(strict):
    order(strict)
    assert one(strict)["owner"] == "MANAGER"
    assert ask(strict, "DELETE", "workers/manager", "admin").status_code == 204
    assert one(strict)["owner"] == "SUPERVISOR"
