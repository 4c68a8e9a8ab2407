"""What an order is told on arrival: when it leaves."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.kernel.transaction import Tx
from server.masterdata.site_settings import settings_and_timezone


def next_cutoff(tx: Tx, site_id: int) -> int:
    """The next time of day at which the site's carriers leave, in ms; local times come from the site's settings."""
    return cutoff_from(tx, site_id, tx.now)


def cutoff_from(tx: Tx, site_id: int, at: int) -> int:
    """The first after a moment."""
    settings, timezone = settings_and_timezone(tx, site_id)
    return cutoff_after(at, settings.cutoffs, timezone)


def cutoff_after(at: int, cutoffs: Sequence[str], timezone: str | None) -> int:
    """The first of these local times ("HH:MM") after a moment (UTC, ms), today or tomorrow; the moment itself where there are none."""
    now = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(timezone or "UTC"))
    for day in range(2):
        for clock in sorted(cutoffs):
            hour, minute = map(int, clock.split(":"))
            leaves = (now + timedelta(days=day)).replace(hour=hour, minute=minute, second=0, microsecond=0)
            if leaves > now:
                return int(leaves.timestamp() * 1000)
    return at
