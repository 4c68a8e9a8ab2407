"""A customer without a sign-in finds their order, announces its return, and looks at it by a secret link."""

import pytest
from sqlalchemy import text

from server.kernel.clock import DAY
from server.masterdata.site_settings import set_site_settings
from tests.api.shipped import HOME, came_back, shipped

KEY = "pTq6v3yPzN2sWk8dLr4xQw"


@pytest.fixture
def order(house):
    return house.app.database.write(lambda tx: shipped(tx, house.site_id, "shop-100045"))


def find(house, reference="shop-100045", proof="51147"):
    return house.web.post("/api/v1/my-return/find", json={"reference": reference, "proof": proof})


def make(house, order, quantity=1, *, key=KEY, **more):
    return house.web.post("/api/v1/my-return", json={"reference": "shop-100045", "proof": "0815", "order": order, "key": key, "reason": "damaged",
                                                     "lines": [{"line": 1, "quantity": quantity}], **more})


def look(house, token, path="my-return"):
    return house.web.get(f"/api/v1/{path}", headers={"X-Return-Token": token})


@pytest.mark.parametrize("proof", ["51147", "0815", " 0815 ", "08-15", "511 47"])
@pytest.mark.parametrize("reference", ["shop-100045", "SHOP-100045 ", "ORD-000001", "ord-000001"])
def test_it_is_found_by_either_number_and_the_end_of_the_phone_or_the_postcode(house, order, reference, proof):
    found, = find(house, reference, proof).json["orders"]
    assert (found["order"], found["can"], found["lines"]) == (order, "yes", [{"line": 1, "name": "Soap", "quantity": 3}])


@pytest.mark.parametrize(("reference", "proof"), [("shop-100045", "0816"), ("shop-100045", "5114"), ("no such", "51147"), ("shop-10004", "51147"), ("shop-100045", ""),
                                                  ("shop-100045", "815"), ("%", "51147"), ("shop-100045", "     ")])
def test_a_wrong_number_and_a_wrong_phone_are_answered_alike(house, order, reference, proof):
    answer = find(house, reference, proof or " ")
    assert (answer.status_code, answer.json["code"]) == (404, "own_return_not_found")
    assert answer.json["detail"] == "There is no order with this number and this phone or postcode. Compare both with your confirmation."


@pytest.mark.parametrize("ship_to", [{}, {"phone": "", "postcode": ""}, {"phone": "123", "postcode": "12"}, {"postcode": "   "}])
def test_an_order_without_phone_and_postcode_is_nobodys(house, ship_to):
    house.app.database.write(lambda tx: shipped(tx, house.site_id, "bare", ship_to=ship_to))
    for proof in ("0", "123", "12", "   ", "None"):
        assert find(house, "bare", proof).status_code == 404


def test_nothing_of_the_address_or_the_name_is_told(house, order):
    made = make(house, order).json
    told = find(house).text + look(house, made["token"]).text
    assert not [value for value in (*HOME.values(), "Mustermann", "4710815") if value in told and value != "DE"]


def test_parts_of_an_order_in_two_sites_are_found_together_and_those_of_others_are_not(house, order):
    other = house.app.database.write(lambda tx: shipped(tx, house.site_id, "SHOP-100045", channel="other"))
    foreign = house.app.database.write(lambda tx: shipped(tx, house.site_id, "Shop-100045", channel="third", ship_to={"postcode": "99999"}))
    assert [one["order"] for one in find(house).json["orders"]] == [order, other]
    assert make(house, foreign).json["code"] == "own_return_not_found"


def test_it_is_announced_once_however_often_it_is_sent_and_the_floor_waits_for_it(house, order):
    first, again = make(house, order, 2), make(house, order, 2)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json["number"], first.json["token"]) == (again.json["number"], again.json["token"])
    assert make(house, order, key=KEY[::-1]).json["number"] == "RMA-000002"
    assert find(house).json["orders"][0]["lines"] == [{"line": 1, "name": "Soap", "quantity": 0}]
    assert find(house).json["orders"][0]["returns"] == [{"number": f"RMA-00000{at}", "state": "announced"} for at in (1, 2)]
    papers = house.app.database.read(lambda tx: [row.code for row in tx.rows(text("SELECT code FROM inbound WHERE kind = 'return' ORDER BY id"))])
    assert papers == ["RMA-000001", "RMA-000002"]


def test_more_than_was_sent_is_refused(house, order):
    assert make(house, order, 4).json["code"] == "over_return"


def test_its_state_is_told_by_the_link(house, order):
    house.app.database.write(lambda tx: set_site_settings(tx, house.site_id, return_address="Dock Road 4"))
    made = make(house, order, note="the lid is broken", wish="exchange").json
    told = look(house, made["token"]).json
    assert (told["number"], told["state"], told["wish"], told["to"], told["address"]) == (made["number"], "announced", "exchange", "Main", "Dock Road 4")
    house.app.database.write(lambda tx: came_back(tx, order, made["number"]))
    assert (look(house, made["token"]).json["state"], look(house, made["token"]).json["lines"]) == ("received", [{"name": "Soap", "quantity": 1, "came": 1}])
    label = look(house, made["token"], "my-return/label.pdf")
    assert (label.status_code, label.data[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize("days", [13, 15])
def test_after_the_sites_days_it_is_too_late(house, order, days):
    house.clock.advance(days * DAY)
    found, = find(house).json["orders"]
    assert found["can"] == ("yes" if days < 14 else "too_late")
    assert make(house, order).status_code == (201 if days < 14 else 409)


def test_an_answer_that_was_lost_is_given_again_also_when_it_is_too_late(house, order):
    first = make(house, order).json
    house.clock.advance(20 * DAY)
    assert make(house, order).json["token"] == first["token"]


def test_what_has_not_left_cannot_come_back(house):
    number = house.app.database.write(lambda tx: shipped(tx, house.site_id, "shop-100045", left=False))
    found, = find(house).json["orders"]
    assert (found["can"], found["lines"]) == ("not_yet", [])
    assert make(house, number).json["code"] == "return_too_late"


def test_a_refusal_tells_the_customer_why_and_what_staff_write_otherwise_is_not_told(house, order):
    made = make(house, order).json
    house.app.database.write(lambda tx: came_back(tx, order, made["number"]))
    headers = house.headers("supervisor")
    house.web.post(f"/api/v1/rmas/{made['number']}/refund", json={"amount": 5, "reason": "known to us"}, headers=headers)
    told = look(house, made["token"]).json
    assert (told["outcome"], told["amount"], told["why"]) == ("refund", 5, "")


def test_it_is_said_in_chinese_to_who_reads_chinese(house, order):
    answer = house.web.post("/api/v1/my-return/find", json={"reference": "x", "proof": "1234"}, headers={"Accept-Language": "zh-CN"})
    assert "订单" in answer.json["detail"]
