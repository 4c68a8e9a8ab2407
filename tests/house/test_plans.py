"""No statement of the floor may cost more because the house has a history or is large: the databases' own plans are asked."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import TextClause
from sqlalchemy.sql.expression import TextualSelect

import server
from server.cli.bench_ledger import fill
from server.kernel.database import Database
from server.kernel.statements import Prepared
from tests.conftest import fresh_url

GROWING = {
    "stock_move", "operation", "balance", "allocation", "release_line", "release", "lpn", "outbox", "delivery", "task", "sales_order",
    "sales_order_line", "carton", "print_job", "put_away", "promise", "device_epoch", "goods", "inbound_line", "inbound", "audit",
    "floor_exception", "cycle_count", "shift", "shift_break", "holder", "lot", "wave", "load", "worker_session", "channel_paper", "channel_notice", "store_sale", "store_sale_line", "collection", "figure_sum", "order_finding", "order_mark", "item", "item_picture", "location", "barcode", "listing", "order_exception",
    "rma", "rma_line", "line_return", "return_paper", "availability"}
LONG = {"ix_balance_goods_id", "ix_location_in_aisle", "ix_location_nearest", "ix_location_nearest_in_zone",
        "ix_release_site_id_shipped_at", "ix_wave_site_id_released_at", "ix_cycle_count_site_id_counted_at", "ix_floor_exception_site_id_closed_at", "ix_availability_changed"}
OFF_THE_FLOOR = ("server.kernel.migrations", "server.cli")
POSTGRES_ONLY = {"_NO_LIMIT", "_ONE_MOMENT", "_COUNTER", "_MOVE_HELD", "_ON_POSTGRES", "_SAME_PHONE_ON_POSTGRES"}
SQLITE_ONLY = {"_ON_SQLITE"}
MAY_READ_ALL = {
    ("server.kernel.audit", "_ALL"): "the whole chain is checked by command and at night",
    ("server.kernel.audit", "_LAST"): "backwards by the key, one row",
    ("server.kernel.audit", "_HEAD"): "once a minute, and only when something was added",
    ("server.kernel.audit", "_NTH"): "by command only",
    ("server.dashboard.figures", "_SCANS"): "backwards by the index, until thirty rows are found",
    ("server.masterdata.code_changes", "_NEWEST_ITEM"): "backwards by the index, one row",
    ("server.masterdata.exporting", "_ITEMS"): "an export is all that there is",
    ("server.masterdata.exporting", "_LOCATIONS"): "the same",
    ("server.api.stock_routes", "_AVAILABILITY"): "a page for the eyes",
    ("server.oms.sourcing.batch", "_FREE"): "all that is free is what orders are sourced together from",
    ("server.oms.sourcing.trying", "_FREE"): "a trial begins with all that is free",
    ("server.stock.availability", "_ANY_MARKED"): "by the index of what has changed since, which is long only when all has",
    ("server.stock.availability", "_SOME_MARKED"): "the same",
    ("server.stock.invariants", "_ACCOUNTS"): "by command and at night",
    ("server.stock.invariants", "_CONSERVED"): "the whole ledger is checked by command and at night",
    ("server.oms.sourcing.trying", "_BEFORE"): "a trial passes over 20,000 keys at most, backwards",
    ("server.wms.counting", "_DUE"): "once a day",
    ("server.wms.holding", "_EXPIRED"): "once a night",
}
"""Partial indexes of what is open or waiting do not grow and count as short; `LONG` ones hold most of their table."""


def statements() -> Iterator[tuple[str, str, Any]]:
    for found in pkgutil.walk_packages(server.__path__, "server."):
        if not found.name.startswith(OFF_THE_FLOOR):
            module = importlib.import_module(found.name)
            for name, value in sorted(vars(module).items()):
                for one in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,):
                    is_ours = isinstance(one, TextClause | TextualSelect) and name not in POSTGRES_ONLY
                    if is_ours and "FOR UPDATE" not in str(one):
                        yield module.__name__, name, one


ON_POSTGRES_TOO = {
    ("server.api.stock_routes", "_AVAILABILITY"): "a page for the eyes, in the pool whose plans know the values",
    ("server.api.stock_routes", "_STOCK"): "the same",
    ("server.dashboard.history", "_STOCK"): "all that a site has, once an hour, behind the floor",
    ("server.api.board_routes", "_PLACES"): "all places of a site are told",
    ("server.dashboard.floor_map", "_LIMITS"): "all bins of a site are told",
    ("server.oms.selling", "_SHELF"): "the bins of one zone: in this house all are of one",
    ("server.wms.counting", "_OF_TASK"): "the shelves of the rack: in this house all bins stand in one place, so that its index holds them all",
    ("server.wms.pick_tasks", "_GROUP"): "the same",
    ("server.wms.pick_tasks", "_INSTEAD"): "the same",
    ("server.wms.pick_tasks", "_LOST"): "the same",
    ("server.wms.pick_tasks", "_OF_TASK"): "the same",
    ("server.wms.pick_tasks", "_ONE"): "the same",
    ("server.wms.put_away", "_LOADED"): "the same",
    ("server.wms.put_away", "_PLAIN"): "the same",
    ("server.floor.invariants", "_OUT_OF_ORDER"): "by command and at night",
    ("server.oms.sourcing.batch", "_FREE"): "all that is free is what orders are sourced together from",
    ("server.oms.sourcing.trying", "_FREE"): "a trial begins with all that is free",
    ("server.stock.invariants", "_CONSERVED"): "by command and at night",
}


def read_through(connection: Any, short: set[str], dialect: Any, statement: Any) -> list[str]:
    """The growing tables that SQLite would read from end to end."""
    prepared = Prepared(statement, dialect)
    sql, values = prepared.ready({name: [1, 2] if name in prepared._lists else None for name in prepared._names})
    # a new row of a parent table shows the search for children that miss it, which happens only where keys are checked late
    connection.execute(f"PRAGMA foreign_keys = {'OFF' if sql.startswith('INSERT') else 'ON'}")
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * len(values))]
    scans = [found for found in (re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step) for step in plan) if found]
    return [found[0] for found in scans if _table(sql, found[1]) in GROWING and found[2] not in short]


def _table(sql: str, alias: str) -> str:
    named = re.search(rf"(?:FROM|JOIN|UPDATE|INTO|,)\s+(\w+)\s+(?:AS\s+)?{alias}\b", sql)
    return alias if alias in GROWING or named is None else named[1]


@pytest.fixture(scope="module")
def connection(request, tmp_path_factory):
    database = Database(fresh_url(request, "sqlite", tmp_path_factory.mktemp("plans")))
    with database.engine.connect() as held:
        yield held.connection.dbapi_connection, database.engine.dialect
    database.close()


def test_no_statement_of_the_floor_reads_a_table_that_grows_from_end_to_end(connection):
    driver, dialect = connection
    short = {row[0] for row in driver.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'")} - LONG
    found = {(module, name): plan for module, name, one in statements() if (plan := read_through(driver, short, dialect, one))}
    assert found.keys() == MAY_READ_ALL.keys(), {key: found[key] for key in found.keys() - MAY_READ_ALL.keys()}


def test_a_statement_that_reads_a_whole_table_is_found(connection):
    driver, dialect = connection
    assert read_through(driver, set(), dialect, TextClause("SELECT t.id FROM task t WHERE t.version = :version")) == ["SCAN t"]


def _prepare(connection: Any, text: str, types: list[str]) -> None:
    connection.execute(f"PREPARE asked ({', '.join(types)}) AS {text}" if types else f"PREPARE asked AS {text}", prepare=False)


def read_through_on_postgres(connection: Any, large: set[str], dialect: Any, statement: Any) -> set[str]:
    """The large tables that PostgreSQL would read from end to end, by the one plan that it keeps for every value."""
    prepared = Prepared(statement, dialect)
    names, sql = list[str](), prepared._spread({name: [1, 2] for name in prepared._lists})

    def numbered(found: re.Match) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    text = re.sub(r"%\((\w+)\)s", numbered, sql).replace("%%", "%")
    try:
        _prepare(connection, text, ["unknown"] * len(names))
    except psycopg.errors.AmbiguousFunction:  # of two values that are only subtracted nothing says what they are; the driver does
        _prepare(connection, text, ["bigint"] * len(names))
    values = ", ".join(["NULL"] * len(names))
    plan = connection.execute(f"EXPLAIN EXECUTE asked ({values})" if names else "EXPLAIN EXECUTE asked", prepare=False).fetchall()
    connection.execute("DEALLOCATE asked", prepare=False)
    return {found[1] for (step,) in plan if (found := re.search(r"Seq Scan on (\w+)", step))} & large


@pytest.fixture(scope="module")
def large_postgres(request, tmp_path_factory):
    """A house of 5,000 items and bins and 20,000 moves, its statistics fresh."""
    database = Database(fresh_url(request, "postgresql", tmp_path_factory.mktemp("plans")))
    fill(database, 20_000, bins=5_000)
    with database.writing.execution_options(isolation_level="AUTOCOMMIT").connect() as held:
        driver = held.connection.dbapi_connection
        driver.execute("VACUUM ANALYZE")
        large = {row[0] for row in driver.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 1000").fetchall()}
        yield driver, database.writing.dialect, large
    database.close()


def test_postgres_reads_no_large_table_from_end_to_end_either(large_postgres):
    driver, dialect, large = large_postgres
    assert large >= {"item", "location", "goods", "balance", "stock_move", "operation", "outbox", "holder"}
    found = {(module, name): tables for module, name, one in statements()
             if name not in SQLITE_ONLY and (tables := read_through_on_postgres(driver, large, dialect, one))}
    assert found.keys() == ON_POSTGRES_TOO.keys(), found


def test_postgres_is_seen_to_read_a_whole_table(large_postgres):
    driver, dialect, large = large_postgres
    asked = TextClause("SELECT i.id FROM item i WHERE i.name = :name")
    assert read_through_on_postgres(driver, large, dialect, asked) == {"item"}
