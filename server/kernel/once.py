"""What is made once in a process, whoever asks first."""

from collections.abc import Callable
from threading import RLock
from typing import TypeVar

_Made = TypeVar("_Made")


def once(make: Callable[[], _Made]) -> Callable[[], _Made]:
    """`make`, called once: who asks meanwhile waits for it.

    `functools.cache` would let two threads make two: things that are told apart by what they are, not by what is in them,
    would then not be found among one another.
    """
    lock, made = RLock(), list[_Made]()

    def given() -> _Made:
        if not made:
            with lock:
                if not made:
                    made.append(make())
        return made[0]

    return given
