"""Templates that a user writes: what they may say, what is refused and how, and that none of them can do anything but draw."""

import re
import time
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.backends.zpl import zpl
from labels.errors import BadData, BadTemplate, LabelError
from labels.user_templates import ELEMENTS_MAX, SOURCE_MAX, compile_template, prove
from tests.labels.judges import Zplkit, read, size_in_dots
from tests.waiting import within

GOOD = (files("labels") / "example.toml").read_text(encoding="utf-8")
SMALL = 'name = "a"\nwidth = 50\nheight = 30\n[fields.lot]\nsample = "L1"\n[[element]]\nkind = "text"\nx = 1\ny = 1\nwidth = 40\n'


def told(source):
    with pytest.raises(BadTemplate) as refused:
        compile_template(source)
    return refused.value.sentence


def test_a_template_draws_what_it_says_and_its_codes_are_read():
    assert sorted(prove(compile_template(GOOD))) == ["01095060001343521728063010L2026-11", "9506000134352", "LOT:L2026-11"]


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_renderer_that_is_not_ours_reads_the_same(dpi):
    drawing = compile_template(GOOD).drawings({"lot": "B>7", "gtin": "09506000134352", "expiry": "2027-01-31", "quantity": 1})[0]
    found = read(Zplkit().draw(zpl([drawing], dpi), *size_in_dots(drawing, dpi), dpi), drawing.codes, dpi)
    assert sorted(data for _, data in found) == [b"01095060001343521727013110B>7", b"9506000134352", b"LOT:B>7"]


def test_an_element_whose_fields_are_empty_is_left_out():
    drawing = compile_template(GOOD).drawings({"lot": "L1", "gtin": "09506000134352"})[0]
    assert [one.data for one in drawing.codes] == ["010950600013435210L1", "LOT:L1", "9506000134352"]
    assert [one.text for one in compile_template(SMALL + 'text = "LOT {{lot}}"').drawings({})[0].elements] == []


def test_what_stands_in_a_value_is_never_a_placeholder():
    drawing = compile_template(SMALL + 'text = "{{lot}}"').drawings({"lot": "{{lot}}{{secret}}"})[0]
    assert drawing.elements[0].text == "{{lot}}{{secret}}"


def test_a_value_cannot_begin_an_element_of_gs1():
    with pytest.raises(BadData, match="AI 10"):
        compile_template(GOOD).drawings({"lot": "A\x1d21SN", "gtin": "09506000134352"})
    drawing = compile_template(GOOD).drawings({"lot": "A(21)S", "gtin": "09506000134352"})[0]
    assert next(drawing.codes).data == "010950600013435210A(21)S"


@pytest.mark.parametrize(("change", "said"), [
    (('"LOT {{lot}}', '"LOT {{lott}}'), "element 1 (text): there is no field 'lott'. There are: lot, gtin, expiry, quantity."),
    (('"LOT {{lot}}', '"LOT {{lot}'), "is not closed"), (('"LOT {{lot}}', '"LOT lot}}'), "is not closed"), (('"LOT {{lot}}', '"LOT {{{{lot}}'), "is not closed"),
    (('"LOT {{lot}}', '"LOT {{lot.__class__}}'), "there is no field 'lot.__class__'"), (('"LOT {{lot}}', '"LOT {{#if lot}}'), "there is no field '#if lot'"),
    (('kind = "box"', 'kind = "include"'), "element 2 is of no kind that can be drawn. Kinds are: text, box,"), (('kind = "box"\n', ""), "element 2 is of no kind"),
    (("height = 0.5", "height = 0.5\nzpl = '^JUS'"), "has 'zpl', which means nothing here"), (("height = 0.5\n", ""), "element 2 (box) needs height"),
    (("x = 2\n", 'x = "2"\n'), "needs x as a number from 0 to 400"), (("x = 2\n", "x = -2\n"), "needs x as a number"), (("x = 2\n", "x = nan\n"), "needs x as a number"),
    (("x = 2\n", "x = inf\n"), "needs x as a number"), (("x = 2\n", "x = true\n"), "needs x as a number"), (("width = 101.6", "width = 1e9"), "needs width as a number from 10 to 400"),
    (("width = 101.6", "width = 5"), "needs width"), (('name = "pallet-de"', 'name = "../x"'), "is no name for a template"), (('name = "pallet-de"\n', ""), "needs name"),
    (("[fields.lot]", "[fields.Lot]"), "small letters"), (('kind = "number"', 'kind = "rows"'), "kind = one of text"), (("sample = 480\n", ""), "needs a sample"),
    (("required = true", 'required = "yes"'), "required = true or false"), (('[["01", "{{gtin}}"]', '[["01"]'), "pairs of application identifier"),
    (("longest = 20", "longest = 100000"), "needs longest as a number from 1 to 200"), (("[fields.lot]", "[fields.lot"), "is not TOML"),
    (("height = 0.5", 'height = 0.5\ncolour = "url(x)"'), "written #RRGGBB"), (("size = 6", "size = 6\nlines = 10000"), "needs lines as a number from 1 to 40"),
    (("size = 6", 'size = 6\nalign = "justify"'), "align is left, center or right"), (("size = 6", 'size = 6\nelements = [["10", "{{lot}}"]]'), "either text or elements"),
    (('text = "LOT {{lot}}  {{ quantity }} pcs"\n', ""), "either text or elements"), (('kind = "qr"', 'kind = "digital_link"'), "has 'data', which means nothing here"),
])
def test_what_a_template_may_not_say_is_refused_with_the_element_and_what_to_do(change, said):
    assert change[0] in GOOD
    assert said in told(GOOD.replace(*change, 1))


