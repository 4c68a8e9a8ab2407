"""Money is paid back where a buyer asked the platform for it: as much as was asked, once for each request, whatever answer gets lost."""

from dataclasses import replace

import pytest

from server.kernel.clock import HOUR, MINUTE, SECOND
from server.oms.channels.base import Asked
from server.oms.channels.errors import ChannelAway, ChannelBusy, ChannelChanged, ChannelRefused
from server.oms.channels.refunds import Refund
from server.oms.channels.refunds import agree_to as agreed
from simulators.shops.shop import (
    CHANGED_SCHEMA,
    DUPLICATED,
    ERROR,
    HALF_A_PAGE,
    LOST_ANSWER,
    OUT_OF_ORDER,
    TOO_MANY,
)
from tests.oms.channels.refunding import connected, kind, played, shop

__all__ = ["kind", "shop"]

SCHEMA_CODES = {"taobao": "refunds", "jd": "result", "douyin": "items", "mini_program": "after_sale_order_id_list"}


@pytest.fixture
def channel(kind, shop):
    return connected(kind, shop)


def back(order, amount=1_990, *, only=""):
    return Refund(order.ref, amount, "CNY", "broken", only)


def agree_to(channel, refund, **more):
    """The numbers of the requests that paid it."""
    return tuple(one.ref for one in agreed(channel, refund, **more))


def seen(channel, since):
    """All requests by their numbers, as the pages end with them; and the watermarks."""
    told, marks = {}, []
    for page in channel.asked(since):
        for one in map(channel.understand_request, page.documents):
            told[one.ref] = one
        marks += [page.watermark] if page.watermark is not None else []
    return told, marks


def test_what_the_buyer_asked_for_is_agreed_to(shop, channel):
    order = shop.place([("MUG-RED", 1)])
    number = shop.requests.ask(order.ref)
    assert agree_to(channel, back(order)) == (number,)
    assert (shop.requests.all[number].state, shop.orders[order.ref].refunded, shop.orders[order.ref].is_cancelled) == ("paid", 1_990, True)


def test_told_again_it_is_accepted_and_not_paid_twice(shop, channel):
    order = shop.place([("MUG-RED", 1)])
    number = shop.requests.ask(order.ref)
    channel.refund(order.ref, 1_990, "CNY", "broken")
    assert agree_to(channel, back(order)) == (number,)
    assert shop.orders[order.ref].refunded == 1_990


def test_an_answer_that_gets_lost_pays_once(shop, channel):
    order = shop.place([("MUG-RED", 1)])
    number = shop.requests.ask(order.ref)
    channel.asked_of(order.ref)
    while shop.orders[order.ref].refunded == 0:  # whichever of its calls it is
        shop.fail(LOST_ANSWER)
        with pytest.raises(ChannelAway):
            agree_to(channel, back(order))
        shop.fail(LOST_ANSWER, 0)
        if shop.orders[order.ref].refunded == 0:
            assert agree_to(channel, back(order)) == (number,)
    assert agree_to(channel, back(order)) == (number,)
    assert shop.orders[order.ref].refunded == 1_990


def test_the_answer_to_the_agreement_itself_may_get_lost(kind, shop, channel, monkeypatch):
    order = shop.place([("MUG-RED", 1)])
    number = shop.requests.ask(order.ref)
    pay = shop.requests.pay

    def paid_and_cut(one):
        pay(one)
        shop.fail(LOST_ANSWER)

    monkeypatch.setattr(shop.requests, "pay", paid_and_cut)
    with pytest.raises(ChannelAway):
        agree_to(channel, back(order))
    assert agree_to(channel, back(order)) == (number,)
    assert shop.orders[order.ref].refunded == 1_990


@pytest.mark.parametrize("asked", [None, "withdrawn", "refused"])
def test_what_nobody_asks_for_is_refused_in_a_sentence_that_says_what_to_do(shop, channel, asked):
    order = shop.place([("MUG-RED", 1)])
    if asked:
        number = shop.requests.ask(order.ref)
        getattr(shop.requests, {"withdrawn": "withdraw", "refused": "refuse"}[asked])(number)
    with pytest.raises(ChannelRefused, match="has not asked the platform for this amount") as refusal:
        agree_to(channel, back(order))
    assert refusal.value.words.startswith(f"19.90 CNY for {order.ref} (broken)") and "tell it again" in refusal.value.words
    shop.requests.ask(order.ref)
    agree_to(channel, back(order))
    assert shop.orders[order.ref].refunded == 1_990


