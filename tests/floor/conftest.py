from pathlib import Path

import pytest

from server.kernel.database import Database
from tests.conftest import fresh_url
from tests.warehouse import Warehouse


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """With the warehouse in it that nearly all tests here open; those marked `empty` make another one.

    What a module's `begins_with` does to the warehouse was done once, and is copied.
    """
    if request.node.get_closest_marker("empty") is not None:
        return fresh_url(request, str(request.param), tmp_path)
    return fresh_url(request, str(request.param), tmp_path, has_warehouse=True, build=getattr(request.module, "begins_with", None))


def one_order(database: Database) -> None:
    """Soap lies in a bin, and somebody wants one."""
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    house.order("S-1", ("SOAP", 1))
    house.wave()
