"""A device without a scanner takes a picture of the code: it is a scan. What shows none, or several, is said."""

import io

import pytest
import zxingcpp
from PIL import Image


def picture_of(*texts: str) -> bytes:
    """Codes one above the other, as a camera would see them."""
    codes = [Image.fromarray(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128).to_image(scale=3)) for text in texts]
    sheet = Image.new("L", (max([400, *(code.width for code in codes)]) + 80, 120 + sum(code.height + 60 for code in codes)), 255)
    top = 60
    for code in codes:
        sheet.paste(code, (40, top))
        top += code.height + 60
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def without_camera(pda) -> None:
    """As on plain HTTP, where a page may not have the camera."""
    pda.page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    pda.page.reload()
    pda.home()


def photograph(pda, data: bytes, mime: str = "image/png") -> None:
    pda.page.set_input_files(".photo input", {"name": "code.png", "mimeType": mime, "buffer": data})


@pytest.mark.parametrize(("size", "language"), [("small", "en"), ("usual", "zh-CN")])
def test_a_picture_of_a_code_is_a_scan(shop, screen, size, language):
    pda = screen(size, language)
    without_camera(pda)
    pda.fits()
    photograph(pda, picture_of(shop.asn(TEA=5)))
    pda.sees(".title", "Green tea")
    assert pda.errors == []


def test_a_picture_without_a_code_with_several_or_of_nothing_is_said(shop, screen):
    pda = screen("small")
    without_camera(pda)
    for data, words in ((picture_of(), "No code"), (picture_of("FIRST-1", "SECOND-2"), "several"), (b"no picture at all", "no picture")):
        photograph(pda, data)
        pda.sees(".stop", words)
        pda.fits()
        pda.page.click(".stop .buttons button")
    assert [one for one in pda.errors if "422" not in one] == []
