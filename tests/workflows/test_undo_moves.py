"""Moves, corrections and holds taken back; and a whole day undone one operation after the other."""

import pytest

from server.masterdata.site_settings import set_site_settings
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from server.wms.withdrawing import withdraw
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_hold import statuses
from tests.workflows.test_move import exceptions
from tests.workflows.test_undo_dispatch import supervise
from tests.workflows.test_undo_pick import do, say_short, status, undo


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def counts(house) -> list[tuple]:
    return house.all("SELECT cause, state FROM cycle_count ORDER BY id")


def moved_more(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "QTY-6", "W1-B-02-1"):
        pda.scan(scan)
    assert status(pda) == ("applied", "short")
    have, took = pda.results[-1]["next"]
    return pda, have, took


def test_a_correction_is_undone_and_then_the_move(house):
    pda, _, took = moved_more(house)
    pda.send(took["kind"], took["slots"], None)
    assert (house.in_bin("W1-B-02-1"), exceptions(house)) == (4, [("moved_more", "done")])
    assert undo(pda) == ("applied", "ok")
    assert (house.in_bin("W1-B-02-1"), exceptions(house)) == (6, [("moved_more", "open")])
    assert undo(pda) == ("applied", "ok")
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-B-02-1"), exceptions(house)) == (4, 0, [("moved_more", "done")])


def test_a_correction_that_was_undone_is_made_again(house):
    pda, _, took = moved_more(house)
    for expected in (4, 6, 4, 6):
        if expected == 4:
            assert pda.send(took["kind"], took["slots"], None)["data"] == {"back": 2}
        else:
            assert undo(pda) == ("applied", "ok")
        assert house.in_bin("W1-B-02-1") == expected


def test_a_move_is_not_undone_under_its_correction(house):
    pda, _, took = moved_more(house)
    pda.send(took["kind"], took["slots"], None)
    assert pda.send("undo", took["slots"], None)["code"] == "cannot_undo"
    assert house.in_bin("W1-B-02-1") == 4


def test_an_undo_looks_past_a_remark_and_undoes_the_move_with_the_count_that_it_asked_for(house):
    pda, have, _ = moved_more(house)
    pda.send(have["kind"], have["slots"], None)
    assert counts(house) == [("variance", "open")]
    assert undo(pda) == ("applied", "ok")
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-B-02-1")) == (4, 0)
    assert counts(house) == [("variance", "cancelled")]


def test_nothing_there_by_mistake_needs_no_count(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "CMD-SHORT", "QTY-0"):
        pda.scan(scan)
    assert counts(house) == [("empty", "open")]
    assert undo(pda) == ("applied", "ok")
    assert counts(house) == [("empty", "cancelled")]


def test_nothing_there_by_mistake_stands_once_the_bin_was_counted(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda, other = house.pda(), house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "CMD-SHORT", "QTY-0"):
        pda.scan(scan)
    other.send("claim", {"kind": "count"}, None)
    do(other, "W1-A-01-1", *[ITEMS["SOAP"]] * 4, "CMD-DONE")
    assert undo(pda) == ("refused", "counted_since")


def test_fewer_said_before_a_move_is_no_operation_to_undo(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "CMD-SHORT", "QTY-3"):
        pda.scan(scan)
    assert undo(pda) == ("refused", "nothing_to_undo")


def test_damaged_said_at_a_move_is_undone(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "CMD-DAMAGED", "QTY-3"):
        pda.scan(scan)
    assert statuses(house) == {"available": 1, "damaged": 3}
    assert undo(pda) == ("applied", "ok")
    assert statuses(house) == {"available": 4}


def test_what_a_supervisor_released_is_not_held_again_by_a_worker_s_undo(house):
    house.put("SOAP", 4, "W1-A-01-1", status="hold")
    pda = house.pda()
    worker = pda.session
    supervise(house, pda)
    do(pda, "HOLD-RELEASE", "W1-A-01-1", ITEMS["SOAP"])
    boss, pda.session = pda.session, worker
    assert undo(pda) == ("refused", "not_allowed")
    pda.session = boss
    assert undo(pda) == ("applied", "ok")
    assert statuses(house) == {"hold": 4}


def test_a_count_that_was_undone_is_told_to_be_undone(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda("supervisor")
    do(pda, "W1-A-01-1", "COUNT", "W1-A-01-1", *[ITEMS["SOAP"]] * 3)
    pda.scan("CMD-DONE")
    told = "SELECT kind, payload FROM outbox WHERE kind IN ('CountDiffered', 'CountUndone') ORDER BY id"
    adjusted = len(house.all(told))
    assert undo(pda) == ("applied", "ok")
    assert (house.in_bin("W1-A-01-1"), len(house.all(told))) == (4, 2 * adjusted)


def test_a_whole_day_is_undone_one_operation_after_the_other(house):
    house.put("TEA", 9, "W1-A-04-1")
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="SOAP", quantity=10)])))
    morning = day(house)
    pda = house.pda()
    do(pda, "ASN-1", f"(01){ITEMS['SOAP']}(30)8")
    pallet = pda.results[-1]["data"]["receipts"][0]["lpn"]
    pda.scan("CMD-DONE")
    pda.send("finish", {"reason": "supplier_short"}, None)
    do(pda, pallet, "W1-A-01-1")
    house.order("S-1", ("SOAP", 5), ("TEA", 2))
    house.wave()
    ordered = day(house)
    do(pda, "TOTE-5")
    say_short(pda, 2)
    do(pda, ITEMS["TEA"])
    house.settle()
    do(pda, "TOTE-5", *[ITEMS["SOAP"]] * 2, *[ITEMS["TEA"]] * 2)
    sscc = pda.results[-1]["data"]["sscc"]
    do(pda, f"(00){sscc}", "W1-DOOR", f"(00){sscc}", "CMD-DONE")
    house.settle()
    assert house.one("SELECT state FROM sales_order") == "shipped"
    supervise(house, pda)
    kinds = undo_all(house, pda, until=ordered)
    assert kinds == ["finish", "load", "verify_label", "pack", "pick", "short"]
    assert undo_order(house) == ("released", 7)
    house.database.write(lambda tx: withdraw(tx, "ORD-000001"))
    kinds = undo_all(house, pda, until=morning)
    assert kinds == ["put_away", "finish", "receive"]
    assert house.one("SELECT state FROM inbound") == "receiving"


