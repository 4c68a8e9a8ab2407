"""A buyer's request for money that cannot be read is somebody's until it can be, and stops none that come after it."""

from dataclasses import replace

import pytest

from server.oms.channels.base import Page
from server.oms.connecting import ask_now, change_channel
from server.oms.unread_requests import hear_request, try_request_again
from server.wms.order_floor import OrderFloor as Floor
from tests.oms.channels.refunding import connected, kind, played, settings, shop
from tests.oms.conftest import HOME, Shops
from tests.oms.test_exception_steps import step, the_one
from tests.oms.test_exceptions import ended, house, kinds, run, tended

__all__ = ["Shops", "house", "kind", "shop"]
UNREADABLE_FEN = -5


@pytest.fixture
def taobao():
    with played("taobao") as shop:
        yield shop


@pytest.fixture
def net(house, taobao):
    house.connect("net", kind="taobao", every_seconds=3_600, since=taobao.now() - 60_000, checks="off", **settings("taobao", taobao))
    house.database.write(lambda tx: change_channel(tx, "net", carrier="SF"))
    return house


def attended(net):
    net.database.write(lambda tx: ask_now(tx, net.channel("net").id))
    assert net.attend("net")
    net.warehouse.settle()


def asked(net, taobao, *, amount=None):
    """An order whose buyer asks for its money; the number of the request. A negative amount is none that can be read."""
    order = taobao.place([("SOAP", 1)], address=HOME)
    attended(net)
    number = taobao.requests.ask_line(order)
    if amount is not None:
        taobao.requests.all[number] = replace(taobao.requests.all[number], amount=amount)
    return order.ref, number


def words(net):
    return net.warehouse.all("SELECT words FROM order_exception WHERE kind = 'unreadable' AND state = 'open' ORDER BY id")


def test_it_is_somebodys_and_stands_at_its_order(net, taobao):
    ref, number = asked(net, taobao, amount=UNREADABLE_FEN)
    attended(net)
    order = net.order(ref, "net")["number"]
    assert words(net) == [(f"net has a buyer's request {number} for the money of {order} that cannot be read: refund_fee is '-1.95', no amount in yuan. (refund_fee)",)]
    assert net.warehouse.all("SELECT o.number, w.badge, x.code FROM order_exception x JOIN sales_order o ON o.id = x.order_id JOIN worker w ON w.id = x.owner_id") == [
        (order, "SUE", "request")]


def test_the_next_are_heard_all_the_same(net, taobao):
    asked(net, taobao, amount=UNREADABLE_FEN)
    asked(net, taobao)
    attended(net)
    assert sorted(kinds(net)) == ["refund_asked", "unreadable"]


def test_told_again_and_again_it_is_one(net, taobao):
    asked(net, taobao, amount=UNREADABLE_FEN)
    for _ in range(3):
        attended(net)
        run(net, "UPDATE channel SET asked_until = 0 WHERE code = 'net'")
    assert (len(words(net)), net.warehouse.one("SELECT COUNT(*) FROM unread_request")) == (1, 1)


def test_when_the_platform_tells_it_in_a_way_that_can_be_read_it_is_over(net, taobao):
    ref, number = asked(net, taobao, amount=UNREADABLE_FEN)
    attended(net)
    taobao.requests.all[number] = replace(taobao.requests.all[number], amount=100)
    attended(net)
    assert (kinds(net), ended(net)) == (["refund_asked"], [("unreadable", "solved")])
    assert net.order(ref, "net")["hold"] == "refund_asked"


def test_what_somebody_drops_comes_back_only_when_it_says_something_else(net, taobao):
    _, number = asked(net, taobao, amount=UNREADABLE_FEN)
    attended(net)
    step(net, "unreadable", "drop")
    attended(net)
    tended(net)
    assert (kinds(net), ended(net)) == ([], [("unreadable", "hand")])
    taobao.requests.all[number] = replace(taobao.requests.all[number], amount=UNREADABLE_FEN - 1)
    attended(net)
    assert kinds(net) == ["unreadable"]


def test_tried_again_it_is_taken_once_we_can_read_it(net, taobao):
    _, number = asked(net, taobao, amount=UNREADABLE_FEN)
    attended(net)
    row = the_one(net, "unreadable")
    assert row.unread_id is not None
    assert net.desk.try_request_again("net", row.unread_id).result == "refused"
    run(net, "UPDATE unread_request SET document = REPLACE(CAST(document AS TEXT), '-1.95', '1.05')" if net.database.engine.dialect.name == "sqlite"
        else "UPDATE unread_request SET document = CAST(REPLACE(CAST(document AS TEXT), '-1.95', '1.05') AS JSON)")  # as if we had learnt to read it
    came = net.desk.try_request_again("net", row.unread_id)
    assert came.result == "taken", came
    assert (kinds(net), net.warehouse.all("SELECT ref, amount FROM refund_request")) == (["refund_asked"], [(number, 105)])


def test_where_it_is_nobodys_at_first_it_is_somebodys_as_soon_as_there_is_anybody(net, taobao):
    run(net, "UPDATE worker SET disabled = 1")
    asked(net, taobao, amount=UNREADABLE_FEN)
    attended(net)
    assert kinds(net) == []
    run(net, "UPDATE worker SET disabled = 0 WHERE badge = 'SUE'")
    tended(net)
    assert kinds(net) == ["unreadable"]


def test_each_platform_names_a_request_that_cannot_be_read_by_its_own_number(kind, shop):
    channel = connected(kind, shop)
    order = shop.place([("SOAP", 1)], address=HOME)
    shop.requests.ask(order.ref)
    one, = channel.asked_of(order.ref)
    assert channel.request_numbers(one.document) == (one.ref, one.order_ref)
    for broken in ({}, dict.fromkeys(one.document), {name: [value] for name, value in one.document.items()}):
        assert channel.request_numbers(broken) == ("", "")


def test_without_any_number_it_is_kept_by_what_it_says(net, taobao):
    connector, channel = connected("taobao", taobao), net.channel("net")
    for document in ({"what": "?"}, {"what": "?"}, {"what": "!"}):
        net.database.write(lambda tx, document=document: hear_request(tx, channel, connector, document, Floor()))
    assert net.warehouse.one("SELECT COUNT(*) FROM unread_request WHERE ref LIKE '?%'") == len(words(net)) == 2
    number = net.warehouse.one("SELECT MIN(id) FROM unread_request")
    assert net.database.write(lambda tx: try_request_again(tx, channel, connector, number, Floor())).result == "refused"


def test_one_that_meets_a_fault_of_ours_or_has_signs_that_no_database_keeps_stops_no_other(net, taobao):
    connector, (ref, _) = connected("taobao", taobao), asked(net, taobao)
    channel, (one,) = net.channel("net"), connector.asked_of(ref)
    read = connector.understand_request

    def at_fault(document):
        if "\0" in document["refund_id"]:
            raise RuntimeError("a fault of ours: \0")
        return read(document)

    connector.understand_request = at_fault
    connector.asked = lambda _since: iter([Page([{**one.document, "refund_id": "\0\ud83d"}, one.document], channel.asked_until + 9)])
    net.desk._ask_for_requests(channel, connector)
    assert words(net) == [(f"net has a buyer's request ?? for the money of {net.order(one.order_ref, 'net')['number']} that cannot be read: RuntimeError: a fault of ours: ?",)]
    assert net.warehouse.all("SELECT ref FROM refund_request WHERE ref = :ref", ref=one.ref) == [(one.ref,)]
    assert net.channel("net").asked_until == channel.asked_until + 9
