"""Labels as they come out of the printer: all that is on them is inside, apart, and read by a scanner as what it is."""

import os

import pytest

from labels.gs1 import parse_scan
from labels.templates.carton import CartonLabel, carton_label
from labels.templates.location import LocationLabel, location_label
from labels.templates.lpn import LpnLabel, lpn_label
from labels.templates.packing_list import PackedLine, PackingList, packing_list
from labels.zpl import at_300_dpi
from tests.labels.zpl_picture import Picture, pictures

SSCC = "095200000000000011"
TEXTS = {"plain": "Soap", "long": "Soap with olive oil and lavender from Provence, family pack 6 x 100 g", "capitals": "W" * 60,
         "chinese": "有机苹果汁一升装家庭特惠装（六瓶）不含添加剂请置于阴凉干燥处避免阳光直射保质期十二个月生产日期见瓶盖",
         "evil": '^XZ^XA~JR^CC_\\"quoted"<img>{{7*7}}', "emoji": "Tea 🍵 with lemon 🍋", "lot": "LOT12345678901234567"}
CODES = ["A1", "W1-A-01-1", "LPN00000001", "LAGER-HALLE-02-REGAL-17-EBENE-03", "A>B>1", "A^B~C_D\\E", "库位-01", "X" * 64]


def lpn(text: str = "Soap", code: str = "LPN00000001") -> str:
    return lpn_label(LpnLabel(code=code, item=text[:64], name=text, lot=text[:20], expiry="2030-06-30", quantity=99_999, document=text[:64],
                              is_reprint=True))


def carton(text: str = "Soap") -> str:
    return carton_label(CartonLabel(sscc=SSCC, order=text[:72], number=12, carrier=text, weight_g=123_456, is_reprint=True, ship_to={
        "name": text, "street": text, "city": text, "postcode": "12345", "country": "DE"}))


def listed(text: str = "Soap") -> str:
    lines = [PackedLine(item=text[:64], name=text, quantity=99_999, lots=text[:20])] * 21
    return packing_list(PackingList(order=text[:72], sscc=SSCC, number=12, customer=text, lines=lines))


def location(code: str = "W1-A-01-1", text: str = "A") -> str:
    return location_label(LocationLabel(code=code, check_digit="42", zone=text))


ALL = {**{f"lpn-{name}": lpn(text) for name, text in TEXTS.items()}, **{f"carton-{name}": carton(text) for name, text in TEXTS.items()},
       **{f"list-{name}": listed(text) for name, text in TEXTS.items()}, **{f"location-{at}": location(code) for at, code in enumerate(CODES)},
       **{f"zone-{name}": location(text=text) for name, text in TEXTS.items()}, **{f"number-{at}": lpn(code=code) for at, code in enumerate(CODES)}}


def drawn(zpl: str, dpi: int, name: str = "") -> list[Picture]:
    made = pictures(at_300_dpi(zpl) if dpi == 300 else zpl)
    if (folder := os.environ.get("AISLE_PICTURES")) and name:
        for at, one in enumerate(made):
            one.image.save(f"{folder}/label-{name}-{dpi}-{at}.png")
    return made


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("name", ALL)
def test_nothing_lies_outside_the_label_or_over_something_else(name, dpi):
    for one in drawn(ALL[name], dpi, name):
        boxes = [*(box for _, box in one.texts), *one.codes]
        assert [said for said, box in one.texts if not box.is_within(one.paper)] == []
        assert [box for box in one.codes if not box.is_within(one.paper)] == []
        assert [(a, b) for at, a in enumerate(boxes) for b in boxes[:at] if a.overlaps(b)] == []


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("template", [location, lambda code: lpn(code=code)], ids=["location", "lpn"])
def test_a_scanner_reads_the_code_that_stands_on_the_label(template, code, dpi):
    read = drawn(template(code), dpi)[0].read()
    assert len(read) == 1
    scan = parse_scan(read[0])
    assert (scan.kind, scan.error, scan.values["text"]) == ("plain", None, code)


@pytest.mark.parametrize("dpi", [203, 300])
def test_a_scanner_reads_the_number_of_a_parcel_as_gs1(dpi):
    read = drawn(carton(), dpi)[0].read()
    assert read == [f"]C100{SSCC}"]
    assert parse_scan(read[0]).values["sscc"] == SSCC


def test_the_bars_of_a_parcels_number_are_as_wide_as_gs1_wants_them():
    """GS1 General Specifications: 0.495 mm or more for logistic labels, and 31.75 mm high."""
    box = drawn(carton(), 203)[0].codes[0]
    assert (box.right - box.left) / (156 + 20) * 25.4 / 203 >= 0.495
    assert (box.bottom - box.top) * 25.4 / 203 >= 31.75


def test_a_name_that_is_too_long_is_cut_where_one_sees_it():
    assert [said for said, _ in drawn(lpn(TEXTS["capitals"]), 203)[0].texts if said.startswith("W") and said.endswith("..")] != []


def test_a_long_name_goes_on_in_a_second_line_and_is_whole():
    said = [said for said, _ in drawn(lpn_label(LpnLabel(code="LPN00000001", name=TEXTS["long"])), 203)[0].texts]
    assert len(said) == 3
    assert " ".join(said[1:]) == TEXTS["long"]
