"""Customers, telephone numbers and regions that a site sends nothing to without somebody's word."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.audit import record, record_change
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx
from server.oms.checks.alike import plain
from server.oms.checks.chinese import resolve
from server.oms.checks.countries import STATES, country_code, state_code
from server.oms.checks.divisions import by_code
from server.oms.checks.findings import HOLD, Finding
from server.oms.checks.phones import phone_key

KINDS = ("customer", "phone", "region")
_PUT = text(
    "INSERT INTO order_block (site_id, kind, value, reason, created_at) VALUES (:site_id, :kind, :value, :reason, :at) "
    "ON CONFLICT (site_id, value, kind) DO UPDATE SET reason = excluded.reason RETURNING id")
_DROP = text("DELETE FROM order_block WHERE id = :id")
_BY_ID = text("SELECT id, site_id, kind, value, reason, created_at FROM order_block WHERE id = :id")
_BY_VALUE = text("SELECT kind, value, reason FROM order_block WHERE site_id = :site_id AND value = :value AND kind = :kind")
_LIST = text(
    "SELECT b.id, s.code AS site, b.kind, b.value, b.reason, b.created_at FROM order_block b JOIN site s ON s.id = b.site_id WHERE b.id > :after "
    "AND (CAST(:site_id AS BIGINT) IS NULL OR b.site_id = :site_id) AND (:kind = '' OR b.kind = :kind) ORDER BY b.id LIMIT :most")
_HITS = text("SELECT kind, value, reason FROM order_block WHERE site_id = :site_id AND value IN :values ORDER BY id").bindparams(
    bindparam("values", expanding=True))


def put_block(tx: Tx, site_id: int, kind: str, value: str, reason: str) -> int:
    """Blocks somebody or somewhere, or gives another reason; the block's number. Invalid when the value is none of its kind."""
    known = _known(kind, value)
    before = tx.row(_BY_VALUE, site_id=site_id, value=known, kind=kind)
    number = tx.scalar(_PUT, site_id=site_id, kind=kind, value=known, reason=reason, at=tx.now)
    record_change(tx, "order_block.put", f"{kind} {known}", old=None if before is None else {"reason": before.reason}, new={"reason": reason})
    return int(number)


def drop_block(tx: Tx, number: int) -> None:
    """Orders that come from now on are not held for it."""
    row = block_by_id(tx, number)
    tx.execute(_DROP, {"id": number})
    record(tx, "order_block.dropped", f"{row.kind} {row.value}", old={"reason": row.reason}, new={"reason": None})


def block_by_id(tx: Tx, number: int) -> Any:
    """A block; NotFound when there is none."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no block with number {number}.", what=str(number))
    return row


def blocks(tx: Tx, *, site_id: int | None, kind: str, after: int, most: int) -> list[Any]:
    """Those of a site, or of all."""
    return tx.rows(_LIST, site_id=site_id, kind=kind, after=after, most=most)


def blocked(tx: Tx, site_id: int, customer: str, ship_to: Mapping[str, Any], division: str) -> Iterator[Finding]:
    """What of an order is blocked; `division` is the Chinese code of where it goes, if that is known."""
    said = {name: str(value) for name, value in ship_to.items()}
    keys = {("customer", plain(one)): one for one in (customer, said.get("name", "")) if plain(one)}
    country = country_code(said.get("country", "")) or ""
    if number := phone_key(said.get("phone", ""), country or "CN"):
        keys["phone", number] = said["phone"]
    keys |= {("region", one): one for one in _regions(country, said.get("state", ""), division)}
    if not keys:
        return
    for row in tx.rows(_HITS, site_id=site_id, values=sorted({value for _, value in keys})):
        if (row.kind, row.value) in keys:
            yield _finding(row, keys[row.kind, row.value])


def region_name(value: str) -> str:
    """What a region is called, for people."""
    division = by_code(value)
    return value if division is None else "".join(dict.fromkeys(one.name for level in range(3) if (one := division.at(level)) is not None))


def _finding(row: Any, said: str) -> Finding:
    if row.kind == "region":
        return Finding(code="region_blocked", field="region", severity=HOLD, words=f"Nothing is sent to {region_name(row.value)}: {row.reason}")
    if row.kind == "phone":
        return Finding(code="phone_blocked", field="phone", severity=HOLD, words=f"The telephone number {said} is blocked: {row.reason}")
    return Finding(code="customer_blocked", field="customer", severity=HOLD, words=f"{said} is blocked: {row.reason}")


def _regions(country: str, state: str, division: str) -> list[str]:
    found = [country] if country else []
    if country in STATES and (code := state_code(country, state)):
        found.append(f"{country}-{code}")
    return found + [division[:size] for size in (2, 4, 6) if len(division) >= size] + [division] * (len(division) > 6)


def _known(kind: str, value: str) -> str:
    found = {"customer": plain, "phone": lambda one: phone_key(one, "CN"), "region": _region}[kind](value)
    if not found:
        raise Invalid(f"{value[:64]} is no {kind}. Give a name, a telephone number (with + and its country where that is not China), "
                      "a country's two letters, a state such as US-CA, or a Chinese place or its code.", field="value")
    return found


def _region(value: str) -> str:
    """A Chinese code or place, a country, or a state of one."""
    if by_code(value.strip()) is not None:
        return value.strip()
    country, _, state = value.strip().upper().partition("-")
    if state and country in STATES:
        code = state_code(country, state)
        return f"{country}-{code}" if code else ""
    if (code := country_code(value)) is not None:
        return code
    place = resolve({"state": value}).place
    return place.code if place is not None else ""
