"""Advice comes from a process of its own: one at a time, kept, and ended when it takes too long."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree as ET

import pytest

from server.wms.cartons import CartonType, Ware, choose_carton
from server.wms.cartons.advising import Advising
from server.wms.cartons.picture import carton_steps, full_carton
from tests.waiting import PATIENCE, until, within

BOX = CartonType(carton="M <1>", length_mm=300, width_mm=200, height_mm=150, max_weight_g=5_000, own_weight_g=150)
SOAP = Ware(item="SOAP & <CO>", count=2, length_mm=90, width_mm=60, height_mm=30, weight_g=100)
TEA = Ware(item="TEA", length_mm=80, width_mm=80, height_mm=140, weight_g=100)
ANSWER = '{"state": "chosen", "cartons": [], "first": null}'
LATE = {"state": "late", "cartons": [], "first": None, "split": [], "again_seconds": 60.0}

NOT_YET = {"state": "not_yet", "cartons": [], "first": None, "split": [], "again_seconds": 1}


@pytest.fixture
def child(tmp_path):
    """Makes an advising whose process notes each start, then does `body`; `starts()` counts them."""
    noted = tmp_path / "starts"

    def make(body: str, **more) -> Advising:
        program = tmp_path / "child.py"
        program.write_text(f"import sys, time\nopen({str(noted)!r}, 'a').write('x')\nsys.stdin.read()\n{body}\n")
        return Advising(command=(sys.executable, str(program)), **{"wait_seconds": PATIENCE, "child_seconds": 2 * PATIENCE, **more})

    make.starts = lambda: len(noted.read_text()) if noted.exists() else 0
    return make


def test_the_real_process_advises_and_weighs():
    told = Advising(wait_seconds=PATIENCE, child_seconds=PATIENCE).advise([SOAP, TEA], [BOX])
    assert (told["state"], told["cartons"], told["first"]["weight_g"], told["first"]["pieces"]) == ("chosen", [{"carton": "M <1>", "count": 1}], 450, 3)


def test_the_same_is_searched_once_however_many_ask_at_once(child):
    advising = child(f"time.sleep(0.3)\nprint({ANSWER!r})")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: advising.advise([TEA], [BOX]), range(20)))
    assert (child.starts(), {one["state"] for one in answers}) == (1, {"chosen"})


def test_another_content_or_another_carton_is_another_question(child):
    advising = child(f"print({ANSWER!r})")
    for wares, cartons in (([TEA], [BOX]), ([SOAP], [BOX]), ([TEA], [BOX, BOX]), ([TEA], [BOX])):
        advising.advise(wares, cartons)
    assert child.starts() == 3


def test_a_process_that_takes_too_long_is_ended_and_not_begun_again(child):
    advising = child("time.sleep(60)", child_seconds=0.5)
    began = time.monotonic()
    assert [advising.advise([TEA], [BOX]) for _ in range(2)] == [LATE, LATE]
    assert (child.starts(), time.monotonic() - began < within(5)) == (1, True)


@pytest.mark.parametrize(("state", "starts"), [("not_found", 2), ("none_fits", 1), ("chosen", 1)])
def test_what_only_time_prevented_is_tried_again_later(child, state, starts):
    answer = ANSWER.replace("chosen", state)
    advising = child(f"print({answer!r})", again_seconds=0)
    assert [advising.advise([TEA], [BOX])["state"] for _ in range(2)] == [state] * 2
    assert child.starts() == starts


@pytest.mark.parametrize("body", ["sys.exit(3)", "print('rubbish')", "print('')", "import os\nos.kill(os.getpid(), 9)", f"print({ANSWER[:20]!r})"])
def test_a_process_that_breaks_gives_no_advice_and_no_error(child, body):
    assert child(body).advise([TEA], [BOX])["state"] == "late"


def test_a_program_that_is_not_there_gives_no_advice():
    assert Advising(command=("/nowhere/at/all",)).advise([TEA], [BOX]) == LATE


def test_who_waits_too_long_for_others_is_told_so_and_gets_the_answer_when_asking_again(child, tmp_path):
    go = tmp_path / "go"
    advising = child(f"import pathlib\nwhile not pathlib.Path({str(go)!r}).exists():\n    time.sleep(0.01)\nprint({ANSWER!r})", wait_seconds=0.05)
    for wares in ([TEA], [SOAP], [TEA], [SOAP]):
        assert advising.advise(wares, [BOX]) == NOT_YET
    go.touch()
    for wares in ([TEA], [SOAP]):
        assert until(lambda wares=wares: advising.advise(wares, [BOX])["state"] == "chosen")
    assert child.starts() == 2


def test_twenty_who_ask_for_different_orders_at_once_are_all_answered_each_searched_once(child):
    """Whoever is told `not_yet` asks again, as the handheld does; nobody is refused and nobody is forgotten."""
    advising = child(f"print({ANSWER!r})", wait_seconds=0.1)

    def ask(number: int) -> str:
        wares = [Ware(item=f"I{number}", length_mm=10, width_mm=10, height_mm=10)]
        until(lambda: advising.advise(wares, [BOX])["state"] != "not_yet")
        return advising.advise(wares, [BOX])["state"]

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(20))) == ["chosen"] * 20
    assert child.starts() == 20


def test_questions_are_worked_out_in_the_order_of_asking(child, tmp_path):
    go, order = tmp_path / "go", tmp_path / "order"
    advising = child(f"import pathlib\nwhile not pathlib.Path({str(go)!r}).exists():\n    time.sleep(0.01)\nprint({ANSWER!r})", wait_seconds=0)
    program = tmp_path / "child.py"
    program.write_text(program.read_text().replace("sys.stdin.read()", f"open({str(order)!r}, 'a').write(__import__('json').load(sys.stdin)['items'][0]['item'] + ' ')"))
    for name in "ABCABC":
        advising.advise([Ware(item=name)], [BOX])
    go.touch()
    assert until(lambda: order.read_text() == "A B C " if order.exists() else False)


def test_more_questions_than_may_wait_are_told_to_come_again_and_then_answered(child, tmp_path):
    go = tmp_path / "go"
    advising = child(f"import pathlib\nwhile not pathlib.Path({str(go)!r}).exists():\n    time.sleep(0.01)\nprint({ANSWER!r})", wait_seconds=0,
                     queued_max=2)
    for name in "ABC":
        assert advising.advise([Ware(item=name)], [BOX]) == NOT_YET
    go.touch()
    assert until(lambda: advising.advise([Ware(item="C")], [BOX])["state"] == "chosen")


def test_the_steps_show_every_piece_once_in_its_turn():
    filled = choose_carton([SOAP, TEA], [BOX]).cartons[0]
    steps = carton_steps(filled)
    assert [[(item, count) for item, count, _ in step.items] for step in steps] == [[("TEA", 1)], [(SOAP.item, 1)], [(SOAP.item, 1)]]
    assert steps[1].items[0][2] == steps[2].items[0][2] != steps[0].items[0][2]
    for step, pieces in zip(steps, (1, 2, 3), strict=True):
        picture = ET.fromstring(step.picture)  # noqa: S314 - our own
        assert len(list(picture.iter("{http://www.w3.org/2000/svg}title"))) == pieces
        assert step.picture.count(step.items[0][2]) == 3  # the three faces of the piece that is new, and of no other


def test_more_than_nine_pieces_go_in_layer_by_layer_and_a_picture_of_all_has_no_numbers():
    filled = choose_carton([Ware(item="CUBE", count=16, length_mm=50, width_mm=50, height_mm=50, weight_g=10)],
                           [CartonType(carton="C", length_mm=200, width_mm=100, height_mm=100)]).cartons[0]
    assert [step.items[0][1] for step in carton_steps(filled)] == [8, 8]
    assert "<text" not in full_carton(filled)


def test_the_process_loads_nothing_of_the_server():
    """So that it has begun when the server would still be starting."""
    loaded = subprocess.run([sys.executable, "-c", "import server.wms.cartons.advisor, sys; print([n for n in sys.modules if n in ('sqlalchemy', 'flask', 'numpy')])"],
                            capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
