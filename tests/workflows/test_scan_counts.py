"""The shortest path of every process, counted: so many scans, and nothing is tapped (the table in FLOOR.md)."""

from collections.abc import Sequence

import pytest

from labels.gs1 import check_digit
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.sites import location_by_code
from server.stock.lpns import make_lpn
from server.wms.counting import plan_counts
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.pda import Pda
from tests.warehouse import ITEMS, Warehouse

PHONE, HAM = "09506000134383", "99506000134386"
SSCC = "39506000111111111" + check_digit("39506000111111111")


class Counting:
    """A handheld that counts what its worker does once the task is there."""

    def __init__(self, pda: Pda) -> None:
        self.pda, self.scans, self.sent_before = pda, 0, len(pda.sent)

    def scan(self, *texts: str) -> None:
        for one in texts:
            self.scans += 1
            effects = self.pda.scan(one)
            assert [effect for effect in effects if effect["effect"] == "refused"] == [], one
        assert [result["status"] for result in self.pda.results] == ["applied"] * len(self.pda.results)

    @property
    def operations(self) -> list[str]:
        return [sent["kind"] for sent in self.pda.sent[self.sent_before :]]


@pytest.fixture
def house(database):
    made = Warehouse(database).open()

    def more(tx):
        for code, gtin, flags in (("PHONE", PHONE, {"tracks_serial": True}), ("HAM", HAM, {"catch_weight": True})):
            made.items[code] = put_item(tx, NewItem(code=code, name=code.title(), packs=[NewPack("each", 1, (gtin,))], **flags))

    database.write(more)
    return made


def expect(house, *lines: NewInboundLine) -> None:
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=list(lines))))


def started(house, *texts: str) -> Counting:
    """A handheld whose task has been opened by a scan; what it does from then on is counted."""
    pda = house.pda()
    for one in texts:
        pda.scan(one)
    assert pda.task is not None
    return Counting(pda)


def received(house) -> int:
    return house.one("SELECT SUM(received) FROM inbound_line")


def picked_order(house, *lines: tuple[str, int], tote: str = "TOTE-5", number: int = 1) -> None:
    house.order(f"S-{number}", *lines)
    house.wave()
    pda = house.pda()
    for one in (tote, *(ITEMS[item] for item, _ in lines)):
        pda.scan(one)
    assert pda.task is None


def packed(house, tote: str, items: Sequence[str]) -> tuple[Counting, str]:
    hand = started(house, tote)
    hand.scan(*(ITEMS[item] for item in items))
    sscc = hand.pda.results[-1]["data"]["sscc"]
    hand.scan(f"(00){sscc}")
    return hand, sscc


def test_a_line_is_received_with_one_scan_of_its_label(house):
    expect(house, NewInboundLine(item="MILK", quantity=20), NewInboundLine(item="SOAP", quantity=12),
           NewInboundLine(item="MILK", quantity=6))
    hand = started(house, "ASN-1")
    hand.scan("(01)09506000134376(10)L1(17)310131(30)20", f"(01){ITEMS['SOAP']}(30)12", "]C1010950600013437610L2\x1d17310630306")
    assert (hand.scans, hand.operations, received(house)) == (3, ["receive"] * 3, 38)


def test_a_serial_is_received_with_one_scan(house):
    expect(house, NewInboundLine(item="PHONE", quantity=2))
    hand = started(house, "ASN-1")
    hand.scan(f"(01){PHONE}(21)S1", f"(01){PHONE}(21)S2")
    assert (hand.scans, received(house)) == (2, 2)


def test_a_weighed_piece_is_received_with_one_scan(house):
    expect(house, NewInboundLine(item="HAM", quantity=5000))
    hand = started(house, "ASN-1")
    hand.scan(f"(01){HAM}(3103)001500", f"(01){HAM}(3103)002250")
    assert (hand.scans, received(house)) == (2, 3750)


def test_a_pallet_is_received_with_one_scan(house):
    expect(house, NewInboundLine(item="SOAP", quantity=48, sscc=SSCC))
    hand = started(house, "ASN-1")
    hand.scan(f"(00){SSCC}(02){ITEMS['SOAP']}(37)48")
    assert (hand.scans, received(house)) == (1, 48)


