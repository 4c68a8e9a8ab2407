"""The codes of a site in the order in which they changed, so that a device keeps them all and asks only for what is new.

Items and locations are never deleted, so there is nothing that a device would have to forget.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.counters import next_number
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.codes import Codes, item_codes, location_codes

_MARK = re.compile(r"(\d{1,18})\.(\d{1,18})-(\d{1,18})\.(\d{1,18})")
_ITEMS = text("SELECT changed_no AS number, id FROM item WHERE (changed_no, id) > (:number, :id) ORDER BY changed_no, id LIMIT :most")
_LOCATIONS = text(
    "SELECT changed_no AS number, id FROM location WHERE site_id = :site_id AND kind <> 'account' "
    "AND (changed_no, id) > (:number, :id) ORDER BY changed_no, id LIMIT :most"
)
_NEWEST_ITEM = text("SELECT changed_no AS number, id FROM item ORDER BY changed_no DESC, id DESC LIMIT 1")
_NEWEST_LOCATION = text(
    "SELECT changed_no AS number, id FROM location WHERE site_id = :site_id AND kind <> 'account' "
    "ORDER BY changed_no DESC, id DESC LIMIT 1"
)
_ITEM_CHANGED = text("UPDATE item SET changed_no = :number WHERE id = :id")

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a device has come: the number of the last change that it has, and the row, of items and of locations."""

    item: Point = (0, 0)
    location: Point = (0, 0)

    def __str__(self) -> str:
        return f"{self.item[0]}.{self.item[1]}-{self.location[0]}.{self.location[1]}"

    @property
    def is_start(self) -> bool:
        """Whether a device has nothing yet."""
        return self == Mark()


@dataclass(frozen=True, slots=True)
class Page:
    """Some codes, and from where to go on; `afresh` when what a device kept is worth nothing."""

    codes: Codes
    mark: Mark
    more: bool
    afresh: bool


def mark_of(said: str) -> Mark:
    """The mark that a device sends back; Invalid when this server gave no such one."""
    if not said:
        return Mark()
    found = _MARK.fullmatch(said)
    if found is None:
        raise Invalid("The mark is none that this server gave. Begin without one.", field="after")
    item, item_id, location, location_id = (int(part) for part in found.groups())
    return Mark((item, item_id), (location, location_id))


def newest_mark(tx: Tx, site_id: int) -> Mark:
    """The mark of a device that has everything."""
    item, location = tx.row(_NEWEST_ITEM), tx.row(_NEWEST_LOCATION, site_id=site_id)
    return Mark((item.number, item.id) if item else (0, 0), (location.number, location.id) if location else (0, 0))


def codes_after(tx: Tx, site_id: int, mark: Mark, most: int) -> Page:
    """The codes of items and locations that changed after a mark, items first.

    A mark beyond the newest is of a database that was put back since: the device begins anew.
    """
    newest = newest_mark(tx, site_id)
    if mark.item > newest.item or mark.location > newest.location:
        mark = Mark()
    items = tx.rows(_ITEMS, number=mark.item[0], id=mark.item[1], most=most)
    room = most - len(items)
    places = tx.rows(_LOCATIONS, site_id=site_id, number=mark.location[0], id=mark.location[1], most=room) if room else []
    after = Mark(_last(items, mark.item), _last(places, mark.location))
    codes = {**item_codes(tx, [row.id for row in items]), **location_codes(tx, [row.id for row in places])}
    return Page(codes, after, more=after != newest, afresh=mark.is_start)


def next_change(tx: Tx) -> int:
    """The number of a change. Taken before any row is touched: who comes later waits here and holds nothing yet."""
    return next_number(tx, "codes")


def item_changed(tx: Tx, item_id: int, number: int) -> None:
    """An item has other codes, or codes that say something else, since a change."""
    tx.execute(_ITEM_CHANGED, {"id": item_id, "number": number})


def _last(rows: list[Any], before: Point) -> Point:
    return (rows[-1].number, rows[-1].id) if rows else before
