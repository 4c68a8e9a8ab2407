"""A dock station receives what passes: pallets by SSCC, goods against its paper; what does not fit is said and changes nothing."""

from datetime import date

import pytest
from sqlalchemy import text

from labels.gs1 import check_digit
from server.floor.operations import DeviceIdentity
from server.kernel.clock import SystemClock
from server.kernel.ids import uuid7
from server.masterdata.stations import NewStation, put_station, station
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.warehouse import Warehouse


def sscc(number: int) -> str:
    body = f"39506000{number:09d}"
    return body + check_digit(body)


class Door:
    def __init__(self, house: Warehouse, code: str = "DOOR-3", kind: str = "dock") -> None:
        self.house, self.seq, self.session = house, 0, ""

        def work(tx):
            put_station(tx, house.site_id, NewStation(code=code, kind=kind, location="W1-DOCK"))
            return station(tx, house.site_id, code).device_id

        self.device = DeviceIdentity(house.database.write(work), house.site_id)

    def passes(self, **slots) -> tuple[str, str, dict]:
        self.seq += 1
        operation = {"op": str(uuid7()), "seq": self.seq, "kind": "arrive", "slots": slots, "form": None, "schema": 1, "task": None,
                     "made_at": SystemClock().now(), "session": self.session}
        self.sent = {"epoch": "epoch-0001", "operations": [operation]}
        return self.again()

    def again(self) -> tuple[str, str, dict]:
        result = self.house.engine.operations(self.device, self.sent)["results"][0]
        return result["status"], result["code"], result["message"]["args"]

    def undo(self) -> tuple[str, str]:
        self.seq += 1
        operation = {"op": str(uuid7()), "seq": self.seq, "kind": "undo", "slots": {}, "form": None, "schema": 1, "task": None,
                     "made_at": SystemClock().now(), "session": self.session}
        result = self.house.engine.operations(self.device, {"epoch": "epoch-0001", "operations": [operation]})["results"][0]
        return result["status"], result["code"]

    def signed_in(self) -> "Door":
        def work(tx):
            worker = tx.scalar(text("INSERT INTO worker (badge, name, role) VALUES ('BDG-9', 'Eve', 'worker') RETURNING id"))
            tx.execute(text("INSERT INTO worker_session (id, token_hash, worker_id, device_id, created_at, last_used_at, expires_at) "
                            "VALUES ('s9', 's9', :w, :d, 0, 0, 99999999999999)"), {"w": worker, "d": self.device.id})

        self.house.database.write(work)
        self.session = "s9"
        return self


@pytest.fixture
def house(database):
    house = Warehouse(database).open()

    def work(tx):
        put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
            NewInboundLine(item="SOAP", quantity=48, sscc=sscc(1)), NewInboundLine(item="SOAP", quantity=24, sscc=sscc(2)),
            NewInboundLine(item="MILK", quantity=6, lot="L1", expiry_on=date(2099, 1, 1), sscc=sscc(3)),
            NewInboundLine(item="TEA", quantity=10)]))

    database.write(work)
    return house


@pytest.fixture
def door(house):
    return Door(house)


def received(house) -> int:
    return house.one("SELECT SUM(received) FROM inbound_line")


def exceptions(house) -> list[str]:
    return [row[0] for row in house.all("SELECT code FROM floor_exception WHERE state = 'open' ORDER BY id")]


def test_a_pallet_that_passes_is_received_counted_and_waits_to_be_put_away(house, door):
    assert door.passes(lpn=sscc(1)) == ("applied", "ok", {"lpn": sscc(1), "document": "ASN-1", "done": 1, "all": 4, "detail": ""})
    assert received(house) == 48
    assert house.all("SELECT kind, state, document FROM task") == [("put_away", "open", "ASN-1")]
    assert house.all("SELECT p.code, l.code FROM lpn p JOIN location l ON l.id = p.location_id WHERE p.kind = 'pallet' OR p.code = :c",
                     c=sscc(1)) == [(sscc(1), "W1-DOCK")]


def test_the_last_pallet_closes_the_paper_and_the_task_of_who_received_it_by_hand(house, door):
    pda = house.pda()
    pda.scan("ASN-1")
    assert pda.task["kind"] == "receive"
    pda.send("receive", {"item": "TEA", "quantity": 10}, f"l{house.one('SELECT id FROM inbound_line WHERE sscc IS NULL')}")
    for number in (1, 2, 3):
        status, code, args = door.passes(lpn=sscc(number))
        assert (status, code) == ("applied", "ok")
    assert args["done"] == args["all"] == 4
    assert house.all("SELECT state FROM inbound") == [("received",)]
    assert house.all("SELECT state FROM task WHERE kind = 'receive'") == [("done",)]


def test_the_same_pallet_a_second_time_is_refused_and_counts_once(house, door):
    door.passes(lpn=sscc(1))
    assert door.passes(lpn=sscc(1))[:2] == ("refused", "already_received")
    assert received(house) == 48


def test_an_answer_that_was_lost_does_not_double_the_receipt(house, door):
    door.passes(lpn=sscc(1))
    assert [door.again()[0] for _ in range(3)] == ["replayed"] * 3
    assert received(house) == 48


