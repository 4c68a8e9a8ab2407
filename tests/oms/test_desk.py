"""Channels are asked, heard and told by a real HTTP exchange with a played shop; nothing is lost, nothing counts twice."""

import pytest
from sqlalchemy import text

from server.masterdata.items import NewItem, NewPack, put_item
from server.oms import desk as desk_module
from server.oms.channels.base import Call
from server.oms.channels.errors import NotFromChannel
from server.oms.channels.plain import Plain
from server.oms.connecting import ask_now, change_channel, due_channels, set_channel_state
from server.oms.desk import Desk
from server.oms.listings import name_item
from server.oms.rounds import Rounds
from server.oms.telling import spread_changes
from server.wms.order_floor import OrderFloor as Floor
from simulators.shops.plain import PlainShop
from simulators.shops.shop import (
    CHANGED_SCHEMA,
    CUT,
    DUPLICATED,
    ERROR,
    FAULTS,
    HALF_A_PAGE,
    LOST_ANSWER,
    OUT_OF_ORDER,
    TOO_MANY,
)
from tests.oms.conftest import SECRET
from tests.oms.test_intake import ship
from tests.waiting import until


@pytest.fixture
def shop():
    shop = PlainShop(SECRET)
    yield shop
    shop.close()


@pytest.fixture
def net(shops, shop):
    """A channel `net` that is asked at the played shop's address."""
    shops.connect("net", address=shop.address, every_seconds=3_600)
    return shops


def taken(shops):
    return shops.warehouse.one("SELECT COUNT(*) FROM sales_order WHERE channel = 'net'")


def error(shops):
    return shops.channel("net").error_code


def soon(shops):
    """It is asked for orders next, and not left alone for a while, as it would be after a failure."""
    shops.database.write(lambda tx: ask_now(tx, shops.channel("net").id))


def test_what_changed_while_nobody_asked_is_caught_up_and_taken_once(net, shop):
    for number in range(130):
        shop.place([("SOAP", 1)], at=shop.now() - 86_400_000 + number)
    assert net.attend("net")
    assert taken(net) == 130
    watermark = net.channel("net").watermark
    assert shop.now() - 60_000 < watermark <= shop.now()
    soon(net)
    shop.place([("TEA", 1)])
    assert net.attend("net")
    assert taken(net) == 131
    assert net.promised("SOAP") == 100


@pytest.mark.parametrize("fault", [one for one in FAULTS if one not in ("slow", "wrong_signature")])
def test_whatever_goes_wrong_every_order_is_taken_once(net, shop, fault):
    for _ in range(60):
        shop.place([("SOAP", 1)])
    shop.fail(fault)
    first = net.attend("net")
    assert first == (fault in (DUPLICATED, OUT_OF_ORDER))
    if not first:
        assert net.channel("net").watermark == 0
        assert error(net) == {TOO_MANY: "429", ERROR: "500", CUT: "no_answer", LOST_ANSWER: "no_answer", HALF_A_PAGE: "body", CHANGED_SCHEMA: "orders"}[fault]
        assert net.database.read(due_channels)[0].code != "net", "it is left alone for a while"
    soon(net)
    assert net.attend("net")
    assert (taken(net), error(net)) == (60, "")


def test_a_kill_between_two_pages_loses_and_doubles_nothing(net, shop, monkeypatch):
    for _ in range(120):
        shop.place([("SOAP", 1)])
    calls = iter(range(10_000))

    def dies(*args, **kwargs):
        if next(calls) == 70:
            raise SystemExit
        return take_in(*args, **kwargs)

    take_in = desk_module.take_in
    monkeypatch.setattr(desk_module, "take_in", dies)
    with pytest.raises(SystemExit):
        net.attend("net")
    monkeypatch.setattr(desk_module, "take_in", take_in)
    net.desk = Desk(net.database, Floor())
    assert 0 < taken(net) < 120
    assert net.attend("net")
    assert taken(net) == 120
    assert net.warehouse.one("SELECT COUNT(*) FROM channel_paper") == 120


