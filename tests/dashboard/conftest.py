from pathlib import Path

import pytest

from tests.conftest import fresh_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """With the warehouse in it that nearly all tests here open; those marked `empty` make another one."""
    return fresh_url(request, str(request.param), tmp_path, has_warehouse=request.node.get_closest_marker("empty") is None)
