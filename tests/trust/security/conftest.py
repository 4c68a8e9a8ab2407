import pytest

from server.masterdata.limits import Limits
from tests.api.conftest import House, url_of
from tests.invariants import broken_invariants


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    return url_of(request, str(request.param), tmp_path)


@pytest.fixture
def sqlite_url(request, tmp_path):
    return url_of(request, "sqlite", tmp_path)


@pytest.fixture
def house(database_url, tmp_path):
    house = House(database_url, tmp_path)
    yield house
    assert broken_invariants(house.app.database) == []
    house.app.database.close()


@pytest.fixture
def one_house(sqlite_url, tmp_path):
    """The same on SQLite only: for what the database has no part in."""
    house = House(sqlite_url, tmp_path)
    yield house
    house.app.database.close()


@pytest.fixture
def nothing_is_given_back(monkeypatch):
    """For who counts how much one may send at once: limits see no time go by, however long a busy machine takes."""
    take = Limits.take
    monkeypatch.setattr(Limits, "take", lambda limits, who, wanted, _now: take(limits, who, wanted, 0.0))