def test_a_fault_of_ours_is_noted_with_the_channel_and_left_alone_for_a_while(net, shop, monkeypatch):
    shop.place([("SOAP", 1)])
    with monkeypatch.context() as patch:
        patch.setattr(Plain, "pull", lambda *_: 1 / 0)
        assert not net.attend("net")
    assert (error(net), net.channel("net").failures) == ("fault", 1)
    assert net.channel("net").next_at > net.database.clock.now()
    soon(net)
    assert net.attend("net")
    assert (taken(net), error(net), net.channel("net").failures) == (1, "", 0)


def test_a_wrong_secret_is_said_and_nothing_is_asked_again_for_a_while(net, shop):
    shop._secret = b"another secret that nobody told us"
    assert not net.attend("net")
    assert error(net) == "401"
    assert "Compare the secret" in net.channel("net").error
    assert shop.refused == ["wrong signature"]


def test_a_platforms_clock_that_is_wrong_is_learnt(net, shop):
    shop.skew_ms = 1_800_000
    shop.place([("SOAP", 1)])
    assert not net.attend("net")
    assert shop.refused == ["too old"]
    soon(net)
    assert net.attend("net")
    assert taken(net) == 1


def test_what_was_refused_for_an_unknown_item_is_taken_by_itself_when_there_is_one(net, shop):
    shop.place([("NEW", 1)])
    assert net.attend("net")
    assert net.warehouse.all("SELECT state, code FROM channel_paper") == [("refused", "item_unknown")]
    net.database.write(lambda tx: put_item(tx, NewItem(code="NEW", name="New", packs=[NewPack("each", 1, ("NEW-CODE",))])))
    soon(net)
    assert net.attend("net")
    assert taken(net) == 0, "it was tried a moment ago"
    net.database.write(lambda tx: tx.execute(text("UPDATE channel_paper SET tried_at = tried_at - 60000")))
    soon(net)
    assert net.attend("net")
    assert (taken(net), net.warehouse.all("SELECT state, code FROM channel_paper")) == (1, [("taken", "")])


def test_what_was_refused_for_a_blocked_item_is_taken_by_itself_when_it_is_free_again(net, shop):
    net.database.write(lambda tx: tx.execute(text("UPDATE item SET blocked = 1 WHERE code = 'SOAP'")))
    shop.place([("SOAP", 1)])
    assert net.attend("net")
    assert net.warehouse.all("SELECT state, code FROM channel_paper") == [("refused", "item_blocked")]
    net.database.write(lambda tx: tx.execute(text("UPDATE item SET blocked = 0 WHERE code = 'SOAP'")))
    net.database.write(lambda tx: tx.execute(text("UPDATE channel_paper SET tried_at = tried_at - 60000")))
    soon(net)
    assert net.attend("net")
    assert (taken(net), net.warehouse.all("SELECT state, code FROM channel_paper")) == (1, [("taken", "")])


def call(shop, order):
    headers, body = shop.hook_of(order)
    return Call({name.lower(): value for name, value in headers.items()}, {}, body)


def test_a_call_is_heard_once_however_often_it_comes(net, shop):
    order = shop.place([("SOAP", 2)])
    for _ in range(3):
        assert net.desk.hear("net", call(shop, order)).answer == b'{"taken":1}'
    assert net.attend("net")
    assert (taken(net), net.promised("SOAP")) == (1, 2)
    assert net.channel("net").heard_at is not None


@pytest.mark.parametrize("spoil", ["body", "signature", "none", "old"])
def test_a_call_of_somebody_else_is_not_taken(net, shop, spoil):
    shop.skew_ms = -400_000 if spoil == "old" else 0
    heard = call(shop, shop.place([("SOAP", 2)]))
    shop.skew_ms = 0
    headers = {"none": {}, "signature": {**heard.headers, "webhook-signature": "v1,é v1,"}}.get(spoil, heard.headers)
    with pytest.raises(NotFromChannel):
        net.desk.hear("net", Call(headers, {}, heard.body.replace(b"SOAP", b"TEA") if spoil == "body" else heard.body))
    assert taken(net) == 0


