"""Orders are looked at before they leave: what is found is kept with them, and what nobody could deliver is held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.clock import DAY
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.oms.blocking import blocked
from server.oms.checks.alike import marks_of
from server.oms.checks.findings import HINT, Finding
from server.oms.checks.receiver import Checked, check_receiver
from server.oms.orders import NewOrderLine

_TWINS = text(
    "SELECT DISTINCT o.id, o.number, o.channel FROM order_mark m JOIN sales_order o ON o.id = m.order_id WHERE m.mark IN :marks "
    "AND o.site_id = :site_id AND o.created_at > :since AND o.state <> 'cancelled' AND o.id <> :order_id ORDER BY o.id LIMIT 5"
).bindparams(bindparam("marks", expanding=True))
_PASSED = text("SELECT code, field, words FROM order_finding WHERE order_id = :order_id AND passed = 1")
_FORGET = text("DELETE FROM order_finding WHERE order_id = :order_id")
_UNMARK = text("DELETE FROM order_mark WHERE order_id = :order_id")
_KEEP = text(
    "INSERT INTO order_finding (order_id, code, field, words, severity, suggestion, passed, found_at) "
    "VALUES (:order_id, :code, :field, :words, :severity, :suggestion, :passed, :at)").bindparams(bindparam("suggestion", type_=JSON))
_MARK = text("INSERT INTO order_mark (mark, order_id) VALUES (:mark, :order_id)")
_PASS = text("UPDATE order_finding SET passed = 1 WHERE order_id = :order_id AND severity = 'hold'")
_OF_ORDER = text(
    "SELECT code, field, words, severity, suggestion, passed, found_at FROM order_finding WHERE order_id = :order_id ORDER BY severity DESC, id"
).columns(suggestion=JSON)
_ALIKE_MS = DAY
_WORDS_MAX = 512


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in an order, and by what another would be like it."""

    findings: tuple[Finding, ...]
    marks: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether somebody has to see to it before it leaves."""
        return any(one.holds for one in self.findings)


def look_over(
    tx: Tx, site_id: int, checked: Checked, *, customer: str, lines: Sequence[NewOrderLine], order_id: int = 0, is_hint: bool = False,
) -> Looked:
    """Adds to what its receiver showed (`checked`) whether it is blocked, and whether it came a second time.

    `is_hint`: what is wrong with the address holds nothing; a block does all the same, since somebody set it.
    Items have no prices; what was found in those of a channel's lines stands in `checked`.
    """
    marks = marks_of(checked.ship_to, [(line.item, line.quantity) for line in lines])
    of_address = [_as_hint(one) for one in checked.findings] if is_hint else list(checked.findings)
    findings = [*of_address, *blocked(tx, site_id, customer, checked.ship_to, checked.division), *_twins(tx, site_id, marks, order_id)]
    return Looked(tuple({(one.code, one.field): one for one in findings}.values()), tuple(marks))


def receiver_of(tx: Tx, site_id: int, ship_to: Mapping[str, Any], checks: str) -> Checked:
    """What is found at the receiver, and how he is best written; nothing where checks are off."""
    return check_receiver(with_country(tx, site_id, ship_to)) if checks != "off" else Checked(ship_to)


def with_country(tx: Tx, site_id: int, ship_to: Mapping[str, Any]) -> Mapping[str, Any]:
    """An address that names no country is in that of the site which sends it, where somebody said which that is."""
    is_said = not ship_to or str(ship_to.get("country") or "").strip()
    country = "" if is_said else site_settings(tx, site_id).country
    return {**ship_to, "country": country} if country else ship_to


def keep_findings(tx: Tx, order_id: int, looked: Looked, *, is_new: bool = False) -> bool:
    """Keeps what was found instead of what was found before; whether the order is to be held.

    What somebody has let pass once holds no more, as long as it is the same.
    """
    passed = set() if is_new else {(row.code, row.field, row.words) for row in tx.rows(_PASSED, order_id=order_id)}
    if not is_new:
        tx.execute(_FORGET, {"order_id": order_id})
        tx.execute(_UNMARK, {"order_id": order_id})
    rows = [{"order_id": order_id, "code": one.code, "field": one.field, "words": one.words[:_WORDS_MAX], "severity": one.severity,
             "suggestion": dict(one.suggestion), "passed": int((one.code, one.field, one.words[:_WORDS_MAX]) in passed), "at": tx.now}
            for one in looked.findings]
    if rows:
        tx.execute(_KEEP, rows)
    if looked.marks:
        tx.execute(_MARK, [{"mark": mark, "order_id": order_id} for mark in looked.marks])
    return any(one.holds and not row["passed"] for one, row in zip(looked.findings, rows, strict=True))


def pass_findings(tx: Tx, order_id: int) -> None:
    """Somebody has seen them, and the order may go."""
    tx.execute(_PASS, {"order_id": order_id})


def findings_of(tx: Tx, order_id: int) -> list[Any]:
    """What is known against an order, what holds it first."""
    return tx.rows(_OF_ORDER, order_id=order_id)


def _as_hint(one: Finding) -> Finding:
    return Finding(code=one.code, field=one.field, words=one.words, severity=HINT, suggestion=one.suggestion)


def _twins(tx: Tx, site_id: int, marks: Sequence[str], order_id: int) -> list[Finding]:
    if not marks:
        return []
    twins = tx.rows(_TWINS, marks=list(marks), site_id=site_id, since=tx.now - _ALIKE_MS, order_id=order_id)
    if not twins:
        return []
    return [Finding(code="duplicate", field="lines", words=f"{twins[0].number} of {twins[0].channel} is for the same receiver and the same goods.",
                    suggestion={"orders": [row.number for row in twins]})]
