"""A picture for people's eyes, made small and new: nothing of the file that was sent is kept but what can be seen."""

import io

from PIL import Image, ImageOps

from labels.pictures.formats import SMALL_BYTES_MAX, SMALL_SIDE_MAX, WHOLE_PIXELS_MAX, SmallPicture
from labels.pictures.opening import eight_bits, guard_pixels, opened, scans

_QUALITIES = (82, 65, 45, 25, 5)
"""Tried one after the other until the picture is small enough: noise needs the last."""
_WHITE = (255, 255, 255)


def shrunk(data: bytes) -> SmallPicture:
    """The first picture of a PNG, JPEG or WebP file, turned as the camera noted, on white where it is transparent; NotAPicture says why not."""
    with opened(data) as image:
        if scans(data) != 1:
            guard_pixels(image, WHOLE_PIXELS_MAX)
        seen = _small(image)
    for quality in _QUALITIES:
        out = io.BytesIO()
        seen.save(out, "WEBP", quality=quality, method=4)
        if out.tell() <= SMALL_BYTES_MAX:
            break
    return SmallPicture(out.getvalue(), *seen.size)


def _small(image: Image.Image) -> Image.Image:
    """Pixels only, red, green and blue: what a file says beside them (place, device, colours of a screen) stays behind."""
    if image.mode in ("1", "P", "PA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode.startswith("I"):
        image = eight_bits(ImageOps.exif_transpose(image))
    image.thumbnail((SMALL_SIDE_MAX, SMALL_SIDE_MAX), reducing_gap=3.0)
    turned = ImageOps.exif_transpose(image)
    bare = Image.new("RGB", turned.size, _WHITE)
    if turned.has_transparency_data:
        layers = turned.convert("RGBA")
        bare.paste(layers.convert("RGB"), mask=layers.getchannel("A"))
    else:
        bare.paste(turned.convert("RGB"))
    return bare
