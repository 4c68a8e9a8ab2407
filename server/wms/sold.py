"""A till's sale that the book cannot be right about: the bins that it was taken from are counted."""

from sqlalchemy import bindparam, text

from server.events import SoldOffBook
from server.kernel.transaction import Tx, in_list
from server.wms.counting import request_count

_COUNTED_SINCE = text(
    "SELECT DISTINCT location_id FROM cycle_count WHERE site_id = :site_id AND counted_at >= :since AND state = 'done' AND location_id IN :locations "
    "ORDER BY location_id"
).bindparams(bindparam("locations", expanding=True))


def doubt_after_sale(tx: Tx, event: SoldOffBook) -> None:
    """More was sold than the book had: the bin where it should have lain is counted; and each that was counted after the sale and before it was known."""
    if event.missing and event.locations:
        request_count(tx, event.locations[0], "variance")
    for row in tx.rows(_COUNTED_SINCE, site_id=event.site_id, since=event.sold_at, locations=in_list(event.locations)):
        request_count(tx, row.location_id, "variance")
