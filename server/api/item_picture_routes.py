"""What items look like: a picture is sent as it is, kept small and new, and had at an address that never says anything else."""

import importlib
import threading
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from labels.pictures.formats import NotAPicture as NotOpened
from labels.pictures.formats import SmallPicture
from server.api.parts import read, write
from server.api.picture_routes import NotAPicture, guard_picture
from server.kernel.errors import TooMany
from server.masterdata.item_pictures import drop_picture, picture_at, put_picture
from server.masterdata.items import item_by_code

item_pictures = APIBlueprint("item_pictures", __name__, url_prefix="/api/v1", tag="Items")
BLUEPRINTS = (item_pictures,)
_YEAR_SECONDS = 31_536_000
_at_once = threading.BoundedSemaphore(1)
_WAIT_SECONDS = 10.0


@item_pictures.get("/pictures/<digest>")
@item_pictures.doc(summary="A picture of an item",
                   description="A WebP of at most 480 pixels a side. What is at an address never changes and may be kept; an item with another "
                               "picture has another address.")
def picture(digest: str) -> Response:
    """404 when no item has it any more."""
    kept = read(lambda tx: picture_at(tx, digest))
    answer = Response(kept.content, mimetype=kept.media_type)
    answer.headers["Cache-Control"] = f"private, max-age={_YEAR_SECONDS}, immutable"
    return answer


@item_pictures.put("/item-pictures/<path:code>")
@item_pictures.doc(summary="Give an item its picture",
                   description="The body is a PNG, JPEG or WebP of at most 10 MB. It is made small (480 pixels), turned as the camera noted and "
                               "written anew: what the file says beside its pixels, such as the place, is not kept.")
def put_picture_(code: str) -> dict[str, Any]:
    """In place of the one it had; 422 for what is no picture, or too large a one to be opened."""
    guard_picture()
    data = request.get_data(cache=False)
    read(lambda tx: item_by_code(tx, code))  # before work is put into the picture
    small = _shrunk(data)
    return {"code": code, "picture": write(lambda tx: put_picture(tx, code, small)), "width": small.width, "height": small.height}


@item_pictures.delete("/item-pictures/<path:code>")
@item_pictures.doc(summary="Take an item's picture away")
def drop_picture_(code: str) -> dict[str, Any]:
    """404 when it has none."""
    write(lambda tx: drop_picture(tx, code))
    return {"code": code}


def _shrunk(data: bytes) -> SmallPicture:
    """One at a time, so that pictures never take the memory and the processors from scans; what opens them is loaded by the first."""
    if not _at_once.acquire(timeout=_WAIT_SECONDS):
        raise TooMany("Many pictures are being read. Wait a moment, then send it again.", retry_after_seconds=2)
    try:
        small: SmallPicture = importlib.import_module("labels.pictures.shrinking").shrunk(data)
    except NotOpened as error:
        raise NotAPicture(str(error)) from error
    finally:
        _at_once.release()
    return small
