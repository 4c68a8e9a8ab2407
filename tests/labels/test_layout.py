"""What a label looks like: everything on it, nothing over something else, texts shrunk, wrapped and cut where one sees it."""

import random

import pytest

from labels.backends.zpl import DPIS
from labels.codes import MODULE_MIN, best, expected, is_linear, modules, place
from labels.drawing import Arrow, Box, Code, Drawing, Picture, Text
from labels.errors import DoesNotFit
from labels.printer_font import printer_width
from labels.template import A6, templates
from labels.typesetting import CUT_MARK, lines_of
from tests.labels.test_judged import drawings_of

SLACK = 0.06


def boxes_of(drawing):
    """Where something is printed, in millimetres: codes with their quiet zones, texts by line as wide as their letters."""
    for one in drawing.elements:
        if isinstance(one, Text):
            for line in lines_of(one, printer_width):
                wide = printer_width(line.text) * line.size
                left = one.x + {"left": 0, "center": (one.width - wide) / 2, "right": one.width - wide}[one.align]
                yield one, (left, line.y, left + wide, line.y + line.size)
        elif isinstance(one, Code | Arrow | Picture) or (isinstance(one, Box) and min(one.width, one.height) < 2):
            yield one, (one.x, one.y, one.x + one.width, one.y + one.height)


def overlap(a, b):
    return a[0] + SLACK < b[2] and b[0] + SLACK < a[2] and a[1] + SLACK < b[3] and b[1] + SLACK < a[3]


@pytest.mark.parametrize("name", templates())
def test_nothing_lies_over_something_else_or_outside(name):
    for seed in range(20):
        for drawing in drawings_of(name, seed)[1]:
            found = list(boxes_of(drawing))
            assert [one for one, box in found if box[0] < -SLACK or box[1] < 0 or box[2] > drawing.width + SLACK or box[3] > drawing.height] == []
            assert [(a, b) for at, (a, first) in enumerate(found) for b, second in found[:at] if overlap(first, second)] == []


def test_nothing_of_a_logistic_label_on_a6_lies_over_something_else():
    for seed in range(20):
        found = list(boxes_of(drawings_of("sscc", seed, A6)[1][0]))
        assert [(a, b) for at, (a, first) in enumerate(found) for b, second in found[:at] if overlap(first, second)] == []


@pytest.mark.parametrize("name", templates())
def test_a_label_is_as_large_on_every_printer(name):
    for code in templates()[name].drawings(templates()[name].sample)[0].codes:
        sizes = [place(code, dpi, *modules(code)).module * 25.4 / dpi for dpi in DPIS]
        assert min(sizes) >= MODULE_MIN
        assert max(sizes) <= code.module + 25.4 / 203


@pytest.mark.parametrize("dpi", DPIS)
@pytest.mark.parametrize("name", ["sscc", "carton", "shipping"])
def test_the_bars_of_an_sscc_are_as_wide_and_as_high_as_gs1_wants_them(name, dpi):
    code = next(one for one in templates()[name].drawings(templates()[name].sample)[0].codes if one.data.startswith("00"))
    at = place(code, dpi, *modules(code))
    assert at.module * 25.4 / dpi >= 0.495
    assert at.height * 25.4 / dpi >= 31.75


def lines(text, **asked):
    return lines_of(Text(**{"x": 0, "y": 0, "width": 50, "size": 5, "least": 2.5, "text": text, **asked}), printer_width)


def test_a_short_text_keeps_its_size():
    assert [(one.size, one.text) for one in lines("Soap")] == [(5, "Soap")]


def test_a_long_text_shrinks_and_stays_whole():
    only = lines("Soap with olive oil and lavender")
    assert [one.text for one in only] == ["Soap with olive oil and lavender"]
    assert 2.5 <= only[0].size < 5


def test_a_longer_text_goes_on_in_the_next_line_where_there_is_one():
    assert [one.text for one in lines("Soap with olive oil and lavender", least=5, lines=2)] == ["Soap with olive oil and", "lavender"]


def test_a_text_that_fits_nowhere_is_cut_with_a_mark():
    for asked in ({}, {"lines": 3}):
        told = lines("W" * 900, **asked)
        assert told[-1].text.endswith(CUT_MARK)
        assert all(printer_width(one.text) * one.size <= 50.01 for one in told)


def test_a_text_of_controls_and_broken_signs_is_one_line_of_signs():
    assert [one.text for one in lines("A\r\n\x00B\ud800\x1b")] == ["A   B?"]


@pytest.mark.parametrize("element", [Text(x=45, y=1, width=10, text="x"), Box(x=-1, y=0, width=5, height=5), Text(x=1, y=18, width=10, size=4, text="x"),
                                     Code(kind="qr", x=1, y=1, width=10, height=30, data="x"), Box(x=1, y=1, width=0, height=5)])
def test_an_element_outside_its_label_is_refused(element):
    with pytest.raises(DoesNotFit, match=r"outside the label of 50 x 20 mm. Move it or make it smaller\."):
        Drawing(50, 20, [element])


def test_a_code_that_would_be_too_narrow_to_read_is_refused_or_becomes_a_qr_code():
    long = Code(kind="code128", x=0, y=0, width=40, height=20, data="A" * 40)
    with pytest.raises(DoesNotFit, match=r"narrower than 0.25 mm, which scanners cannot read\. Shorten it"):
        place(long, 203, *modules(long))
    assert best(long).kind == "qr"
    assert best(Code(kind="code128", x=0, y=0, width=40, height=20, data="库位")).kind == "qr"


@pytest.mark.parametrize("data", ["A" * 214, "库" * 72])
def test_more_than_a_qr_code_takes_is_refused(data):
    with pytest.raises(DoesNotFit, match=r"takes 213"):
        modules(Code(kind="qr", x=0, y=0, width=100, height=100, data=data))


def test_the_printers_symbol_is_never_larger_than_was_reckoned():
    symbol = pytest.importorskip("labels.raster").symbol
    rng = random.Random(7)
    for _ in range(200):
        text = "".join(rng.choices("ABC0123456789", k=rng.randint(1, 20)))
        for kind in ("code128", "qr"):
            code = Code(kind=kind, x=0, y=0, width=200, height=60, data=text)
            rows = symbol(code)
            assert len(rows[0]) <= modules(code)[0], text


def test_what_a_scanner_must_say_is_told_with_its_identifier():
    assert expected(Code(kind="gs1_128", x=0, y=0, width=9, height=9, data="10A\x1d21B")) == ("]C1", b"10A\x1d21B")
    assert is_linear(Code(kind="itf14", x=0, y=0, width=9, height=9, data="1"))
