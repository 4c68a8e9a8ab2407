"""Scanners that call: known by address or prefix, each with its own condition, and none in another's way."""

import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from server.ports import Condition, PortBusy, UnknownPort
from server.scanners.fitness import GS1_CODE, PRINTED_CODES, RETAIL_CODE
from server.scanners.inbox import Inbox
from server.scanners.scan import Scan
from server.scanners.stored_settings import WrongSettings
from server.scanners.tcp import ListenerSettings, ScannerListener
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpCaller
from tests.waiting import PATIENCE, until, within


class Station:
    def __init__(self, deliver=None, **settings: object) -> None:
        self.scans: list[Scan] = []
        self.told: list[tuple[str, Condition]] = []
        self.listener = ScannerListener("127.0.0.1", 0, ListenerSettings.of(settings), deliver or self.scans.append,
                                        tell=lambda name, condition: self.told.append((name, condition)))
        self.listener.start()
        self.callers: list[TcpCaller] = []
        self.sockets: list[socket.socket] = []

    def simulated(self, dress: Dress | None = None, model: str = "plain") -> tuple[Scanner, TcpCaller]:
        scanner = Scanner(model, dress)
        self.callers.append(TcpCaller(scanner, "127.0.0.1", self.listener.port, pause_seconds=0.05))
        return scanner, self.callers[-1]

    def calls_from(self, address: str) -> socket.socket:
        """A scanner at another address of this machine."""
        made = socket.create_connection(("127.0.0.1", self.listener.port), source_address=(address, 0))
        self.sockets.append(made)
        return made

    @property
    def read(self) -> list[tuple[str, str]]:
        return sorted((scan.device, scan.text) for scan in self.scans)

    def state(self, name: str) -> str | None:
        condition = self.listener.conditions.get(name)
        return condition.state if condition else None

    def close(self) -> None:
        for one in (*self.callers, *self.sockets):
            one.close()
        self.listener.stop()


@pytest.fixture
def station() -> Iterator:
    made: list[Station] = []

    def opened(deliver=None, **settings: object) -> Station:
        made.append(Station(deliver, **settings))
        return made[-1]

    yield opened
    for one in made:
        one.close()


def test_scanners_are_known_by_where_they_call_from(station) -> None:
    one = station(addresses={"127.0.0.2": "dock 2", "127.0.0.3": "dock 3"})
    for address in ("127.0.0.2", "127.0.0.3", "127.0.0.4"):
        one.calls_from(address).sendall(f"FROM-{address[-1]}\r".encode())
    assert until(lambda: one.read == [("127.0.0.4", "FROM-4"), ("dock 2", "FROM-2"), ("dock 3", "FROM-3")])
    assert {name: condition.state for name, condition in one.listener.conditions.items()} == {
        "dock 2": "connected", "dock 3": "connected", "127.0.0.4": "connected"}


def test_scanners_behind_one_address_are_known_by_their_prefix(station) -> None:
    one = station(prefixes={"D1:": "dock 1", "D2:": "dock 2"})
    for name in ("D1:", "D2:"):
        scanner, _ = one.simulated(Dress(prefix=name, aim=True))
        scanner.scan(f"]C1010950600013435210{name[1]}")
    assert until(lambda: [scan.symbology for scan in one.scans] == ["]C1", "]C1"])
    assert one.read == [("dock 1", "0109506000134352101"), ("dock 2", "0109506000134352102")]


def test_a_scanner_that_hangs_up_is_shown_within_two_seconds_and_calls_again(station) -> None:
    one = station()
    scanner, caller = one.simulated()
    assert until(lambda: one.state("127.0.0.1") == "connected")
    for times in range(1, 6):
        caller.hold()  # one that called anew before a busy machine has seen the end of its old call is not out
        scanner.fail("unplugged")
        scanner.scan("HALF")
        assert until(lambda: one.listener.conditions["127.0.0.1"].outages == times, within(2))  # noqa: B023
        scanner.heal("unplugged")
        caller.go_on()
        scanner.scan(f"WHOLE-{times}")
        assert until(lambda: len(one.scans) == times and one.state("127.0.0.1") == "connected", within(3))  # noqa: B023
    assert [scan.text for scan in one.scans] == [f"WHOLE-{times}" for times in range(1, 6)]
    assert "hung up" in next(condition.error for _, condition in one.told if condition.state == "lost")


