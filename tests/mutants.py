"""For mutation runs: few examples, the same each time, and a database that is migrated once."""

import functools
import sys
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

from labels.gs1 import dictionary

settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate], max_examples=20, derandomize=True, database=None, deadline=None,
                          suppress_health_check=list(HealthCheck))
settings.load_profile("mutants")


@functools.cache
def _migrated(upgrade):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        upgrade(f"sqlite:///{path}")
        return path.read_bytes()


def pytest_collection_finish():
    conftest = sys.modules["tests.conftest"]
    upgrade = conftest.upgrade
    if not hasattr(upgrade, "real"):
        def cached(url):
            Path(url.removeprefix("sqlite:///")).write_bytes(_migrated(upgrade))
        cached.real = upgrade
        conftest.upgrade = cached


def pytest_runtest_setup(item):
    dictionary._all.cache_clear()  # or the table would be the one that was read before the mutant was there
