"""What goes to the printer: ASCII, of a few commands, and never one that stood in the data."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.backends.zpl import zpl
from labels.drawing import Arrow, Box, Code, Drawing, Picture, Text
from labels.errors import BadData, DoesNotFit, LabelError, NoFont
from labels.gs1.linters import check_digit
from labels.template import template, templates
from tests.labels.judges import Zplkit, size_in_dots

raster = pytest.importorskip("labels.raster")
COMMAND = re.compile(r"\^(XA|CI28|PW\d+|LL\d+|FO\d+,\d+|A0N,\d+,\d+|FB\d+,1,0,[CR]|GB\d+,\d+,\d+|BY\d+(,3\.0)?|BCN,\d+,N,N,N|B2N,\d+,N,N,N|BEN,\d+,N,N"
                     r"|BQN,2,\d+|BXN,\d+,200,0,0,1,#,1|GFA,\d+,\d+,\d+,[0-9A-F:]+|FH_|FD[^\^~]*|FS|XZ)")
TEXTS = st.one_of(st.text(max_size=60), st.text(alphabet="^~_\\#>;:{}&\r\n\x00\x1bXZFD", max_size=30), st.just("^XZ^XA~JR^JUS^DFE:A.ZPL^FS"))


def data_with(one, text):
    """The sample with a text in every field that takes texts."""
    return {field.name: [data_with_columns(field, text)] if field.kind == "rows" else text if field.kind == "text" and not field.ai and not field.choices
            else field.sample for field in one.fields}


def data_with_columns(field, text):
    return {column.name: text if column.kind == "text" else column.sample for column in field.columns}


def is_of_our_commands_only(sent):
    return sent.isascii() and COMMAND.sub("", sent.replace("\n", "")) == "" and sent.count("^XA") == sent.count("^XZ")


@settings(max_examples=40, deadline=None)
@given(text=TEXTS)
@pytest.mark.parametrize("name", templates())
def test_no_text_in_any_field_becomes_a_command(name, text):
    try:
        sent = zpl(template(name).drawings(data_with(template(name), text)), 203)
    except LabelError:
        return
    assert is_of_our_commands_only(sent)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, kind=st.sampled_from(["code128", "qr"]), align=st.sampled_from(["left", "center", "right"]))
def test_no_text_in_any_element_becomes_a_command(text, kind, align):
    try:
        drawing = Drawing(100, 60, [Text(x=1, y=1, width=90, text=text, align=align, lines=3),
                                    *([Code(kind=kind, x=1, y=20, width=98, height=39, data=text)] if text else [])])
        sent = zpl([drawing], 300)
    except LabelError:
        return
    assert is_of_our_commands_only(sent)


def drawn(*elements, dpi=203):
    return zpl([Drawing(100, 50, elements)], dpi)


def test_a_text_is_written_in_the_printers_own_letters():
    assert drawn(Text(x=2, y=3, width=50, text="Soap", size=4)) == "^XA^CI28^PW799^LL400^FO16,24^A0N,32,32^FH_^FDSoap^FS^XZ\n"


@pytest.mark.parametrize(("dpi", "begins"), [(203, "^BY4^BCN,256,N,N,N"), (300, "^BY6^BCN,378,N,N,N"), (600, "^GFA,")])
def test_bars_are_whole_dots_and_no_printer_is_asked_for_more_than_ten(dpi, begins):
    sent = drawn(Code(kind="gs1_128", x=0, y=1, width=100, height=32, data="00095200000000000011", module=0.495), dpi=dpi)
    assert begins in sent
    assert all(int(dots) <= 10 for dots in re.findall(r"\^BY(\d+)", sent))


@pytest.mark.parametrize(("data", "written"), [
    ("00095200000000000011", ">;>800095200000000000011"), ("10LOT\x1d21SN", ">:>810LOT>821SN"), ("010950600013435210L1", ">;>8010950600013435210>6L1"),
    ("010950600013435210L", ">;>80109506000134352>610L"),
])
def test_gs1_128_is_written_as_every_renderer_reads_it(data, written):
    assert f"^FD{written}^FS" in drawn(Code(kind="gs1_128", x=0, y=1, width=100, height=32, data=data))


def test_a_resolution_that_no_printer_has_is_refused():
    with pytest.raises(DoesNotFit, match=r"no printers with 204 dpi"):
        drawn(dpi=204)


def test_chinese_is_sent_as_a_picture():
    try:
        sent = drawn(Text(x=2, y=3, width=50, text="有机苹果汁", size=6))
    except NoFont as missing:
        pytest.skip(missing.sentence)
    assert "^GFA," in sent
    assert "^A0" not in sent


def test_a_colour_is_left_out_by_a_printer_that_has_none():
    box = Box(x=1, y=1, width=20, height=10, filled=True, colour="#E4572E")
    assert drawn(box) == drawn(Box(x=1, y=1, width=20, height=10))
    assert drawn(Box(x=1, y=1, width=20, height=10, filled=True)) != drawn(box)


def test_rows_of_a_picture_that_are_alike_are_sent_once():
    sent = drawn(Arrow(x=1, y=1, width=6, height=9))
    assert ":::::" in sent


def checkers() -> bytes:
    """A PNG of 2 x 2 fields, the first and the last dark, on nothing."""
    image = pytest.importorskip("PIL.Image").new("RGBA", (20, 20), (0, 0, 0, 0))
    image.paste((10, 20, 30, 255), (0, 0, 10, 10))
    image.paste((10, 20, 30, 255), (10, 10, 20, 20))
    written = io.BytesIO()
    image.save(written, format="PNG")
    return written.getvalue()


def test_a_picture_is_drawn_by_printers_pages_and_screens():
    drawing = Drawing(30, 30, [Picture(x=5, y=5, width=20, height=20, png=checkers())])
    pdfium, pdf, png = (pytest.importorskip(name) for name in ("pypdfium2", "labels.backends.pdf", "labels.backends.png"))
    document = pdfium.PdfDocument(pdf.pdf([drawing]))
    page = document[0].render(scale=203 / 72).to_pil().convert("L")
    document.close()
    printed = Zplkit().draw(zpl([drawing]), *size_in_dots(drawing, 203), 203)
    for drawn in (printed, page, png.image(drawing).convert("L")):
        assert [drawn.getpixel((round(x * 203 / 25.4), round(y * 203 / 25.4))) < 128 for x, y in ((10, 10), (20, 10), (10, 20), (20, 20))] == [True, False, False, True]


@pytest.mark.parametrize("png", [b"", b"rubbish", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"GIF89a" + b"\0" * 30])
def test_a_picture_that_is_none_is_refused(png):
    with pytest.raises(BadData, match=r"no PNG that can be read"):
        drawn(Picture(x=1, y=1, width=10, height=10, png=png))


@pytest.mark.parametrize(("change", "said"), [
    ({"sscc": "095200000000000012"}, "check digit is wrong"), ({"sscc": "12"}, "sscc"), ({"sscc": ""}, "needs the field 'sscc'"),
    ({"order": ""}, "needs the field 'order'"), ({"colour": "red"}, "has no field 'colour'"), ({"number": "two"}, "no whole number"),
    ({"number": -1}, "no whole number"), ({"number": True}, "no whole number"), ({"order": "x" * 73}, "at most 72"), ({"order": ["x"]}, "is no text"),
    ({"is_reprint": "yes"}, "neither true nor false"), ({"order": "\ud800"}, "broken"),
])
def test_bad_data_is_refused_with_the_field_and_what_to_do(change, said):
    one = template("carton")
    with pytest.raises(BadData) as refused:
        one.drawings({**one.sample, **change})
    assert refused.value.field == next(iter(change))
    assert said in refused.value.sentence
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(("name", "change", "said"), [
    ("sscc", {"content_gtin": ""}, "AI 15 also needs AI 01 / AI 02"), ("sscc", {"count": 0}, "AI 02 also needs AI 37"), ("sscc", {"best_before": "2028-02-30"}, "no date"),
    ("gs1_datamatrix", {"lot": "Äpfel"}, "set 82"), ("digital_link", {"domain": "javascript:alert(1)"}, "no web address"),
    ("packing_list", {"lines": [{"item": "A"}]}, "row 1 of lines needs the field 'quantity'"), ("packing_list", {"lines": {}}, "is no list"),
    ("location", {"arrow": "left"}, "none of up, down"), ("packing_list", {"lines": [7]}, "not an object"),
])
def test_what_gs1_or_a_table_asks_for_is_asked_for(name, change, said):
    with pytest.raises(BadData, match=re.escape(said)):
        template(name).drawings({**template(name).sample, **change})


def test_a_value_that_is_too_long_for_its_code_is_refused_by_its_field():
    with pytest.raises(DoesNotFit, match=r"takes 213") as refused:
        template("badge").drawings({"badge": "🍵" * 64, "name": "A"})
    assert refused.value.field == "badge"


def test_two_symbols_where_one_would_be_too_long():
    one = template("sscc")
    short = one.drawings({"sscc": "095200000000000011", "content_gtin": "09506000134352", "count": 48})[0]
    long = one.drawings({**one.sample, "lot": "LOT4567890123456789A"})[0]
    assert [len(list(drawing.codes)) for drawing in (short, long)] == [2, 3]


@settings(max_examples=100, deadline=None)
@given(digits=st.from_regex(r"[0-9]{17}", fullmatch=True), wrong=st.integers(1, 9))
def test_no_sscc_with_a_wrong_check_digit_is_printed(digits, wrong):
    right = check_digit(digits)
    other = str((int(right) + wrong) % 10)
    with pytest.raises(BadData):
        template("carton").drawings({**template("carton").sample, "sscc": digits + other})


def test_a_long_list_goes_on_over_the_page_and_loses_no_line():
    rows = [{"item": f"I{at}", "quantity": at} for at in range(1, 60)]
    pages = template("packing_list").drawings({**template("packing_list").sample, "lines": rows})
    sent = zpl(pages)
    assert sent.count("^XA") == len(pages) == 6
    assert all(f"^FDI{at}^FS" in sent for at in range(1, 60))


@pytest.mark.parametrize(("kind", "data"), [("gs1_datamatrix", "10^XZ"), ("gs1_128", "10A~JR"), ("itf14", "1950600013435^"), ("ean13", "^XZ"), ("qr", "A\nB"),
                                            ("code128", "\ud800"), ("code128", ""), ("gs1_datamatrix", "10#1")])
def test_a_code_holds_only_what_such_a_symbol_can(kind, data):
    with pytest.raises(BadData, match=r"cannot hold .* Correct its value\."):
        Code(kind=kind, x=0, y=0, width=50, height=20, data=data)


@pytest.mark.parametrize(("grams", "written"), [(999_999, "(3303)999999"), (1_234_567, "(3302)123457")])
def test_a_pallet_may_weigh_more_than_a_tonne(grams, written):
    one = template("sscc")
    assert written.replace("(", "").replace(")", "") in "".join(code.data for code in one.drawings({**one.sample, "gross_weight_g": grams})[0].codes)


def test_data_that_gs1_refuses_names_its_field():
    one = template("sscc")
    with pytest.raises(BadData, match=r"\(field 'content_gtin'\)\.") as refused:
        one.drawings({**one.sample, "count": 0})
    assert refused.value.field == "content_gtin"