def test_twenty_scanners_at_once_lose_and_mix_nothing(station) -> None:
    one = station(addresses={f"127.0.0.{number}": f"dock {number}" for number in range(10, 30)})

    def send(number: int) -> None:
        line = one.calls_from(f"127.0.0.{number}")
        for code in range(25):
            for part in (f"D{number}-", f"{code:02}", "\r\n"):
                line.sendall(part.encode())

    threads = [threading.Thread(target=send, args=(number,)) for number in range(10, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert until(lambda: len(one.scans) == 500)
    for number in range(10, 30):
        assert [scan.text for scan in one.scans if scan.device == f"dock {number}"] == [f"D{number}-{code:02}" for code in range(25)]


def test_rubbish_from_one_is_counted_with_it_and_disturbs_no_other(station) -> None:
    one = station(gap_ms=100)
    bad, good = one.calls_from("127.0.0.2"), one.calls_from("127.0.0.3")
    bad.sendall(b"\xff\xfe\x00\r" + b"7" * 10_000)
    good.sendall(b"GOOD\r")
    assert until(lambda: one.read == [("127.0.0.3", "GOOD")] and one.listener.conditions["127.0.0.2"].errors == 2)
    assert one.listener.conditions["127.0.0.3"].errors == 0
    def is_read_again() -> bool:
        """After a silence; a busy machine may have none of it in between and reads both in one go."""
        time.sleep(0.15)
        bad.sendall(b"BETTER\r")
        return ("127.0.0.2", "BETTER") in one.read

    assert until(is_read_again)


def test_a_connection_reset_in_the_middle_leaves_nothing_behind(station) -> None:
    one = station()
    line = one.calls_from("127.0.0.2")
    line.sendall(b"HALF")
    assert until(lambda: one.state("127.0.0.2") == "connected")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()
    assert until(lambda: one.state("127.0.0.2") == "lost", within(2))
    one.calls_from("127.0.0.2").sendall(b"WHOLE\r")
    assert until(lambda: one.read == [("127.0.0.2", "WHOLE")])


def test_a_scanner_that_calls_anew_before_its_old_call_is_dead_is_not_out(station) -> None:
    one = station()
    old = one.calls_from("127.0.0.2")
    assert until(lambda: one.state("127.0.0.2") == "connected")
    one.calls_from("127.0.0.2").sendall(b"NEW\r")
    assert until(lambda: one.read == [("127.0.0.2", "NEW")])
    old.close()
    time.sleep(0.1)
    assert one.state("127.0.0.2") == "connected"


def test_one_that_is_held_back_holds_back_no_other(station) -> None:
    inbox, scans = Inbox(1), list[Scan]()

    def deliver(scan: Scan) -> None:
        (inbox.put if scan.device == "127.0.0.2" else scans.append)(scan)

    one = station(deliver)
    one.calls_from("127.0.0.2").sendall(b"1\r2\r3\r")
    assert until(lambda: inbox.condition.is_full)
    one.calls_from("127.0.0.3").sendall(b"FREE\r")
    assert until(lambda: [scan.text for scan in scans] == ["FREE"])
    assert [inbox.take(PATIENCE).text for _ in range(3)] == ["1", "2", "3"]


def test_answers_are_given_to_scanners_that_want_them(station) -> None:
    one = station(ack=True)
    scanner, _ = one.simulated(model="honeywell")
    scanner.scan("PALLET-1")
    assert until(lambda: one.read == [("127.0.0.1", "PALLET-1")] and scanner.answers == b"\x06")


def test_a_cable_pulled_out_is_asked_for_every_second(station) -> None:
    one = station()
    one.calls_from("127.0.0.2")
    assert until(lambda: one.listener._callers)
    [caller] = one.listener._callers
    assert [caller._connection.getsockopt(level, option) for level, option in (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE), (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT))] == [1, 1, 1, 1]


def test_stopping_is_no_outage(station) -> None:
    one = station()
    one.calls_from("127.0.0.2")
    assert until(lambda: one.state("127.0.0.2") == "connected")
    one.listener.stop()
    assert (one.state("127.0.0.2"), one.listener.conditions["127.0.0.2"].outages) == ("stopped", 0)


def test_an_address_that_is_taken_or_none_of_this_machine_says_so(station) -> None:
    taken = station().listener.port
    with pytest.raises(PortBusy, match="Another program listens"):
        ScannerListener("127.0.0.1", taken, ListenerSettings(), print).start()
    with pytest.raises(UnknownPort, match="address of this machine"):
        ScannerListener("203.0.113.9", 0, ListenerSettings(), print).start()


@pytest.mark.parametrize(("given", "words"), [
    ({"addresses": ["127.0.0.2"]}, "object of texts"), ({"prefixes": {"D1": 1}}, "object of texts"), ({"prefixes": {"": "dock"}}, "empty"),
    ({"prefixes": {"D1": "dock"}, "aim": "sent"}, "Set it to seen"), ({"suffixes": 1}, "no setting 'suffixes'"),
])
def test_wrong_settings_name_what_is_wrong(given: dict, words: str) -> None:
    with pytest.raises(WrongSettings, match=words):
        ListenerSettings.of(given)


def test_more_callers_than_there_can_be_are_not_heard_and_the_others_are(station) -> None:
    one = station()
    lines = [one.calls_from("127.0.0.2") for _ in range(101)]
    assert until(lambda: len(one.listener._callers) == 100)
    lines[100].settimeout(PATIENCE)
    assert lines[100].recv(1) == b""
    lines[99].sendall(b"HEARD\r")
    assert until(lambda: one.read == [("127.0.0.2", "HEARD")])


def lesson_codes(line: socket.socket, dress: str = "{aim}{text}\r") -> None:
    """The three printed codes, a pull of the trigger each."""
    for code in PRINTED_CODES:
        line.sendall(dress.format(aim=code.aim, text=code.text).encode())
        time.sleep(0.55)


def test_of_scanners_that_call_the_one_is_learnt_that_scans_the_printed_codes_and_the_others_work_on(station) -> None:
    one = station(addresses={"127.0.0.2": "dock 2"})
    taught, other = one.calls_from("127.0.0.2"), one.calls_from("127.0.0.3")
    assert one.listener.learn(7).caller == ""
    other.sendall(b"WORK-1\r")
    lesson_codes(taught, "{aim}{text}##")
    other.sendall(b"WORK-2\r")
    assert until(lambda: len(one.listener.learn(7).seen) == 3)
    found = one.listener.learn(7)
    assert (found.caller, found.suffix, found.settings["suffix"], found.gs) == ("dock 2", "##", "##", "kept")
    assert until(lambda: [scan.text for scan in one.scans] == ["WORK-1", "WORK-2"])
    assert one.listener.learn(0) is None
    taught.sendall(b"WORK-3\r")
    assert until(lambda: [scan.text[-6:] for scan in one.scans] == ["WORK-1", "WORK-2", "WORK-3"])


def test_the_lesson_goes_on_when_the_scanner_calls_anew(station) -> None:
    one = station()
    one.listener.learn(7)
    first = one.calls_from("127.0.0.2")
    first.sendall(f"{RETAIL_CODE.aim}{RETAIL_CODE.text}\r".encode())
    assert until(lambda: one.listener.learn(7).caller == "127.0.0.2")
    first.close()
    assert until(lambda: one.state("127.0.0.2") == "lost")
    again = one.calls_from("127.0.0.2")
    for text in ("NOT-BOOKED", GS1_CODE.aim + GS1_CODE.text):
        time.sleep(0.55)  # another pull of the trigger
        again.sendall(f"{text}\r".encode())
    assert until(lambda: one.listener.learn(7).seen == ("gs1", "retail"))
    assert one.listener.learn(8).seen == ()
    assert one.scans == []


def test_what_names_a_scanner_is_no_prefix_of_the_port_after_a_lesson(station) -> None:
    one = station(prefixes={"D1:": "dock 1", "D2:": "dock 2"})
    one.listener.learn(7)
    lesson_codes(one.calls_from("127.0.0.2"), "D1:{aim}{text}\r")
    assert until(lambda: len(one.listener.learn(7).seen) == 3)
    settings = one.listener.learn(7).settings
    assert (settings["prefix"], settings["aim"]) == ("", "seen")
    ListenerSettings.of({"prefixes": {"D1:": "dock 1"}, **settings})
