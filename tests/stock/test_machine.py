"""Stock, promises and allocations against a simple book, on both databases; and faults planted there are found."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Date, bindparam, text
from sqlalchemy.exc import DBAPIError

from server.kernel.clock import StillClock
from server.kernel.database import Database
from server.kernel.errors import Refusal
from server.stock import allocations, availability
from server.wms import counting, holding
from tests.invariants import broken_invariants
from tests.stock.machine import StockMachine
from tests.trust.protocol.mistakes import planted

PLAYS = int(os.environ.get("AISLE_STOCK_PLAYS", "0"))
STEPS = int(os.environ.get("AISLE_STOCK_STEPS", "40"))
USUAL = settings(max_examples=PLAYS or 10, stateful_step_count=STEPS, derandomize=not PLAYS, deadline=None, database=None,
                 suppress_health_check=list(HealthCheck), phases=[Phase.generate, *([Phase.shrink] if PLAYS else [])], print_blob=False, report_multiple_bugs=False)
SEARCH = settings(USUAL, max_examples=60, derandomize=True, phases=[Phase.generate])


def play(url: str, how: settings) -> None:
    """By a clock that moves with each step: what is taken first must not hang on the machine's speed."""
    clock = StillClock()
    database = Database(url, clock=clock)
    try:
        run_state_machine_as_test(type("Machine", (StockMachine,), {"database": database, "clock": clock}), settings=how)
        assert broken_invariants(database) == []
    finally:
        database.close()


def test_the_tables_follow_the_book_whatever_is_done(database_url):
    play(database_url, USUAL)


GIVE_BACK_FORGOTTEN = text("UPDATE balance SET allocated = allocated WHERE holder_id = :holder_id AND goods_id = :goods_id AND :quantity > 0")
POSTED_BUT_STILL_PROMISED = text("UPDATE availability SET promised = promised WHERE site_id = :site_id AND item_id = :item_id "
                                 "AND owner_id = :owner_id AND :quantity > 0")
BY_RECEIPT = (text(allocations._CANDIDATES.element.text.partition("ORDER BY")[0] + "ORDER BY b.id DESC")
              .bindparams(bindparam("keeps_until", type_=Date)).columns(expiry_on=Date))
MISTAKES = {
    "what is given back stays allocated": (allocations, {"_GIVE_BACK": GIVE_BACK_FORGOTTEN}),
    "what has left is still promised": (availability, {"_FREE_PROMISED": POSTED_BUT_STILL_PROMISED}),
    "what came last goes first": (allocations, {"_CANDIDATES": BY_RECEIPT}),
    "broken promises are not broken": (availability, {"_break_promises": lambda _tx, _scope, _missing: None}),
    "a count leaves allocations that nothing lies behind": (counting, {"free_beyond": lambda *_: []}),
    "held goods stay allocated": (holding, {"take_back": lambda *_: []}),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_fault_is_found(sqlite_url, name):
    place, changes = MISTAKES[name]
    with planted(place, **changes), pytest.raises((AssertionError, DBAPIError, Refusal)):
        play(sqlite_url, SEARCH)
