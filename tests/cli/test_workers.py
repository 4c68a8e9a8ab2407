"""How many processes serve, and what several servers need."""

import pytest

from server.cli import workers

POSTGRESQL = "postgresql+psycopg://aisle@/none?host=/nowhere"


def test_several_servers_need_a_queue(aisle, monkeypatch):
    monkeypatch.delenv("AISLE_MESSAGE_QUEUE", raising=False)
    told = aisle(POSTGRESQL, "serve", "--reuse-port")
    assert told.code == 1
    assert "AISLE_MESSAGE_QUEUE=valkey://" in told.errors


def test_sqlite_is_served_by_one_server(sqlite_url, aisle, monkeypatch):
    monkeypatch.setenv("AISLE_MESSAGE_QUEUE", "valkey://127.0.0.1:1/0")
    told = aisle(sqlite_url, "serve", "--reuse-port")
    assert told.code == 1
    assert "SQLite is served by one server" in told.errors


@pytest.mark.parametrize(("url", "wanted", "processors", "processes"), [
    ("sqlite:///a.db", None, 8, 2), ("sqlite:///a.db", None, 1, 1), ("sqlite:///a.db", 1, 8, 1), ("sqlite:///a.db", 5, 2, 5),
    (POSTGRESQL, None, 8, 1), (POSTGRESQL, 3, 8, 3)])
def test_two_processes_serve_sqlite_where_there_are_processors_for_them(monkeypatch, url, wanted, processors, processes):
    monkeypatch.setattr(workers.os, "sched_getaffinity", lambda _: set(range(processors)), raising=False)
    assert workers.workers_for(url, wanted) == processes
