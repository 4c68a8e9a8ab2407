"""Rules are tried on the orders that came, before they are used."""



import pytest
from sqlalchemy import text

from server.kernel.errors import Invalid
from server.oms.orders import cancel_order
from server.oms.sourcing.ruling import activate, active_head, draft, rules_by_id, versions
from server.oms.sourcing.trying import trial_by_id, try_job, want_trial
from tests.oms.sourcing.conftest import BEIJING, HANGZHOU

NEAREST = "prefer nearest 1\nany costs 5 plus 1 per 100 km\nprefer few parcels 1"


def tried(firm, body=NEAREST, days=30):
    number = firm.database.write(lambda tx: want_trial(tx, body, days, "BOSS"))
    firm.warehouse.settle()
    trial = firm.database.read(lambda tx: trial_by_id(tx, number))
    assert trial.state == "done"
    return trial.result


def test_the_tried_rules_are_shown_beside_what_was_and_todays(firm):
    firm.rule("prefer W2 1")
    for site in ("W1", "W2"):
        firm.put(site, "SOAP", 10)
    for ref in "123":
        firm.order(ref, ("SOAP", 1), ship_to=HANGZHOU)
    firm.order("4", ("SOAP", 1), ship_to=BEIJING)
    result = tried(firm)
    assert result["orders"] == 4 and result["changed"] == 3 and result["examples"][0] == {"number": "ORD-000001", "today": ["W2"], "tried": ["W1"]}
    assert result["was"]["by_site"] == result["today"]["by_site"] == {"W2": 4} and result["tried"]["by_site"] == {"W1": 3, "W2": 1}
    assert result["tried"]["cost"] < result["was"]["cost"] == result["today"]["cost"] and result["tried"]["km_a_parcel"] < result["was"]["km_a_parcel"]
    assert [result[name]["parcels"] for name in ("was", "today", "tried")] == [4, 4, 4] and result["tried"]["split"] == 0


def test_a_trial_starts_from_the_stock_that_the_orders_took_and_no_more(firm):
    firm.rule("prefer W2 1")
    firm.put("W2", "SOAP", 3)
    firm.put("W1", "SOAP", 1)
    for ref in "123":
        firm.order(ref, ("SOAP", 1))
    assert tried(firm)["tried"]["by_site"] == {"W1": 1, "W2": 2}


def test_parts_of_an_order_are_one_order_of_several_parcels(firm):
    firm.rule()
    firm.put("W1", "SOAP", 3)
    firm.put("W2", "TEA", 3)
    firm.order("1", ("SOAP", 1), ("TEA", 1))
    result = tried(firm)
    assert (result["orders"], result["was"]["parcels"], result["was"]["split"], result["tried"]["split"]) == (1, 2, 1, 1)


def test_cancelled_and_old_orders_are_left_out(firm):
    firm.put("W1", "SOAP", 9)
    firm.order("1", ("SOAP", 1))
    number = firm.order("2", ("SOAP", 1)).number
    firm.write(lambda tx: cancel_order(tx, number, "x"))
    assert tried(firm)["orders"] == 1
    firm.write(lambda tx: tx.execute(text("UPDATE sales_order SET created_at = created_at - 200000000")))
    assert tried(firm, days=1)["orders"] == 0 and tried(firm, days=3)["orders"] == 1


def test_a_trial_that_is_run_twice_comes_to_the_same(firm):
    firm.put("W1", "SOAP", 9)
    firm.order("1", ("SOAP", 1))
    number = firm.database.write(lambda tx: want_trial(tx, NEAREST, 30, "BOSS"))
    for _ in range(2):
        try_job(firm.database, {"trial": number})
    assert firm.database.read(lambda tx: trial_by_id(tx, number)).result["orders"] == 1


def test_a_text_is_kept_as_a_draft_put_in_force_and_taken_up_again(firm):
    first, second = (firm.database.write(lambda tx, name=name: draft(tx, name, NEAREST, "BOSS")) for name in ("one", "two"))
    assert firm.database.read(active_head) is None
    for number in (first, second, first):
        firm.database.write(lambda tx, number=number: activate(tx, number))
        assert firm.database.read(active_head).id == number
    assert [(row.name, row.state) for row in firm.database.read(versions)] == [("one", "active"), ("two", "retired")]
    assert firm.database.read(lambda tx: rules_by_id(tx, second)).body == NEAREST
    audited = [row[0] for row in firm.warehouse.all("SELECT action FROM audit WHERE action LIKE 'sourcing_rules.%' ORDER BY id")]
    assert audited == ["sourcing_rules.drafted"] * 2 + ["sourcing_rules.activated"] * 3


@pytest.mark.parametrize("body, what", [("prefer nowhere", "nowhere. is not understood"), ("only from W9", "no warehouse W9")])
def test_wrong_rules_are_neither_kept_nor_tried(firm, body, what):
    for work in (lambda tx: draft(tx, "x", body, "BOSS"), lambda tx: want_trial(tx, body, 30, "BOSS")):
        with pytest.raises(Invalid, match=what):
            firm.database.write(work)


def test_the_database_keeps_two_texts_from_being_in_force(firm):
    firm.rule()
    with pytest.raises(Exception, match=r"(?i)unique"):
        firm.database.write(lambda tx: tx.execute(text(
            "INSERT INTO sourcing_rules (name, body, state, made_at, active_from) VALUES ('x', '', 'active', 1, 1)")))
    assert firm.database.read(active_head).name == "rules"
