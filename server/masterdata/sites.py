"""Sites with their account locations, and holders looked up by code."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from server.kernel.audit import record_change
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx

ACCOUNTS = ("SUPPLIER", "CUSTOMER", "VARIANCE", "SCRAP", "STATUS", "NEW-LPN", "PRODUCTION")
"""Where goods come from and go to outside the bins; each site has one of each: 'W1~SUPPLIER'."""

_ADD_HOLDER = text("INSERT INTO holder (kind) VALUES (:kind) RETURNING id")
_PLACE = text(
    "SELECT l.id, l.code, l.site_id, l.kind, l.zone, l.blocked FROM location l WHERE l.code = :code"
)
_PLACE_BY_ID = text(
    "SELECT l.id, l.code, l.site_id, l.kind, l.zone, l.blocked FROM location l WHERE l.id = :id"
)
_ACCOUNT = text(
    "SELECT l.id, l.code, l.site_id, l.kind, l.zone, l.blocked FROM location l "
    "JOIN site s ON s.id = l.site_id WHERE l.code = s.code || :ending AND s.id = :site_id"
)
_ADD_ACCOUNT = text(
    "INSERT INTO location (id, site_id, code, kind) VALUES (:id, :site_id, :code, 'account')"
)
_SITE = text("SELECT id FROM site WHERE code = :code")
_TIMEZONE = text("SELECT timezone FROM site WHERE id = :id")
_SITES = text("SELECT id, code, name, timezone FROM site ORDER BY id")
_NAMED = text("SELECT name, timezone FROM site WHERE code = :code")
_NAME = text("UPDATE site SET name = :name, timezone = :timezone WHERE code = :code")
_ADD_SITE = text(
    "INSERT INTO site (code, name, timezone, settings) VALUES (:code, :name, :timezone, :settings) RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A location or an LPN, as far as the ledger needs to know it; `parent_id` is what an LPN stood in when it was read."""

    id: int
    code: str
    site_id: int
    kind: str
    location_id: int
    zone: str = ""
    blocked: bool = False
    parent_id: int = 0

    @property
    def is_account(self) -> bool:
        """True for supplier, customer, variance ...: in the ledger, but not in the building."""
        return self.kind == "account"


def add_holder(tx: Tx, kind: str) -> int:
    """A new row number for a location or an LPN."""
    return int(tx.scalar(_ADD_HOLDER, kind=kind))


def add_site(tx: Tx, code: str, name: str, *, timezone: str = "UTC", settings: str = "{}") -> int:
    """A site with its accounts; `settings` is JSON text."""
    site_id = int(tx.scalar(_ADD_SITE, code=code, name=name, timezone=timezone, settings=settings))
    for account in ACCOUNTS:
        tx.execute(_ADD_ACCOUNT, {"id": add_holder(tx, "location"), "site_id": site_id, "code": f"{code}~{account}"})
    record_change(tx, "site.made", code, old=None, new={"name": name, "timezone": timezone})
    return site_id


def location_by_code(tx: Tx, code: str) -> Place:
    """The location with this label; NotFound when there is none."""
    row = tx.row(_PLACE, code=code)
    if row is None:
        raise NotFound(f"There is no location {code}. Check the label, or create the location.", what=code)
    return _place(row)


def location_by_id(tx: Tx, location_id: int) -> Place:
    """The location of a row number."""
    row = tx.row(_PLACE_BY_ID, id=location_id)
    if row is None:
        raise NotFound(f"There is no location with number {location_id}.", what=location_id)
    return _place(row)


def account(tx: Tx, site_id: int, name: str) -> Place:
    """The account of a site with this name, such as "SUPPLIER"."""
    return tx.lasting(("account", site_id, name), lambda: _account(tx, site_id, name))


def _account(tx: Tx, site_id: int, name: str) -> Place:
    row = tx.row(_ACCOUNT, site_id=site_id, ending=f"~{name}")
    if row is None:
        raise NotFound(f"Site {site_id} has no account {name}.", what=name)
    return _place(row)


def _place(row: Any) -> Place:
    return Place(row.id, row.code, row.site_id, row.kind, row.id, row.zone, bool(row.blocked))


def local_clock(tx: Tx, site_id: int, at: int) -> str:
    """A moment as the clock of a site shows it, with its day where that is another one."""
    zone = ZoneInfo(tx.scalar(_TIMEZONE, id=site_id) or "UTC")
    then, now = (datetime.fromtimestamp(one / 1000, UTC).astimezone(zone) for one in (at, tx.now))
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%m-%d %H:%M}"


def site_id_of(tx: Tx, code: str) -> int:
    """The number of a site; NotFound when there is none."""
    number = tx.scalar(_SITE, code=code)
    if number is None:
        raise NotFound(f"There is no warehouse {code[:32]}.", what=code[:32])
    return int(number)


def sites(tx: Tx) -> list[Any]:
    """All sites, by number."""
    return tx.rows(_SITES)


def name_site(tx: Tx, code: str, *, name: str | None = None, timezone: str | None = None) -> None:
    """Calls a site otherwise, or puts it into another time zone; what is not given stays."""
    known = tx.row(_NAMED, code=code)
    new = {"name": name if name is not None else known.name, "timezone": timezone if timezone is not None else known.timezone}
    tx.execute(_NAME, {"code": code, **new})
    record_change(tx, "site.named", code, old=known._mapping, new=new)


def first_site(tx: Tx) -> int:
    """The site of who belongs to none; NotFound while there is none."""
    found = sites(tx)
    if not found:
        raise NotFound("There is no warehouse yet. Make one on the page /guide, or on the server: aisle init --site W1 --bins 'W1-{A..D}-{01..20}-{1..4}'", what="site")
    return int(found[0].id)
