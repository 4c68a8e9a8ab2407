"""The papers that channels give us: an order as its channel says it is, kept by the channel's own number and in its own order."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.clock import SECOND
from server.kernel.transaction import Tx
from server.oms.channels.base import Document
from server.oms.exceptions.ending import end_about
from server.oms.exceptions.opening import open_paper

_COLUMNS = "id, channel_id, ref, version, stage, document, state, order_id, code, words, came_at, changed_at"
_STORE = text(
    "INSERT INTO channel_paper (channel_id, ref, version, stage, digest, document, state, came_at, changed_at) VALUES "
    "(:channel_id, :ref, :version, :stage, :digest, :document, 'ended', :at, :at) "
    "ON CONFLICT (channel_id, ref) DO UPDATE SET version = excluded.version, stage = excluded.stage, digest = excluded.digest, "
    "document = excluded.document, changed_at = excluded.changed_at WHERE channel_paper.state = 'new' OR "
    "channel_paper.version < excluded.version OR (channel_paper.version = excluded.version AND (channel_paper.stage < excluded.stage "
    "OR (channel_paper.stage = excluded.stage AND channel_paper.digest <> excluded.digest "
    "AND (:is_fresh = 1 OR channel_paper.digest < excluded.digest)))) RETURNING id, order_id, state, said_to"
).bindparams(bindparam("document", type_=JSON))
"""Of two documents of one version the later stage counts, then what was just asked for; else any, as long as it is the same
one in whatever order they come."""
_WANT = text(
    "INSERT INTO channel_paper (channel_id, ref, document, state, wanted, came_at, changed_at) VALUES (:channel_id, :ref, :document, "
    "'new', 1, :at, :at) ON CONFLICT (channel_id, ref) DO UPDATE SET wanted = channel_paper.wanted + 1"
).bindparams(bindparam("document", type_=JSON))
_SETTLE = text("UPDATE channel_paper SET state = :state, order_id = :order_id, code = :code, words = :words, tried_at = :at WHERE id = :id")
_SAID_TO = text("UPDATE channel_paper SET said_to = :said_to WHERE id = :id AND said_to <> :said_to")
_DROP = text("UPDATE channel_paper SET state = CASE WHEN order_id IS NULL THEN 'ended' ELSE 'taken' END, code = '', words = '' WHERE id = :id "
             "AND state = 'refused'")
_WANTED = text("SELECT id, ref, wanted FROM channel_paper WHERE channel_id = :channel_id AND wanted > 0 ORDER BY id LIMIT :most")
_GOT = text("UPDATE channel_paper SET wanted = 0 WHERE id = :id AND wanted = :wanted")
_NOT_THERE = text("UPDATE channel_paper SET state = 'refused', code = 'not_there', words = :words WHERE id = :id AND state = 'new'")
_REFUSED = text(f"SELECT {_COLUMNS} FROM channel_paper WHERE channel_id = :channel_id AND state = 'refused' AND id > :after "
                "ORDER BY id LIMIT :most").columns(document=JSON)
_TO_TRY = text(
    "SELECT id FROM channel_paper WHERE channel_id = :channel_id AND state = 'refused' AND code IN ('item_unknown', 'item_blocked', 'fault') AND tried_at <= :before "
    "ORDER BY id LIMIT :most")
_BY_ID = text(f"SELECT {_COLUMNS} FROM channel_paper WHERE id = :id").columns(document=JSON)
_OF_ORDER = text(f"SELECT {_COLUMNS} FROM channel_paper WHERE order_id = :order_id").columns(document=JSON)
REFS_MAX = 128
_TRY_EVERY_MS = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Stored:
    """A paper that is newer than what was known: its row, and the order that was made of an older one."""

    id: int
    order_id: int | None
    was_refused: bool = True
    said_to: str = ""


def digest_of(document: Document) -> str:
    """What tells two documents apart."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()


def store(tx: Tx, channel_id: int, ref: str, *, version: int, stage: int, document: Document, is_fresh: bool) -> Stored | None:
    """Keeps a document if it is newer than what is known of its order; None when it is not. Copies at one moment wait for one another.

    `is_fresh`: we asked for it just now, so that of two of the same instant it is the later.
    """
    row = tx.row(_STORE, channel_id=channel_id, ref=storable(ref), version=version, stage=stage, digest=digest_of(document),
                 document=dict(document), at=tx.now, is_fresh=int(is_fresh))
    return None if row is None else Stored(row.id, row.order_id, row.state == "refused", row.said_to)


def settle(tx: Tx, paper: int, *, order_id: int | None = None, code: str = "", words: str = "", was_refused: bool = True) -> None:
    """What became of a paper: an order that says the same, nothing that is needed, or a refusal with its code, which is an exception."""
    state = "refused" if code else "taken" if order_id is not None else "ended"
    tx.execute(_SETTLE, {"id": paper, "state": state, "order_id": order_id, "code": code[:64], "words": words[:512], "at": tx.now})
    if code:
        open_paper(tx, paper)
    elif was_refused:
        end_about(tx, f"paper/{paper}")


def note_receiver(tx: Tx, paper: int, said_to: str) -> None:
    """The order here goes to whom the channel says, or to whom somebody here said after that: only another word of the channel's changes it."""
    tx.execute(_SAID_TO, {"id": paper, "said_to": said_to})


def drop_paper(tx: Tx, paper: int) -> None:
    """Nobody wants what a refused paper says: the order of it, if there is one, stays as it is."""
    tx.execute(_DROP, {"id": paper})


def want(tx: Tx, channel_id: int, ref: str) -> None:
    """Something changed about an order; it is to be asked for."""
    tx.execute(_WANT, {"channel_id": channel_id, "ref": storable(ref), "document": {}, "at": tx.now})


def wanted_papers(tx: Tx, channel_id: int, most: int = 100) -> list[Any]:
    """What is to be asked for: id, ref, and how often it was `wanted`."""
    return tx.rows(_WANTED, channel_id=channel_id, most=most)


def got(tx: Tx, paper: Any, is_there: bool) -> None:
    """It was asked for. What changed after that is asked for again."""
    tx.execute(_GOT, {"id": paper.id, "wanted": paper.wanted})
    if not is_there:
        _note_missing(tx, paper.id, "The channel told of this order, and has none by this number.")


def refused_papers(tx: Tx, channel_id: int, after: int = 0, most: int = 100) -> list[Any]:
    """Papers that no order here agrees with."""
    return tx.rows(_REFUSED, channel_id=channel_id, after=after, most=most)


def papers_to_try(tx: Tx, channel_id: int, most: int = 20) -> list[int]:
    """Papers that were refused for what may have been mended since (an item that nobody knew or that was blocked, a fault of ours), a minute ago or longer."""
    return [row.id for row in tx.rows(_TO_TRY, channel_id=channel_id, before=tx.now - _TRY_EVERY_MS, most=most)]


def paper_by_id(tx: Tx, number: int) -> Any:
    """A paper, or None."""
    return tx.row(_BY_ID, id=number)


def paper_of_order(tx: Tx, order_id: int) -> Any:
    """The paper that an order was made of, or None when no channel gave it."""
    return tx.row(_OF_ORDER, order_id=order_id)


def storable(said: str) -> str:
    """What a channel says as any database can keep it: PostgreSQL has no text with NUL, and half a pair of UTF-16 is no sign."""
    return said.encode(errors="replace").decode().replace("\0", "?")


def _note_missing(tx: Tx, paper: int, words: str) -> None:
    if tx.changed(_NOT_THERE, id=paper, words=words):
        open_paper(tx, paper)
