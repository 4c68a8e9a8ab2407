"""The mark of a label that may be there twice: on every label, once, without touching what is scanned."""

import pytest

from labels.backends.zpl import zpl
from labels.codes import DPIS
from labels.reprint import formats_of, marked_reprint, quantity_of, with_copies
from labels.template import template, templates
from tests.labels.judges import Zplkit, read, size_in_dots

OURS = [name for name, one in templates().items() if not one.is_list]


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("dpi", DPIS)
def test_every_label_of_ours_can_be_marked_and_keeps_all_else(name, dpi):
    drawn = zpl(template(name).drawings(template(name).sample), dpi, needs_font=False)
    marked = marked_reprint(drawn, dpi)
    assert marked.count("^FDREPRINT^FS") == 1
    assert marked.startswith(drawn.removesuffix("^XZ\n"))
    assert marked_reprint(marked, dpi) == marked


def test_a_label_that_says_it_already_stays_as_it_is():
    said = zpl(template("lpn").drawings({"code": "LPN00000001", "is_reprint": True}))
    assert marked_reprint(said) == said


def test_an_item_that_is_called_so_does_not_pass_for_the_mark():
    assert marked_reprint("^XA^FDREPRINT PAPER^FS^XZ").count("REPRINT") == 2


def test_every_page_of_a_list_is_marked():
    assert marked_reprint("^XA^FDa^FS^XZ\n^XA^FDb^FS^XZ").count("^FDREPRINT^FS") == 2


def black(picture) -> int:
    return sum(picture.histogram()[:128])


@pytest.mark.parametrize(("name", "dpi"), [("location", 203), ("location", 300), ("item", 203), ("shipping", 203)])
def test_the_mark_is_seen_covers_no_letter_and_the_codes_are_read_as_before(name, dpi):
    drawing = template(name).drawings(template(name).sample)[0]
    sent, size = zpl([drawing], dpi, needs_font=False), size_in_dots(drawing, dpi)
    before, after = (Zplkit().draw(one, *size, dpi) for one in (sent, marked_reprint(sent, dpi)))
    alone = Zplkit().draw(marked_reprint("^XA^CI28^FO0,0^A0N,1,1^FD ^FS^XZ", dpi), *size, dpi)
    assert black(after) - black(before) == black(alone) > 0
    assert read(after, drawing.codes, dpi) == read(before, drawing.codes, dpi) != {}


def test_copies_replace_what_the_label_said_of_them():
    assert with_copies("^XA^FDa^FS^PQ2,0,1,Y^XZ", 5) == "^XA^FDa^FS^PQ5^XZ"
    assert with_copies("^XA^FDa^FS^PQ2,0,1,Y^XZ", 1) == "^XA^FDa^FS^XZ"
    assert with_copies("^XA^FDa^FS^XZ\n^XA^FDb^FS^XZ", 2).count("^PQ2^XZ") == 2
    assert [quantity_of(one) for one in ("^XA^XZ", "^XA^PQ^XZ", "^XA^PQ7,0^XZ")] == [1, 1, 7]


def test_labels_in_a_text_are_found_whatever_stands_between():
    assert formats_of("x^XA1^XZ~JA\r\n^XA2\n^XZ^XA3") == ["^XA1^XZ", "^XA2\n^XZ"]
