"""What does not go by itself is an exception: opened where it arises, ended when it is over, and always somebody's."""

import pytest
from sqlalchemy import text

from server.events import StockArrived
from server.masterdata.people import disable_worker, put_worker
from server.oms.exceptions.owners import find_owners
from server.oms.exceptions.rules import Rule, put_rule
from server.oms.exceptions.tending import tend
from server.oms.listings import name_item, note_told
from server.oms.notices import note_refused
from server.oms.orders import cancel_order
from server.wms.order_floor import OrderFloor as Floor
from tests.oms.conftest import HOME, document
from tests.oms.test_intake import ship

BAD = {**HOME, "phone": "1380013800"}
HOUR = 3_600_000


@pytest.fixture
def house(shops):
    """With somebody whose exceptions they are."""
    shops.database.write(lambda tx: put_worker(tx, "BOSS", "Boss", "manager"))
    shops.database.write(lambda tx: put_worker(tx, "SUE", "Sue", "supervisor", site_id=shops.warehouse.site_id))
    return shops


def open_ones(house):
    """Kind, what it is about, and whose."""
    return house.warehouse.all("SELECT x.kind, o.channel_ref, w.badge FROM order_exception x JOIN worker w ON w.id = x.owner_id "
                               "LEFT JOIN sales_order o ON o.id = x.order_id WHERE x.state = 'open' ORDER BY x.id")


def kinds(house):
    return [one[0] for one in open_ones(house)]


def ended(house):
    return house.warehouse.all("SELECT kind, ended_how FROM order_exception WHERE state = 'done' ORDER BY id")


def tended(house):
    tend(house.database, Floor())
    house.warehouse.settle()


def run(house, sql, **values):
    house.database.write(lambda tx: tx.execute(text(sql), values))


def rule(house, kind, **more):
    house.database.write(lambda tx: put_rule(tx, house.warehouse.site_id, "W1", Rule(kind=kind, **more)))


def older(house, hours):
    """So much time goes by for orders and exceptions."""
    run(house, "UPDATE sales_order SET created_at = created_at - :ms, promised_at = promised_at - :ms", ms=hours * HOUR)
    run(house, "UPDATE order_exception SET opened_at = opened_at - :ms, owned_at = owned_at - :ms, tried_at = 0", ms=hours * HOUR)


def test_an_order_that_goes_by_itself_is_no_exception(house):
    house.give(document("1"))
    house.warehouse.settle()
    tended(house)
    assert house.warehouse.one("SELECT COUNT(*) FROM order_exception") == 0


def test_what_a_channel_sold_and_is_not_there_is_one_exception_until_it_is_promised(house):
    house.give(document("1", lines=(("SOAP", 130), ("TEA", 1))))
    house.give(document("1", 2, lines=(("SOAP", 130), ("TEA", 1)), note="again"))
    house.warehouse.settle()
    assert open_ones(house) == [("oversold", "1", "SUE")]
    assert "SOAP ×30" in house.warehouse.one("SELECT words FROM order_exception")
    house.warehouse.put("SOAP", 30, "W1-A-01-1")
    house.database.write(lambda tx: tx.emit(StockArrived(house.warehouse.site_id, house.warehouse.items["SOAP"], 30)))
    house.warehouse.settle()
    assert (kinds(house), ended(house)) == ([], [("oversold", "solved")])


def test_who_has_not_paid_yet_is_not_oversold(house):
    house.give(document("1", stage="unpaid", lines=(("SOAP", 130),)))
    house.warehouse.settle()
    tended(house)
    assert kinds(house) == []
    house.give(document("1", 2, lines=(("SOAP", 130),)))
    house.warehouse.settle()
    tended(house)
    assert kinds(house) == ["oversold"]


def test_a_held_order_is_one_until_it_is_let_go(house):
    house.give(document("1", ship_to=BAD))
    assert open_ones(house) == [("address", "1", "SUE")]
    house.give(document("1", 2))
    house.warehouse.settle()
    assert (kinds(house), ended(house)) == ([], [("address", "solved")])


def test_an_exception_ends_with_its_order(house):
    house.give(document("1", ship_to=BAD))
    house.database.write(lambda tx: cancel_order(tx, house.order("1")["number"], "changed their mind"))
    house.warehouse.settle()
    assert (kinds(house), ended(house)) == ([], [("address", "solved")])


def test_what_a_channel_says_and_nobody_here_agrees_with_is_one_until_it_is_taken(house):
    house.give(document("1", lines=(("GIFT", 1),)), {"reference": "2", "lines": "?"})
    assert kinds(house) == ["item", "unreadable"]
    house.database.write(lambda tx: name_item(tx, house.channel(), "GIFT", house.warehouse.items["SOAP"]))
    assert house.desk.try_again(house.warehouse.one("SELECT id FROM channel_paper WHERE ref = '1'")).result == "taken"
    assert (kinds(house), ended(house)) == (["unreadable"], [("item", "solved")])


def test_a_change_that_comes_too_late_is_one(house):
    house.give(document("1"))
    ship(house)
    assert house.give(document("1", 2, stage="cancelled")).result == "refused"
    assert kinds(house) == ["too_late"]


def test_an_order_that_its_platform_stops_is_one_until_it_goes_on(house):
    house.give(document("1"))
    house.give(document("1", 2, stage="unpaid"))
    assert kinds(house) == ["payment"]
    house.give(document("1", 3))
    house.warehouse.settle()
    assert (kinds(house), ended(house)) == ([], [("payment", "solved")])


