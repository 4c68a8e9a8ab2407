"""Long lists of cases are shared between the two kinds of database: together they see all, and with AISLE_LONG each sees all."""

import os
from collections.abc import Iterable
from typing import TypeVar

from server.kernel.database import Database

Case = TypeVar("Case")


def share(cases: Iterable[Case], database: Database) -> list[Case]:
    """Every second case, beginning with the first on SQLite and with the second on PostgreSQL."""
    every = list(cases)
    return every if os.environ.get("AISLE_LONG") else every[0 if database.is_sqlite else 1 :: 2]
