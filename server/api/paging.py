"""Lists in pages: a cursor says where the next one begins."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from pydantic import BaseModel, Field

from server.kernel.errors import Invalid

PAGE_MAX = 200


class PageQuery(BaseModel):
    """`cursor` is what the page before gave as `next`."""

    cursor: str = Field("", max_length=64)
    limit: int = Field(100, ge=1, le=PAGE_MAX)

    @property
    def after(self) -> int:
        """The row number after which the page begins."""
        return self.place(1)[0] if self.cursor else 0

    def place(self, parts: int) -> tuple[int, ...]:
        """The numbers of which the cursor was made (`cursor_of`), so many; Invalid for any other."""
        numbers = tuple(int(one) if one.isdecimal() else -1 for one in meant(self.cursor).split("."))
        if len(numbers) != parts or not all(0 <= one < 2**63 for one in numbers):
            _refuse()
        return numbers


class SortedQuery(PageQuery):
    """`sort=code` lists by code instead of by number; `search` is a part of what is looked for."""

    cursor: str = Field("", max_length=400)
    sort: str = Field("", pattern="^(code)?$")
    search: str = Field("", max_length=64)

    @property
    def like(self) -> str:
        """The search as SQL compares it; "" for everything."""
        return f"%{self.search.upper()}%" if self.search else ""

    @property
    def after_code(self) -> str:
        """The code after which the page begins."""
        return meant(self.cursor)


def page_by_code(query: SortedQuery, rows: Sequence[Any]) -> dict[str, Any]:
    """The same as `page`, of rows that are in the order of their codes."""
    shown = rows[: query.limit]
    following = written(shown[-1].code) if len(rows) > query.limit else None
    return {"items": [dict(row._mapping) for row in shown], "next": following}


def page(query: PageQuery, rows: Sequence[Any], shape: Callable[[Any], dict[str, Any]] | None = None) -> dict[str, Any]:
    """{"items": [...], "next": cursor or null}; `rows` are up to limit + 1 rows with an `id`."""
    shown = rows[: query.limit]
    following = cursor_of(shown[-1].id) if len(rows) > query.limit else None
    return {"items": [shape(row) if shape else dict(row._mapping) for row in shown], "next": following}


def cursor_of(*place: int) -> str:
    """What a caller gives back to have the page behind a row: its number, or the numbers by which the rows are sorted."""
    return written(".".join(map(str, place)))


def written(place: str) -> str:
    """A place in a list as a cursor."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def meant(cursor: str) -> str:
    """The place that a cursor was made of."""
    try:
        return base64.urlsafe_b64decode(cursor.encode() + b"==").decode()
    except ValueError:
        _refuse()


def _refuse() -> NoReturn:
    raise Invalid("The cursor is none that this server gave. Begin without one.", field="cursor")
