"""The code that lets a customer have what waits at a store: six digits of each order, made of a secret of the house and kept nowhere."""

import hmac
import json
import secrets

from sqlalchemy import text

from server.kernel.settings import get_setting
from server.kernel.transaction import Tx

_KEY = "collect_key"
_KEEP = text("INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING")
_BETWEEN = "*"
DIGITS = 6


def collect_code(tx: Tx, order_number: str) -> str:
    """The code of an order; in a transaction that may write, as the first who asks makes the secret."""
    digest = hmac.digest(_key(tx), order_number.encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}d}"


def is_collect_code(tx: Tx, order_number: str, said: str) -> bool:
    """Whether somebody knows the code; takes as long whatever they say."""
    return hmac.compare_digest(collect_code(tx, order_number).encode(), said.encode(errors="replace"))


def collect_barcode(order_number: str, code: str) -> str:
    """What a barcode for the customer holds: the order and its code in one."""
    return f"{order_number}{_BETWEEN}{code}"


def parts_of_barcode(scanned: str) -> tuple[str, str] | None:
    """The order's number and the code that a customer's barcode holds; None for other barcodes."""
    number, between, code = scanned.rpartition(_BETWEEN)
    return (number, code) if between and number and len(code) == DIGITS and code.isascii() and code.isdigit() else None


def _key(tx: Tx) -> bytes:
    known = get_setting(tx, _KEY)
    if known is None:  # of two who make it at one moment one does
        tx.execute(_KEEP, {"name": _KEY, "value": json.dumps(secrets.token_hex(32))})
        known = get_setting(tx, _KEY)
    return bytes.fromhex(str(known))
