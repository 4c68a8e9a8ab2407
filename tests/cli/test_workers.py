import pytest


def test_several_processes_need_a_queue(aisle, monkeypatch):
    monkeypatch.delenv("AISLE_MESSAGE_QUEUE", raising=False)
    told = aisle("postgresql+psycopg://aisle@/none?host=/nowhere", "serve", "--workers", "2")
    assert told.code == 1
    assert "AISLE_MESSAGE_QUEUE=valkey://" in told.errors


@pytest.mark.parametrize("option", [("--workers", "2"), ("--reuse-port",)])
def test_sqlite_is_served_by_one_process(sqlite_url, aisle, monkeypatch, option):
    monkeypatch.setenv("AISLE_MESSAGE_QUEUE", "valkey://127.0.0.1:1/0")
    told = aisle(sqlite_url, "serve", *option)
    assert told.code == 1
    assert "SQLite is served by one process" in told.errors
