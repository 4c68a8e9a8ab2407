"""A picture for people's eyes is small and new: it shows what was sent, and nothing else of the file is left."""

import io

import numpy as np
import pytest
from PIL import Image

from labels.pictures.formats import SMALL_BYTES_MAX, NotAPicture
from labels.pictures.opening import open_picture
from labels.pictures.shrinking import shrunk
from tests.labels.pictures.test_opening import huge_png, saved

RED, BLUE = (200, 30, 30), (30, 30, 200)
FLAG = Image.new("RGB", (960, 640), RED)
FLAG.paste(BLUE, (0, 320, 960, 640))
"""Red above blue."""


def seen(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(shrunk(data).content))
    image.load()
    return image


def is_near(pixel: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return max(abs(one - other) for one, other in zip(pixel, wanted, strict=True)) < 12


def test_it_has_480_pixels_at_most_and_its_sides_stay_in_proportion():
    small = shrunk(saved(FLAG, "JPEG"))
    assert (small.width, small.height) == (480, 320)
    assert seen(saved(FLAG.resize((90, 60)), "PNG")).size == (90, 60)
    assert seen(saved(FLAG.resize((4000, 1)), "PNG")).size == (480, 1)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_each_kind_of_file_becomes_a_webp_that_shows_the_same(kind):
    image = seen(saved(FLAG, kind))
    assert image.format == "WEBP" and is_near(image.getpixel((240, 40)), RED) and is_near(image.getpixel((240, 280)), BLUE)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "CMYK"])
def test_each_way_to_keep_colours_is_taken(mode):
    grey = Image.new("L", (900, 30), 255)
    image = Image.fromarray(np.full((30, 900), 65_535, np.uint16)) if mode == "I;16" else grey.convert("RGB").convert(mode) if mode == "CMYK" else grey.convert(mode)
    made = seen(saved(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert made.mode == "RGB" and is_near(made.getpixel((100, 5)), (255, 255, 255))


def test_what_is_transparent_becomes_white():
    nothing = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    nothing.paste((*RED, 255), (0, 0, 50, 25))
    image = seen(saved(nothing, "PNG"))
    assert is_near(image.getpixel((25, 8)), RED) and is_near(image.getpixel((25, 42)), (255, 255, 255))


def test_it_is_turned_as_the_camera_noted_and_where_it_was_taken_is_not_kept():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SECRET CAMERA"
    exif.get_ifd(0x8825)[1] = "SECRET PLACE"
    sent = saved(FLAG, "JPEG", exif=exif, comment=b"SECRET WORDS")
    assert sent.count(b"SECRET") == 3
    small = shrunk(sent)
    assert b"SECRET" not in small.content and b"EXIF" not in small.content
    image = seen(sent)
    assert image.size == (320, 480) and is_near(image.getpixel((300, 240)), RED) and is_near(image.getpixel((20, 240)), BLUE)


def test_what_stands_behind_a_picture_is_not_kept():
    assert b"<script" not in shrunk(saved(FLAG, "PNG") + b"<script>alert(1)</script>").content


def test_noise_in_all_colours_fits_too():
    noise = Image.merge("RGB", [Image.effect_noise((480, 480), 200) for _ in range(3)])
    assert len(shrunk(saved(noise, "PNG")).content) <= SMALL_BYTES_MAX


def test_of_a_picture_that_moves_the_first_is_kept():
    out = io.BytesIO()
    Image.new("RGB", (20, 20), RED).save(out, "WEBP", save_all=True, append_images=[Image.new("RGB", (20, 20), BLUE)], duration=100)
    image = seen(out.getvalue())
    assert getattr(image, "n_frames", 1) == 1 and is_near(image.getpixel((10, 10)), RED)


def test_a_large_picture_in_sixteen_bits_of_grey_is_taken_too():
    assert seen(saved(Image.fromarray(np.full((1_500, 2_000), 65_535, np.uint16)), "PNG")).size == (480, 360)


def test_a_picture_that_goes_over_itself_for_hours_is_refused_at_once():
    once = saved(Image.new("L", (64, 64), 90), "JPEG", progressive=True)
    again = once[once.rfind(b"\xff\xda"):-2]
    assert shrunk(once[:-2] + again * 50 + b"\xff\xd9").width == 64
    for open_it in (shrunk, open_picture):
        with pytest.raises(NotAPicture, match="more than 100 steps"):
            open_it(once[:-2] + again * 100 + b"\xff\xd9")


def test_what_has_to_be_unpacked_whole_may_have_fewer_pixels_than_a_photo():
    assert shrunk(saved(FLAG.resize((6_000, 4_500)), "JPEG")).width == 480
    for many in (saved(FLAG.resize((6_000, 4_500)), "JPEG", progressive=True), huge_png(5_500)):
        with pytest.raises(NotAPicture, match="at most 25 million"):
            shrunk(many)


@pytest.mark.parametrize(("sent", "said"), [
    (b"", "no picture"), (b"hello", "no picture"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"), (b"GIF89a" + b"\0" * 100, "no picture"),
    (saved(FLAG, "PNG")[:400], "damaged"), (saved(FLAG, "JPEG")[:3000], "damaged"), (huge_png(9_000), "million"), (huge_png(60_000), "million")],
    ids=["nothing", "words", "svg", "gif", "half a png", "half a jpeg", "large", "bomb"])
def test_what_is_no_whole_picture_of_a_usual_size_is_refused_with_what_to_send(sent, said):
    with pytest.raises(NotAPicture, match=said) as refused:
        shrunk(sent)
    assert "Send" in str(refused.value)
