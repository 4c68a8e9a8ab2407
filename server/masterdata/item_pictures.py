"""Pictures of items: one for each, small, at an address that changes with what is seen."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, text

from labels.pictures.formats import SMALL_MEDIA_TYPE, SmallPicture
from server.kernel.audit import record_change
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_code

ADDRESS = "/api/v1/pictures/"
"""Where a picture is had, with its digest behind it: what is at an address never changes."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PUT = text(
    "INSERT INTO item_picture (item_id, digest, media_type, width, height, content) VALUES (:item_id, :digest, :media_type, :width, :height, :content) "
    "ON CONFLICT (item_id) DO UPDATE SET digest = excluded.digest, media_type = excluded.media_type, width = excluded.width, "
    "height = excluded.height, content = excluded.content")
_DROP = text("DELETE FROM item_picture WHERE item_id = :item_id")
_DIGEST_OF = text("SELECT digest FROM item_picture WHERE item_id = :item_id")
_CONTENT = text("SELECT media_type, content FROM item_picture WHERE digest = :digest LIMIT 1")
_OF_ITEMS = text(
    "SELECT i.code, i.picture, p.digest FROM item i LEFT JOIN item_picture p ON p.item_id = i.id WHERE i.code IN :codes"
).bindparams(bindparam("codes", expanding=True))


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """What a browser needs to show it."""

    media_type: str
    content: bytes


def put_picture(tx: Tx, code: str, picture: SmallPicture) -> str:
    """Gives an item its picture, in place of the one it had; the address."""
    item, digest = item_by_code(tx, code), hashlib.sha256(picture.content).hexdigest()
    before = tx.scalar(_DIGEST_OF, item_id=item.id)
    tx.execute(_PUT, {"item_id": item.id, "digest": digest, "media_type": SMALL_MEDIA_TYPE, "width": picture.width, "height": picture.height,
                      "content": picture.content})
    record_change(tx, "item.picture", item.code, old={"digest": before}, new={"digest": digest})
    return address_of(digest)


def drop_picture(tx: Tx, code: str) -> None:
    """Takes an item's picture away; NotFound when it has none."""
    item = item_by_code(tx, code)
    before = tx.scalar(_DIGEST_OF, item_id=item.id)
    if before is None:
        raise NotFound(f"{item.code} has no picture here.", what=item.code)
    tx.execute(_DROP, {"item_id": item.id})
    record_change(tx, "item.picture", item.code, old={"digest": before}, new={"digest": None})


def picture_at(tx: Tx, digest: str) -> KeptPicture:
    """The picture with a digest; NotFound when no item has it any more."""
    row = tx.row(_CONTENT, digest=digest) if _DIGEST.fullmatch(digest) else None
    if row is None:
        raise NotFound("This picture is not here any more. Look at the item again.")
    return KeptPicture(row.media_type, bytes(row.content))


def kept_picture(tx: Tx, item_id: int) -> str | None:
    """The address of an item's own picture."""
    digest = tx.scalar(_DIGEST_OF, item_id=item_id)
    return None if digest is None else address_of(digest)


def picture_addresses(tx: Tx, codes: Iterable[str]) -> dict[str, str]:
    """Where to see some items: the picture that is kept here, else the address that somebody gave; only those that have one."""
    found = {row.code: seen_at(row.digest, row.picture) for row in tx.rows(_OF_ITEMS, codes=list(codes) or [""])}
    return {code: address for code, address in found.items() if address}


def seen_at(digest: str | None, elsewhere: str | None) -> str | None:
    """Where to see one item."""
    return elsewhere if digest is None else address_of(digest)


def address_of(digest: str) -> str:
    """Where the picture with a digest is had."""
    return ADDRESS + digest
