"""The version of the tables as file names tell it is the one that the steps themselves tell."""

import subprocess
import sys

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.version import MIGRATIONS, head_revision, is_current, known_revisions


def test_the_files_names_tell_the_steps_versions():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    steps = ScriptDirectory.from_config(config)
    assert {step.revision for step in steps.walk_revisions()} == known_revisions()
    assert steps.get_current_head() == head_revision()


@pytest.mark.parametrize("found", ["0001", "9999", ""])
def test_only_this_programs_tables_are_current(database_url, found):
    assert is_current(database_url)
    database = Database(database_url)
    database.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = :found"), {"found": found}))
    assert not is_current(database_url)
    database.write(lambda tx: tx.execute(text("DELETE FROM alembic_version")))
    assert not is_current(database_url)
    database.close()


def test_what_cannot_be_asked_is_not_current(tmp_path):
    (tmp_path / "rubbish.db").write_bytes(b"rubbish" * 1_000)
    assert not is_current(f"sqlite:///{tmp_path}/none.db")
    assert not is_current(f"sqlite:///{tmp_path}/rubbish.db")
    assert not is_current("postgresql+psycopg://nobody@127.0.0.1:1/none")


def test_the_servers_parent_loads_nothing_of_the_house():
    """What it loaded would stay in its memory for as long as the server runs."""
    names = "sqlalchemy", "alembic", "flask", "socketio", "argon2", "server.app", "server.kernel.database"
    told = subprocess.run([sys.executable, "-c", "import sys, server.cli.main, server.cli.serve, server.cli.processes; print(*sys.modules)"],
                          check=True, capture_output=True, text=True).stdout.split()
    assert "server.cli.processes" in told
    assert set(names) & set(told) == set()


def test_a_server_at_work_loads_neither_the_tables_nor_clients_that_happen_to_be_installed():
    """Some twenty megabytes that nobody would use; how a table looks is known to migrations and tests only."""
    names = "sqlalchemy.orm", "alembic", "server.masterdata.models", "requests", "valkey", "redis", "aiohttp", "websocket", "psycopg"
    program = ("import sys; from server.cli.processes import _UNUSED, not_loaded\n"
               "with not_loaded(_UNUSED):\n    import server.cli.process\nprint(*sys.modules)")
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert "server.realtime.socket" in told
    assert set(names) & set(told) == set()