def test_what_a_paused_channel_tells_is_asked_for_when_it_goes_on(net, shop):
    assert net.attend("net")
    net.database.write(lambda tx: set_channel_state(tx, "net", "paused"))
    net.desk.hear("net", call(shop, shop.place([("SOAP", 1)])))
    assert taken(net) == 0
    assert net.database.read(due_channels) == [] or net.database.read(due_channels)[0].code == "shop"
    net.database.write(lambda tx: set_channel_state(tx, "net", "running"))
    assert net.attend("net")
    assert taken(net) == 1
    assert net.warehouse.one("SELECT SUM(wanted) FROM channel_paper") == 0


def shipped(shops, shop):
    ref = shop.place([("SOAP", 1)]).ref
    assert shops.attend("net")
    ship(shops)
    return ref


def notices(shops):
    return shops.warehouse.all("SELECT kind, state FROM channel_notice ORDER BY id")


def test_a_shipment_is_told_once_with_its_parcel_and_lines(net, shop):
    ref = shipped(net, shop)
    assert net.attend("net")
    [parcel] = shop.orders[ref].parcels
    assert parcel.tracking == net.warehouse.one("SELECT p.code FROM carton c JOIN lpn p ON p.id = c.lpn_id")
    assert dict(parcel.lines) == {f"{ref}01": 1}
    assert notices(net) == [("ship", "told")]
    soon(net)
    assert net.attend("net")
    assert shop.asked["POST /shipments"] == 1
    assert net.order(ref, "net")["state"] == "shipped"
    assert net.paper(ref, "net") == ("taken", "")


@pytest.mark.parametrize("fault", [TOO_MANY, ERROR, CUT, LOST_ANSWER])
def test_a_shipment_is_told_until_it_is_accepted(net, shop, fault):
    ref = shipped(net, shop)
    shop.fail(fault)
    assert not net.attend("net")
    assert notices(net) == [("ship", "waiting")]
    assert len(shop.orders[ref].parcels) == (fault == LOST_ANSWER)
    assert until(lambda: net.desk.attend(net.channel("net")) and notices(net) == [("ship", "told")])
    assert len(shop.orders[ref].parcels) == 1


def test_what_the_channel_refuses_to_hear_is_kept_for_somebody(net, shop):
    ref = shipped(net, shop)
    shop.cancel_order(ref)
    assert net.attend("net")
    assert notices(net) == [("ship", "refused")]
    assert "cancelled" in net.warehouse.one("SELECT error FROM channel_notice")


def test_a_parcel_is_told_to_no_channel_when_the_order_came_from_none(net, shop):
    net.warehouse.order("by hand", ("SOAP", 1))
    ship(net)
    assert notices(net) == []


def test_orders_that_cannot_be_read_keep_back_no_shipment_and_no_quantity(net, shop):
    ref = shipped(net, shop)
    soon(net)
    shop.fail(HALF_A_PAGE, 1_000)
    net.database.write(lambda tx: name_item(tx, net.channel("net"), "SOAP", net.warehouse.items["SOAP"]))
    spread_changes(net.database)
    assert not net.attend("net")
    assert error(net) == "body"
    assert len(shop.orders[ref].parcels) == 1
    assert shop.stocked[-1]["SOAP"] == 99


def test_rounds_go_by_themselves(net, shop):
    net.database.write(lambda tx: change_channel(tx, "net", every_seconds=1))
    rounds = Rounds(net.database, net.desk)
    rounds.start()
    try:
        shop.place([("SOAP", 1)])
        assert until(lambda: taken(net) == 1)
        shop.place([("SOAP", 1)])
        assert until(lambda: taken(net) == 2)
    finally:
        rounds.stop()
