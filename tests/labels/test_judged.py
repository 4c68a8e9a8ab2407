"""Every label at every resolution is drawn by two renderers that are not ours, and read to exactly what was meant.

AISLE_LONG=1 takes 500 random data sets each with both renderers, which is hours, most of them the second one's at 600 dpi;
a greater number takes so many. Without it a few.
"""

import os
import random
from collections import Counter

import pytest

from labels.backends.zpl import DPIS, zpl
from labels.codes import expected
from labels.drawing import Code, Drawing
from labels.errors import BadData, DoesNotFit, NoFont
from labels.gs1.linters import CSET82
from labels.template import A6, template, templates
from tests.labels.judges import Zplkit, read, size_in_dots, zebrash
from tests.labels.random_data import random_data

fonts = pytest.importorskip("labels.fonts")
SETS, LONG_SETS = 3, 500
ASKED = os.environ.get("AISLE_LONG", "")
LONG = int(ASKED) if ASKED.isdigit() and int(ASKED) > 1 else LONG_SETS if ASKED else 0
KINDS_OF_CODES = ("item", "digital_link", "gs1_datamatrix", "location")
"""Labels that between them hold all that is drawn in another way at 600 dpi: the second renderer needs seconds for each."""


def has_chinese() -> bool:
    try:
        fonts.wide_font()
    except NoFont:
        return False
    return True


@pytest.fixture(scope="module")
def judge_in_node():
    judge = zebrash()
    yield judge
    judge.close()


def drawings_of(name, seed, page=None):
    """A random label; data that is refused is no label."""
    rng, one = random.Random(f"{name}-{seed}"), template(name)
    while True:
        data = random_data(one.fields, rng, wide=has_chinese())
        try:
            return data, one.drawings(data, page=page)
        except (BadData, DoesNotFit):
            continue


def hold_against(judge, name, dpi, seed, page=None):
    data, drawings = drawings_of(name, seed, page)
    for drawing in drawings:
        wanted = Counter(map(expected, drawing.codes))
        assert read(judge.draw(zpl([drawing], dpi), *size_in_dots(drawing, dpi), dpi), drawing.codes, dpi) == wanted, (judge.name, dpi, seed, data)


@pytest.mark.parametrize("dpi", DPIS)
@pytest.mark.parametrize("name", templates())
def test_the_strict_renderer_draws_what_was_meant(name, dpi):
    for seed in range(LONG or SETS):
        hold_against(Zplkit(), name, dpi, seed)


@pytest.mark.parametrize("dpi", DPIS)
@pytest.mark.parametrize("name", templates())
def test_the_tolerant_renderer_draws_the_same(name, dpi, judge_in_node):
    if dpi == 600 and name not in KINDS_OF_CODES and not LONG:
        pytest.skip("seconds a label at 600 dpi: only with AISLE_LONG")
    for seed in range(LONG or 1):
        hold_against(judge_in_node, name, dpi, seed)


@pytest.mark.parametrize("dpi", DPIS)
def test_a_logistic_label_also_goes_on_a6(dpi):
    for seed in range(3):
        hold_against(Zplkit(), "sscc", dpi, seed, A6)


@pytest.mark.parametrize("dpi", [203, 300])
def test_a_symbol_that_a_printer_makes_a_size_larger_than_it_must_does_not_lie_under_the_text(dpi, judge_in_node):
    data = {"gtin": "15714744201532", "expiry": "2027-05-28", "lot": "7SE8J*_(D", "serial": 'EhzHG3f")4P/%pGfc2k', "name": "Soap"}
    [label] = template("gs1_datamatrix").drawings(data)
    wanted = Counter(map(expected, label.codes))
    for judge in (Zplkit(), judge_in_node):
        assert read(judge.draw(zpl([label], dpi), *size_in_dots(label, dpi), dpi), label.codes, dpi) == wanted, judge.name


TRAPS = ["123456X", "1234", "12345", "A>B", "12>34", ">0", "A^B~C_D", "\\&", "AB12345678", "12345678AB", "_1#1", "LPN00000001", "a{|}~z", "0", "%d{{7*7}}", "00"]
"""Data at which one renderer or the other goes wrong in some way of writing Code 128."""


@pytest.mark.parametrize("kind", ["code128", "qr", "gs1_128", "gs1_datamatrix"])
def test_no_trap_catches_a_code(kind, judge_in_node):
    for dpi, text in ((dpi, text) for dpi in (203, 600) for text in TRAPS):
        if kind.startswith("gs1") and set(text) - set(CSET82):
            continue
        data = f"010950600013435210L\x1d21{text}" if kind.startswith("gs1") else text
        label = Drawing(150, 25, [Code(kind=kind, x=0, y=1, width=150, height=23, data=data)])
        for judge in (Zplkit(), judge_in_node) if dpi == 203 else (Zplkit(),):
            assert read(judge.draw(zpl([label], dpi), *size_in_dots(label, dpi), dpi), label.codes, dpi) == Counter([expected(next(label.codes))]), (judge.name, dpi, text)
