"""What is done about an exception with one click, or by a rule: once, however many ask, and written down."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.events import StockArrived
from server.kernel.errors import Invalid, Refusal
from server.kernel.transaction import Actor
from server.masterdata.items import NewItem, NewPack, put_item
from server.oms.exceptions.steps import SeenTo, exception_by_id, possible_steps, take_step
from server.oms.listings import name_item
from server.oms.notices import note_refused
from server.wms.order_floor import OrderFloor as Floor
from tests.oms.conftest import HOME, document
from tests.oms.test_exceptions import BAD, ended, house, kinds, older, rule, run, tended
from tests.workflows.test_outbound import pack_and_ship

__all__ = ["house"]
NEAR = {**HOME, "city": "杭洲市", "state": "浙江省", "district": ""}
US = {"name": "Ann Lee", "phone": "+1 212 736 5000", "country": "US", "state": "MA", "city": "Boston", "street": "1 Main Street", "postcode": "2139"}


def the_one(house, kind):
    return house.database.read(lambda tx: exception_by_id(tx, tx.scalar(text("SELECT id FROM order_exception WHERE kind = :k AND state = 'open'"), k=kind)))


def step(house, kind, what, **more):
    row = the_one(house, kind)
    house.database.write(lambda tx: take_step(tx, Floor(), row.id, row.version, what, reason="because", **more), actor=Actor("SUE"))
    house.warehouse.settle()
    return row


def audited(house, action):
    return [json.loads(row[0])["reason"] for row in house.warehouse.all("SELECT detail FROM audit WHERE action = :a ORDER BY id", a=action)]


def notices(house):
    return house.warehouse.all("SELECT kind, state FROM channel_notice ORDER BY id")


def test_an_order_is_let_go_as_it_is(house):
    house.give(document("1", ship_to=BAD))
    row = step(house, "address", "let_go")
    assert (house.order("1")["hold"], house.order("1")["state"]) == ("", "released")
    assert house.warehouse.all("SELECT state, ended_how, ended_by, step FROM order_exception") == [("done", "hand", "SUE", "let_go")]
    assert audited(house, "order_exception.step") == audited(house, "order.let_go") == ["because"]
    assert house.warehouse.one("SELECT subject FROM audit WHERE action = 'order_exception.step'") == f"exception {row.id}"


def test_twenty_who_press_at_once_do_it_once(house):
    house.give(document("1", ship_to=BAD))
    row = the_one(house, "address")

    def press(_):
        try:
            house.database.write(lambda tx: take_step(tx, Floor(), row.id, row.version, "cancel", reason="because"))
        except SeenTo:
            return 0
        return 1

    with ThreadPoolExecutor(20) as many:
        assert sum(many.map(press, range(20))) == 1
    house.warehouse.settle()
    assert (house.order("1")["state"], notices(house)) == ("cancelled", [("cancel", "waiting")])
    assert audited(house, "order_exception.step") == audited(house, "order.cancelled") == ["because"]


def test_waiting_twice_for_what_was_seen_once_counts_once(house):
    house.give(document("1", lines=(("SOAP", 130),)))
    row = step(house, "oversold", "wait")
    assert the_one(house, "oversold").version == row.version + 1
    with pytest.raises(SeenTo):
        house.database.write(lambda tx: take_step(tx, Floor(), row.id, row.version, "wait", reason="because"))


def test_a_step_that_is_none_of_its_kind_is_refused(house):
    house.give(document("1", ship_to=BAD))
    for what in ("tell_again", "nonsense", "take_suggestion"):
        with pytest.raises(Invalid):
            step(house, "address", what)
    assert the_one(house, "address").version == 1


def test_what_the_floor_refuses_leaves_everything_as_it_was(house):
    house.give(document("1", lines=(("SOAP", 130),)))
    row = the_one(house, "oversold")

    class Refusing(Floor):
        def withdraw(self, *_):
            raise Refusal("Somebody packs it.")

    with pytest.raises(Refusal):
        house.database.write(lambda tx: take_step(tx, Refusing(), row.id, row.version, "cancel", reason="because"))
    assert (kinds(house), the_one(house, "oversold").version, audited(house, "order_exception.step")) == (["oversold"], row.version, [])


def test_a_certain_suggestion_is_taken_and_the_order_goes(house):
    house.give(document("1", ship_to=US))
    assert the_one(house, "address").suggestion == {"postcode": "02139"}
    step(house, "address", "take_suggestion")
    assert (house.order("1")["ship_to"]["postcode"], house.order("1")["state"], kinds(house)) == ("02139", "released", [])
    assert audited(house, "order.readdressed") == ["because"]


def test_where_something_else_is_wrong_there_is_no_certain_suggestion(house):
    house.give(document("1", ship_to={**US, "name": ""}))
    assert the_one(house, "address").suggestion == {}


def test_of_a_suggestion_that_only_mends_the_address_a_blocked_order_stays_held(house):
    house.database.write(lambda tx: tx.execute(text(
        "INSERT INTO order_block (site_id, kind, value, reason, created_at) VALUES (:s, 'region', 'US', 'no carrier', 0)"), {"s": house.warehouse.site_id}))
    house.give(document("1", ship_to=US))
    assert sorted(kinds(house)) == ["address", "check"]
    step(house, "address", "take_suggestion")
    assert (house.order("1")["hold"], kinds(house)) == ("check", ["check"])
    step(house, "check", "let_go")
    assert (house.order("1")["hold"], kinds(house)) == ("", [])


def test_letting_go_ends_what_else_held_the_order(house):
    house.database.write(lambda tx: tx.execute(text(
        "INSERT INTO order_block (site_id, kind, value, reason, created_at) VALUES (:s, 'region', 'US', 'no carrier', 0)"), {"s": house.warehouse.site_id}))
    house.give(document("1", ship_to=US))
    step(house, "address", "let_go")
    assert (kinds(house), sorted(how for _, how in ended(house))) == ([], ["hand", "solved"])


def test_what_is_not_there_is_cancelled_and_the_rest_goes(house):
    house.give(document("1", lines=(("SOAP", 130), ("TEA", 2))))
    step(house, "oversold", "cancel_rest")
    assert house.warehouse.all("SELECT quantity, promised, short FROM sales_order_line ORDER BY number") == [(130, 100, 30), (2, 2, 0)]
    assert (kinds(house), notices(house)) == ([], [("refund", "waiting")])
    assert amount_of(house.warehouse.one("SELECT payload FROM channel_notice")) == 30 * 1990
    assert audited(house, "order.rest_cancelled") == ["because"]


def test_what_is_left_of_an_order_leaves_at_the_next_cutoff(house):
    house.give(document("1", lines=(("SOAP", 130),)))
    assert house.warehouse.one("SELECT promised_at FROM sales_order") is None
    step(house, "oversold", "cancel_rest")
    assert house.warehouse.one("SELECT promised_at FROM sales_order") > 0
    assert (house.order("1")["state"], house.warehouse.one("SELECT SUM(ordered) FROM release_line")) == ("released", 100)


@pytest.mark.parametrize(("there_before", "paid_back"), [(4, 2 * 1990), (5, 3 * 1990 - 1990 * 5 // 6)], ids=["two packs", "parts of a pack"])
def test_what_is_paid_back_of_a_pack_is_its_price_and_not_that_of_its_pieces(house, there_before, paid_back):
    house.database.write(lambda tx: name_item(tx, house.channel(), "SIX", house.warehouse.items["SOAP"], 6))
    house.warehouse.order("before", ("SOAP", there_before))
    house.give(document("1", lines=(("SIX", 18),)))
    step(house, "oversold", "cancel_rest")
    assert [amount_of(one) for one, in house.warehouse.all("SELECT payload FROM channel_notice")] == [paid_back]
    [detail] = house.warehouse.all("SELECT detail FROM audit WHERE action = 'order.rest_cancelled'")
    assert json.loads(detail[0])["new"]["amount"] == paid_back


def amount_of(payload):
    return (json.loads(payload) if isinstance(payload, str) else payload)["amount"]


def test_an_order_of_which_nothing_is_there_is_cancelled_whole(house):
    house.give(document("0", lines=(("SOAP", 100),)), document("1", lines=(("SOAP", 30),)))
    step(house, "oversold", "cancel_rest")
    assert (house.order("1")["state"], notices(house), kinds(house)) == ("cancelled", [("cancel", "waiting")], [])


@pytest.fixture
def jam(house):
    """With four pieces of jam, of which the floor will find three."""
    number = house.database.write(lambda tx: put_item(tx, NewItem(code="JAM", name="Jam", packs=[NewPack("each", 1, ("JAM-CODE",))], weight_g=100)))
    house.warehouse.items["JAM"] = number
    house.warehouse.put("JAM", 4, "W1-A-01-1")
    return house


def shorten(house):
    house.give(document("1", lines=(("JAM", 4),)))
    house.warehouse.settle()
    house.warehouse.wave()
    pda = house.warehouse.pda()
    for scan in ("TOTE-5", "CMD-SHORT", "QTY-3"):
        pda.scan(scan)
    house.warehouse.settle()
    return pda


def more_jam(house):
    house.warehouse.put("JAM", 9, "W1-A-03-1")
    house.database.write(lambda tx: tx.emit(StockArrived(house.warehouse.site_id, house.warehouse.items["JAM"], 9)))
    house.warehouse.settle()


def test_what_the_floor_does_not_find_is_an_exception_and_waits_for_stock_if_somebody_says_so(jam):
    house = jam
    pda = shorten(house)
    assert house.warehouse.all("SELECT short, promised FROM sales_order_line") == [(1, 3)]
    assert kinds(house) == ["short"]
    pack_and_ship(house.warehouse, pda, "TOTE-5", ["JAM-CODE"])
    pda.scan("CMD-DONE")
    house.warehouse.settle()
    assert house.order("1")["state"] == "shipped"
    step(house, "short", "wait_for_stock")
    more_jam(house)
    assert (house.order("1")["state"], house.warehouse.all("SELECT short, promised, again FROM sales_order_line")) == ("partly_shipped", [(0, 4, 1)])
    assert house.warehouse.all("SELECT r.code, l.ordered FROM release r JOIN release_line l ON l.release_id = r.id ORDER BY r.id")[1:] == [
        (house.order("1")["number"] + "~2", 1)]


def test_what_was_short_and_came_back_from_the_floor_is_handed_over_once(jam):
    house = jam
    shorten(house)
    more_jam(house)
    step(house, "short", "wait_for_stock")
    house.give(document("1", 2, stage="unpaid", lines=(("JAM", 4),)))
    house.give(document("1", 3, lines=(("JAM", 4),)))
    house.warehouse.settle()
    assert house.warehouse.one("SELECT SUM(l.ordered) FROM release r JOIN release_line l ON l.release_id = r.id WHERE r.state <> 'cancelled'") == 4


def test_what_is_short_is_paid_back(jam):
    house = jam
    shorten(house)
    step(house, "short", "cancel_rest")
    assert (kinds(house), notices(house)) == ([], [("refund", "waiting")])


def test_a_notice_is_told_again_and_stays_until_it_is_told(house):
    house.give(document("1"))
    house.warehouse.settle()
    run(house, "INSERT INTO channel_notice (channel_id, order_id, kind, once, payload, created_at) SELECT channel_id, order_id, 'cancel', 'x', '{}', 0 FROM channel_paper")
    notice = house.warehouse.one("SELECT id FROM channel_notice")
    house.database.write(lambda tx: note_refused(tx, notice, "no such order"))
    step(house, "not_told", "tell_again")
    assert (notices(house), kinds(house)) == ([("cancel", "waiting")], ["not_told"])
    house.database.write(lambda tx: note_refused(tx, notice, "no such order, still"))
    assert kinds(house) == ["not_told"]
    assert "still" in house.warehouse.one("SELECT words FROM order_exception")


def test_an_order_that_nobody_wants_is_dropped_with_its_paper(house):
    house.give(document("1", lines=(("GIFT", 1),)))
    step(house, "item", "drop")
    assert (house.paper("1"), kinds(house)) == (("ended", ""), [])
    tended(house)
    assert kinds(house) == []


# --- rules


def test_nothing_is_done_by_itself_that_no_rule_says(house):
    house.give(document("1", ship_to=US), document("2", lines=(("SOAP", 130),)), document("3", stage="unpaid"))
    older(house, 1_000)
    tended(house)
    assert sorted(kinds(house)) == ["address", "oversold", "payment"]
    assert audited(house, "order_exception.step") == []


def test_a_rule_takes_a_certain_suggestion(house):
    rule(house, "address", solve="take_suggestion")
    house.give(document("1", ship_to=US), document("2", ship_to=BAD))
    tended(house)
    assert (house.order("1")["state"], house.order("2")["hold"], kinds(house)) == ("released", "check", ["address"])
    assert ended(house) == [("address", "rule")]
    assert audited(house, "order_exception.step") == ["rule address: take_suggestion after 0 min"]


def test_a_rule_cancels_what_is_not_there_after_a_while(house):
    rule(house, "oversold", solve="cancel_rest", solve_after_minutes=180)
    house.give(document("1", lines=(("SOAP", 130),)))
    older(house, 2)
    tended(house)
    assert kinds(house) == ["oversold"]
    older(house, 2)
    tended(house)
    assert (kinds(house), notices(house)) == ([], [("refund", "waiting")])


def test_what_somebody_lets_wait_no_rule_touches_before(house):
    rule(house, "oversold", solve="cancel")
    house.give(document("1", lines=(("SOAP", 130),)))
    step(house, "oversold", "wait")
    tended(house)
    assert house.order("1")["state"] != "cancelled"
    run(house, "UPDATE order_exception SET wait_until = 1")
    tended(house)
    assert house.order("1")["state"] == "cancelled"


def test_a_rule_cancels_who_does_not_pay(house):
    rule(house, "payment", solve="cancel", opens_after_hours=48)
    house.give(document("1", stage="unpaid"))
    older(house, 47)
    tended(house)
    assert house.order("1")["state"] == "accepted"
    older(house, 2)
    tended(house)
    assert (house.order("1")["state"], notices(house)) == ("cancelled", [("cancel", "waiting")])


def test_what_was_not_told_is_told_again_by_itself_three_times(house):
    house.give(document("1"))
    house.warehouse.settle()
    run(house, "INSERT INTO channel_notice (channel_id, order_id, kind, once, payload, created_at) SELECT channel_id, order_id, 'cancel', 'x', '{}', 0 FROM channel_paper")
    notice = house.warehouse.one("SELECT id FROM channel_notice")
    house.database.write(lambda tx: note_refused(tx, notice, "no such order"))
    told = 0
    for _ in range(6):
        older(house, 2)
        tended(house)
        told += notices(house) == [("cancel", "waiting")]
        house.database.write(lambda tx: note_refused(tx, notice, "no such order"))
    assert (told, kinds(house)) == (3, ["not_told"] if "stuck" not in kinds(house) else kinds(house))


@pytest.mark.parametrize("kind,what", [("item", "drop"), ("address", "wait"), ("payment", "done"), ("nonsense", "")])
def test_a_rule_that_cannot_be_is_refused(house, kind, what):
    with pytest.raises(Invalid):
        rule(house, kind, solve=what)


def test_every_step_of_every_kind_can_be_shown():
    assert possible_steps("address", has_order=True, has_suggestion=False)[0] == "let_go"
    assert possible_steps("too_late", has_order=False, has_suggestion=False) == ["try_again", "drop", "wait"]
