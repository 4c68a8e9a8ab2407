"""Returns over HTTP: announced once, listed, settled, called off, printed."""

import pytest
from sqlalchemy import text

from labels.template import template
from server.printing.queue import put_printer
from tests.api.shipped import came_back, shipped
from tests.labels.judges import read
from tests.labels.test_pdf import pages


@pytest.fixture
def order(house):
    return house.app.database.write(lambda tx: shipped(tx, house.site_id, "100045"))


def post(house, path, body, headers=None):
    return house.web.post(f"/api/v1/{path}", json=body, headers={**house.headers("supervisor"), **(headers or {})})


def get(house, path):
    return house.web.get(f"/api/v1/{path}", headers=house.headers("supervisor"))


def make(house, order, quantity=1, **more):
    return post(house, "rmas", {"order": order, "reason": "damaged", "lines": [{"line": 1, "quantity": quantity}], **more})


def test_a_return_is_announced_looked_at_paid_back_and_listed(house, order):
    assert get(house, f"orders/{order}/returnable").json["lines"] == [{"line": 1, "item": "SOAP", "name": "Soap", "shipped": 3, "rest": 3, "price": 1990}]
    made = make(house, order, 2, note="the lid is broken")
    assert (made.status_code, made.json) == (201, {"number": "RMA-000001", "state": "announced", "order": order})
    house.app.database.write(lambda tx: came_back(tx, order, "RMA-000001", 1, "SCRAP"))
    seen = get(house, "rmas/RMA-000001").json
    assert (seen["order"], seen["state"], seen["made_by"], seen["note"], seen["proposed"], seen["most"]) == (order, "received", "staff", "the lid is broken", 1990, 1990)
    assert [(one["item"], one["quantity"], one["restocked"], one["quarantined"], one["scrapped"]) for one in seen["lines"]] == [("SOAP", 2, 0, 0, 1)]
    assert post(house, "rmas/RMA-000001/refund", {"amount": 1991}).json["code"] == "over_refund"
    assert post(house, "rmas/RMA-000001/refund", {"amount": 1000, "reason": "half"}).json == {"number": "RMA-000001", "state": "settled", "amount": 1000}
    assert get(house, "rmas/RMA-000001").json["told"] is None, "its shop is no channel of ours"
    row, = get(house, "rmas").json["items"]
    assert (row["state"], row["outcome"], row["amount"], row["quantity"], row["came"], row["order"]) == ("settled", "refund", 1000, 2, 1, order)
    assert get(house, f"orders/{order}/returnable").json["lines"][0]["rest"] == 2, "what was announced and did not come may be announced anew"


