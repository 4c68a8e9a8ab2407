"""Pictures sent by a PDA without a scanner: the codes in them are told, and the picture is kept nowhere."""

import importlib
import threading
import time
from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field

from labels.pictures.formats import FORMATS, USUAL, UnknownFormat, formats_of
from labels.pictures.formats import NotAPicture as NotOpened
from server.api.parts import caller, parts
from server.kernel.errors import Invalid, Refusal, TooMany

pictures = APIBlueprint("pictures", __name__, url_prefix="/api/v1", tag="Floor")
BLUEPRINTS = (pictures,)
PICTURE_BYTES_MAX = 10_000_000
_MB = PICTURE_BYTES_MAX // 1_000_000
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp")
_COST = 100
"""Of the permits of a device over HTTP, which has two hundred a second: ten pictures at once, then two a second."""
_SECONDS = 1.0
_at_once = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 5.0


PICTURES = frozenset({"pictures.codes_in_picture", "item_pictures.put_picture_"})
"""Routes whose bodies are pictures."""


class NotAPicture(Refusal):
    """The body is no picture, or a damaged one."""

    code = "not_a_picture"
    http_status = 422


class PictureType(Refusal):
    """The body is said to be something else than a picture that is read."""

    code = "picture_type"
    http_status = 415


class PictureTooLarge(Refusal):
    """More bytes than are taken."""

    code = "picture_too_large"
    http_status = 413


class PictureQuery(BaseModel):
    """Formats with commas between them."""

    formats: str = Field("", max_length=200)


@pictures.post("/floor/pictures")
@pictures.input(PictureQuery, location="query", arg_name="query")
@pictures.doc(summary="The codes in a picture",
              description=f"For devices without a scanner: the body is a PNG, JPEG or WebP of at most {_MB} MB; it is "
                          f"not kept. `formats` names what is looked for, with commas between ({', '.join(FORMATS)}; {', '.join(sorted(USUAL))} if left "
                          "out). Codes stand left to right; `corners` are pixels [x, y] from the code's own top left one clockwise. `text` with "
                          "`symbology` before it is what a scanner sends, and what POST /floor/read takes. A code whose character set would have "
                          "to be guessed is left out.")
def codes_in_picture(query: PictureQuery) -> dict[str, Any]:
    """Each code once."""
    wanted = _formats(query.formats)
    guard_picture()
    parts().limits.take(caller().device_id, _COST, time.monotonic())
    data = request.get_data(cache=False)
    began = time.perf_counter()
    codes = _decoded(data, wanted)
    return {"codes": [{"text": one.text, "symbology": one.symbology, "format": one.format, "corners": [list(point) for point in one.corners]}
                      for one in codes if one.text and one.charset != "guessed"],
            "milliseconds": round((time.perf_counter() - began) * 1000)}


def guard_picture() -> None:
    """PictureType and PictureTooLarge for a body that is not even looked at."""
    if request.mimetype not in MEDIA_TYPES:
        raise PictureType(f"Send a picture with Content-Type: {' or '.join(MEDIA_TYPES)}.", what=request.mimetype[:64])
    if (request.content_length or 0) > PICTURE_BYTES_MAX:
        raise PictureTooLarge(f"The picture has more than {_MB} MB. Send a smaller one.", mb=_MB)


def _formats(names: str) -> frozenset[str]:
    try:
        return formats_of(names.split(",")) if names else USUAL
    except UnknownFormat as error:
        raise Invalid(str(error), field="formats") from error


def _decoded(data: bytes, wanted: frozenset[str]) -> Any:
    """Two at once, so that pictures never take the processors from scans; the decoder is loaded by the first picture."""
    if not _at_once.acquire(timeout=_WAIT_SECONDS):
        raise TooMany("Many pictures are being read. Wait a moment, then send it again.", retry_after_seconds=2)
    try:
        return importlib.import_module("labels.pictures.decode").decode(data, wanted, seconds=_SECONDS)
    except NotOpened as error:
        raise NotAPicture(str(error)) from error
    finally:
        _at_once.release()
