"""An order's states: drawn from the code, and held by the database."""

import itertools
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server.kernel.migrations.versions import __path__ as versions
from server.oms import states
from server.oms.states import STATES, TRANSITIONS, drawing, page
from tests.oms.conftest import document


def test_the_page_of_the_documentation_is_what_the_code_says():
    assert Path(states.__file__).with_name("ORDERS.md").read_text("utf-8") == page()
    assert all(f"{one} --> {other}: {why}" in drawing() for one, other, why in TRANSITIONS)


def test_every_state_is_reached_and_only_a_cancelled_order_goes_nowhere():
    assert {"accepted", *(other for _, other, _ in TRANSITIONS)} == set(STATES)
    assert set(STATES) - {one for one, _, _ in TRANSITIONS} == {"cancelled"}


def test_the_database_has_the_same_ways():
    written = (Path(next(iter(versions))) / "0037_order_states.py").read_text("utf-8")
    assert all(f'"{one}>{other}"' in written for one, other, _ in TRANSITIONS) and written.count(">") - written.count("'>'") - written.count("<>") - written.count("->") == len(TRANSITIONS)


def test_the_database_refuses_every_way_that_is_not_there(shops):
    shops.give(document("1"))
    ways = {(one, other) for one, other, _ in TRANSITIONS}
    refused = 0
    for one, other in itertools.permutations(sorted(set(STATES) - {"merged"}), 2):
        shops.database.write(lambda tx, one=one: _force(tx, one))
        if (one, other) in ways:
            shops.database.write(lambda tx, other=other: tx.execute(text("UPDATE sales_order SET state = :s"), {"s": other}))
            continue
        refused += 1
        with pytest.raises(DBAPIError):
            shops.database.write(lambda tx, other=other: tx.execute(text("UPDATE sales_order SET state = :s"), {"s": other}))
    assert refused == 30 - len([way for way in ways if "merged" not in way])


def _force(tx, state):
    """Whatever it was before: by another row, since no way may lead there."""
    columns = "number, channel, channel_ref, body_hash, site_id, ship_to, created_at"
    tx.execute(text("DELETE FROM channel_paper"))
    for table in ("sales_order_line", "order_finding", "order_mark"):
        tx.execute(text(f"DELETE FROM {table} WHERE order_id IN (SELECT id FROM sales_order)"))
    row = tx.row(text(f"SELECT {columns} FROM sales_order"))
    tx.execute(text("DELETE FROM sales_order"))
    tx.execute(text(f"INSERT INTO sales_order ({columns}, state) SELECT '{row.number}', '{row.channel}', '{row.channel_ref}', '', {row.site_id}, '{{}}', 1, '{state}'"))