@pytest.mark.parametrize(("amount", "currency"), [(1_000, "CNY"), (1_990, "EUR")])
def test_another_amount_or_currency_than_was_asked_for_is_refused(shop, channel, amount, currency):
    order = shop.place([("MUG-RED", 1)])
    shop.requests.ask(order.ref)
    with pytest.raises(ChannelRefused):
        agree_to(channel, Refund(order.ref, amount, currency, "broken"))
    assert shop.orders[order.ref].refunded == 0


def test_two_refunds_of_one_amount_need_two_requests(shop, channel):
    order = shop.place([("MUG-RED", 1), ("PLATE", 1)])
    first = shop.requests.ask(order.ref, 1_990, lines={order.lines[0].ref: 1})
    assert agree_to(channel, back(order)) == (first,)
    with pytest.raises(ChannelRefused):
        agree_to(channel, back(order), taken=[first])
    second = shop.requests.ask(order.ref, 1_990, lines={order.lines[1].ref: 1})
    assert agree_to(channel, back(order), taken=[first]) == (second,)
    assert shop.orders[order.ref].refunded == 3_980


def test_requests_for_each_line_together_are_the_whole_refund(shop, channel):
    order = shop.place([("MUG-RED", 1), ("PLATE", 2)])
    numbers = tuple(shop.requests.ask(order.ref, lines={line.ref: line.quantity}) for line in order.lines)
    assert sorted(agree_to(channel, back(order, 5_970))) == sorted(numbers)
    assert sorted(agree_to(channel, back(order, 5_970))) == sorted(numbers)
    assert (shop.orders[order.ref].refunded, shop.orders[order.ref].is_cancelled) == (5_970, True)


def test_the_request_that_is_meant_is_agreed_to_and_no_other(shop, channel):
    order = shop.place([("MUG-RED", 1), ("PLATE", 1)])
    numbers = [shop.requests.ask(order.ref, 1_990, lines={line.ref: 1}) for line in order.lines]
    assert agree_to(channel, back(order, only=numbers[1])) == (numbers[1],)
    shop.requests.withdraw(numbers[0])
    with pytest.raises(ChannelRefused, match=f"request {numbers[0]} is not open"):
        agree_to(channel, back(order, only=numbers[0]))


def test_an_answer_to_a_request_says_why_it_cannot_be_given(shop, channel):
    order = shop.place([("MUG-RED", 1)])
    number = shop.requests.ask(order.ref)
    with pytest.raises(ChannelRefused, match=f"request {number} is for 19.90 CNY. Agree on the amount there"):
        agree_to(channel, back(order, 1_000, only=number))
    with pytest.raises(ChannelRefused, match="request 77 is not open any more"):
        agree_to(channel, back(order, only="77"))


@pytest.mark.parametrize("kind", ["taobao", "douyin", "mini_program"])
def test_an_answer_before_the_goods_are_on_their_way_back_is_to_be_told_again(shop, channel):
    order = shop.place([("MUG-RED", 1)])
    number = shop.requests.ask(order.ref, is_return=True)
    with pytest.raises(ChannelRefused, match="on their way back first"):
        agree_to(channel, back(order, only=number))
    shop.requests.send_back(number)
    assert agree_to(channel, back(order, only=number)) == (number,)


def test_a_request_that_changed_after_it_was_read_is_not_agreed_to(kind, shop, channel):
    order = shop.place([("MUG-RED", 1)])
    number = shop.requests.ask(order.ref)
    read, = channel.asked_of(order.ref)
    shop.requests.raise_to(number, 1_000) if kind in ("taobao", "douyin") else shop.requests.withdraw(number)
    with pytest.raises(ChannelRefused):
        channel.agree(read)
    assert shop.orders[order.ref].refunded == 0


@pytest.mark.parametrize(("fault", "error"), [(TOO_MANY, ChannelBusy), (ERROR, ChannelAway)])
def test_a_fault_is_told_by_its_name_and_pays_nothing(shop, channel, fault, error):
    order = shop.place([("MUG-RED", 1)])
    shop.requests.ask(order.ref)
    channel.asked_of(order.ref)
    shop.fail(fault)
    with pytest.raises(error):
        agree_to(channel, back(order))
    assert shop.orders[order.ref].refunded == 0


def test_all_that_was_asked_for_is_listed_as_it_is_now(shop, channel):
    since = shop.now() - MINUTE
    orders = [shop.place([("MUG-RED", 1)]) for _ in range(4)]
    numbers = [shop.requests.ask(order.ref) for order in orders]
    shop.requests.withdraw(numbers[1])
    shop.requests.refuse(numbers[2])
    shop.requests.pay(numbers[3])
    told, marks = seen(channel, since)
    assert [told[number].stage for number in numbers] == [Asked.OPEN, Asked.OVER, Asked.OVER, Asked.PAID]
    assert [(told[number].order_ref, told[number].amount, told[number].is_return) for number in numbers] == [(order.ref, 1_990, False) for order in orders]
    assert told[numbers[0]].version == shop.requests.all[numbers[0]].changed_at // SECOND * SECOND
    assert marks == sorted(marks) and abs(marks[-1] - shop.now()) < MINUTE
    assert {one.ref: one.stage for order in orders for one in channel.asked_of(order.ref)} == {number: told[number].stage for number in numbers}


