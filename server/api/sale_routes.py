"""What the tills of shops have sold, taken back and voided, and what of it was booked."""

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from pydantic import ConfigDict, Field

from server.api.paging import PageQuery, cursor_of
from server.api.parts import as_dicts, caller, read
from server.kernel.transaction import Tx
from server.masterdata.sites import site_id_of
from server.oms.sales_found import Place, Wanted, lines_of_sale, moves_of_sale, sale_by_id, sales_found

sales = APIBlueprint("sales", __name__, url_prefix="/api/v1/sales", tag="Channels")
BLUEPRINTS = (sales,)
_TOLD = ("id", "site", "channel", "channel_name", "state", "sold_at", "taken_at", "voided_at", "currency", "total", "lines", "pieces", "unknown", "missing")


class SalesQuery(PageQuery):
    """`only`: voided; unknown, of which an item has still to be named; or missing, of which the book had not all. `search` is register/receipt.

    `from` and `to` are the first and the last day, by the clock of the shop that sold.
    """

    model_config = ConfigDict(populate_by_name=True)
    limit: int = Field(50, ge=1, le=200)
    site: str = Field("", max_length=16)
    channel: str = Field("", max_length=32)
    only: str = Field("", pattern="^(voided|unknown|missing)?$")
    search: str = Field("", max_length=128)
    since: date | None = Field(None, alias="from")
    until: date | None = Field(None, alias="to")

    @property
    def before(self) -> Place | None:
        """The place before which the page begins."""
        if not self.cursor:
            return None
        at, number = self.place(2)
        return at, number


@sales.get("")
@sales.input(SalesQuery, location="query", arg_name="query")
@sales.doc(summary="What tills have sold, what was sold last first")
def sales_(query: SalesQuery) -> dict[str, Any]:
    """Of the caller's warehouse, or all. A page may hold less than was asked for and have a `next`: so far was looked."""
    def look(tx: Tx) -> dict[str, Any]:
        site_id = site_id_of(tx, query.site) if query.site else caller().site_id
        if site_id is not None:
            caller().guard_site(site_id)
        rows, following = sales_found(tx, Wanted(site_id=site_id, channel=query.channel, only=query.only, receipt=query.search.strip(), since=query.since, until=query.until),
                                      query.before, query.limit)
        return {"items": [_told(row) for row in rows], "next": None if following is None else cursor_of(*following)}

    return read(look)


@sales.get("/<int:number>")
@sales.doc(summary="A sale with its lines, and what of it is in the ledger")
def sale(number: int) -> dict[str, Any]:
    """404 when there is none. A quantity below zero was brought back; `missing` pieces were sold and were not in the book."""
    def look(tx: Tx) -> dict[str, Any]:
        row = sale_by_id(tx, number)
        caller().guard_site(row.site_id)
        return {**_told(row), "items": as_dicts(lines_of_sale(tx, number)), "moves": as_dicts(moves_of_sale(tx, number))}

    return read(look)


def _told(row: Any) -> dict[str, Any]:
    register, _, receipt = row.ref.partition("/")
    return {**{name: getattr(row, name) for name in _TOLD}, "register": register, "receipt": receipt}
