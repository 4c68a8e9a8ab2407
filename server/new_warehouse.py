"""A warehouse begins: with places besides bins, a printer that writes files, and a rule that lets orders through."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.sites import add_site
from server.printing.queue import put_printer
from server.wms.release_rules import ReleaseRule, put_rule

_SITE = text("SELECT id FROM site WHERE code = :code")
_PLACE = text("SELECT 1 FROM location WHERE code = :code")
_PRINTER = text("SELECT 1 FROM printer WHERE name = 'labels'")
_CODE_MAX = 10


def begin_warehouse(tx: Tx, code: str, name: str, var: Path, bins: Sequence[NewLocation], *, pattern: str = "", timezone: str = "UTC") -> int:
    """Makes a warehouse, or more bins of one that is there, which keeps its printer and its rule; its number."""
    known = tx.scalar(_SITE, code=code)
    number = int(known) if known is not None else add_site(tx, code, name, timezone=timezone)
    for one in [*bins, *_other_places(tx, code)]:
        put_location(tx, number, one)
    record(tx, "location.made", pattern, made=len(bins))
    if known is None:
        is_first = tx.scalar(_PRINTER) is None
        put_printer(tx, "labels" if is_first else f"labels-{code}", number, (var / "labels").resolve().as_uri())
        put_rule(tx, ReleaseRule(site_id=number, name="streaming", streaming=True, hold_seconds=120))
    return number


def guard_names(code: str, name: str) -> None:
    """Invalid for what no warehouse is called."""
    if not (code.isascii() and code.isalnum() and len(code) <= _CODE_MAX):
        raise Invalid(f"A warehouse's code is 1 to {_CODE_MAX} letters and digits, such as W1.", field="code")
    if not 0 < len(name) <= 128 or not name.isprintable():
        raise Invalid("A name is 1 to 128 printable characters.", field="name")


def _other_places(tx: Tx, site: str) -> list[NewLocation]:
    """The places that every warehouse has besides bins; those that are there stay as they are."""
    wanted = [NewLocation(code=f"{site}-{kind.upper()}-1", kind=kind) for kind in ("dock", "stage", "pack", "door")]
    return [one for one in wanted if tx.scalar(_PLACE, code=one.code) is None]
