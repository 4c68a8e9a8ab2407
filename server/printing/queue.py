"""The durable queue of labels: written with what it belongs to, printed once, closed by a scan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from labels.reprint import marked_reprint
from server.kernel.audit import record, record_change
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.ids import new_secret
from server.kernel.transaction import Tx
from server.printing.content import guard_zpl, kept_values
from server.printing.states import COPIES_MAX, before, listed
from server.printing.templates import live_version

_PRINTER = text(
    "SELECT p.id, COALESCE((SELECT s.template_id FROM label_of_site s WHERE s.site_id = p.site_id AND s.name = :template), "
    "(SELECT t.id FROM label_template t WHERE t.name = :template AND t.state = 'live')) AS template_id "
    "FROM printer p WHERE p.site_id = :site_id ORDER BY CASE WHEN p.name = :printer THEN 0 WHEN p.zone = :zone THEN 1 ELSE 2 END, p.id LIMIT 1"
)
_ADD = text(
    "INSERT INTO print_job (unique_key, printer_id, label, code, template, template_id, payload, copies, reprint_of_id, created_at) "
    "VALUES (:unique_key, :printer_id, :label, :code, :template, :template_id, :payload, :copies, :reprint_of_id, :at) ON CONFLICT (unique_key) DO NOTHING "
    "RETURNING id"
)
_LAST = text("SELECT id, unique_key, state FROM print_job WHERE code = :code ORDER BY id DESC LIMIT 1")
_COUNT = text("SELECT COUNT(*) FROM print_job WHERE code = :code")
_JOB = text("SELECT id, printer_id, label, code, template, template_id, payload, copies, state, sent_at FROM print_job WHERE id = :id")
_VERIFIED = text(
    f"UPDATE print_job SET state = 'verified', verified_at = :at, error = NULL WHERE code = :code AND state IN ({listed(before('verified'))})"
)
_CANCEL = text("UPDATE print_job SET state = 'cancelled', error = NULL WHERE id = :id AND "
               "(state = 'queued' OR (state = 'held' AND sent_at IS NULL))")
_CAME_OUT = text("UPDATE print_job SET state = 'printed', printed_at = :at, error = NULL WHERE id = :id AND state = 'unknown'")
_DID_NOT = text("UPDATE print_job SET state = 'cancelled', error = 'It did not come out, and was printed again.' "
                "WHERE id = :id AND state = 'unknown'")
_ADD_PRINTER = text(
    "INSERT INTO printer (name, site_id, url, zone, language) VALUES (:name, :site_id, :url, :zone, :language) "
    "ON CONFLICT (name) DO UPDATE SET url = excluded.url, zone = excluded.zone, language = excluded.language RETURNING id"
)
_PRINTER_BEFORE = text("SELECT url, zone, language FROM printer WHERE name = :name")
_SITE_OF = text("SELECT site_id FROM printer WHERE id = :id")
_PRINTER_NAMED = text("SELECT id, site_id, name, answers FROM printer WHERE name = :name")
_SET_ANSWERS = text("UPDATE printer SET answers = :answers WHERE id = :id")
_PUT_NEIGHBOUR = text(
    "INSERT INTO printer_neighbour (printer_id, neighbour_id, after_seconds) VALUES (:printer_id, :neighbour_id, :after_seconds) "
    "ON CONFLICT (printer_id) DO UPDATE SET neighbour_id = excluded.neighbour_id, after_seconds = excluded.after_seconds"
)
_DROP_NEIGHBOUR = text("DELETE FROM printer_neighbour WHERE printer_id = :printer_id")
LANGUAGES: Mapping[str, int] = {"zpl": 203, "zpl300": 300, "zpl600": 600}
"""What printers speak, ZPL II, with their dots to the inch; one that tells its resolution itself is believed."""
AFTER_SECONDS_MAX = 86_400
ANSWERS = ("yes", "no")
"""Whether a printer ever says anything; one that does not is sent its labels blind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLabel:
    """One label: `label` is its kind, `code` what is scanned from it.

    What stands on it are the `values` of the `template` (that of its kind, if none is named), or `zpl`, which is sent as it is.
    """

    label: str
    code: str
    values: Mapping[str, Any] | None = None
    template: str = ""
    zpl: str = ""
    copies: int = 1

    @property
    def drawn_by(self) -> str:
        """The name of its template; "" for ZPL."""
        return "" if self.values is None else self.template or self.label


