"""SQLite's empty tables are made once in a process of the tests, and copied into every new file that asks for the same."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from server.kernel import migrations


class RememberedTables:
    """Stands where `server.kernel.migrations` calls Alembic; a database that has tables already goes all the steps, as in life."""

    def __init__(self) -> None:
        self._made: dict[str, bytes] = {}

    def upgrade(self, config: Config, revision: str) -> None:
        url = str(config.attributes["url"])
        path = Path(url.removeprefix("sqlite:///"))
        is_new = url.startswith("sqlite:///") and (not path.exists() or path.stat().st_size == 0)
        if is_new and revision in self._made:
            path.write_bytes(self._made[revision])
            return
        command.upgrade(config, revision)
        if is_new:
            self._made[revision] = path.read_bytes()


def remember() -> None:
    migrations.command = RememberedTables()
