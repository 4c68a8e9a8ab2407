"""The mark of a label that may be there twice: on every label, once, without touching what is scanned."""

import pytest

from labels.reprint import formats_of, marked_reprint, quantity_of, with_copies
from labels.templates.carton import CartonLabel, carton_label
from labels.templates.location import LocationLabel, location_label
from labels.templates.lpn import LpnLabel, lpn_label
from labels.zpl import at_300_dpi
from tests.labels.zpl_picture import pictures

OURS = {
    "carton": carton_label(CartonLabel(sscc="395060000000000017", order="O-1", number=1, ship_to={"name": "Ann", "city": "Ulm"})),
    "location": location_label(LocationLabel(code="W1-A-01-1", check_digit="42", zone="A")),
    "lpn": lpn_label(LpnLabel(code="LPN00000001", item="SOAP", name="Soap", quantity=4)),
}


@pytest.mark.parametrize("name", OURS)
def test_every_label_of_ours_can_be_marked_and_keeps_all_else(name):
    marked = marked_reprint(OURS[name])
    assert marked.count("^FDREPRINT^FS") == 1
    assert marked.startswith(OURS[name].removesuffix("^XZ\n"))
    assert marked_reprint(marked) == marked
    assert marked_reprint(at_300_dpi(OURS[name])).count("^FDREPRINT^FS") == 1


def test_a_label_that_says_it_already_stays_as_it_is():
    said = lpn_label(LpnLabel(code="LPN00000001", is_reprint=True))
    assert marked_reprint(said) == said


def test_an_item_that_is_called_so_does_not_pass_for_the_mark():
    assert marked_reprint("^XA^FDREPRINT PAPER^FS^XZ").count("REPRINT") == 2


def test_every_page_of_a_list_is_marked():
    assert marked_reprint("^XA^FDa^FS^XZ\n^XA^FDb^FS^XZ").count("^FDREPRINT^FS") == 2


@pytest.mark.parametrize("name", OURS)
def test_the_mark_covers_nothing_and_the_barcode_is_read_as_before(name):
    for zpl in (OURS[name], at_300_dpi(OURS[name])):
        before, after = (pictures(one)[0] for one in (zpl, marked_reprint(zpl)))
        mark = next(box for text, box in after.texts if text == "REPRINT")
        assert mark.is_within(after.paper)
        assert not [box for text, box in after.texts if text != "REPRINT" and box.overlaps(mark)]
        assert not [box for box in after.codes if box.overlaps(mark)]
        assert after.read() == before.read() != []


def test_copies_replace_what_the_label_said_of_them():
    assert with_copies("^XA^FDa^FS^PQ2,0,1,Y^XZ", 5) == "^XA^FDa^FS^PQ5^XZ"
    assert with_copies("^XA^FDa^FS^PQ2,0,1,Y^XZ", 1) == "^XA^FDa^FS^XZ"
    assert with_copies("^XA^FDa^FS^XZ\n^XA^FDb^FS^XZ", 2).count("^PQ2^XZ") == 2
    assert [quantity_of(one) for one in ("^XA^XZ", "^XA^PQ^XZ", "^XA^PQ7,0^XZ")] == [1, 1, 7]


def test_labels_in_a_text_are_found_whatever_stands_between():
    assert formats_of("x^XA1^XZ~JA\r\n^XA2\n^XZ^XA3") == ["^XA1^XZ", "^XA2\n^XZ"]
