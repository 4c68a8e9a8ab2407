"""Papers and parcels closed by mistake are open again, and whoever heard of it hears the contrary."""

import json

import pytest

from server.events import from_payload
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from server.wms.returning import put_return
from tests.pda import Pda
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_returns import ship
from tests.workflows.test_undo_pick import do, events, status, undo

SSCC = "395060001111111110"


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def expect(house, *lines, code="ASN-1", kind="asn") -> str:
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code=code, kind=kind, site_id=house.site_id, lines=[
        NewInboundLine(**line) for line in lines])))
    return code


def papers(house) -> list[tuple]:
    return house.all("SELECT n.code, n.state, l.received, l.closed_reason FROM inbound n JOIN inbound_line l ON l.inbound_id = n.id "
                     "ORDER BY l.id")


def listed(house) -> list[tuple]:
    return house.all("SELECT code, state FROM floor_exception ORDER BY id")


def received_short(house, pda: Pda, *, reason: str = "supplier_short") -> None:
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}, {"item": "TEA", "quantity": 5}))
    do(pda, f"(01){ITEMS['SOAP']}(30)8")
    pda.scan("CMD-DONE")
    assert status(pda) == ("applied", "under_receipt")
    pda.send("finish", {"reason": reason}, None)
    assert status(pda) == ("applied", "ok")


def picked(house, *lines: tuple[str, int]) -> Pda:
    for number, (item, _) in enumerate(lines, 1):
        house.put(item, 9, f"W1-A-0{number}-1")
    house.order("S-1", *lines)
    house.wave()
    pda = house.pda()
    do(pda, "TOTE-5", *[ITEMS[item] for item, _ in lines], "TOTE-5")
    return pda


def pack(pda: Pda, *counted: tuple[str, int]) -> str:
    form = next(one["id"] for one in pda.task["forms"] if one["kind"] == "pack")
    pda.send("pack", {"counted": [{"item": item, "quantity": quantity} for item, quantity in counted]}, form)
    sscc = pda.results[-1]["data"]["sscc"]
    do(pda, f"(00){sscc}")
    return sscc


def test_a_paper_closed_short_by_mistake_is_received_on(house):
    pda = house.pda()
    received_short(house, pda)
    assert (pda.task, papers(house)) == (None, [("ASN-1", "received", 8, "supplier_short"), ("ASN-1", "received", 0, "supplier_short")])
    assert undo(pda) == ("applied", "ok")
    assert papers(house) == [("ASN-1", "receiving", 8, None), ("ASN-1", "receiving", 0, None)]
    assert (pda.task["document"], [form["state"] for form in pda.task["forms"]]) == ("ASN-1", ["open", "open"])
    assert (events(house, "InboundClosed"), events(house, "InboundReopened")) == (1, 1)
    do(pda, f"(01){ITEMS['SOAP']}(30)2", f"(01){ITEMS['TEA']}(30)5")
    assert papers(house) == [("ASN-1", "received", 10, None), ("ASN-1", "received", 5, None)]


def test_the_question_why_it_is_short_is_no_operation_to_undo(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    do(pda, f"(01){ITEMS['SOAP']}(30)8")
    pda.scan("CMD-DONE")
    assert undo(pda) == ("applied", "ok")
    assert papers(house) == [("ASN-1", "receiving", 0, None)]
    assert events(house, "ReceiptUndone") == 1


def test_a_paper_put_off_is_no_operation_to_undo(house):
    pda = house.pda()
    received_short(house, pda, reason="later")
    assert undo(pda) == ("applied", "ok")
    assert [row[2] for row in papers(house)] == [0, 0]


def test_a_pallet_that_was_announced_again_is_received_on_the_other_paper(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}, {"item": "TEA", "quantity": 5, "sscc": SSCC}))
    do(pda, f"(01){ITEMS['SOAP']}(30)10")
    pda.send("finish", {"reason": "supplier_short"}, None)
    expect(house, {"item": "TEA", "quantity": 5, "sscc": SSCC}, code="ASN-2")
    assert undo(pda) == ("refused", "announced_again")
    assert papers(house)[1] == ("ASN-1", "received", 0, "supplier_short")


