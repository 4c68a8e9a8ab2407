"""An RFID gate against an ASN, a load and a bin: expected, missing, strangers, seen before; booked by itself or by a word."""

import pytest

from labels.gs1.epc import encode
from server.floor.operations import DeviceIdentity
from server.kernel.clock import SystemClock
from server.kernel.ids import uuid7
from server.masterdata.sites import location_by_code
from server.masterdata.stations import NewStation, put_station, station
from server.stock.lpns import make_lpn
from server.wms.counting import plan_counts, request_count
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from server.wms.loading import load_at, load_carton
from server.wms.packing import pack, verify_carton
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_arrive import Door, exceptions, received, sscc


def sscc_tag(number: int, filter_value: int = 0) -> str:
    code = sscc(number)
    return encode("sscc-96", company=code[1:8], reference=code[0] + code[8:17], filter_value=filter_value).hex.upper()


def item_tag(item: str, serial: int) -> str:
    gtin = ITEMS[item]
    return encode("sgtin-96", company=gtin[1:8], reference=gtin[0] + gtin[8:13], serial=str(serial)).hex.upper()


class Gate(Door):
    def __init__(self, house: Warehouse, code: str = "GATE-1", **settings: object) -> None:
        super().__init__(house, code, "gate")
        self.code = code
        house.database.write(lambda tx: put_station(tx, house.site_id, NewStation(code=code, kind="gate", location="W1-DOCK",
                                                                                 settings=settings)))

    def does(self, kind: str, **slots: object) -> tuple[str, str, dict]:
        self.seq += 1
        operation = {"op": str(uuid7()), "seq": self.seq, "kind": kind, "slots": slots, "form": None, "schema": 1, "task": None,
                     "made_at": SystemClock().now(), "session": self.session}
        self.sent = {"epoch": "epoch-0001", "operations": [operation]}
        return self.again()

    def reads(self, *tags: str) -> tuple[str, str, dict]:
        return self.does("tags", tags=list(tags))

    @property
    def document(self) -> str:
        return self.house.database.read(lambda tx: station(tx, self.house.site_id, self.code).document)


@pytest.fixture
def house(database):
    house = Warehouse(database).open()

    def work(tx):
        put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
            NewInboundLine(item="SOAP", quantity=48, sscc=sscc(1)), NewInboundLine(item="SOAP", quantity=24, sscc=sscc(2)),
            NewInboundLine(item="TEA", quantity=3)]))

    database.write(work)
    return house


@pytest.fixture
def gate(house):
    return Gate(house)


def told(args: dict) -> tuple[int, int, int]:
    return args["arrived"], args["missing"], args["strangers"]


def test_pallets_are_received_as_they_pass_and_items_when_all_have_come(house, gate):
    assert told(gate.reads(sscc_tag(1))[2]) == (1, 2, 0)
    assert gate.document == "ASN-1"  # the first announced pallet said which paper it is
    assert received(house) == 48
    assert told(gate.reads(item_tag("TEA", 1), item_tag("TEA", 2))[2]) == (1, 2, 0)
    assert received(house) == 48
    assert told(gate.reads(sscc_tag(2), item_tag("TEA", 3))[2]) == (3, 0, 0)
    assert received(house) == 75
    assert house.all("SELECT state FROM inbound") == [("received",)]
    assert house.one("SELECT COUNT(*) FROM gate_tag WHERE booked = 1") == 5


def test_a_tag_read_a_thousand_times_counts_once(house, gate):
    for _ in range(3):
        gate.reads(*[sscc_tag(1), item_tag("TEA", 1)] * 40)
    assert told(gate.reads(sscc_tag(1))[2]) == (1, 2, 0)
    assert received(house) == 48


def test_two_tags_on_one_pallet_are_one_pallet(house, gate):
    gate.reads(sscc_tag(1), sscc_tag(1, filter_value=2))
    assert received(house) == 48
    assert exceptions(house) == []


@pytest.mark.parametrize("stranger", [sscc_tag(99), "E2801160600002", item_tag("SOAP", 7), "F7112233445566778899AABB"])
def test_a_stranger_is_told_and_on_the_list_and_keeps_the_rest_from_being_booked_by_itself(house, gate, stranger):
    status, code, args = gate.reads(sscc_tag(1), sscc_tag(2), stranger)
    assert (status, code, args["strangers"], args["count"]) == ("applied", "strangers", 1, 1)
    assert exceptions(house) == ["stranger_tags"]
    gate.reads(*(item_tag("TEA", number) for number in (1, 2, 3)))
    assert received(house) == 72  # all has come, but not only what was expected
    assert gate.does("gate_confirm")[:2] == ("applied", "ok")
    assert received(house) == 75


