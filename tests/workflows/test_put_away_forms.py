"""What the form of a put-away says of the pallet in hand."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from server.kernel.transaction import Tx
from server.masterdata.sites import account, location_by_code
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.stock.lpns import make_lpn
from server.wms import put_away
from server.wms.put_away import want_put_away
from tests.warehouse import Warehouse


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def load(house, pallet: str, *content: tuple[str, int], case: tuple[tuple[str, int], ...] = ()) -> None:
    """A pallet at the dock that waits for its put-away; `case` is what stands on it in a case of its own."""
    def work(tx):
        on = make_lpn(tx, location_by_code(tx, "W1-DOCK"), code=pallet)
        inside = make_lpn(tx, on, kind="case", code=f"{pallet}-CASE") if case else on
        for holder, goods in ((on, content), (inside, case)):
            for item, quantity in goods:
                move(tx, Move(GoodsKey(house.items[item], house.owner_id), quantity, account(tx, house.site_id, "SUPPLIER"), holder, "receiving"))
        want_put_away(tx, on)

    house.database.write(work)


def started(house, pallet: str):
    pda = house.pda()
    pda.send("start", {"value": {"type": "lpn", "key": pallet}}, None)
    assert pda.results[-1]["status"] == "applied", pda.results[-1]
    return pda


def info(pda, pallet: str) -> dict:
    return next(form["info"] for form in pda.task["forms"] if form["info"].get("lpn") == pallet)


@pytest.mark.parametrize(("content", "case", "says"), [
    ((("SOAP", 4),), (), {"item": "SOAP", "name": "Soap", "quantity": 4, "lot": None}),
    ((("SOAP", 4),), (("SOAP", 3),), {"item": "SOAP", "name": "Soap", "quantity": 7, "lot": None}),
    ((), (("TEA", 5),), {"item": "TEA", "name": "Tea", "quantity": 5, "lot": None}),
    ((("SOAP", 4),), (("TEA", 5),), {"quantity": 9}),
    ((), (), {"quantity": 0}),
])
def test_what_stands_on_a_pallet_is_said_with_what_is_in_its_cases(house, content, case, says):
    load(house, "P-1", *content, case=case)
    pda = started(house, "P-1")
    assert {name: value for name, value in info(pda, "P-1").items() if name not in {"lpn", "location", "level", "levels"}} == says


def test_each_of_several_pallets_says_what_stands_on_it_alone(house):
    load(house, "P-1", ("SOAP", 4))
    load(house, "P-2", case=(("TEA", 5),))
    pda = started(house, "P-1")
    pda.send("join", {"lpn": "P-2"}, "join")
    assert [info(pda, code)["quantity"] for code in ("P-1", "P-2")] == [4, 5]
    assert [form["slots"][0]["value"] for form in pda.task["forms"][:2]] == ["P-1", "P-2"]


def test_who_starts_with_a_pallet_holds_it_and_a_colleague_is_told(house):
    load(house, "P-1", ("SOAP", 4))
    pda, other = started(house, "P-1"), house.pda()
    assert house.all("SELECT state, device_id FROM task WHERE kind = 'put_away'") == [("leased", pda.device.id)]
    other.send("start", {"value": {"type": "lpn", "key": "P-1"}}, None)
    assert (other.results[-1]["status"], other.results[-1]["code"]) == ("refused", "task_taken")
    assert pda.task["forms"][0]["slots"][0]["value"] == "P-1"



def test_only_a_pallet_that_there_is_is_taken_along(house):
    load(house, "P-1", ("SOAP", 4))
    pda = started(house, "P-1")
    pda.send("join", {"lpn": "P-NONE"}, "join")
    told = pda.results[-1]
    assert (told["status"], told["code"], told["message"]["args"]) == ("refused", "not_found", {"what": "P-NONE"})


def test_a_round_ends_though_its_last_two_pallets_are_brought_by_two_people_at_one_moment(house, monkeypatch):
    for pallet in ("P-1", "P-2"):
        load(house, pallet, ("SOAP", 4))
    pda, other = started(house, "P-1"), house.pda()
    pda.send("join", {"lpn": "P-2"}, "join")
    both, changed = threading.Barrier(2), Tx.changed

    def changed_together(tx, statement, **values):
        if statement is put_away._END_TASK:
            with suppress(threading.BrokenBarrierError):  # who is held back by the other never comes: then one waits in vain
                both.wait(timeout=1)
        return changed(tx, statement, **values)

    monkeypatch.setattr(Tx, "changed", changed_together)
    by_hand = {"lpn": "P-2", "to": "W1-A-05-1"}
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda send: send(), (lambda: pda.send("put_away", {"lpn": "P-1", "to": "W1-A-04-1"}, None),
                                               lambda: other.send("move", by_hand, None))))
    assert [one.results[-1]["code"] for one in (pda, other)] == ["ok"] * 2
    assert house.all("SELECT state FROM put_away") == [("done",)] * 2
    assert house.all("SELECT state FROM task WHERE id = :id", id=int(pda.sent[-1]["task"][1:])) == [("done",)]
