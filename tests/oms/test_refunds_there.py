"""A house with each of the platforms on which buyers ask for their money: they are heard, answered, and paid once."""

import pytest
from sqlalchemy import text

from server.oms import desk as desk_module
from server.oms.connecting import ask_now, change_channel
from server.oms.desk import Desk
from server.oms.notices import tell_again, tell_refund
from server.oms.orders import order_by_number
from server.oms.parts import cancel_parts
from server.wms.order_floor import OrderFloor as Floor
from simulators.shops.shop import DUPLICATED, ERROR, HALF_A_PAGE, LOST_ANSWER, OUT_OF_ORDER, TOO_MANY
from tests.oms.channels.refunding import kind, settings, shop
from tests.oms.conftest import HOME
from tests.oms.test_exception_steps import step
from tests.oms.test_exceptions import house, kinds, run
from tests.oms.test_intake import ship
from tests.waiting import until

__all__ = ["house", "kind", "shop"]


@pytest.fixture
def net(house, kind, shop):
    """A channel `net` at the played shop."""
    house.connect("net", kind=kind, every_seconds=3_600, since=shop.now() - 60_000, checks="off", **settings(kind, shop))
    house.database.write(lambda tx: change_channel(tx, "net", carrier="SF"))
    return house


def attended(net):
    """As the rounds do it: asked for everything, and once more for what came to be asked for by that."""
    net.database.write(lambda tx: ask_now(tx, net.channel("net").id))
    answers = [net.attend("net"), net.attend("net")]
    net.warehouse.settle()
    return all(answers)


def placed(net, shop, lines=(("SOAP", 1),)):
    order = shop.place(lines, address=HOME)
    assert attended(net)
    return order


def seen(net, ref):
    order = net.order(ref, "net")
    return order["state"], order["hold"]


def notices(net):
    return [tuple(row) for row in net.warehouse.all("SELECT kind, state FROM channel_notice ORDER BY id")]


def asked(kind, shop, order):
    """For all of an order: on some platforms that is a request for each line."""
    each = [{line.ref: line.quantity} for line in order.lines] if kind in ("taobao", "mini_program") else [None]
    return [shop.requests.ask(order.ref, lines=lines) for lines in each]


@pytest.mark.parametrize("lines", [(("SOAP", 1),), (("SOAP", 2), ("TEA", 1))])
def test_who_asks_before_it_has_left_is_paid_when_somebody_agrees(net, kind, shop, lines):
    order = placed(net, shop, lines)
    assert seen(net, order.ref) == ("released", "")
    numbers = asked(kind, shop, order)
    assert attended(net)
    assert seen(net, order.ref) == ("accepted", "payment" if kind == "jd" else "refund_asked")
    assert kinds(net) == ["refund_asked"]
    step(net, "refund_asked", "agree")
    assert attended(net)
    assert attended(net)
    assert [shop.requests.all[number].state for number in numbers] == ["paid"] * len(numbers)
    assert (shop.orders[order.ref].refunded, shop.orders[order.ref].is_cancelled) == (order.total, True)
    assert (seen(net, order.ref)[0], net.promised("SOAP"), notices(net), kinds(net)) == ("cancelled", 0, [("refund", "told")] * len(numbers), [])


def test_who_cancels_the_order_here_says_yes_to_its_buyer(net, kind, shop):
    order = placed(net, shop)
    number, = asked(kind, shop, order)
    assert attended(net)
    head = net.database.read(lambda tx: order_by_number(tx, net.order(order.ref, "net")["number"]))
    net.database.write(lambda tx: cancel_parts(tx, head, "no more of it", Floor()))
    net.warehouse.settle()
    assert attended(net)
    assert attended(net)
    assert (shop.requests.all[number].state, notices(net), kinds(net)) == ("paid", [("refund", "told")], [])


