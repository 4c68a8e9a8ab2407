"""Handhelds and stations: let in once by a code, known by a token, shown the door by a revocation."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.audit import record, record_change
from server.kernel.clock import MINUTE
from server.kernel.errors import Invalid, NotAllowed, NotFound
from server.kernel.ids import new_secret, secret_hash
from server.kernel.transaction import Tx

CODE_LIFE_MS = 10 * MINUTE
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_ADD_CODE = text("INSERT INTO enrolment_code (code_hash, site_id, expires_at, made_by) VALUES (:hash, :site_id, :expires_at, :by)")
_USE = text(
    "UPDATE enrolment_code SET used_at = :now WHERE code_hash = :hash AND used_at IS NULL AND expires_at > :now RETURNING site_id"
)
_ADD = text("INSERT INTO device (name, kind, site_id, token_hash, enrolled_at) "
            "VALUES (:name, :kind, :site_id, :hash, :at) RETURNING id")
_OF_TOKEN = text("SELECT d.id, d.name, d.kind, d.site_id, s.code AS site FROM device d JOIN site s ON s.id = d.site_id "
                 "WHERE d.token_hash = :hash AND d.revoked_at IS NULL")
_REVOKE = text("UPDATE device SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL "
               "AND (CAST(:site_id AS BIGINT) IS NULL OR site_id = :site_id)")
_GIVE_BACK = text("UPDATE task SET state = 'open', worker_id = NULL, device_id = NULL, leased_until = NULL, "
                  "version = version + 1 WHERE device_id = :id AND state = 'leased'")
_NAME = text("SELECT name FROM device WHERE id = :id AND (CAST(:site_id AS BIGINT) IS NULL OR site_id = :site_id)")
_RENAME = text("UPDATE device SET name = :name WHERE id = :id")
_ALL = text(
    "SELECT d.id, d.name, d.kind, s.code AS site, d.enrolled_at, d.revoked_at, d.last_seen_at, d.queued, d.build, d.battery, "
    "w.name AS worker, d.last_scan, d.latency_ms, d.hour, d.hour_errors, d.before_errors FROM device d JOIN site s ON s.id = d.site_id LEFT JOIN worker w ON w.id = d.worker_id "
    "WHERE d.id > :after AND (CAST(:site_id AS BIGINT) IS NULL OR d.site_id = :site_id) ORDER BY d.id LIMIT :most"
)
_FORGET_TOKENS = text("DELETE FROM socket_token WHERE expires_at < :now")
_ADD_TOKEN = text("INSERT INTO socket_token (token_hash, device_id, session_id, expires_at) "
                  "VALUES (:hash, :device_id, :session_id, :expires_at)")
_TAKE_TOKEN = text("DELETE FROM socket_token WHERE token_hash = :hash AND expires_at >= :now RETURNING device_id, session_id")
_STANDING = text("SELECT d.id, d.site_id FROM device d WHERE d.id = :id AND d.revoked_at IS NULL")
_PERSON = text("SELECT w.id, w.role, w.site_id FROM worker_session s JOIN worker w ON w.id = s.worker_id "
               "WHERE s.id = :id AND s.ended_at IS NULL AND s.expires_at > :now AND w.disabled = 0")
_NOTE_SCAN = text("UPDATE device SET last_seen_at = :at, last_scan = :scan WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device that was let in; `token` is told once and kept as a hash."""

    id: int
    token: str
    site_id: int
    site: str


def make_enrolment_code(tx: Tx, site_id: int) -> tuple[str, int]:
    """A code of eight signs that lets one device in within ten minutes; the code and when it ends."""
    code = "".join(secrets.choice(_SIGNS) for _ in range(8))
    tx.execute(_ADD_CODE, {"hash": secret_hash(code), "site_id": site_id, "expires_at": tx.now + CODE_LIFE_MS,
                           "by": tx.actor.name})
    record(tx, "device.code", str(site_id), expires_at=tx.now + CODE_LIFE_MS)
    return code, tx.now + CODE_LIFE_MS


