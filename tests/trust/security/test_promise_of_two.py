"""People of one warehouse are told what theirs could promise, and nothing of another."""

import pytest

from tests.trust.security.two_houses import TwoHouses


@pytest.fixture
def houses(sqlite_url, tmp_path):
    houses = TwoHouses(sqlite_url, tmp_path)
    yield houses
    houses.app.database.close()


def test_people_of_one_warehouse_are_told_of_theirs_alone(houses):
    item, told = houses.names["W1"]["item"], 0
    for caller, headers in houses.callers("W2"):
        answer = houses.web.get(f"/api/v1/stock/promise?item={item}", headers=headers)
        if answer.status_code == 200:
            told += 1
            assert [site["site"] for one in answer.json["items"] for site in one["sites"]] == ["W2"], caller
            assert [part["site"] for part in answer.json["leaves"]["parts"]] == ["W2"], caller
        for of_another in ("site=W1", f"channel={houses.names['W1']['channel']}"):
            assert houses.web.get(f"/api/v1/stock/promise?item={item}&{of_another}", headers=headers).status_code in (403, 404), (caller, of_another)
    assert told
