"""A till tells what is gone already: once, late, twice, in any order; the book follows, and whoever sells the same hears of it."""

import itertools
import json
import random
import threading
import time
from datetime import date

import pytest
from sqlalchemy import text

from server.kernel.database import Database
from server.oms.channels.base import Call
from server.oms.channels.plain import sign
from server.oms.connecting import set_channel_state
from server.oms.desk import Desk
from server.oms.listings import name_item
from server.oms.rounds import Rounds
from server.oms.telling import spread_changes
from server.wms.order_floor import OrderFloor as Floor
from simulators.shops.plain import PlainShop
from simulators.shops.pos import Till
from simulators.shops.shop import DUPLICATED, OUT_OF_ORDER, WRONG_SIGNATURE
from tests.invariants import broken_invariants
from tests.oms.conftest import SECRET, now_ms
from tests.waiting import until, within
from tests.warehouse import ITEMS

FLOOR, BACK = "W1-A-05-1", "W1-B-05-1"


@pytest.fixture
def store(shops):
    """The site is a store: zone A is its shop floor, B its back room; its tills are the channel `till`."""
    shops.connect("till", "pos", secret=SECRET, shop_floor="A")
    return shops


def sale(receipt="1", *lines, state="sold", at=None, register="1"):
    return {"register": register, "receipt": receipt, "sold_at": now_ms() if at is None else at, "state": state, "currency": "CNY", "total": 0,
            "lines": [{"item": item, "quantity": quantity, "price": 100} for item, quantity in lines]}


def call(*sales, secret=SECRET):
    body = json.dumps({"sales": sales}).encode()
    at = now_ms() // 1000
    return Call({"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": sign(secret.encode(), "msg_1", at, body)}, {}, body)


def tell(store, *sales):
    """A till's call, and all that follows from it."""
    store.desk.hear("till", call(*sales))
    store.warehouse.settle()


def sold(store, item="SOAP"):
    """What the ledger says customers have of an item by the tills."""
    return store.warehouse.one(
        "SELECT COALESCE(SUM(CASE WHEN t.code = 'W1~CUSTOMER' THEN m.quantity WHEN f.code = 'W1~CUSTOMER' THEN -m.quantity ELSE 0 END), 0) "
        "FROM stock_move m JOIN goods g ON g.id = m.goods_id LEFT JOIN location f ON f.id = m.from_id LEFT JOIN location t ON t.id = m.to_id "
        "WHERE m.reason = 'retail_selling' AND g.item_id = :i", i=store.warehouse.items[item])


def on_hand(store, item="SOAP"):
    return store.warehouse.one("SELECT on_hand FROM availability WHERE item_id = :i", i=store.warehouse.items[item])


def faults(store):
    """What of the house is not as it must be; looked at once more when the test is over."""
    return broken_invariants(store.database)


def counts(store):
    return store.warehouse.all("SELECT l.code, c.cause FROM cycle_count c JOIN location l ON l.id = c.location_id WHERE c.state = 'open' ORDER BY l.code")


def empty(store):
    """Nobody has put soap or tea anywhere."""
    tell(store, sale("before", ("SOAP", 100), ("TEA", 100)))


def test_a_sale_leaves_the_shop_floor_first_and_then_the_back_room(store):
    empty(store)
    store.warehouse.put("SOAP", 10, BACK)
    store.warehouse.put("SOAP", 3, FLOOR)
    tell(store, sale("1", ("SOAP", 2)))
    assert (store.warehouse.in_bin(FLOOR), store.warehouse.in_bin(BACK)) == (1, 10)
    tell(store, sale("2", ("SOAP", 2)))
    assert (store.warehouse.in_bin(FLOOR), store.warehouse.in_bin(BACK), on_hand(store)) == (0, 9, 9)


def test_of_a_shelf_the_lot_that_expires_first_is_sold_first(store):
    store.warehouse.put("MILK", 5, FLOOR, lot="LATE", expiry=date(2031, 1, 1))
    store.warehouse.put("MILK", 2, FLOOR, lot="SOON", expiry=date(2030, 1, 1))
    tell(store, sale("1", ("MILK", 3)))
    assert store.warehouse.all("SELECT g.lot, b.quantity FROM balance b JOIN goods g ON g.id = b.goods_id WHERE g.item_id = :i ORDER BY g.lot",
                               i=store.warehouse.items["MILK"]) == [("LATE", 4), ("SOON", 0)]


