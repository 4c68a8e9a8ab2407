"""The simulated printer speaks real bytes: a client that is not ours understands it, and its faults are those it names."""

import json
import subprocess
import sys

import pytest
import zpl
from click.testing import CliRunner

from server.cli.main import main
from simulators.devices.printer import LabelPrinter
from simulators.devices.wire import TcpPort, UnknownFault
from tests.waiting import PATIENCE, until

LABEL = b"^XA^FO10,10^A0N,30,30^FDone^FS^XZ"


@pytest.fixture
def printer(tmp_path):
    printer = LabelPrinter(label_seconds=0.01, folder=tmp_path / "labels")
    port = TcpPort(printer)
    yield printer, port
    port.close()


def client(port: TcpPort) -> zpl.TCPPrinter:
    return zpl.TCPPrinter(port.host, port.port, socket_timeout=PATIENCE)


def test_a_foreign_client_reads_who_and_how_it_is(printer):
    told = client(printer[1])
    assert told.get_printer_errors() == ("0", [], "0", [])
    assert told.get_printer_info() == {"model": "ZD421-203dpi", "version": "V93.21.17Z", "dpmm": "8", "mem": "8192KB"}
    assert told.get_printer_status()["number_of_formats_in_recv_buf"] == "000"
    assert told.get_sn() == "XXSIM000001"
    assert "1000" in told.get_print_meters()
    assert told.get_printer_config()["FIRMWARE"] == "V93.21.17Z"
    told.socket.close()


@pytest.mark.parametrize(("fault", "words"), [("media-out", "Media Out"), ("ribbon-out", "Ribbon Out"), ("head-open", "Head Open"), ("paused", "Paused")])
def test_a_foreign_client_is_told_every_fault(printer, fault, words):
    printer[0].fail(fault)
    told = client(printer[1])
    assert told.get_printer_errors()[3] == [words]
    if fault == "paused":
        assert told.get_printer_status()["pause"] == "1"
    else:  # as the guide says, ~HS is not answered then
        told.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            told.get_printer_status()
    told.socket.close()


def test_a_foreign_client_prints(printer, tmp_path):
    told = client(printer[1])
    told.send_job(LABEL.decode())
    told.send_job("^XA^FO10,10^FDtwo^FS^PQ3^XZ")
    assert until(lambda: len(printer[0].labels) == 4)
    assert printer[0].odometer == 1004
    assert sorted(path.name for path in (tmp_path / "labels").iterdir()) == [f"{number:06}.zpl" for number in range(1, 5)]
    assert (tmp_path / "labels" / "000001.zpl").read_bytes() == LABEL
    told.socket.close()


def send(printer, data: bytes) -> None:
    told = client(printer[1])
    told.socket.sendall(data)
    told.socket.close()


def test_what_comes_in_pieces_and_with_rubbish_between_is_understood(printer):
    told = client(printer[1])
    for byte in b"hello\r\n" + LABEL + b"\r\n\x00~XX" + LABEL:
        told.socket.sendall(bytes([byte]))
    assert until(lambda: printer[0].labels == [LABEL, LABEL])
    told.socket.close()


def test_a_question_in_the_middle_of_a_label_is_answered_and_is_no_part_of_it(printer):
    told = client(printer[1])
    told.socket.sendall(LABEL[:12])
    assert told.request_info("~HI").startswith(b"\x02ZD421")
    told.socket.sendall(LABEL[12:])
    assert until(lambda: printer[0].labels == [LABEL])
    told.socket.close()


def test_a_label_under_way_when_the_media_ends_is_printed_again_by_itself_unless_told_otherwise(printer):
    for again, labels in ((b"^JZY", 1), (b"^JZN", 1)):
        printer[0].label_seconds = 60
        send(printer, LABEL.replace(b"^FO", again + b"^FO", 1))
        assert until(lambda: printer[0].is_under_way)
        printer[0].fail("media-out")
        printer[0].label_seconds = 0.01
        assert until(lambda labels=labels, again=again: len(printer[0].spoiled) == labels + (again == b"^JZN"))
        printer[0].heal("media-out")
        assert until(printer[0].is_idle)
        assert len(printer[0].labels) == 1


def test_ja_throws_away_what_was_not_printed(printer):
    printer[0].fail("media-out")
    send(printer, LABEL + LABEL + b"^XA^FDhalf")
    assert until(lambda: printer[0]._partial == b"^XA^FDhalf")  # both labels were understood, and only then
    send(printer, b"~JA")
    assert until(lambda: not printer[0]._partial and not printer[0]._waiting)
    printer[0].heal("media-out")
    send(printer, LABEL)
    assert until(lambda: printer[0].labels == [LABEL])


@pytest.mark.parametrize("count", [1, 5, len(LABEL) - 1])
def test_power_that_goes_in_a_label_loses_it_and_the_odometer_does_not_count_it(printer, count):
    printer[0].dies_after(count)
    send(printer, LABEL)
    assert until(lambda: printer[0]._power == 1)
    assert until(lambda: not printer[0]._is_off())
    assert (printer[0].odometer, printer[0].labels) == (1000, [])
    send(printer, LABEL)
    assert until(lambda: printer[0].labels == [LABEL])


def test_twenty_hosts_at_once_are_answered(printer):
    clients = [client(printer[1]) for _ in range(20)]
    assert {one.get_printer_info()["model"] for one in clients} == {"ZD421-203dpi"}
    for one in clients:
        one.socket.close()


def test_a_fault_that_it_does_not_have_is_refused():
    with pytest.raises(UnknownFault, match="media-out"):
        LabelPrinter(["coffee"])


def test_the_command_listens_prints_and_obeys(tmp_path):
    process = subprocess.Popen([sys.executable, "-m", "server.cli.main", "simulate", "printer", "--listen", "127.0.0.1:0", "--fault", "paused",
                                "--labels", str(tmp_path), "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    told = json.loads(process.stdout.readline())
    assert told["faults"] == ["paused"]
    one = zpl.TCPPrinter("127.0.0.1", int(told["url"].rpartition(":")[2]))
    assert one.get_printer_errors()[3] == ["Paused"]
    one.send_job(LABEL.decode())
    process.stdin.write("heal paused\n")
    process.stdin.flush()
    assert until((tmp_path / "000001.zpl").exists)
    process.stdin.write("labels\n")
    process.stdin.flush()
    assert process.stdout.readline() == "1 labels, 0 half printed, odometer 1001\n"
    one.socket.close()
    process.kill()
    process.communicate()


@pytest.mark.parametrize(("arguments", "words"), [((), "--listen"), (("--listen", "nowhere"), "no HOST:PORT"), (("--listen", ":1", "--fault", "coffee"), "coffee"),
                                                  (("--listen", ":1", "--model", "TELEX"), "TELEX")])
def test_the_command_says_what_is_wrong(arguments, words):
    told = CliRunner().invoke(main, ["simulate", "printer", *arguments])
    assert told.exit_code != 0
    assert words in told.stderr