def enrol(tx: Tx, code: str, name: str, *, kind: str = "handheld") -> Enrolled:
    """Lets a device in; NotAllowed when the code is wrong, used or older than ten minutes."""
    _guard_name(name)
    if kind not in ("handheld", "station"):
        raise Invalid("A device is a handheld or a station.", field="kind")
    site_id = tx.scalar(_USE, hash=secret_hash(code.strip().upper().replace("-", "")), now=tx.now)
    if site_id is None:
        raise NotAllowed("This code is wrong, used or older than ten minutes. Ask the supervisor for a new one.")
    token = new_secret("dev")
    number = int(tx.scalar(_ADD, name=name, kind=kind, site_id=site_id, hash=secret_hash(token), at=tx.now))
    record(tx, "device.enrolled", str(number), name=name, kind=kind, site=site_id)
    device = device_of_token(tx, token)
    return Enrolled(number, token, int(site_id), device.site)


def device_of_token(tx: Tx, token: str) -> Any:
    """The enrolled device of a token; None when there is none or it was revoked."""
    return tx.row(_OF_TOKEN, hash=secret_hash(token))


def revoke_device(tx: Tx, number: int, *, site_id: int | None = None) -> None:
    """Shuts a device (of a site) out and gives its tasks back to the floor."""
    if not tx.changed(_REVOKE, id=number, at=tx.now, site_id=site_id):
        raise NotFound(f"There is no device {number} that could be revoked.", what=str(number))
    tx.execute(_GIVE_BACK, {"id": number})
    record(tx, "device.revoked", str(number), old={"revoked_at": None}, new={"revoked_at": tx.now})


def rename_device(tx: Tx, number: int, name: str, *, site_id: int | None = None) -> None:
    """Calls a device (of a site) otherwise from now on."""
    known = tx.scalar(_NAME, id=number, site_id=site_id)
    if known is None:
        raise NotFound(f"There is no device {number}.", what=str(number))
    _guard_name(name)
    tx.execute(_RENAME, {"id": number, "name": name})
    record_change(tx, "device.renamed", str(number), old={"name": known}, new={"name": name})


def _guard_name(name: str) -> None:
    if not 0 < len(name) <= 128 or not name.isprintable():
        raise Invalid("Give the device a name of 1 to 128 printable characters.", field="name")


def devices(tx: Tx, *, after: int = 0, most: int = 100, site_id: int | None = None) -> list[Any]:
    """Devices by number, of one site or all."""
    return tx.rows(_ALL, after=after, most=most, site_id=site_id)


def note_scan(tx: Tx, device_id: int, scan: str) -> None:
    """What a device scanned last, for its health page."""
    tx.execute(_NOTE_SCAN, {"id": device_id, "at": tx.now, "scan": shown_scan(scan)})


def shown_scan(scan: str) -> str:
    """A scan as it is shown: without control signs, and not without end."""
    return "".join(sign if sign.isprintable() else "·" for sign in scan[:512])


def make_socket_token(tx: Tx, *, device_id: int | None, session_id: str | None) -> str:
    """A token for one websocket, good for a minute; a browser cannot send headers with it, and addresses are logged."""
    token = secrets.token_urlsafe(24)
    tx.execute(_FORGET_TOKENS, {"now": tx.now})
    tx.execute(_ADD_TOKEN, {"hash": secret_hash(token), "device_id": device_id, "session_id": session_id,
                            "expires_at": tx.now + MINUTE})
    return token


def take_socket_token(tx: Tx, token: str) -> Any:
    """Whose token it is (device_id, session_id), once; None when it is wrong, used or old."""
    return tx.row(_TAKE_TOKEN, hash=secret_hash(token), now=tx.now)


def standing_device(tx: Tx, number: int) -> Any:
    """The device (id, site_id) when it was not revoked."""
    return tx.row(_STANDING, id=number)


def standing_person(tx: Tx, session_id: str) -> Any:
    """Who (id, role, site_id) holds a session that has not ended."""
    return tx.row(_PERSON, id=session_id, now=tx.now)