def test_who_asks_after_it_has_left_is_paid_when_somebody_agrees(net, kind, shop):
    order = placed(net, shop)
    ship(net)
    assert attended(net)
    asked(kind, shop, order)
    assert attended(net)
    assert (seen(net, order.ref), kinds(net)) == (("shipped", ""), ["refund_left"])
    step(net, "refund_left", "agree")
    assert attended(net)
    assert attended(net)
    assert (seen(net, order.ref)[0], notices(net), kinds(net)) == ("shipped", [("ship", "told"), ("refund", "told")], [])
    assert shop.orders[order.ref].refunded == 1_990


def test_who_takes_it_back_is_sent_the_goods(net, kind, shop):
    order = placed(net, shop)
    number, = asked(kind, shop, order)
    assert attended(net)
    assert seen(net, order.ref)[1] != ""
    shop.requests.withdraw(number)
    assert attended(net)
    assert attended(net)
    assert (seen(net, order.ref), kinds(net)) == (("released", ""), [])
    ship(net)
    assert (seen(net, order.ref)[0], shop.orders[order.ref].refunded) == ("shipped", 0)


def test_who_is_paid_on_the_platform_itself_is_sent_nothing(net, kind, shop):
    order = placed(net, shop)
    number, = asked(kind, shop, order)
    assert attended(net)
    shop.requests.pay(number)
    assert attended(net)
    assert attended(net)
    assert (seen(net, order.ref)[0], notices(net), kinds(net)) == ("cancelled", [], [])


def test_an_order_whose_buyer_asks_at_once_never_comes_to_the_floor(net, kind, shop):
    order = shop.place([("SOAP", 1)], address=HOME)
    asked(kind, shop, order)
    assert attended(net)
    assert (seen(net, order.ref)[0], kinds(net)) == ("accepted", ["refund_asked"])
    assert net.warehouse.one("SELECT COUNT(*) FROM release WHERE state <> 'cancelled'") == 0


@pytest.mark.parametrize("kind", ["taobao", "douyin", "mini_program"])
def test_of_one_line_the_rest_is_sent(net, shop):
    order = placed(net, shop, (("SOAP", 1), ("TEA", 1)))
    shop.requests.ask(order.ref, lines={order.lines[0].ref: 1})
    assert attended(net)
    step(net, "refund_asked", "agree")
    assert attended(net)
    assert attended(net)
    assert (seen(net, order.ref), [line[:2] for line in net.order(order.ref, "net")["lines"]]) == (("released", ""), [("TEA", 1)])
    assert (shop.orders[order.ref].refunded, notices(net), kinds(net)) == (1_990, [("refund", "told")], [])


@pytest.mark.parametrize("fault", [DUPLICATED, OUT_OF_ORDER, HALF_A_PAGE, TOO_MANY, ERROR, LOST_ANSWER])
def test_whatever_goes_wrong_every_request_is_heard(net, kind, shop, fault):
    orders = [shop.place([("SOAP", 1)], address=HOME) for _ in range(5)]
    assert attended(net)
    for order in orders:
        asked(kind, shop, order)
    shop.fail(fault)
    attended(net)
    shop.fail(fault, 0)
    assert until(lambda: attended(net) and kinds(net) == ["refund_asked"] * 5)


def test_a_kill_between_requests_loses_and_doubles_nothing(net, kind, shop, monkeypatch):
    orders = [shop.place([("SOAP", 1)], address=HOME) for _ in range(6)]
    assert attended(net)
    for order in orders:
        asked(kind, shop, order)
    calls, hear_request = iter(range(10_000)), desk_module.hear_request

    def dies(*args, **kwargs):
        if next(calls) == 3:
            raise SystemExit
        return hear_request(*args, **kwargs)

    monkeypatch.setattr(desk_module, "hear_request", dies)
    with pytest.raises(SystemExit):
        attended(net)
    monkeypatch.setattr(desk_module, "hear_request", hear_request)
    assert kinds(net).count("refund_asked") == 3
    net.desk = Desk(net.database, Floor())
    assert attended(net)
    assert kinds(net) == ["refund_asked"] * 6
    assert net.warehouse.one("SELECT COUNT(*) FROM refund_request") == 6


