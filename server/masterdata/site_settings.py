"""What a site may choose, with its defaults."""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import JSON, bindparam, text

from labels.gs1 import CatchWeight, ParseSettings
from server.kernel.audit import record_change
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx

_GET = text("SELECT code, settings, timezone FROM site WHERE id = :id").columns(settings=JSON)
_SET = text("UPDATE site SET settings = :settings WHERE id = :id").bindparams(bindparam("settings", type_=JSON))
DEMONSTRATION_PREFIX = "9520000"
"""GS1 keeps prefix 952 for demonstrations: parcels of a firm without a company prefix of its own say so."""


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The choices of a site.

    `cross_aisles_mm` are the y of cross aisles (empty: one before and one behind the racks); `depot_mm` is where
    pickers start and end (empty: the first aisle at the first cross aisle). `one_way_up_mm` and `one_way_down_mm` are
    the x of aisles that are only walked towards greater or lesser y. In aisles at `narrow_aisles_mm` never two people work at
    once; levels of `forklift_levels` are reached by a forklift, ways of picking in `trolley_picking` need a trolley. When the next
    task is chosen a step of priority is worth `next_priority_m` metres, a cut-off that has come `next_cutoff_m`, one that is
    `next_cutoff_minutes` away none. `cutoffs` are local times "HH:MM".
    Where `pack_weigh` is yes a parcel gets its label once a scale has said what its items and a carton of `pack_carton_g` should
    weigh; `pack_tolerance_percent` is of items whose weight was not learnt yet. `catch_weight` holds layouts of variable-measure EAN-13 such as 28IIIIIWWWWWC, `group_separators` what the
    site's scanners send for GS beside the usual. `order_checks` says whether orders that come by the API (and not from a channel, which says so
    itself) are looked at, and whether one that nobody could deliver is held. What waits for its customer does so for `collect_days`. `cost_per_hour_cents` is what an hour of work costs, in hundredths of `currency`; 0 where nobody said. What has come
    to the dock is on its shelf after `dock_to_stock_hours`, for the dates of orders that wait for it. `country` (two letters),
    `city` and `coordinates` (latitude, longitude in degrees; empty: those of the city) say where it is, for the way of a parcel; an address that
    names no country is in this one.
    Customers may send back within `return_days` after it left, to `return_address` (empty: the site's name); `return_refunds` says whether money
    goes back by itself when all has come back as good as new (restocked), or always by somebody's word (ask). Who takes an order may sell for another
    price than the catalogue's from the role of `price_changes` on.
    """

    cross_aisles_mm: tuple[int, ...] = ()
    depot_mm: tuple[int, ...] = ()
    one_way_up_mm: tuple[int, ...] = ()
    one_way_down_mm: tuple[int, ...] = ()
    narrow_aisles_mm: tuple[int, ...] = ()
    forklift_levels: tuple[int, ...] = ()
    trolley_picking: tuple[str, ...] = ()
    next_priority_m: int = 10
    next_cutoff_m: int = 300
    next_cutoff_minutes: int = 60
    pick_scan: str = "item"
    pack_check: str = "full"
    pack_weigh: str = "no"
    pack_carton_g: int = 0
    pack_tolerance_g: int = 15
    pack_tolerance_percent: int = 3
    gcp: str = DEMONSTRATION_PREFIX
    cutoffs: tuple[str, ...] = ("16:00",)
    receive_over_percent: int = 0
    receive_under_percent: int = 0
    count_tolerance_units: int = 0
    count_tolerance_percent: int = 0
    catch_weight: tuple[str, ...] = ()
    group_separators: tuple[str, ...] = ()
    cost_per_hour_cents: int = 0
    currency: str = ""
    order_checks: str = "hint"
    dock_to_stock_hours: int = 4
    country: str = ""
    city: str = ""
    coordinates: tuple[float, ...] = ()
    return_days: int = 14
    return_refunds: str = "ask"
    return_address: str = ""
    collect_days: int = 7
    price_changes: str = "manager"


def site_settings(tx: Tx, site_id: int) -> SiteSettings:
    """The settings of a site; what it does not say has its default."""
    return settings_and_timezone(tx, site_id)[0]


def settings_and_timezone(tx: Tx, site_id: int) -> tuple[SiteSettings, str | None]:
    """The settings of a site, and the timezone that its local times are of; None where nobody said. NotFound for an unknown site."""
    row = tx.row(_GET, id=site_id)
    if row is None:
        raise NotFound(f"There is no site with number {site_id}.", what=site_id)
    known = {field.name for field in fields(SiteSettings)}
    chosen: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value
                              for name, value in (row.settings or {}).items() if name in known}
    return SiteSettings(**chosen), row.timezone


def label_settings(settings: SiteSettings) -> ParseSettings:
    """How the labels of a site are read."""
    return ParseSettings(tuple(CatchWeight.of(pattern) for pattern in settings.catch_weight), settings.group_separators)


def set_site_settings(tx: Tx, site_id: int, **changes: Any) -> None:
    """Changes some settings of a site and keeps the others."""
    row = tx.row(_GET, id=site_id)
    if row is None:
        raise NotFound(f"There is no site with number {site_id}.", what=site_id)
    known = row.settings or {}
    tx.execute(_SET, {"id": site_id, "settings": {**known, **changes}})
    record_change(tx, "site.settings", row.code, old=known, new=changes)
