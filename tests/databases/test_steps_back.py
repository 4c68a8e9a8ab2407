"""Each step of the tables can be taken back with a day's data in them, and leads to what was there before; forward again they are as those made anew."""

import os

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.kernel.database import Database
from server.kernel.ids import new_secret
from server.kernel.migrations import upgrade
from server.kernel.version import MIGRATIONS, head_revision, known_revisions
from server.oms.exceptions.rules import Rule, put_rule
from server.oms.refund_asking import take_request
from server.stock.seals import ledger_hash
from server.wms.order_floor import OrderFloor
from tests.databases.shapes import Shape, differences, shape_of
from tests.invariants import broken_invariants
from tests.oms.conftest import SECRET, Shops, document
from tests.oms.test_intake import ship
from tests.oms.test_refund_requests import asks
from tests.oms.test_sales import sale, tell
from tests.warehouse import Warehouse

VERSIONS = sorted(known_revisions())
BACK = VERSIONS if os.environ.get("AISLE_LONG") else VERSIONS[-6:]
"""Old steps do not change any more."""
PLACES = text("SELECT id, waits_since FROM sales_order_line WHERE promised + short < quantity ORDER BY id")
OLD_PLACES = text("SELECT waits_since FROM sales_order WHERE waits_since IS NOT NULL ORDER BY id")


def day(database: Database) -> None:
    """Orders that left, wait for stock and for whoever decides about the money, a rule of exceptions, and what a till sold."""
    shops = Shops(Warehouse(database).open())
    for item in ("SOAP", "TEA"):
        shops.warehouse.put(item, 20, "W1-A-01-1")
    shops.give(document("1"))
    ship(shops)
    shops.give(document("2", lines=(("SOAP", 30),)), document("3", lines=(("TEA", 1), ("SOAP", 30))), document("4"))
    channel = shops.channel()
    database.write(lambda tx: take_request(tx, channel, asks("R4", "4"), OrderFloor()))
    for kind in ("refund_asked", "oversold", "any"):
        database.write(lambda tx, kind=kind: put_rule(tx, shops.warehouse.site_id, "W1", Rule(kind=kind)))
    shops.connect("till", "pos", secret=SECRET, shop_floor="A")
    tell(shops, sale("1", ("TEA", 2)))


@pytest.fixture(params=["sqlite", "postgresql"])
def make(request, tmp_path):
    """Makes empty databases, by name."""
    def of_sqlite(name: str) -> str:
        return f"sqlite:///{tmp_path}/{name}.db"

    def of_postgresql(name: str) -> str:
        server, unique = request.getfixturevalue("postgres_server"), f"{name}_{new_secret('s', 64)[2:14].lower()}"
        server.execute(f'CREATE DATABASE "{unique}"')
        return str(server.url(unique))

    return of_sqlite if request.param == "sqlite" else of_postgresql


def step_back(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.downgrade(config, revision)


def places(tx) -> list[tuple[int, int]]:
    return [tuple(row) for row in tx.rows(PLACES)]


def ask(url: str, question):
    database = Database(url)
    found = database.read(question)
    database.close()
    return found


@pytest.fixture
def here(make):
    """The address of a database of this version with a day in it."""
    url = make("day")
    upgrade(url)
    database = Database(url)
    day(database)
    database.close()
    return url


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_a_day_goes_back_to_earlier_versions_and_forward_again(make, here):
    forward, shapes = make("forward"), dict[str, Shape]()
    for version in BACK:
        upgrade(forward, version)
        shapes[version] = shape_of(forward)
    assert differences(shape_of(here), shapes[head_revision()]) == {}, "step by step and at once come to the same"
    before = ask(here, ledger_hash)
    for version in reversed(BACK[:-1]):
        step_back(here, version)
        assert differences(shape_of(here), shapes[version]) == {}, version
    upgrade(here)
    assert differences(shape_of(here), shapes[head_revision()]) == {}
    assert ask(here, ledger_hash) == before


def test_who_waits_keeps_the_place_in_line_when_its_step_is_taken_back_and_done_again(here):
    before = ask(here, places)
    assert len(before) == 3 and all(since for _, since in before)
    step_back(here, "0041")
    assert ask(here, lambda tx: [row.waits_since for row in tx.rows(OLD_PLACES)]) == [since for _, since in before]
    upgrade(here)
    assert ask(here, places) == before


def test_what_buyers_asked_for_is_held_by_hand_when_its_step_is_taken_back(here):
    step_back(here, "0039")
    assert ask(here, lambda tx: [row.hold for row in tx.rows(text("SELECT hold FROM sales_order WHERE hold <> ''"))]) == ["by_hand"]
    assert ask(here, lambda tx: {row.kind for row in tx.rows(text("SELECT kind FROM order_exception UNION SELECT kind FROM exception_rule"))}) == {"oversold", "any"}
    upgrade(here)
    database = Database(here)
    assert broken_invariants(database) == []
    with pytest.raises(IntegrityError):
        database.write(lambda tx: tx.execute(text("UPDATE exception_rule SET kind = 'perhaps'")))
    database.close()
