"""Whatever pickers do and take back, in any order: nothing is lost, and all of it undone is as it was."""

from random import Random

import pytest

from tests.pda import Pda
from tests.warehouse import Warehouse

REFUSED = {
    "already_reversed", "cannot_undo", "counted_since", "kept_by_others", "nothing_to_do", "nothing_to_undo", "order_gone_on",
    "packing_begun", "pick_gone", "picked_instead", "promised_away", "tote_holds_goods", "tote_in_use", "not_short", "invalid",
    "insufficient_stock", "task_taken", "not_found",
}


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def stocked(house, random: Random, picking: str) -> None:
    for item in ("SOAP", "TEA"):
        for zone in "AB":
            for rack in range(1, 6):
                if random.random() < 0.7:
                    house.put(item, random.randint(1, 6), f"W1-{zone}-{rack:02d}-1")
    for number in range(6):
        house.order(f"S-{number}", ("SOAP", random.randint(1, 4)), ("TEA", random.randint(1, 4)))
    house.wave(picking, orders=2)


def book(house) -> dict[str, list[tuple]]:
    return {
        "stock": house.all("SELECT holder_id, goods_id, quantity, allocated FROM balance WHERE quantity > 0 ORDER BY holder_id, goods_id"),
        "allocations": house.all("SELECT id, holder_id, quantity, picked, state, task_id, tote_id, position FROM allocation "
                                 "WHERE state <> 'voided' ORDER BY id"),
        "lines": house.all("SELECT allocated, picked, short FROM release_line ORDER BY id"),
        "releases": house.all("SELECT state FROM release ORDER BY id"),
        "orders": house.all("SELECT o.state, l.promised, l.short FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id ORDER BY l.id"),
        "promises": house.all("SELECT reference, quantity, posted, state FROM promise ORDER BY reference"),
        "suspected": house.all("SELECT code FROM location WHERE suspect = 1"),
        "counts": house.all("SELECT state, cause FROM cycle_count WHERE state <> 'cancelled'"),
        "packing": house.all("SELECT subject_id FROM task WHERE kind = 'pack' AND state = 'open' ORDER BY subject_id"),
    }


def act(house, pda: Pda, random: Random) -> None:
    """One thing that a picker does: picks, says short or damaged, takes another tote."""
    if pda.task is None:
        pda.send("claim", {"kind": "pick"}, None)
        return
    form = random.choice([one for one in pda.task["forms"] if one["state"] == "open"])
    if form["kind"] == "assign":
        pda.send("assign", {"tote": random.choice(free_totes(house))}, form["id"])
        return
    info, lot = form["info"], random.random()
    if lot < 0.5:
        pda.send("pick", {"item": info["item"], "quantity": info["quantity"], "to": info["tote"]}, form["id"])
    elif lot < 0.7:
        pda.send("short", {"quantity": random.randrange(info["quantity"]), "to": info["tote"]}, form["id"])
    elif lot < 0.85:
        pda.send("damaged", {"quantity": random.randint(1, info["quantity"])}, form["id"])
    else:
        pda.send("full", {"tote": info["tote"], "to": random.choice(free_totes(house))}, None)
    refresh(pda)


def refresh(pda: Pda) -> None:
    tasks = pda.engine.pull(pda.device, None)["tasks"]
    pda.task = next((task for task in tasks if task["kind"] == "pick"), None)


def free_totes(house) -> list[str]:
    return [row[0] for row in house.all(
        "SELECT code FROM lpn p WHERE kind = 'tote' AND NOT EXISTS (SELECT 1 FROM balance b WHERE b.holder_id = p.id AND b.quantity > 0) "
        "AND NOT EXISTS (SELECT 1 FROM allocation a WHERE a.tote_id = p.id AND a.state <> 'voided') ORDER BY code")]


@pytest.mark.parametrize("seed", range(6))
def test_all_that_a_picker_did_is_undone_to_the_book_of_the_morning(house, seed):
    random = Random(seed)
    stocked(house, random, random.choice(["single", "batch", "cluster"]))
    house.settle()
    morning, pda = book(house), house.pda()
    for _ in range(14):
        act(house, pda, random)
        if random.random() < 0.3:
            house.settle()
    undone = 0
    while pda.results[-1]["code"] != "nothing_to_undo":
        pda.task = None
        pda.send("undo", {}, None)
        assert pda.results[-1]["code"] in ("ok", "nothing_to_undo")
        undone += pda.results[-1]["status"] == "applied"
    house.settle()
    assert undone > 3
    assert book(house) == morning


@pytest.mark.parametrize("seed", range(4))
def test_two_pickers_who_do_and_undo_in_any_order_lose_nothing(house, seed):
    random = Random(100 + seed)
    stocked(house, random, random.choice(["single", "cluster"]))
    pickers = [house.pda(), house.pda()]
    for _ in range(40):
        pda = random.choice(pickers)
        if random.random() < 0.35:
            pda.task = None if random.random() < 0.5 else pda.task
            pda.send("undo", {}, None)
            refresh(pda)
        else:
            act(house, pda, random)
        assert pda.results[-1]["status"] == "applied" or pda.results[-1]["code"] in REFUSED, pda.results[-1]
        if random.random() < 0.3:
            house.settle()
    assert house.one("SELECT COUNT(*) FROM operation WHERE undone_by IS NOT NULL") > 2
