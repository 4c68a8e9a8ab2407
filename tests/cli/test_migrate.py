import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server import workflows
from server.floor.engine import FloorEngine
from server.floor.registry import discover
from server.kernel.database import Database
from server.kernel.dispatcher import Dispatcher
from server.kernel.tables import is_empty, row_counts
from server.reactions import CONSUMERS
from server.stock.seals import broken_seals, ledger_hash, seal
from tests.cli.broken import forgiven, gave_up
from tests.conftest import fresh_url
from tests.invariants import broken_invariants
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_outbound import pack_and_ship


@pytest.fixture
def house(database):
    """A warehouse in the middle of a day: one order shipped, one picked and not packed, one waiting."""
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    house.put("TEA", 5, "W1-B-03-1")
    for number in range(2):
        house.order(f"S-{number}", ("SOAP", 1), ("TEA", 1))
        house.wave()
        pda = house.pda()
        for scan in (f"TOTE-{5 + number}", ITEMS["SOAP"], ITEMS["TEA"]):
            pda.scan(scan)
    pack_and_ship(house, pda, "TOTE-5", [ITEMS["SOAP"], ITEMS["TEA"]])
    house.order("S-2", ("SOAP", 2))
    database.write(seal)
    return house


@pytest.fixture
def other_url(request, database, tmp_path):
    """A database of the other kind, empty but for its tables."""
    (tmp_path / "other").mkdir()
    return fresh_url(request, "postgresql" if database.is_sqlite else "sqlite", tmp_path / "other")


def moved(house: Warehouse, url: str) -> Warehouse:
    database = Database(url)
    there = Warehouse(database, house.site_id, house.owner_id, dict(house.items), house.devices)
    there.engine = FloorEngine(database, discover(workflows))
    there.dispatcher = Dispatcher(database, CONSUMERS)
    return there


def moved_by(aisle, house: Warehouse, *arguments: str):
    """The command beside a server that was stopped."""
    house.database.engine.dispose()
    house.database.writing.dispose()
    return aisle(house.database.url, "migrate-db", *arguments)


def test_a_database_that_somebody_has_open_is_not_moved(house, other_url, aisle):
    house.database.read(lambda tx: tx.scalar(text("SELECT 1")))
    told = aisle(house.database.url, "migrate-db", "--to", other_url)
    assert told.code == 1
    assert "Stop the server first" in told.errors
    other = Database(other_url)
    assert other.read(is_empty)
    other.close()


def test_both_sides_have_the_same_rows_and_the_same_ledger(house, other_url, aisle):
    told = moved_by(aisle, house, "--to", other_url, "--json")
    assert told.code == 0, told.errors
    other = Database(other_url)
    assert told.json == {"rows": house.database.read(row_counts), "ledger_hash": house.database.read(ledger_hash), "warnings": []}
    assert told.json == {"rows": other.read(row_counts), "ledger_hash": other.read(ledger_hash), "warnings": []}
    other.close()


def test_every_row_is_the_same_there_and_back(house, other_url, aisle, tmp_path):
    def content(database):
        return database.read(lambda tx: {table: sorted(map(repr, tx.rows(text(f'SELECT * FROM "{table}"')))) for table in row_counts(tx)})

    back = f"sqlite:///{tmp_path}/back.db" if house.database.is_sqlite else other_url
    assert moved_by(aisle, house, "--to", other_url).code == 0
    if back != other_url:
        assert aisle(other_url, "migrate-db", "--to", back).code == 0
        database = Database(back)
        assert content(database) == content(house.database)
        database.close()


def test_work_goes_on_after_the_move(house, other_url, aisle):
    assert moved_by(aisle, house, "--to", other_url).code == 0
    there = moved(house, other_url)
    pda = there.pda()
    pack_and_ship(there, pda, "TOTE-6", [ITEMS["SOAP"], ITEMS["TEA"]], door="W1-DOOR-2")
    pda.scan("CMD-DONE")
    there.order("S-3", ("TEA", 1))
    assert there.wave().orders == 2
    there.dispatcher.drain()
    assert there.one("SELECT COUNT(*) FROM sales_order") == 4
    while there.database.write(seal):
        pass
    assert there.database.read(broken_seals) == []
    assert broken_invariants(there.database) == []
    there.database.close()


def test_the_ledger_is_append_only_after_the_move(house, other_url, aisle):
    moved_by(aisle, house, "--to", other_url)
    other = Database(other_url)
    with pytest.raises(DBAPIError, match="append only"):
        other.write(lambda tx: tx.execute(text("DELETE FROM stock_move")))
    other.close()


def test_progress_is_told_apart_from_the_answer(house, other_url, aisle):
    told = moved_by(aisle, house, "--to", other_url, "--json")
    assert "stock_move: " in told.errors
    assert set(told.json) == {"rows", "ledger_hash", "warnings"}


def test_a_target_that_holds_something_is_left_alone(house, other_url, aisle):
    other = Database(other_url)
    other.write(lambda tx: tx.execute(text("INSERT INTO setting (name, value) VALUES ('mine', '1')")))
    told = moved_by(aisle, house, "--to", other_url)
    assert told.code == 1
    assert "holds data" in told.errors
    counts = other.read(row_counts)
    assert {name: rows for name, rows in counts.items() if rows} == {"setting": 1}
    other.close()


def test_a_source_that_does_not_add_up_leaves_the_target_empty(sqlite_url, request, tmp_path, aisle):
    source = Database(sqlite_url)
    house = Warehouse(source).open()
    house.put("SOAP", 10, "W1-A-01-1")
    source.write(lambda tx: tx.execute(text("UPDATE balance SET quantity = 11")))
    source.close()
    target = fresh_url(request, "postgresql", tmp_path)
    told = aisle(sqlite_url, "migrate-db", "--to", target)
    assert told.code == 1
    assert "I1" in told.errors
    other = Database(target)
    assert other.read(is_empty)
    other.close()


def test_a_consumer_that_gave_up_moves_along_and_is_warned_of(house, other_url, aisle):
    gave_up(house.database)
    told = moved_by(aisle, house, "--to", other_url, "--json")
    forgiven(house.database)
    assert told.code == 0, told.errors
    assert len(told.json["warnings"]) == 1
    assert "I12" in told.json["warnings"][0] and "I12" in told.errors


def test_what_postgresql_does_not_take_is_told_with_its_table(sqlite_url, request, tmp_path, aisle):
    source = Database(sqlite_url)
    source.write(lambda tx: tx.execute(text("INSERT INTO setting (name, value) VALUES (:name, '1')"), {"name": "x" * 65}))
    source.close()
    target = fresh_url(request, "postgresql", tmp_path)
    told = aisle(sqlite_url, "migrate-db", "--to", target)
    assert told.code == 1
    assert "Table setting was not taken" in told.errors
    other = Database(target)
    assert other.read(is_empty)
    other.close()


def test_a_database_is_not_moved_into_itself(sqlite_url, aisle):
    assert "another one" in aisle(sqlite_url, "migrate-db", "--to", sqlite_url).errors


@pytest.mark.parametrize("address", ["nonsense", "oracle://x", "postgresql+pg8000://aisle@/none"])
def test_an_address_that_is_none_is_told(sqlite_url, aisle, address):
    told = aisle(sqlite_url, "migrate-db", "--to", address)
    assert told.code == 1
    assert "address" in told.errors or "driver" in told.errors


def test_a_database_that_is_away_is_told(sqlite_url, aisle):
    told = aisle(sqlite_url, "migrate-db", "--to", "postgresql+psycopg://aisle@/none?host=/nowhere")
    assert told.code == 1
    assert "does not answer" in told.errors
