"""S35: customers who do not sign in: guesses are few, answers alike, links unguessable and kept as hashes."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.kernel.clock import DAY, MINUTE
from server.kernel.ids import secret_hash
from tests.api.conftest import House
from tests.api.shipped import shipped

KEY = "pTq6v3yPzN2sWk8dLr4xQw"


@pytest.fixture
def house(database_url, tmp_path):
    house = House(database_url, tmp_path)
    house.order = house.app.database.write(lambda tx: shipped(tx, house.site_id, "shop-1"))
    yield house
    house.app.database.close()


def find(house, proof, reference="shop-1", address="10.0.0.1"):
    return house.web.post("/api/v1/my-return/find", json={"reference": reference, "proof": proof}, environ_base={"REMOTE_ADDR": address})


def made(house):
    return house.web.post("/api/v1/my-return", json={"reference": "shop-1", "proof": "51147", "order": house.order, "key": KEY, "reason": "other",
                                                     "lines": [{"line": 1, "quantity": 1}]}).json


def test_of_ten_thousand_phones_few_are_looked_at_wherever_they_come_from(house):
    looked_at = 0
    for number in range(0, 10_000, 40):
        answer = find(house, f"{number:04}", address=f"10.0.{number // 250}.{number % 250}")
        assert answer.status_code in (404, 429)
        looked_at += answer.status_code == 404
        house.clock.advance(DAY // 250)
    assert looked_at < 30


def test_guesses_at_one_moment_are_no_way_around_it(house):
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda number: find(house, f"{number:04}", address=f"10.0.1.{number}").status_code, range(24)))
    assert statuses.count(404) <= 6 and set(statuses) == {404, 429}


@pytest.mark.usefixtures("nothing_is_given_back")
def test_many_numbers_from_one_address_have_to_wait_whatever_they_are(house):
    statuses = [find(house, "0000", f"shop-{number}").status_code for number in range(40)]
    assert set(statuses) == {404, 429} and statuses.count(404) == 20


def test_who_is_right_is_not_counted_and_who_was_wrong_before_goes_on(house):
    for _ in range(30):
        assert find(house, "51147").status_code == 200
    for _ in range(4):
        assert find(house, "0000").status_code == 404
    assert find(house, "51147").status_code == 200
    assert [find(house, "0000").status_code for _ in range(5)] == [404] * 5


def test_after_five_wrong_ones_a_right_one_waits_too_and_then_comes_in(house):
    for _ in range(5):
        find(house, "0000")
    assert find(house, "51147").status_code == 429
    house.clock.advance(2 * MINUTE)
    assert find(house, "51147").status_code == 200


def test_an_order_that_is_none_is_answered_as_one_whose_phone_is_wrong_and_waits_alike(house):
    there, not_there = ([find(house, "0000", reference, address).json.get("detail", "") for _ in range(7)]
                        for reference, address in (("shop-1", "10.0.0.1"), ("shop-2", "10.0.0.2")))
    assert there == not_there


def test_the_links_secret_is_kept_as_a_hash_and_a_made_up_one_opens_nothing(house):
    token = made(house)["token"]
    assert len(token) >= 43
    kept = house.app.database.read(lambda tx: [tuple(row) for row in tx.rows(text("SELECT token_hash, salt FROM rma"))])
    assert kept[0][0] == secret_hash(token) and token not in str(kept)
    everything = house.app.database.read(lambda tx: str([tuple(row) for table in ("rma", "audit", "idempotency_key", "outbox", "setting")
                                                         for row in tx.rows(text(f"SELECT * FROM {table}"))]))
    assert token not in everything and KEY not in everything
    for wrong in ("", token[:-1], token.upper(), "x" * 64, kept[0][0], kept[0][1]):
        for path in ("my-return", "my-return/label.pdf"):
            assert house.web.get(f"/api/v1/{path}", headers={"X-Return-Token": wrong}, environ_base={"REMOTE_ADDR": f"10.1.0.{len(wrong)}"}).json["code"] == "own_return_not_found"


@pytest.mark.usefixtures("nothing_is_given_back")
def test_made_up_links_from_one_address_have_to_wait(house):
    statuses = [house.web.get("/api/v1/my-return", headers={"X-Return-Token": f"{number:064}"}).status_code for number in range(40)]
    assert set(statuses) == {404, 429} and statuses.count(404) == 20


def test_a_key_of_few_signs_is_refused(house):
    answer = house.web.post("/api/v1/my-return", json={"reference": "shop-1", "proof": "51147", "order": house.order, "key": "1", "reason": "other",
                                                       "lines": [{"line": 1, "quantity": 1}]})
    assert answer.status_code == 422


def test_the_same_key_with_another_order_is_another_link(house):
    first = made(house)
    other = house.app.database.write(lambda tx: shipped(tx, house.site_id, "shop-2"))
    second = house.web.post("/api/v1/my-return", json={"reference": "shop-2", "proof": "51147", "order": other, "key": KEY, "reason": "other",
                                                       "lines": [{"line": 1, "quantity": 1}]}).json
    assert first["token"] != second["token"]


def test_a_customer_stands_in_the_audit_as_such_with_their_address(house):
    made(house)
    row, = house.app.database.read(lambda tx: tx.rows(text("SELECT actor, address FROM audit WHERE action = 'rma.announced'")))
    assert (row.actor, row.address) == ("customer", "127.0.0.1")
