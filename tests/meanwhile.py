"""What somebody else does at one moment with us: right after one statement of ours, on a connection of their own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import pytest

from server.kernel.transaction import Tx

_IN_VAIN_SECONDS = 1


@contextmanager
def meanwhile(statement: Any, work: Callable[[], Any]) -> Iterator[None]:
    """Once `statement` is run for the first time, another thread does `work`; what it raises is raised at the end.

    Who is held back by us (on SQLite everybody who writes) is waited for a second in vain, and goes on when we are done.
    """
    begun: list[Future[Any]] = []
    with ThreadPoolExecutor(1) as other, pytest.MonkeyPatch.context() as patch:
        def followed(run: Callable[..., Any]) -> Callable[..., Any]:
            def run_and_wait(tx: Tx, said: Any, *what: Any, **values: Any) -> Any:
                done = run(tx, said, *what, **values)
                if said is statement and not begun:
                    begun.append(other.submit(work))
                    wait(begun, _IN_VAIN_SECONDS)
                return done

            return run_and_wait

        for name in ("execute", "row", "rows", "changed"):
            patch.setattr(Tx, name, followed(getattr(Tx, name)))
        yield
    assert begun, "the statement was never run"
    begun[0].result()
