"""What is expected: ASNs, purchase orders and returns, written before the goods come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, text

from labels.gs1 import check_digit
from server.events import InboundReopened
from server.kernel.audit import record_change
from server.kernel.counters import next_number
from server.kernel.errors import Conflict, Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.items import ItemRow, item_by_code
from server.masterdata.parties import own_stock
from server.masterdata.site_settings import site_settings
from server.stock.expected import announce

LINES_MAX = 5_000
_ADD = text(
    "INSERT INTO inbound (code, kind, site_id, party_id, expected_at, created_at) "
    "VALUES (:code, :kind, :site_id, :party_id, :expected_at, :at) ON CONFLICT (code) DO NOTHING RETURNING id"
)
_ADD_LINE = text(
    "INSERT INTO inbound_line (inbound_id, number, item_id, owner_id, quantity, lot, expiry_on, sscc, over_percent, hold, "
    "closed_reason) VALUES (:inbound_id, :number, :item_id, :owner_id, :quantity, :lot, :expiry_on, :sscc, :over_percent, :hold, "
    ":closed_reason) RETURNING id"
).bindparams(bindparam("expiry_on", type_=Date))
_BY_CODE = text("SELECT id, code, kind, site_id, state, dock_id FROM inbound WHERE code = :code")
_LINES = text(
    "SELECT l.id, l.number, l.item_id, l.owner_id, l.quantity, l.received, l.damaged, l.lot, l.expiry_on, l.sscc, l.over_percent, "
    "l.hold, l.closed_reason, "
    "i.code AS item, i.name, i.tracks_lot, i.tracks_serial, i.tracks_expiry, i.catch_weight "
    "FROM inbound_line l JOIN item i ON i.id = l.item_id WHERE l.inbound_id = :id ORDER BY l.number"
).columns(expiry_on=Date)
_OF_SSCC = text("SELECT n.code FROM inbound_line l JOIN inbound n ON n.id = l.inbound_id "
                "WHERE l.sscc = :sscc AND n.site_id = :site_id AND n.state IN ('expected', 'receiving') LIMIT 1")
_COUNT = text("UPDATE inbound_line SET received = received + :quantity, damaged = damaged + :damaged WHERE id = :id "
              "AND (received + :quantity) * 100 <= quantity * (100 + over_percent)")
_LINE = text("SELECT l.quantity, l.received, i.code AS item FROM inbound_line l JOIN item i ON i.id = l.item_id "
             "WHERE l.id = :id")
_SET_STATE = text("UPDATE inbound SET state = :state WHERE id = :id AND state <> :state")
_BEGIN = text("UPDATE inbound SET state = CASE WHEN state = 'expected' THEN 'receiving' ELSE state END WHERE id = :id RETURNING code, state")
_HOLD = text("UPDATE inbound SET state = state WHERE code = :code RETURNING id, code, kind, site_id, state, dock_id")
_REOPEN = text("UPDATE inbound SET state = 'receiving' WHERE id = :id AND state = 'received' RETURNING code")
_STATE = text("SELECT code, state FROM inbound WHERE id = :id")
_PAPER_OF_LINE = text("SELECT inbound_id FROM inbound_line WHERE id = :id")
_REOPEN_LINE = text("UPDATE inbound_line SET closed_reason = :reason WHERE id = :id")
_ANNOUNCED_AGAIN = text(
    "SELECT l.sscc, n.code FROM inbound_line m JOIN inbound_line l ON l.sscc = m.sscc AND l.inbound_id <> m.inbound_id "
    "JOIN inbound n ON n.id = l.inbound_id AND n.state <> 'cancelled' WHERE m.inbound_id = :id AND m.received < m.quantity LIMIT 1"
)
_OPEN_REST = text("SELECT COUNT(*) FROM inbound_line WHERE inbound_id = :id AND received < quantity")
_UNCOUNT = text("UPDATE inbound_line SET received = received - :quantity, damaged = damaged - :damaged "
                "WHERE id = :id AND received >= :quantity AND damaged >= :damaged AND received - :quantity >= damaged - :damaged")
_DROP_LINE = text("DELETE FROM inbound_line WHERE id = :id AND received = 0")
_CLOSE = text("UPDATE inbound_line SET closed_reason = :reason WHERE inbound_id = :id AND received < quantity")
_NEXT_LINE = text("SELECT COALESCE(MAX(number), 0) + 1 FROM inbound_line WHERE inbound_id = :id")
_SET_DOCK = text("UPDATE inbound SET dock_id = :dock_id WHERE id = :id")


class OverReceipt(Refusal):
    """More came than the paper and its tolerance allow."""

    code = "over_receipt"


class AnnouncedAgain(Refusal):
    """What a paper was closed without is expected on another paper."""

    code = "announced_again"


class PaperGone(Refusal):
    """A paper was cancelled: nothing more comes on it."""

    code = "paper_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInboundLine:
    """A line that is expected; quantity in smallest units (grams for catch weight).

    Without `over_percent` the site's own tolerance holds; with `hold` the goods are kept for inspection when they come.
    """

    item: str
    quantity: int
    lot: str = ""
    expiry_on: date | None = None
    sscc: str | None = None
    over_percent: int | None = None
    hold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInbound:
    """An ASN, purchase order or return to be written."""

    code: str
    kind: str
    site_id: int
    lines: Sequence[NewInboundLine]
    party_id: int | None = None
    expected_at: int | None = None


@dataclass(frozen=True, slots=True)
class InboundRow:
    """The head of an inbound paper."""

    id: int
    code: str
    kind: str
    site_id: int
    state: str
    dock_id: int | None = None


def put_inbound(tx: Tx, new: NewInbound) -> int:
    """Writes an inbound paper; its number. Invalid names the lines that are wrong, Conflict a code that is taken."""
    _check(new)
    number = tx.scalar(_ADD, code=new.code, kind=new.kind, site_id=new.site_id, party_id=new.party_id,
                       expected_at=new.expected_at, at=tx.now)
    if number is None:
        raise Conflict(f"{new.code} exists already. Use another code, or cancel the first.", what=new.code)
    owner, over_percent = own_stock(tx), site_settings(tx, new.site_id).receive_over_percent
    for position, line in enumerate(new.lines, 1):
        item = item_by_code(tx, line.item)
        _check_tracked(new, position, line, item)
        tx.execute(_ADD_LINE, {
            "inbound_id": number, "number": position, "item_id": item.id, "owner_id": owner, "quantity": line.quantity,
            "lot": line.lot, "expiry_on": line.expiry_on, "sscc": line.sscc, "hold": int(line.hold), "closed_reason": None,
            "over_percent": over_percent if line.over_percent is None else line.over_percent})
    announce(tx, number)
    record_change(tx, "inbound.made", new.code, old=None, new={"kind": new.kind, "site_id": new.site_id, "lines": len(new.lines)})
    return int(number)


def open_blind(tx: Tx, site_id: int, dock_id: int) -> InboundRow:
    """A paper for goods that nobody announced, received at a dock."""
    code = f"BLIND-{next_number(tx, 'blind'):05d}"
    number = tx.scalar(_ADD, code=code, kind="blind", site_id=site_id, party_id=None, expected_at=None, at=tx.now)
    tx.execute(_SET_DOCK, {"id": number, "dock_id": dock_id})
    return inbound_by_code(tx, code)


def add_line(tx: Tx, paper: InboundRow, item_id: int, quantity: int, *, lot: str = "", expiry_on: date | None = None,
             reason: str | None = None) -> int:
    """A line for what came and was not on the paper, already counted as wanted; its row number."""
    return int(tx.scalar(
        _ADD_LINE, inbound_id=paper.id, number=tx.scalar(_NEXT_LINE, id=paper.id), item_id=item_id, owner_id=own_stock(tx),
        quantity=quantity, lot=lot, expiry_on=expiry_on, sscc=None, over_percent=0, hold=0, closed_reason=reason))


def uncount_received(tx: Tx, line_id: int, quantity: int, damaged: int = 0, *, added: bool = False) -> None:
    """Takes a receipt off its line again; a line that was `added` for it goes with it."""
    if not tx.changed(_UNCOUNT, id=line_id, quantity=quantity, damaged=damaged):
        raise AssertionError(f"inbound line {line_id} has less received than was to be undone")
    if added:
        tx.execute(_DROP_LINE, {"id": line_id})


def close_lines(tx: Tx, number: int, reason: str) -> None:
    """Notes why the lines that did not come in full are closed."""
    tx.execute(_CLOSE, {"id": number, "reason": reason})
    announce(tx, number)


def reopen_lines(tx: Tx, before: Sequence[Sequence[Any]]) -> None:
    """Lines that were closed by mistake are expected as before; `before` are [line, reason that it had]."""
    for number, reason in before:
        tx.execute(_REOPEN_LINE, {"id": number, "reason": reason})
    for paper in dict.fromkeys(row.inbound_id for number, _ in before for row in tx.rows(_PAPER_OF_LINE, id=number)):
        announce(tx, paper)


def guard_announced_once(tx: Tx, paper: InboundRow) -> None:
    """AnnouncedAgain when a pallet that a paper still expects is on another paper too."""
    row = tx.row(_ANNOUNCED_AGAIN, id=paper.id)
    if row is not None:
        raise AnnouncedAgain(f"Pallet {row.sscc} of {paper.code} was announced again on {row.code}. Receive it there.",
                             lpn=row.sscc, document=row.code, closed=paper.code)


def reopen_inbound(tx: Tx, number: int) -> None:
    """A closed paper is received on, because its closing or one of its receipts was undone; PaperGone when it was cancelled."""
    reopened = tx.scalar(_REOPEN, id=number)
    if reopened is not None:
        announce(tx, number)
        tx.emit(InboundReopened(reopened))
        return
    paper = tx.row(_STATE, id=number)
    if paper is not None and paper.state == "cancelled":
        raise gone(paper.code)


def inbound_is_same(tx: Tx, new: NewInbound) -> bool | None:
    """Whether the paper of this code says the same as the new one; None when there is no such paper."""
    known = tx.row(_BY_CODE, code=new.code)
    if known is None:
        return None
    there = [(row.item, row.quantity, row.lot, row.expiry_on, row.sscc) for row in inbound_lines(tx, known.id)]
    return (known.kind, known.site_id, there) == (new.kind, new.site_id, [
        (line.item, line.quantity, line.lot, line.expiry_on, line.sscc) for line in new.lines])


def inbound_by_code(tx: Tx, code: str) -> InboundRow:
    """The inbound paper of a code; NotFound when there is none."""
    row = tx.row(_BY_CODE, code=code)
    if row is None:
        raise NotFound(f"There is no ASN or purchase order {code}. Check the paper, or receive blind.", what=code)
    return InboundRow(**row._mapping)


def hold_inbound(tx: Tx, code: str) -> InboundRow:
    """Like `inbound_by_code`, for who goes on to write: whoever receives it waits until this is committed."""
    row = tx.row(_HOLD, code=code)
    return InboundRow(**row._mapping) if row is not None else inbound_by_code(tx, code)


def inbound_lines(tx: Tx, number: int) -> list[Any]:
    """The lines of an inbound paper with their items."""
    return tx.rows(_LINES, id=number)


def inbound_of_sscc(tx: Tx, site_id: int, sscc: str) -> str | None:
    """The code of the open paper that announces a pallet."""
    found: str | None = tx.scalar(_OF_SSCC, sscc=sscc, site_id=site_id)
    return found


def count_received(tx: Tx, line_id: int, quantity: int, damaged: int = 0) -> None:
    """Adds to what came of a line; OverReceipt beyond its tolerance, also when many receive it at once."""
    if not tx.changed(_COUNT, id=line_id, quantity=quantity, damaged=damaged):
        line = tx.row(_LINE, id=line_id)
        rest = max(line.quantity - line.received, 0) if line is not None else 0
        raise OverReceipt(f"{quantity} of {line.item if line is not None else 'this'} came, {rest} are still to come. "
                          "Count again, or put the rest aside and call the supervisor.", quantity=quantity, rest=rest,
                          item=line.item if line is not None else "")


def begin_receiving(tx: Tx, number: int) -> None:
    """Marks that a paper is being received; whoever else receives or cancels it waits until this is committed. PaperGone when it was cancelled.

    So two devices open one task between them, and the last line to come sees that it is the last.
    """
    paper = tx.row(_BEGIN, id=number)
    if paper is not None and paper.state == "cancelled":
        raise gone(paper.code)


def set_inbound_state(tx: Tx, number: int, state: str) -> bool:
    """Moves a paper on; False when it was there already."""
    is_changed = bool(tx.changed(_SET_STATE, id=number, state=state))
    if is_changed:
        announce(tx, number)
    return is_changed


def lines_still_open(tx: Tx, number: int) -> int:
    """How many lines have not come in full."""
    return int(tx.scalar(_OPEN_REST, id=number))


def gone(code: str) -> PaperGone:
    """What is said of a paper that was cancelled."""
    return PaperGone(f"{code} has been cancelled. Call your supervisor.", document=code)


def _check(new: NewInbound) -> None:
    errors = []
    if not 0 < len(new.code) <= 64 or not new.code.isprintable():
        errors.append({"where": "code", "what": "must be 1 to 64 printable characters"})
    if not 0 < len(new.lines) <= LINES_MAX:
        errors.append({"where": "lines", "what": f"must be 1 to {LINES_MAX}"})
    for position, line in enumerate(new.lines, 1):
        if not 0 < line.quantity < 10**12:
            errors.append({"where": f"line {position}: quantity", "what": "must be a whole number of at least 1"})
        if len(line.lot) > 64 or not (line.lot.isprintable() and 0 <= (line.over_percent or 0) <= 100):
            errors.append({"where": f"line {position}: lot, over_percent", "what": "must be at most 64 characters and 0 to 100"})
        if line.sscc is not None and not _is_sscc(line.sscc):
            errors.append({"where": f"line {position}: sscc", "what": "must be 18 digits with a right check digit"})
    if errors:
        raise Invalid(f"{new.code[:64]}: {errors[0]['where']} {errors[0]['what']}.", errors=errors)


def _check_tracked(new: NewInbound, position: int, line: NewInboundLine, item: ItemRow) -> None:
    """A pallet is received by its SSCC alone: what the item needs has to be on the paper."""
    missing = [name for name, needed, given in (("lot", item.tracks_lot, line.lot), ("expiry", item.tracks_expiry, line.expiry_on))
               if line.sscc and needed and not given]
    if line.sscc and item.tracks_serial:
        raise Invalid(f"{new.code}: line {position}: {item.code} has serial numbers and cannot come by SSCC alone. Announce "
                      "it without the pallet.", errors=[{"where": f"line {position}: sscc", "what": "serial numbers are needed"}])
    if missing:
        raise Invalid(f"{new.code}: line {position}: {item.code} on pallet {line.sscc} needs {' and '.join(missing)}.",
                      errors=[{"where": f"line {position}: {name}", "what": "is needed for this item"} for name in missing])


def _is_sscc(text_: str) -> bool:
    return len(text_) == 18 and text_.isascii() and text_.isdigit() and check_digit(text_[:-1]) == text_[-1]
