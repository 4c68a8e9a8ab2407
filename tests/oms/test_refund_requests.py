"""A buyer who wants the money back before the goods have left stops them: until somebody decides, or the buyer does not want it any more."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest
from sqlalchemy.exc import IntegrityError

from server.kernel.errors import Refusal
from server.kernel.transaction import Actor
from server.oms.channels.base import Asked, RefundRequest
from server.oms.merging import merge
from server.oms.orders import order_by_number
from server.oms.parts import Placement, cancel_parts, lines_of, live_parts, place
from server.oms.refund_asking import take_request
from server.wms.order_floor import OrderFloor as Floor
from tests.oms.conftest import document
from tests.oms.test_exception_steps import audited, notices, step, the_one
from tests.oms.test_exceptions import BAD, ended, house, kinds, rule, run, tended
from tests.oms.test_intake import ship
from tests.oms.test_story import entry

__all__ = ["house"]


def asks(number="R1", ref="1", version=5, stage=Asked.OPEN, *, amount=1990, lines=()):
    return RefundRequest(ref=number, order_ref=ref, version=version, stage=stage, amount=amount, lines=lines, reason="不想要了")


def take(house, *requests, floor=None):
    channel = house.channel()
    for one in requests:
        house.database.write(lambda tx, one=one: take_request(tx, channel, one, floor or Floor()), actor=Actor("channel shop"))


def seen(house, ref="1"):
    return house.order(ref)["state"], house.order(ref)["hold"]


def fetched(house):
    """As after the orders that changed were asked for."""
    run(house, "UPDATE channel_paper SET wanted = 0")


def open_releases(house):
    return house.warehouse.one("SELECT COUNT(*) FROM release WHERE state <> 'cancelled'")


def test_an_order_that_is_on_the_floor_is_taken_back_and_held_with_the_reason(house):
    house.give(document("1"))
    house.warehouse.settle()
    assert (seen(house), open_releases(house)) == (("released", ""), 1)
    take(house, asks())
    house.warehouse.settle()
    assert (seen(house), open_releases(house), house.promised("SOAP")) == (("accepted", "refund_asked"), 0, 1)
    assert kinds(house) == ["refund_asked"]
    words = house.warehouse.one("SELECT words FROM order_exception")
    assert words == f"The buyer of {house.order('1')['number']} asks shop for 19.90 CNY back. It is held until somebody decides."
    assert audited(house, "order.held") == ["its buyer asked shop for the money"]


def test_whom_the_request_is_taken_back_by_ends_it_and_the_order_goes(house):
    house.give(document("1"))
    take(house, asks(), asks(version=6, stage=Asked.OVER))
    house.warehouse.settle()
    assert (seen(house), ended(house), kinds(house)) == (("released", ""), [("refund_asked", "solved")], [])
    assert notices(house) == []


UNCHANGED = (document("1"), document("1", 2, note="quickly"), asks(), asks(version=6, stage=Asked.OVER))
STILL_ASKED = (document("1"), document("1", 2, note="quickly"), asks(version=3, stage=Asked.OVER), asks())
CANCELLED = (document("1"), document("1", 7, stage="cancelled"), asks(), asks(version=6, stage=Asked.PAID))
TWO = (document("1"), asks("R1", version=3), asks("R1", version=4, stage=Asked.OVER), asks("R2", version=5))


@pytest.mark.parametrize(("events", "state", "open_kinds"), [
    (UNCHANGED, ("released", ""), []), (STILL_ASKED, ("accepted", "refund_asked"), ["refund_asked"]), (CANCELLED, ("cancelled", ""), []),
    (TWO, ("accepted", "refund_asked"), ["refund_asked"])], ids=["withdrawn", "asked", "paid", "two"])
def test_in_whatever_order_and_however_often_they_come_they_end_in_the_same_state(house, events, state, open_kinds):
    for at, order in enumerate(permutations(events)):
        for one in order:
            for _ in range(2):
                if isinstance(one, dict):
                    house.give({**one, "reference": str(at)})
                else:
                    take(house, asks(f"{at}-{one.ref}", str(at), one.version, one.stage))
        house.warehouse.settle()
        hold = house.warehouse.one("SELECT hold FROM sales_order WHERE channel_ref = :r", r=str(at))
        assert (house.order(str(at))["state"], hold) == state, order
        assert kinds(house) == open_kinds, order
        run(house, "DELETE FROM order_exception")
        house.give(document(str(at), 99, stage="cancelled"))
        house.warehouse.settle()
    assert house.promised("SOAP") == 0


def test_what_was_asked_for_before_the_order_is_known_holds_it_from_the_beginning(house):
    take(house, asks())
    assert house.warehouse.one("SELECT wanted FROM channel_paper WHERE ref = '1'") == 1, "the order is asked for"
    house.give(document("1"))
    house.warehouse.settle()
    assert (seen(house), open_releases(house), kinds(house)) == (("accepted", "refund_asked"), 0, ["refund_asked"])


def test_what_has_left_is_not_stopped(house):
    house.give(document("1"))
    ship(house)
    take(house, asks())
    assert (seen(house), kinds(house)) == (("shipped", ""), ["refund_left"])
    assert house.warehouse.one("SELECT words FROM order_exception").endswith("asks shop for 19.90 CNY back, and goods of it have left.")
    house.give(document("1", 2, note="not told yet"))
    step(house, "refund_left", "done")
    take(house, asks(version=6, stage=Asked.OVER))
    tended(house)
    assert (seen(house), kinds(house), house.paper("1")) == (("shipped", ""), [], ("taken", ""))


def test_a_platform_that_closes_what_it_paid_back_after_it_had_left_is_no_exception(house):
    for at, order in enumerate(permutations((document("1", 7, stage="cancelled"), asks(version=6, stage=Asked.PAID), asks()))):
        house.give(document(str(at)))
        ship(house)
        for one in order:
            house.give({**one, "reference": str(at)}) if isinstance(one, dict) else take(house, asks(f"{at}", str(at), one.version, one.stage))
        tended(house)
        assert (seen(house, str(at)), kinds(house), house.paper(str(at))) == (("shipped", ""), [], ("taken", "")), order


def test_what_was_cancelled_is_not_stopped(house):
    house.give(document("1"), document("1", 2, stage="cancelled"))
    take(house, asks())
    assert (seen(house), kinds(house)) == (("cancelled", ""), [])


def test_to_agree_cancels_the_order_and_the_platform_is_told_yes_and_nothing_else(house):
    house.give(document("1"))
    house.warehouse.settle()
    take(house, asks())
    step(house, "refund_asked", "agree")
    assert (seen(house)[0], house.promised("SOAP"), open_releases(house)) == ("cancelled", 0, 0)
    assert (notices(house), kinds(house), ended(house)) == ([("refund", "waiting")], [], [("refund_asked", "hand")])
    told = house.warehouse.one("SELECT payload FROM channel_notice")
    assert (json.loads(told) if isinstance(told, str) else told) == {"amount": 1990, "currency": "CNY", "reason": "because", "request": "R1"}
    assert audited(house, "order.cancelled") == audited(house, "order_exception.step") == ["because"]
    take(house, asks(version=6, stage=Asked.PAID))
    house.give(document("1", 7, stage="cancelled"))
    tended(house)
    assert (seen(house)[0], notices(house), kinds(house)) == ("cancelled", [("refund", "waiting")], [])


def test_what_was_picked_is_put_back_when_somebody_agrees(house):
    house.give(document("1"))
    house.warehouse.settle()
    house.warehouse.wave()
    pda = house.warehouse.pda()
    for scan in ("TOTE-5", "W1-A-01-1"):
        pda.scan(scan)
    take(house, asks())
    step(house, "refund_asked", "agree")
    assert (seen(house)[0], house.promised("SOAP")) == ("cancelled", 0)


def test_to_agree_to_a_part_leaves_the_rest_held_until_the_platform_says_what_is_left(house):
    house.give(document("1", lines=(("SOAP", 2), ("TEA", 1))))
    take(house, asks(amount=3980, lines=(("L1", 2),)))
    step(house, "refund_asked", "agree")
    assert (seen(house), notices(house), kinds(house)) == (("accepted", "refund_asked"), [("refund", "waiting")], [])
    take(house, asks(version=6, stage=Asked.PAID, amount=3980, lines=(("L1", 2),)))
    assert (seen(house)[1], kinds(house)) == ("refund_asked", [])
    fetched(house)
    rest = document("1", 6, lines=(("SOAP", 2), ("TEA", 1)))
    house.give(rest | {"lines": rest["lines"][1:]})
    house.warehouse.settle()
    assert (seen(house), [line[:2] for line in house.order("1")["lines"]]) == (("released", ""), [("TEA", 1)])


def test_pieces_of_a_line_that_leave_in_two_parts_are_one_line(house):
    house.give(document("1", lines=(("SOAP", 4),)))
    number = house.order("1")["number"]
    site = house.warehouse.site_id

    def split(tx):
        root = order_by_number(tx, number)
        line, = lines_of(tx, live_parts(tx, root))
        place(tx, root, [Placement(site, {line: 3}), Placement(site, {line: 1})], Floor())

    house.database.write(split)
    take(house, asks(amount=5970, lines=(("L1", 3),)))
    assert {row[0] for row in house.warehouse.all("SELECT hold FROM sales_order")} == {"refund_asked"}
    step(house, "refund_asked", "agree")
    assert {row[0] for row in house.warehouse.all("SELECT state FROM sales_order")} == {"accepted"}, "one piece is to be sent"


def test_requests_for_each_line_together_are_the_whole_order(house):
    house.give(document("1", lines=(("SOAP", 2), ("TEA", 1))))
    take(house, asks("R1", amount=3980, lines=(("L1", 0),)), asks("R2", lines=(("L2", 0),)))
    assert "59.70 CNY" in house.warehouse.one("SELECT words FROM order_exception")
    step(house, "refund_asked", "agree")
    assert (seen(house)[0], notices(house)) == ("cancelled", [("refund", "waiting"), ("refund", "waiting")])
    assert house.warehouse.one("SELECT COUNT(DISTINCT notice_id) FROM refund_request") == 2


def test_money_that_was_paid_for_all_of_an_order_keeps_it_here_until_its_platform_has_said_so(house):
    house.give(document("1"))
    take(house, asks(stage=Asked.PAID))
    fetched(house)
    house.give(document("1", 2, note="the platform is slow"))
    house.warehouse.settle()
    assert (seen(house)[1], kinds(house)) == ("refund_asked", ["refund_asked"])
    house.give(document("1", 9, stage="cancelled"))
    house.warehouse.settle()
    assert (seen(house)[0], kinds(house)) == ("cancelled", [])


def test_who_cancels_more_than_was_asked_for_tells_the_platform_so(house):
    house.give(document("1", lines=(("SOAP", 2), ("TEA", 1)), total=5970))
    take(house, asks(lines=(("L2", 1),)))
    run(house, "UPDATE sales_order SET total = 5970")
    head = house.database.read(lambda tx: order_by_number(tx, house.order("1")["number"]))
    house.database.write(lambda tx: cancel_parts(tx, head, "gone", Floor()))
    house.warehouse.settle()
    assert (seen(house)[0], notices(house), kinds(house)) == ("cancelled", [("refund", "waiting"), ("cancel", "waiting")], [])


def test_let_go_the_order_leaves_and_the_platform_is_told_nothing(house):
    house.give(document("1"))
    take(house, asks())
    step(house, "refund_asked", "send_anyway")
    assert (seen(house), notices(house), kinds(house), audited(house, "order.let_go")) == (("released", ""), [], [], ["because"])
    take(house, asks(version=6))
    house.give(document("1", 2, note="again"))
    tended(house)
    assert (seen(house), kinds(house)) == (("released", ""), []), "the same request is decided"
    take(house, asks("R2", version=7))
    assert (seen(house), kinds(house)) == (("accepted", "refund_asked"), ["refund_asked"])


def test_a_request_that_was_taken_back_and_is_made_again_is_decided_anew(house):
    house.give(document("1"))
    take(house, asks())
    step(house, "refund_asked", "send_anyway")
    take(house, asks(version=6, stage=Asked.OVER), asks(version=7))
    assert (seen(house), kinds(house)) == (("accepted", "refund_asked"), ["refund_asked"])


def test_what_is_held_for_something_else_too_stays_held_for_the_request(house):
    house.give(document("1", ship_to=BAD))
    take(house, asks())
    assert (seen(house)[1], sorted(kinds(house))) == ("check", ["address", "refund_asked"])
    step(house, "address", "let_go")
    assert (seen(house), kinds(house), open_releases(house)) == (("accepted", "refund_asked"), ["refund_asked"], 0)
    take(house, asks(version=6, stage=Asked.OVER))
    house.warehouse.settle()
    assert (seen(house), kinds(house)) == (("released", ""), [])


def test_its_story_says_that_it_waits_for_what_its_buyer_asked(house):
    house.give(document("1"))
    take(house, asks())
    assert entry(house, house.order("1")["number"], "order_held")["args"]["hold"] == "refund_asked"


def test_what_is_found_in_an_order_meanwhile_does_not_let_it_go(house):
    house.give(document("1"))
    take(house, asks())
    house.give(document("1", 2, stage="unpaid"), document("1", 3), document("1", 4, ship_to=BAD), document("1", 5))
    assert (seen(house), open_releases(house)) == (("accepted", "refund_asked"), 0)


@pytest.mark.parametrize("ends, leads", [("1", "2"), ("2", "1")])
def test_of_orders_that_leave_together_the_one_that_is_stopped_stays_alone(house, ends, leads):
    house.give(document("1"))
    house.give(document("2"))
    house.database.write(lambda tx: merge(tx, house.order(ends)["number"], house.order(leads)["number"], Floor()))
    take(house, asks())
    house.warehouse.settle()
    assert (seen(house), seen(house, "2")) == (("accepted", "refund_asked"), ("released", ""))
    assert [line[:2] for line in house.order("2")["lines"]] == [("SOAP", 1)]


class Packing(Floor):
    def withdraw(self, *_):
        raise Refusal("Somebody packs it.")


def test_what_the_floor_does_not_give_back_is_an_exception_that_says_why(house):
    house.give(document("1"))
    house.warehouse.settle()
    take(house, asks(), floor=Packing())
    assert (seen(house), kinds(house)) == (("released", ""), ["refund_asked"])
    assert house.warehouse.one("SELECT words FROM order_exception").endswith("asks shop for 19.90 CNY back, and it could not be held: Somebody packs it.")
    ship(house)
    tended(house)
    assert (seen(house)[0], kinds(house), ended(house)) == ("shipped", ["refund_left"], [("refund_asked", "solved")])


def test_twenty_copies_at_one_moment_hold_it_once(house):
    house.give(document("1"))
    house.warehouse.settle()
    with ThreadPoolExecutor(20) as many:
        list(many.map(lambda _: take(house, asks()), range(20)))
    assert (seen(house), kinds(house), len(audited(house, "order.held"))) == (("accepted", "refund_asked"), ["refund_asked"], 1)


def test_twenty_orders_and_their_requests_at_one_moment_are_all_held(house):
    def both(at):
        if at % 2:
            take(house, asks(f"R{at // 2}", str(at // 2)))
        else:
            house.give(document(str(at // 2)))

    with ThreadPoolExecutor(20) as many:
        list(many.map(both, range(20)))
    house.warehouse.settle()
    assert {seen(house, str(at)) for at in range(10)} == {("accepted", "refund_asked")}
    assert kinds(house) == ["refund_asked"] * 10


def test_what_was_missed_is_found_every_minute(house):
    house.give(document("1"))
    take(house, asks())
    run(house, "DELETE FROM order_exception")
    tended(house)
    assert kinds(house) == ["refund_asked"]
    step(house, "refund_asked", "agree")
    tended(house)
    assert kinds(house) == []


def test_a_rule_agrees_by_itself(house):
    rule(house, "refund_asked", solve="agree")
    house.give(document("1"))
    take(house, asks())
    tended(house)
    assert (seen(house)[0], notices(house), ended(house)) == ("cancelled", [("refund", "waiting")], [("refund_asked", "rule")])


def test_both_who_press_at_once_are_one(house):
    house.give(document("1"))
    take(house, asks())
    row = the_one(house, "refund_asked")
    step(house, "refund_asked", "send_anyway")
    with pytest.raises(Refusal):
        step(house, "refund_asked", "agree")
    assert (row.kind, notices(house), seen(house)) == ("refund_asked", [], ("released", ""))


@pytest.mark.parametrize("wrong", ["holds = 1, decision = 'let_go'", "holds = 1, stage = 2", "holds = 1, order_id = NULL", "stage = 4", "decision = 'perhaps'"])
def test_the_database_keeps_what_the_code_promises(house, wrong):
    house.give(document("1"))
    take(house, asks())
    with pytest.raises(IntegrityError):
        run(house, f"UPDATE refund_request SET {wrong}")
