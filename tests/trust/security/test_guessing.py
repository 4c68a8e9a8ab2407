"""S6: guessing is slowed down, however it is tried."""

from concurrent.futures import ThreadPoolExecutor

from server.kernel.clock import SECOND
from server.kernel.errors import TooMany
from server.masterdata.people import set_pin, worker_by_badge
from server.masterdata.sign_in import Attempt, note_failure, take_try
from tests.api.conftest import PIN


def test_of_ten_thousand_guesses_in_a_day_few_are_looked_at(one_house):
    attempt, looked_at = Attempt("worker", "000001", "device 1", 1), 0

    def guess(tx):
        try:
            take_try(tx, attempt)
        except TooMany:
            return 0
        note_failure(tx, attempt)
        return 1

    for _ in range(200):
        looked_at += sum(one_house.app.database.write(lambda tx: [guess(tx) for _ in range(50)]))
        one_house.clock.advance(432 * SECOND)
    assert 5 <= looked_at <= 100


def test_guesses_made_all_at_once_are_no_way_around_the_limit(house):
    def guess(number):
        return house.app.web.test_client().post("/api/v1/sessions", json={"badge": "worker", "pin": f"{number:06d}"},
                                                headers=house.headers("device")).status_code

    with ThreadPoolExecutor(12) as pool:
        assert sorted(pool.map(guess, range(24))) == [401] * 5 + [429] * 19


def test_a_new_pin_and_a_right_one_are_taken_after_wrong_ones(house):
    for _ in range(4):
        assert house.web.post("/api/v1/sessions", json={"badge": "worker", "pin": "000001"}, headers=house.headers("device")).status_code == 401
    for _ in range(6):
        house.headers("worker")
    house.app.database.write(lambda tx: set_pin(tx, worker_by_badge(tx, "worker").id, "802915"))
    assert house.web.post("/api/v1/sessions", json={"badge": "worker", "pin": PIN}, headers=house.headers("device")).status_code == 401
