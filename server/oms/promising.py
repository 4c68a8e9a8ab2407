"""What an order is told on arrival: how much of each line, and when it leaves."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.stock.availability import promisable, promise
from server.stock.errors import NotPromisable
from server.stock.goods import GoodsKey

_TIMEZONE = text("SELECT timezone FROM site WHERE id = :id")
_TRIES = 3


def promise_up_to(tx: Tx, site_id: int, goods: GoodsKey, wanted: int, *, reference: str) -> int:
    """Promises as much of `wanted` as the site has left, under a reference; how much."""
    for _ in range(_TRIES):
        quantity = min(wanted, promisable(tx, site_id, goods.item_id, goods.owner_id))
        if quantity <= 0:
            return 0
        try:
            promise(tx, site_id, goods, quantity, reference=reference)
        except NotPromisable:
            continue  # somebody was faster; there may be a smaller rest
        return quantity
    return 0


def next_cutoff(tx: Tx, site_id: int) -> int:
    """The next time of day at which the site's carriers leave, in ms; local times come from the site's settings."""
    settings = site_settings(tx, site_id)
    zone = ZoneInfo(tx.scalar(_TIMEZONE, id=site_id) or "UTC")
    now = datetime.fromtimestamp(tx.now / 1000, UTC).astimezone(zone)
    for day in range(2):
        for clock in sorted(settings.cutoffs):
            hour, minute = map(int, clock.split(":"))
            at = (now + timedelta(days=day)).replace(hour=hour, minute=minute, second=0, microsecond=0)
            if at > now:
                return int(at.timestamp() * 1000)
    return tx.now
