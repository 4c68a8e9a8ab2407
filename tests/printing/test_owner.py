"""A label goes out once, is seen to come out, waits where somebody is needed, and is asked about where nobody can tell."""

import time

import pytest

from server.kernel.database import Database
from server.kernel.errors import Conflict, Invalid, NotFound
from server.printing.queue import (
    NewLabel,
    answer_unknown,
    cancel_job,
    label_seen,
    print_at,
    printer_named,
    reprint_job,
    set_neighbour,
)
from server.printing.spooler import Spooler
from simulators.devices.printer import LabelPrinter
from simulators.devices.wire import PtyPort, TcpPort
from tests.printing.conftest import QUICK, Room
from tests.waiting import until, within

FAULTS = [("media-out", "paper_out", "new roll"), ("ribbon-out", "ribbon_out", "new ribbon"), ("head-open", "head_open", "Close the print head"),
          ("paused", "paused", "Press PAUSE"), ("silent", "silent", "switched on"), ("offline", "unreachable", "switched on"),
          ("rubbish", "not_a_printer", "no label printer"), ("wrong-port", "not_a_printer", "HTTP/1.1 400")]


def test_a_label_is_printed_when_the_odometer_says_so(room_on_each):
    room_on_each.ask("LPN1")
    assert (room_on_each.once(), room_on_each.state("LPN1"), room_on_each.came_out()) == (1, "printed", ["LPN1"])
    assert room_on_each.house.one("SELECT odometer_before FROM print_job") == 1000
    assert room_on_each.condition() == ("ready", "", 1001, "ZD421-203dpi")


@pytest.mark.parametrize(("fault", "code", "words"), FAULTS)
def test_what_is_wrong_holds_the_label_says_what_to_do_and_ends_by_itself(room, fault, code, words):
    room.printer.fail(fault)
    room.ask("LPN1")
    assert (room.once(), room.state("LPN1"), room.came_out()) == (0, "held", [])
    assert words in room.error("LPN1") and "P0 (socket://" in room.error("LPN1")
    assert room.condition()[0] == code
    assert room.printer.odometer == 1000 and not room.printer.spoiled
    room.printer.heal(fault)
    assert (room.once(), room.state("LPN1"), room.came_out()) == (1, "printed", ["LPN1"])
    assert room.condition()[0] == "ready"


def test_each_fault_that_begins_and_each_label_that_is_asked_about_is_an_error_of_its_printer(room_on_each):
    room, seen = room_on_each, []
    for fault in ("media-out", "head-open"):
        room.printer.fail(fault)
        room.ask(fault)
        for _ in range(3):
            room.once()  # the same fault is one error, however often it is looked at
        seen.append(room.errors())
        room.printer.heal(fault)
        room.once()
    room.database.write(lambda tx: print_at(tx, printer_named(tx, "P0").id, NewLabel(label="file", code="F", zpl="^XA^XZ")))
    room.once()
    assert (seen, room.state("F"), room.errors()) == ([1, 2], "unknown", 3)
    room.ask("LPN1")
    assert (room.once(), room.errors()) == (1, 3)


def test_a_printer_tells_how_long_its_last_label_took_to_come_out(room_on_each):
    assert room_on_each.told()["latency_ms"] is None
    room_on_each.printer.label_seconds = 0.3
    room_on_each.ask("LPN1")
    room_on_each.once()
    assert 300 <= room_on_each.told()["latency_ms"] < 30_000
    assert room_on_each.told()["errors_hour"] == 0


@pytest.mark.parametrize("fault", ["media-out", "ribbon-out", "head-open", "paused"])
def test_a_label_in_the_printer_when_it_stops_is_printed_by_the_printer_itself_and_not_sent_again(room, fault):
    room.printer.label_seconds = 60
    room.start()
    room.ask("LPN1")
    assert until(lambda: room.state("LPN1") == "sent" and room.printer.is_under_way)
    room.printer.fail(fault)
    assert until(lambda: room.state("LPN1") == "held")
    assert "P0" in room.error("LPN1")
    room.printer.label_seconds = 0.01
    # a label that is under way comes out of a paused printer, and is spoiled where something else is wrong
    assert until(lambda: room.printer.labels if fault == "paused" else room.printer.spoiled)
    room.printer.heal(fault)
    assert until(lambda: room.state("LPN1") == "printed")
    assert room.came_out() == ["LPN1"]


def test_a_printer_that_runs_out_while_it_is_asked_what_lies_in_it_is_out_and_not_one_that_does_not_say(room):
    room.printer.label_seconds = 60
    room.printer._host_status = lambda: room.printer.fail("media-out") or b""
    room.ask("LPN1")
    assert (room.once(), room.state("LPN1")) == (0, "held")
    assert "new roll" in room.error("LPN1")


