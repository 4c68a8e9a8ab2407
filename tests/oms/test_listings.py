"""Channels are told how much they may sell: what changed, soon and together; all of it when somebody asks; nothing twice."""

import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import text

from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.sites import account, add_site, location_by_code
from server.oms import telling
from server.oms.channels import kinds
from server.oms.channels.errors import ChannelRefused
from server.oms.connecting import ask_now, change_channel, due_channels, reconcile, set_channel_state
from server.oms.desk import Desk
from server.oms.listings import change_listing, list_all, name_item, shown_listings
from server.oms.orders import cancel_order
from server.oms.rounds import _SPREAD_SECONDS, Rounds
from server.oms.telling import spread_changes
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, change_status, move
from server.wms.order_floor import OrderFloor as Floor
from simulators.shops.plain import PlainShop
from simulators.shops.shop import CHANGED_SCHEMA, CUT, ERROR, LOST_ANSWER, TOO_MANY
from tests.oms.conftest import SECRET, document
from tests.oms.test_intake import ship
from tests.waiting import until, within
from tests.warehouse import ITEMS


class Listening(PlainShop):
    """A shop that does something when it is told quantities, and remembers the paths that were asked."""

    def __init__(self):
        self.paths, self.meanwhile = [], []
        super().__init__(SECRET)

    def answer(self, asked):
        self.paths.append(asked.path)
        if asked.path == "/quantities" and self.meanwhile:
            self.meanwhile.pop()()
        return super().answer(asked)


@pytest.fixture
def shop():
    shop = Listening()
    yield shop
    shop.close()


@pytest.fixture
def net(shops, shop):
    """A channel `net` that is told at the played shop's address, and was: soap, and gifts of six soaps."""
    shops.connect("net", address=shop.address, every_seconds=3_600)
    assert shops.attend("net")
    sells(shops, "SOAP", "SOAP")
    assert tell(shops)
    assert (shop.quantities, calls(shop)) == ({"SOAP": 100}, 1)
    return shops


def sells(shops, name, item, quantity=1, channel="net"):
    shops.database.write(lambda tx: name_item(tx, shops.channel(channel), name, shops.warehouse.items[item], quantity))


def tell(shops, code="net"):
    """What the threads behind a server do, at its time; whether all went well."""
    spread_changes(shops.database)
    return shops.attend(code)


def calls(shop):
    return shop.asked["POST /quantities"]


def shown(shops, name="SOAP", code="net", only=""):
    rows = shops.database.read(lambda tx: shown_listings(tx, shops.channel(code).id, 0, 1_000, only))
    return next((row for row in rows if row.name == name), None)


def change(shops, name="SOAP", **changes):
    number = shown(shops, name).id
    shops.database.write(lambda tx: change_listing(tx, number, changes))


def is_due(shops, code="net"):
    return code in [one.code for one in shops.database.read(due_channels)]


def again(shops):
    """As if the pause after a failure were over."""
    shops.database.write(lambda tx: (ask_now(tx, shops.channel("net").id), tx.execute(text("UPDATE listing SET next_at = 0"))))


def test_what_an_order_names_is_sold_from_then_on_and_its_channel_told(net, shop):
    shop.place([(ITEMS["TEA"], 3)])
    again(net)
    assert tell(net)
    assert tell(net)
    assert shop.quantities == {"SOAP": 100, ITEMS["TEA"]: 97}


def test_what_is_told_is_of_the_channels_own_names_packs_and_numbers(net, shop):
    sells(net, "GIFT", "SOAP", 6)
    assert tell(net)
    assert shop.quantities == {"SOAP": 100, "GIFT": 16}
    assert shop.stocked[-1] == {"GIFT": 16}, "soap was told before"


def test_a_promise_through_another_channel_lowers_this_ones_quantity(net, shop):
    sells(net, "GIFT", "SOAP", 6)
    net.give(document("1", lines=(("SOAP", 5),)))
    assert tell(net)
    assert shop.quantities == {"SOAP": 95, "GIFT": 15}


