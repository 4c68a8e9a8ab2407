"""Workers and their secrets: a badge is a name, the PIN (floor) and the password (browser) are the secrets."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import JSON, bindparam, text

from server.kernel.audit import record, record_change
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx

ROLES = ("worker", "supervisor", "manager", "admin")
PASSWORD_MIN = 12
_PIN = re.compile(r"\d{6,12}")
_BADGE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,63}")
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's second choice: 19 MiB, 2 passes
CHECKED_AT_ONCE = 4
_checking = ThreadPoolExecutor(CHECKED_AT_ONCE, "check")  # a thread keeps the memory of its checks, so that few may ever do one

_PUT = text(
    "INSERT INTO worker (badge, name, role, site_id, language) VALUES (:badge, :name, :role, :site_id, :language) "
    "ON CONFLICT (badge) DO UPDATE SET name = excluded.name, role = excluded.role, site_id = excluded.site_id, "
    "language = excluded.language RETURNING id"
)
_SET_PIN = text("UPDATE worker SET pin_hash = :hash, failures_in_a_row = 0 WHERE id = :id")
_SET_PASSWORD = text("UPDATE worker SET password_hash = :hash, failures_in_a_row = 0 WHERE id = :id")
_SET_SKILLS = text("UPDATE worker SET skills = :skills, zones = :zones WHERE id = :id").bindparams(
    bindparam("skills", type_=JSON), bindparam("zones", type_=JSON))
_SKILLS = text("SELECT skills, zones FROM worker WHERE id = :id").columns(skills=JSON, zones=JSON)
_DISABLE = text("UPDATE worker SET disabled = :disabled WHERE id = :id")
_END_SESSIONS = text("UPDATE worker_session SET ended_at = :at WHERE worker_id = :id AND ended_at IS NULL AND id <> :spared")
_COLUMNS = "id, badge, name, role, site_id, language, pin_hash, password_hash, disabled, failures_in_a_row, skills, zones"
_BY_BADGE = text(f"SELECT {_COLUMNS} FROM worker WHERE badge = :badge").columns(skills=JSON, zones=JSON)
_ANY_ADMIN = text("SELECT COUNT(*) FROM worker WHERE role = 'admin' AND disabled = 0")
_ALL = text("SELECT id, badge, name, role, site_id, language, disabled, skills, zones FROM worker WHERE id > :after "
            "AND (CAST(:site_id AS BIGINT) IS NULL OR site_id IS NULL OR site_id = :site_id) ORDER BY id LIMIT :most"
            ).columns(skills=JSON, zones=JSON)


@dataclass(frozen=True, slots=True)
class Skills:
    """Kinds of tasks and zones; none is all."""

    kinds: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


def put_worker(tx: Tx, badge: str, name: str, role: str, *, site_id: int | None = None, language: str = "en") -> int:
    """Makes or changes a worker; the number. Invalid says what is wrong."""
    badge = badge.strip().upper()
    if not _BADGE.fullmatch(badge):
        raise Invalid("A badge is 1 to 64 letters, digits, dots or dashes.", field="badge")
    if role not in ROLES:
        raise Invalid(f"The role must be one of {', '.join(ROLES)}.", field="role")
    if not 0 < len(name) <= 128 or not name.isprintable():
        raise Invalid("A name is 1 to 128 printable characters.", field="name")
    known, new = worker_by_badge(tx, badge), {"name": name, "role": role, "site_id": site_id, "language": language}
    number = int(tx.scalar(_PUT, badge=badge, **new))
    record_change(tx, "worker.put", badge, old=known._mapping if known is not None else None, new=new)
    return number


def set_skills(tx: Tx, badge: str, *, skills: list[str] | None = None, zones: list[str] | None = None) -> None:
    """Which kinds of tasks somebody does and in which zones (none: all); what is not given stays."""
    worker = worker_by_badge(tx, badge)
    if worker is None:
        raise NotFound(f"There is no worker with badge {badge[:64]}.", what=badge[:64])
    new = {"skills": worker.skills if skills is None else sorted(set(skills)), "zones": worker.zones if zones is None else sorted(set(zones))}
    tx.execute(_SET_SKILLS, {"id": worker.id, **new})
    record_change(tx, "worker.skills", worker.badge, old={"skills": worker.skills, "zones": worker.zones}, new=new)


def skills_of(tx: Tx, worker_id: int | None) -> Skills:
    """What somebody does and where; nobody in particular does everything everywhere."""
    row = tx.row(_SKILLS, id=worker_id) if worker_id is not None else None
    return Skills() if row is None else Skills(tuple(row.skills), tuple(row.zones))


def set_pin(tx: Tx, worker_id: int, pin: str, *, spared: str | None = None) -> None:
    """Gives a worker a new PIN of 6 to 12 digits; one digit six times, or a plain row, is refused.

    All their sessions end but the spared one, for whoever knew the old PIN may be in one.
    """
    if not _PIN.fullmatch(pin) or len(set(pin)) == 1 or pin in "01234567890123456789" or pin in "98765432109876543210":
        raise Invalid("A PIN is 6 to 12 digits, not all the same and not in a row.", field="pin")
    tx.execute(_SET_PIN, {"id": worker_id, "hash": _hasher.hash(pin)})
    _end_sessions(tx, worker_id, spared)
    record(tx, "worker.pin", str(worker_id))


def set_password(tx: Tx, worker_id: int, password: str, *, spared: str | None = None) -> None:
    """Gives a worker a new password of at least 12 characters; all their sessions end but the spared one."""
    if not PASSWORD_MIN <= len(password) <= 256:
        raise Invalid(f"A password has at least {PASSWORD_MIN} characters.", field="password")
    tx.execute(_SET_PASSWORD, {"id": worker_id, "hash": _hasher.hash(password)})
    _end_sessions(tx, worker_id, spared)
    record(tx, "worker.password", str(worker_id))


def _end_sessions(tx: Tx, worker_id: int, spared: str | None = None) -> None:
    tx.execute(_END_SESSIONS, {"id": worker_id, "at": tx.now, "spared": spared or ""})


def disable_worker(tx: Tx, badge: str, *, disabled: bool = True) -> None:
    """Locks a worker out, or lets them in again; all their sessions end at once. Nothing happens where it is so already."""
    worker = worker_by_badge(tx, badge)
    if worker is None:
        raise NotFound(f"There is no worker with badge {badge[:64]}.", what=badge[:64])
    if worker.disabled == int(disabled):
        return
    tx.execute(_DISABLE, {"id": worker.id, "disabled": int(disabled)})
    _end_sessions(tx, worker.id)
    record_change(tx, "worker.disabled" if disabled else "worker.enabled", worker.badge, old=worker._mapping, new={"disabled": int(disabled)})


def worker_by_badge(tx: Tx, badge: str) -> Any:
    """The worker of a badge with the hashes of the secrets; None when there is none."""
    return tx.row(_BY_BADGE, badge=badge.strip().upper()[:64])


def workers(tx: Tx, *, after: int = 0, most: int = 100, site_id: int | None = None) -> list[Any]:
    """Workers by number, without secrets; with a site those who may work there."""
    return tx.rows(_ALL, after=after, most=most, site_id=site_id)


def has_admin(tx: Tx) -> bool:
    """Whether somebody can administer this installation yet."""
    return bool(tx.scalar(_ANY_ADMIN))


def is_right(secret: str, hashed: str | None) -> bool:
    """Compares a PIN or password with its hash, a few at once; takes as long when there is none."""
    return _checking.submit(_fits, secret, hashed or _NOBODY).result() and hashed is not None


def _fits(secret: str, hashed: str) -> bool:
    try:
        return _hasher.verify(hashed, secret)
    except (VerificationError, InvalidHashError):
        return False


# of nobody, by the hasher above: to make one takes as long as a sixth of the start of a command
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$uCmXGsrAl1vuG09DLjoOBA$02kHWpkeWh7UrumzIe4I8vb8VvND4rKGSPVH3MfUOGs"
