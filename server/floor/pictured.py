"""What is in a form is seen: the items of a task get their pictures here, where no process has read them with its own rows."""

from collections.abc import Iterator, Sequence
from typing import Any

from server.floor.process import Json
from server.kernel.transaction import Tx
from server.masterdata.item_pictures import picture_addresses


def add_pictures(tx: Tx, forms: Sequence[Json]) -> None:
    """Says beside each item that a form shows where its picture is had, if it has one and the process did not say so itself."""
    shown = [one for form in forms for one in _shown(form) if isinstance(one.get("item"), str) and "picture" not in one]
    if not shown:
        return
    addresses = picture_addresses(tx, {one["item"] for one in shown})
    for one in shown:
        if one["item"] in addresses:
            one["picture"] = addresses[one["item"]]


def _shown(form: Json) -> Iterator[dict[str, Any]]:
    """The form's own item, and those of a list such as a parcel's contents."""
    info = form.get("info") or {}
    yield info
    yield from info.get("contents") or ()