def test_a_label_that_comes_out_while_it_is_asked_what_lies_in_the_printer_is_printed_however_long_that_takes(room):
    room.printer.label_seconds = 60
    status = room.printer._host_status

    def slowly():
        room.printer.label_seconds = 0.01
        assert until(lambda: room.printer.labels)
        time.sleep(2 * QUICK.quiet_seconds)
        return status()

    room.printer._host_status = slowly
    room.ask("LPN1")
    assert (room.once(), room.state("LPN1"), room.error("LPN1")) == (1, "printed", "")


def test_when_the_paper_runs_out_in_the_middle_of_fifty_labels_each_comes_out_once_and_in_order(room):
    codes = [f"LPN{number:02}" for number in range(50)]
    for code in codes:
        room.ask(code)
    room.start()
    assert until(lambda: len(room.printer.labels) >= 20)
    room.printer.fail("media-out")
    assert until(lambda: "held" in room.states())
    assert "new roll" in room.error("LPN49")
    room.printer.heal("media-out")
    assert until(lambda: room.states() == {"printed": 50})
    assert room.came_out() == codes


def test_a_line_that_is_cut_after_the_label_went_out_is_settled_by_the_odometer(room_on_each):
    room_on_each.printer.fail("cut-after-sending")
    room_on_each.ask("LPN1")
    assert (room_on_each.once(), room_on_each.state("LPN1")) == (0, "held")
    room_on_each.printer.heal("cut-after-sending")
    assert (room_on_each.once(), room_on_each.state("LPN1"), room_on_each.came_out()) == (1, "printed", ["LPN1"])


def test_without_an_odometer_a_lost_line_leaves_a_label_of_which_somebody_is_asked(room):
    room.printer.fail("no-odometer")
    room.ask("LPN1")
    assert (room.once(), room.state("LPN1")) == (1, "printed")  # the line was never lost and nothing lies in the printer
    room.printer.fail("cut-after-sending")
    room.ask("LPN2")
    room.once()
    room.printer.heal("cut-after-sending")
    assert (room.once(), room.state("LPN2")) == (0, "unknown")
    assert "Look for it" in room.error("LPN2")
    room.once()
    time.sleep(0.1)
    assert room.came_out() == ["LPN1", "LPN2"]


def test_an_odometer_that_ran_on_meanwhile_decides_nothing(room):
    room.printer.dies_after(10)
    room.ask("LPN1")
    room.once()
    until(lambda: not room.printer._is_off())
    room.printer.odometer += 2  # somebody else printed
    assert (room.once(), room.state("LPN1")) == (0, "unknown")


def unknown(room: Room, code: str) -> int:
    room.printer.fail("no-odometer")
    room.printer.fail("cut-after-sending")
    number = room.ask(code)
    room.once()
    room.printer.heal("cut-after-sending")
    assert until(lambda: (room.once(), room.state(code))[1] == "unknown")
    return number


def test_the_answer_that_it_came_out_closes_the_question(room):
    number = unknown(room, "LPN1")
    assert room.database.write(lambda tx: answer_unknown(tx, number, came_out=True)) == number
    assert room.state("LPN1") == "printed"
    with pytest.raises(Conflict, match="nobody asks"):
        room.database.write(lambda tx: answer_unknown(tx, number, came_out=True))


def test_the_answer_that_it_did_not_prints_it_again_with_a_mark(room_on_each):
    number = unknown(room_on_each, "LPN1")
    other = room_on_each.database.write(lambda tx: answer_unknown(tx, number, came_out=False))
    assert room_on_each.once() == 1
    assert room_on_each.house.all("SELECT id, state, reprint_of_id FROM print_job ORDER BY id") == [(number, "cancelled", None), (other, "printed", number)]
    assert room_on_each.came_out() == ["LPN1", "LPN1 REPRINT"]


def test_a_scan_of_the_fresh_label_closes_whatever_was_thought_of_it(room):
    unknown(room, "LPN1")
    room.ask("LPN2")
    room.once()
    for code in ("LPN1", "LPN2"):
        assert room.database.write(lambda tx, code=code: label_seen(tx, code))
        assert room.state(code) == "verified"


def test_a_reprint_carries_the_mark_once_and_comes_out_where_the_label_was(room):
    number = room.ask("LPN1")
    again = room.database.write(lambda tx: reprint_job(tx, number))
    room.database.write(lambda tx: reprint_job(tx, again))
    assert room.once() == 3
    assert room.came_out() == ["LPN1", "LPN1 REPRINT", "LPN1 REPRINT"]
    assert room.printer.labels[2].count(b"REPRINT") == 1