def day(house) -> list[tuple]:
    return house.all("SELECT l.code, g.item_id, g.status, b.quantity, b.allocated FROM balance b JOIN goods g ON g.id = b.goods_id "
                     "LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
                     "WHERE b.quantity > 0 ORDER BY l.code, g.item_id, g.status")


def undo_order(house) -> tuple:
    return house.all("SELECT o.state, SUM(l.promised) FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id GROUP BY o.state")[0]


def undo_all(house, pda, *, until: list[tuple]) -> list[str]:
    kinds = []
    while day(house) != until:
        pda.task = None
        assert undo(pda) == ("applied", "ok")
        kinds.append(pda.results[-1]["message"]["args"]["kind"])
        house.settle()
    return kinds


def test_the_picker_of_a_pallet_whose_put_away_was_undone_is_sent_to_where_it_stands(house):
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="SOAP", quantity=10)])))
    pda, picker = house.pda(), house.pda()
    do(pda, "ASN-1", f"(01){ITEMS['SOAP']}(30)10")
    pallet = pda.results[-1]["data"]["receipts"][0]["lpn"]
    do(pda, pallet, "W1-A-01-1")
    house.order("S-1", ("SOAP", 5))
    house.wave()
    picker.scan("TOTE-5")
    version = picker.task["version"]
    assert undo(pda) == ("applied", "ok")
    [task] = picker.engine.pull(picker.device, None)["tasks"]
    assert (task["forms"][0]["info"]["location"], task["version"]) == ("W1-DOCK", version + 1)


def kept(house) -> list[tuple]:
    return house.all("SELECT l.code, a.quantity FROM allocation a JOIN location l ON l.id = a.holder_id WHERE a.state = 'open' "
                     "ORDER BY l.code")


def lines(house) -> list[tuple]:
    return house.all("SELECT l.allocated, l.short, o.promised, o.short FROM release_line l JOIN release r ON r.id = l.release_id "
                     "JOIN sales_order s ON s.number = r.order_number JOIN sales_order_line o ON o.order_id = s.id "
                     "AND o.number = l.number ORDER BY l.id")


def picking(house):
    house.put("SOAP", 4, "W1-A-01-1")
    house.put("TEA", 4, "W1-A-02-1")
    house.order("S-1", ("SOAP", 4), ("TEA", 1))
    house.wave()
    picker = house.pda()
    picker.scan("TOTE-5")
    return picker


def test_an_order_that_went_short_by_a_hold_gets_its_goods_when_the_hold_is_undone(house):
    picker, pda = picking(house), house.pda()
    do(pda, "HOLD-QUALITY", "W1-A-01-1", ITEMS["SOAP"])
    house.settle()
    assert (kept(house), lines(house)[0][:2]) == ([("W1-A-02-1", 1)], (0, 4))
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert (kept(house), lines(house)) == ([("W1-A-01-1", 4), ("W1-A-02-1", 1)], [(4, 0, 4, 0), (1, 0, 1, 0)])
    [task] = picker.engine.pull(picker.device, None)["tasks"]
    assert sorted(form["info"]["location"] for form in task["forms"] if form["state"] == "open") == ["W1-A-01-1", "W1-A-02-1"]


def test_a_hold_undone_before_its_orders_heard_of_it_leaves_them_as_they_were(house):
    picking(house)
    pda = house.pda()
    do(pda, "HOLD-QUALITY", "W1-A-01-1", ITEMS["SOAP"])
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert (kept(house), lines(house)) == ([("W1-A-01-1", 4), ("W1-A-02-1", 1)], [(4, 0, 4, 0), (1, 0, 1, 0)])


def test_an_order_whose_round_has_ended_stays_short_when_the_hold_is_undone(house):
    picker, pda = picking(house), house.pda()
    do(pda, "HOLD-QUALITY", "W1-A-01-1", ITEMS["SOAP"])
    house.settle()
    picker.task = picker.engine.pull(picker.device, None)["tasks"][0]
    do(picker, ITEMS["TEA"])
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert (kept(house), [row[:2] for row in lines(house)]) == ([], [(0, 4), (1, 0)])
    assert statuses(house)["available"] == 8


def test_an_order_that_went_short_by_a_wrong_count_gets_its_goods_when_the_count_is_undone(house):
    picking(house)
    house.database.write(lambda tx: set_site_settings(tx, house.site_id, count_tolerance_units=9))
    pda = house.pda("supervisor")
    do(pda, "W1-A-01-1", "COUNT")
    pda.send("count", {"from": "W1-A-01-1", "counted": []}, pda.task["forms"][0]["id"])
    assert status(pda) == ("applied", "ok")
    house.settle()
    assert (kept(house), lines(house)[0][:2]) == ([("W1-A-02-1", 1)], (0, 4))
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert (kept(house), lines(house)) == ([("W1-A-01-1", 4), ("W1-A-02-1", 1)], [(4, 0, 4, 0), (1, 0, 1, 0)])
