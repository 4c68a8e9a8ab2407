"""S6: guessing is slowed down, however it is tried."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.kernel.clock import DAY, SECOND
from server.kernel.errors import TooMany
from server.masterdata import people
from server.masterdata.people import set_pin, worker_by_badge
from server.masterdata.sign_in import Attempt, note_failure, take_try
from tests.api.conftest import PASSWORD, PIN


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


def in_browser(house, badge, password, address="127.0.0.1"):
    return house.app.web.test_client().post("/api/v1/sessions", json={"badge": badge, "password": password}, environ_base={"REMOTE_ADDR": address})


def kept_tries(house):
    return house.app.database.read(lambda tx: tx.scalar(text("SELECT COUNT(*) FROM sign_in_failure")))


def test_however_many_sign_in_at_once_few_secrets_are_looked_at_at_a_time(one_house, monkeypatch):
    class Counting:
        """Counts how many look at a secret: each takes 19 MiB."""

        def __init__(self):
            self.lock, self.now, self.most = threading.Lock(), 0, 0

        def verify(self, _hashed, _secret):
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(0.02)
            with self.lock:
                self.now -= 1
            return False

    counting = Counting()
    monkeypatch.setattr(people, "_hasher", counting)
    with ThreadPoolExecutor(32) as pool:
        statuses = list(pool.map(lambda number: in_browser(one_house, f"B{number}", "a wrong sentence").status_code, range(48)))
    assert statuses == [401] * 48
    assert 1 < counting.most <= people.CHECKED_AT_ONCE == 4


@pytest.mark.usefixtures("nothing_is_given_back")
def test_wrong_sign_ins_from_one_address_have_to_wait_whatever_badges_they_name(house):
    answers = [in_browser(house, f"B{number}", "a wrong sentence") for number in range(100)]
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {401, 429} and statuses.count(401) == 60
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].json["detail"] == "Too many wrong sign-ins came from here. Wait a little, then try again."
    assert kept_tries(house) == statuses.count(401)
    assert in_browser(house, "supervisor", PASSWORD, "10.0.0.9").status_code == 200
    assert house.headers("worker"), "a device has limits of its own"


def test_a_shift_that_signs_in_behind_one_address_is_not_counted_nor_is_who_has_to_wait(one_house):
    for _ in range(70):
        assert in_browser(one_house, "supervisor", PASSWORD).status_code == 200
    statuses = [in_browser(one_house, "manager", "a wrong sentence").status_code for _ in range(70)]
    assert statuses == [401] * 5 + [429] * 65
    assert in_browser(one_house, "supervisor", PASSWORD).status_code == 200


def test_wrong_tries_that_are_too_old_to_count_are_forgotten(house):
    for number in range(8):
        in_browser(house, f"B{number}", "a wrong sentence")
    house.clock.advance(DAY - SECOND)
    for _ in range(5):
        in_browser(house, "worker", "a wrong sentence")
    assert kept_tries(house) == 9
    house.clock.advance(2 * SECOND)
    assert in_browser(house, "manager", "a wrong sentence").status_code == 401
    assert kept_tries(house) == 2
    assert in_browser(house, "worker", PASSWORD).status_code == 429