def test_one_key_announces_one_return_and_another_body_under_it_is_refused(house, order):
    body = {"order": order, "reason": "damaged", "lines": [{"line": 1, "quantity": 1}]}
    first, again = (post(house, "rmas", body, {"Idempotency-Key": "k-1"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.json["number"]) == (201, 200, "RMA-000001")
    assert post(house, "rmas", {**body, "reason": "other"}, {"Idempotency-Key": "k-1"}).status_code == 409
    assert house.app.database.read(lambda tx: tx.scalar(text("SELECT COUNT(*) FROM rma"))) == 1


@pytest.mark.parametrize(("body", "status"), [({"order": "ORD-9"}, 404), ({"reason": "because"}, 422), ({"lines": []}, 422), ({"lines": [{"line": 2, "quantity": 1}]}, 422),
                                              ({"lines": [{"line": 1, "quantity": 4}]}, 409), ({"wish": "both"}, 422)])
def test_what_is_wrong_is_refused_and_writes_nothing(house, order, body, status):
    assert post(house, "rmas", {"order": order, "reason": "other", "lines": [{"line": 1, "quantity": 1}], **body}).status_code == status
    assert house.app.database.read(lambda tx: (tx.scalar(text("SELECT COUNT(*) FROM rma")), tx.scalar(text("SELECT COUNT(*) FROM inbound")))) == (0, 0)


def test_lists_go_from_the_newest_in_pages_by_state_and_by_order(house, order):
    numbers = [make(house, order).json["number"] for _ in range(3)]
    first = get(house, "rmas?limit=2").json
    assert [one["number"] for one in first["items"]] == numbers[:0:-1]
    assert [one["number"] for one in get(house, f"rmas?limit=2&cursor={first['next']}").json["items"]] == numbers[:1]
    post(house, f"rmas/{numbers[1]}/cancel", {"reason": "kept it"})
    assert [one["number"] for one in get(house, "rmas?state=cancelled").json["items"]] == [numbers[1]]
    assert len(get(house, f"rmas?order={order}").json["items"]) == 3
    assert get(house, "rmas?order=ORD-9").status_code == 404
    assert get(house, "rmas?site=W2").status_code == 403, "whose device is in another warehouse"


def test_a_cancelled_return_is_not_waited_for_on_the_floor(house, order):
    number = make(house, order).json["number"]
    assert [one["state"] for one in get(house, "returns").json["items"]] == ["expected"]
    assert post(house, f"rmas/{number}/cancel", {"reason": "kept it"}).json == {"number": number, "state": "cancelled"}
    assert [one["state"] for one in get(house, "returns").json["items"]] == ["cancelled"]
    assert post(house, f"rmas/{number}/cancel", {"reason": "again"}).json["code"] == "return_is_over"


def test_other_goods_are_sent_once_and_an_item_that_nobody_knows_sends_nothing(house, order):
    number = make(house, order, wish="exchange").json["number"]
    assert post(house, f"rmas/{number}/exchange", {}).json["code"] == "nothing_came"
    assert post(house, f"rmas/{number}/exchange", {"lines": [{"item": "NO", "quantity": 1}], "at_once": True}).status_code == 422
    sent = post(house, f"rmas/{number}/exchange", {"at_once": True}).json
    assert sent["state"] == "announced"
    assert post(house, f"rmas/{number}/exchange", {"at_once": True}).json["order"] == sent["order"]
    seen = get(house, f"orders/{sent['order']}").json
    assert (seen["channel"], seen["channel_ref"], seen["ship_to"]["city"], seen["lines"][0]["item"]) == ("exchange", number, "Köln", "SOAP")
    assert get(house, f"rmas/{number}").json["exchange_order"] == sent["order"]
    house.app.database.write(lambda tx: came_back(tx, order, number, 1, "SCRAP"))
    assert post(house, f"rmas/{number}/finish", {}).json["state"] == "settled"


def test_a_refused_return_says_why(house, order):
    number = make(house, order).json["number"]
    house.app.database.write(lambda tx: came_back(tx, order, number))
    assert post(house, f"rmas/{number}/refuse", {"reason": "it was worn"}).json["state"] == "settled"
    assert (get(house, f"rmas/{number}").json["outcome"], get(house, f"rmas/{number}").json["why"]) == ("refused", "it was worn")


def test_its_label_is_a_page_whose_bars_say_its_number(house, order):
    number = make(house, order).json["number"]
    answer = get(house, f"rmas/{number}/label.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    page, = pages(answer.data)
    codes = template("return_label").drawings({"code": number})[0].codes
    assert {data for _, data in read(page.convert("L"), codes, 300)} == {number.encode()}


def test_its_label_comes_out_of_a_printer_and_again_as_a_reprint(house, order):
    number = make(house, order).json["number"]
    assert post(house, f"rmas/{number}/label", {}).json["code"] == "no_printer"
    house.app.database.write(lambda tx: put_printer(tx, "labels", house.site_id, "socket://127.0.0.1:9"))
    jobs = [post(house, f"rmas/{number}/label", body).json["job"] for body in ({}, {"printer": "labels"})]
    rows = house.app.database.read(lambda tx: [tuple(row) for row in tx.rows(text("SELECT id, label, code, reprint_of_id FROM print_job ORDER BY id"))])
    assert rows == [(jobs[0], "return_label", number, None), (jobs[1], "return_label", number, jobs[0])]
    assert post(house, f"rmas/{number}/label", {"printer": "nowhere"}).status_code == 404


def test_a_site_says_how_long_it_takes_goods_back_where_and_whether_money_goes_by_itself(house):
    changed = house.web.patch("/api/v1/sites/W1", json={"settings": {"return_days": 30, "return_refunds": "restocked", "return_address": "Dock Road 4"}}, headers=house.headers("manager"))
    assert {name: value for name, value in changed.json["settings"].items() if name.startswith("return_")} == {
        "return_days": 30, "return_refunds": "restocked", "return_address": "Dock Road 4"}
    for wrong in ({"return_refunds": "always"}, {"return_days": "soon"}, {"return_address": "x" * 201}):
        assert house.web.patch("/api/v1/sites/W1", json={"settings": wrong}, headers=house.headers("manager")).status_code == 422