def test_a_barcode_of_a_till_is_our_item(store):
    tell(store, sale("1", (ITEMS["TEA"], 4)))
    assert on_hand(store, "TEA") == 96


def test_a_sale_is_booked_once_however_often_it_comes(store):
    one = sale("1", ("SOAP", 2))
    tell(store, one, one)
    tell(store, one)
    assert (sold(store), on_hand(store)) == (2, 98)
    assert store.paper("1/1", "till") == ("ended", "")


def test_two_registers_have_receipts_of_the_same_number(store):
    tell(store, sale("7", ("SOAP", 1), register="A"), sale("7", ("SOAP", 2), register="B"))
    assert sold(store) == 3


def test_whatever_order_a_sale_and_its_void_come_in_nothing_is_sold(store):
    at = now_ms()
    for number, said in enumerate(itertools.product(("sold", "voided"), repeat=3)):
        tell(store, *(sale(str(number), ("SOAP", 2), ("TEA", -1), state=state, at=at) for state in said))
        is_void = "voided" in said
        assert (sold(store), sold(store, "TEA")) == ((0, 0) if is_void else (2, -1)), said
        if not is_void:
            tell(store, sale(str(number), state="voided"))
    assert (on_hand(store), on_hand(store, "TEA"), faults(store)) == (100, 100, [])


def test_what_was_brought_back_lies_on_the_shop_floor_again(store):
    store.warehouse.put("SOAP", 1, FLOOR)
    tell(store, sale("1", ("SOAP", -2)))
    assert store.warehouse.in_bin("W1-A-01-1") == 102, "the first bin of the shop floor that has soap"
    assert (on_hand(store), faults(store)) == (103, [])


def test_goods_of_a_lot_come_back_as_the_lot_that_is_sold_first(store):
    store.warehouse.put("MILK", 5, FLOOR, lot="L1", expiry=date(2031, 1, 1))
    tell(store, sale("1", ("MILK", -1)))
    assert store.warehouse.in_bin(FLOOR) == 6


def test_a_void_puts_the_same_lot_and_serial_onto_the_shop_floor(store):
    store.warehouse.put("MILK", 5, BACK, lot="L1", expiry=date(2031, 1, 1))
    tell(store, sale("1", ("MILK", 2)))
    tell(store, sale("1", ("MILK", 2), state="voided"))
    assert store.warehouse.all("SELECT l.zone, g.lot, b.quantity FROM balance b JOIN goods g ON g.id = b.goods_id JOIN location l ON l.id = b.holder_id "
                               "WHERE g.item_id = :i AND b.quantity > 0 ORDER BY l.zone", i=store.warehouse.items["MILK"]) == [("A", "L1", 2), ("B", "L1", 3)]


def test_more_than_the_book_has_is_sold_all_the_same_and_seen(store):
    tell(store, sale("1", ("SOAP", 103)))
    assert (sold(store), on_hand(store), faults(store)) == (103, 0, [])
    assert store.warehouse.all("SELECT units, missing FROM store_sale_line") == [(103, 3)]
    assert counts(store) == [("W1-A-01-1", "variance")]
    [(code, args)] = store.warehouse.all("SELECT code, args FROM floor_exception")
    args = json.loads(args) if isinstance(args, str) else args
    assert (code, args["item"], args["quantity"], args["receipt"]) == ("sold_off_book", "SOAP", 3, "till 1/1")
    tell(store, sale("1", state="voided"))
    assert (sold(store), on_hand(store), faults(store)) == (0, 100, [])


def test_goods_in_a_tote_are_picked_and_nobody_sells_them(store):
    store.warehouse.picked("1")
    before = on_hand(store)
    tell(store, sale("1", ("SOAP", 110)))
    assert (before, on_hand(store), faults(store)) == (110, 1, []), "one lies in the tote"