def test_what_another_warehouse_has_is_nothing_to_a_channel(net, shop):
    def receive(tx):
        site_id = add_site(tx, "W2", "Other")
        put_location(tx, site_id, NewLocation(code="W2-A-01-1"))
        move(tx, Move(_goods(net), 7, account(tx, site_id, "SUPPLIER"), location_by_code(tx, "W2-A-01-1"), "receiving"))

    net.database.write(receive)
    spread_changes(net.database)
    assert not is_due(net)
    net.warehouse.order("1", ("SOAP", 1))
    assert tell(net)
    assert (shop.quantities, calls(shop)) == ({"SOAP": 99}, 2)


def _goods(net):
    return GoodsKey(net.warehouse.items["SOAP"], net.warehouse.owner_id)


def _bin(tx):
    return location_by_code(tx, "W1-A-01-1")


@pytest.mark.parametrize("what,left", [
    (lambda net: net.warehouse.put("SOAP", 5, "W1-A-01-1"), 105),
    (lambda net: net.warehouse.order("1", ("SOAP", 7)), 93),
    (lambda net: net.database.write(lambda tx: change_status(tx, Move(_goods(net), 20, _bin(tx), _bin(tx), "inspecting"), "hold")), 80),
    (lambda net: net.database.write(lambda tx: move(tx, Move(_goods(net), 9, _bin(tx), account(tx, net.warehouse.site_id, "VARIANCE"), "cycle_counting"))), 91),
], ids=["receipt", "promise", "quality", "count"])
def test_whatever_changes_what_can_be_promised_is_told(net, shop, what, left):
    what(net)
    assert tell(net)
    assert (shop.quantities, calls(shop)) == ({"SOAP": left}, 2)
    assert (shown(net).told, shown(net).may_sell) == (left, left)


def test_a_void_is_told(net, shop):
    net.give(document("1", lines=(("SOAP", 7),)))
    assert tell(net)
    net.give(document("1", 2, stage="cancelled"))
    assert tell(net)
    assert [one["SOAP"] for one in shop.stocked] == [100, 93, 100]


def test_what_ships_was_told_when_it_was_promised(net, shop):
    net.warehouse.order("1", ("SOAP", 1))
    assert tell(net)
    ship(net)
    assert net.warehouse.one("SELECT on_hand FROM availability WHERE item_id = :soap", soap=net.warehouse.items["SOAP"]) == 99
    assert tell(net)
    assert [one["SOAP"] for one in shop.stocked] == [100, 99]


def test_nothing_is_told_twice_when_nothing_changed(net, shop):
    number = net.warehouse.order("1", ("SOAP", 7)).number
    net.database.write(lambda tx: cancel_order(tx, number, "changed their mind"))
    assert tell(net)
    assert (calls(shop), is_due(net)) == (1, False)


def many(net, count):
    """So many items, 100 of each, and the channel sells them."""
    def make(tx):
        for number in range(count):
            item = put_item(tx, NewItem(code=f"I{number:03d}", name="Thing", packs=[NewPack("each", 1)]))
            move(tx, Move(GoodsKey(item, net.warehouse.owner_id), 100, account(tx, net.warehouse.site_id, "SUPPLIER"), _bin(tx), "receiving"))
        return list_all(tx, net.channel("net"))

    return net.database.write(make)


def test_all_items_of_the_warehouse_are_listed_once_and_told_together(net, shop):
    sells(net, "GIFT", "TEA", 6)
    assert many(net, 120) == 120, "and neither soap nor tea, which it sells already"
    assert net.database.write(lambda tx: list_all(tx, net.channel("net"))) == 0
    assert tell(net)
    assert (len(shop.quantities), calls(shop)) == (122, 2)


def test_a_hundred_changes_are_one_call(net, shop):
    many(net, 100)
    assert tell(net)
    for number in range(100):
        net.warehouse.order(f"{number}", (f"I{number:03d}", 1 + number % 3))
    assert tell(net)
    assert (calls(shop), len(shop.stocked[-1])) == (3, 100)
    assert shop.quantities == {"SOAP": 100, "TEA": 100, **{f"I{number:03d}": 99 - number % 3 for number in range(100)}}


def test_a_channel_that_takes_few_at_once_is_told_all(net, shop, monkeypatch):
    monkeypatch.setattr(telling, "kinds", lambda: {"plain": replace(kinds()["plain"], quantities_at_once=7)})
    many(net, 30)
    assert tell(net)
    assert len(shop.quantities) == 32
    assert max(map(len, shop.stocked)) == 7