@pytest.mark.parametrize(("change", "said"), [
    (("x = 3\ny = 42", "x = 80\ny = 42"), "lies outside the label of 101.6 x 76.2 mm"),
    (("x = 3\ny = 42", "x = 3\ny = 12"), "A scanner does not read"),
    (("width = 99\nheight = 25", "width = 30\nheight = 25"), "narrower than 0.25 mm"), (('"9506000134352"', '"9506000134353"'), "check digit is wrong"),
    (('"9506000134352"', '"950"'), "needs 13 digits"), (('["17", "{{expiry}}"]', '["99999", "{{expiry}}"]'), "no application identifier 99999"),
    (('sample = "L2026-11"', 'sample = "Ä"'), "set 82"), (('sample = "L2026-11"', 'sample = "0123456789012345678901"'), "at most 20"),
])
def test_a_template_that_does_not_stand_its_own_sample_is_refused(change, said):
    assert change[0] in GOOD
    with pytest.raises(BadTemplate, match=re.escape(said)):
        prove(compile_template(GOOD.replace(*change, 1)))


COMMANDS = ["^XZ", "~JR", "^JUS", "^DFE:EVIL.ZPL^FS", "^XFE:SECRET.ZPL", "~DYE:X", "^IDR:*.*", "^FX", "~SD30", "^HH", "! U1 setvar", "\x1b@", "${jndi:ldap}", "%n"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_a_printer_in_a_template_is_only_text(command):
    sent = zpl(compile_template(SMALL + f"text = {tomllib_string(command + ' {{lot}}')}").drawings({"lot": command}))
    assert re.sub(r"\^(XA|CI28|PW\d+|LL\d+|FO\d+,\d+|A0N,\d+,\d+|FH_|FD[^\^~]*|FS|XZ)", "", sent) == "\n"


def tomllib_string(text):
    written = '"' + "".join(f"\\u{ord(sign):04x}" for sign in text) + '"'
    assert tomllib.loads(f"a = {written}")["a"] == text
    return written


@pytest.mark.parametrize("source", ["", "=", "\x00", "[" * 5000, "a = " + "[" * 20_000, "name = 7", "fields = 7", "element = 7", "[[element]]", "a" * (SOURCE_MAX + 1),
                                    SMALL + 'text = "x"\n' + '[[element]]\nkind = "arrow"\nx = 1\ny = 1\nwidth = 1\nheight = 1\n' * ELEMENTS_MAX])
def test_rubbish_is_refused_at_once(source):
    began = time.perf_counter()
    assert told(source).endswith(".")
    assert time.perf_counter() - began < within(2)


@settings(max_examples=150, deadline=None)
@given(source=st.one_of(st.text(max_size=200), st.builds(lambda at, put: GOOD[:at] + put + GOOD[at:], st.integers(0, len(GOOD)), st.text(max_size=8)),
                        st.builds(lambda at, much: GOOD[:at] + GOOD[at + much:], st.integers(0, len(GOOD)), st.integers(1, 80))))
def test_any_text_is_a_template_or_is_refused_in_a_sentence(source):
    try:
        made = compile_template(source)
        zpl(made.drawings(made.sample))
    except LabelError as refused:
        sentence = refused.sentence
    else:
        sentence = "drawn."
    assert sentence


def test_the_longest_template_is_drawn_in_time():
    element = '[[element]]\nkind = "text"\nx = 1\ny = 1\nwidth = 40\nlines = 10\nsize = 2\ntext = "' + "{{lot}}" * 20 + '"\n'
    made = compile_template(SMALL + 'text = "x"\n' + element * (ELEMENTS_MAX - 1))
    began = time.perf_counter()
    zpl(made.drawings({"lot": "W " * 100}))
    assert time.perf_counter() - began < within(5)


def test_elements_that_lie_over_each_other_many_times_are_refused():
    box = '[[element]]\nkind = "arrow"\nx = 0\ny = 0\nwidth = 50\nheight = 30\n'
    head = SMALL.partition("[[element]]")[0]
    compile_template(head + 3 * box).drawings({})
    with pytest.raises(LabelError, match="more than 3 times"):
        compile_template(head + 4 * box).drawings({})


def test_a_label_that_would_take_a_printer_minutes_is_refused():
    source = 'name = "a"\nwidth = 400\nheight = 400\n[[element]]\nkind = "arrow"\nx = 0\ny = 0\nwidth = 400\nheight = 400\n'
    with pytest.raises(LabelError, match="more than 4000000 bytes"):
        zpl(compile_template(source).drawings({}), 600)
