"""What a page has asked of its server and not been answered yet.

Playwright's `networkidle` wants half a second in which nothing is asked at all: a board that the server rings again and
again never has it on a busy machine.
"""

from typing import Any

from tests.waiting import PATIENCE, until

ROUNDS = 3
"""A page asks, is answered, and asks for what the answer named: a list, then its pictures."""
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
STEP_MS = 10


class Asked:
    """Made before the page is opened."""

    def __init__(self, page: Any) -> None:
        self._page, self._open = page, set[Any]()
        page.on("request", self._begins)
        page.on("requestfinished", self._ends)
        page.on("requestfailed", self._ends)
        page.on("framenavigated", lambda frame: self._open.clear() if frame == page.main_frame else None)

    def _begins(self, request: Any) -> None:
        self._open.add(request)

    def _ends(self, request: Any) -> None:
        self._open.discard(request)

    def answered(self) -> None:
        """Waits until what is asked now has been answered and drawn, and what that asked; not for what is asked meanwhile."""
        for _ in range(ROUNDS):
            self._page.evaluate(DRAWN)
            waits, left = set(self._open), PATIENCE * 1000
            while waits := waits & self._open:
                assert left > 0, f"never answered: {sorted(one.url for one in waits)}"
                self._page.wait_for_timeout(STEP_MS)
                left -= STEP_MS
        self._page.evaluate(DRAWN)


def comes(page: Any, asked: str) -> None:
    """Waits until a page answers yes; `wait_for_function` is content with any promise, whatever it comes to."""
    assert until(lambda: page.wait_for_timeout(STEP_MS) or page.evaluate(asked)), asked
