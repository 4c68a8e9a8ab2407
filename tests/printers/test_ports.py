"""Addresses of printers, and what happens at the ports behind them."""

import os
import threading
from pathlib import Path

import pytest

from printers import PrinterUnreachable, UnknownPort, folder_of, guard_url, open_port, put_in_folder
from simulators.devices.printer import LabelPrinter
from simulators.devices.wire import PtyPort, TcpPort


@pytest.mark.parametrize("url", [
    "", "printer", "gopher://x", "socket://", "socket://h", "socket://h:0", "socket://h:99999", "socket://[::1", "file://", "/dev/ttyS9?speed=9600",
    "/dev/ttyS9?baud=fast", "/dev/ttyS9?flow=some", "/dev/ttyS9?parity=maybe", "/dev/ttyS9?bits=9", "/dev/ttyS9?baud=" + "9" * 400])
def test_an_address_that_is_none_says_what_to_use(url):
    with pytest.raises(UnknownPort, match=r"socket://HOST:PORT|flow=xonxoff"):
        guard_url(url)
    if folder_of(url) is None:
        with pytest.raises(UnknownPort):
            open_port(url)


@pytest.mark.parametrize("url", ["socket://10.0.0.9:9100", "/dev/usb/lp0", "/dev/ttyUSB0?baud=9600&flow=xonxoff", "/dev/ttyUSB0?flow=rtscts&parity=even&bits=7&stop=2",
                                 "file:///var/labels"])
def test_an_address_that_is_one_is_taken_without_opening_it(url):
    guard_url(url)


@pytest.mark.parametrize("url", ["socket://127.0.0.1:1", "/dev/no-such-line", "/dev/usb/lp99", "/dev/null?baud=9600"])
def test_a_port_where_nothing_is_says_so(url):
    with pytest.raises(PrinterUnreachable, match="cannot be reached"):
        open_port(url)


@pytest.fixture(params=["socket", "pty"])
def port(request, tmp_path):
    printer = LabelPrinter(label_seconds=0.01)
    plugged = TcpPort(printer) if request.param == "socket" else PtyPort(printer, tmp_path / "line")
    yield plugged, plugged.url if request.param == "socket" else f"{plugged.url}?baud=115200&flow=xonxoff"
    plugged.close()


def test_both_ways(port):
    opened = open_port(port[1])
    assert opened.read(0.05) == b""
    opened.write(b"~HI")
    answer = b""
    while b"\x03" not in answer:
        more = opened.read(2)
        assert more
        answer += more
    assert answer.startswith(b"\x02ZD421")
    opened.close()
    opened.close()


def test_a_port_that_is_unplugged_is_said_at_reading_and_at_writing(port):
    opened = open_port(port[1])
    opened.write(b"~HI")
    assert opened.read(2)
    port[0].unplug()

    def talk() -> None:
        for _ in range(20):
            opened.read(0.1)
            opened.write(b"^XA^XZ")

    with pytest.raises(PrinterUnreachable):
        talk()
    opened.close()


def test_a_usb_printer_is_read_and_written_as_a_file(tmp_path):
    os.mkfifo(tmp_path / "lp0")  # the system's printer class cannot be had without one; a pipe waits in the same calls
    opened = open_port(str(tmp_path / "lp0"))
    assert opened.read(0.05) == b""
    opened.write(b"^XA^XZ")
    assert opened.read(1) == b"^XA^XZ"
    opened.close()


def test_a_usb_printer_that_takes_nothing_does_not_hold_up_the_server(tmp_path, monkeypatch):
    monkeypatch.setattr("printers.ports.TIMEOUT_SECONDS", 0.2)
    os.mkfifo(tmp_path / "lp1")
    opened = open_port(str(tmp_path / "lp1"))
    with pytest.raises(PrinterUnreachable, match="takes no more bytes"):
        opened.write(b"x" * 1_000_000)
    opened.close()


def test_a_folder_holds_a_label_once_whole_or_not_at_all(tmp_path):
    writers = [threading.Thread(target=put_in_folder, args=(tmp_path / "new", "../a/b.zpl", b"x" * 1000)) for _ in range(20)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert [path.name for path in (tmp_path / "new").iterdir()] == [".._a_b.zpl"]
    assert (tmp_path / "new" / ".._a_b.zpl").read_bytes() == b"x" * 1000


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PrinterUnreachable, match="cannot be written"):
        put_in_folder(tmp_path / "file" / "x", "a", b"")