def test_pieces_without_a_quantity_are_received_by_scanning_each_and_no_tap(house):
    expect(house, NewInboundLine(item="SOAP", quantity=5))
    hand = started(house, "ASN-1")
    hand.scan(*[ITEMS["SOAP"]] * 3, "CMD-DONE")
    assert (hand.operations, received(house)) == (["receive"], 3)


def test_a_pallet_is_put_away_with_two_scans(house):
    expect(house, NewInboundLine(item="SOAP", quantity=48, sscc=SSCC))
    receiving = started(house, "ASN-1")
    receiving.scan(f"(00){SSCC}")
    receiving.pda.task = None
    hand = Counting(receiving.pda)
    hand.scan(f"(00){SSCC}")
    hand.scan(hand.pda.task["forms"][0]["info"]["location"])
    assert (hand.scans, hand.operations) == (2, ["start", "put_away"])


def test_a_line_of_a_trolley_is_picked_with_two_scans(house):
    house.put("SOAP", 50, "W1-A-01-1")
    house.put("TEA", 50, "W1-A-02-1")
    for number in range(3):
        house.order(f"S-{number}", ("SOAP", 2), ("TEA", 1))
    house.wave("cluster")
    hand = started(house, "TROLLEY-1")
    while hand.pda.task is not None:
        info = next(one for one in hand.pda.task["forms"] if one["state"] == "open")["info"]
        hand.scan(ITEMS[info["item"]], info["tote"])
    assert (hand.scans, hand.operations) == (2 * 6, ["pick"] * 6)


def test_a_line_of_one_order_is_picked_with_one_scan(house):
    for number, item in enumerate(("SOAP", "TEA", "MILK"), 1):
        house.put(item, 50, f"W1-A-0{number}-1", lot="L1" if item == "MILK" else "")
    house.order("S-1", ("SOAP", 3), ("TEA", 2), ("MILK", 4))
    house.wave()
    hand = started(house, "TOTE-5")
    hand.scan(ITEMS["SOAP"], ITEMS["TEA"], ITEMS["MILK"])
    assert (hand.scans, hand.operations, hand.pda.task) == (3, ["pick"] * 3, None)


def test_a_short_pick_is_one_command_and_a_quantity(house):
    house.put("SOAP", 5, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    hand = started(house, "TOTE-5")
    hand.scan("CMD-SHORT", "QTY-1")
    assert (hand.scans, hand.operations) == (2, ["short"])


def test_a_parcel_is_packed_with_its_items_and_the_printed_label(house):
    house.put("SOAP", 9, "W1-A-01-1")
    house.put("TEA", 9, "W1-A-02-1")
    picked_order(house, ("SOAP", 3), ("TEA", 2))
    hand, _ = packed(house, "TOTE-5", ["SOAP", "TEA"])
    assert (hand.scans, hand.operations, hand.pda.task) == (2 + 1, ["pack", "verify_label"], None)


def test_a_parcel_is_loaded_with_one_scan(house):
    house.put("SOAP", 9, "W1-A-01-1")
    labels = []
    for number, tote in enumerate(("TOTE-5", "TOTE-6"), 1):
        picked_order(house, ("SOAP", 1), tote=tote, number=number)
        labels.append(packed(house, tote, ["SOAP"])[1])
    hand = started(house, "W1-DOOR")
    hand.scan(*(f"(00){sscc}" for sscc in labels))
    assert (hand.scans, hand.operations) == (2, ["load", "load"])


def test_a_count_is_one_scan_a_unit_or_one_a_pallet_and_the_next_bin_closes_this_one(house):
    bins = ["W1-A-01-1", "W1-A-02-1"]
    house.put("SOAP", 2, bins[0])

    def work(tx):
        places = [location_by_code(tx, code) for code in bins]
        make_lpn(tx, places[1], kind="pallet", code="PALLET-1")
        plan_counts(tx, [place.id for place in places], "planned")

    house.database.write(work)
    pda = house.pda()
    pda.send("claim", {"kind": "count"}, None)
    hand = Counting(pda)
    hand.scan(bins[0], ITEMS["SOAP"], ITEMS["SOAP"], bins[1], "PALLET-1")
    assert (hand.scans, hand.operations) == (2 + 2 + 1, ["count"])
    hand.scan("CMD-DONE")
    assert (hand.operations, pda.task) == (["count", "count"], None)
    assert house.one("SELECT COUNT(*) FROM cycle_count WHERE state = 'done'") == 2