def test_the_last_receipt_of_a_paper_is_undone_and_the_paper_told_to_be_open(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    do(pda, f"(01){ITEMS['SOAP']}(30)10")
    assert undo(pda) == ("applied", "ok")
    assert (events(house, "InboundReopened"), papers(house)[0][1]) == (1, "receiving")


def test_an_undone_receipt_leaves_nothing_for_the_supervisor(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    pda.send("damaged", {"item": "SOAP", "quantity": 2}, pda.task["forms"][0]["id"])
    assert listed(house) == [("received_damaged", "open")]
    assert undo(pda) == ("applied", "ok")
    assert listed(house) == [("received_damaged", "done")]


def test_a_blind_paper_closed_by_mistake_takes_more(house):
    pda = house.pda()
    pda.scan("W1-DOCK")
    do(pda, f"(01){ITEMS['SOAP']}(30)4", "CMD-DONE")
    assert (pda.task, papers(house)[0][1]) == (None, "received")
    assert undo(pda) == ("applied", "ok")
    assert (pda.task["kind"], papers(house)[0][1]) == ("blind", "receiving")
    do(pda, f"(01){ITEMS['TEA']}(30)2")
    assert events(house, "InboundReopened") == 1


def test_a_paper_closed_twice_by_two_devices_is_opened_once_by_each(house):
    pda = house.pda()
    received_short(house, pda)
    undo(pda)
    pda.send("finish", {"reason": "refused_goods"}, None)
    assert undo(pda) == ("applied", "ok")
    assert papers(house) == [("ASN-1", "receiving", 8, None), ("ASN-1", "receiving", 0, None)]
    assert (events(house, "InboundClosed"), events(house, "InboundReopened")) == (2, 2)


def test_an_undo_of_a_closing_whose_answer_was_lost_opens_the_paper_once(house):
    pda = house.pda()
    received_short(house, pda)
    undo(pda)
    assert pda.post(pda.sent[-1])["status"] == "replayed"
    assert events(house, "InboundReopened") == 1


def test_packing_ended_with_goods_missing_by_mistake_goes_on(house):
    pda = picked(house, ("SOAP", 3), ("TEA", 2))
    pack(pda, ("SOAP", 3))
    do(pda, "CMD-DONE")
    house.dispatcher.drain()
    assert house.all("SELECT promised, short FROM sales_order_line ORDER BY number") == [(3, 0), (0, 2)]
    assert (listed(house), house.one("SELECT state FROM release")) == ([("missing_at_packing", "open")], "packed")
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert house.all("SELECT promised, short FROM sales_order_line ORDER BY number") == [(3, 0), (2, 0)]
    assert (listed(house), house.one("SELECT state FROM release")) == ([("missing_at_packing", "done")], "picked")
    assert house.one("SELECT SUM(promised) FROM availability") == 5
    assert [form["info"]["contents"][0]["item"] for form in pda.task["forms"] if form["kind"] == "pack"] == ["TEA"]
    pack(pda, ("TEA", 2))
    assert house.one("SELECT state FROM release") == "packed"


def test_packing_ended_with_nothing_packed_at_all_goes_on(house):
    pda = picked(house, ("SOAP", 3))
    do(pda, "CMD-DONE")
    house.dispatcher.drain()
    assert house.all("SELECT a.state, b.state FROM release a, sales_order b") == [("cancelled", "short")]
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert house.all("SELECT a.state, b.state FROM release a, sales_order b") == [("picked", "released")]


def test_packing_is_not_opened_again_while_a_parcel_is_on_a_vehicle(house):
    pda, loader = picked(house, ("SOAP", 3), ("TEA", 2)), house.pda()
    sscc = pack(pda, ("SOAP", 3))
    do(pda, "CMD-DONE")
    loader.scan("W1-DOOR")
    do(loader, f"(00){sscc}")
    assert undo(pda) == ("refused", "already_on_its_way")
    assert undo(loader) == ("applied", "ok")
    assert undo(pda) == ("applied", "ok")


def test_a_parcel_is_not_taken_back_under_a_closed_packing(house):
    pda = picked(house, ("SOAP", 3), ("TEA", 2))
    form = next(one["id"] for one in pda.task["forms"] if one["kind"] == "pack")
    pda.send("pack", {"counted": [{"item": "SOAP", "quantity": 3}]}, form)
    packed, sscc = pda.sent[-1]["op"], pda.results[-1]["data"]["sscc"]
    do(pda, f"(00){sscc}", "CMD-DONE")
    assert pda.send("undo", {"op": packed}, None)["code"] == "packing_closed"


def test_undone_one_after_the_other_a_parcel_goes_back_into_its_tote(house):
    pda = picked(house, ("SOAP", 3), ("TEA", 2))
    pack(pda, ("SOAP", 3))
    do(pda, "CMD-DONE")
    for _ in range(3):
        assert undo(pda) == ("applied", "ok")
    assert house.all("SELECT packed FROM release_line ORDER BY number") == [(0,), (0,)]
    assert house.one("SELECT SUM(b.quantity) FROM balance b JOIN lpn p ON p.id = b.holder_id WHERE p.code = 'TOTE-5'") == 5
    assert events(house, "CartonOpened") == 1


def test_a_return_closed_by_mistake_takes_more(house):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 6))
    house.database.write(lambda tx: put_return(tx, "RMA-1", house.site_id, "ORD-000001", [("SOAP", 3)]))
    pda = house.pda()
    pda.scan("RMA-1")
    do(pda, ITEMS["SOAP"], "GRADE-RESTOCK", "CMD-DONE")
    assert (pda.task, house.one("SELECT state FROM inbound")) == (None, "received")
    assert undo(pda) == ("applied", "ok")
    assert (pda.task["kind"], house.one("SELECT state FROM inbound")) == ("return", "receiving")
    do(pda, ITEMS["SOAP"], "GRADE-RESTOCK")
    assert house.one("SELECT returned FROM returned_line") == 2


def test_all_contrary_facts_come_back_from_the_outbox_as_they_were(house):
    pda = picked(house, ("SOAP", 3), ("TEA", 2))
    pack(pda, ("SOAP", 3))
    do(pda, "CMD-DONE")
    undo(pda)
    for kind in ("LineFound", "LineShorted"):
        [told] = [row[0] for row in house.all("SELECT payload FROM outbox WHERE kind = :k", k=kind)]
        payload = told if isinstance(told, dict) else json.loads(told)
        assert payload == {"order_number": "ORD-000001", "line": 2, "quantity": 2}
        assert from_payload(kind, payload).quantity == 2
