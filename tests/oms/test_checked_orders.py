"""Orders are looked at when they come in: what nobody could deliver waits for somebody, and everything else goes on by itself."""

import pytest
from sqlalchemy import text

from server.api.order_routes import _looked_at
from server.kernel.errors import Invalid
from server.masterdata.site_settings import set_site_settings
from server.oms.blocking import blocks, drop_block, put_block
from server.oms.changing import let_go, readdress
from server.oms.checking import findings_of, pass_findings
from server.oms.orders import NewOrder, NewOrderLine
from tests.oms.conftest import HOME, document
from tests.oms.test_intake import ship

BAD = {**HOME, "phone": "1380013800"}
AWAY = {**HOME, "state": "江苏省"}


def findings(shops, ref, code="shop"):
    """What was found in an order of a channel."""
    return _found(shops, shops.warehouse.one("SELECT id FROM sales_order WHERE channel = :c AND channel_ref = :r", c=code, r=ref))


def _found(shops, order_id):
    return [(row.code, row.severity, row.passed) for row in shops.database.read(lambda tx: findings_of(tx, order_id))]


def releases(shops):
    shops.warehouse.settle()
    return shops.warehouse.one("SELECT COUNT(*) FROM release WHERE state <> 'cancelled'")


def pass_order(shops, ref):
    """As a supervisor does."""
    order = shops.order(ref)

    def work(tx):
        pass_findings(tx, shops.warehouse.one("SELECT id FROM sales_order WHERE number = :n", n=order["number"]))
        let_go(tx, order["number"])

    shops.database.write(work)


def block(shops, kind, value, reason="did not pay"):
    return shops.database.write(lambda tx: put_block(tx, shops.warehouse.site_id, kind, value, reason))


def test_an_order_that_nobody_could_deliver_is_held_with_its_stock(shops):
    assert shops.give(document("1", ship_to=BAD)).result == "taken"
    assert releases(shops) == 0
    assert (shops.order("1")["hold"], shops.promised("SOAP")) == ("check", 1)
    assert findings(shops, "1") == [("phone_wrong", "hold", 0)]
    assert shops.paper("1") == ("taken", "")


def test_a_good_order_goes_to_the_floor(shops):
    shops.give(document("1"))
    assert (releases(shops), findings(shops, "1")) == (1, [])


def test_a_hint_holds_nothing(shops):
    shops.give(document("1", ship_to={**HOME, "district": ""}))
    assert (releases(shops), findings(shops, "1")) == (1, [("district_missing", "hint", 0)])


def test_an_address_is_put_in_order_and_the_paper_keeps_what_the_channel_said(shops):
    said = {"name": "王小明", "phone": "+86 138 0013 8000", "country": "中国", "street": "浙江省杭州市西湖区文三路 1 号"}
    shops.give(document("1", ship_to=said))
    assert shops.order("1")["ship_to"] == HOME
    assert '"+86 138 0013 8000"' in str(shops.warehouse.one("SELECT CAST(document AS TEXT) FROM channel_paper WHERE ref = '1'"))
    shops.give(document("1", 2, ship_to=said, note="the same again"))
    assert shops.warehouse.one("SELECT COUNT(*) FROM audit WHERE action = 'order.readdressed'") == 0


def test_an_order_that_its_channel_corrects_is_let_go(shops):
    shops.give(document("1", ship_to=BAD))
    assert releases(shops) == 0
    shops.give(document("1", 2))
    assert (shops.order("1")["hold"], findings(shops, "1"), releases(shops)) == ("", [], 1)
    assert shops.warehouse.one("SELECT COUNT(*) FROM audit WHERE action = 'order.let_go'") == 1


def test_an_order_that_its_channel_spoils_is_taken_back_from_the_floor(shops):
    shops.give(document("1"))
    assert releases(shops) == 1
    shops.give(document("1", 2, ship_to=AWAY))
    assert (shops.order("1")["hold"], shops.order("1")["state"], releases(shops), shops.promised("SOAP")) == ("check", "accepted", 0, 1)
    shops.give(document("1", 3))
    assert (shops.order("1")["hold"], releases(shops), shops.promised("SOAP")) == ("", 1, 1)


def test_what_somebody_let_pass_holds_no_more_until_something_else_is_found(shops):
    shops.give(document("1", ship_to=BAD))
    pass_order(shops, "1")
    assert releases(shops) == 1
    shops.give(document("1", 2, ship_to=BAD, note="with a bow"))
    assert (shops.order("1")["hold"], findings(shops, "1")) == ("", [("phone_wrong", "hold", 1)])
    shops.give(document("1", 3, ship_to={**BAD, "phone": "12"}))
    assert (shops.order("1")["hold"], findings(shops, "1")) == ("check", [("phone_wrong", "hold", 0)])


