"""S33, S34: what the server opens to the machine it runs on: one port, and files for its owner only."""

from contextlib import suppress
from pathlib import Path

from click.testing import CliRunner

from server.cli.main import main
from tests.api.conftest import House
from tests.realtime.server import RunningServer


def listening(pid):
    """The ports that a process and its children listen on, as the kernel tells them."""
    children = [pid, *(int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split())]
    inodes = {inode for child in children for inode in sockets(child)}
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes}


def sockets(pid):
    """What the kernel calls the sockets of a process; a file that is closed while they are read is none."""
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            if "socket:" in (name := str(file.readlink())):
                yield name


def test_a_running_server_listens_on_the_port_that_it_was_given_and_on_no_other(sqlite_url, tmp_path):
    server = RunningServer(sqlite_url, tmp_path)
    try:
        assert listening(server.process.pid) == {server.port}
    finally:
        server.stop()


def test_no_printer_can_be_a_file_or_a_command_of_the_server(sqlite_url, tmp_path):
    house = House(sqlite_url, tmp_path)
    headers = house.headers("admin")
    for url in ("file:///etc/cron.d/x", "http://127.0.0.1/", "socket://a:1/../x", "socket://[::1]:9100", "socket://user@host:1", "sim://x", "/dev/ttyS0",
                "spy://socket://a:1", "rfc2217://a:1", "loop://", "hwgrep://.*", "socket://a:1?logging=debug", "socket://\n:1", "gopher://a:1"):
        assert house.web.put("/api/v1/printers/p", json={"site": "W1", "url": url}, headers=headers).status_code == 422, url
    house.app.database.close()


def test_only_the_owner_can_read_a_backup(sqlite_url, tmp_path):
    file = tmp_path / "b.gz"
    assert CliRunner().invoke(main, ["--db", sqlite_url, "backup", "--to", str(file)]).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