def test_who_does_not_pay_for_a_day_is_one(house):
    house.give(document("1", stage="unpaid"))
    tended(house)
    assert kinds(house) == []
    older(house, 25)
    tended(house)
    assert kinds(house) == ["payment"]


def test_how_long_somebody_may_take_to_pay_is_the_rules_to_say(house):
    rule(house, "payment", opens_after_hours=48)
    house.give(document("1", stage="unpaid"))
    older(house, 25)
    tended(house)
    assert kinds(house) == []
    older(house, 24)
    tended(house)
    assert kinds(house) == ["payment"]


def test_what_should_have_left_and_has_not_is_stuck_until_it_has(house):
    house.give(document("1"))
    house.warehouse.settle()
    older(house, 24 + 5)
    tended(house)
    assert kinds(house) == ["stuck"]
    ship(house)
    house.warehouse.settle()
    assert kinds(house) == []


def test_an_order_of_no_channel_that_waits_for_stock_for_days_is_one(house):
    house.warehouse.order("A", ("SOAP", 130))
    tended(house)
    assert kinds(house) == []
    older(house, 73)
    tended(house)
    assert "waiting" in kinds(house)


def test_what_a_channel_will_not_hear_is_one_until_it_has(house):
    house.give(document("1"))
    house.database.write(lambda tx: cancel_order(tx, house.order("1")["number"], "gone"))
    house.warehouse.settle()
    notice = house.warehouse.one("SELECT id FROM channel_notice")
    house.database.write(lambda tx: note_refused(tx, notice, "we know no such order"))
    assert kinds(house) == ["not_told"]
    run(house, "UPDATE channel_notice SET state = 'waiting'")
    tended(house)
    assert kinds(house) == ["not_told"], "it waits to be told again"
    run(house, "UPDATE channel_notice SET state = 'told'")
    tended(house)
    assert kinds(house) == []


def test_a_quantity_that_a_channel_refuses_again_and_again_is_one(house):
    house.give(document("1"))
    run(house, "UPDATE listing SET attempts = 4, error = 'no such item'")
    tended(house)
    assert kinds(house) == []
    run(house, "UPDATE listing SET attempts = 5")
    tended(house)
    assert kinds(house) == ["quantity"]
    row = house.warehouse.one("SELECT id FROM listing")
    house.database.write(lambda tx: note_told(tx, [tx.row(text("SELECT id, name, version, 3 AS may_sell FROM listing WHERE id = :id"), id=row)], {}))
    tended(house)
    assert kinds(house) == []


def test_what_nobody_could_own_is_opened_when_somebody_can(shops):
    shops.give(document("1", ship_to=BAD), document("2", lines=(("GIFT", 1),)), document("3", lines=(("SOAP", 500),)))
    tended(shops)
    assert open_ones(shops) == []
    shops.database.write(lambda tx: put_worker(tx, "BOSS", "Boss", "manager"))
    tended(shops)
    assert sorted(open_ones(shops)) == [("address", "1", "BOSS"), ("item", None, "BOSS"), ("oversold", "3", "BOSS")]


def test_looking_for_what_was_missed_opens_nothing_twice(house):
    house.give(document("1", ship_to=BAD), document("2", lines=(("GIFT", 1),)), document("3", lines=(("SOAP", 500),)))
    for _ in range(2):
        tended(house)
    assert sorted(kinds(house)) == ["address", "item", "oversold"]


def test_whose_it_is_the_rules_say(house):
    rule(house, "any", owner="BOSS")
    rule(house, "item", owner="SUE")
    house.give(document("1", ship_to=BAD), document("2", lines=(("GIFT", 1),)))
    assert open_ones(house) == [("address", "1", "BOSS"), ("item", None, "SUE")]


def test_no_exception_is_nobodys_whoever_is_locked_out(house):
    rule(house, "item", owner="SUE")
    house.give(document("1", ship_to=BAD), document("2", lines=(("GIFT", 1),)))

    def lock(badge):
        house.database.write(lambda tx: (disable_worker(tx, badge), find_owners(tx)))

    lock("SUE")
    assert open_ones(house) == [("address", "1", "BOSS"), ("item", None, "BOSS")]
    assert house.warehouse.one("SELECT COUNT(*) FROM audit WHERE action = 'order_exception.given'") == 2
    house.database.write(lambda tx: put_worker(tx, "EVE", "Eve", "worker"))
    lock("BOSS")
    house.give(document("3", ship_to=BAD))
    assert {one[2] for one in open_ones(house)} == {"EVE"}, "a worker is better than nobody"
    assert house.warehouse.one("SELECT COUNT(*) FROM order_exception x JOIN worker w ON w.id = x.owner_id WHERE x.state = 'open' AND w.disabled = 1") == 0


def test_what_somebody_has_ended_is_not_opened_again_for_the_same_cause(house):
    house.give(document("1", lines=(("SOAP", 130),)))
    run(house, "UPDATE order_exception SET state = 'done', ended_how = 'hand', ended_at = opened_at, ended_by = 'SUE'")
    tended(house)
    assert kinds(house) == []


def test_what_is_not_seen_to_is_passed_on(house):
    rule(house, "address", pass_after_hours=2, pass_to="BOSS")
    house.give(document("1", ship_to=BAD))
    tended(house)
    assert open_ones(house) == [("address", "1", "SUE")]
    older(house, 3)
    tended(house)
    assert open_ones(house) == [("address", "1", "BOSS")]
    assert house.warehouse.one("SELECT COUNT(*) FROM audit WHERE action = 'order_exception.passed_on'") == 1
    tended(house)
    assert house.warehouse.one("SELECT COUNT(*) FROM audit WHERE action = 'order_exception.passed_on'") == 1