def test_what_nobody_waits_for_is_sold_first_and_then_promises_break(store):
    number = store.warehouse.order("1", ("SOAP", 98)).number
    tell(store, sale("1", ("SOAP", 2)))
    assert store.promised("SOAP") == 98
    tell(store, sale("2", ("SOAP", 5)))
    assert (store.promised("SOAP"), on_hand(store)) == (93, 93)
    assert store.warehouse.all("SELECT l.promised FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.number = :n", n=number) == [(93,)]
    assert faults(store) == []


def test_what_is_kept_for_a_pick_is_sold_last_and_picked_elsewhere(store):
    empty(store)
    store.warehouse.put("SOAP", 2, FLOOR)
    store.warehouse.order("1", ("SOAP", 2))
    store.warehouse.wave()
    store.warehouse.put("SOAP", 4, BACK)
    tell(store, sale("1", ("SOAP", 3)))
    assert (store.warehouse.in_bin(FLOOR), store.warehouse.in_bin(BACK)) == (2, 1), "what is kept on the shop floor is left"
    tell(store, sale("2", ("SOAP", 2)))
    assert (store.warehouse.in_bin(FLOOR), store.warehouse.in_bin(BACK), faults(store)) == (1, 0, [])
    assert store.warehouse.all("SELECT allocated, short FROM release_line") == [(1, 1)], "nobody walks for what is gone"


def test_a_sale_that_a_count_has_seen_before_it_came_has_its_bin_counted_again(store):
    at = now_ms() - 3_600_000

    def counted(tx):
        tx.execute(text("INSERT INTO cycle_count (site_id, location_id, cause, state, created_at, counted_at) SELECT site_id, id, 'manual', 'done', :at, :at "
                        "FROM location WHERE code = 'W1-A-01-1'"), {"at": at + 60_000})

    store.database.write(counted)
    tell(store, sale("1", ("SOAP", 1), at=at + 120_000), sale("2", ("TEA", 1), at=at))
    assert counts(store) == []
    tell(store, sale("3", ("SOAP", 1), at=at))
    assert counts(store) == [("W1-A-01-1", "variance")]


def test_what_nobody_knows_waits_for_its_name_and_the_rest_of_the_sale_does_not(store):
    tell(store, sale("1", ("NEW", 2), ("SOAP", 1)))
    assert (store.paper("1/1", "till"), sold(store), sold(store, "TEA")) == (("refused", "item_unknown"), 1, 0)
    paper = store.warehouse.one("SELECT id FROM channel_paper WHERE ref = '1/1'")
    store.database.write(lambda tx: name_item(tx, store.channel("till"), "NEW", store.warehouse.items["TEA"], 3))
    assert store.desk.try_again(paper).result == "ended"
    assert store.desk.try_again(paper).result == "ended"
    assert (store.paper("1/1", "till"), sold(store), sold(store, "TEA")) == (("ended", ""), 1, 6)


def test_another_sale_under_the_same_receipt_is_refused_and_seen(store):
    at = now_ms()
    for quantity in (1, 2, 3):
        tell(store, sale("1", ("SOAP", quantity), at=at))
    assert (sold(store), store.paper("1/1", "till")) == (1, ("refused", "receipt_differs"))
    tell(store, sale("1", ("SOAP", 1), at=at))
    assert (sold(store), store.paper("1/1", "till")) == (1, ("ended", ""))


@pytest.mark.parametrize("document", [
    {"register": "1", "receipt": "9"}, {}, sale("9"), sale("9", ("SOAP", 0)), {**sale("9", ("SOAP", 1)), "state": "dreamt"}, {**sale("9", ("SOAP", 1)), "lines": 3},
], ids=["bare", "empty", "no lines", "no quantity", "state", "lines"])
def test_what_cannot_be_read_is_kept_and_stops_nothing(store, document):
    tell(store, document, sale("1", ("SOAP", 1)))
    assert sold(store) == 1
    assert store.warehouse.all("SELECT code FROM channel_paper WHERE state = 'refused'") == [("unreadable",)]


def test_a_paused_till_is_heard_all_the_same(store):
    store.database.write(lambda tx: set_channel_state(tx, "till", "paused"))
    tell(store, sale("1", ("SOAP", 1)))
    assert sold(store) == 1