@dataclass(frozen=True, slots=True)
class _Kept:
    """A label as it is written down."""

    template: str
    template_id: int | None
    payload: str


def put_printer(tx: Tx, name: str, site_id: int, url: str, *, zone: str = "", language: str = "zpl") -> int:
    """Makes or changes a printer: where it is, whose labels come out there, and what it speaks."""
    known, new = tx.row(_PRINTER_BEFORE, name=name), {"url": url, "zone": zone, "language": language}
    number = int(tx.scalar(_ADD_PRINTER, name=name, site_id=site_id, **new))
    record_change(tx, "printer.put", name, old=known._mapping if known is not None else None, new=new)
    return number


def set_answers(tx: Tx, name: str, answers: str) -> None:
    """Says whether a printer ever answers, one of ANSWERS. NotFound when there is none."""
    printer = printer_named(tx, name)
    tx.execute(_SET_ANSWERS, {"id": printer.id, "answers": answers})
    record_change(tx, "printer.answers", name, old={"answers": printer.answers}, new={"answers": answers})


def set_neighbour(tx: Tx, name: str, neighbour: str, after_seconds: int) -> None:
    """While the printer is out for longer than that, what was not sent comes out at its neighbour; "" for no neighbour.

    Raises NotFound for a printer of no or of another warehouse, Invalid for itself and for times beyond a day.
    """
    mine = printer_named(tx, name)
    record(tx, "printer.neighbour", name, neighbour=neighbour, after_seconds=after_seconds)
    if not neighbour:
        tx.execute(_DROP_NEIGHBOUR, {"printer_id": mine.id})
        return
    other = printer_named(tx, neighbour)
    if other.site_id != mine.site_id:
        raise NotFound(f"There is no printer {neighbour[:64]} in the warehouse of {name}.", what=neighbour[:64])
    if other.id == mine.id:
        raise Invalid("A printer cannot stand in for itself. Name another one of the warehouse.", field="neighbour")
    if not 0 <= after_seconds <= AFTER_SECONDS_MAX:
        raise Invalid(f"The neighbour takes over after 0 to {AFTER_SECONDS_MAX} seconds.", field="after_seconds")
    tx.execute(_PUT_NEIGHBOUR, {"printer_id": mine.id, "neighbour_id": other.id, "after_seconds": after_seconds})


def printer_named(tx: Tx, name: str) -> Any:
    """The printer's id, site_id, name and answers; NotFound when there is none."""
    found = tx.row(_PRINTER_NAMED, name=name)
    if found is None:
        raise NotFound(f"There is no printer {name[:64]}. `aisle printers` shows them all.", what=name[:64])
    return found


def print_label(tx: Tx, site_id: int, new: NewLabel, *, zone: str = "", printer: str = "") -> int | None:
    """Asks for the first label of a code; asked again nothing happens. None when the site has no printer, Invalid when it cannot be drawn.

    It comes out at the `printer` of this name, else at one of the `zone`, else at the site's first.
    """
    return _add_at_site(tx, site_id, (printer, zone), new, copy=0)


def reprint_label(tx: Tx, site_id: int, new: NewLabel, *, zone: str = "", printer: str = "") -> int | None:
    """Asks for one more label of a code, kept as a reprint of the last and marked as one. None when the site has no printer."""
    return _add_at_site(tx, site_id, (printer, zone), new, copy=int(tx.scalar(_COUNT, code=new.code)))


def print_at(tx: Tx, printer_id: int, new: NewLabel) -> int:
    """Asks for a label at this very printer, each time it is called. Raises Invalid for what cannot be drawn, or too many copies."""
    guard_copies(new.copies)
    if new.values is None:
        guard_zpl(new.zpl)
    kept = _kept(tx, new, live_version(tx, new.drawn_by, tx.scalar(_SITE_OF, id=printer_id)) if new.drawn_by else None)
    return _add(tx, printer_id, (new, kept), unique_key=f"{new.label}:{new.code}:{new_secret('print', 48)}", reprint_of=None)