def test_who_may_not_see_what_buyers_ask_for_still_gets_the_orders(net, kind, shop, monkeypatch):
    order = placed(net, shop)
    ship(net)
    monkeypatch.setattr(shop.requests, "changed_between", lambda *_: 1 / 0)
    assert not attended(net)
    assert net.channel("net").error
    assert [parcel.tracking for parcel in shop.orders[order.ref].parcels], "what left is told all the same"


def refunded(net, order, once, amount=1_990):
    """Somebody here pays money back."""
    number = net.order(order.ref, "net")["number"]
    net.database.write(lambda tx: tell_refund(tx, number, once, {order_by_number(tx, number).id: amount}, "broken"))


def told_again(net):
    run(net, "UPDATE channel_notice SET next_at = 0")
    net.attend("net")


def test_a_refund_that_nobody_asked_for_is_an_exception_and_told_by_one_click_once_it_was(net, kind, shop):
    order = placed(net, shop)
    ship(net)
    assert attended(net)
    refunded(net, order, "A")
    assert attended(net)
    assert (notices(net)[-1], kinds(net)) == (("refund", "refused"), ["not_told"])
    assert "has not asked the platform for this amount" in net.warehouse.one("SELECT words FROM order_exception")
    asked(kind, shop, order)
    step(net, "not_told", "tell_again")
    told_again(net)
    assert (notices(net)[-1], kinds(net), shop.orders[order.ref].refunded) == (("refund", "told"), [], 1_990)


def test_two_refunds_of_one_amount_need_two_requests_whatever_answer_gets_lost(net, kind, shop):
    order = placed(net, shop, (("SOAP", 1), ("TEA", 1)))
    refunded(net, order, "A")
    refunded(net, order, "B")
    first = shop.requests.ask(order.ref, 1_990, lines={order.lines[0].ref: 1})
    for fault in (LOST_ANSWER, ERROR):
        shop.fail(fault)
        told_again(net)
        shop.fail(fault, 0)
    told_again(net)
    assert sorted(notices(net)) == [("refund", "refused"), ("refund", "told")]
    assert shop.orders[order.ref].refunded == 1_990
    shop.requests.ask(order.ref, 1_990, lines={order.lines[1].ref: 1})
    refused = net.warehouse.one("SELECT id FROM channel_notice WHERE state = 'refused'")
    net.database.write(lambda tx: tell_again(tx, refused))
    told_again(net)
    assert (notices(net), shop.orders[order.ref].refunded) == ([("refund", "told")] * 2, 3_980)
    assert net.warehouse.one("SELECT COUNT(DISTINCT notice_id) FROM refund_request WHERE ref >= :first", first=first) == 2


def test_a_request_that_is_kept_for_one_refund_pays_no_other(net, kind, shop):
    order = placed(net, shop, (("SOAP", 1), ("TEA", 1)))
    for line in order.lines:
        shop.requests.ask(order.ref, 1_990, lines={line.ref: 1})
    assert attended(net)
    step(net, "refund_asked", "agree")
    refunded(net, order, "A")
    assert attended(net)
    assert sorted(notices(net)) == [("refund", "refused"), ("refund", "told"), ("refund", "told")]
    assert shop.orders[order.ref].refunded == 3_980


def test_a_buyer_who_took_it_back_after_somebody_agreed_is_somebodys_to_see_to(net, kind, shop):
    order = placed(net, shop)
    number, = asked(kind, shop, order)
    assert attended(net)
    step(net, "refund_asked", "agree")
    shop.requests.withdraw(number)
    assert attended(net)
    assert (notices(net), kinds(net), shop.orders[order.ref].refunded) == ([("refund", "refused")], ["not_told"], 0)
    assert f"request {number} is not open" in net.database.read(lambda tx: tx.scalar(text("SELECT words FROM order_exception WHERE kind = 'not_told'")))
