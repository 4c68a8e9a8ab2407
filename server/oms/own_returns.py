"""What customers do without signing in: they name an order and prove that it is theirs, announce its return, and look at it by a link."""

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, text

from server.kernel.errors import NotFound
from server.kernel.ids import secret_hash
from server.kernel.transaction import Tx
from server.oms.merging import leaves_with
from server.oms.returns import returns_of_order

PROOF_DIGITS = 4
_HEAD = "SELECT id, number, site_id, channel, phone, ship_to, state, merged_into FROM sales_order WHERE"
_BY_NUMBER = text(f"{_HEAD} number = :reference").columns(ship_to=JSON)
_ON_SQLITE = text(f"{_HEAD} UPPER(channel_ref) = :reference AND channel <> 'exchange' ORDER BY id LIMIT 20").columns(ship_to=JSON)
_ON_POSTGRES = text(f"{_HEAD} UPPER(channel_ref COLLATE \"C\") = :reference AND channel <> 'exchange' ORDER BY id LIMIT 20").columns(ship_to=JSON)
_LINK = text("UPDATE rma SET salt = :salt, token_hash = :token_hash WHERE id = :id")
_OF_TOKEN = text("SELECT number FROM rma WHERE token_hash = :token_hash")


class NoSuchReturn(NotFound):
    """The same for a number that is none, a phone that is another's, and a link that was made up."""

    code = "own_return_not_found"


def orders_of(tx: Tx, reference: str, proof: str) -> list[Any]:
    """The orders of a number, or a channel's reference, whose receiver's phone ends so or whose postcode is so, as they left; NoSuchReturn when there is none."""
    typed = reference.strip().upper()
    by_reference = _ON_SQLITE if tx.connection.dialect.name == "sqlite" else _ON_POSTGRES
    found = [*tx.rows(_BY_NUMBER, reference=typed), *tx.rows(by_reference, reference=typed)]
    mine = {one.id: one for one in (leaves_with(tx, order) for order in found if _is_proved(order.phone, order.ship_to, proof))}
    if not mine:
        raise NoSuchReturn("There is no order with this number and this phone or postcode. Compare both with your confirmation.")
    return list(mine.values())


def link_of(tx: Tx, rma_id: int, key: str) -> str:
    """The secret of a link to a return, which is kept as a hash only. `key` is the caller's own: with it the same link is made again."""
    salt = secrets.token_urlsafe(24)
    token = _token(salt, key)
    tx.execute(_LINK, {"id": rma_id, "salt": salt, "token_hash": secret_hash(token)})
    return token


def said_before(tx: Tx, order_id: int, key: str) -> tuple[str, str] | None:
    """The return that was announced with this key before, and the secret of its link: an answer may have been lost."""
    for rma in returns_of_order(tx, order_id):
        token = _token(rma.salt, key)
        if rma.token_hash is not None and hmac.compare_digest(rma.token_hash, secret_hash(token)):
            return str(rma.number), token
    return None


def number_of_link(tx: Tx, token: str) -> str:
    """The return that a link is to; NoSuchReturn when it was made up."""
    number = tx.scalar(_OF_TOKEN, token_hash=secret_hash(token))
    if number is None:
        raise NoSuchReturn("This link leads to no return. Look for your order again.")
    return str(number)


def _token(salt: str, key: str) -> str:
    return secret_hash(f"{salt}:{key}")


def _is_proved(phone: str, ship_to: Mapping[str, Any], proof: str) -> bool:
    """By the last digits of the phone, or the whole postcode; what is shorter than four signs proves nothing."""
    typed = _plain(proof)
    digits = "".join(sign for sign in phone if sign.isdigit())
    ends, postcode = digits[-PROOF_DIGITS:], _plain(str(ship_to.get("postcode") or ""))
    return any(len(one) >= PROOF_DIGITS and hmac.compare_digest(one.encode(), typed.encode()) for one in (ends, postcode))


def _plain(typed: str) -> str:
    return "".join(sign for sign in typed.upper() if sign.isalnum())
