"""The steps from one version of the tables to the next. What goes them is slow to load: only commands do."""

from alembic import command
from alembic.config import Config

from server.kernel.version import MIGRATIONS


def upgrade(url: str, revision: str = "head") -> None:
    """Brings the database's tables to this code's version."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, revision)
