"""Signing in: badge and PIN on an enrolled device, badge and password in a browser; limits on guessing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.clock import DAY, HOUR, MINUTE, SECOND
from server.kernel.errors import NotSignedIn, TooMany
from server.kernel.ids import new_secret, secret_hash, uuid7
from server.kernel.transaction import Tx
from server.masterdata.people import is_right, worker_by_badge
from server.masterdata.shifts import open_shift

IDLE_MS = 30 * MINUTE
LIFE_MS = 12 * HOUR
FREE_TRIES = 5
FIRST_WAIT_MS = 60 * SECOND
LOCKED_AFTER = 100
COUNT_FOR_MS = DAY
"""Wrong tries are forgotten when for so long nobody tried again, nor had to wait."""
_WAITS_UNTIL = text("SELECT wait_until FROM sign_in_failure WHERE key = :key")
_TRY = text(
    "INSERT INTO sign_in_failure (key, failures, wait_until) VALUES (:key, 1, :now) "
    "ON CONFLICT (key) DO UPDATE SET failures = sign_in_failure.failures + 1, wait_until = :now "
    "WHERE sign_in_failure.failures < :free OR sign_in_failure.wait_until <= :now RETURNING failures"
)
_WAIT = text("UPDATE sign_in_failure SET wait_until = :until WHERE key = :key")
_FORGET = text("DELETE FROM sign_in_failure WHERE key = :key")
_FORGET_OLD = text("DELETE FROM sign_in_failure WHERE wait_until < :before")
_COUNT = text("UPDATE worker SET failures_in_a_row = failures_in_a_row + 1 WHERE id = :id")
_RIGHT = text("UPDATE worker SET failures_in_a_row = 0 WHERE id = :id")
_OPEN = text(
    "INSERT INTO worker_session (id, token_hash, worker_id, device_id, created_at, last_used_at, expires_at) "
    "VALUES (:id, :token_hash, :worker_id, :device_id, :now, :now, :expires_at)"
)
_END_OTHERS = text("UPDATE worker_session SET ended_at = :at WHERE device_id = :device_id AND ended_at IS NULL")
_OF_TOKEN = text(
    "SELECT s.id, s.device_id, s.last_used_at, s.expires_at, w.id AS worker_id, w.badge, w.name, w.role, w.site_id, w.language "
    "FROM worker_session s JOIN worker w ON w.id = s.worker_id "
    "WHERE s.token_hash = :token_hash AND s.ended_at IS NULL AND s.expires_at > :now AND w.disabled = 0"
)
_USED = text("UPDATE worker_session SET last_used_at = :at WHERE id = :id")
_STILL_USED = text("UPDATE worker_session SET last_used_at = :at WHERE id = :id AND device_id = :device_id "
                   "AND ended_at IS NULL AND last_used_at >= :since")
_ON = text(
    "SELECT s.id, w.id AS worker_id, w.badge, w.name, w.role, w.language, s.expires_at FROM worker_session s "
    "JOIN worker w ON w.id = s.worker_id WHERE s.device_id = :device_id AND s.ended_at IS NULL AND s.expires_at > :now "
    "AND s.last_used_at >= :since AND w.disabled = 0 ORDER BY s.created_at DESC LIMIT 1"
)
_END = text("UPDATE worker_session SET ended_at = :at WHERE id = :id AND ended_at IS NULL")
_SITE_OF = text("SELECT site_id FROM device WHERE id = :id")
_DEVICE_OF = text(
    "SELECT s.device_id FROM worker_session s JOIN device d ON d.id = s.device_id WHERE s.worker_id = :worker_id AND s.ended_at IS NULL "
    "AND s.expires_at > :now AND s.last_used_at >= :since AND d.site_id = :site_id AND d.kind = 'handheld' AND d.revoked_at IS NULL "
    "ORDER BY s.last_used_at DESC, s.created_at DESC LIMIT 1"
)
_ON_DEVICE = text("UPDATE device SET worker_id = :worker_id WHERE id = :id")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; `token` is told once and kept as a hash."""

    token: str
    session_id: str
    worker_id: int
    badge: str
    name: str
    role: str
    language: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tried; `where` is the device or the address it came from."""

    badge: str
    secret: str
    where: str
    device_id: int | None = None

    @property
    def key(self) -> str:
        """Guesses count for a badge in one place: somebody else's mistakes never lock a colleague out there."""
        return f"{self.badge.strip().upper()[:64]}@{self.where[:120]}"


