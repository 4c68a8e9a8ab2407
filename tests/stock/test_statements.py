"""What `Tx` gives to the driver itself, on both databases."""

from contextlib import suppress
from datetime import date

import pytest
from sqlalchemy import JSON, Date, bindparam, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from server.events import StockArrived
from server.kernel.errors import Invalid
from server.kernel.failures import is_the_databases
from server.kernel.transaction import in_list
from server.masterdata.sites import location_by_code
from server.stock.goods import goods_id, goods_of
from server.stock.lpns import make_lpn, move_lpn
from tests.world import make_world

_OUTBOX = text("SELECT COUNT(*) FROM outbox")
_COUNTER = text("INSERT INTO counter (name, value) VALUES (:name, :value)")
_NAMES = text("SELECT name FROM counter WHERE name LIKE 'own-%' ORDER BY name")


@pytest.fixture
def world(database):
    return make_world(database)


def test_columns_have_their_names_also_those_that_are_sums(database, world):
    row = database.read(lambda tx: tx.row(text("SELECT code, 1 + 2 AS three, 2 * 2 FROM site WHERE id = :id"), id=world.site_id))
    assert (row.code, row.three, row[2]) == (row[0], 3, 4)
    assert row._mapping["three"] == 3


def test_a_list_of_values_and_a_percent_sign_reach_both_drivers(database, world):
    query = text("SELECT id, '100 %' AS much FROM site WHERE id IN :ids OR id IN :more").bindparams(
        bindparam("ids", expanding=True), bindparam("more", expanding=True))
    for more in ([], [7], [7, 8, 9]):
        rows = database.read(lambda tx, more=more: tx.rows(query, ids=[world.site_id], more=in_list(more)))
        assert [(row.id, row.much) for row in rows] == [(world.site_id, "100 %")]


def test_dates_and_documents_come_back_as_they_were_written(database):
    day, document = date(2030, 2, 28), {"a": [1, None, "ü"]}
    query = text("SELECT CAST(:day AS VARCHAR) AS shown, :day AS day").bindparams(bindparam("day", type_=Date)).columns(day=Date)
    assert database.read(lambda tx: tx.row(query, day=day)).day == day
    echo = text("SELECT :doc AS doc").bindparams(bindparam("doc", type_=JSON)).columns(doc=JSON)
    assert database.read(lambda tx: tx.row(echo, doc=document)).doc == document


def test_a_value_that_is_missing_is_named(database):
    with pytest.raises(KeyError, match="name"):
        database.write(lambda tx: tx.execute(_COUNTER, {"value": 1}))


def test_many_rows_are_written_by_one_call(database):
    database.write(lambda tx: tx.execute(_COUNTER, [{"name": f"own-{number}", "value": number} for number in range(3)]))
    assert database.read(lambda tx: [row.name for row in tx.rows(_NAMES)]) == ["own-0", "own-1", "own-2"]


def test_errors_are_the_house_s_own(database):
    row = {"name": "own-1", "value": 1}
    database.write(lambda tx: tx.execute(_COUNTER, row))
    with pytest.raises(IntegrityError) as twice:
        database.write(lambda tx: tx.execute(_COUNTER, row))
    assert not is_the_databases(twice.value)
    with pytest.raises(Exception, match="no_such_table") as wrong:
        database.read(lambda tx: tx.rows(text("SELECT 1 FROM no_such_table")))
    assert not is_the_databases(wrong.value)
    assert isinstance(wrong.value, ProgrammingError) or database.is_sqlite


def test_a_savepoint_takes_back_its_own_rows_and_news_and_nothing_else(database, world):
    def fails(tx):
        with tx.savepoint():
            tx.execute(_COUNTER, {"name": "own-3", "value": 3})
        tx.execute(_COUNTER, {"name": "own-2", "value": 2})
        tx.emit(StockArrived(world.site_id, 2, 2))
        raise Invalid("not this", field="x")

    def work(tx):
        before = tx.scalar(_OUTBOX)
        tx.execute(_COUNTER, {"name": "own-1", "value": 1})
        tx.emit(StockArrived(world.site_id, 1, 1))
        with pytest.raises(Invalid), tx.savepoint():
            fails(tx)
        return before

    before = database.write(work)
    assert database.read(lambda tx: [row.name for row in tx.rows(_NAMES)]) == ["own-1"]
    assert database.read(lambda tx: tx.scalar(_OUTBOX)) == before + 1


def test_more_news_than_one_statement_holds_are_all_written(database, world):
    before = database.read(lambda tx: tx.scalar(_OUTBOX))
    database.write(lambda tx: tx.emit(*[StockArrived(world.site_id, 1, number) for number in range(1, 251)]))
    assert database.read(lambda tx: tx.scalar(_OUTBOX)) == before + 250


def test_what_lasts_is_remembered_after_the_commit_and_not_before(database):
    looked = []

    def look(value):
        looked.append(value)
        return value

    def fails(tx):
        tx.lasting("own", lambda: look(1))
        raise Invalid("not this", field="x")

    with pytest.raises(Invalid):
        database.write(fails)
    assert database.write(lambda tx: tx.lasting("own", lambda: look(2))) == 2
    assert database.write(lambda tx: tx.lasting("own", lambda: look(3))) == 2
    assert looked == [1, 2]


def test_goods_that_a_refusal_took_back_are_not_remembered_and_no_other_goods_are_taken_for_them(database, world):
    def refused(tx):
        with suppress(Invalid), tx.savepoint():
            goods_id(tx, new_lot)
            raise Invalid("not this", field="x")

    new_lot, next_lot = (world.goods("APPLE", lot) for lot in ("NEW", "NEXT"))
    database.write(refused)
    following = database.write(lambda tx: goods_id(tx, next_lot))
    assert following != database.write(lambda tx: goods_id(tx, new_lot))
    assert database.read(lambda tx: goods_of(tx, goods_id(tx, new_lot))) == new_lot


def test_a_pallet_that_was_moved_since_it_was_read_comes_from_where_it_stood_last(database, world):
    def work(tx):
        dock, first, last = (location_by_code(tx, code) for code in ("W1-DOCK", "W1-A-01-01", "W1-A-02-01"))
        read = make_lpn(tx, dock)
        move_lpn(tx, read, first, "storing")
        move_lpn(tx, read, last, "storing")  # by the place as it was read at the dock
        return read.id, first.id, last.id

    lpn, first, last = database.write(work)
    moves = database.read(lambda tx: tx.rows(text("SELECT from_id, to_id FROM stock_move WHERE lpn_id = :id ORDER BY id"), id=lpn))
    assert [(row.from_id, row.to_id) for row in moves][1:][1] == (first, last)
