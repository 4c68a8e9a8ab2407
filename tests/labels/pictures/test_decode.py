"""What is drawn is read: turned, small, faint, several at once; what is no whole code is not."""

import os
import time

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from labels.pictures.decode import _looks, decode
from labels.pictures.formats import FORMATS, NotAPicture, UnknownFormat, has_check_digit
from labels.pictures.looks import LOOKS
from simulators.scene import Sight, label, scene, with_noise
from tests.waiting import within

LABELS = {
    "code128": ("code128:LPN-0001", "]C0", "LPN-0001"),
    "gs1-128": ("gs1-128:(01)09506000134352(10)L1(21)7", "]C1", "010950600013435210L1\x1d217"),
    "ean13": ("ean13:9506000134352", "]E0", "9506000134352"),
    "ean8": ("ean8:95050003", "]E4", "95050003"),
    "itf14": ("itf14:19506000134359", "]I1", "19506000134359"),
    "qr": ("qr:https://id.example/01/09506000134352", "]Q1", "https://id.example/01/09506000134352"),
    "gs1-qr": ("gs1-qr:(01)09506000134352", "]Q3", "0109506000134352"),
    "datamatrix": ("datamatrix:A1-77", "]d1", "A1-77"),
    "gs1-datamatrix": ("gs1-datamatrix:(01)09506000134352(10)A", "]d2", "010950600013435210A"),
}
FORMAT_OF = {"gs1-128": "code128", "gs1-qr": "qr", "gs1-datamatrix": "datamatrix"}
BARS = ["code128:LPN-0001", "ean13:9506000134352", "itf14:19506000134359"]
SOME_ANGLES = (0, 10, 30, 45, 60, 85, 90, 135, 180, 247, 300)
LONG = pytest.mark.skipif("AISLE_LONG" not in os.environ, reason="every degree takes minutes; AISLE_LONG=1 asks for it")


def grey(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("L"))


def texts(picture, *formats, **how):
    return [one.text for one in decode(picture, formats or FORMATS, **{"seconds": 20, **how})]  # the machine may be busy


def chance(seed=1):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("kind", LABELS)
def test_each_kind_of_code_is_read_with_its_identifier(kind):
    drawn, symbology, text = LABELS[kind]
    [one] = decode(grey(label(drawn)), [FORMAT_OF.get(kind, kind)])
    assert (one.symbology, one.text, one.format, one.charset) == (symbology, text, FORMAT_OF.get(kind, kind), "utf-8")
    assert one.data == text.encode()


@pytest.mark.parametrize("text", BARS)
@pytest.mark.parametrize("angle", SOME_ANGLES)
def test_bars_are_read_at_every_angle(text, angle):
    data = text.partition(":")[2]
    assert texts(grey(scene([text], Sight(turn=angle))), "code128", "ean13", "itf14") == [data]


@LONG
@pytest.mark.parametrize("text", BARS)
def test_bars_are_read_at_every_single_degree(text):
    data = text.partition(":")[2]
    assert [angle for angle in range(360) if texts(grey(scene([text], Sight(turn=angle))), "code128", "ean13", "itf14") != [data]] == []


