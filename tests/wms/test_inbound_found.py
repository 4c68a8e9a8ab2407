"""Inbound papers are found the newest first, by kind, state and site, and by a part of their number, a pallet, or an item still to come."""

import pytest
from sqlalchemy import text

from server.wms.inbound import (
    NewInbound,
    NewInboundLine,
    inbound_by_code,
    inbound_lines,
    put_inbound,
    set_inbound_state,
)
from server.wms.inbound_cancelling import cancel_inbound
from server.wms.inbound_found import Wanted, papers_found
from tests.warehouse import Warehouse

PALLET = "395060001111111110"
COME = text("UPDATE inbound_line SET received = quantity WHERE id = :id")


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    for code, kind, item, sscc in (("ASN-1", "asn", "SOAP", PALLET), ("PO-2", "purchase_order", "TEA", None), ("ASN_3", "asn", "SOAP", None)):
        database.write(lambda tx, code=code, kind=kind, item=item, sscc=sscc: put_inbound(tx, NewInbound(
            code=code, kind=kind, site_id=house.site_id, lines=[NewInboundLine(item=item, quantity=10, sscc=sscc), NewInboundLine(item=item, quantity=5)])))
    database.write(lambda tx: put_inbound(tx, NewInbound(code="RET-4", kind="return", site_id=house.site_id, lines=[NewInboundLine(item="SOAP", quantity=1)])))
    return house


def found(house, before=0, most=10, **wanted):
    return [row.code for row in house.database.read(lambda tx: papers_found(tx, Wanted(**wanted), before, most))]


def test_the_newest_come_first_and_returns_have_a_page_of_their_own(house):
    assert found(house) == ["ASN_3", "PO-2", "ASN-1"]


def test_a_page_goes_on_behind_the_last(house):
    first = house.database.read(lambda tx: papers_found(tx, Wanted(), 0, 2))
    assert [row.code for row in first] == ["ASN_3", "PO-2"]
    assert found(house, before=first[-1].id) == ["ASN-1"]


@pytest.mark.parametrize(("typed", "codes"), [
    ("asn-", ["ASN-1"]), ("N_3", ["ASN_3"]), ("_", ["ASN_3"]), ("%", []), ("!", []), ("soap", ["ASN_3", "ASN-1"]), ("SOA", []), (PALLET, ["ASN-1"]), (f"(00){PALLET}", ["ASN-1"]),
    (f"00{PALLET}", ["ASN-1"]), ("RET-4", []), ("' OR 1=1", [])])
def test_they_are_found_by_what_somebody_has_in_hand(house, typed, codes):
    assert found(house, typed=typed) == codes


def test_an_item_finds_only_papers_of_which_it_has_not_all_come(house):
    def come(tx):
        for line in inbound_lines(tx, inbound_by_code(tx, "ASN-1").id):
            tx.execute(COME, {"id": line.id})

    house.database.write(come)
    assert found(house, typed="SOAP") == ["ASN_3"]
    rows = house.database.read(lambda tx: papers_found(tx, Wanted(typed="ASN-1"), 0, 5))
    assert [(row.lines, row.quantity, row.received) for row in rows] == [(2, 15, 15)]


@pytest.mark.parametrize(("wanted", "codes"), [
    ({"kind": "asn"}, ["ASN_3", "ASN-1"]), ({"state": "open"}, ["PO-2", "ASN-1"]), ({"state": "cancelled"}, ["ASN_3"]), ({"state": "receiving"}, ["PO-2"]),
    ({"state": "open", "kind": "asn"}, ["ASN-1"]), ({"site_id": 999}, [])])
def test_they_are_narrowed_by_kind_state_and_site(house, wanted, codes):
    house.database.write(lambda tx: cancel_inbound(tx, "ASN_3", "called off"))
    house.database.write(lambda tx: set_inbound_state(tx, inbound_by_code(tx, "PO-2").id, "receiving"))
    assert found(house, **wanted) == codes
