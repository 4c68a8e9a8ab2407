"""Whose fault an error is: the database's (away, locked, full: the same work may go well later) or the work's own."""

import sqlite3

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InternalError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.kernel.errors import Unavailable

_THE_WORKS = (DataError, IntegrityError, InternalError, NotSupportedError, ProgrammingError)


def is_the_databases(error: BaseException) -> bool:
    """Whether trying again later may help; a wrong statement or a broken rule fails for ever."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or not (isinstance(error, _THE_WORKS) or _is_wrong_sql(error.orig))
    return isinstance(error, Unavailable | PoolTimeout | MemoryError)


def why(error: BaseException) -> str:
    """The first line of what the database said, without the statement and its values."""
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return lines[0][:300] if lines else type(error).__name__


def _is_wrong_sql(error: object) -> bool:
    # SQLite calls a statement that it does not understand an OperationalError, like a full disk
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
