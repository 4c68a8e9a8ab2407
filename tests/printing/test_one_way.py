"""A printer that never answers is sent its labels blind: each once, and that it came out says its scan alone."""

import os
from dataclasses import replace

import pytest

from printers.ports import open_port
from server.kernel.database import Database
from server.kernel.errors import NotFound
from server.printing import jobs
from server.printing.queue import label_seen, set_answers, set_neighbour
from server.printing.spooler import Spooler
from simulators.devices.wire import PtyPort
from tests.printing.conftest import QUICK, Room
from tests.waiting import until

LASTING = replace(QUICK, blind_seconds=60)
"""For lines that are cut: that is seen at once, however long the label may take."""


def is_settled(room, code: str) -> bool:
    return room.house.one("SELECT settled_at FROM print_job WHERE code = :code ORDER BY id DESC LIMIT 1", code=code) is not None


def one_way(room) -> None:
    room.printer.fail("silent")
    room.database.write(lambda tx: set_answers(tx, "P0", "no"))


def test_a_label_is_sent_once_is_not_said_to_have_come_out_and_is_closed_by_its_scan(room_on_each):
    one_way(room_on_each)
    room_on_each.ask("LPN1")
    room_on_each.ask("LPN2")
    assert (room_on_each.once(), room_on_each.states(), is_settled(room_on_each, "LPN1")) == (0, {"sent": 2}, True)
    assert until(lambda: room_on_each.came_out() == ["LPN1", "LPN2"])
    assert room_on_each.condition()[:3] == ("one_way", "", None)
    assert room_on_each.database.read(jobs.busy_printers) == set()
    assert room_on_each.once() == 0
    room_on_each.database.write(lambda tx: label_seen(tx, "LPN1"))
    assert room_on_each.states() == {"verified": 1, "sent": 1}
    assert room_on_each.house.one("SELECT COUNT(*) FROM print_job WHERE printed_at IS NOT NULL") == 0
    assert room_on_each.came_out() == ["LPN1", "LPN2"]


def test_a_printer_answers_until_somebody_says_that_it_does_not(room):
    room.printer.fail("silent")
    room.ask("LPN1")
    assert (room.once(), room.state("LPN1"), room.condition()[0]) == (0, "held", "silent")
    one_way(room)
    room.once()
    assert (room.state("LPN1"), is_settled(room, "LPN1")) == ("sent", True)
    assert until(lambda: room.came_out() == ["LPN1"])


def test_set_to_answer_again_it_is_believed_again_and_what_was_sent_blind_stays_what_it_is(room):
    one_way(room)
    room.ask("LPN1")
    room.once()
    assert until(lambda: room.came_out() == ["LPN1"])
    room.printer.heal("silent")
    room.database.write(lambda tx: set_answers(tx, "P0", "yes"))
    room.ask("LPN2")
    assert (room.once(), room.state("LPN1"), room.state("LPN2"), room.came_out()) == (1, "sent", "printed", ["LPN1", "LPN2"])


@pytest.mark.parametrize("cut", ["in the middle", "after it"])
def test_a_line_that_is_cut_leaves_a_label_of_which_somebody_is_asked_and_no_second_one(room_on_each, cut):
    one_way(room_on_each)
    room_on_each.printer.dies_after(10) if cut == "in the middle" else room_on_each.printer.fail("cut-after-sending")
    room_on_each.ask("LPN1")
    room_on_each.ask("LPN2")
    room_on_each.once(LASTING)
    assert (room_on_each.state("LPN1"), room_on_each.state("LPN2")) == ("unknown", "held")
    assert "never answers" in room_on_each.error("LPN1")
    room_on_each.printer.heal("cut-after-sending")
    assert until(lambda: not room_on_each.printer._is_off())
    room_on_each.once()
    assert (room_on_each.state("LPN1"), room_on_each.state("LPN2")) == ("unknown", "sent")
    assert until(lambda: room_on_each.came_out() == (["LPN2"] if cut == "in the middle" else ["LPN1", "LPN2"]))


def test_what_a_process_left_in_the_middle_is_asked_about_and_what_it_had_sent_is_not(room_on_each):
    one_way(room_on_each)
    begun, gone = room_on_each.ask("LPN1"), room_on_each.ask("LPN2")
    printer = room_on_each.house.one("SELECT id FROM printer")
    for number in (begun, gone):
        room_on_each.database.write(lambda tx, number=number: jobs.claim(tx, printer, number, None))
    room_on_each.database.write(lambda tx: jobs.mark_sent(tx, gone))
    room_on_each.once()
    assert (room_on_each.state("LPN1"), room_on_each.state("LPN2"), is_settled(room_on_each, "LPN2")) == ("unknown", "sent", True)
    assert room_on_each.came_out() == []


def test_a_server_that_stops_while_a_label_should_come_out_leaves_it_to_the_next(room):
    one_way(room)
    room.ask("LPN1")
    room.spooler = Spooler(room.database, pause_seconds=0.02, patience=LASTING)
    room.spooler.start()
    assert until(lambda: room.state("LPN1") == "sent")
    room.stop()
    assert not is_settled(room, "LPN1")
    room.once()
    assert (room.state("LPN1"), is_settled(room, "LPN1")) == ("sent", True)
    assert until(room.came_out)
    room.once()
    assert room.came_out() == ["LPN1"]


def test_a_printer_that_is_not_there_holds_its_labels(room):
    one_way(room)
    room.printer.fail("offline")
    room.put(0, "socket://127.0.0.1:1")
    room.ask("LPN1")
    assert (room.once(), room.state("LPN1"), room.condition()[0]) == (0, "held", "unreachable")
    room.put(0, room.ports[0].url)
    room.printer.heal("offline")
    room.once()
    assert (room.state("LPN1"), until(room.came_out)) == ("sent", True)


def test_a_serial_line_that_only_sends_is_enough(room):
    one_way(room)
    line = PtyPort(room.printer)
    room.put(0, line.url)
    room.ask("LPN1")
    room.once()
    assert (room.state("LPN1"), is_settled(room, "LPN1")) == ("sent", True)
    assert until(lambda: room.came_out() == ["LPN1"])
    line.close()


def test_a_device_file_that_only_takes_bytes_is_never_read(tmp_path):
    path = tmp_path / "lp0"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    path.chmod(0o200)
    port = open_port(str(path), answers=False)
    port.write(b"^XA^XZ")
    assert (port.read(0.01), os.read(reader, 100)) == (b"", b"^XA^XZ")
    port.close()
    os.close(reader)


def test_it_takes_over_for_no_neighbour_since_nobody_knows_that_it_is_ready(sqlite_url):
    database = Database(sqlite_url)
    room = Room(database, 2)
    room.database.write(lambda tx: (set_answers(tx, "P1", "no"), set_neighbour(tx, "P0", "P1", 0)))
    room.ask("LPN1", at=1)
    room.once()
    room.printer.fail("media-out")
    room.ask("LPN2")
    assert (room.once(), room.state("LPN2"), room.condition(1)[0]) == (0, "held", "one_way")
    room.close()
    database.close()


def test_who_sets_a_printer_that_is_not_there_is_told(room):
    with pytest.raises(NotFound, match="no printer P9"):
        room.database.write(lambda tx: set_answers(tx, "P9", "no"))
