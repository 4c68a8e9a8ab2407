"""Whatever is sent as a picture is opened within bounds, or refused in a sentence that says what to do."""

import contextlib
import io
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labels.pictures.decode import decode
from labels.pictures.formats import BYTES_MAX, NotAPicture
from labels.pictures.opening import open_picture, read_picture
from simulators.scene import label

CARD = label("code128:LPN-0001")


def saved(image: Image.Image, kind: str, **how) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def huge_png(side: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_each_kind_of_file_is_read(kind, mode):
    assert [one.text for one in decode(saved(CARD.convert(mode), kind))] == ["LPN-0001"]


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA", "I;16", "CMYK"])
def test_each_way_to_keep_colours_is_read(mode):
    image = Image.fromarray(np.asarray(CARD).astype(np.uint16) << 8) if mode == "I;16" else CARD.convert("RGB").convert(mode) if mode != "LA" else CARD.convert(mode)
    assert [one.text for one in decode(saved(image, "JPEG" if mode == "CMYK" else "PNG"))] == ["LPN-0001"]


def test_black_bars_on_nothing_are_read_as_on_white():
    bars = Image.new("RGBA", CARD.size, (0, 0, 0, 0))
    bars.paste((0, 0, 0, 255), mask=CARD.point(lambda grey: 255 - grey))
    assert [one.text for one in decode(saved(bars, "PNG"))] == ["LPN-0001"]


def test_a_picture_is_turned_as_the_camera_noted():
    exif = Image.Exif()
    exif[0x0112] = 6
    opened = open_picture(saved(CARD, "JPEG", exif=exif))
    assert opened.shape == CARD.size
    assert [one.text for one in decode(opened)] == ["LPN-0001"]


@pytest.mark.parametrize("data", [b"", b"x", b"\x89PNG\r\n\x1a\n", b"GIF89a" + b"\0" * 60, b"%PDF-1.7\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                                  b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP", b"{}", bytes(range(256)) * 40])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(NotAPicture, match="PNG, JPEG or WebP"):
        open_picture(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_is_cut_anywhere_is_refused_and_never_half_read(kind):
    whole = saved(CARD.convert("RGB"), kind)
    for cut in range(0, len(whole) - 20, max(1, len(whole) // 25)):
        with pytest.raises(NotAPicture):
            open_picture(whole[:cut])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_damaged_pictures_are_opened_or_refused_and_nothing_else(kind):
    whole, chance = saved(CARD.convert("RGB"), kind), random.Random(3)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with contextlib.suppress(NotAPicture):
            assert open_picture(bytes(damaged)).ndim == 2


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked(side):
    with pytest.raises(NotAPicture, match="million"):
        open_picture(huge_png(side))


def test_too_many_bytes_are_refused(tmp_path: Path):
    with pytest.raises(NotAPicture, match="MB"):
        open_picture(b"\0" * (BYTES_MAX + 1))
    (tmp_path / "large.png").touch()
    with (tmp_path / "large.png").open("r+b") as file:
        file.truncate(BYTES_MAX + 1)
    with pytest.raises(NotAPicture, match="MB"):
        read_picture(tmp_path / "large.png")


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(NotAPicture, match="No such file"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(NotAPicture, match="directory"):
        read_picture(tmp_path)
