"""Two people change the same orders at one moment: one after the other, and neither is ended by the database."""

import pytest

from server.oms import orders
from tests.api.test_order_changes import HOME, ask, order
from tests.at_once import nobody_is_ended
from tests.moments import meanwhile


def at_once(house, first, second):
    """What both were answered; the second begins right behind the first order that the first holds."""
    answers = []

    def send(path, body):
        web = house.web.application.test_client()
        answers.append(web.post(f"/api/v1/orders/{path}", json={"reason": "x", **body}, headers=house.headers("supervisor")).status_code)

    with nobody_is_ended(), meanwhile(orders._HOLD, lambda: send(*second)):
        send(*first)
    house.app.dispatcher.drain()
    return sorted(answers)


def test_two_who_let_two_orders_leave_together_the_other_way_round(house):
    one, two = order(house, "1"), order(house, "2")
    assert at_once(house, (f"{two}/merge", {"into": one}), (f"{one}/merge", {"into": two})) == [200, 409]
    assert sorted(ask(house, "GET", f"orders/{number}").json["state"] == "merged" for number in (one, two)) == [False, True]


def test_one_takes_them_apart_while_the_other_cancels_one(house):
    one, two = order(house, "1"), order(house, "2")
    ask(house, "POST", f"orders/{two}/merge", reason="x", into=one)
    assert at_once(house, (f"{two}/unmerge", {}), (f"{one}/cancel", {})) == [200, 200]
    assert [ask(house, "GET", f"orders/{number}").json["state"] == "cancelled" for number in (one, two)] == [True, False]


@pytest.mark.parametrize("path,body", [("change", {"ship_to": {**HOME, "street": "其他路 2 号"}}), ("hold", {}), ("source", {}), ("gather", {})])
def test_one_changes_a_part_while_the_other_cancels_the_whole(house, path, body):
    number = order(house, "1")
    ask(house, "POST", f"orders/{number}/split", reason="half now", lines=[{"number": 1, "quantity": 2}])
    assert at_once(house, (f"{number}-2/{path}", body), (f"{number}/cancel", {})) == [200, 200]
    assert ask(house, "GET", f"orders/{number}").json["state"] == "cancelled"
