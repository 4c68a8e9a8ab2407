"""Buyers' requests for money that cannot be read: kept, each somebody's, until they can be or nobody wants them."""

from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.transaction import Tx
from server.oms.channels.base import Document, HearsRefunds
from server.oms.channels.errors import Misunderstood
from server.oms.exceptions.ending import end_about
from server.oms.exceptions.opening import open_unread
from server.oms.floor import Floor
from server.oms.intake import Outcome
from server.oms.papers import digest_of, storable
from server.oms.refund_asking import take_request
from server.oms.refund_papers import REFS_MAX

WORDS_MAX = 512
_STORE = text(
    "INSERT INTO unread_request (channel_id, ref, order_ref, digest, document, words, came_at, changed_at) VALUES (:channel_id, :ref, :order_ref, :digest, :document, "
    ":words, :at, :at) ON CONFLICT (channel_id, ref) DO UPDATE SET order_ref = excluded.order_ref, digest = excluded.digest, document = excluded.document, "
    "words = excluded.words, state = 'refused', changed_at = excluded.changed_at WHERE unread_request.digest <> excluded.digest RETURNING id"
).bindparams(bindparam("document", type_=JSON))
"""What was dropped, or read, comes back only when its platform says something else of it."""
_READ = text("UPDATE unread_request SET state = 'taken' WHERE channel_id = :channel_id AND ref = :ref AND state = 'refused' RETURNING id")
_BY_ID = text("SELECT id, channel_id, ref, document FROM unread_request WHERE id = :id").columns(document=JSON)


def hear_request(tx: Tx, channel: Any, connector: HearsRefunds, document: Document, floor: Floor) -> None:
    """Takes a request in, or keeps what cannot be read of it as somebody's to see to: it stops nothing that comes after it."""
    try:
        _take(tx, channel, connector, document, floor)
    except Misunderstood as error:
        keep_unread(tx, channel, connector, document, f"{error.words} ({error.code})" if error.code else error.words)


def keep_unread(tx: Tx, channel: Any, connector: HearsRefunds, document: Document, words: str) -> None:
    """Keeps it once, and opens an exception; what was kept already as it is now opens none."""
    digest, (ref, order_ref) = digest_of(document), connector.request_numbers(document)
    row = tx.row(_STORE, channel_id=channel.id, ref=_named(ref, digest), order_ref=storable(order_ref)[:REFS_MAX], digest=digest, document=dict(document),
                 words=storable(words)[:WORDS_MAX], at=tx.now)
    if row is not None:
        open_unread(tx, row.id)


def try_request_again(tx: Tx, channel: Any, connector: HearsRefunds, number: int, floor: Floor) -> Outcome:
    """One that could not be read, once more: we may have learnt to."""
    row: Any = tx.row(_BY_ID, id=number)
    try:
        is_wanted = _take(tx, channel, connector, row.document, floor)
    except Misunderstood as error:
        return Outcome("refused", row.ref, code="unreadable", words=error.words)
    _note_read(tx, channel.id, row.ref)
    return Outcome("taken" if is_wanted else "ended", row.ref)


def _take(tx: Tx, channel: Any, connector: HearsRefunds, document: Document, floor: Floor) -> bool:
    request = connector.understand_request(document)
    if request is not None:
        take_request(tx, channel, request, floor)
    _note_read(tx, channel.id, _named(connector.request_numbers(document)[0], digest_of(document)))
    return request is not None


def _note_read(tx: Tx, channel_id: int, ref: str) -> None:
    row = tx.row(_READ, channel_id=channel_id, ref=ref)
    if row is not None:
        end_about(tx, f"request/{row.id}")


def _named(ref: str, digest: str) -> str:
    return (storable(ref) or f"?{digest[:32]}")[:REFS_MAX]