def test_the_hundredth_piece_is_kept_back_as_safety_stock_says(net, shop):
    sells(net, "GIFT", "SOAP", 6)
    net.database.write(lambda tx: change_channel(tx, "net", safety_stock=30))
    assert tell(net)
    assert shop.quantities == {"SOAP": 70, "GIFT": 11}
    change(net, safety_stock=95)
    assert tell(net)
    assert shop.quantities == {"SOAP": 5, "GIFT": 11}
    net.warehouse.order("1", ("SOAP", 80))
    assert tell(net)
    assert shop.quantities == {"SOAP": 0, "GIFT": 0}
    change(net, safety_stock=0)
    assert tell(net)
    assert shop.quantities == {"SOAP": 20, "GIFT": 0}
    change(net, safety_stock=None)
    assert tell(net)
    assert shop.quantities == {"SOAP": 0, "GIFT": 0}


def test_what_is_switched_off_is_told_to_be_none_once_and_then_left_alone(net, shop):
    change(net, is_on=False)
    assert tell(net)
    assert (shop.quantities, calls(shop)) == ({"SOAP": 0}, 2)
    net.warehouse.put("SOAP", 5, "W1-A-01-1")
    assert tell(net)
    net.database.write(lambda tx: reconcile(tx, net.channel("net")))
    assert tell(net)
    assert (shop.quantities, calls(shop), is_due(net)) == ({"SOAP": 0}, 2, False)
    change(net, is_on=True)
    assert tell(net)
    assert shop.quantities == {"SOAP": 105}


@pytest.mark.parametrize("fault", [TOO_MANY, ERROR, CUT, LOST_ANSWER])
def test_a_channel_that_is_in_trouble_is_told_the_newest_when_it_is_not(net, shop, fault):
    net.warehouse.order("1", ("SOAP", 7))
    shop.fail(fault)
    assert not tell(net)
    assert shop.quantities == {"SOAP": 93 if fault == LOST_ANSWER else 100}
    assert not is_due(net), "it is left alone for a while"
    assert (shown(net).told, shown(net).attempts) == (100, 1)
    for number in range(5):
        net.warehouse.order(f"more {number}", ("SOAP", 2))
        spread_changes(net.database)
    again(net)
    assert tell(net)
    assert shop.quantities == {"SOAP": 83}
    assert [one["SOAP"] for one in shop.stocked if one["SOAP"] < 93] == [83], "what it was in between is never told"
    assert (shown(net).error, net.channel("net").error) == ("", "")


def test_a_channel_that_comes_back_by_itself_is_told_by_itself(net, shop):
    net.warehouse.order("1", ("SOAP", 7))
    shop.fail(ERROR)
    assert not tell(net)
    assert until(lambda: is_due(net) and tell(net) and shop.quantities == {"SOAP": 93})


def test_what_a_lost_answer_may_have_told_is_put_right_when_all_is_as_before(net, shop):
    number = net.warehouse.order("1", ("SOAP", 7)).number
    shop.fail(LOST_ANSWER)
    assert not tell(net)
    net.database.write(lambda tx: cancel_order(tx, number, "changed their mind"))
    again(net)
    assert shop.quantities == {"SOAP": 93}
    assert tell(net)
    assert shop.quantities == {"SOAP": 100}


