"""Pages: what a reader of PDF that is not ours draws is read to what was meant, single and many on a sheet."""

import random
from collections import Counter

import pytest

from labels.codes import expected
from labels.template import A4, template, templates
from tests.labels.judges import read
from tests.labels.test_judged import drawings_of

pdfium = pytest.importorskip("pypdfium2")
backend = pytest.importorskip("labels.backends.pdf")
DPI = 300


def pages(data: bytes):
    document = pdfium.PdfDocument(data)
    try:
        return [page.render(scale=DPI / 72).to_pil() for page in document]
    finally:
        document.close()


def texts(data: bytes):
    document = pdfium.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


@pytest.mark.parametrize("name", templates())
def test_every_label_is_read_from_its_page(name):
    for seed in range(2):
        drawings = drawings_of(name, seed)[1]
        drawn = pages(backend.pdf(drawings))
        assert [read(page.convert("L"), one.codes, DPI) for page, one in zip(drawn, drawings, strict=True)] == [Counter(map(expected, one.codes)) for one in drawings], seed


def test_many_location_labels_stand_on_a_sheet_and_each_is_read():
    one = template("location")
    labels = [drawing for at in range(14) for drawing in one.drawings({**one.sample, "code": f"W1-A-{at:02}", "level": at % 5})]
    drawn = pages(backend.pdf(labels, sheet=backend.Sheet()))
    assert [page.size for page in drawn] == [(round(A4[0] * DPI / 25.4), round(A4[1] * DPI / 25.4))] * 2 or len(drawn) == 2
    found = sum((read(page.convert("L"), labels[0].codes) for page in drawn), Counter())
    assert found == Counter(("]C0", f"W1-A-{at:02}".encode()) for at in range(14))


def test_a_level_has_its_colour():
    one = template("location")
    page = pages(backend.pdf(one.drawings({**one.sample, "level": 1})))[0]
    assert page.getpixel((40, 60)) == (0xE4, 0x57, 0x2E)


def test_a_list_fills_an_ordinary_page():
    one = template("packing_list")
    rows = [{"item": f"I{at}", "name": f"Thing {at}", "quantity": 1} for at in range(26)]
    data = {**one.sample, "lines": rows}
    assert len(one.drawings(data, page=A4)) < len(one.drawings(data))
    said = texts(backend.pdf(one.drawings(data, page=A4)))
    assert len(said) == 1
    assert all(f"Thing {at}" in said[0] for at in range(26))


def test_chinese_needs_no_font_file_in_a_pdf():
    one = template("lpn")
    said = texts(backend.pdf(one.drawings({"code": "LPN00000001", "name": "有机苹果汁一升装"})))
    assert "有机苹果汁一升装" in said[0]


def test_the_same_labels_are_the_same_bytes():
    one = template("sscc")
    assert backend.pdf(one.drawings(one.sample)) == backend.pdf(one.drawings(one.sample))


def test_no_text_makes_a_page_fail():
    rng = random.Random(3)
    one = template("lpn")
    for _ in range(60):
        text = "".join(chr(rng.choice([rng.randint(0, 0x7F), rng.randint(0x80, 0x2FFF), rng.randint(0x4E00, 0x9FFF), rng.randint(0x1F300, 0x1FAFF)]))
                       for _ in range(rng.randint(1, 60)))
        assert backend.pdf(one.drawings({"code": "LPN1", "name": text})).startswith(b"%PDF")
