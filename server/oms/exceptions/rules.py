"""Rules about exceptions: whose they are in a warehouse, what is done about them by itself, and to whom they pass."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.audit import record_change
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx
from server.masterdata.people import worker_by_badge
from server.oms.exceptions.kinds import KINDS

ANY = "any"
"""Stands for the owner of all exceptions of a warehouse whose kind has no rule that names one."""
_OF_SITE = text(
    "SELECT r.kind, w.badge AS owner, r.solve, r.solve_after_minutes, r.opens_after_hours, r.pass_after_hours, p.badge AS pass_to FROM exception_rule r "
    "LEFT JOIN worker w ON w.id = r.owner_id LEFT JOIN worker p ON p.id = r.pass_to_id WHERE r.site_id = :site_id")
_PUT = text(
    "INSERT INTO exception_rule (site_id, kind, owner_id, solve, solve_after_minutes, opens_after_hours, pass_after_hours, pass_to_id) VALUES (:site_id, "
    ":kind, :owner_id, :solve, :solve_after_minutes, :opens_after_hours, :pass_after_hours, :pass_to_id) ON CONFLICT (site_id, kind) DO UPDATE SET "
    "owner_id = excluded.owner_id, solve = excluded.solve, solve_after_minutes = excluded.solve_after_minutes, opens_after_hours = "
    "excluded.opens_after_hours, pass_after_hours = excluded.pass_after_hours, pass_to_id = excluded.pass_to_id")
_MAY_OWN = "w.disabled = 0 AND w.role <> 'worker' AND (w.site_id IS NULL OR w.site_id = :site_id)"
_FIRST = text(
    f"SELECT w.id FROM worker w LEFT JOIN exception_rule r ON r.owner_id = w.id AND r.site_id = :site_id AND r.kind IN (:kind, 'any') WHERE {_MAY_OWN} "
    "ORDER BY CASE r.kind WHEN :kind THEN 0 WHEN 'any' THEN 1 ELSE 2 END, CASE WHEN w.site_id IS NULL THEN 1 ELSE 0 END, "
    "CASE w.role WHEN 'manager' THEN 0 WHEN 'supervisor' THEN 1 ELSE 2 END, w.id LIMIT 1")
"""Whom the rule of the kind names, else that of the warehouse; else its first manager, supervisor or administrator."""
_ANYBODY = text("SELECT w.id FROM worker w WHERE w.disabled = 0 ORDER BY CASE w.role WHEN 'admin' THEN 0 WHEN 'manager' THEN 1 WHEN 'supervisor' "
                "THEN 2 ELSE 3 END, w.id LIMIT 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What counts for a kind in a warehouse; people by their badges."""

    kind: str
    owner: str | None = None
    solve: str = ""
    solve_after_minutes: int = 0
    opens_after_hours: int | None = None
    pass_after_hours: int | None = None
    pass_to: str | None = None


def rules_of(tx: Tx, site_id: int) -> dict[str, Rule]:
    """The rule of every kind: as somebody said, else as the kind has it."""
    said = {row.kind: Rule(**row._mapping) for row in tx.rows(_OF_SITE, site_id=site_id)}
    return {ANY: said.get(ANY, Rule(kind=ANY))} | {kind: said.get(kind, _usual(kind)) for kind in KINDS}


def put_rule(tx: Tx, site_id: int, site: str, rule: Rule) -> None:
    """Counts for what is open already, too; Invalid says what of it cannot be."""
    if rule.kind != ANY and rule.kind not in KINDS:
        raise Invalid(f"There is no kind of exception {rule.kind[:32]}. There are {', '.join(KINDS)}.", field="kind")
    solves = KINDS[rule.kind].solves if rule.kind in KINDS else ()
    if rule.solve and rule.solve not in solves:
        raise Invalid(f"{rule.solve[:32]} is not done by itself for {rule.kind}. There are {', '.join(solves) or '-'}.", field="solve")
    if (rule.pass_after_hours is None) != (rule.pass_to is None):
        raise Invalid("Say both after how many hours it is passed on, and to whom.", field="pass_to")
    before = rules_of(tx, site_id)[rule.kind]
    tx.execute(_PUT, {**asdict(rule), "site_id": site_id, "owner_id": _person(tx, site_id, rule.owner), "pass_to_id": _person(tx, site_id, rule.pass_to)})
    record_change(tx, "exception_rule.put", f"{site} {rule.kind}", old=asdict(before), new=asdict(rule))


def owner_for(tx: Tx, site_id: int, kind: str) -> int | None:
    """Whose an exception is; None only where there is nobody at all who is not locked out."""
    found = tx.scalar(_FIRST, site_id=site_id, kind=kind) or tx.scalar(_ANYBODY)
    return None if found is None else int(found)


def worker_who_may_own(tx: Tx, site_id: int, badge: str) -> Any:
    """A supervisor, manager or administrator of the warehouse; NotFound when nobody such has the badge."""
    row = worker_by_badge(tx, badge)
    if row is None or row.disabled or row.role == "worker" or row.site_id not in (None, site_id):
        raise NotFound(f"There is no supervisor here with badge {badge[:64]}.", what=badge[:64])
    return row


def _person(tx: Tx, site_id: int, badge: str | None) -> int | None:
    return None if badge is None else int(worker_who_may_own(tx, site_id, badge).id)


def _usual(kind: str) -> Rule:
    known = KINDS[kind]
    return Rule(kind=kind, solve=known.solve, solve_after_minutes=known.solve_after_minutes, opens_after_hours=known.opens_after_hours)
