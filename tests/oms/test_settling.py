"""Returns are settled: by the site's rule or somebody's word; channels are told until they have accepted; never more money than was paid."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.kernel.errors import Conflict
from server.masterdata.site_settings import set_site_settings
from server.oms.connecting import ask_now
from server.oms.notices import refund_notice
from server.oms.orders import NewOrderLine
from server.oms.returns import ReturnIsOver, return_by_number, return_lines
from server.oms.settling import (
    NothingCame,
    OverRefund,
    exchange,
    finish_exchange,
    refund,
    refundable,
    refuse,
    settle_by_rule,
)
from server.wms.return_papers import end_papers
from simulators.shops.plain import PlainShop
from simulators.shops.shop import CUT, ERROR, LOST_ANSWER, TOO_MANY
from tests.oms.conftest import SECRET, document
from tests.oms.return_walk import announced, audited, leave, notices, scan, seen, send, with_returns_area
from tests.oms.test_story import entry, told
from tests.waiting import until
from tests.warehouse import ITEMS

SOAP, TEA = ITEMS["SOAP"], ITEMS["TEA"]


@pytest.fixture
def home(shops):
    with_returns_area(shops)
    return shops


@pytest.fixture
def by_itself(home):
    """A site whose refunds go back by themselves."""
    home.database.write(lambda tx: set_site_settings(tx, home.warehouse.site_id, return_refunds="restocked"))
    return home


@pytest.fixture
def shop():
    shop = PlainShop(SECRET)
    yield shop
    shop.close()


def write(shops, work, *args, **more):
    return shops.database.write(lambda tx: work(tx, *args, **more))


def payload(shops):
    return shops.warehouse.one("SELECT payload FROM channel_notice WHERE kind = 'refund'")


def test_where_the_site_wants_it_so_what_came_back_as_good_as_new_is_paid_back_by_itself(by_itself):
    number = announced(by_itself, send(by_itself), [(1, 2)])
    pda = scan(by_itself, number, SOAP, "GRADE-RESTOCK")
    assert (seen(by_itself, number)[:3], notices(by_itself)) == (("received", "", 0), []), "one of two"
    scan(by_itself, SOAP, "GRADE-RESTOCK", pda=pda)
    assert seen(by_itself, number)[:3] == ("settled", "refund", 2 * 1990)
    assert notices(by_itself) == [("refund", "waiting")]
    assert all(one in str(payload(by_itself)) for one in ("3980", "CNY", number))


@pytest.mark.parametrize("grade", ["QUARANTINE", "SCRAP"])
def test_what_is_not_as_good_as_new_waits_for_somebody(by_itself, grade):
    number = announced(by_itself, send(by_itself), [(1, 2)])
    scan(by_itself, number, SOAP, "GRADE-RESTOCK", SOAP, f"GRADE-{grade}")
    assert (seen(by_itself, number)[0], notices(by_itself)) == ("received", [])


def test_what_nobody_announced_waits_for_somebody_also_where_money_goes_back_by_itself(by_itself):
    scan(by_itself, send(by_itself), SOAP, "GRADE-RESTOCK")
    assert seen(by_itself, "RMA-000001")[0] == "received"


def test_elsewhere_everything_waits_for_somebody(home):
    number = announced(home, send(home), [(1, 1)])
    scan(home, number, SOAP, "GRADE-RESTOCK")
    assert seen(home, number)[0] == "received"
    assert write(home, refund, number) == 1990
    assert (seen(home, number)[:3], audited(home, number)[-1]) == (("settled", "refund", 1990), "rma.refund")


def test_of_what_came_in_part_the_part_is_paid_and_the_rest_may_be_announced_anew(home):
    order = send(home)
    number = announced(home, order, [(1, 3)])
    scan(home, number, SOAP, "GRADE-RESTOCK")
    assert write(home, refund, number) == 1990
    write(home, end_papers, number)
    assert announced(home, order, [(1, 2)], reason="damaged") == "RMA-000002"


def test_somebody_may_pay_less_and_the_rest_with_the_next_but_never_more_than_was_paid_for_what_came(home):
    order = send(home)
    first, second = announced(home, order, [(1, 1)]), announced(home, order, [(1, 1)])
    scan(home, first, SOAP, "GRADE-RESTOCK")
    scan(home, second, SOAP, "GRADE-RESTOCK")
    with pytest.raises(OverRefund) as over:
        write(home, refund, first, 1990 + 1)
    assert (over.value.args_["most"], seen(home, first)[0], notices(home)) == (1990, "received", [])
    assert write(home, refund, first, 1990 - 100, "it was opened") == 1990 - 100
    with pytest.raises(OverRefund):
        write(home, refund, second, 1990 + 101)
    assert write(home, refund, second, 1990 + 100) == 1990 + 100, "with what the first left over"
    assert home.warehouse.all("SELECT paid, refunded, kept FROM line_return") == [(5970, 3980, 0)]
    assert home.warehouse.one("SELECT SUM(amount) FROM rma_line") == 3980


def test_an_amount_is_shared_by_the_lines_that_came_first(home):
    number = announced(home, send(home, lines=(("SOAP", 2), ("TEA", 1))), [(1, 1), (2, 1)])
    scan(home, number, SOAP, "GRADE-RESTOCK", TEA, "GRADE-RESTOCK")
    write(home, refund, number, 1990 + 500)
    shares = home.database.read(lambda tx: [(one.item, one.refunded, one.amount) for one in return_lines(tx, return_by_number(tx, number).id)])
    assert shares == [("SOAP", 1, 1990), ("TEA", 1, 500)]


@pytest.mark.parametrize("change", ["UPDATE rma SET amount = 1", "UPDATE rma SET state = 'settled'", "UPDATE rma SET outcome = 'exchange', state = 'settled', settled_at = 1",
                                    "UPDATE rma_line SET restocked = quantity + 1", "UPDATE rma_line SET refunded = quantity + 1"])
def test_the_database_holds_it_by_itself(home, change):
    announced(home, send(home), [(1, 1)])
    with pytest.raises(IntegrityError):
        home.database.write(lambda tx: tx.execute(text(change)))


def test_nothing_is_settled_of_which_nothing_came_and_nothing_twice(home):
    number = announced(home, send(home), [(1, 1)])
    for work in (refund, lambda tx, one: refuse(tx, one, "worn"), exchange):
        with pytest.raises(NothingCame):
            write(home, work, number)
    scan(home, number, SOAP, "GRADE-SCRAP")
    write(home, refuse, number, "it was worn")
    for work in (refund, lambda tx, one: refuse(tx, one, "worn"), exchange):
        with pytest.raises(ReturnIsOver):
            write(home, work, number)
    assert (seen(home, number)[:3], notices(home)) == (("settled", "refused", 0), [])


def test_who_refused_it_and_why_stands_in_the_orders_story(home):
    order = send(home)
    number = announced(home, order, [(1, 1)])
    scan(home, number, SOAP, "GRADE-SCRAP")
    write(home, refuse, number, "it was worn")
    args = entry(home, order, "return_refused")["args"]
    assert (args["return"], args["reason"]) == (number, "it was worn")


def test_an_order_without_prices_pays_nothing_back_and_is_settled(home):
    order = home.warehouse.order("by hand", ("SOAP", 1)).number
    leave(home)
    number = announced(home, order, [(1, 1)])
    scan(home, number, SOAP, "GRADE-RESTOCK")
    assert write(home, refund, number) == 0
    assert (seen(home, number)[:2], notices(home)) == (("settled", "refund"), [])


def test_of_a_pack_that_a_channel_sells_as_one_no_more_is_paid_back_than_it_cost(home):
    home.database.write(lambda tx: tx.execute(text(
        "INSERT INTO listing (channel_id, name, item_id, quantity, is_said) SELECT id, 'SIX', :item, 6, 1 FROM channel"), {"item": home.warehouse.items["SOAP"]}))
    home.give(document("1", lines=(("SIX", 1),)))
    leave(home)
    number = announced(home, home.order("1")["number"], [(1, 6)])
    pda = scan(home, number, SOAP)
    pda.send("return", {"item": "SOAP", "quantity": 6, "grade": "GRADE-RESTOCK"}, pda.task["forms"][0]["id"])
    home.warehouse.settle()
    assert 1990 - 6 < write(home, refund, number) <= 1990


def test_what_was_taken_back_after_it_was_paid_stays_paid_and_is_not_paid_again(by_itself):
    order = send(by_itself)
    number = announced(by_itself, order, [(1, 1)])
    pda = scan(by_itself, number, SOAP, "GRADE-RESTOCK")
    scan(by_itself, "CMD-UNDO", pda=pda)
    assert seen(by_itself, number) == ("settled", "refund", 1990, [("SOAP", 1, 0, 0, 0)])
    assert audited(by_itself, number)[-1] == "rma.uncounted"
    again = announced(by_itself, order, [(1, 3)])
    pda = scan(by_itself, again, SOAP, "GRADE-SCRAP")
    assert most(by_itself, again) == 0, "for this one money went back already"
    scan(by_itself, SOAP, "GRADE-SCRAP", SOAP, "GRADE-SCRAP", pda=pda)
    assert most(by_itself, again) == 2 * 1990


def most(home, number):
    return home.database.read(lambda tx: refundable(return_lines(tx, return_by_number(tx, number).id)))


def sold(home, shop, **more):
    home.connect("net", address=shop.address, every_seconds=3_600)
    order = shop.place([("SOAP", 2)], **more)
    assert home.attend("net")
    leave(home)
    assert home.attend("net")
    return order.ref, home.order(order.ref, "net")["number"]


def returned(home, order):
    number = announced(home, order, [(1, 1)])
    scan(home, number, SOAP, "GRADE-RESTOCK")
    return number, write(home, refund, number)


@pytest.mark.parametrize("fault", [None, TOO_MANY, ERROR, CUT, LOST_ANSWER])
def test_a_channel_is_told_until_it_has_accepted_and_pays_once(home, shop, fault):
    ref, order = sold(home, shop)
    if fault:
        shop.fail(fault)
    _, amount = returned(home, order)
    assert until(lambda: home.desk.attend(home.channel("net")) and notices(home) == [("refund", "told")])
    assert shop.orders[ref].refunded == amount > 0
    assert (told(home, order)[-1], entry(home, order, "return_refund")["args"]["amount"]) == ("told", amount)


def test_two_returns_of_one_order_for_the_same_reason_and_amount_are_both_paid(home, shop):
    ref, order = sold(home, shop)
    first, second = returned(home, order)[1], returned(home, order)[1]
    assert home.attend("net")
    assert shop.orders[ref].refunded == first + second


def test_an_order_that_its_shop_then_calls_cancelled_is_no_trouble(home, shop):
    ref, order = sold(home, shop)
    returned(home, order)
    assert home.attend("net")
    shop.cancel_order(ref)
    home.database.write(lambda tx: ask_now(tx, home.channel("net").id))
    assert home.attend("net")
    assert (home.paper(ref, "net"), home.order(ref, "net")["state"]) == (("taken", ""), "shipped")


def test_a_channel_that_cannot_be_told_keeps_the_refund_for_somebody_and_goes_on(home):
    order = send(home)
    returned(home, order)
    assert home.attend()
    assert notices(home) == [("refund", "refused")]
    assert home.database.read(lambda tx: refund_notice(tx, "RMA-000001")).state == "refused"
    assert entry(home, order, "not_told")["args"]["what"] == "refund"


def test_an_exchange_goes_out_like_any_order_when_all_has_come(home):
    order = send(home)
    number = announced(home, order, [(1, 2)], wish="exchange")
    pda = scan(home, number, SOAP, "GRADE-RESTOCK")
    with pytest.raises(NothingCame):
        write(home, exchange, number)
    scan(home, SOAP, "GRADE-SCRAP", pda=pda)
    made = write(home, exchange, number)
    assert write(home, exchange, number) == made, "said again it is the same"
    home.warehouse.settle()
    new = home.order(number, "exchange")
    assert (new["number"], new["state"], new["customer"], new["lines"][0][:3]) == (made, "released", "王小明", ("SOAP", 2, 2))
    assert new["ship_to"] == home.order("1")["ship_to"]
    assert seen(home, number)[:3] == ("settled", "exchange", 0)
    leave(home)
    assert home.order(number, "exchange")["state"] == "shipped"
    assert notices(home) == []
    assert [one for one in told(home, order) if one.startswith("return_")] == ["return_announced", "return_sent", "return_exchange"]


def test_other_goods_may_go_instead(home):
    number = announced(home, send(home), [(1, 1)], wish="exchange")
    scan(home, number, SOAP, "GRADE-RESTOCK")
    write(home, exchange, number, [NewOrderLine(item="TEA", quantity=2)])
    assert home.order(number, "exchange")["lines"][0][:2] == ("TEA", 2)


def test_at_once_the_other_goods_go_before_the_first_came_and_it_is_settled_when_they_have(home):
    number = announced(home, send(home), [(1, 1)], wish="exchange")
    made = write(home, exchange, number, at_once=True)
    assert (seen(home, number)[:2], home.order(number, "exchange")["number"]) == (("announced", ""), made)
    scan(home, number, SOAP, "GRADE-RESTOCK")
    assert seen(home, number)[:2] == ("settled", "exchange")


def test_what_came_broken_after_other_goods_went_is_settled_by_somebody(home):
    number = announced(home, send(home), [(1, 1)], wish="exchange")
    with pytest.raises(NothingCame):
        write(home, finish_exchange, number)
    write(home, exchange, number, at_once=True)
    scan(home, number, SOAP, "GRADE-SCRAP")
    assert seen(home, number)[0] == "received"
    write(home, finish_exchange, number, "never mind")
    assert seen(home, number)[:2] == ("settled", "exchange")


def test_an_exchange_of_which_nothing_was_sent_is_not_finished(home):
    number = announced(home, send(home), [(1, 1)])
    scan(home, number, SOAP, "GRADE-SCRAP")
    with pytest.raises(Conflict):
        write(home, finish_exchange, number)


def test_who_wished_an_exchange_gets_it_by_itself_where_the_site_wants_it_so(by_itself):
    number = announced(by_itself, send(by_itself), [(1, 1)], wish="exchange")
    scan(by_itself, number, SOAP, "GRADE-RESTOCK")
    assert seen(by_itself, number)[:2] == ("settled", "exchange")
    write(by_itself, settle_by_rule, number)
    assert by_itself.warehouse.one("SELECT COUNT(*) FROM sales_order WHERE channel = 'exchange'") == 1


def test_no_money_goes_back_for_what_was_exchanged_at_once(home):
    number = announced(home, send(home), [(1, 1)], wish="exchange")
    write(home, exchange, number, at_once=True)
    scan(home, number, SOAP, "GRADE-SCRAP")
    with pytest.raises(Conflict):
        write(home, refund, number)
