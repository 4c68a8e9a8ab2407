"""Two write of the same orders at one moment, and what the database had to end to let the other go on."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from server.kernel import database


@contextmanager
def nobody_is_ended() -> Iterator[None]:
    """Nobody within has waited in a circle: no transaction was ended by PostgreSQL and tried again. On SQLite one writes at a time."""
    ended = list[Exception]()
    real = database._is_transient

    def is_transient(error):
        is_one = real(error)
        ended.extend([error] * is_one)
        return is_one

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_is_transient", is_transient)
        yield
    assert not ended