def test_a_store_with_all_its_bins_blocked_still_sells_and_takes_nothing_back(store):
    store.database.write(lambda tx: tx.execute(text("UPDATE location SET blocked = 1 WHERE kind = 'bin'")))
    tell(store, sale("1", ("SOAP", 101)), sale("2", ("SOAP", -1)))
    assert (sold(store), on_hand(store), counts(store)) == (101, 0, [("W1-A-01-1", "variance")])
    assert (store.paper("1/1", "till"), store.paper("1/2", "till")) == (("ended", ""), ("refused", "not_found"))


def test_two_servers_that_hear_of_the_last_pieces_at_one_moment_sell_each_once(store, database_url):
    other = Database(database_url)
    desks = [store.desk, Desk(other, Floor())]
    try:
        threads = [threading.Thread(target=desks[number % 2].hear, args=("till", call(sale(str(number), ("SOAP", 15), ("TEA", 15)), sale("both", ("TEA", 1), at=1))))
                   for number in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    finally:
        other.close()
    store.warehouse.settle()
    assert (sold(store), sold(store, "TEA"), on_hand(store), on_hand(store, "TEA")) == (120, 121, 0, 0)
    assert store.warehouse.all("SELECT i.code, SUM(l.missing) FROM store_sale_line l JOIN item i ON i.id = l.item_id GROUP BY i.code ORDER BY i.code") == [("SOAP", 20), ("TEA", 21)]


class Hearing:
    """A server's ear for a played till, without a server."""

    def __init__(self, store, till):
        self.store, till.hooks, till.call_hook = store, ["here"], self.heard

    def heard(self, _hook, headers, body):
        try:
            self.store.desk.hear("till", Call({name.lower(): value for name, value in headers.items()}, {}, body))
        except Exception:  # noqa: BLE001 - a till only sees that it was not heard
            return False
        self.store.warehouse.settle()
        return True


@pytest.fixture
def till(store):
    till = Till(SECRET)
    Hearing(store, till)
    yield till
    till.close()


def test_a_day_of_tills_with_every_fault_comes_to_what_was_sold(store, till):
    chance = random.Random(20261129)
    for _ in range(60):
        till.has_network = chance.random() > 0.3
        for fault in (DUPLICATED, OUT_OF_ORDER, WRONG_SIGNATURE):
            if chance.random() < 0.2:
                till.fail(fault)
        rung = till.ring_up([(chance.choice(["SOAP", "TEA"]), chance.choice([1, 2, 3, -1]))], register=chance.choice("12"))
        if chance.random() < 0.2:
            till.void(rung)
    for fault in (DUPLICATED, OUT_OF_ORDER, WRONG_SIGNATURE):
        till.fail(fault, 0)
    till.has_network = True
    till.ring_up([("SOAP", 1)])
    for item in ("SOAP", "TEA"):
        meant = sum(quantity for one in till.sales.values() if not one.is_voided for name, quantity in one.lines if name == item)
        assert sold(store, item) == meant
        assert on_hand(store, item) == max(0, 100 - meant)
    assert faults(store) == []


def test_the_web_may_sell_less_within_five_seconds_of_a_sale(store, till):
    shop = PlainShop(SECRET)
    rounds = Rounds(store.database, store.desk)
    try:
        store.connect("net", address=shop.address, every_seconds=3_600)
        store.database.write(lambda tx: name_item(tx, store.channel("net"), "SOAP", store.warehouse.items["SOAP"]))
        rounds.start()
        assert until(lambda: shop.quantities.get("SOAP") == 100)
        began = time.monotonic()
        till.ring_up([("SOAP", 7)])
        assert until(lambda: shop.quantities["SOAP"] == 93)
        assert time.monotonic() - began < within(5)
    finally:
        rounds.stop()
        shop.close()


def test_a_till_with_an_address_is_told_what_the_web_has_sold(store, till):
    store.connect("two", "pos", secret=SECRET, shop_floor="A", address=till.address)
    store.database.write(lambda tx: name_item(tx, store.channel("two"), "SOAP", store.warehouse.items["SOAP"]))
    store.warehouse.order("1", ("SOAP", 4))
    spread_changes(store.database)
    assert store.attend("two")
    assert till.quantities == {"SOAP": 96}