def test_an_order_that_is_paid_later_is_held_for_what_was_found(shops):
    shops.give(document("1", stage="unpaid", ship_to=BAD))
    assert (shops.order("1")["hold"], shops.promised("SOAP")) == ("unpaid", 0)
    shops.give(document("1", 2, ship_to=BAD))
    assert (shops.order("1")["hold"], shops.promised("SOAP"), releases(shops)) == ("check", 1, 0)
    shops.give(document("1", 3, stage="unpaid", ship_to=BAD))
    assert shops.order("1")["hold"] == "payment"
    shops.give(document("1", 4))
    assert (shops.order("1")["hold"], releases(shops)) == ("", 1)


def test_the_same_documents_end_in_the_same_hold_in_every_order(shops):
    events = [document("x", 1, stage="unpaid", ship_to=BAD), document("x", 2, ship_to=BAD), document("x", 3), document("x", 4, ship_to=AWAY)]
    for at, turn in enumerate([(0, 1, 2, 3), (3, 2, 1, 0), (2, 3, 0, 1), (1, 3, 2, 0)]):
        shops.give(*[{**events[one], "reference": str(at), "lines": [{"ref": "L1", "item": "SOAP", "quantity": at + 1}]} for one in turn])
        assert (shops.order(str(at))["hold"], findings(shops, str(at))) == ("check", [("address_contradicts", "hold", 0)]), turn


def test_a_channel_without_checks_sends_wherever_its_orders_say(shops):
    shops.connect("trusting", checks="off")
    shops.give(document("1", ship_to=BAD), code="trusting")
    assert (shops.order("1", "trusting")["ship_to"], findings(shops, "1", "trusting"), releases(shops)) == (BAD, [], 1)


def test_an_order_of_no_country_is_not_held(shops):
    shops.give(document("1", ship_to={"name": "x", "street": "1 Main Street"}))
    assert (releases(shops), findings(shops, "1")) == (1, [("country_missing", "hint", 0)])


def test_what_left_already_is_not_held_any_more(shops):
    shops.give(document("1"))
    ship(shops)
    block(shops, "phone", HOME["phone"])
    assert shops.give(document("1", 9)).result == "taken"
    assert (shops.order("1")["state"], shops.order("1")["hold"]) == ("shipped", "")


def test_the_same_order_once_more_is_hinted_at(shops):
    shops.connect("other")
    shops.give(document("1", lines=(("SOAP", 1), ("TEA", 2))))
    shops.give(document("9", lines=(("TEA", 2), ("SOAP", 1)), ship_to={**HOME, "name": "somebody", "phone": "+86 13800138000"}), code="other")
    assert findings(shops, "9", "other") == [("duplicate", "hint", 0)]
    assert shops.warehouse.one("SELECT suggestion FROM order_finding") in (f'{{"orders": ["{shops.order("1")["number"]}"]}}', {"orders": [shops.order("1")["number"]]})
    assert releases(shops) == 2


@pytest.mark.parametrize("more", [{"lines": (("SOAP", 3),)}, {"ship_to": {**HOME, "phone": "13900139000", "name": "李四"}}], ids=["goods", "receiver"])
def test_other_goods_or_another_receiver_are_no_repetition(shops, more):
    shops.give(document("1"), document("2", **more))
    assert findings(shops, "2") == []


def test_what_was_cancelled_or_is_older_than_a_day_is_no_repetition(shops):
    shops.give(document("1"), document("1", 2, stage="cancelled"), document("2"))
    assert findings(shops, "2") == []
    shops.database.write(lambda tx: tx.execute(_OLDER))
    shops.give(document("3"))
    assert findings(shops, "3") == []


def test_an_order_that_changes_is_no_repetition_of_itself(shops):
    shops.give(document("1"), document("1", 2, note="with a bow"))
    assert findings(shops, "1") == []
    shops.give(document("1", 3, lines=(("TEA", 1),)), document("2"))
    assert findings(shops, "2") == [], "the first is of other goods now"


@pytest.mark.parametrize("kind,value,code", [
    ("customer", "王 小明", "customer_blocked"), ("phone", "+86 138-0013-8000", "phone_blocked"), ("region", "浙江省", "region_blocked"),
    ("region", "330106", "region_blocked"), ("region", "China", "region_blocked")])
def test_a_blocked_order_is_held(shops, kind, value, code):
    number = block(shops, kind, value)
    shops.give(document("1"))
    assert (shops.order("1")["hold"], findings(shops, "1"), releases(shops)) == ("check", [(code, "hold", 0)], 0)
    shops.database.write(lambda tx: drop_block(tx, number))
    shops.give(document("2", lines=(("TEA", 1),)))
    assert (findings(shops, "2"), releases(shops)) == ([], 1)


