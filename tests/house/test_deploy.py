"""What deploy/ tells people to type exists, and the drill for a lost machine works as it is written there."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from server.app import App, Settings
from server.cli.main import main
from server.kernel.database import Database
from server.stock.seals import ledger_hash
from tests.conftest import ROOT
from tests.world import make_world, put

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
CALL = re.compile(r"(?:^|bin/|exec |&& |[`\"(])aisle(?: --db \S+)? ([a-z-]+[^`\n&|#\"]*)", re.MULTILINE)
OF_COMPOSE = {"AISLE_ADDRESS"}
"""What only the compose file itself reads."""


def calls() -> list[tuple[str, str]]:
    return sorted({(path.name, match[1].strip()) for path in FILES for match in CALL.finditer(path.read_text())})


def test_there_is_something_to_look_at():
    assert {path.name for path in FILES} >= {"README.md", "aisle.service", "aisle.env.example", "Containerfile", "compose.yaml", "journald.conf"}
    assert len(calls()) > 8


@pytest.mark.parametrize(("file", "call"), calls())
def test_every_command_and_every_option_that_is_named_exists(file, call):
    context, words = click.Context(main), call.split()
    command = main.get_command(context, words[0])
    assert command is not None, f"{file} names aisle {words[0]}"
    if isinstance(command, click.Group):
        command = command.get_command(context, words[1])
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word.split("=")[0] for word in words if re.match(r"--[a-z]", word)} <= known


def test_every_setting_that_is_named_is_read():
    named = {name for path in FILES for name in re.findall(r"AISLE_[A-Z_]+", path.read_text())} - OF_COMPOSE
    source = "".join(path.read_text() for path in (ROOT / "server").rglob("*.py"))
    assert [name for name in named if f'"{name}"' not in source] == []
    assert len(named) > 5


def test_the_unit_is_one_that_systemd_takes(tmp_path):
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("no systemd-analyze on this machine")
    unit = tmp_path / "aisle.service"
    unit.write_text((DEPLOY / "aisle.service").read_text().replace("/opt/aisle/bin/aisle", "/bin/true"))
    told = subprocess.run([tool, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert (told.returncode, [line for line in told.stderr.splitlines() if "aisle.service" in line]) == (0, [])


def test_the_unit_gives_the_server_no_more_than_it_needs():
    lines = (DEPLOY / "aisle.service").read_text().splitlines()
    assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "Restart=always", "UMask=0077", "User=aisle"} <= set(lines)


def test_the_image_runs_as_nobody_and_says_how_it_is():
    last = (DEPLOY / "Containerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER \d+$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "read_only: true" in (DEPLOY / "compose.yaml").read_text().partition("  server:")[2]


def test_the_drill_brings_a_backup_back_on_a_machine_that_has_nothing(database, tmp_path, monkeypatch):
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 10, "W1-A-01-01"))
    (file,) = backed_up(database, tmp_path / "house")
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    shutil.copy(file, stranger)
    monkeypatch.chdir(stranger)
    for name in ("AISLE_DB", "AISLE_VAR"):
        monkeypatch.delenv(name, raising=False)
    *steps, serve = drill()
    for step in steps:
        told = CliRunner().invoke(main, [file.name if word.startswith("aisle-2") else word for word in step.split()[1:]])
        assert told.exit_code == 0, (step, told.output)
    assert " serve " in serve
    back = App(Settings(database_url=serve.split()[2], var_folder=stranger, client_folder=stranger))
    assert back.web.test_client().get("/readyz").json["reasons"] == []
    assert back.database.read(ledger_hash) == database.read(ledger_hash)
    back.database.close()


def drill() -> list[str]:
    """The commands as they stand there."""
    block = (DEPLOY / "README.md").read_text().partition("### The drill")[2].split("```")[1]
    return block.strip().splitlines()


def backed_up(database: Database, var: Path) -> list[Path]:
    told = CliRunner().invoke(main, ["--db", database.url, "backup"], env={"AISLE_VAR": str(var)})
    assert told.exit_code == 0, told.output
    return list((var / "backups").iterdir())
