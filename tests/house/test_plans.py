"""No statement of the floor may cost more because the house has a history: SQLite's own plans are asked."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import TextClause
from sqlalchemy.sql.expression import TextualSelect

import server
from server.kernel.database import Database
from server.kernel.statements import Prepared
from tests.conftest import fresh_url

GROWING = {
    "stock_move", "operation", "balance", "allocation", "release_line", "release", "lpn", "outbox", "delivery", "task", "sales_order",
    "sales_order_line", "carton", "print_job", "put_away", "promise", "device_epoch", "goods", "inbound_line", "inbound", "audit",
    "floor_exception", "cycle_count", "holder", "lot", "wave", "load", "worker_session"}
OFF_THE_FLOOR = ("server.kernel.migrations", "server.cli")
POSTGRES_ONLY = {"_NO_LIMIT", "_ONE_MOMENT", "_COUNTER"}
MAY_READ_ALL = {
    ("server.kernel.audit", "_ALL"): "the whole chain is checked by command and at night",
    ("server.kernel.audit", "_LAST"): "backwards by the key, one row",
    ("server.kernel.audit", "_HEAD"): "once a minute, and only when something was added",
    ("server.kernel.audit", "_NTH"): "by command only",
    ("server.stock.invariants", "_CONSERVED"): "the whole ledger is checked by command and at night",
    ("server.wms.holding", "_EXPIRED"): "once a night",
}
"""Partial indexes of what is open or waiting do not grow and count as short; what is in stock is no small part of the balances."""


def statements() -> Iterator[tuple[str, str, Any]]:
    for found in pkgutil.walk_packages(server.__path__, "server."):
        if not found.name.startswith(OFF_THE_FLOOR):
            module = importlib.import_module(found.name)
            for name, value in sorted(vars(module).items()):
                for one in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,):
                    is_ours = isinstance(one, TextClause | TextualSelect) and name not in POSTGRES_ONLY
                    if is_ours and "FOR UPDATE" not in str(one):
                        yield module.__name__, name, one


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
    short = {row[0] for row in driver.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'")} - {"ix_balance_goods_id"}
    found = {(module, name): plan for module, name, one in statements() if (plan := read_through(driver, short, dialect, one))}
    assert found.keys() == MAY_READ_ALL.keys(), {key: found[key] for key in found.keys() - MAY_READ_ALL.keys()}


def test_a_statement_that_reads_a_whole_table_is_found(connection):
    driver, dialect = connection
    assert read_through(driver, set(), dialect, TextClause("SELECT t.id FROM task t WHERE t.version = :version")) == ["SCAN t"]