@pytest.mark.parametrize("kind,value", [("customer", "李四"), ("phone", "13900139000"), ("region", "江西省"), ("region", "330109"), ("region", "US-CA"), ("customer", "330106")])
def test_who_is_not_blocked_goes_on(shops, kind, value):
    block(shops, kind, value)
    shops.give(document("1"))
    assert (findings(shops, "1"), releases(shops)) == ([], 1)


@pytest.mark.parametrize("kind,value", [("customer", "..."), ("phone", "call me"), ("region", "Atlantis"), ("region", "US-XX"), ("region", "西湖区")])
def test_a_block_of_nothing_is_refused(shops, kind, value):
    with pytest.raises(Invalid):
        block(shops, kind, value)


def test_a_block_is_kept_once_and_its_reason_can_be_changed(shops):
    first = block(shops, "region", "浙江杭州")
    assert block(shops, "region", "3301", "flood") == first
    [row] = shops.database.read(lambda tx: blocks(tx, site_id=shops.warehouse.site_id, kind="region", after=0, most=10))
    assert (row.value, row.reason) == ("3301", "flood")


_OLDER = text("UPDATE sales_order SET created_at = created_at - 86400001")


def order(shops, reference="1", ship_to=BAD):
    """As a program sends one by the API."""
    new = NewOrder(channel="api", channel_ref=reference, site_id=shops.warehouse.site_id, lines=[NewOrderLine(item="SOAP", quantity=1)], ship_to=ship_to)
    return shops.database.write(lambda tx: _looked_at(tx, new))


@pytest.mark.parametrize("checks,hold,expected", [
    ("off", "", []), ("hint", "", [("phone_wrong", "hint", 0)]), ("hold", "check", [("phone_wrong", "hold", 0)])])
def test_an_order_of_the_api_is_held_only_where_the_site_wants_it_so(shops, checks, hold, expected):
    shops.database.write(lambda tx: set_site_settings(tx, shops.warehouse.site_id, order_checks=checks))
    answer = order(shops)
    assert (shops.order("1", "api")["hold"], findings(shops, "1", "api")) == (hold, expected)
    assert shops.order("1", "api")["ship_to"] == BAD, "it stays as it was given"
    again = order(shops)
    assert (again.number, again.repeated, again.lines[0].promised) == (answer.number, True, 1)


def test_an_order_of_the_api_is_known_again_though_it_is_held_meanwhile(shops):
    order(shops, ship_to=HOME)
    block(shops, "phone", HOME["phone"])
    assert order(shops, ship_to=HOME).repeated
    assert not order(shops, "2", ship_to=HOME).repeated
    assert [shops.order(ref, "api")["hold"] for ref in ("1", "2")] == ["", "check"]


MENDED = {**HOME, "phone": "13800138001"}


def mend(shops, ref, ship_to=MENDED):
    """As somebody does who has called the customer."""
    order = shops.order(ref)

    def work(tx):
        readdress(tx, order["number"], ship_to, order["customer"])
        pass_findings(tx, shops.warehouse.one("SELECT id FROM sales_order WHERE number = :n", n=order["number"]))
        let_go(tx, order["number"])

    shops.database.write(work)


def test_an_address_mended_here_stays_when_the_channel_changes_something_else(shops):
    shops.give(document("1", ship_to=BAD))
    mend(shops, "1")
    shops.give(document("1", 2, ship_to=BAD, lines=(("SOAP", 3),)))
    told = shops.order("1")
    assert (told["ship_to"]["phone"], told["hold"], told["lines"][0][1]) == ("13800138001", "", 3)
    assert releases(shops) == 1


def test_an_address_that_the_channel_changes_itself_is_the_channels(shops):
    shops.give(document("1", ship_to=BAD))
    mend(shops, "1")
    shops.give(document("1", 2, ship_to={**HOME, "phone": "13900139000"}))
    assert shops.order("1")["ship_to"]["phone"] == "13900139000"
    shops.give(document("1", 3, ship_to=BAD))
    assert (shops.order("1")["ship_to"]["phone"], shops.order("1")["hold"]) == ("1380013800", "check")


def test_what_is_wrong_with_an_address_mended_here_is_looked_for_in_that_one(shops):
    """A second mistake is found, and the first is not found again."""
    shops.give(document("1", ship_to=BAD))
    mend(shops, "1", {**HOME, "state": "江苏省"})
    shops.give(document("1", 2, ship_to=BAD, lines=(("SOAP", 2),)))
    assert [code for code, _, _ in findings(shops, "1")] == [code for code, _, _ in found_of_away(shops)]
    assert shops.order("1")["ship_to"]["state"] == "江苏省"


def found_of_away(shops):
    shops.give(document("2", ship_to=AWAY, lines=(("TEA", 5),)))
    return findings(shops, "2")
