import re

import pytest

from labels.templates.carton import CartonLabel, carton_label
from labels.templates.location import LocationLabel, location_label
from labels.templates.lpn import LpnLabel, lpn_label
from labels.templates.packing_list import PackedLine, PackingList, packing_list

EVIL = "^XZ^XA~JR^CC_\\\r\n\x00<img>{{7*7}} 苹果汁"
COMMANDS = re.compile(r"[\^~][A-Z][A-Z0-9@]?")


def commands(zpl: str) -> list[str]:
    return COMMANDS.findall(zpl)


@pytest.mark.parametrize(("good", "evil"), [
    (location_label(LocationLabel(code="W1-A-01-1", check_digit="42", zone="A")),
     location_label(LocationLabel(code="W1-A-01-1", check_digit=EVIL, zone=EVIL))),
    (lpn_label(LpnLabel(code="LPN00000001", item="SOAP", name="Soap", lot="L", expiry="E", quantity=3, document="ASN-1")),
     lpn_label(LpnLabel(code="LPN00000001", item=EVIL, name=EVIL, lot=EVIL, expiry=EVIL, quantity=3, document=EVIL))),
    (carton_label(CartonLabel(sscc="095200000000000013", order="ORD-1", number=1, carrier="DHL", ship_to={"name": "Ann"})),
     carton_label(CartonLabel(sscc="095200000000000013", order=EVIL, number=1, carrier=EVIL, ship_to={"name": EVIL}))),
    (packing_list(PackingList(order="ORD-1", sscc="095200000000000013", number=1, customer="Ann", lines=[PackedLine(item="S", name="Soap", quantity=1)])),
     packing_list(PackingList(order=EVIL, sscc="095200000000000013", number=1, customer=EVIL, lines=[PackedLine(item=EVIL, name=EVIL, quantity=1)]))),
])
def test_what_stands_in_the_data_is_never_a_command_of_the_printer(good, evil):
    assert commands(evil) == commands(good)
    assert not set(evil) - {"\n"} - {chr(sign) for sign in range(0x20, 0x7F)}


def test_a_bins_code_stands_on_its_label_for_eyes_and_for_scanners():
    zpl = location_label(LocationLabel(code="W1-A-01-1", check_digit="42"))
    assert zpl.count("^FDW1-A-01-1^FS") == 2
    assert "^BC" in zpl
    assert "^FD42^FS" in zpl


def test_a_long_packing_list_goes_on_over_the_page_and_loses_no_line():
    lines = [PackedLine(item=f"I{number}", name=f"Item {number}", quantity=number) for number in range(1, 46)]
    zpl = packing_list(PackingList(order="ORD-1", sscc="095200000000000013", number=1, customer="Ann", lines=lines))
    assert zpl.count("^XA") == zpl.count("^XZ") == 3
    assert all(f"^FDItem {number}^FS" in zpl for number in range(1, 46))
    assert [f"{page}/3" in zpl for page in (1, 2, 3)] == [True] * 3
