"""Settings of the installation that live in the database."""

import json
from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx

_GET = text("SELECT value FROM setting WHERE name = :name")
_SET = text("INSERT INTO setting (name, value) VALUES (:name, :value) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value")


def get_setting(tx: Tx, name: str, default: Any = None) -> Any:
    """The value of a setting, or the default."""
    value = tx.scalar(_GET, name=name)
    return default if value is None else json.loads(value)


def set_setting(tx: Tx, name: str, value: Any) -> None:
    """Stores a setting; the value is anything that JSON holds."""
    tx.execute(_SET, {"name": name, "value": json.dumps(value)})
