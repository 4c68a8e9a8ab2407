"""Who was chosen to send an order is told in its story: by the rules, and when its goods came elsewhere."""

from server.dashboard.order_story import order_story
from server.oms.orders import order_by_number, order_lines
from server.oms.sourcing.announced import bring_all_announced
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound


def told(firm, number):
    def work(tx):
        order = order_by_number(tx, number)
        return order_story(tx, order, order_lines(tx, order.id))

    return [one["args"] for one in firm.database.read(work)["items"] if one["kind"] == "sourced"]


def test_the_story_tells_who_was_chosen_by_which_rules_and_where_its_goods_came(firm):
    firm.rule()
    firm.put("W1", "TEA", 1)
    number = firm.order("1", ("SOAP", 3), ("TEA", 1)).number
    firm.put("W2", "SOAP", 2)
    firm.warehouse.settle()
    chosen = {"how": "rules", "rules": "rules", "sites": ["W1"], "missing": 3}
    assert told(firm, number) == told(firm, f"{number}-2") == [chosen, {"how": "stock", "pieces": 2, "from": "W1", "to": "W2"}]


def test_the_story_tells_where_it_waits_instead_when_its_goods_are_announced_there(firm):
    number = firm.order("1", ("SOAP", 3)).number
    firm.database.write(lambda tx: put_inbound(tx, NewInbound(code="A-1", kind="asn", site_id=firm.sites["W2"], expected_at=tx.now, lines=[NewInboundLine(item="SOAP", quantity=3)])))
    assert bring_all_announced(firm.database, firm.floor) == 1
    assert told(firm, number)[-1] == {"how": "announced", "pieces": 3, "from": "W1", "to": "W2"}
