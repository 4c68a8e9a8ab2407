"""Orders are split, gathered, merged, sourced anew and changed over HTTP; each change is audited, and refused where it comes too late."""

import json

import pytest
from sqlalchemy import text

from server.masterdata.items import NewItem, put_item
from server.masterdata.parties import own_stock
from server.masterdata.sites import account, location_by_code
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move

HOME = {"name": "Ann Lee", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号"}


def ask(house, method, path, role="supervisor", **body):
    answer = house.web.open(f"/api/v1/{path}", method=method, json=body or None, headers=house.headers(role))
    house.app.dispatcher.drain()
    return answer


def order(house, reference, quantity=3, **more):
    answer = ask(house, "POST", "orders", site="W1", reference=reference, lines=[{"item": "SOAP", "quantity": quantity}], **{"ship_to": HOME, **more})
    assert answer.status_code == 201, answer.text
    return answer.json["number"]


def parts(house, number):
    told = ask(house, "GET", f"orders/{number}/parts").json
    return [(part["number"], [(line["number"], line["quantity"]) for line in part["lines"]]) for part in told["parts"]]


def audited(house, action):
    row = house.app.database.read(lambda tx: tx.row(text("SELECT actor, subject, detail FROM audit WHERE action = :a ORDER BY id DESC LIMIT 1"), a=action))
    return row.subject, json.loads(row.detail)


def test_an_order_is_split_gathered_and_both_are_audited_with_what_was_before(house):
    number = order(house, "1")
    answer = ask(house, "POST", f"orders/{number}/split", reason="half now", lines=[{"number": 1, "quantity": 2}])
    assert answer.status_code == 200 and set(answer.json["changed"]) == {number, f"{number}-2"}, answer.text
    assert sorted(parts(house, number)) == [(number, [(1, 1)]), (f"{number}-2", [(1, 2)])]
    subject, detail = audited(house, "order.split")
    assert (subject, detail["reason"]) == (number, "half now") and detail["old"]["parts"] == [["W1", [[1, 3]]]] and len(detail["new"]["parts"]) == 2
    assert ask(house, "POST", f"orders/{number}/gather", reason="together again").json == {"number": number}
    assert parts(house, number) == [(number, [(1, 3)])] and audited(house, "order.gathered")[1]["new"]["parts"] == [["W1", [[1, 3]]]]


@pytest.mark.parametrize("lines, status", [([{"number": 1, "quantity": 4}], 422), ([{"number": 2, "quantity": 1}], 422), ([], 422), ([{"number": 1, "quantity": 0}], 422)])
def test_a_split_of_what_there_is_not_is_refused(house, lines, status):
    number = order(house, "1")
    assert ask(house, "POST", f"orders/{number}/split", reason="x", lines=lines).status_code == status
    assert parts(house, number) == [(number, [(1, 3)])]


def test_two_orders_of_one_receiver_are_merged_and_taken_apart(house):
    first, second = order(house, "1"), order(house, "2", 1)
    assert ask(house, "GET", f"orders/{first}/parts").json["mergeable"] == [second]
    assert ask(house, "POST", f"orders/{second}/merge", reason="one parcel", into=first).json == {"number": second, "state": "merged", "into": first}
    assert audited(house, "order.merged")[0] == second and audited(house, "order.merged")[1]["new"] == {"into": first}
    assert ask(house, "GET", f"orders/{first}/parts").json["merged"] == [second] and parts(house, first) == [(first, [(1, 3), (2, 1)])]
    again = ask(house, "POST", f"orders/{second}/merge", reason="x", into=first)
    assert (again.status_code, again.json["code"]) == (409, "not_mergeable")
    assert ask(house, "POST", f"orders/{second}/unmerge", reason="after all").status_code == 200 and audited(house, "order.unmerged")[0] == second
    assert parts(house, first) == [(first, [(1, 3)])] and [lines for _, lines in parts(house, second)] == [[(2, 1)]]
    assert ask(house, "POST", f"orders/{second}/unmerge", reason="x").status_code == 422


def test_a_cancelled_order_leaves_the_merged_one_alone(house):
    first, second = order(house, "1"), order(house, "2", 1)
    ask(house, "POST", f"orders/{second}/merge", reason="one parcel", into=first)
    assert ask(house, "POST", f"orders/{first}/cancel", reason="no").json["state"] == "cancelled"
    assert ask(house, "GET", f"orders/{second}").json["state"] in ("accepted", "released")


def test_lines_and_receiver_are_changed_and_the_promise_follows(house):
    number = order(house, "1")
    house.app.database.write(lambda tx: put_item(tx, NewItem(code="CUP", name="Cup")))
    answer = ask(house, "POST", f"orders/{number}/change", reason="more", lines=[{"number": 1, "item": "SOAP", "quantity": 5}, {"item": "CUP", "quantity": 1}])
    assert answer.status_code == 200, answer.text
    assert parts(house, number) == [(number, [(1, 5), (2, 1)])] and audited(house, "order.changed")[1]["reason"] == "more"
    assert ask(house, "POST", f"orders/{number}/change", reason="moved", ship_to={**HOME, "street": "其他路 2 号"}, customer="Ann B.").status_code == 200
    head = ask(house, "GET", f"orders/{number}").json
    assert (head["ship_to"]["street"], head["customer"]) == ("其他路 2 号", "Ann B.") and audited(house, "order.readdressed")[0] == number
    assert ask(house, "POST", f"orders/{number}/change", reason="x", lines=[{"number": 9, "item": "SOAP", "quantity": 1}]).status_code == 422


def checked(house, rule):
    """The site wants addresses looked at before an order goes to the floor."""
    assert ask(house, "PATCH", "sites/W1", role="manager", settings={"order_checks": rule}).status_code == 200


def test_an_order_held_for_its_address_goes_once_the_address_is_good_and_its_exception_ends(house):
    checked(house, "hold")
    number = order(house, "1", ship_to={**HOME, "city": "杭洲", "state": "", "district": ""})
    assert ask(house, "GET", f"orders/{number}").json["hold"] == "check"
    assert ask(house, "POST", f"orders/{number}/change", reason="still not", ship_to={**HOME, "phone": "12"}).status_code == 200
    assert ask(house, "GET", f"orders/{number}").json["hold"] == "check"
    assert ask(house, "GET", f"orders/{number}/findings").json["items"][0]["code"] == "phone_wrong"
    assert ask(house, "POST", f"orders/{number}/change", reason="she said", ship_to=HOME).status_code == 200
    told = ask(house, "GET", f"orders/{number}").json
    assert (told["hold"], told["state"]) in (("", "accepted"), ("", "released")), told
    assert audited(house, "order.let_go") == (number, {"new": {"hold": ""}, "old": {"hold": "check"}, "reason": "she said"})
    assert [one["state"] for one in ask(house, "GET", f"orders/{number}/exceptions").json["items"]] in ([], ["done"])


def test_an_order_that_somebody_holds_stays_held_at_its_new_address(house):
    number = order(house, "1")
    ask(house, "POST", f"orders/{number}/hold", reason="wait")
    assert ask(house, "POST", f"orders/{number}/change", reason="moved", ship_to={**HOME, "street": "其他路 2 号"}).status_code == 200
    assert ask(house, "GET", f"orders/{number}").json["hold"] == "by_hand"


def test_the_story_of_each_part_says_what_of_the_address_was_changed(house):
    number = order(house, "1")
    ask(house, "POST", f"orders/{number}/split", reason="half now", lines=[{"number": 1, "quantity": 2}])
    moved = {name: value for name, value in {**HOME, "street": "其他路 2 号"}.items() if name != "district"}
    ask(house, "POST", f"orders/{number}/change", reason="moved", ship_to=moved)
    for one in (number, f"{number}-2"):
        assert story(house, one, "readdressed") == [({"reason": "moved", "fields": [{"field": "district", "old": "西湖区", "new": ""}, {"field": "street", "old": "文三路 1 号", "new": "其他路 2 号"}]}, "Supervisor")]


def test_an_order_is_sourced_anew_and_told_why(house):
    house.app.database.write(lambda tx: move(tx, Move(GoodsKey(1, own_stock(tx)), 9, account(tx, house.site_id, "SUPPLIER"), location_by_code(tx, "W1-A-01-1"), "receiving")))
    number = order(house, "1", sourced=True)
    assert ask(house, "POST", f"orders/{number}/source", reason="look again").json == {"number": number, "changed": []}
    told = ask(house, "GET", f"orders/{number}/parts").json
    assert told["sourced"] and [one["how"] for one in told["decisions"]] == ["rules", "rules"] and audited(house, "order.sourced")[0] == number
    assert told["decisions"][0]["why"]["chosen"]["parts"][0]["site"] == "W1"


@pytest.mark.parametrize("path, body", [("split", {"lines": [{"number": 1, "quantity": 1}]}), ("change", {"lines": [{"number": 1, "item": "SOAP", "quantity": 1}]}), ("source", {}), ("gather", {})])
def test_what_has_ended_is_changed_no_more_and_a_worker_changes_nothing(house, path, body):
    number = order(house, "1")
    assert ask(house, "POST", f"orders/{number}/{path}", role="worker", reason="x", **body).status_code == 403
    ask(house, "POST", f"orders/{number}/cancel", reason="x")
    refused = ask(house, "POST", f"orders/{number}/{path}", reason="x", **body)
    assert (refused.status_code, refused.json.get("code")) == (409, "order_gone_too_far") or path == "gather"
    assert ask(house, "GET", f"orders/{number}").json["state"] == "cancelled"
    assert ask(house, "POST", "orders/ORD-999999/split", reason="x", lines=[{"number": 1, "quantity": 1}]).status_code == 404


def story(house, number, kind):
    return [(one["args"], one["who"]) for one in ask(house, "GET", f"orders/{number}/story").json["items"] if one["kind"] == kind]


def test_what_was_split_gathered_and_sourced_is_told_in_the_story_of_each_part(house):
    number = order(house, "1", sourced=True)
    ask(house, "POST", f"orders/{number}/split", reason="half now", lines=[{"number": 1, "quantity": 2}])
    for one in (number, f"{number}-2"):
        assert story(house, one, "split") == [({"reason": "half now", "sites": ["W1", "W1"]}, "Supervisor")]
        assert story(house, one, "sourced") == [({"how": "rules", "rules": "", "sites": [], "missing": 3}, "")]
    ask(house, "POST", f"orders/{number}/gather", reason="together")
    ask(house, "POST", f"orders/{number}/source", reason="look again")
    assert story(house, number, "gathered") == [({"reason": "together", "sites": ["W1"]}, "Supervisor")]
    assert story(house, number, "sourced_again") == [({"reason": "look again", "sites": ["W1"]}, "Supervisor")] and len(story(house, number, "sourced")) == 2


def test_that_two_orders_leave_together_is_told_in_the_story_of_both(house):
    first, second = order(house, "1"), order(house, "2", 1)
    ask(house, "POST", f"orders/{second}/merge", reason="one parcel", into=first)
    assert story(house, second, "merged") == [({"reason": "one parcel", "into": first}, "Supervisor")]
    assert story(house, first, "joined") == [({"reason": "one parcel", "order": second}, "Supervisor")]
    ask(house, "POST", f"orders/{second}/unmerge", reason="after all")
    assert story(house, second, "unmerged") == [({"reason": "after all"}, "Supervisor")] and story(house, first, "joined") == []


def test_what_leaves_with_an_order_leaves_by_itself_when_that_is_sourced_anew(house):
    first, second = order(house, "1", sourced=True), order(house, "2", 1)
    ask(house, "POST", f"orders/{second}/merge", reason="one parcel", into=first)
    assert ask(house, "POST", f"orders/{first}/source", reason="look again").status_code == 200
    assert ask(house, "GET", f"orders/{second}").json["state"] in ("accepted", "released") and parts(house, first) == [(first, [(1, 3)])]