def test_a_pallet_that_nobody_announced_is_refused_and_on_the_list(house, door):
    assert door.passes(lpn=sscc(99))[:2] == ("refused", "unexpected_pallet")
    assert exceptions(house) == ["not_booked"]
    assert house.one("SELECT COUNT(*) FROM lpn WHERE code = :c", c=sscc(99)) == 0
    assert received(house) == 0


def test_codes_that_name_nothing_are_refused_and_on_the_list(house, door):
    status, code, args = door.passes(codes=["]C0XYZ", "ABC"], unread=[])
    assert (status, code, args) == ("refused", "unknown_codes", {"scanned": "XYZ, ABC"})
    assert door.passes(codes=["]C1003950"], unread=["check_digit"]) == ("refused", "damaged_code", {"scanned": "003950"})
    assert exceptions(house) == ["not_booked"] * 2


@pytest.mark.parametrize("said", [{"item": "TEA"}, {"lot": "L2", "item": "MILK"}, {"quantity": 7}, {"expiry": "2098-01-01"}, {"lot": "L1", "differing": ["lot"]}])
def test_a_label_that_says_otherwise_than_the_paper_puts_the_pallet_on_hold(house, door, said):
    status, code, args = door.passes(lpn=sscc(3), **said)
    assert (status, code) == ("applied", "label_differs")
    assert args["detail"]
    assert exceptions(house) == ["label_differs"]
    assert house.all("SELECT g.status, b.quantity FROM balance b JOIN goods g ON g.id = b.goods_id JOIN lpn p ON p.id = b.holder_id "
                     "WHERE p.code = :c", c=sscc(3)) == [("hold", 6)]


def test_a_label_that_says_what_the_paper_says_is_no_matter(house, door):
    assert door.passes(lpn=sscc(3), item="MILK", lot="L1", expiry="2099-01-01", quantity=6)[:2] == ("applied", "ok")


def test_goods_without_sscc_are_received_on_an_lpn_of_ours_that_gets_a_label(house, door):
    status, code, args = door.passes(item="TEA", pack=1, quantity=10)
    assert (status, code) == ("applied", "ok")
    assert args["lpn"].startswith("LPN")
    house.settle()
    assert house.all("SELECT label, code FROM print_job") == [("lpn", args["lpn"])]


def test_a_pack_counts_as_what_it_holds_where_no_quantity_is_said(house, door):
    door.passes(item="TEA", pack=4)
    assert received(house) == 4


def test_more_than_the_paper_expects_is_refused_whole(house, door):
    assert door.passes(item="TEA", quantity=11)[:2] == ("refused", "over_receipt")
    assert received(house) == 0
    assert exceptions(house) == ["not_booked"]


def test_goods_on_two_papers_need_the_paper_at_the_door(house, door):
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-2", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="TEA", quantity=5)])))
    assert door.passes(item="TEA", quantity=5)[:2] == ("refused", "which_paper")
    assert door.passes(document="ASN-2")[:2] == ("applied", "ok")
    assert door.passes(item="TEA", quantity=5)[2]["document"] == "ASN-2"


def test_goods_that_need_more_than_was_read_are_refused_whole(house, door):
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-3", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="MILK", quantity=5)])))
    assert door.passes(item="MILK", quantity=5)[:2] == ("refused", "detail_missing")
    assert received(house) == 0
    assert door.passes(item="MILK", quantity=5, lot="L9", expiry="2099-05-05")[:2] == ("applied", "ok")


def test_a_receipt_of_the_door_is_undone(house, door):
    door.passes(lpn=sscc(1))
    assert door.undo() == ("refused", "sign_in_needed")
    assert door.signed_in().undo() == ("applied", "ok")
    assert received(house) == 0
    assert door.passes(lpn=sscc(1))[:2] == ("applied", "ok")


def test_a_handheld_is_no_door(house):
    pda = house.pda()
    pda.send("arrive", {"lpn": sscc(1)}, None)
    assert (pda.results[-1]["status"], pda.results[-1]["code"]) == ("refused", "not_allowed")
    assert received(house) == 0


def test_a_door_and_a_handheld_at_one_pallet_receive_it_once(house, door):
    pda = house.pda()
    pda.scan("ASN-1")
    door.passes(lpn=sscc(2))
    pda.send("receive", {"lpn": sscc(2)}, f"s{sscc(2)}")
    assert pda.results[-1]["code"] == "already_received"
    assert received(house) == 24


def test_idle_handhelds_are_told_of_the_new_put_away(house, door):
    house.pda()
    told = []
    house.database.listen(lambda tx: told.append(set(tx.touched_devices)))
    door.passes(lpn=sscc(1))
    assert any(len(one) >= 1 for one in told)
    assert house.one("SELECT COUNT(*) FROM device WHERE id IN (SELECT id FROM device WHERE kind = 'handheld')") == 1


def test_rubbish_in_the_slots_is_refused_and_does_no_harm(house, door):
    for slots in ({"lpn": {"a": 1}}, {"lpn": "x" * 5000}, {"item": 7}, {"quantity": "many", "item": "TEA"}, {"codes": "no list"}, {},
                  {"item": "NOBODY"}, {"document": "ASN-404"}, {"codes": [None, 3]}, {"lpn": "\0"}):
        status, _, _ = door.passes(**slots)
        assert status in ("refused", "applied")
    assert received(house) in (0, 1)