SIGHTS = {
    "small": lambda image: image.resize((image.width // 2, image.height // 2), Image.Resampling.BILINEAR),
    "faint and noisy": lambda image: with_noise(image.point(lambda one: 128 + (one - 128) * 0.1), 3, chance()),
    "noisy": lambda image: with_noise(image, 25, chance()),
    "white on black": ImageOps.invert,
    "out of focus": lambda image: image.filter(ImageFilter.GaussianBlur(2.2)),
}


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("text", ["code128:LPN-0001", "qr:LPN-0001"])
def test_what_a_single_look_may_miss_is_read(sight, text):
    assert texts(grey(SIGHTS[sight](scene([text], Sight(module=4))).convert("L"))) == ["LPN-0001"]


def test_several_labels_come_left_to_right_each_with_its_corners():
    wanted = ["code128:LPN-0001", "ean13:9506000134352", "qr:收货", "gs1-datamatrix:(01)09506000134352(10)A"]
    found = decode(grey(scene(wanted, Sight())), at_least=4)
    assert {one.text for one in found} == {"LPN-0001", "9506000134352", "收货", "010950600013435210A"}
    assert [min(x for x, _ in one.corners) for one in found] == sorted(min(x for x, _ in one.corners) for one in found)


def test_a_label_that_is_found_in_a_later_look_does_not_hide_those_found_before():
    upright = grey(scene(["code128:LPN-0001"], Sight()))
    turned = grey(scene(["code128:LPN-0002"], Sight(turn=45)))
    assert set(texts(np.vstack([upright, turned]), "code128", at_least=2)) == {"LPN-0001", "LPN-0002"}


@pytest.mark.parametrize("angle", [0, 22, 45, 60])
def test_corners_lie_where_the_label_is_however_it_was_looked_at(angle):
    ground = Image.new("L", (1000, 800), 170)
    card = label("code128:LPN-0001").rotate(angle, expand=True, fillcolor=170)
    ground.paste(card, (300, 200))
    [one] = decode(grey(ground), ["code128"])
    middle = (sum(x for x, _ in one.corners) / 4, sum(y for _, y in one.corners) / 4)
    assert middle == pytest.approx((300 + card.width / 2, 200 + card.height / 2), abs=25)


def test_two_labels_that_say_the_same_are_two_and_two_strips_of_one_are_one():
    card = label("code128:LPN-0001")
    twice = Image.new("L", (card.width * 2 + 100, card.height + 40), 170)
    twice.paste(card, (20, 20))
    twice.paste(card, (card.width + 80, 20))
    assert texts(grey(twice), "code128", at_least=3) == ["LPN-0001", "LPN-0001"]
    striped = grey(card).copy()
    striped[striped.shape[0] // 2 - 3:striped.shape[0] // 2 + 3] = 255
    assert texts(striped, "code128", at_least=2) == ["LPN-0001"]


@pytest.mark.parametrize("digits", ["1950600013435", "19506000134350", "195060001343"])
def test_an_itf_that_has_not_14_digits_with_their_check_digit_is_none(digits):
    even = digits if len(digits) % 2 == 0 else "0" + digits[:-2] + "1"
    code = zxingcpp.create_barcode(even, zxingcpp.BarcodeFormat.ITF)
    assert not (len(even) == 14 and has_check_digit(even))
    assert texts(np.array(code.to_image(scale=3)), "itf14") == []


@pytest.mark.parametrize("angle", range(0, 90, 15))
def test_no_part_of_a_turned_itf_or_ean_13_passes_for_a_code(angle):
    for text in ("itf14:19506000134359", "ean13:3932532700009"):
        if text.startswith("itf14") or has_check_digit(text[6:]):
            found = texts(grey(scene([text], Sight(turn=angle, blur=1.2, noise=10))), "itf14", "ean13", "ean8")
            assert found in ([], [text.partition(":")[2]])


@LONG
def test_no_text_is_wrong_in_hundreds_of_bad_pictures():
    random, wrong, read = chance(7), [], 0
    for number in range(400):
        digits = "".join(map(str, random.integers(0, 10, 12)))
        digits += next(last for last in "0123456789" if has_check_digit(digits + last))
        text = f"ean13:{digits}"
        seen = scene([text], Sight(turn=float(random.integers(0, 360)), blur=float(random.uniform(0, 3)), module=int(random.integers(1, 4))))
        found = texts(grey(with_noise(seen, float(random.uniform(0, 50)), random)), "ean13", "ean8", "itf14", "code128", seconds=0.5)
        read += digits in found
        wrong += [(number, digits, one) for one in found if one != digits]
    assert wrong == []
    assert read > 50


def test_nothing_is_read_where_only_other_formats_are_wanted():
    picture = grey(scene(["code128:LPN-0001", "qr:ABC"], Sight()))
    assert texts(picture, "ean13", "ean8", "itf14", "datamatrix") == []


def test_an_ean_8_and_an_itf_of_any_length_are_read_only_when_they_are_wanted():
    picture = grey(scene(["ean8:95050003"], Sight()))
    assert decode(picture) == []
    assert texts(picture, "ean8") == ["95050003"]


def test_a_upc_a_is_an_ean_13_that_begins_with_zero():
    code = zxingcpp.create_barcode("614141007349", zxingcpp.BarcodeFormat.UPCA)
    [one] = decode(np.array(code.to_image(scale=3)), ["ean13"])
    assert (one.text, one.symbology, one.format) == ("0614141007349", "]E0", "ean13")


@pytest.mark.parametrize(("content", "text", "charset"), [
    ("收货单", "收货单", "utf-8"), ("上海 W1", "上海 W1", "kanji"), ("é".encode("latin-1") * 3, None, "guessed"),
    ("收货单".encode("gb18030"), None, "guessed"), (b"\xb6\xb7\xb8 1", None, "guessed"), ("naïve", "naïve", "guessed")])
def test_a_text_is_sure_as_utf_8_or_kanji_and_else_marked_as_a_guess(content, text, charset):
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode)
    [one] = decode(np.array(code.to_image(scale=4)), ["qr"])
    assert one.charset == charset
    assert text in (None, one.text)


def test_a_picture_without_a_code_costs_no_more_time_than_was_given():
    picture = with_noise(Image.new("L", (1280, 720), 128), 30, chance())
    began = time.monotonic()
    assert texts(grey(picture), seconds=0.05) == []
    assert time.monotonic() - began < within(2)
    looks = time.monotonic()
    texts(grey(picture), seconds=0)
    assert time.monotonic() - looks < within(1)


def test_who_counts_begin_up_takes_every_look_next_after_the_plain_one():
    for pixels in (10_000, 2_000_000, 9_000_000):
        orders = [[look.name for look in _looks(frozenset({"code128"}), pixels, begin)] for begin in range(20)]
        assert all(sorted(order) == sorted(orders[0]) for order in orders)
        after = {order[order.index("plain") + 1] for order in orders}
        assert after == set(orders[0][orders[0].index("plain") + 1:])
    assert _looks(frozenset({"qr"}), 2_000_000, 0)[0].name == "plain"


def test_who_counts_begin_up_reads_what_is_turned_even_where_there_is_time_for_the_plain_look_only():
    picture = grey(scene(["code128:LPN-0001"], Sight(turn=40)))
    assert texts(picture, "code128", seconds=0) == []
    assert ["LPN-0001"] in [texts(picture, "code128", seconds=0, begin=begin) for begin in range(1, len(LOOKS))]


@pytest.mark.parametrize("formats", [[], ["code129"], ["code128", "<script>"]])
def test_a_format_that_is_not_read_is_named(formats):
    with pytest.raises(UnknownFormat, match="There are: code128"):
        decode(b"", formats)


@pytest.mark.parametrize("array", [np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5)), np.zeros((0, 5), np.uint8)])
def test_an_array_that_is_no_grey_picture_is_refused(array):
    with pytest.raises(NotAPicture, match="no grey picture"):
        decode(array)


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_code_in_a_photo_of_many_pixels_is_read_large_or_small_and_its_corners_fit(seconds):
    ground = Image.new("L", (3000, 2000), 170)
    ground.paste(label("code128:SMALL-1", module=2), (2300, 1700))
    [small] = decode(grey(ground), ["code128"], seconds=seconds)
    assert small.text == "SMALL-1" and 2300 < small.corners[0][0] < small.corners[1][0] < 2800
    ground = Image.new("L", (3000, 2000), 170)
    ground.paste(label("code128:LARGE-1", module=9), (100, 100))
    [large] = decode(grey(ground), ["code128"], seconds=seconds)
    assert (large.text, large.look) == ("LARGE-1", "half as large first")
    assert 100 < large.corners[0][0] < 500 and large.corners[1][0] > 1000


def test_a_part_of_a_larger_array_is_read():
    picture = grey(scene(["code128:LPN-0001"], Sight()))
    assert texts(picture[:, ::1][10:700, 5:1270], "code128") == ["LPN-0001"]


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (3000, 1), (2, 2)])
def test_the_smallest_pictures_hold_nothing(shape):
    assert texts(np.full(shape, 255, np.uint8)) == []