def test_a_kill_between_telling_and_noting_tells_again(net, shop, monkeypatch):
    number = net.warehouse.order("1", ("SOAP", 7)).number

    def dies(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(telling, "note_told", dies)
        with pytest.raises(SystemExit):
            tell(net)
    assert (shop.quantities, shown(net).told) == ({"SOAP": 93}, 100)
    net.desk = Desk(net.database, Floor())
    net.database.write(lambda tx: cancel_order(tx, number, "changed their mind"))
    assert is_due(net)
    assert tell(net)
    assert (shop.quantities, shown(net).told) == ({"SOAP": 100}, 100)


def test_what_changes_while_a_channel_is_told_is_told_next(net, shop):
    def sold():
        net.warehouse.order("2", ("SOAP", 1))
        spread_changes(net.database)

    shop.meanwhile.append(sold)
    net.warehouse.order("1", ("SOAP", 7))
    assert tell(net)
    assert is_due(net)
    assert net.attend("net")
    assert [one["SOAP"] for one in shop.stocked] == [100, 93, 92]


def test_a_paused_channel_is_told_nothing_until_it_goes_on(net, shop):
    net.database.write(lambda tx: set_channel_state(tx, "net", "paused"))
    for number in range(3):
        net.warehouse.order(f"{number}", ("SOAP", 1))
        spread_changes(net.database)
    assert not is_due(net)
    net.database.write(lambda tx: set_channel_state(tx, "net", "running"))
    assert is_due(net)
    assert tell(net)
    assert [one["SOAP"] for one in shop.stocked] == [100, 97]


def pause(net):
    net.database.write(lambda tx: set_channel_state(tx, "net", "paused"))


def test_a_channel_that_is_paused_while_it_is_told_is_told_no_more(net, shop, monkeypatch):
    monkeypatch.setattr(telling, "kinds", lambda: {"plain": replace(kinds()["plain"], quantities_at_once=10)})
    many(net, 40)
    shop.meanwhile.append(lambda: pause(net))
    assert tell(net)
    assert len(shop.quantities) == 11
    net.database.write(lambda tx: set_channel_state(tx, "net", "running"))
    assert tell(net)
    assert len(shop.quantities) == 42


def test_a_channel_that_is_paused_while_it_is_reconciled_goes_on_from_there(net, shop, monkeypatch):
    monkeypatch.setattr(telling, "kinds", lambda: {"plain": replace(kinds()["plain"], quantities_at_once=10)})
    many(net, 40)
    assert tell(net)
    shop.stocked.clear()
    net.database.write(lambda tx: reconcile(tx, net.channel("net")))
    shop.meanwhile += [lambda: pause(net), lambda: None, lambda: None]  # told of 10 and of 10, then it is paused
    assert net.attend("net")
    assert (len(shop.stocked), net.channel("net").reconciled_at) == (2, None)
    net.database.write(lambda tx: set_channel_state(tx, "net", "running"))
    assert net.attend("net")
    assert sum(map(len, shop.stocked)) == 52
    assert net.channel("net").reconciled_at is not None


def test_one_that_is_refused_stops_no_other_and_is_tried_again_after_longer_and_longer(net, shop):
    sells(net, "GIFT", "SOAP", 6)
    shop.unlisted = {"GIFT"}
    pauses = []
    for number in range(4):
        net.warehouse.order(f"{number}", ("SOAP", 6))
        assert tell(net), "it is not the channel that is in trouble"
        assert shop.quantities == {"SOAP": 94 - 6 * number}
        pauses.append(net.warehouse.one("SELECT next_at FROM listing WHERE name = 'GIFT'") - net.database.clock.now())
        assert is_due(net) == (pauses[-1] <= 0)
        net.database.write(lambda tx: tx.execute(text("UPDATE listing SET next_at = 0")))
    assert [800 * 2**number < pause <= 1_000 * 2**number for number, pause in enumerate(pauses)] == [True] * 4, pauses
    assert (shown(net, "GIFT").error, shown(net, "GIFT", only="refused").attempts, shown(net, only="refused")) == ("no such item in this shop", 4, None)
    shop.unlisted = set()
    assert tell(net)
    assert (shop.quantities["GIFT"], shown(net, "GIFT").error) == (12, "")


def test_a_channel_that_will_hear_of_nothing_says_why_with_each_and_still_gives_its_orders(net, shop, monkeypatch):
    def refuses(*_):
        raise ChannelRefused("Quantities are nothing to this shop.", code="404")

    monkeypatch.setattr("server.oms.channels.plain.Plain.set_quantities", refuses)
    shop.place([("SOAP", 1)])
    again(net)
    assert tell(net)
    assert tell(net)
    assert (shown(net).error, shown(net).error_code, net.channel("net").error) == ("Quantities are nothing to this shop.", "404", "")
    assert net.warehouse.one("SELECT COUNT(*) FROM sales_order WHERE channel = 'net'") == 1


def test_a_channel_that_only_calls_us_is_told_nothing_and_its_listings_show_what_it_may_sell(shops):
    shops.give(document("1", lines=(("SOAP", 5),)))
    assert tell(shops, "shop")
    listing = shown(shops, code="shop")
    assert (listing.may_sell, listing.told, listing.error) == (95, None, "")
    shops.database.write(lambda tx: tx.execute(text("UPDATE channel SET next_at = :later"), {"later": shops.database.clock.now() + 60_000}))
    assert not is_due(shops, "shop")


def test_a_channel_that_is_given_an_address_is_told_at_once(shops, shop):
    shops.give(document("1", lines=(("SOAP", 5),)))
    assert tell(shops, "shop")
    shops.database.write(lambda tx: change_channel(tx, "shop", settings={"address": shop.address}))
    assert tell(shops, "shop")
    assert shop.quantities == {"SOAP": 95}


def test_what_somebody_says_of_a_name_counts_more_than_what_was_found(net, shop):
    net.give(document("1", lines=(("SOAP", 1),)), code="net")
    sells(net, "SOAP", "SOAP", 10)
    net.give(document("2", lines=(("SOAP", 1),)), code="net")
    assert tell(net)
    assert (net.order("2", "net")["lines"][0][1], shop.quantities) == (10, {"SOAP": 8})


def test_a_barcode_that_comes_to_mean_more_pieces_is_listed_as_it_is_meant(net, shop):
    code = ITEMS["TEA"]
    net.give(document("1", lines=((code, 1),)), code="net")
    net.database.write(lambda tx: tx.execute(text("UPDATE barcode SET quantity = 4 WHERE item_id = :tea"), {"tea": net.warehouse.items["TEA"]}))
    net.give(document("2", lines=((code, 1),)), code="net")
    assert tell(net)
    assert shop.quantities[code] == 95 // 4


def test_a_long_pull_keeps_no_channel_selling_what_is_gone(net, shop):
    for _ in range(130):
        shop.place([("SOAP", 1)], at=shop.now() - 60_000)
    net.warehouse.order("1", ("SOAP", 7))
    spread_changes(net.database)
    again(net)
    shop.paths.clear()
    assert net.attend("net")
    assert shop.paths[:3] == ["/orders", "/quantities", "/orders"]


def test_a_reconcile_tells_everything_again_and_shows_what_was_otherwise(net, shop):
    many(net, 20)
    assert tell(net)
    shop.quantities.update({"SOAP": 40, "I003": 7})
    del shop.quantities["I004"]
    net.warehouse.order("1", ("I005", 5))
    net.database.write(lambda tx: reconcile(tx, net.channel("net")))
    assert is_due(net)
    assert net.attend("net")
    spread_changes(net.database)
    assert net.attend("net")
    assert shop.quantities == {"SOAP": 100, "TEA": 100, **{f"I{number:03d}": 95 if number == 5 else 100 for number in range(20)}}
    assert [(one.name, one.drift_told, one.drift_there, one.drift_should) for name in ("SOAP", "I003", "I004", "I005") if (one := shown(net, name, only="drifted"))
            ] == [("SOAP", 100, 40, 100), ("I003", 100, 7, 100)]
    assert (net.channel("net").reconciled_at is not None, is_due(net)) == (True, False)
    net.database.write(lambda tx: reconcile(tx, net.channel("net")))
    assert net.attend("net")
    assert shown(net, only="drifted") is None


@pytest.mark.parametrize("fault", [ERROR, CUT, LOST_ANSWER, TOO_MANY])
def test_a_reconcile_that_is_interrupted_goes_on_where_it_was(net, shop, monkeypatch, fault):
    monkeypatch.setattr(telling, "kinds", lambda: {"plain": replace(kinds()["plain"], quantities_at_once=10)})
    many(net, 40)
    assert tell(net)
    shop.quantities = dict.fromkeys(shop.quantities, 3)
    net.database.write(lambda tx: reconcile(tx, net.channel("net")))
    shop.meanwhile += [lambda: shop.fail(fault), lambda: None, lambda: None]  # told of 10, then of 10, then it is in trouble
    shop.stocked.clear()
    assert not net.attend("net")
    again(net)
    assert net.attend("net")
    assert shop.quantities == {"SOAP": 100, "TEA": 100, **{f"I{number:03d}": 100 for number in range(40)}}
    assert 42 <= sum(map(len, shop.stocked)) <= 52, "what was told before it broke off is not told again"
    assert net.warehouse.one("SELECT COUNT(*) FROM listing WHERE drift_there = 3") == 42


def test_a_reconcile_that_is_asked_for_anew_begins_anew(net, shop, monkeypatch):
    monkeypatch.setattr(telling, "kinds", lambda: {"plain": replace(kinds()["plain"], quantities_at_once=10)})
    many(net, 40)
    assert tell(net)
    net.database.write(lambda tx: reconcile(tx, net.channel("net")))
    before = calls(shop)
    shop.meanwhile += [lambda: net.database.write(lambda tx: reconcile(tx, net.channel("net"))), lambda: None, lambda: None, lambda: None]
    assert net.attend("net")
    assert (net.channel("net").reconcile_from, net.channel("net").reconciled_at) == (0, None)
    assert calls(shop) == before + 3, "it does not go on to the end first"
    assert net.attend("net")
    assert net.channel("net").reconciled_at is not None


def test_a_shop_that_does_not_say_what_it_has_is_told_all_the_same(net, shop):
    shop.quantities["SOAP"] = 40
    shop.fail(CHANGED_SCHEMA)
    net.database.write(lambda tx: reconcile(tx, net.channel("net")))
    assert net.attend("net")
    assert (shop.quantities, shown(net, only="drifted")) == ({"SOAP": 100}, None)


def test_what_somebody_holds_for_long_keeps_no_other_item_waiting(net, shop):
    """On SQLite nobody writes beside another: there it is told when the other is done."""
    sells(net, "TEA", "TEA")
    assert tell(net)
    held, done = threading.Event(), threading.Event()

    def holds(tx):
        tx.execute(text("UPDATE availability SET promised = promised + 1, is_changed = 1 WHERE item_id = :item"), {"item": net.warehouse.items["SOAP"]})
        tx.execute(text("INSERT INTO promise (site_id, item_id, owner_id, reference, quantity, created_at) VALUES (:s, :i, :o, 'held/1', 1, 0)"),
                   {"s": net.warehouse.site_id, "i": net.warehouse.items["SOAP"], "o": net.warehouse.owner_id})
        held.set()
        assert done.wait(30)

    net.warehouse.order("1", ("SOAP", 2), ("TEA", 5))
    threads = [threading.Thread(target=net.database.write, args=(holds,)), threading.Thread(target=spread_changes, args=(net.database,))]
    threads[0].start()
    assert held.wait(30)
    threads[1].start()
    try:
        if not net.database.is_sqlite:
            assert until(lambda: shown(net, "TEA") and net.warehouse.one("SELECT version > told_version FROM listing WHERE name = 'TEA'"))
            assert not net.warehouse.one("SELECT version > told_version FROM listing WHERE name = 'SOAP'")
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert net.warehouse.one("SELECT version > told_version FROM listing WHERE name = 'SOAP'"), "who looked has waited for it"
    assert tell(net)
    assert shop.quantities == {"SOAP": 97, "TEA": 95}


@pytest.fixture
def rounds(net):
    net.database.write(lambda tx: change_channel(tx, "net", every_seconds=1))
    rounds = Rounds(net.database, net.desk)
    rounds.start()
    yield rounds
    rounds.stop()


@pytest.mark.usefixtures("rounds")
def test_a_change_reaches_the_shop_within_five_seconds(net, shop):
    for number in range(3):
        net.warehouse.order(f"{number}", ("SOAP", 2))
        assert until(lambda left=98 - 2 * number: shop.quantities == {"SOAP": left}, within(5))


@pytest.mark.usefixtures("rounds")
def test_a_hundred_changes_by_and_by_are_a_call_a_second(net, shop):
    began, before = time.monotonic(), calls(shop)
    for number in range(100):
        net.give(document(str(number)))
    assert until(lambda: shop.quantities == {"SOAP": 0})
    assert calls(shop) - before <= (time.monotonic() - began) / _SPREAD_SECONDS + 2


@pytest.mark.usefixtures("rounds")
def test_what_a_channel_sells_itself_is_told_to_it_and_to_the_others(net, shop):
    other = PlainShop(SECRET)
    try:
        net.connect("other", address=other.address)
        sells(net, "SEIFE", "SOAP", channel="other")
        assert until(lambda: other.quantities == {"SEIFE": 100})
        shop.place([("SOAP", 4)])
        assert until(lambda: (shop.quantities, other.quantities) == ({"SOAP": 96}, {"SEIFE": 96}))
    finally:
        other.close()
