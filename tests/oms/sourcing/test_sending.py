"""Orders are sent by whom the rules say: as they come, when they change, and when stock comes."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.events import OrderShipped
from server.kernel.errors import Conflict, Invalid
from server.oms.connecting import change_channel
from server.oms.exceptions.kinds import kind_of_paper
from server.oms.listings import change_stocked, name_item, shown_listings
from server.oms.merging import merge
from server.oms.orders import order_by_number
from server.oms.parts import Placement, gather, place
from server.oms.progress import on_order_shipped
from server.oms.sourcing.batch import source_together
from server.oms.sourcing.sending import source_again
from tests.oms.conftest import document
from tests.oms.sourcing.conftest import BEIJING, HANGZHOU

TWO = (("SOAP", 2), ("TEA", 1))


def test_the_nearest_warehouse_sends_and_the_floor_there_gets_the_order(firm):
    firm.rule()
    for site in ("W1", "W2", "W3"):
        firm.put(site, "SOAP", 5)
    near, far = firm.order("near", ("SOAP", 1)), firm.order("far", ("SOAP", 1), ship_to=BEIJING)
    assert firm.sent("near") == {"W1": {1: 1}} and firm.sent("far") == {"W2": {1: 1}}
    assert firm.releases(near.number)[0][0] == "W1" and firm.releases(far.number)[0][0] == "W2" and far.promised_at is not None
    assert firm.faults() == []


def test_what_no_warehouse_has_alone_comes_in_parts_under_one_order(firm):
    firm.rule()
    firm.put("W1", "SOAP", 5)
    firm.put("W2", "TEA", 5)
    answer = firm.order("1", *TWO)
    assert firm.parts("1") == [(answer.number, "W1", "released", [(1, "SOAP", 2, 2)]), (f"{answer.number}-2", "W2", "released", [(2, "TEA", 1, 1)])]
    assert [(line.number, line.item, line.quantity, line.promised) for line in answer.lines] == [(1, "SOAP", 2, 2), (2, "TEA", 1, 1)]
    assert answer.promised_at is not None and firm.faults() == []


def test_an_order_that_comes_again_is_known_with_all_its_lines_and_another_under_its_reference_is_refused(firm):
    firm.rule()
    firm.put("W1", "SOAP", 5)
    firm.put("W2", "TEA", 5)
    first, again = firm.order("1", *TWO), firm.order("1", *TWO)
    assert again.repeated and (again.number, again.lines) == (first.number, first.lines) and len(firm.parts("1")) == 2
    with pytest.raises(Conflict):
        firm.order("1", ("SOAP", 2))


def test_the_reasons_are_kept_with_the_next_best_and_with_who_was_barred(firm):
    firm.rule("prefer nearest 1\nany costs 5 plus 1 per 100 km\nprefer low cost 1\nnever from W3")
    for site in ("W1", "W2", "W3"):
        firm.put(site, "SOAP", 5)
    firm.order("1", ("SOAP", 1))
    [(how, why)] = firm.why("1")
    why = json.loads(why) if isinstance(why, str) else why
    assert how == "rules" and why["barred"] == {"W3": 4}
    assert [part["site"] for part in why["chosen"]["parts"]] == ["W1"] and [part["site"] for part in why["others"][0]["parts"]] == ["W2"]
    assert why["others"][0]["points"] > why["chosen"]["points"] and why["chosen"]["cost"] < why["others"][0]["cost"]
    assert set(why["others"][0]["parts"][0]["points"]) == {"nearest", "cost"}


def test_without_rules_whoever_has_all_of_it_sends(firm):
    firm.put("W2", "SOAP", 5)
    firm.order("1", ("SOAP", 1))
    assert firm.sent("1") == {"W2": {1: 1}}


def test_what_nobody_has_waits_at_home_or_where_the_rules_let_it(firm):
    firm.order("1", ("SOAP", 1))
    firm.rule("never from W1")
    firm.order("2", ("SOAP", 1))
    assert firm.sent("1") == {"W1": {1: 1}} and firm.sent("2") == {"W2": {1: 1}}


def test_stock_that_comes_elsewhere_goes_to_the_sourced_order_that_waits(firm):
    firm.rule()
    firm.put("W1", "TEA", 1)
    answer = firm.order("1", ("SOAP", 3), ("TEA", 1))
    assert answer.promised_at is None
    firm.put("W2", "SOAP", 2)
    firm.warehouse.settle()
    assert firm.parts("1") == [(answer.number, "W1", "released", [(1, "SOAP", 1, 0), (2, "TEA", 1, 1)]), (f"{answer.number}-2", "W2", "released", [(1, "SOAP", 2, 2)])]
    firm.put("W3", "SOAP", 5)
    firm.warehouse.settle()
    assert firm.sent("1") == {"W1": {2: 1}, "W2": {1: 2}, "W3": {1: 1}} and firm.faults() == []
    assert [how for how, _ in firm.why("1")] == ["rules", "stock", "stock"]


def test_an_order_that_waits_as_a_whole_moves_as_a_whole(firm):
    answer = firm.order("1", ("SOAP", 1))
    firm.put("W3", "SOAP", 5)
    firm.warehouse.settle()
    assert firm.parts("1") == [(answer.number, "W3", "released", [(1, "SOAP", 1, 1)])]


def test_stock_that_a_rule_bars_is_not_sent(firm):
    firm.rule("never from W3")
    firm.order("1", ("SOAP", 1))
    firm.put("W3", "SOAP", 5)
    firm.warehouse.settle()
    assert firm.sent("1") == {"W1": {1: 1}} and firm.parts("1")[0][3] == [(1, "SOAP", 1, 0)]


def test_a_warehouse_whose_day_is_full_gets_no_more(firm):
    firm.rule("prefer nearest 1\nprefer free capacity 1000\nW1 takes 2 orders a day")
    firm.put("W1", "SOAP", 9)
    firm.put("W2", "SOAP", 9)
    for ref in "1234":
        firm.order(ref, ("SOAP", 1))
    assert [list(firm.sent(ref)) for ref in "1234"] == [["W1"], ["W2"], ["W2"], ["W2"]]


def test_sourcing_again_moves_what_is_better_elsewhere_and_leaves_what_is_not(firm):
    firm.put("W2", "SOAP", 2)
    firm.put("W2", "TEA", 2)
    answer = firm.order("1", *TWO)
    assert firm.sent("1") == {"W2": {1: 2, 2: 1}}
    firm.rule()
    firm.put("W1", "SOAP", 2)
    firm.put("W1", "TEA", 2)
    assert firm.write(lambda tx: source_again(tx, answer.number, firm.floor)) == [answer.number]
    assert firm.sent("1") == {"W1": {1: 2, 2: 1}} and firm.releases(answer.number) == [("W2", "cancelled"), ("W1", firm.releases(answer.number)[1][1])]
    assert firm.write(lambda tx: source_again(tx, answer.number, firm.floor)) == [] and firm.faults() == []


def test_parts_are_placed_anew_gathered_and_given_numbers_that_nobody_had(firm):
    for site in ("W1", "W2", "W3"):
        firm.put(site, "SOAP", 9)
        firm.put(site, "TEA", 9)
    number = firm.order("1", ("SOAP", 4), ("TEA", 2)).number

    def placed(*placements):
        firm.write(lambda tx: place(tx, order_by_number(tx, number), [Placement(firm.sites[site], pieces) for site, pieces in placements], firm.floor))
        assert firm.faults() == []
        return firm.sent("1")

    assert placed(("W2", {1: 3}), ("W3", {1: 1, 2: 2})) == {"W2": {1: 3}, "W3": {1: 1, 2: 2}}
    assert placed(("W2", {1: 3}), ("W1", {1: 1}), ("W3", {2: 2})) == {"W2": {1: 3}, "W1": {1: 1}, "W3": {2: 2}}
    firm.write(lambda tx: gather(tx, order_by_number(tx, number), firm.floor))
    assert len(firm.sent("1")) == 1 and list(firm.sent("1").values()) == [{1: 4, 2: 2}]
    placed(("W1", {1: 2}), ("W2", {1: 2, 2: 2}))
    numbers = [row[0] for row in firm.warehouse.all("SELECT number FROM sales_order WHERE channel_ref = '1' ORDER BY part")]
    assert numbers == [number, f"{number}-2", f"{number}-3", f"{number}-4"]


def test_a_channel_is_told_of_each_part_and_of_the_whole_only_with_the_last(firm):
    firm.rule()
    firm.put("W1", "SOAP", 5)
    firm.put("W2", "TEA", 5)
    firm.shops.give(document("1", lines=TWO))
    firm.warehouse.settle()
    assert firm.sent("1", "shop") == {"W1": {1: 2}, "W2": {2: 1}}
    assert firm.shops.paper("1") == ("taken", "")


def test_a_channel_cancels_all_parts_of_an_order(firm):
    firm.rule()
    firm.put("W1", "SOAP", 5)
    firm.put("W2", "TEA", 5)
    firm.shops.give(document("1", lines=TWO))
    firm.warehouse.settle()
    firm.shops.give(document("1", 2, stage="cancelled", lines=TWO))
    firm.warehouse.settle()
    assert firm.parts("1", "shop") == [] and firm.shops.promised("SOAP") == firm.shops.promised("TEA") == 0
    assert firm.warehouse.one("SELECT COUNT(*) FROM channel_notice") == 0 and firm.faults() == []


def test_a_channel_changes_an_order_in_parts_and_it_is_sourced_anew(firm):
    firm.rule()
    firm.put("W1", "SOAP", 5)
    firm.put("W2", "TEA", 5)
    firm.shops.give(document("1", lines=TWO))
    firm.warehouse.settle()
    assert firm.shops.give(document("1", 2, lines=(("SOAP", 3), ("TEA", 4)))).result == "taken"
    firm.warehouse.settle()
    assert firm.sent("1", "shop") == {"W1": {1: 3}, "W2": {2: 4}} and firm.faults() == []
    assert firm.shops.give(document("1", 3, lines=(("SOAP", 3),))).result == "taken"
    firm.warehouse.settle()
    assert firm.sent("1", "shop") == {"W1": {1: 3}} and firm.faults() == []


def test_an_order_that_is_not_paid_is_held_in_all_its_parts_and_all_go_when_it_is(firm):
    firm.rule()
    firm.put("W1", "SOAP", 5)
    firm.put("W2", "TEA", 5)
    firm.database.write(lambda tx: change_channel(tx, "shop", promises_unpaid=True))
    firm.shops.give(document("1", stage="unpaid", lines=TWO))
    firm.warehouse.settle()
    assert [state for _, _, state, _ in firm.parts("1", "shop")] == ["accepted", "accepted"]
    firm.shops.give(document("1", 2, lines=TWO))
    firm.warehouse.settle()
    assert [state for _, _, state, _ in firm.parts("1", "shop")] == ["released", "released"] and firm.faults() == []


def test_orders_that_wait_to_be_sourced_together_are_held_with_their_stock_and_let_go(firm):
    firm.rule("any costs 4 plus 1 per 100 km\nprefer low cost 1")
    firm.database.write(lambda tx: change_channel(tx, "shop", sourcing="together"))
    firm.put("W1", "SOAP", 1)
    firm.put("W3", "SOAP", 1)
    firm.shops.give(document("1", lines=(("SOAP", 1),)))  # to Hangzhou, which took the piece of Hangzhou
    firm.shops.give({**document("2", lines=(("SOAP", 1),)), "ship_to": HANGZHOU})
    firm.shops.give({**document("3", lines=(("SOAP", 1),)), "ship_to": BEIJING})
    firm.warehouse.settle()
    assert firm.shops.order("1")["hold"] == "sourcing" and firm.shops.promised("SOAP") == 2
    sourced = source_together(firm.database, firm.floor, seconds=5)
    firm.warehouse.settle()
    assert sourced.orders == 3 and [firm.shops.order(ref)["hold"] for ref in "123"] == ["", "", ""]
    assert firm.faults() == [] and firm.shops.promised("SOAP") == 2


def test_twenty_customers_at_once_are_promised_what_there_is_wherever_it_is_and_no_more(firm):
    firm.rule()
    firm.put("W1", "SOAP", 7)
    firm.put("W2", "SOAP", 6)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda at: firm.order(f"c{at}", ("SOAP", 1), settle=False), range(20)))
    firm.warehouse.settle()
    assert len({answer.number for answer in answers}) == 20
    assert firm.shops.promised("SOAP") == 13 and firm.faults() == []


def test_a_sourced_channel_may_sell_what_all_warehouses_together_could_send(firm):
    def may_sell():
        return [row.may_sell for row in firm.database.read(lambda tx: shown_listings(tx, firm.shops.channel().id, 0, 10))]

    firm.put("W1", "SOAP", 3)
    firm.put("W2", "SOAP", 4)
    firm.put("W3", "SOAP", 5)
    firm.database.write(lambda tx: name_item(tx, firm.shops.channel(), "SOAP", firm.warehouse.items["SOAP"], 1))
    assert may_sell() == [12]
    firm.rule("never from W3\nW2 keeps 1\nnever from W1 when country is DE")
    assert may_sell() == [3 + 3]
    version = firm.warehouse.one("SELECT version FROM listing")
    firm.order("1", ("SOAP", 2))
    firm.database.write(lambda tx: change_stocked(tx, [(firm.sites["W2"], firm.warehouse.items["SOAP"])]))
    assert may_sell() == [4] and firm.warehouse.one("SELECT version FROM listing") == version + 1
    firm.database.write(lambda tx: change_channel(tx, "shop", sourcing="off"))
    assert may_sell() == [3 - firm.warehouse.one("SELECT promised FROM availability WHERE site_id = :s", s=firm.sites["W1"])]
    assert firm.warehouse.one("SELECT version FROM listing") == version + 2


@pytest.mark.parametrize("code", ["exchange", "phone"])
def test_no_channel_is_called_as_orders_of_the_house_are(firm, code):
    with pytest.raises(Invalid, match="Choose another"):
        firm.shops.connect(code)


def test_a_channel_that_cancels_after_a_part_has_left_stops_the_rest_and_somebody_is_told(firm):
    firm.rule()
    firm.put("W1", "SOAP", 5)
    firm.put("W2", "TEA", 5)
    firm.shops.give(document("1", lines=TWO))
    firm.warehouse.settle()
    number = firm.parts("1", "shop")[0][0]
    firm.write(lambda tx: on_order_shipped(tx, OrderShipped(order_number=f"{number}-2", parcel="P1", carrier="SF", lines=((2, 1),))))
    outcome = firm.shops.give(document("1", 2, stage="cancelled", lines=TWO))
    firm.warehouse.settle()
    assert (outcome.result, outcome.code) == ("refused", "partly_gone") and f"{number}-2" in outcome.words
    assert [(one, state) for one, _, state, _ in firm.parts("1", "shop")] == [(f"{number}-2", "shipped")] and firm.shops.promised("SOAP") == 0
    assert kind_of_paper(outcome.code) == "too_late" and firm.shops.give(document("1", 3, stage="cancelled", lines=TWO)).code == "partly_gone"


def test_an_order_that_others_leave_with_is_not_taken_apart_by_stock_that_comes_elsewhere(firm):
    firm.put("W1", "TEA", 2)
    first, second = firm.order("1", ("SOAP", 1), ("TEA", 1)), firm.order("2", ("TEA", 1))
    firm.write(lambda tx: merge(tx, second.number, first.number, firm.floor))
    firm.put("W2", "SOAP", 5)
    firm.warehouse.settle()
    assert firm.sent("1") == {"W1": {1: 1, 2: 1, 3: 1}}
    assert firm.warehouse.one("SELECT COUNT(*) FROM sales_order_line WHERE origin_id IS NOT NULL") == 1 and firm.faults() == []