def test_many_on_many_pages_are_each_listed_once(shop, channel):
    order = shop.place([("MUG-RED", 1)])
    numbers = [shop.requests.ask(order.ref) for _ in range(230)]
    shop.requests.all |= {number: replace(shop.requests.all[number], changed_at=shop.now() - 3 * HOUR + at * 40 * SECOND) for at, number in enumerate(numbers)}
    assert set(seen(channel, shop.now() - 4 * HOUR)[0]) == set(numbers)


@pytest.mark.parametrize("fault", [DUPLICATED, OUT_OF_ORDER, HALF_A_PAGE])
def test_disorder_of_one_answer_loses_no_request(shop, channel, fault):
    since = shop.now() - MINUTE
    order = shop.place([("MUG-RED", 1)])
    numbers = {shop.requests.ask(order.ref) for _ in range(40)}
    shop.fail(fault)
    assert set(seen(channel, since)[0]) == numbers


def test_a_changed_list_is_named(kind, shop, channel):
    since = shop.now() - MINUTE
    shop.requests.ask(shop.place([("MUG-RED", 1)]).ref)
    shop.fail(CHANGED_SCHEMA)
    with pytest.raises(ChannelChanged) as refusal:
        seen(channel, since)
    assert refusal.value.code == SCHEMA_CODES[kind]


@pytest.mark.parametrize("kind", ["taobao", "douyin", "mini_program"])
def test_goods_that_come_back_first_are_paid_when_they_are_on_their_way(shop, channel):
    order = shop.place([("MUG-RED", 1)])
    number = shop.requests.ask(order.ref, is_return=True)
    read, = channel.asked_of(order.ref)
    assert (read.stage, read.is_return) == (Asked.WAITS, True)
    with pytest.raises(ChannelRefused):
        agree_to(channel, back(order))
    shop.requests.send_back(number)
    assert agree_to(channel, back(order)) == (number,)


def test_only_of_lines_that_were_asked_for(kind, shop, channel):
    order = shop.place([("MUG-RED", 3), ("PLATE", 1)])
    line = order.lines[0]
    shop.requests.ask(order.ref, lines={line.ref: line.quantity})
    read, = channel.asked_of(order.ref)
    document = channel.fetch(order.ref)
    first = channel.understand(document).lines[0].ref
    assert list(read.lines) == {"jd": [], "taobao": [(first, 0)]}.get(kind, [(first, 3)])


# What only one of them has.


@pytest.fixture
def tmall():
    with played("taobao") as shop:
        shop.is_tmall = True
        yield shop


def test_tmall_has_a_request_reviewed_before_it_is_agreed_to(tmall):
    order = tmall.place([("MUG-RED", 1)])
    number = tmall.requests.ask(order.ref)
    assert agree_to(connected("taobao", tmall), back(order)) == (number,)
    assert (tmall.requests.reviewed, tmall.orders[order.ref].refunded) == ({number}, 1_990)


def test_what_taobao_wants_a_code_for_is_refused_in_its_own_words(tmall):
    order = tmall.place([("MUG-RED", 1)])
    tmall.requests.ask(order.ref)
    tmall.requests.code_from = 1_000
    with pytest.raises(ChannelRefused, match="短信验证码"):
        agree_to(connected("taobao", tmall), back(order))
    assert tmall.orders[order.ref].refunded == 0


def test_a_price_protection_of_douyin_is_no_request_for_money():
    with played("douyin") as shop:
        order = shop.place([("MUG-RED", 1)])
        shop.requests.ask(order.ref)
        channel = connected("douyin", shop)
        document = channel.asked_of(order.ref)[0].document
        other = {**document, "aftersale_info": {**document["aftersale_info"], "aftersale_type": 6}}
        assert channel.understand_request(other) is None


def test_jd_locks_an_order_until_the_buyer_is_answered():
    with played("jd") as shop:
        order = shop.place([("MUG-RED", 1)])
        channel = connected("jd", shop)
        number = shop.requests.ask(order.ref)
        assert channel.fetch(order.ref)["orderState"] == "LOCKED"
        shop.requests.withdraw(number)
        assert channel.fetch(order.ref)["orderState"] == "WAIT_SELLER_STOCK_OUT"


def test_what_changed_long_ago_is_reached_window_by_window(shop, channel):
    watermarks = seen(channel, shop.now() - 50 * HOUR)[1]
    assert len(watermarks) == 3
