"""Keys for other systems: shown once, kept as hashes, limited to scopes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.audit import record
from server.kernel.clock import DAY
from server.kernel.errors import Invalid, NotFound
from server.kernel.ids import new_secret, secret_hash
from server.kernel.transaction import Tx

SCOPES = ("items:read", "items:write", "locations:read", "locations:write", "stock:read", "stock:write", "inbound:read", "inbound:write",
          "orders:read", "orders:write", "waves:read", "waves:write", "tasks:read", "counts:read", "counts:write",
          "events:read", "printing:read", "metrics:read", "stations:read")
_ADD = text("INSERT INTO api_key (prefix, key_hash, name, scopes, site_id, created_at, expires_at) "
            "VALUES (:prefix, :hash, :name, :scopes, :site_id, :at, :expires_at) RETURNING id"
            ).bindparams(bindparam("scopes", type_=JSON))
_OF_KEY = text("SELECT id, name, scopes, site_id FROM api_key WHERE key_hash = :hash AND revoked_at IS NULL "
               "AND (expires_at IS NULL OR expires_at > :now)").columns(scopes=JSON)
_USED = text("UPDATE api_key SET last_used_at = :at WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :at - 60000)")
_REVOKE = text("UPDATE api_key SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL "
               "AND (CAST(:site_id AS BIGINT) IS NULL OR site_id = :site_id)")
_ALL = text("SELECT k.id, k.name, k.prefix, k.scopes, s.code AS site, k.created_at, k.last_used_at, k.expires_at, k.revoked_at "
            "FROM api_key k LEFT JOIN site s ON s.id = k.site_id WHERE k.id > :after "
            "AND (CAST(:site_id AS BIGINT) IS NULL OR k.site_id = :site_id) ORDER BY k.id LIMIT :most").columns(scopes=JSON)


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key; `key` is told once and kept as a hash, `id` is what it is revoked by, after `expires_at` (ms) it is worth nothing."""

    id: int
    key: str
    expires_at: int | None


def make_api_key(tx: Tx, name: str, scopes: list[str], *, site_id: int | None = None, days: int | None = None) -> MadeKey:
    """A new key, good for so many days or until it is revoked; told once. Invalid names a scope that does not exist."""
    wrong = [scope for scope in scopes if scope not in SCOPES]
    if wrong or not scopes:
        raise Invalid(f"Scopes must be among {', '.join(SCOPES)}; {wrong[:3]} are not.", field="scopes")
    if not 0 < len(name) <= 128:
        raise Invalid("Give the key a name of 1 to 128 characters.", field="name")
    key, expires_at = new_secret("key"), tx.now + days * DAY if days is not None else None
    number = int(tx.scalar(_ADD, prefix=key[:12], hash=secret_hash(key), name=name, scopes=scopes, site_id=site_id, at=tx.now,
                           expires_at=expires_at))
    record(tx, "api_key.made", key[:12], number=number, name=name, scopes=scopes, site=site_id, expires_at=expires_at)
    return MadeKey(number, key, expires_at)


def key_of(tx: Tx, key: str) -> Any:
    """The row of a key that is still good; None otherwise."""
    return tx.row(_OF_KEY, hash=secret_hash(key), now=tx.now)


def key_used(tx: Tx, number: int) -> None:
    """Notes when a key was last used, to the minute."""
    tx.execute(_USED, {"id": number, "at": tx.now})


def api_keys(tx: Tx, *, after: int = 0, most: int = 100, site_id: int | None = None) -> list[Any]:
    """Keys by number, of one site or all, revoked ones too; `prefix` is how a key begins, never more of it."""
    return tx.rows(_ALL, after=after, most=most, site_id=site_id)


def revoke_api_key(tx: Tx, number: int, *, site_id: int | None = None) -> None:
    """Ends a key (of a site); NotFound when there is none that could be ended."""
    if not tx.changed(_REVOKE, id=number, at=tx.now, site_id=site_id):
        raise NotFound(f"There is no key {number} that could be revoked.", what=str(number))
    record(tx, "api_key.revoked", str(number), old={"revoked_at": None}, new={"revoked_at": tx.now})
