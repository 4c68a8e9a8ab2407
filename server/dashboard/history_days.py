"""Hours, days, weeks and months as a site's clock tells them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from server.kernel.clock import HOUR
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx

_TIMEZONE = text("SELECT timezone FROM site WHERE id = :id")
STEPS = ("hour", "day", "week", "month")


def zone_of(tx: Tx, site_id: int) -> ZoneInfo:
    """A site's time zone."""
    name = tx.scalar(_TIMEZONE, id=site_id)
    if name is None:
        raise NotFound(f"There is no site with number {site_id}.", what=site_id)
    return ZoneInfo(str(name) or "UTC")


def local(at: int, zone: ZoneInfo) -> datetime:
    """An instant on a site's clock."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)


def midnight(day: date, zone: ZoneInfo) -> int:
    """When a day of a site begins."""
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)


def hour_of(at: int, zone: ZoneInfo) -> int:
    """When the hour of a site's clock began that an instant is in; not every zone is whole hours from UTC."""
    offset = local(at, zone).utcoffset() or timedelta()
    ahead = int(offset.total_seconds() * 1000)
    return at - (at + ahead) % HOUR


def next_hour(at: int, zone: ZoneInfo) -> int:
    """When the following hour begins."""
    following = hour_of(at + HOUR, zone)
    return following if following > at else hour_of(at + 2 * HOUR, zone)


def begins(at: int, step: str, zone: ZoneInfo) -> int:
    """When the hour, day, week (from Monday) or month began that an instant is in."""
    if step == "hour":
        return hour_of(at, zone)
    day = local(at, zone).date()
    if step == "week":
        day -= timedelta(days=day.weekday())
    return midnight(day.replace(day=1) if step == "month" else day, zone)


def ends(at: int, step: str, zone: ZoneInfo) -> int:
    """When the step is over that an instant is in."""
    if step == "hour":
        return next_hour(hour_of(at, zone), zone)
    day = local(begins(at, step, zone), zone).date()
    if step == "month":
        return midnight((day + timedelta(days=32)).replace(day=1), zone)
    return midnight(day + timedelta(days=7 if step == "week" else 1), zone)


def steps(since: int, until: int, step: str, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """The steps of a span; the first and the last end where the span does."""
    at = since
    while at < until:
        end = min(ends(at, step, zone), until)
        yield at, end
        at = end
