"""The first warehouse and the next: what is there already stays as somebody set it, and before the first one a sentence says so."""

import socket
import sys

import click
import pytest
from sqlalchemy import text

from server.cli import serve
from server.cli.serve import free_port
from server.kernel.database import Database


def asked(url: str, query: str) -> list[tuple]:
    database = Database(url)
    try:
        return database.read(lambda tx: [tuple(row) for row in tx.rows(text(query))])
    finally:
        database.close()


def test_who_makes_more_bins_keeps_his_printer_and_his_rule(aisle, database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("AISLE_VAR", str(tmp_path))
    assert aisle(database_url, "init", "--site", "W1", "--bins", "W1-A-{01..02}").code == 0
    database = Database(database_url)
    database.write(lambda tx: tx.execute(text("UPDATE printer SET url = 'tcp://192.168.1.20:9100'")))
    database.write(lambda tx: tx.execute(text("UPDATE release_rule SET streaming = 0, hold_seconds = 7")))
    database.close()
    before = [asked(database_url, f"SELECT * FROM {table}") for table in ("printer", "release_rule")]
    assert aisle(database_url, "init", "--site", "W1", "--bins", "W1-B-{01..02}").code == 0
    assert [asked(database_url, f"SELECT * FROM {table}") for table in ("printer", "release_rule")] == before
    assert asked(database_url, "SELECT COUNT(*) FROM location WHERE kind = 'bin'") == [(4,)]


def test_a_second_warehouse_has_a_printer_of_its_own(aisle, database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("AISLE_VAR", str(tmp_path))
    for site in ("W1", "W2"):
        assert aisle(database_url, "init", "--site", site, "--bins", f"{site}-A-{{01..02}}").code == 0
    assert asked(database_url, "SELECT p.name, s.code FROM printer p JOIN site s ON s.id = p.site_id ORDER BY p.name") == [("labels", "W1"), ("labels-W2", "W2")]


@pytest.mark.parametrize("option", ["--port", "--https-port"])
def test_a_port_that_is_taken_is_named_with_its_option(option):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(click.ClickException, match=f"Port {port} is taken. Stop what uses it, give another with {option}"):
            free_port("127.0.0.1", port, any_port=False, option=option)


def test_an_address_that_this_machine_has_not_is_not_called_a_taken_port():
    with pytest.raises(click.ClickException, match=r"203\.0\.113\.9 port 8080 cannot be used: .* Give an address of this machine with --host"):
        free_port("203.0.113.9", 8080, any_port=False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a port that is kept cannot be listened at")
def test_a_port_that_the_system_gave_is_given_to_nobody_else_before_the_server_listens_there(monkeypatch):
    monkeypatch.setattr(serve, "_kept", [])
    port = free_port("127.0.0.1", 0, any_port=False)
    with pytest.raises(OSError, match="in use"), socket.socket() as another:
        another.bind(("127.0.0.1", port))
    with socket.create_server(("127.0.0.1", port)) as server:
        assert server.getsockname()[1] == port
    serve._kept[0].close()
