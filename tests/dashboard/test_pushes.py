"""A screen that was told of what happened shows the same as one that is loaded afresh, whatever happened."""

import itertools
import threading

import pytest

from server import events
from server.dashboard.around import Around
from server.dashboard.board import REST_TIMES, Board, mark_of, reckon
from server.events import Event
from server.floor.exceptions import KIND_OF, KINDS
from server.oms.connecting import add_channel
from server.oms.desk import Desk
from server.oms.orders import cancel_order
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from server.wms.order_floor import OrderFloor as Floor
from server.wms.returning import put_return
from server.wms.withdrawing import withdraw
from server.workflows.texts import texts
from tests.oms.conftest import SECRET
from tests.oms.test_sales import call, sale
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_undo_dispatch import supervise

SOAP, TEA = ITEMS["SOAP"], ITEMS["TEA"]


class Told:
    """A screen: it looks when it is rung, and keeps what it knows of the rest."""

    def __init__(self, house: Warehouse) -> None:
        self.house, self.around = house, Around()
        seconds = itertools.count()
        self.board = Board(house.database, self.around, lambda: float(next(seconds) * 100))
        self.marks: dict[str, str] = {}
        self.groups: dict[str, dict] = {}
        self.is_rung, self.seen = True, set()
        house.database.listen(lambda _: setattr(self, "is_rung", True))
        self.last = 0

    def shows_what_is_there(self, step: str) -> None:
        if self.is_rung:
            self.is_rung = False
            found = self.board.look(self.house.site_id, self.marks)
            self.marks = dict(found["marks"])
            self.groups.update(found["groups"])
        afresh = self.house.database.read(lambda tx: reckon(tx, self.house.site_id, self.around))
        assert {name: self.groups[name] for name in afresh} == afresh, step
        rows = self.house.all("SELECT id, kind FROM outbox WHERE id > :last ORDER BY id", last=self.last)
        self.last = max([self.last, *(number for number, _ in rows)])
        self.seen |= {kind for _, kind in rows}


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def announce(house, code: str, **lines: int) -> None:
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code=code, kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item=item, quantity=quantity) for item, quantity in lines.items()])))


def everything(house):
    """A day in which every kind of event happens; what was done last."""
    announce(house, "ASN-1", SOAP=10)
    yield "a paper is announced"
    dock = house.pda()
    for scan in ("ASN-1", f"(01){SOAP}(30)10", "CMD-UNDO", f"(01){SOAP}(30)10"):
        dock.scan(scan)
        yield scan
    for item, place in (("SOAP", "W1-A-01-1"), ("TEA", "W1-A-02-1")):
        house.put(item, 9, place)
    house.order("R-1", ("SOAP", 2), ("TEA", 1), carrier="DHL", cutoff_at=1)
    yield "an order comes"
    other = house.order("R-2", ("TEA", 1))
    house.database.write(lambda tx: (withdraw(tx, other.number), cancel_order(tx, other.number, "changed")))
    house.settle()
    yield "an order is cancelled"
    house.wave()
    yield "a wave is released"
    yield from _out(house)
    yield from _collected(house)
    yield from _wrong(house)
    yield from _sold(house)


def _out(house):
    pda = house.pda("supervisor")
    for scan in ("TOTE-5", SOAP, "CMD-UNDO", SOAP, TEA):
        pda.scan(scan)
        house.settle()
        yield scan
    for scan in ("TOTE-5", SOAP, TEA, "CMD-UNDO", SOAP, TEA):
        pda.scan(scan)
        house.settle()
        yield scan
    sscc = next(one["data"]["sscc"] for one in reversed(pda.results) if "sscc" in one.get("data", {}))
    for scan in (f"(00){sscc}", "W1-DOOR", f"(00){sscc}", "CMD-DONE"):
        pda.scan(scan)
        house.settle()
        yield scan
    supervise(house, pda)
    pda.scan("CMD-UNDO")
    house.settle()
    yield "the vehicle is called back"
    pda.scan("CMD-DONE")
    house.settle()
    house.database.write(lambda tx: put_return(tx, "RET-1", house.site_id, "ORD-000001", [("SOAP", 1)]))
    for scan in ("RET-1", SOAP, "GRADE-RESTOCK", "CMD-UNDO"):
        pda.scan(scan)
        house.settle()
        yield f"return {scan}"


def _collected(house):
    house.order("R-5", ("TEA", 1), delivery="collect")
    house.wave()
    pda = house.pda()
    for scan in ("TOTE-7", TEA, "TOTE-7", "W1-STAGE"):
        pda.scan(scan)
        house.settle()
        yield f"to be collected {scan}"


