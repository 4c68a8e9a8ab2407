from pathlib import Path

import pytest
from sqlalchemy import text

from server.app import App, Settings
from server.kernel.clock import StillClock
from server.kernel.database import Database
from server.masterdata.api_keys import SCOPES, make_api_key
from server.masterdata.devices import enrol, make_enrolment_code
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.people import put_worker, set_password, set_pin
from server.masterdata.sites import add_site, site_id_of
from tests.conftest import fresh_url

PIN, PASSWORD = "493817", "correct horse battery"


class House:
    """A server without its background threads, and somebody of each role."""

    def __init__(self, url: str, folder: Path) -> None:
        self.clock = StillClock()
        self.app = App(Settings(database_url=url, var_folder=folder, client_folder=folder, requests_a_second=1e6), clock=self.clock)
        self.web = self.app.web.test_client()
        self.keys: dict[str, str] = {}
        people(self.app.database)
        self.site_id = self.app.database.read(lambda tx: site_id_of(tx, "W1"))
        self.device = self.enrol("PDA 1")

    def enrol(self, name: str) -> str:
        def work(tx):
            code, _ = make_enrolment_code(tx, self.site_id)
            return enrol(tx, code, name).token

        return self.app.database.write(work)

    def headers(self, role: str) -> dict[str, str]:
        """What a caller of a role sends; a person is signed in on the device, an integration has every scope."""
        if role == "nobody":
            return {}
        if role == "device":
            return {"Authorization": f"Bearer {self.device}"}
        if role == "integration":
            return {"Authorization": f"Bearer {self.key('all')}"}
        signed_in = self.web.post("/api/v1/sessions", json={"badge": role, "pin": PIN}, headers=self.headers("device"))
        assert signed_in.status_code == 200, signed_in.text
        return {**self.headers("device"), "X-Aisle-Session": signed_in.json["session"]}

    def key(self, name: str, *scopes: str) -> str:
        if name not in self.keys:
            self.keys[name] = self.app.database.write(lambda tx: make_api_key(tx, name, list(scopes or SCOPES)).key)
        return self.keys[name]


def people(database: Database) -> None:
    """Two warehouses, somebody of each role, an item and two places, where they were not copied."""
    if not database.read(lambda tx: tx.scalar(text("SELECT COUNT(*) FROM site"))):
        database.write(_people)


def _people(tx) -> None:
    site_id = add_site(tx, "W1", "Main")
    add_site(tx, "W2", "Other")
    for role in ("worker", "supervisor", "manager", "admin"):
        number = put_worker(tx, role, role.title(), role)
        set_pin(tx, number, PIN)
        set_password(tx, number, PASSWORD)
    put_item(tx, NewItem(code="SOAP", name="Soap", packs=[NewPack("each", 1, ("09506000134352",))]))
    put_location(tx, site_id, NewLocation(code="W1-A-01-1"))
    put_location(tx, site_id, NewLocation(code="W1-DOCK", kind="dock"))


def url_of(request, engine, tmp_path):
    """With the people in it where a test has a house, unless it is marked `empty`."""
    has_people = not {"house", "one_house"}.isdisjoint(request.fixturenames) and request.node.get_closest_marker("empty") is None
    return fresh_url(request, engine, tmp_path, build=people if has_people else None, clock=StillClock())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    return url_of(request, str(request.param), tmp_path)


@pytest.fixture
def sqlite_url(request, tmp_path):
    return url_of(request, "sqlite", tmp_path)


@pytest.fixture
def house(database_url, tmp_path):
    house = House(database_url, tmp_path)
    yield house
    house.app.database.close()


@pytest.fixture
def one_house(sqlite_url, tmp_path):
    """The same on SQLite only: for what the database has no part in."""
    house = House(sqlite_url, tmp_path)
    yield house
    house.app.database.close()