def take_try(tx: Tx, attempt: Attempt) -> None:
    """Counts a try before anybody looks at it, so that many at once are no way around; TooMany while one has to wait.

    From the fifth on each has to wait, a minute at first and twice as long each time; a right one forgets them all.
    """
    failures = tx.scalar(_TRY, key=attempt.key, now=tx.now, free=FREE_TRIES)
    if failures is None:
        seconds = max(1, (int(tx.scalar(_WAITS_UNTIL, key=attempt.key)) - tx.now) // SECOND + 1)
        raise TooMany(f"Too many wrong tries. Wait {seconds} seconds, then try again.", retry_after_seconds=seconds,
                      seconds=seconds)
    if failures >= FREE_TRIES:
        tx.execute(_WAIT, {"key": attempt.key, "until": tx.now + FIRST_WAIT_MS * 2 ** min(failures - FREE_TRIES, 10)})


def forget_tries(tx: Tx, attempt: Attempt) -> None:
    """It was right: what was wrong before counts no more."""
    tx.execute(_FORGET, {"key": attempt.key})


def forget_old_tries(tx: Tx) -> None:
    """Wrong tries that are too old to count go."""
    tx.execute(_FORGET_OLD, {"before": tx.now - COUNT_FOR_MS})


def verify(worker: Any, attempt: Attempt) -> bool:
    """Whether the worker of the badge (None: there is none) may come in with this secret; slow on purpose, so outside any transaction."""
    wanted = None if worker is None else worker.pin_hash if attempt.device_id is not None else worker.password_hash
    is_open = worker is not None and not worker.disabled and worker.failures_in_a_row < LOCKED_AFTER
    return is_right(attempt.secret, wanted) and is_open


def sign_in(tx: Tx, attempt: Attempt, worker: Any) -> SignedIn:
    """Opens a session for a worker whose secret was right; whoever was signed in on the device before is signed out.

    On a device it begins their shift, or takes it up again where they were on a break.
    """
    forget_tries(tx, attempt)
    tx.execute(_RIGHT, {"id": worker.id})
    if attempt.device_id is not None:
        tx.execute(_END_OTHERS, {"device_id": attempt.device_id, "at": tx.now})
        tx.execute(_ON_DEVICE, {"id": attempt.device_id, "worker_id": worker.id})
        open_shift(tx, worker.id, int(tx.scalar(_SITE_OF, id=attempt.device_id)), attempt.device_id)
    token, number = new_secret("ses"), uuid7()
    tx.execute(_OPEN, {"id": number, "token_hash": secret_hash(token), "worker_id": worker.id,
                       "device_id": attempt.device_id, "now": tx.now, "expires_at": tx.now + LIFE_MS})
    record(tx, "session.opened", worker.badge, where=attempt.where)
    return SignedIn(token, number, worker.id, worker.badge, worker.name, worker.role, worker.language, tx.now + LIFE_MS)


def note_failure(tx: Tx, attempt: Attempt) -> None:
    """The secret was wrong: counted for the worker as well, wherever it was tried; those too old to count go."""
    forget_old_tries(tx)
    worker = worker_by_badge(tx, attempt.badge)
    if worker is not None:
        tx.execute(_COUNT, {"id": worker.id})
    record(tx, "session.refused", attempt.badge.strip().upper()[:64], where=attempt.where)


def session_of(tx: Tx, token: str, *, device_id: int | None) -> Any:
    """The live session of a token on this device (or in a browser); NotSignedIn when it has ended."""
    row = tx.row(_OF_TOKEN, token_hash=secret_hash(token), now=tx.now)
    if row is None or row.device_id != device_id or row.last_used_at + IDLE_MS < tx.now:
        raise NotSignedIn("You are not signed in any more. Sign in again; nothing is lost.")
    return row


def session_used(tx: Tx, session_id: str) -> None:
    """Somebody is still there."""
    tx.execute(_USED, {"id": session_id, "at": tx.now})


def session_used_on(tx: Tx, session_id: str, device_id: int) -> None:
    """The same, told by an operation; a session that has run out stays so."""
    tx.execute(_STILL_USED, {"id": session_id, "device_id": device_id, "at": tx.now, "since": tx.now - IDLE_MS})


def session_on(tx: Tx, device_id: int) -> dict[str, Any] | None:
    """Who is signed in on a device, for its greeting; None when nobody is."""
    row = tx.row(_ON, device_id=device_id, now=tx.now, since=tx.now - IDLE_MS)
    if row is None:
        return None
    worker = {"id": row.worker_id, "name": row.name, "badge": row.badge, "roles": [row.role], "language": row.language}
    return {"id": row.id, "worker": worker, "expires_at": row.expires_at}


def device_of_worker(tx: Tx, worker_id: int, site_id: int) -> int | None:
    """The handheld of a site where somebody is signed in, the one used last; None when they are on none."""
    row = tx.row(_DEVICE_OF, worker_id=worker_id, site_id=site_id, now=tx.now, since=tx.now - IDLE_MS)
    return None if row is None else int(row.device_id)


def sign_out(tx: Tx, session_id: str) -> None:
    """Ends a session on the server, so that its token is worth nothing."""
    tx.execute(_END, {"id": session_id, "at": tx.now})
    record(tx, "session.closed", session_id)