@pytest.mark.parametrize("copies", [0, -1, 501, 10_000])
def test_copies_beyond_the_limit_are_refused_and_nothing_is_printed(room, copies):
    def work(tx):
        return print_at(tx, printer_named(tx, "P0").id, NewLabel(label="file", code="F", zpl="^XA^FDx^FS^XZ", copies=copies))

    with pytest.raises(Invalid, match="1 to 500"):
        room.database.write(work)
    assert room.states() == {}


def test_a_printer_that_does_not_tell_what_became_of_a_label_has_it_asked_about(room):
    for fault in ("no-odometer", "no-host-status"):
        room.printer.fail(fault)
    room.ask("LPN1")
    assert (room.once(), room.state("LPN1"), room.came_out()) == (0, "unknown", ["LPN1"])
    assert "does not say" in room.error("LPN1")


def test_copies_are_one_job_which_is_printed_when_all_have_come_out(room):
    room.database.write(lambda tx: print_at(tx, printer_named(tx, "P0").id, NewLabel(label="file", code="F", zpl="^XA^FDF^FS^XZ", copies=7)))
    assert (room.once(), room.state("F"), room.came_out()) == (1, "printed", ["F"] * 7)


def test_copies_of_which_some_came_out_are_asked_about(room):
    room.printer.label_seconds = 0.3
    room.database.write(lambda tx: print_at(tx, printer_named(tx, "P0").id, NewLabel(label="file", code="F", zpl="^XA^FDF^FS^XZ", copies=9)))
    room.start()
    assert until(lambda: len(room.printer.labels) >= 3)
    room.printer.dies_after(0)
    assert until(lambda: room.state("F") == "unknown")
    assert f"{len(room.printer.labels)} of 9 came out" in room.error("F")


def test_a_label_that_the_printer_takes_and_does_not_print_is_asked_about_and_not_sent_again(room):
    room.database.write(lambda tx: print_at(tx, printer_named(tx, "P0").id, NewLabel(label="file", code="F", zpl="^XA^XZ")))
    room.ask("LPN1")
    room.start()
    assert until(lambda: room.state("F") == "unknown")
    assert "nothing came out" in room.error("F")
    assert until(lambda: room.state("LPN1") == "printed")
    assert room.came_out() == ["LPN1"]


def test_a_label_whose_line_is_lost_each_time_is_asked_about_in_the_end(room):
    room.ask("LPN1")
    for _ in range(3):
        room.printer.dies_after(10)
        room.once()
        assert until(lambda: not room.printer._is_off())
    room.once()
    assert (room.state("LPN1"), room.came_out()) == ("unknown", [])
    assert "sent 3 times" in room.error("LPN1")


def test_what_is_no_label_is_refused(room):
    with pytest.raises(Invalid, match="no label"):
        room.database.write(lambda tx: print_at(tx, printer_named(tx, "P0").id, NewLabel(label="file", code="F", zpl="hello")))


def test_only_a_label_that_was_not_sent_can_be_cancelled(room):
    room.printer.fail("media-out")
    waits = room.ask("LPN1")
    room.once()
    room.database.write(lambda tx: cancel_job(tx, waits))
    assert room.state("LPN1") == "cancelled"
    room.printer.heal("media-out")
    sent = room.ask("LPN2")
    room.once()
    with pytest.raises(Conflict, match="is printed"):
        room.database.write(lambda tx: cancel_job(tx, sent))
    with pytest.raises(NotFound, match="no label 999"):
        room.database.write(lambda tx: cancel_job(tx, 999))
    assert room.came_out() == ["LPN2"]


@pytest.mark.parametrize("url", ["gopher://x", "socket://nowhere", "socket://h:99999", "/dev/ttyS0?baud=fast", "/dev/no-such-printer", "file:///proc/no/labels"])
def test_an_address_that_opens_nothing_holds_the_labels_and_says_why(room, url):
    room.put(0, url)
    room.ask("LPN1")
    assert (room.once(), room.state("LPN1")) == (0, "held")
    assert len(room.error("LPN1")) > 30


def test_an_older_model_that_knows_neither_query_nor_odometer_prints_and_is_believed(sqlite_url):
    database = Database(sqlite_url)
    room = Room(database, model="LP2844")
    room.printer.label_seconds = 0.05
    room.ask("LPN1")
    assert (room.once(), room.state("LPN1")) == (1, "printed")
    room.printer.fail("head-open")
    room.ask("LPN2")
    assert room.once() == 0 and "out of labels or ribbon, or open" in room.error("LPN2")
    room.close()
    database.close()


