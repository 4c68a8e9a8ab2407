"""Returns: announced under a number, scanned on the floor by it, counted by grade; never more than was shipped."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.events import GoodsReturned, ReturnUndone
from server.kernel.clock import DAY
from server.kernel.errors import Conflict, Invalid
from server.oms.return_counting import on_goods_returned, on_return_undone
from server.oms.returns import (
    NewReturn,
    OverReturned,
    ReturnIsOver,
    announce,
    cancel_return,
    expire_returns,
    returnable_lines,
    returns_of_order,
)
from server.reactions import JOBS
from server.wms.return_papers import end_papers
from tests.oms.conftest import document
from tests.oms.return_walk import (
    announced,
    audited,
    leave,
    numbers,
    order_head,
    scan,
    seen,
    send,
    with_returns_area,
)
from tests.oms.test_story import entry, told
from tests.stations.test_screens import acts, bind, put
from tests.warehouse import ITEMS

SOAP, TEA = ITEMS["SOAP"], ITEMS["TEA"]


@pytest.fixture
def home(shops):
    with_returns_area(shops)
    return shops


def rest(shops, order):
    head = order_head(shops, order)
    return shops.database.read(lambda tx: {one.item: one.rest for one in returnable_lines(tx, head.id)})


def papers(shops):
    return shops.warehouse.all("SELECT n.code, n.state, r.code FROM inbound n JOIN return_paper p ON p.inbound_id = n.id JOIN release r ON r.id = p.release_id ORDER BY n.id")


def test_its_number_is_scanned_as_a_return_paper_and_each_piece_counts_by_its_grade(home):
    order = send(home)
    number = announced(home, order, [(1, 3)])
    assert number == "RMA-000001"
    pda = scan(home, number)
    assert (pda.task["kind"], pda.task["document"]) == ("return", number)
    for grade, state in (("RESTOCK", (3, 1, 0, 0)), ("QUARANTINE", (3, 1, 1, 0)), ("SCRAP", (3, 1, 1, 1))):
        scan(home, SOAP, f"GRADE-{grade}", pda=pda)
        assert seen(home, number) == ("received", "", 0, [("SOAP", *state)])
    assert papers(home) == [(number, "received", order)]
    assert audited(home, number) == ["rma.announced", "inbound.made", "rma.counted", "rma.counted", "rma.counted"]


def test_the_scanner_of_a_returns_table_takes_its_number_too(home):
    number = announced(home, send(home), [(1, 3)])
    house = home.warehouse
    put(house, "returns")
    pda = bind(house, house.pda())
    for code in (number, SOAP, "GRADE-SCRAP"):
        assert acts(house, "hand_on", {"text": code})["code"] == "handed_on"
        scan(home, house.engine.pull(pda.device, None, 0)["scans"][-1]["text"], pda=pda)
    assert seen(home, number) == ("received", "", 0, [("SOAP", 3, 0, 0, 1)])


def test_who_wanted_it_and_why_is_in_the_audit_and_in_the_orders_story(home):
    order = send(home)
    number = announced(home, order, [(1, 1)], reason="damaged")
    assert "rma.announced" in audited(home, number)
    args = entry(home, order, "return_announced")["args"]
    assert (args["return"], args["by"], args["reason"], args["lines"]) == (number, "staff", "damaged", [{"item": "SOAP", "quantity": 1}])
    home.database.write(lambda tx: cancel_return(tx, number, "kept it"))
    assert told(home, order)[-2:] == ["return_announced", "return_cancelled"]


def test_over_all_returns_no_more_is_announced_than_was_shipped(home):
    order = send(home)
    announced(home, order, [(1, 2)])
    with pytest.raises(OverReturned) as refused:
        announced(home, order, [(1, 2)])
    assert refused.value.args_["rest"] == 1
    assert numbers(home) == ["RMA-000001"], "nothing is half written, and no number is lost"
    announced(home, order, [(1, 1)])
    assert (numbers(home), rest(home, order)) == (["RMA-000001", "RMA-000002"], {"SOAP": 0})


@pytest.mark.parametrize("change", ["announced = shipped + 1", "refunded = paid + 1", "announced = -1"])
def test_the_database_holds_what_was_shipped_and_paid_by_itself(home, change):
    announced(home, send(home))
    with pytest.raises(IntegrityError):
        home.database.write(lambda tx: tx.execute(text(f"UPDATE line_return SET {change}")))


@pytest.mark.parametrize(("lines", "reason"), [([(2, 1)], "other"), ([(1, 0)], "other"), ([(1, 1), (1, 1)], "other"), ([], "other"), ([(1, 1)], "no such")])
def test_a_line_that_never_left_a_line_named_twice_or_a_reason_of_nobodys_is_refused(home, lines, reason):
    order = send(home)
    with pytest.raises(Invalid):
        announced(home, order, lines, reason)
    assert numbers(home) == []


def test_what_has_not_left_yet_cannot_come_back(home):
    home.give(document("1"))
    home.warehouse.settle()
    with pytest.raises(Invalid):
        announced(home, home.order("1")["number"], [(1, 1)])


def test_what_comes_in_a_parcel_that_nobody_announced_makes_a_return_by_itself(home):
    order = send(home, lines=(("SOAP", 2), ("TEA", 1)))
    sscc = home.warehouse.one("SELECT p.code FROM carton c JOIN lpn p ON p.id = c.lpn_id")
    scan(home, f"(00){sscc}", SOAP, "GRADE-RESTOCK", TEA, "GRADE-SCRAP", SOAP, "GRADE-QUARANTINE")
    assert numbers(home) == ["RMA-000001"], "one for the whole parcel"
    assert seen(home, "RMA-000001") == ("received", "", 0, [("SOAP", 2, 1, 1, 0), ("TEA", 1, 0, 0, 1)])
    made_by, expires_at = home.warehouse.all("SELECT made_by, expires_at FROM rma")[0]
    assert (made_by, expires_at) == ("floor", None)
    assert entry(home, order, "return_announced")["args"]["by"] == "floor"


def test_more_in_the_parcel_than_was_announced_is_of_the_same_return(home):
    order = send(home)
    number = announced(home, order, [(1, 1)])
    scan(home, number, SOAP, SOAP, "GRADE-RESTOCK")
    assert (numbers(home), seen(home, number)[3]) == ([number], [("SOAP", 2, 2, 0, 0)])
    assert rest(home, order) == {"SOAP": 1}


def test_what_comes_after_a_return_is_complete_is_a_return_of_its_own(home):
    order = send(home)
    number = announced(home, order, [(1, 1)])
    scan(home, number, SOAP, "GRADE-RESTOCK")
    scan(home, order, SOAP, "GRADE-SCRAP")
    assert (seen(home, number)[3], seen(home, "RMA-000002")[3]) == ([("SOAP", 1, 1, 0, 0)], [("SOAP", 1, 0, 0, 1)])


def test_a_parcel_scanned_by_its_label_counts_onto_what_was_announced(home):
    order = send(home)
    number = announced(home, order, [(1, 2)])
    scan(home, order, SOAP, SOAP, "GRADE-RESTOCK")
    assert (numbers(home), seen(home, number)[3]) == ([number], [("SOAP", 2, 2, 0, 0)])


def test_two_returns_of_one_order_each_get_what_is_scanned_by_their_own_number(home):
    order = send(home)
    first, second = announced(home, order, [(1, 1)]), announced(home, order, [(1, 1)])
    scan(home, second, SOAP, "GRADE-SCRAP")
    assert (seen(home, first)[0], seen(home, second)[3]) == ("announced", [("SOAP", 1, 0, 0, 1)])


def test_a_grade_that_was_undone_is_off_the_return_and_expected_again(home):
    order = send(home)
    number = announced(home, order, [(1, 2)])
    pda = scan(home, number, SOAP, "GRADE-SCRAP")
    scan(home, "CMD-UNDO", pda=pda)
    assert seen(home, number) == ("announced", "", 0, [("SOAP", 2, 0, 0, 0)])
    assert rest(home, order) == {"SOAP": 1}


def test_what_came_by_itself_and_was_undone_was_never_there(home):
    order = send(home)
    pda = scan(home, order, SOAP, "GRADE-RESTOCK")
    assert rest(home, order) == {"SOAP": 2}
    scan(home, "CMD-UNDO", pda=pda)
    assert (seen(home, "RMA-000001")[0], rest(home, order)) == ("cancelled", {"SOAP": 3})


def test_an_undo_that_is_told_before_the_return_is_told_again_later(home):
    order = send(home)
    event = ReturnUndone(order, 1, home.warehouse.items["SOAP"], 1, "SCRAP")
    with pytest.raises(Conflict):
        home.database.write(lambda tx: on_return_undone(tx, event))


def test_a_return_told_before_its_shipment_is_told_again_later(home):
    order = send(home)
    home.database.write(lambda tx: tx.execute(text("UPDATE sales_order_line SET shipped = 1")))
    event = GoodsReturned(order, 1, home.warehouse.items["SOAP"], 2, "SCRAP")
    with pytest.raises(Conflict):
        home.database.write(lambda tx: on_goods_returned(tx, event))


def test_an_event_of_an_older_version_without_paper_and_grade_is_taken_back_all_the_same(home):
    order = send(home)
    scan(home, order, SOAP, "GRADE-QUARANTINE")
    home.database.write(lambda tx: on_return_undone(tx, ReturnUndone(order, 1, home.warehouse.items["SOAP"], 1)))
    assert rest(home, order) == {"SOAP": 3}


def test_an_order_that_left_in_two_parts_has_a_paper_for_each_and_one_code_finds_both(home):
    order = home.warehouse.order("two", ("SOAP", 150)).number
    leave(home)
    home.warehouse.put("SOAP", 60, "W1-A-03-1")
    home.warehouse.settle()
    leave(home)
    assert home.warehouse.all("SELECT code, state FROM release ORDER BY id") == [(order, "shipped"), (f"{order}~2", "shipped")]
    number = announced(home, order, [(1, 120)])
    assert papers(home) == [(number, "expected", order), (f"{number}~2", "expected", f"{order}~2")]
    pda = scan(home, number, SOAP)
    pda.send("return", {"item": "SOAP", "quantity": 100, "grade": "GRADE-RESTOCK"}, pda.task["forms"][0]["id"])
    home.warehouse.settle()
    pda = scan(home, number)
    assert pda.task["document"] == f"{number}~2"
    pda.send("return", {"item": "SOAP", "quantity": 20, "grade": "GRADE-RESTOCK"}, pda.task["forms"][0]["id"])
    home.warehouse.settle()
    assert seen(home, number)[3] == [("SOAP", 120, 120, 0, 0)]
    assert [state for _, state, _ in papers(home)] == ["received", "received"]


def test_two_returns_of_an_order_in_two_parts_do_not_wait_for_the_same_part(home):
    order = home.warehouse.order("two", ("SOAP", 101)).number
    leave(home)
    home.warehouse.put("SOAP", 5, "W1-A-03-1")
    home.warehouse.settle()
    leave(home)
    announced(home, order, [(1, 100)])
    second = announced(home, order, [(1, 1)])
    assert papers(home)[-1] == (second, "expected", f"{order}~2")


def test_a_cancelled_return_frees_what_it_announced_and_is_not_waited_for(home):
    order = send(home)
    number = announced(home, order, [(1, 2)])
    home.database.write(lambda tx: (cancel_return(tx, number, "kept"), end_papers(tx, number)))
    assert (seen(home, number)[0], rest(home, order), papers(home)[0][1]) == ("cancelled", {"SOAP": 3}, "cancelled")
    with pytest.raises(ReturnIsOver):
        home.database.write(lambda tx: cancel_return(tx, number, "again"))


def test_what_has_come_in_part_cannot_be_cancelled(home):
    number = announced(home, send(home), [(1, 2)])
    scan(home, number, SOAP, "GRADE-RESTOCK")
    with pytest.raises(ReturnIsOver):
        home.database.write(lambda tx: cancel_return(tx, number, "no"))


def test_what_is_waited_for_too_long_is_given_up_with_its_paper_and_what_came_is_not(home):
    order = send(home)
    late, came = announced(home, order, [(1, 1)]), announced(home, order, [(1, 1)])
    scan(home, came, SOAP, "GRADE-RESTOCK")
    assert home.database.write(expire_returns) == []
    home.database.write(lambda tx: tx.execute(text("UPDATE rma SET expires_at = expires_at - :all"), {"all": 100 * DAY}))
    home.database.write(lambda tx: JOBS["expire"](tx, {}))
    assert (seen(home, late)[0], seen(home, came)[0], rest(home, order)) == ("expired", "received", {"SOAP": 2})
    assert papers(home)[0][:2] == (late, "cancelled")


def test_an_order_tells_all_its_returns(home):
    order = send(home)
    made = [announced(home, order, [(1, 1)]) for _ in range(2)]
    head = order_head(home, order)
    assert [one.number for one in home.database.read(lambda tx: returns_of_order(tx, head.id))] == made


def test_many_announce_the_last_piece_at_once_and_one_gets_it(home):
    order = send(home, lines=(("SOAP", 1),))

    def one(_):
        try:
            return home.database.write(lambda tx: announce(tx, NewReturn(order=order, lines=[(1, 1)], reason="other")))
        except OverReturned:
            return None

    with ThreadPoolExecutor(6) as pool:
        assert len([found for found in pool.map(one, range(6)) if found]) == 1
    assert rest(home, order) == {"SOAP": 0}
