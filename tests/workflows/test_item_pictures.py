"""Whatever process shows an item shows its picture: none of them says so itself."""

import pytest

from labels.pictures.formats import SmallPicture
from server.masterdata.item_pictures import put_picture
from server.masterdata.locations import NewLocation, put_location
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.warehouse import ITEMS, Warehouse


@pytest.fixture
def house(database):
    made = Warehouse(database).open()
    database.write(lambda tx: put_location(tx, made.site_id, NewLocation(code="W1-RETURNS", kind="returns")))
    return made


@pytest.fixture
def address(house):
    return house.database.write(lambda tx: put_picture(tx, "SOAP", SmallPicture(b"soap", 1, 1)))


def seen(pda) -> dict[str, str | None]:
    """Each item that the task at hand shows, and where its picture is had."""
    infos = [one for form in pda.task["forms"] for one in (form["info"], *form["info"].get("contents", ()))]
    return {one["item"]: one.get("picture") for one in infos if "item" in one}


def test_from_the_dock_to_the_customer_and_back_each_item_is_seen(house, address):
    both = {"SOAP": address, "TEA": None}
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item=item, quantity=5) for item in both])))
    pda = house.pda()
    pda.scan("ASN-1")
    assert (pda.task["kind"], seen(pda)) == ("receive", both)
    pda.scan(f"(01){ITEMS['SOAP']}(30)5")
    pallet = pda.results[-1]["message"]["args"]["lpn"]
    pda.task = None
    pda.scan(pallet)
    assert (pda.task["kind"], seen(pda)) == ("put_away", {"SOAP": address})
    pda.scan("W1-B-05-1")

    house.put("TEA", 9, "W1-A-02-1")
    house.order("S-1", ("SOAP", 2), ("TEA", 1))
    house.wave()
    pda.task = None
    pda.scan("TOTE-5")
    assert (pda.task["kind"], seen(pda)) == ("pick", both)
    for form in list(pda.task["forms"]):
        pda.scan(ITEMS[form["info"]["item"]])
    pda.task = None
    pda.scan("TOTE-5")
    assert (pda.task["kind"], seen(pda)) == ("pack", both)
    for item in both:
        pda.scan(ITEMS[item])
    sscc = pda.results[-1]["data"]["sscc"]
    for scan in (f"(00){sscc}", "W1-DOOR", f"(00){sscc}", "CMD-DONE"):
        pda.scan(scan)
    house.settle()
    pda.task = None
    pda.scan(f"(00){sscc}")
    assert (pda.task["kind"], seen(pda)) == ("return", both)


def test_an_item_that_is_asked_for_is_seen(house, address):
    house.put("SOAP", 3, "W1-A-01-1")
    pda = house.pda()
    pda.scan(ITEMS["SOAP"])
    assert (pda.task["kind"], seen(pda)) == ("enquire", {"SOAP": address})
