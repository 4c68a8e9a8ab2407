"""A vehicle closed by mistake stands at its door again: before, while and after its parcels were booked out."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.kernel.jobs import LongJobRunner
from server.reactions import LONG_JOBS
from tests.pda import Pda
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_undo_pick import do, events, status, undo


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def supervise(house, pda: Pda) -> None:
    """A supervisor scans the badge on the device that the worker had."""
    def work(tx):
        worker = tx.scalar(text("INSERT INTO worker (badge, name, role) VALUES ('BDG-BOSS', 'Boss', 'supervisor') RETURNING id"))
        tx.execute(text("INSERT INTO worker_session (id, token_hash, worker_id, device_id, created_at, last_used_at, expires_at) "
                        "VALUES ('boss', 'boss', :w, :d, 0, 0, 99999999999999)"), {"w": worker, "d": pda.device.id})

    house.database.write(work)
    pda.session = "boss"


def loaded(house, *orders: int, quantity: int = 2) -> tuple[Pda, list[str]]:
    """Orders picked, packed and loaded at the door, one parcel each; the loader and the parcels."""
    house.put("SOAP", 50, "W1-A-01-1")
    pda, parcels = house.pda(), []
    for number in orders or (1, 2):
        house.order(f"S-{number}", ("SOAP", quantity), carrier="DHL")
    house.wave()
    for number in orders or (1, 2):
        tote = f"TOTE-{4 + number}"
        do(pda, tote, ITEMS["SOAP"], tote, *[ITEMS["SOAP"]] * quantity)
        parcels.append(pda.results[-1]["data"]["sscc"])
        do(pda, f"(00){parcels[-1]}")
    house.settle()
    do(pda, "W1-DOOR", *[f"(00){sscc}" for sscc in parcels])
    return pda, parcels


def left(house, *orders: int) -> tuple[Pda, list[str]]:
    pda, parcels = loaded(house, *orders)
    do(pda, "CMD-DONE")
    return pda, parcels


def book(house) -> dict[str, list[tuple]]:
    """All that the departure of a vehicle changes."""
    return {
        "orders": house.all("SELECT o.state, l.shipped FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id ORDER BY l.id"),
        "releases": house.all("SELECT r.state, r.shipped_at, l.packed, l.shipped FROM release r JOIN release_line l ON l.release_id = r.id "
                              "ORDER BY l.id"),
        "cartons": house.all("SELECT c.state, c.load_id, l.code FROM carton c JOIN lpn p ON p.id = c.lpn_id JOIN location l "
                             "ON l.id = p.location_id ORDER BY c.lpn_id"),
        "loads": house.all("SELECT code, state, dispatched_at, carrier FROM load"),
        "stock": house.all("SELECT holder_id, goods_id, quantity, allocated FROM balance WHERE quantity > 0 ORDER BY holder_id, goods_id"),
        "promises": house.all("SELECT reference, quantity, posted, state FROM promise ORDER BY reference"),
        "sums": house.all("SELECT on_hand, promised FROM availability"),
    }


class Cut(Exception):
    """The process that booked out was killed."""


def run_partly(house, kind: str, steps: int) -> None:
    """A job that is cut off after so many of its transactions, as by a kill."""
    done = []

    class Weak:
        def read(self, work):
            return house.database.read(work)

        def write(self, work, *, backlog=False):
            if len(done) == steps:
                raise Cut
            done.append(house.database.write(work, backlog=backlog))

    payload = {"load": house.one("SELECT id FROM load")}
    with pytest.raises(Cut):
        LONG_JOBS[kind](Weak(), payload)


def test_a_worker_calls_the_supervisor(house):
    pda, _ = left(house)
    assert undo(pda) == ("refused", "not_allowed")
    assert pda.results[-1]["message"]["key"] == "refused.not_allowed"
    assert house.one("SELECT state FROM load") == "dispatched"


def test_a_vehicle_called_back_before_anything_was_booked_out_never_left(house):
    pda, _ = loaded(house)
    before = book(house)
    do(pda, "CMD-DONE")
    supervise(house, pda)
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert book(house) == before
    assert house.one("SELECT COUNT(*) FROM stock_move WHERE reason = 'shipping'") == 0
    assert (pda.task["kind"], pda.task["progress"]["done"]) == ("load", 2)


def test_a_vehicle_that_was_booked_out_is_booked_in_again_by_reversing_moves(house):
    pda, _ = loaded(house)
    before = book(house)
    do(pda, "CMD-DONE")
    house.settle()
    assert [row[0] for row in book(house)["orders"]] == ["shipped", "shipped"]
    supervise(house, pda)
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert book(house) == before
    assert house.one("SELECT COUNT(*) FROM stock_move m JOIN stock_move r ON r.reverses_id = m.id WHERE m.reason = 'shipping'") == 4
    assert (events(house, "LoadCalledBack"), events(house, "ShipmentUndone")) == (1, 2)


@pytest.mark.parametrize("booked", [0, 1, 2])
def test_a_vehicle_called_back_half_way_comes_back_whole(house, booked):
    pda, _ = loaded(house)
    before = book(house)
    do(pda, "CMD-DONE")
    if booked < 2:
        run_partly(house, "ship_load", booked)
    else:
        house.long_jobs.run_due()
    supervise(house, pda)
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert book(house) == before


def test_a_booking_out_that_was_under_way_when_the_vehicle_was_called_back_finds_nothing_to_do(house):
    pda, _ = loaded(house)
    before = book(house)
    do(pda, "CMD-DONE")
    supervise(house, pda)
    assert undo(pda) == ("applied", "ok")
    LONG_JOBS["ship_load"](house.database, {"load": house.one("SELECT id FROM load")})
    assert book(house) == before


def test_a_booking_in_that_was_under_way_when_the_vehicle_left_again_finds_nothing_to_do(house):
    pda, _ = left(house)
    house.settle()
    supervise(house, pda)
    undo(pda)
    house.settle()
    do(pda, "CMD-DONE")
    house.settle()
    gone = book(house)
    LONG_JOBS["unship_load"](house.database, {"load": house.one("SELECT id FROM load")})
    assert book(house) == gone


def test_the_coming_back_that_was_cut_off_goes_on_where_it_was(house):
    pda, _ = loaded(house)
    before = book(house)
    do(pda, "CMD-DONE")
    house.settle()
    supervise(house, pda)
    undo(pda)
    run_partly(house, "unship_load", 1)
    assert [row[0] for row in book(house)["cartons"]] == ["loaded", "shipped"]
    house.settle()
    house.long_jobs.run_due()
    assert book(house) == before
    assert events(house, "ShipmentUndone") == 2


def test_a_vehicle_does_not_leave_again_before_all_its_parcels_are_back(house):
    pda, _ = left(house)
    house.settle()
    supervise(house, pda)
    undo(pda)
    pda.scan("CMD-DONE")
    assert status(pda) == ("refused", "still_coming_back")
    house.settle()
    do(pda, "CMD-DONE")
    house.settle()
    assert [row[0] for row in book(house)["orders"]] == ["shipped", "shipped"]


def test_called_back_and_gone_again_three_times_it_has_left_once(house):
    pda, _ = loaded(house)
    supervise(house, pda)
    for _ in range(3):
        do(pda, "CMD-DONE")
        house.settle()
        assert undo(pda) == ("applied", "ok")
        house.settle()
    do(pda, "CMD-DONE")
    house.settle()
    assert book(house)["sums"] == [(46, 0)]
    assert [row[1] for row in book(house)["orders"]] == [2, 2]


def test_called_back_at_once_and_gone_again_every_parcel_is_booked_out(house):
    pda, _ = loaded(house)
    supervise(house, pda)
    do(pda, "CMD-DONE")
    assert undo(pda) == ("applied", "ok")
    do(pda, "CMD-DONE")
    house.settle()
    assert [row[0] for row in book(house)["cartons"]] == ["shipped", "shipped"]


def test_a_parcel_is_taken_off_a_vehicle_that_was_called_back(house):
    pda, parcels = left(house)
    house.settle()
    supervise(house, pda)
    undo(pda)
    house.settle()
    assert undo(pda) == ("applied", "ok")
    do(pda, "CMD-DONE")
    house.settle()
    assert [row[0] for row in book(house)["cartons"]] == ["shipped", "verified"]
    assert len(parcels) == 2


def test_the_order_is_no_longer_shipped_and_can_be_partly(house):
    pda, _ = loaded(house, 1, 2)
    do(pda, "CMD-DONE")
    house.settle()
    supervise(house, pda)
    undo(pda)
    house.settle()
    assert book(house)["orders"] == [("released", 0), ("released", 0)]


def test_an_order_on_two_vehicles_of_which_one_is_called_back_is_partly_shipped(house):
    house.put("SOAP", 9, "W1-A-01-1")
    house.order("S-1", ("SOAP", 2), ("SOAP", 3))
    house.wave()
    pda = house.pda()
    do(pda, "TOTE-5", ITEMS["SOAP"], ITEMS["SOAP"], "TOTE-5")
    for quantity, door in ((3, "W1-DOOR"), (2, "W1-DOOR-2")):
        form = next(one["id"] for one in pda.task["forms"] if one["kind"] == "pack")
        pda.send("pack", {"counted": [{"item": "SOAP", "quantity": quantity}]}, form)
        sscc, packing = pda.results[-1]["data"]["sscc"], pda.task
        do(pda, f"(00){sscc}")
        pda.task = None
        do(pda, door, f"(00){sscc}", "CMD-DONE")
        pda.task = packing
    house.settle()
    assert book(house)["orders"] == [("shipped", 2), ("shipped", 3)]
    supervise(house, pda)
    pda.task = None
    assert undo(pda) == ("applied", "ok")
    house.settle()
    orders = book(house)["orders"]
    assert ({state for state, _ in orders}, sum(shipped for _, shipped in orders)) == ({"partly_shipped"}, 3)
    assert [row[3] for row in book(house)["releases"]] == [shipped for _, shipped in orders]
    do(pda, "CMD-DONE")
    house.settle()
    assert book(house)["orders"] == [("shipped", 2), ("shipped", 3)]


def test_an_order_that_has_not_heard_of_the_departure_hears_both_in_order(house):
    pda, _ = left(house)
    house.long_jobs.run_due()
    supervise(house, pda)
    undo(pda)
    house.long_jobs.run_due()
    house.dispatcher.drain()
    assert book(house)["orders"] == [("released", 0), ("released", 0)]


def test_another_vehicle_at_the_door_has_to_be_finished_first(house):
    pda, parcels = left(house, 1, 2)
    house.settle()
    house.order("S-3", ("SOAP", 2), carrier="DHL")
    house.wave()
    other = house.pda()
    do(other, "TOTE-9", ITEMS["SOAP"], "TOTE-9", *[ITEMS["SOAP"]] * 2)
    sscc = other.results[-1]["data"]["sscc"]
    do(other, f"(00){sscc}", "W1-DOOR", f"(00){sscc}")
    supervise(house, pda)
    assert undo(pda) == ("refused", "door_taken")
    assert undo(other) == ("applied", "ok")
    assert undo(pda) == ("refused", "door_taken")
    other.send("release", {}, None)
    assert undo(pda) == ("applied", "ok")
    assert house.all("SELECT code, state FROM load") == [("LOAD-00001", "open")]
    assert len(parcels) == 2


def test_a_vehicle_of_which_goods_have_come_back_has_left(house):
    pda, parcels = left(house)
    house.settle()
    back = house.pda()
    back.scan(f"(00){parcels[0]}")
    do(back, ITEMS["SOAP"], "GRADE-RESTOCK")
    supervise(house, pda)
    assert undo(pda) == ("refused", "returned_since")
    assert house.one("SELECT state FROM load") == "dispatched"


def test_nothing_comes_back_as_a_return_from_a_vehicle_that_is_being_called_back(house):
    pda, parcels = left(house)
    house.settle()
    back = house.pda()
    back.scan(f"(00){parcels[0]}")
    supervise(house, pda)
    assert undo(pda) == ("applied", "ok")
    back.scan(ITEMS["SOAP"])
    back.scan("GRADE-RESTOCK")
    assert status(back)[0] == "refused"
    house.settle()
    assert [row[1] for row in book(house)["orders"]] == [0, 0]


def test_goods_that_came_back_are_still_promised_to_their_order(house):
    pda, _ = left(house)
    house.settle()
    house.order("S-10", ("SOAP", 48))
    supervise(house, pda)
    undo(pda)
    house.settle()
    assert house.one("SELECT promised FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.channel_ref = 'S-10'") == 46
    assert house.one("SELECT SUM(promised) FROM availability") == 50


def test_two_jobs_that_book_out_and_in_at_once_leave_all_parcels_on_the_vehicle(house):
    pda, _ = loaded(house, 1, 2, 3)
    before = book(house)
    do(pda, "CMD-DONE")
    supervise(house, pda)
    runners = [LongJobRunner(house.database, LONG_JOBS) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        out = pool.submit(runners[0].run_due)
        undone = pool.submit(undo, pda)
        assert undone.result() == ("applied", "ok")
        out.result()
    for runner in runners:
        runner.run_due()
    house.settle()
    assert book(house) == before


def test_a_lost_answer_calls_it_back_once(house):
    pda, _ = left(house)
    house.settle()
    supervise(house, pda)
    undo(pda)
    assert pda.post(pda.sent[-1])["status"] == "replayed"
    house.settle()
    assert (events(house, "LoadCalledBack"), events(house, "ShipmentUndone")) == (1, 2)


def test_a_vehicle_without_parcels_takes_those_of_any_carrier(house):
    pda, _ = loaded(house, 1)
    assert house.one("SELECT carrier FROM load") == "DHL"
    undo(pda)
    assert house.one("SELECT carrier FROM load") == ""


def test_a_parcel_scanned_after_the_vehicle_left_is_told_to_the_supervisor_and_goes_with_the_next(house):
    pda, parcels = loaded(house, 1, 2)
    undo(pda)
    late, task = house.pda(), pda.task
    do(pda, "CMD-DONE")
    late.task = task
    assert late.send("load", {"lpn": parcels[1]}, task["forms"][0]["id"])["code"] == "load_left"
    assert house.all("SELECT code, state FROM floor_exception") == [("not_booked", "open")]
    late.task = None
    do(late, "W1-DOOR", f"(00){parcels[1]}", "CMD-DONE")
    house.settle()
    assert [row[0] for row in book(house)["orders"]] == ["shipped", "shipped"]


def test_a_parcel_for_a_vehicle_that_was_called_back_goes_on_it_again(house):
    pda, parcels = loaded(house, 1, 2)
    undo(pda)
    do(pda, "CMD-DONE")
    house.settle()
    supervise(house, pda)
    assert undo(pda) == ("applied", "ok")
    do(pda, f"(00){parcels[1]}")
    house.settle()
    do(pda, "CMD-DONE")
    house.settle()
    assert [row[1] for row in book(house)["orders"]] == [2, 2]
    assert len(house.all("SELECT id FROM load")) == 1
