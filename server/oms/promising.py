"""What an order is told on arrival: when it leaves."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings

_TIMEZONE = text("SELECT timezone FROM site WHERE id = :id")


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
