"""A house with a WeChat shop: its orders come in by pulls and pushes, what leaves is told there, and nothing counts twice."""

import json
from itertools import permutations

import pytest

from server.oms.channels.base import Call
from server.oms.channels.errors import NotFromChannel
from server.oms.connecting import ask_now, change_channel
from server.oms.listings import list_all
from simulators.shops.mini_program import MiniProgramShop
from simulators.shops.shop import DUPLICATED, ERROR, HALF_A_PAGE, LOST_ANSWER, OUT_OF_ORDER, TOO_MANY
from tests.oms.channels.ears import listening
from tests.oms.conftest import HOME
from tests.oms.test_intake import ship
from tests.waiting import until


@pytest.fixture
def shop():
    shop = MiniProgramShop()
    yield shop
    shop.close()


@pytest.fixture
def net(shops, shop):
    """A channel `wx` that is asked at the played shop's address."""
    shops.connect("wx", kind="mini_program", every_seconds=3_600, address=shop.address, app_id=shop.app_id, app_secret=shop.app_secret,
                  push_token=shop.push_token, push_key=shop.push_key, carriers={"Shunfeng": "SF"}, since=shop.now() - 60_000)
    shops.database.write(lambda tx: change_channel(tx, "wx", carrier="Shunfeng"))
    return shops


def seen(shops, ref):
    order = shops.order(ref, "wx")
    return None if order is None else (order["state"], [line[:3] for line in order["lines"]])


def soon(shops):
    shops.database.write(lambda tx: ask_now(tx, shops.channel("wx").id))


def test_an_order_comes_leaves_and_is_told_once_whatever_answer_gets_lost(net, shop):
    placed = shop.place([("SOAP", 1)], address=HOME, buyer="oOpenId")
    assert net.attend("wx")
    order = net.order(placed.ref, "wx")
    assert (order["customer"], order["ship_to"]["city"], seen(net, placed.ref)) == ("oOpenId", "杭州市", ("accepted", [("SOAP", 1, 1)]))
    ship(net)
    shop.fail(LOST_ANSWER)
    assert not net.attend("wx")
    assert until(lambda: net.attend("wx") and net.warehouse.one("SELECT state FROM channel_notice") == "told")
    soon(net)
    assert net.attend("wx")
    assert [(parcel.carrier, dict(parcel.lines)) for parcel in shop.orders[placed.ref].parcels] == [("SF", {placed.lines[0].ref: 1})]
    assert net.order(placed.ref, "wx")["state"] == "shipped"


@pytest.mark.parametrize("fault", [DUPLICATED, OUT_OF_ORDER, HALF_A_PAGE, TOO_MANY, ERROR])
def test_whatever_goes_wrong_every_order_is_taken_once(net, shop, fault):
    for _ in range(30):
        shop.place([("SOAP", 1)])
    assert net.attend("wx")
    placed = [shop.place([("SOAP", 1)]).ref for _ in range(30)]
    soon(net)
    shop.fail(fault)
    net.attend("wx")
    soon(net)
    assert net.attend("wx")
    assert net.warehouse.one("SELECT COUNT(*) FROM sales_order WHERE channel = 'wx'") == 60
    assert all(seen(net, ref) for ref in placed)


@pytest.mark.parametrize("sequence", list(permutations(range(3))))
def test_events_in_any_sequence_and_several_times_end_in_the_same_order(net, shop, sequence):
    with listening(shop) as ear:
        placed = shop.place([("SOAP", 2)], is_paid=False, address=HOME)
        assert net.attend("wx")
        assert seen(net, placed.ref) == ("accepted", [("SOAP", 2, 0)])  # not paid: it keeps no stock
        shop.pay(placed.ref)
        soon(net)
        assert net.attend("wx")
        assert net.promised("SOAP") == 2
        shop.cancel_order(placed.ref)
    for at in (*sequence, sequence[0]):
        assert net.desk.hear("wx", ear.calls[at]).answer == b"success"
        assert net.attend("wx")
    assert seen(net, placed.ref)[0] == "cancelled"
    assert net.promised("SOAP") == 0


def test_a_push_brings_its_order_without_a_pull(net, shop):
    assert net.attend("wx")
    with listening(shop) as ear:
        placed = shop.place([("SOAP", 1)], address=HOME)
    net.desk.hear("wx", ear.calls[0])
    assert net.attend("wx")
    assert seen(net, placed.ref)[1] == [("SOAP", 1, 1)]


def test_a_push_of_somebody_else_brings_nothing(net, shop):
    with listening(shop) as ear:
        placed = shop.place([("SOAP", 1)])
    body = json.loads(ear.calls[0].body)
    with pytest.raises(NotFromChannel):
        net.desk.hear("wx", Call({}, ear.calls[0].query, json.dumps(body | {"Encrypt": body["Encrypt"][::-1]}).encode()))
    assert net.warehouse.one("SELECT COUNT(*) FROM channel_paper") == 0
    assert placed.ref in shop.orders


def test_the_shop_is_told_how_much_it_may_sell(net, shop):
    shop.quantities["SOAP"] = 0
    net.database.write(lambda tx: list_all(tx, net.channel("wx")))
    assert until(lambda: net.attend("wx") and shop.quantities["SOAP"] == 100)


def test_an_order_whose_buyer_is_hidden_again_once_it_has_left_stays_what_it_was(net, shop):
    shop.masks = True
    placed = shop.place([("SOAP", 1)], address=HOME, is_paid=False)
    assert net.attend("wx")
    assert net.order(placed.ref, "wx")["ship_to"]["encrypted"] == "name,phone,street"
    shop.pay(placed.ref)
    soon(net)
    assert net.attend("wx")
    assert net.order(placed.ref, "wx")["ship_to"]["name"] == HOME["name"]
    ship(net)
    assert until(lambda: net.attend("wx") and shop.orders[placed.ref].is_shipped)
    soon(net)
    assert net.attend("wx")
    assert net.paper(placed.ref, "wx") == ("taken", "")
    assert net.order(placed.ref, "wx")["ship_to"]["name"] == HOME["name"]
