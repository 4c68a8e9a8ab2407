"""The texts of rules: kept as drafts, one of them in force, the others to be taken up again."""

from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.sites import sites
from server.oms.listings import change_sourced
from server.oms.sourcing.language import guard_sites, read_rules
from server.oms.sourcing.rules import Allow, Keep, RuleSet

_ADD = text("INSERT INTO sourcing_rules (name, body, made_at, made_by) VALUES (:name, :body, :at, :by) RETURNING id")
_COLUMNS = "id, name, body, state, made_at, made_by, active_from"
_BY_ID = text(f"SELECT {_COLUMNS} FROM sourcing_rules WHERE id = :id")
_ACTIVE = text(f"SELECT {_COLUMNS} FROM sourcing_rules WHERE state = 'active'")
_LIST = text(f"SELECT {_COLUMNS} FROM sourcing_rules WHERE id > :after ORDER BY id LIMIT :most")
_RETIRE = text("UPDATE sourcing_rules SET state = 'retired' WHERE state = 'active'")
_FORGET_SITES = text("DELETE FROM sourcing_site")
_TELL_SITE = text("INSERT INTO sourcing_site (site_id, keeps, is_barred) VALUES (:site_id, :keeps, :is_barred)")
_ACTIVATE = text("UPDATE sourcing_rules SET state = 'active', active_from = :at WHERE id = :id")


def draft(tx: Tx, name: str, body: str, by: str) -> int:
    """Keeps a text; its number. Invalid names every line that cannot be read, and every warehouse that there is not."""
    guard_sites(read_rules(body), [row.code for row in sites(tx)])
    number = int(tx.scalar(_ADD, name=name, body=body, at=tx.now, by=by))
    record(tx, "sourcing_rules.drafted", str(number), new={"name": name, "body": body})
    return number


def activate(tx: Tx, number: int) -> None:
    """From now on orders are sourced by these; NotFound when there are none of this number, Invalid when a warehouse of them is gone."""
    new, before = rules_by_id(tx, number), active_head(tx)
    guard_sites(read_rules(new.body), [row.code for row in sites(tx)])
    tx.execute(_RETIRE)
    tx.execute(_ACTIVATE, {"id": number, "at": tx.now})
    _tell_sites(tx, read_rules(new.body))
    record(tx, "sourcing_rules.activated", str(number), old={"rules": None if before is None else before.id}, new={"rules": number})


def _tell_sites(tx: Tx, rules: RuleSet) -> None:
    """What holds for every order is written down for the quantities that channels are told."""
    keeps = {rule.site: rule.pieces for rule in rules.of(Keep)}
    barred = {site.code for site in sites(tx) if any((site.code in rule.sites) == rule.is_not for rule in rules.of(Allow) if rule.when is None)}
    tx.execute(_FORGET_SITES)
    for site in sites(tx):
        if site.code in barred or site.code in keeps:
            tx.execute(_TELL_SITE, {"site_id": site.id, "keeps": keeps.get(site.code, 0), "is_barred": int(site.code in barred)})
    change_sourced(tx)


def rules_by_id(tx: Tx, number: int) -> Any:
    """A text with its name and state; NotFound when there is none."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There are no sourcing rules {number}.", what=str(number))
    return row


def active_head(tx: Tx) -> Any:
    """The text in force; None where there is none."""
    return tx.row(_ACTIVE)


def versions(tx: Tx, *, after: int = 0, most: int = 50) -> list[Any]:
    """All texts, the oldest first."""
    return tx.rows(_LIST, after=after, most=most)