def _sold(house):
    house.database.write(lambda tx: add_channel(tx, code="till", kind="pos", name="Till", site_id=house.site_id, settings={"secret": SECRET}))
    Desk(house.database, Floor()).hear("till", call(sale("1", ("MILK", 1))))
    house.settle()
    yield "a till sells what the book has not got"


def _wrong(house):
    pda = house.pda("supervisor")
    house.order("R-3", ("SOAP", 5))
    house.wave()
    yield "another wave"
    for scan in ("TOTE-6", "CMD-SHORT", "QTY-1"):
        pda.scan(scan)
        yield f"short {scan}"
    house.settle()
    yield "a line is short"
    pda.scan("CMD-UNDO")
    house.settle()
    yield "it was found"
    house.order("R-4", ("TEA", 7))
    house.wave()
    counter = house.pda("supervisor")
    for scan in ("W1-A-02-1", "COUNT", "W1-A-02-1", TEA, "CMD-DONE"):
        counter.scan(scan)
        yield f"count {scan}"
    second = house.pda("supervisor")
    for scan in ("W1-A-02-1", "COUNT", "W1-A-02-1", TEA, "CMD-DONE", "CMD-UNDO"):
        second.scan(scan)
        house.settle()
        yield f"second count {scan}"


def test_after_every_kind_of_event_a_screen_that_was_told_equals_one_loaded_afresh(house):
    screen = Told(house)
    screen.shows_what_is_there("nothing yet")
    for step in everything(house):
        screen.shows_what_is_there(step)
    every = {name for name, one in vars(events).items() if isinstance(one, type) and issubclass(one, Event) and one is not Event}
    assert every - screen.seen == set()


def test_a_screen_that_is_not_told_is_found_out(house):
    screen = Told(house)
    screen.shows_what_is_there("nothing yet")
    house.order("R-1", ("SOAP", 1))
    house.put("SOAP", 5, "W1-A-01-1")
    screen.is_rung = False
    with pytest.raises(AssertionError):
        screen.shows_what_is_there("an order comes and nobody rings")


def test_only_groups_that_changed_are_told_again(house):
    board = Board(house.database, Around(), itertools.count(step=100).__next__)
    first = board.look(house.site_id, {})
    assert set(first["groups"]) == set(first["marks"])
    assert board.look(house.site_id, first["marks"])["groups"] == {}
    house.put("SOAP", 5, "W1-A-01-1")
    assert set(board.look(house.site_id, first["marks"])["groups"]) == {"map", "system"}


def test_however_many_look_while_it_rests_it_reckons_once_and_says_when_to_ask_again(house, monkeypatch):
    reckoned, now = [], [0.0]

    def one(*_):
        now[0] += 0.1
        reckoned.append(1)
        return {"n": len(reckoned)}

    monkeypatch.setattr("server.dashboard.board.GROUPS", {"one": one})
    board = Board(house.database, Around(), lambda: now[0])
    threads = [threading.Thread(target=board.look, args=(house.site_id, {})) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reckoned) == 1
    now[0] += 0.01
    assert board.look(house.site_id, {})["again_ms"] is None, "nothing has changed since"
    house.put("SOAP", 5, "W1-A-01-1")
    told = board.look(house.site_id, {"one": mark_of({"n": 1})})
    assert (told["groups"], told["again_ms"], len(reckoned)) == ({}, round((0.1 * REST_TIMES - 0.01) * 1000), 1)
    now[0] += told["again_ms"] / 1000 + 0.001
    assert (board.look(house.site_id, {})["groups"], len(reckoned)) == ({"one": {"n": 2}}, 2)


def test_a_group_that_is_slow_to_reckon_holds_no_other_up(house, monkeypatch):
    now = [0.0]

    def taking(seconds):
        def reckoned(*_):
            now[0] += seconds
            return {"at": now[0]}
        return reckoned

    monkeypatch.setattr("server.dashboard.board.GROUPS", {"slow": taking(0.2), "quick": taking(0.001)})
    board = Board(house.database, Around(), lambda: now[0])
    first = board.look(house.site_id, {})["marks"]
    house.put("SOAP", 5, "W1-A-01-1")
    now[0] += 0.25
    assert set(board.look(house.site_id, first)["groups"]) == {"quick"}


def test_one_of_several_processes_cannot_know_that_nothing_changed(house):
    now = [0.0]
    board = Board(house.database, Around(), lambda: now[0], is_one_of_many=True)
    board.look(house.site_id, {})
    now[0] += 0.01
    assert board.look(house.site_id, {})["again_ms"] > 0


def test_every_exception_that_a_worker_can_cause_is_of_one_kind():
    codes = {key.removeprefix("exception.") for key in texts("en") if key.startswith("exception.")}
    assert codes == set(KIND_OF)
    assert sum(len(one) for one in KINDS.values()) == len(codes)
