"""What could be promised is told as an order then gets it: by site, by date, by the rules, and what waits in line before."""

import random

import pytest

from server.kernel.clock import DAY, StillClock
from server.masterdata.items import item_by_code
from server.masterdata.sites import location_by_code
from server.oms.available import Question, available
from server.oms.connecting import change_channel
from server.oms.orders import NewOrder, NewOrderLine, accept_order
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, change_status
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.oms.sourcing.conftest import BEIJING, HANGZHOU, Firm

RULES = "prefer nearest 1\nprefer few parcels 5"


@pytest.fixture
def firm(shops):
    firm = Firm(shops)
    firm.rule()
    return firm


def announce(firm, code, site, quantity, in_days, item="SOAP"):
    firm.database.write(lambda tx: put_inbound(tx, NewInbound(
        code=code, kind="asn", site_id=firm.sites[site], expected_at=tx.now + int(in_days * DAY), lines=[NewInboundLine(item=item, quantity=quantity)])))


def ask(firm, *wanted, ship_to=HANGZHOU, channel=None, site=None):
    return firm.database.read(lambda tx: available(tx, Question(
        wanted=[(item_by_code(tx, item), pieces) for item, pieces in wanted], ship_to=ship_to, channel=None if channel is None else firm.shops.channel(channel),
        site_id=None if site is None else firm.sites[site])))


def at(told, site, item=0):
    return next(one for one in told["items"][item]["sites"] if one["site"] == site)


def empty(firm):
    """Nothing lies anywhere: orders take all of the soap and tea."""
    firm.database.write(lambda tx: accept_order(tx, NewOrder(channel="test", channel_ref="all", site_id=firm.sites["W1"], lines=[
        NewOrderLine(item="SOAP", quantity=100), NewOrderLine(item="TEA", quantity=100)])))


def test_each_site_tells_what_it_has_and_what_of_it_may_be_promised(firm):
    firm.rule("W1 keeps 10\nprefer nearest 1")
    firm.put("W2", "SOAP", 7)
    firm.order("1", ("SOAP", 30))
    goods = GoodsKey(firm.warehouse.items["SOAP"], firm.warehouse.owner_id, "", "", "available")
    firm.database.write(lambda tx: change_status(tx, Move(goods, 4, *[location_by_code(tx, "W1-A-01-1")] * 2, "inspecting"), "hold"))
    told = ask(firm, ("SOAP", 1))
    here = at(told, "W1")
    assert (here["on_hand"], here["promised"], here["keeps"], here["available"], here["other"]) == (96, 30, 10, 56, [{"status": "hold", "quantity": 4}])
    assert (at(told, "W2")["available"], at(told, "W3")["available"], told["items"][0]["available"]) == (7, 0, 63)


def test_what_comes_is_told_with_what_of_it_nobody_waits_for(firm):
    empty(firm)
    for code, pieces, days in (("A-1", 5, 2), ("A-2", 10, 4)):
        announce(firm, code, "W1", pieces, days)
    firm.order("1", ("SOAP", 7))
    told = at(ask(firm, ("SOAP", 1)), "W1")
    assert (told["waiting"], [(one["quantity"], one["free"]) for one in told["expected"]]) == (7, [(5, 0), (10, 8)])


def test_who_may_not_send_there_is_named_with_the_rule(firm):
    firm.put("W2", "SOAP", 5)
    firm.rule("W2 reaches 北京市\nprefer nearest 1")
    told = ask(firm, ("SOAP", 1))
    assert (told["barred"], at(told, "W2")["sends"], told["items"][0]["available"]) == ([{"site": "W2", "line": 1, "rule": "W2 reaches 北京市"}], False, 100)
    told = ask(firm, ("SOAP", 1), ship_to=BEIJING)
    assert (told["barred"], told["items"][0]["available"]) == ([], 105)
    assert [part["site"] for part in told["leaves"]["parts"]] == ["W2"]


def test_a_channel_whose_warehouse_sends_all_asks_that_one_alone(firm):
    firm.put("W2", "SOAP", 5)
    firm.database.write(lambda tx: change_channel(tx, "shop", sourcing="off", safety_stock=3))
    told = ask(firm, ("SOAP", 101), channel="shop")
    assert ([one["site"] for one in told["items"][0]["sites"]], told["items"][0]["safety_stock"]) == (["W1"], 3)
    assert (told["leaves"]["leaves_at"], told["leaves"]["parts"][0]["waits"]) == (None, 1)


@pytest.mark.parametrize("rules", [RULES, f"{RULES}\nW2 keeps 5\nnever from W3", f"{RULES}\nnever split", f"{RULES}\ntogether item in (SOAP, TEA)"])
@pytest.mark.parametrize("seed", range(5))
def test_an_order_is_told_what_was_told_before_it_came(firm, seed, rules):
    chance = random.Random(seed)
    firm.rule(rules)
    firm.database.clock = StillClock(firm.database.clock.now())  # so that no cut-off passes between what is compared
    empty(firm)
    for number in range(6):
        announce(firm, f"A-{number}", chance.choice(["W1", "W2", "W3"]), chance.randint(1, 30), chance.randint(1, 40), chance.choice(["SOAP", "TEA"]))
    for site in ("W2", "W3"):
        firm.put(site, chance.choice(["SOAP", "TEA"]), chance.randint(1, 10))
    firm.warehouse.settle()
    compared = elsewhere = 0
    for number in range(8):
        wanted = [(item, chance.randint(1, 8)) for item in chance.choice([("SOAP",), ("TEA",), ("SOAP", "TEA")])]
        where = chance.choice([HANGZHOU, BEIJING])
        told = ask(firm, *wanted, ship_to=where, channel="shop")
        answer = firm.order(str(number), *wanted, ship_to=where, settle=False)
        got = {site: pieces for _, site, _, lines in firm.parts(str(number)) for pieces in [sum(line[2] for line in lines)]}
        waits = sum(line.quantity - line.promised for line in answer.lines)
        assert {part["site"]: part["quantity"] for part in told["leaves"]["parts"]} == got
        assert sum(part["waits"] for part in told["leaves"]["parts"]) == waits
        assert told["leaves"]["leaves_at"] == answer.promised_at
        assert {part["site"]: part["leaves_at"] for part in told["leaves"]["parts"]} == dict(firm.warehouse.all(
            "SELECT s.code, o.promised_at FROM sales_order o JOIN site s ON s.id = o.site_id WHERE o.channel = 'test' AND o.channel_ref = :r", r=str(number)))
        compared += answer.promised_at is not None
        elsewhere += any(part["site"] != "W1" and part["waits"] and part["leaves_at"] is not None for part in told["leaves"]["parts"])
    assert compared and (elsewhere or rules != RULES)
