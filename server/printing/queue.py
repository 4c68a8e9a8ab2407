"""The durable queue of labels: written with what it belongs to, printed once, verified by a scan."""

from typing import Any

from sqlalchemy import text

from server.kernel.audit import record_change
from server.kernel.transaction import Tx

_PRINTER = text(
    "SELECT id FROM printer WHERE site_id = :site_id ORDER BY CASE WHEN zone = :zone THEN 0 ELSE 1 END, id LIMIT 1"
)
_ADD = text(
    "INSERT INTO print_job (unique_key, printer_id, label, code, payload, reprint_of_id, created_at) "
    "VALUES (:unique_key, :printer_id, :label, :code, :payload, :reprint_of_id, :at) ON CONFLICT (unique_key) DO NOTHING "
    "RETURNING id"
)
_LAST = text("SELECT id, unique_key, state FROM print_job WHERE code = :code ORDER BY id DESC LIMIT 1")
_COUNT = text("SELECT COUNT(*) FROM print_job WHERE code = :code")
_VERIFIED = text(
    "UPDATE print_job SET state = 'verified', verified_at = :at WHERE code = :code AND state IN ('waiting', 'sent', 'failed')"
)
_ADD_PRINTER = text(
    "INSERT INTO printer (name, site_id, url, zone, language) VALUES (:name, :site_id, :url, :zone, :language) "
    "ON CONFLICT (name) DO UPDATE SET url = excluded.url, zone = excluded.zone, language = excluded.language RETURNING id"
)
_PRINTER_BEFORE = text("SELECT url, zone, language FROM printer WHERE name = :name")
FINER = "zpl300"
LANGUAGES = ("zpl", FINER)
"""What printers speak: ZPL II with 203 or with 300 dots to the inch."""


def put_printer(tx: Tx, name: str, site_id: int, url: str, *, zone: str = "", language: str = LANGUAGES[0]) -> int:
    """Makes or changes a printer: where it is, whose labels come out there, and what it speaks."""
    known, new = tx.row(_PRINTER_BEFORE, name=name), {"url": url, "zone": zone, "language": language}
    number = int(tx.scalar(_ADD_PRINTER, name=name, site_id=site_id, **new))
    record_change(tx, "printer.put", name, old=known._mapping if known is not None else None, new=new)
    return number


def print_label(tx: Tx, site_id: int, *, label: str, code: str, payload: str, zone: str = "") -> int | None:
    """Asks for the first label of a code; asked again nothing happens. None when the site has no printer."""
    return _add(tx, site_id, label=label, code=code, payload=payload, zone=zone, copy=0)


def reprint_label(tx: Tx, site_id: int, *, label: str, code: str, payload: str, zone: str = "") -> int | None:
    """Asks for one more label of a code, kept as a reprint of the last. None when the site has no printer."""
    return _add(tx, site_id, label=label, code=code, payload=payload, zone=zone, copy=int(tx.scalar(_COUNT, code=code)))


def label_seen(tx: Tx, code: str) -> bool:
    """The label was read from where it was stuck: that is the proof that it was printed."""
    return bool(tx.changed(_VERIFIED, code=code, at=tx.now))


def last_job(tx: Tx, code: str) -> Any:
    """The newest job for a code, if there is one."""
    return tx.row(_LAST, code=code)


def _add(tx: Tx, site_id: int, *, label: str, code: str, payload: str, zone: str, copy: int) -> int | None:
    printer = tx.scalar(_PRINTER, site_id=site_id, zone=zone)
    if printer is None:
        return None
    before = last_job(tx, code)
    number = tx.scalar(_ADD, unique_key=f"{label}:{code}:{copy}", printer_id=printer, label=label, code=code,
                       payload=payload, reprint_of_id=before.id if before is not None and copy else None, at=tx.now)
    return int(number if number is not None else last_job(tx, code).id)  # who asked at the same moment may have been first
