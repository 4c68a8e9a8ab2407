"""What is read is read only: a write among it is refused by the database itself, and what is prepared is kept."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.masterdata.parties import own_stock, own_stock_if_any
from server.oms.sourcing.announced import bring_all_announced
from server.oms.sourcing.looking import free_of
from server.wms.order_floor import OrderFloor

_WRITE = text("UPDATE counter SET value = value + 1")
_ASK = text("SELECT name FROM counter WHERE name = :name")


def test_a_write_among_what_is_read_is_refused_and_the_next_reads_as_ever(database: Database):
    with pytest.raises((DBAPIError, Unavailable), match=r"read.?only"):
        database.read(lambda tx: tx.execute(_WRITE))
    with pytest.raises((DBAPIError, Unavailable), match=r"read.?only"):
        database.snapshot(lambda tx: tx.execute(_WRITE))
    assert database.read(lambda tx: tx.rows(_ASK, name="nothing")) == []
    database.write(lambda tx: tx.execute(_WRITE))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_statement_that_was_read_stays_prepared(database: Database):
    for _ in range(3):
        database.read(lambda tx: tx.rows(_ASK, name="nothing"))
    prepared = database.read(lambda tx: tx.rows(text("SELECT statement FROM pg_prepared_statements")))
    assert [row for row in prepared if "FROM counter" in row.statement]


def test_a_house_that_owns_nothing_yet_is_read_as_one_that_has_nothing(database: Database):
    assert database.read(own_stock_if_any) == 0
    assert bring_all_announced(database, OrderFloor()) == 0
    assert database.read(lambda tx: free_of(tx, [])) == {}
    made = database.write(own_stock)
    assert made and database.read(own_stock_if_any) == made == database.write(own_stock)