def test_one_too_many_is_a_surplus(house, gate):
    status, code, args = gate.reads(sscc_tag(1), *(item_tag("TEA", number) for number in range(4)))
    assert (status, code, told(args)) == ("applied", "strangers", (2, 1, 1))


def test_what_has_come_is_booked_by_a_word_where_not_all_has(house, gate):
    gate.reads(sscc_tag(1), item_tag("TEA", 1))
    assert gate.does("gate_confirm")[0] == "applied"
    assert received(house) == 49
    assert gate.does("gate_confirm")[:2] == ("refused", "nothing_to_confirm")
    gate.reads(sscc_tag(2), item_tag("TEA", 2), item_tag("TEA", 3))
    assert received(house) == 75


def test_a_gate_that_is_set_to_ask_books_nothing_by_itself(house):
    gate = Gate(house, "GATE-2", confirm="ask")
    gate.reads(sscc_tag(1), sscc_tag(2), *(item_tag("TEA", number) for number in (1, 2, 3)))
    assert received(house) == 72
    gate.does("gate_confirm")
    assert received(house) == 75


def test_a_pallet_received_by_hand_meanwhile_is_ticked_off(house, gate):
    pda = house.pda()
    pda.scan("ASN-1")
    pda.send("receive", {"lpn": sscc(1)}, f"s{sscc(1)}")
    assert told(gate.reads(sscc_tag(1))[2]) == (1, 2, 0)
    assert received(house) == 48


def test_tags_of_a_paper_that_is_done_are_seen_before_on_the_next(house, gate):
    gate.reads(sscc_tag(1), sscc_tag(2), *(item_tag("TEA", number) for number in (1, 2, 3)))
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-2", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="TEA", quantity=2)])))
    gate.does("gate_paper", document="ASN-2")
    _, code, args = gate.reads(item_tag("TEA", 1))
    assert (code, args["before"], told(args)) == ("ok", 1, (0, 1, 0))


def test_tags_without_a_paper_change_nothing_and_are_no_exception(house, gate):
    assert gate.reads(item_tag("TEA", 1))[:2] == ("applied", "no_paper")
    assert exceptions(house) == []
    assert house.one("SELECT COUNT(*) FROM gate_tag") == 0


def test_an_answer_that_was_lost_changes_nothing(house, gate):
    gate.reads(sscc_tag(1), "E2801160")
    assert gate.again()[0] == "replayed"
    assert received(house) == 48
    assert exceptions(house) == ["stranger_tags"]


def test_a_receipt_of_the_gate_is_undone_and_the_pallet_may_pass_again(house, gate):
    gate.reads(sscc_tag(1))
    assert gate.signed_in().undo() == ("applied", "ok")
    assert received(house) == 0
    assert told(gate.reads(sscc_tag(1))[2]) == (1, 2, 0)
    assert received(house) == 48


def test_a_bin_is_held_against_what_the_book_says_of_it(house, gate):
    house.put("TEA", 2, "W1-A-01-1")
    house.database.write(lambda tx: make_lpn(tx, location_by_code(tx, "W1-A-01-1"), code=sscc(5)))
    assert told(gate.does("gate_paper", document="W1-A-01-1")[2]) == (0, 2, 0)
    _, code, args = gate.reads(item_tag("TEA", 1), sscc_tag(5), sscc_tag(6))
    assert (code, told(args)) == ("strangers", (1, 1, 1))
    assert received(house) == 0
    _, code, args = gate.does("gate_confirm")
    assert (code, args["missing"]) == ("ok", 1)
    assert house.all("SELECT cause, state FROM cycle_count") == [("variance", "open")]
    assert house.one("SELECT COUNT(*) FROM task WHERE kind = 'count' AND state = 'open'") == 1


def bin_of_two(house) -> None:
    house.put("TEA", 2, "W1-A-01-1")
    house.database.write(lambda tx: make_lpn(tx, location_by_code(tx, "W1-A-01-1"), code=sscc(5)))


def counted_on(house) -> bool:
    return house.one("SELECT last_counted_on FROM location WHERE code = 'W1-A-01-1'") is not None


def test_a_bin_of_which_all_was_read_and_nothing_else_is_counted_once(house, gate):
    bin_of_two(house)
    gate.does("gate_paper", document="W1-A-01-1")
    assert gate.reads(item_tag("TEA", 1), item_tag("TEA", 2))[1] == "ok"
    assert not counted_on(house)
    for _ in range(3):
        assert gate.reads(sscc_tag(5), item_tag("TEA", 1))[1] == "ok"
    assert counted_on(house)
    assert house.all("SELECT cause, state, first_worker_id FROM cycle_count") == [("manual", "done", None)]
    assert house.one("SELECT COUNT(*) FROM task WHERE kind = 'count' AND state IN ('open', 'leased')") == 0
    assert house.one("SELECT COUNT(*) FROM cycle_count_line WHERE book <> counted") == 0


