"""Who makes a request: a device, a person on it or in a browser, another system, or nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.kernel.clock import MINUTE
from server.kernel.errors import NotAllowed, NotSignedIn
from server.kernel.transaction import Tx
from server.masterdata.api_keys import key_of
from server.masterdata.devices import device_of_token
from server.masterdata.sign_in import session_of

COOKIE = "aisle_session"


def cookie_name(*, is_secure: bool) -> str:
    """Under TLS browsers hold the prefix to its word: only this host, only over TLS, only for the root path."""
    return f"__Host-{COOKIE}" if is_secure else COOKIE


class NotEnrolled(NotSignedIn):
    """The device itself is not known any more: it begins anew with a code."""

    code = "not_enrolled"


@dataclass(frozen=True, slots=True)
class Caller:
    """`roles` are what the permission table asks for; `site_id` None means every site.

    `bound_to` is the warehouse that a person or key may not leave, whatever device is in the hand.
    """

    roles: frozenset[str] = frozenset()
    name: str = "nobody"
    address: str = ""
    site_id: int | None = None
    bound_to: int | None = None
    device_id: int | None = None
    worker_id: int | None = None
    session_id: str | None = None
    scopes: frozenset[str] = frozenset()
    key_id: int | None = None
    is_browser: bool = False
    session_is_old: bool = False
    session_has_ended: bool = False
    language: str = "en"

    def may_see(self, site_id: int) -> bool:
        """Whether what belongs to a site is the caller's business."""
        return self.site_id is None or self.site_id == site_id

    def guard_site(self, site_id: int) -> None:
        """NotAllowed for another site's things."""
        if not self.may_see(site_id):
            raise NotAllowed("This belongs to another warehouse.")


def identify(tx: Tx, headers: Mapping[str, str], cookie: str, address: str) -> Caller:
    """Who comes with these headers and this session cookie; NotSignedIn when they bring a token that is worth nothing."""
    token = headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if token.startswith("dev_"):
        return _device(tx, token, headers.get("X-Aisle-Session", ""), address)
    if token.startswith("key_"):
        return _integration(tx, token, address)
    if token:
        raise NotSignedIn("This token is of no kind that is known here.")
    if cookie:
        row = session_of(tx, cookie, device_id=None)
        return _person(row, Caller(address=address, is_browser=True), tx.now)
    return Caller(address=address)


def _device(tx: Tx, token: str, session: str, address: str) -> Caller:
    device = device_of_token(tx, token)
    if device is None:
        raise NotEnrolled("This device is not enrolled any more. Ask the supervisor for a code.")
    base = Caller(frozenset({"device"}), device.name, address, device.site_id, device.site_id, device.id)
    if not session:
        return base
    try:
        row = session_of(tx, session, device_id=device.id)
    except NotSignedIn:
        return replace(base, session_has_ended=True)  # what it holds may still be sent; people's routes ask to sign in
    if row.site_id is not None and row.site_id != device.site_id:
        raise NotAllowed("You work in another warehouse than this device.")
    return _person(row, base, tx.now)


def _integration(tx: Tx, key: str, address: str) -> Caller:
    row = key_of(tx, key)
    if row is None:
        raise NotSignedIn("This API key is wrong, has ended or was revoked.")
    return Caller(frozenset({"integration"}), f"key {row.name}", address, row.site_id, row.site_id, key_id=row.id,
                  scopes=frozenset(row.scopes))


def _person(row: Any, base: Caller, now: int) -> Caller:
    return Caller(base.roles | {row.role}, row.badge, base.address, base.site_id or row.site_id, row.site_id, base.device_id,
                  row.worker_id, row.id, is_browser=base.is_browser, language=row.language,
                  session_is_old=row.last_used_at < now - MINUTE)
