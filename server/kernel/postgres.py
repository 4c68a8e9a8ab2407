"""PostgreSQL's connections: one pool for what is read, one for what is written."""

import time
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError

_PATIENCE = {"connect_timeout": 2}
_OVERFLOW = 4
_FREE_SECONDS = 2.0
"""How long one waits for a connection while all are in use."""
_PREPARED_MAX = 1_000  # more than the house has, so that each is understood once on a connection
_SURELY_SECONDS = 1.0
_USED_AT = "aisle_used_at"
_PLANNED_ANEW = "-c plan_cache_mode=force_custom_plan"
_PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan -c enable_hashjoin=off -c enable_mergejoin=off"


def postgres_engines(url: str, pool_size: int) -> tuple[Engine, Engine]:
    """For reading and for writing.

    What is written is found by its number, however large a table is: planning it anew each time costs more than doing it.
    Of what is written, few rows are joined to few: from one to the next by its number, though PostgreSQL, which does not know
    how many stand on a pallet, would rather read all items once and look them up by a sum.
    What is read may ask for a week out of ten years, for which only the plan of that week is good.
    """
    doubt = _Doubt()
    reading, writing = _engine(url, pool_size, _PLANNED_ANEW, doubt), _engine(url, pool_size, _PLANNED_ONCE, doubt)
    event.listen(reading, "connect", _only_reads)
    return reading, writing


def knock(engine: Engine) -> None:
    """Raises when nobody answers. A connection of its own: those of the pool may all be waiting."""
    dialect: Any = engine.dialect
    words, named = dialect.create_connect_args(engine.url)
    try:
        dialect.connect(*words, **{**named, **_PATIENCE}).close()
    except dialect.loaded_dbapi.OperationalError as error:
        if "FATAL" not in str(error):  # "too many clients" or "starting up" is an answer
            raise


def _only_reads(connection: Any, _record: Any) -> None:
    connection.read_only = True


class _Doubt:
    """Which connections may lead nowhere: those that nobody used for a while, and all from before one of them was lost."""

    def __init__(self) -> None:
        self._lost_at = 0.0

    def rises(self) -> None:
        """A connection was lost."""
        self._lost_at = time.monotonic()

    def is_about(self, used_at: float) -> bool:
        """Whether a connection that was used then should be asked before it is used again; asking costs as much as a statement."""
        return used_at <= self._lost_at or time.monotonic() - used_at > _SURELY_SECONDS


def _engine(url: str, pool_size: int, plans: str, doubt: _Doubt) -> Engine:
    """Pages are read from memory, or from a disk that has no arm to move."""
    options = f"-c statement_timeout=30000 -c lock_timeout=5000 -c random_page_cost=1.1 -c jit=off {plans}"
    engine = create_engine(url, pool_size=pool_size, max_overflow=_OVERFLOW, pool_timeout=_FREE_SECONDS, pool_recycle=1800,
                           connect_args={**_PATIENCE, "options": options})
    dialect: Any = engine.dialect

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, record: Any) -> None:
        connection.prepare_threshold, connection.prepared_max = 1, _PREPARED_MAX
        record.info[_USED_AT] = time.monotonic()

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: Any) -> None:
        record.info[_USED_AT] = time.monotonic()

    @event.listens_for(engine, "invalidate")
    def _lost(_connection: Any, _record: Any, _error: Any) -> None:
        doubt.rises()

    @event.listens_for(engine, "checkout")
    def _look(connection: Any, record: Any, _proxy: Any) -> None:
        if not doubt.is_about(record.info[_USED_AT]):
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    return engine