def printer_for(tx: Tx, site_id: int, printer: str = "") -> int | None:
    """Where a label comes out that is asked for at the printer of this name; None when the site has no printer."""
    found = tx.row(_PRINTER, site_id=site_id, printer=printer, zone="", template="")
    return int(found.id) if found is not None else None


def guard_copies(copies: int) -> None:
    """Invalid beyond the limit: who means a roll prints it in several goes, who mistyped it does not print one."""
    if not 1 <= copies <= COPIES_MAX:
        raise Invalid(f"{copies} copies are asked for; 1 to {COPIES_MAX} can be printed at once.", field="copies")


def label_seen(tx: Tx, code: str) -> bool:
    """The label was read from where it was stuck: that is the proof that it was printed."""
    return bool(tx.changed(_VERIFIED, code=code, at=tx.now))


def last_job(tx: Tx, code: str) -> Any:
    """The newest job for a code, if there is one."""
    return tx.row(_LAST, code=code)


def reprint_job(tx: Tx, number: int) -> int:
    """Asks for one more of a label, marked REPRINT, at the printer where it was; NotFound when there is none."""
    job = _job(tx, number)
    count = int(tx.scalar(_COUNT, code=job.code))
    new = NewLabel(label=job.label, code=job.code, copies=job.copies)
    return _add(tx, job.printer_id, (new, _Kept(job.template, job.template_id, job.payload)),
                unique_key=f"{job.label}:{job.code}:{count}:{number}", reprint_of=number)


def cancel_job(tx: Tx, number: int) -> None:
    """The label shall not come out; NotFound when there is none, Conflict when it was sent."""
    job = _job(tx, number)
    if not tx.changed(_CANCEL, id=number):
        raise Conflict(f"Label {number} is {job.state}: only a label that waits can be cancelled.", state=job.state)


def answer_unknown(tx: Tx, number: int, *, came_out: bool) -> int:
    """Somebody looked. What came out is printed; what did not is printed again with the mark REPRINT, since nobody can be quite sure.

    The number of the job that now counts. Raises NotFound when there is none, Conflict when it was not asked about.
    """
    job = _job(tx, number)
    if not tx.changed(_CAME_OUT if came_out else _DID_NOT, id=number, **({"at": tx.now} if came_out else {})):
        raise Conflict(f"Label {number} is {job.state}: nobody asks whether it came out.", state=job.state)
    return number if came_out else reprint_job(tx, number)


def _job(tx: Tx, number: int) -> Any:
    job = tx.row(_JOB, id=number)
    if job is None:
        raise NotFound(f"There is no label {number}.", what=str(number))
    return job


def _add_at_site(tx: Tx, site_id: int, where: tuple[str, str], new: NewLabel, *, copy: int) -> int | None:
    printer = tx.row(_PRINTER, site_id=site_id, printer=where[0], zone=where[1], template=new.drawn_by)
    if printer is None:
        return None
    before_it = last_job(tx, new.code)
    return _add(tx, printer.id, (new, _kept(tx, new, printer.template_id)), unique_key=f"{new.label}:{new.code}:{copy}",
                reprint_of=before_it.id if before_it is not None and copy else None)


def _kept(tx: Tx, new: NewLabel, version_id: int | None) -> _Kept:
    if new.values is None:
        return _Kept("", None, new.zpl)
    payload, drawn_by = kept_values(tx, new.drawn_by, version_id, new.values)
    return _Kept(new.drawn_by, drawn_by, payload)


def _add(tx: Tx, printer_id: int, label: tuple[NewLabel, _Kept], *, unique_key: str, reprint_of: int | None) -> int:
    new, kept = label
    is_marked = reprint_of is not None and not kept.template  # what is drawn later is marked then
    number = tx.scalar(_ADD, unique_key=unique_key, printer_id=printer_id, label=new.label, code=new.code, copies=new.copies,
                       template=kept.template, template_id=kept.template_id, reprint_of_id=reprint_of, at=tx.now,
                       payload=marked_reprint(kept.payload) if is_marked else kept.payload)
    return int(number if number is not None else last_job(tx, new.code).id)  # who asked at the same moment may have been first