def test_a_count_that_waits_for_the_bin_is_done_by_the_reader_and_the_other_bins_of_its_round_stay(house, gate):
    bin_of_two(house)
    house.put("SOAP", 1, "W1-A-02-1")
    house.database.write(lambda tx: plan_counts(tx, [location_by_code(tx, code).id for code in ("W1-A-01-1", "W1-A-02-1")], "abc"))
    gate.does("gate_paper", document="W1-A-01-1")
    gate.reads(item_tag("TEA", 1), item_tag("TEA", 2), sscc_tag(5))
    assert counted_on(house)
    assert sorted(house.all("SELECT state FROM cycle_count")) == [("done",), ("open",)]
    assert house.one("SELECT COUNT(*) FROM task WHERE kind = 'count' AND state = 'open'") == 1


def test_while_somebody_counts_a_bin_by_hand_the_reader_counts_nothing(house, gate):
    bin_of_two(house)
    house.database.write(lambda tx: request_count(tx, location_by_code(tx, "W1-A-01-1").id, "manual"))
    house.pda().scan("W1-A-01-1")
    gate.does("gate_paper", document="W1-A-01-1")
    assert gate.reads(item_tag("TEA", 1), item_tag("TEA", 2), sscc_tag(5))[1] == "ok"
    assert not counted_on(house)
    assert gate.does("gate_confirm")[:2] == ("refused", "nothing_to_confirm")


def test_a_bin_that_is_looked_at_again_begins_with_nothing_read(house, gate):
    bin_of_two(house)
    for _ in range(2):
        assert told(gate.does("gate_paper", document="W1-A-01-1")[2]) == (0, 2, 0)
        assert told(gate.reads(item_tag("TEA", 1), item_tag("TEA", 2), sscc_tag(5))[2]) == (2, 0, 0)
    assert house.one("SELECT COUNT(*) FROM cycle_count WHERE state = 'done'") == 2


def test_tags_of_items_that_were_received_at_the_gate_are_no_strangers_in_their_bin(house, gate):
    gate.does("gate_paper", document="ASN-1")
    tags = [item_tag("TEA", number) for number in (1, 2, 3)]
    gate.reads(sscc_tag(1), sscc_tag(2), *tags)
    assert received(house) == 75
    house.put("TEA", 3, "W1-A-01-1")
    gate.does("gate_paper", document="W1-A-01-1")
    assert told(gate.reads(*tags)[2]) == (1, 0, 0)
    assert counted_on(house)


def parcel_tag(code: str) -> str:
    return encode("sscc-96", company=code[1:8], reference=code[0] + code[8:17], filter_value=2).hex.upper()


def test_a_load_is_checked_as_it_goes_out(house, gate):
    house.picked("S-1")
    door = house.database.read(lambda tx: location_by_code(tx, "W1-DOOR"))
    release = house.one("SELECT id FROM release")
    parcels = [house.database.write(lambda tx, item=item: pack(tx, release, [{"item": item, "quantity": 1}])).sscc for item in ("SOAP", "TEA")]
    load = house.database.write(lambda tx: load_at(tx, door))
    for code in parcels:
        house.database.write(lambda tx, code=code: (verify_carton(tx, code), load_carton(tx, load, code, door)))
    moves = house.one("SELECT COUNT(*) FROM stock_move")
    assert told(gate.does("gate_paper", document=load.code)[2]) == (0, 2, 0)
    assert told(gate.reads(parcel_tag(parcels[0]))[2]) == (1, 1, 0)
    assert gate.reads(parcel_tag(sscc(7)))[1] == "strangers"
    assert told(gate.reads(parcel_tag(parcels[1]))[2]) == (2, 0, 1)
    assert house.one("SELECT COUNT(*) FROM stock_move") == moves
    assert gate.does("gate_confirm")[:2] == ("refused", "nothing_to_confirm")


def test_a_document_that_is_none_is_refused(house, gate):
    assert gate.does("gate_paper", document="ASN-404")[:2] == ("refused", "not_found")
    assert gate.document == ""


@pytest.mark.parametrize("tags", [[], None, ["zz"], ["30"] * 101, [3], "30", ["3" * 300], [{"a": 1}]])
def test_rubbish_is_refused_whole(house, gate, tags):
    assert gate.does("tags", tags=tags)[:2] == ("refused", "invalid")
    assert house.one("SELECT COUNT(*) FROM gate_tag") == 0


def test_a_handheld_is_no_gate(house):
    pda = house.pda()
    pda.send("tags", {"tags": [sscc_tag(1)]}, None)
    assert pda.results[-1]["code"] == "not_allowed"
    assert isinstance(pda.device, DeviceIdentity)