def test_a_printer_at_a_serial_line_is_one_like_the_others(room, tmp_path):
    printer = LabelPrinter(label_seconds=0.01)
    port = PtyPort(printer, tmp_path / "printer")
    room.put(0, f"{tmp_path / 'printer'}?baud=19200&flow=xonxoff")
    room.ask("LPN1")
    assert (room.once(), len(printer.labels)) == (1, 1)
    port.unplug()
    room.ask("LPN2")
    assert room.once() == 0 and "plugged in" in room.error("LPN2")
    port.plug_in()
    assert (room.once(), len(printer.labels)) == (1, 2)
    port.close()


def test_a_folder_takes_a_label_once_however_often_it_is_written(room, tmp_path):
    room.put(0, tmp_path.as_uri())
    room.ask("LPN1")
    assert (room.once(), room.state("LPN1")) == (1, "printed")
    assert [path.name for path in tmp_path.glob("*.zpl")] == ["lpn-LPN1-0.zpl"]


@pytest.fixture
def two(sqlite_url):
    database = Database(sqlite_url)
    room = Room(database, 2)
    yield room
    room.close()
    database.close()


def neighbours(room: Room, after_seconds: int) -> None:
    room.database.write(lambda tx: set_neighbour(tx, "P0", "P1", after_seconds))


def test_by_its_rule_a_printer_that_is_out_hands_over_what_it_was_not_sent(two):
    neighbours(two, 0)
    two.printer.fail("media-out")  # before it is looked at first: what it was sent while it was well would stay with it
    two.start()
    assert until(lambda: two.condition(1)[0] == "ready")
    for number in range(3):
        two.ask(f"LPN{number}")
    assert until(lambda: two.states() == {"printed": 3})
    assert (sorted(two.came_out(1)), two.came_out()) == (["LPN0", "LPN1", "LPN2"], [])


def test_a_label_that_was_sent_never_goes_to_the_neighbour(two):
    neighbours(two, 0)
    two.printer.label_seconds = 60
    two.start()
    assert until(lambda: two.condition(1)[0] == "ready")
    two.ask("LPN1")
    assert until(lambda: two.state("LPN1") == "sent")
    two.printer.fail("media-out")
    two.ask("LPN2")
    assert until(lambda: two.state("LPN2") == "printed" and two.state("LPN1") == "held")
    two.printer.label_seconds = 0.01
    two.printer.heal("media-out")
    assert until(lambda: two.state("LPN1") == "printed")
    assert (two.came_out(), two.came_out(1)) == (["LPN1"], ["LPN2"])


def test_before_its_time_and_to_a_neighbour_that_is_out_nothing_is_handed_over(two):
    neighbours(two, 3600)
    two.printers[0].fail("media-out")
    two.ask("LPN1")
    two.once()
    neighbours(two, 0)
    two.printers[1].fail("offline")
    two.once()
    assert (two.state("LPN1"), two.came_out(1)) == ("held", [])


@pytest.mark.parametrize(("neighbour", "after", "error"), [("P0", 5, Invalid), ("P1", -1, Invalid), ("P1", 90_000, Invalid), ("P9", 5, NotFound)])
def test_a_rule_that_cannot_hold_is_refused(two, neighbour, after, error):
    with pytest.raises(error):
        two.database.write(lambda tx: set_neighbour(tx, "P0", neighbour, after))


def test_a_printer_that_is_slow_or_out_holds_up_no_other(sqlite_url):
    database = Database(sqlite_url)
    room = Room(database, 3)
    room.printers[0].fail("slow")
    room.printers[1].fail("silent")
    for number in range(10):
        for at in range(3):
            room.ask(f"LPN{at}-{number}", at)
    room.start()
    assert until(lambda: len(room.printers[2].labels) == 10)
    assert len(room.printers[0].labels) < 10
    assert room.printers[1].labels == []
    room.close()
    database.close()


def test_of_two_servers_one_prints(room_on_each):
    spoolers = [Spooler(room_on_each.database, pause_seconds=0.02, patience=QUICK) for _ in range(2)]
    for number in range(10):
        room_on_each.ask(f"LPN{number}")
    for spooler in spoolers:
        spooler.start()
    assert until(lambda: room_on_each.states() == {"printed": 10})
    for spooler in spoolers:
        spooler.stop()
    assert room_on_each.came_out() == [f"LPN{number}" for number in range(10)]


def test_another_host_that_prints_at_the_port_between_labels_is_let_in(room):
    room.start()
    room.ask("LPN1")
    assert until(lambda: room.state("LPN1") == "printed")
    assert until(lambda: not any(bench.owner._port for bench in room.spooler._benches.values()), within(4))


def test_a_printer_that_moved_to_another_address_is_found_there(room):
    room.ask("LPN1")
    room.once()
    other = LabelPrinter()
    port = TcpPort(other)
    room.start()
    room.put(0, port.url)
    room.ask("LPN2")
    assert until(lambda: len(other.labels) == 1)
    room.stop()
    port.close()
