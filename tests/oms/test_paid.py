"""What was paid for an order's lines stays the same sum however it is sent, and no more of it goes back than what came was paid."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.kernel.errors import Refusal
from server.masterdata.people import put_worker
from server.oms.channels.caller import Caller
from server.oms.channels.pos import Pos, PosSettings
from server.oms.exceptions.ending import end_what_is_over
from server.oms.exceptions.opening import open_taken_back
from server.oms.exceptions.steps import exception_by_id, possible_steps, take_step
from server.oms.merging import merge, unmerge
from server.oms.notices import refund_notice
from server.oms.orders import hold_order, order_by_number, order_lines
from server.oms.parts import Placement, gather, place
from server.oms.paying import Purse, discount_of, paid_after, share, whole_paid
from server.oms.returns import return_by_number, return_lines
from server.oms.sales import ring_up
from server.oms.settling import OverRefund, postage_left, priced, refund, refundable
from server.wms.order_floor import OrderFloor
from tests.oms.conftest import SECRET, document
from tests.oms.return_walk import announced, leave, scan, seen, with_returns_area
from tests.warehouse import ITEMS

SOAP, TEA = ITEMS["SOAP"], ITEMS["TEA"]
FLOOR = OrderFloor()


@pytest.fixture
def home(shops):
    with_returns_area(shops)
    return shops


def bought(*lines, ref="1", version=1, **more):
    """A document with (item, quantity, what was paid) of each line; its price is 19.90."""
    said = document(ref, version, lines=[(item, quantity) for item, quantity, _ in lines], **more)
    return {**said, "lines": [{**line, "paid": paid} for line, (_, _, paid) in zip(said["lines"], lines, strict=True)]}


def give(shops, *lines, **more):
    shops.give(bought(*lines, **more))
    shops.warehouse.settle()
    return shops.order(more.get("ref", "1"))["number"]


def paid(shops, ref="1"):
    """Of all parts of an order that live: (line, pieces, paid)."""
    return shops.warehouse.all(
        "SELECT l.number, l.quantity, l.paid FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.channel_ref = :r "
        "AND o.state NOT IN ('cancelled', 'merged') ORDER BY o.part, l.number", r=ref)


def write(shops, work):
    found = shops.database.write(work)
    shops.warehouse.settle()
    return found


def test_an_order_keeps_what_was_paid_for_each_line_and_for_the_way(shops):
    number = give(shops, ("SOAP", 3, 5_000), ("TEA", 1, None), total=7_480, postage=490)
    head = shops.database.read(lambda tx: order_by_number(tx, number))
    lines = shops.database.read(lambda tx: order_lines(tx, head.id))
    assert (head.total, head.postage, head.postage_refunded) == (7_480, 490, 0)
    assert [(line.paid, whole_paid(line), discount_of(line)) for line in lines] == [(5_000, 5_000, 970), (None, 1_990, 0)]


@pytest.mark.parametrize(("amount", "quantity", "shares"), [(100, 3, [33, 66, 100]), (1_009, 10, [100, 201, 302]), (2, 3, [0, 1, 2]), (0, 2, [0, 0])])
def test_the_last_piece_takes_what_is_left_over(amount, quantity, shares):
    assert [share(amount, quantity, pieces) for pieces in range(1, len(shares) + 1)] == shares


def test_what_is_given_out_in_pieces_sums_to_what_was_paid():
    purse = Purse([(1, 4, 100), (1, 3, 1), (2, 2, None)])
    assert [purse.take(1, pieces) for pieces in (2, 3, 2)] == [28, 43, 30]
    assert (purse.take(2, 1), paid_after(3, 100, 2), paid_after(3, 100, 9), paid_after(3, None, 2)) == (None, 66, 100, None)


def split(shops, number, *parts):
    site = shops.warehouse.site_id
    write(shops, lambda tx: place(tx, hold_order(tx, number), [Placement(site, dict(one)) for one in parts], FLOOR))


def test_parts_of_an_order_share_what_was_paid_and_have_it_all_again_together(shops):
    number = give(shops, ("SOAP", 3, 5_002), ("TEA", 2, None), postage=490, total=9_470)
    split(shops, number, {1: 1, 2: 2}, {1: 1}, {1: 1})
    assert paid(shops) == [(1, 1, 1_667), (2, 2, None), (1, 1, 1_667), (1, 1, 1_668)]
    assert shops.warehouse.all("SELECT part, postage, total FROM sales_order ORDER BY part") == [(0, 490, 9_470), (1, 0, 0), (2, 0, 0)]
    split(shops, number, {1: 2, 2: 2}, {1: 1})
    assert sum(one[2] for one in paid(shops) if one[0] == 1) == 5_002
    write(shops, lambda tx: gather(tx, hold_order(tx, number), FLOOR))
    assert paid(shops) == [(1, 3, 5_002), (2, 2, None)]


def test_orders_that_leave_together_keep_what_was_paid_for_each(shops):
    first, second = give(shops, ("SOAP", 2, 3_000), ref="1"), give(shops, ("TEA", 3, 5_001), ref="2")
    write(shops, lambda tx: merge(tx, second, first, FLOOR))
    assert paid(shops) == [(1, 2, 3_000), (2, 3, 5_001)]
    write(shops, lambda tx: unmerge(tx, hold_order(tx, second), FLOOR))
    assert [paid(shops, ref) for ref in ("1", "2")] == [[(1, 2, 3_000)], [(2, 3, 5_001)]]


def test_a_price_that_the_seller_changes_before_it_is_paid_counts_in_all_parts(shops):
    number = give(shops, ("SOAP", 3, 5_000), stage="unpaid", total=5_490, postage=490)
    shops.give(bought(("SOAP", 3, 4_000), version=2, total=4_000, postage=0))
    shops.warehouse.settle()
    assert paid(shops) == [(1, 3, 4_000)]
    split(shops, number, {1: 2}, {1: 1})
    shops.give(bought(("SOAP", 3, 3_500), version=3, total=3_800, postage=300))
    assert paid(shops) == [(1, 2, 2_333), (1, 1, 1_167)]
    assert shops.warehouse.all("SELECT total, postage FROM sales_order WHERE part = 0") == [(3_800, 300)]
    assert shops.warehouse.one("SELECT COUNT(*) FROM audit WHERE action = 'order.repriced'") == 2


def test_other_goods_come_with_what_was_paid_for_them(shops):
    give(shops, ("SOAP", 3, 5_000), ("TEA", 1, 1_000))
    shops.give(bought(("SOAP", 2, 3_333), ("TEA", 2, 1_900), version=2))
    assert paid(shops) == [(1, 2, 3_333), (2, 2, 1_900)]


def test_what_has_begun_to_leave_is_not_reckoned_anew(home):
    sent(home, ("SOAP", 1, 1_500), postage=490)
    home.give(bought(("SOAP", 1, 100), version=2, postage=0))
    assert (paid(home), home.warehouse.one("SELECT postage FROM sales_order")) == ([(1, 1, 1_500)], 490)


def sent(home, *lines, **more):
    """An order that has left; its number."""
    number = give(home, *lines, **more)
    leave(home)
    return number


def came(home, order, *lines):
    number = announced(home, order, lines)
    pda = None
    for line, quantity in lines:
        for _ in range(quantity):
            codes = () if pda else (number,)
            pda = scan(home, *codes, {1: SOAP, 2: TEA}[line], "GRADE-RESTOCK", pda=pda)
    return number


def money(home, number):
    """What is proposed for a return, and the most."""
    def look(tx):
        lines = return_lines(tx, return_by_number(tx, number).id)
        return priced(lines), refundable(lines)

    return home.database.read(look)


def test_each_return_is_paid_its_pieces_and_the_last_what_is_left_over(home):
    order = sent(home, ("SOAP", 3, 5_000))
    numbers = [came(home, order, (1, 1)) for _ in range(3)]
    assert [write(home, lambda tx, one=one: refund(tx, one)) for one in numbers] == [1_666, 1_667, 1_667]
    assert home.warehouse.all("SELECT paid, refunded, kept FROM line_return") == [(5_000, 5_000, 0)]


def test_more_than_was_paid_for_what_came_is_refused_whatever_its_price_was(home):
    number = came(home, sent(home, ("SOAP", 3, 4_000)), (1, 2))
    assert money(home, number) == (2_666, 2_666)
    with pytest.raises(OverRefund) as over:
        write(home, lambda tx: refund(tx, number, 2_667))
    assert over.value.args_["most"] == 2_666
    assert write(home, lambda tx: refund(tx, number)) == 2_666


def test_what_was_given_away_is_paid_back_with_nothing(home):
    number = came(home, sent(home, ("SOAP", 1, 0)), (1, 1))
    assert write(home, lambda tx: refund(tx, number)) == 0


def test_the_postage_goes_back_where_somebody_says_so_once_and_the_channel_hears_of_both(home):
    order = sent(home, ("SOAP", 3, 3_000), postage=490)
    first, second = came(home, order, (1, 1)), came(home, order, (1, 1))
    with pytest.raises(OverRefund) as over:
        write(home, lambda tx: refund(tx, first, postage=491))
    assert (over.value.args_["most"], seen(home, first)[0]) == (490, "received")
    assert write(home, lambda tx: refund(tx, first, postage=300)) == 1_300
    assert home.warehouse.all("SELECT amount, postage FROM rma ORDER BY id") == [(1_300, 300), (0, 0)]
    assert "1300" in str(home.warehouse.one("SELECT payload FROM channel_notice WHERE kind = 'refund'"))
    assert home.database.read(lambda tx: refund_notice(tx, first)).state == "waiting"
    with pytest.raises(OverRefund) as again:
        write(home, lambda tx: refund(tx, second, postage=190))
    assert again.value.args_["most"] == 0
    assert home.database.read(lambda tx: postage_left(tx, return_by_number(tx, second).id)) == 0
    assert write(home, lambda tx: refund(tx, second)) == 1_000


def test_without_somebodys_word_the_postage_stays(home):
    number = came(home, sent(home, ("SOAP", 1, 1_000), postage=490), (1, 1))
    assert write(home, lambda tx: refund(tx, number)) == 1_000
    assert home.warehouse.one("SELECT postage_refunded FROM sales_order") == 0


@pytest.mark.parametrize("change", [
    "UPDATE sales_order SET postage_refunded = postage + 1", "UPDATE sales_order SET postage = -1", "UPDATE sales_order_line SET paid = -1",
    "UPDATE line_return SET refunded = paid - kept + 1", "UPDATE line_return SET kept = -1", "UPDATE rma SET postage = 1, amount = 1",
    "UPDATE rma SET postage = amount + 1, postage_of_id = order_id", "UPDATE rma SET postage = 1, postage_of_id = order_id", "UPDATE channel SET discount_limit = 101"])
def test_the_database_holds_it_by_itself(home, change):
    order = sent(home, ("SOAP", 3, 3_000), postage=490)
    number = came(home, order, (1, 1))
    write(home, lambda tx: refund(tx, number, 900))
    came(home, order, (1, 1))
    with pytest.raises(IntegrityError):
        home.database.write(lambda tx: tx.execute(text(change)))


def test_twenty_at_once_pay_back_no_more_than_was_paid(home):
    order = sent(home, ("SOAP", 4, 4_001), postage=490)
    numbers = [came(home, order, (1, 1)) for _ in range(4)]

    def pay(at):
        try:
            return home.database.write(lambda tx: refund(tx, numbers[at % 4], None if at % 3 else 1_001, postage=490 if at % 2 else 0))
        except Refusal:
            return 0

    with ThreadPoolExecutor(20) as pool:
        back = list(pool.map(pay, range(20)))
    assert sum(one > 0 for one in back) <= 4
    assert sum(back) == home.warehouse.one("SELECT SUM(amount) FROM rma") <= 4_001 + 490
    assert home.warehouse.one("SELECT COUNT(*) FROM rma WHERE postage > 0") <= 1
    assert home.warehouse.all("SELECT refunded + kept <= paid, paid FROM line_return") == [(1, 4_001)]
    assert sum(back) == sum(home.warehouse.all("SELECT refunded, (SELECT postage_refunded FROM sales_order) FROM line_return")[0])


def boss(home):
    """Somebody whose exceptions they are."""
    home.database.write(lambda tx: put_worker(tx, "BOSS", "Boss", "manager"))


def taken_back(home):
    """What the open exception about money that went back says."""
    return home.warehouse.all("SELECT kind, code, words FROM order_exception WHERE code = 'taken_back' AND state = 'open'")


def test_money_that_went_back_for_what_was_taken_off_again_is_somebodys_until_it_is_counted_anew(home):
    boss(home)
    order = sent(home, ("SOAP", 2, 3_000))
    number = announced(home, order, [(1, 1)])
    pda = scan(home, number, SOAP, "GRADE-RESTOCK")
    scan(home, "CMD-UNDO", pda=pda)
    assert taken_back(home) == [], "nothing was paid back yet"
    scan(home, SOAP, "GRADE-RESTOCK", pda=pda)
    write(home, lambda tx: refund(tx, number))
    scan(home, "CMD-UNDO", pda=pda)
    [(kind, _, words)] = taken_back(home)
    assert (kind, words) == ("payment", f"{number} of {order} was paid back with 15.00, and what came was taken off again.")
    home.database.write(lambda tx: end_what_is_over(tx, "payment"))
    assert len(taken_back(home)) == 1, "its cause is there still"
    scan(home, order, SOAP, "GRADE-SCRAP")
    assert taken_back(home) == []


def test_an_order_whose_goods_came_back_is_not_cancelled_for_it(home):
    boss(home)
    number = came(home, sent(home, ("SOAP", 1, 1_000)), (1, 1))
    write(home, lambda tx: refund(tx, number))
    rma = home.warehouse.one("SELECT id FROM rma")
    home.database.write(lambda tx: open_taken_back(tx, rma))
    number = home.warehouse.one("SELECT id FROM order_exception")
    row = home.database.read(lambda tx: exception_by_id(tx, number))
    assert possible_steps(row.kind, has_order=True, has_suggestion=False, code=row.code) == ["wait", "done"]


def test_what_will_not_come_is_paid_back_by_what_was_paid(shops):
    boss(shops)
    give(shops, ("SOAP", 130, 10_000))
    number = shops.warehouse.one("SELECT id FROM order_exception WHERE kind = 'oversold'")
    write(shops, lambda tx: take_step(tx, FLOOR, number, 1, "cancel_rest", reason="there are no more"))
    assert str(10_000 - 10_000 * 100 // 130) in str(shops.warehouse.one("SELECT payload FROM channel_notice WHERE kind = 'refund'"))


def test_a_sale_keeps_what_a_till_says_was_paid(shops):
    shops.connect("till", "pos", secret=SECRET)
    till, channel = Pos(PosSettings(secret=SECRET), Caller()), shops.channel("till")
    sale = {"register": "1", "receipt": "1", "sold_at": 1, "lines": [{"item": "SOAP", "quantity": 2, "price": 1_990, "paid": 3_000}, {"item": "TEA", "quantity": 1, "price": 500}]}
    shops.database.write(lambda tx: ring_up(tx, channel, till, sale, FLOOR, is_fresh=False))
    assert shops.warehouse.all("SELECT price, paid FROM store_sale_line ORDER BY number") == [(1_990, 3_000), (500, None)]
