"""A server that somebody has just installed: no warehouse yet, and a sentence that says how to make one. And work that was given up."""

import pytest
from sqlalchemy import text

from server.app import App, Settings
from server.kernel.clock import StillClock
from server.masterdata.api_keys import SCOPES, make_api_key


@pytest.fixture
def new_server(database_url, tmp_path):
    app = App(Settings(database_url=database_url, var_folder=tmp_path, client_folder=tmp_path), clock=StillClock())
    key = app.database.write(lambda tx: make_api_key(tx, "all", list(SCOPES))).key
    yield app, {"Authorization": f"Bearer {key}"}
    app.database.close()


def test_without_a_warehouse_it_is_said_how_to_make_one(new_server):
    app, headers = new_server
    answer = app.web.test_client().get("/api/v1/dashboard", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert "There is no warehouse yet. Make one on the page /guide, or on the server: aisle init" in answer.json["detail"]


def test_work_that_was_given_up_is_told_to_whoever_looks(new_server):
    app, headers = new_server
    web = app.web.test_client()
    assert web.get("/readyz").json["warnings"] == []
    app.database.write(lambda tx: tx.execute(text(
        "INSERT INTO job (kind, payload, state, run_at, error) VALUES ('ship_load', '{}', 'dead', 0, 'the printer is gone')")))
    assert web.get("/readyz").json["warnings"] == [
        "ship_load was given up after many tries (the printer is gone): mend that, then run aisle given-up --again job-1"]
    assert "aisle_jobs_dead 1" in web.get("/metrics", headers=headers).text
