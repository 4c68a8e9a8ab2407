"""One request sees to many exceptions, each by itself: what cannot be done stops none of the others, and says why."""

import pytest

from server.masterdata.items import NewItem, put_item
from server.oms import intake
from server.oms.connecting import add_channel, channel_by_code
from server.oms.intake import take_in
from server.wms.order_floor import FLOOR
from tests.api.test_order_exceptions import audited, queue
from tests.api.test_order_holds import BAD, CHINESE, SECRET, Caller, Plain, PlainSettings, ask, order, strict

__all__ = ["strict"]


def chosen(house, **query):
    """As the queue shows them."""
    return [{"id": one["id"], "version": one["version"]} for one in queue(house, **query)["items"]]


def step(house, what, exceptions, role="supervisor", **more):
    return ask(house, "POST", "order-exceptions/steps", role, step=what, exceptions=exceptions, **more)


@pytest.fixture
def thirty(strict):
    """Thirty orders of a channel whose item nobody here knows, and one whose item is another's name."""
    app = strict.app
    app.database.write(lambda tx: add_channel(tx, code="shop", kind="plain", name="shop", site_id=strict.site_id, settings={"secret": SECRET}, checks="off"))
    plain = Plain(PlainSettings(secret=SECRET), Caller())
    for at in range(31):
        paper = {"reference": str(at), "version": 1, "lines": [{"item": "GIFT-7" if at == 7 else "GIFT-6", "quantity": 1}]}
        app.database.write(lambda tx, paper=paper: take_in(tx, channel_by_code(tx, "shop"), plain, paper, FLOOR, is_fresh=False))
    return strict


def test_what_is_known_now_is_taken_in_all_at_once_and_the_one_that_is_not_says_so(thirty):
    all_of_them = chosen(thirty, kind="item")
    thirty.app.database.write(lambda tx: put_item(tx, NewItem(code="GIFT-6", name="Six")))
    came = step(thirty, "try_again", all_of_them, reason="it is known now").json
    [left] = queue(thirty, kind="item")["items"]
    assert came == {"step": "try_again", "done": 30, "not_done": [
        {"id": left["id"], "code": "item_unknown", "words": "No item here is called GIFT-7. Create it, or say which item of ours it is."}]}
    assert audited(thirty, "order_exception.step")[2]["reason"] == "it is known now"
    assert len(ask(thirty, "GET", "orders?limit=50").json["items"]) == 30


def test_why_not_is_said_in_the_callers_language(thirty):
    came = thirty.web.post("/api/v1/order-exceptions/steps", json={"step": "try_again", "exceptions": chosen(thirty)[:1]},
                           headers={**thirty.headers("supervisor"), **CHINESE}).json
    assert (came["done"], came["not_done"][0]["words"]) == (0, "这里没有名为 GIFT-6 的商品。请新建该商品，或指明它对应我们的哪个商品。")


def test_what_somebody_has_seen_to_meanwhile_stops_none_of_the_others(strict):
    numbers = [order(strict, str(at)) for at in range(3)]
    seen = chosen(strict)
    assert ask(strict, "POST", f"order-exceptions/{seen[1]['id']}/steps/wait", version=1).status_code == 200
    came = step(strict, "let_go", seen).json
    assert (came["done"], [(one["id"], one["code"]) for one in came["not_done"]]) == (2, [(seen[1]["id"], "seen_to")])
    assert [ask(strict, "GET", f"orders/{number}").json["hold"] for number in numbers] == ["", "check", ""]


def test_the_same_request_once_more_does_nothing_twice(strict):
    for at in range(2):
        order(strict, str(at))
    seen = chosen(strict)
    assert step(strict, "cancel", seen).json["done"] == 2
    again = step(strict, "cancel", seen).json
    assert (again["done"], {one["code"] for one in again["not_done"]}) == (0, {"seen_to"})


def test_a_step_that_is_none_of_a_kind_is_refused_for_that_kind_only(strict):
    order(strict, "1")
    order(strict, "2", postcode="02139", city="")
    came = step(strict, "take_suggestion", chosen(strict)).json
    assert (came["done"], [one["code"] for one in came["not_done"]]) == (1, ["invalid"])


def test_a_fault_of_ours_in_one_keeps_none_of_the_others_out(thirty, monkeypatch, caplog):
    thirty.app.database.write(lambda tx: put_item(tx, NewItem(code="GIFT-6", name="Six")))
    real = intake._begin

    def broken(tx, channel, order, checked):
        if order.ref == "3":
            raise ZeroDivisionError
        return real(tx, channel, order, checked)

    monkeypatch.setattr(intake, "_begin", broken)
    seen = chosen(thirty)[:6]
    came = step(thirty, "try_again", seen).json
    assert (came["done"], came["not_done"]) == (5, [{"id": seen[3]["id"], "code": "fault", "words": "A fault of ours kept it from being done. It stands in the log."}])
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("body,status", [
    ({"exceptions": []}, 422), ({"exceptions": [{"id": 1, "version": 1}] * 101}, 422), ({"exceptions": [{"id": 1}]}, 422), ({"exceptions": [{"id": 999, "version": 1}]}, 404)])
def test_what_is_no_list_of_exceptions_is_refused_and_nothing_is_done(strict, body, status):
    order(strict)
    exceptions = [*chosen(strict), *body["exceptions"]] if status == 404 else body["exceptions"]
    assert step(strict, "cancel", exceptions).status_code == status
    assert [one["state"] for one in queue(strict)["items"]] == ["open"]


def test_a_worker_sees_to_none(strict):
    order(strict)
    assert step(strict, "cancel", chosen(strict), role="worker").status_code == 403


def test_what_has_a_suggestion_takes_it_each_its_own(strict):
    order(strict, "1")
    order(strict, "2", postcode="2138")
    assert step(strict, "take_suggestion", chosen(strict)).json == {"step": "take_suggestion", "done": 2, "not_done": []}
    told = [ask(strict, "GET", f"orders/ORD-00000{at}").json for at in (1, 2)]
    assert [(one["ship_to"]["postcode"], one["hold"]) for one in told] == [("02139", ""), ("02138", "")] and BAD["postcode"] == "2139"
