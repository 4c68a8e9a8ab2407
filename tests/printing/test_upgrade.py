"""Labels of an earlier version keep their meaning: what waited waits, what was sent is printed, what was given up is asked about."""

import pytest
from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.migrations import upgrade

OLD = {"waiting": "queued", "sent": "printed", "verified": "verified", "failed": "unknown", "cancelled": "cancelled"}
_ADD = text("INSERT INTO print_job (id, unique_key, printer_id, label, code, payload, state, created_at, reprint_of_id) "
            "VALUES (:id, :state, 1, 'lpn', :state, '^XA^XZ', :state, 5, :before)")


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/old.db"
    server = request.getfixturevalue("postgres_server")
    server.execute("CREATE DATABASE labels_of_old")
    return server.url("labels_of_old")


def test_every_old_state_becomes_the_one_that_it_meant(old_url):
    upgrade(old_url, "0007")
    database = Database(old_url)

    def fill(tx):
        tx.query(text("INSERT INTO site (id, code, name, settings) VALUES (1, 'W1', 'Main', '{}')"))
        tx.query(text("INSERT INTO printer (id, name, site_id, url) VALUES (1, 'labels', 1, 'socket://10.0.0.9:9100')"))
        for number, state in enumerate(OLD, 1):
            tx.query(_ADD, {"id": number, "state": state, "before": number - 1 or None})

    database.write(fill)
    upgrade(old_url)
    rows = database.read(lambda tx: tx.rows(text("SELECT code, state, reprint_of_id FROM print_job ORDER BY id")))
    database.close()
    assert {row.code: row.state for row in rows} == OLD
    assert [row.reprint_of_id for row in rows] == [None, 1, 2, 3, 4]
