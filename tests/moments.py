"""Two act at one moment: what the other does falls right behind one statement of the first."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.sql import Executable

from server.kernel.transaction import Tx


@contextmanager
def meanwhile(statement: Executable, other: Callable[[], Any], *, seconds: float = 1, run: int = 1) -> Iterator[None]:
    """Right behind the first run of `statement`, or the one numbered, somebody else does `other`, once; what that raises is raised at the end.

    Who has to wait for the first is given `seconds`, then the first goes on (on SQLite always, where it writes: one does at a time).
    """
    due, begun = [other], list[Future[Any]]()
    runs = itertools.count(1)
    with ThreadPoolExecutor(1) as somebody, pytest.MonkeyPatch.context() as patch:
        def begin() -> None:
            if due and next(runs) == run:
                begun.append(somebody.submit(due.pop()))
                wait(begun, timeout=seconds)

        for name in ("execute", "row", "rows", "changed"):
            patch.setattr(Tx, name, _followed(getattr(Tx, name), statement, begin))
        yield
    assert begun, f"nobody ran {statement}"
    begun[0].result()


def _followed(real: Callable[..., Any], statement: Executable, then: Callable[[], Any]) -> Callable[..., Any]:
    def run(tx: Tx, what: Executable, *values: Any, **named: Any) -> Any:
        came = real(tx, what, *values, **named)
        if what is statement:
            then()
        return came

    return run
