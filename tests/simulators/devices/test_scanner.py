"""The simulated scanner sends the bytes of the real one, and is run and ordered from the command line."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulators.devices.scanner import COMMAND, Dress, Scanner
from simulators.devices.scanner_bytes import hid_reports, key_events, ssi_packets
from simulators.devices.wire import TcpPort, UnknownFault
from tests.waiting import PATIENCE


def sent(scanner: Scanner, text: str, *, answer: bytes = b"", size: int = 1) -> bytes:
    """What a host gets of one scan, at least so many bytes; it gives one answer."""
    port = TcpPort(scanner)
    scanner.answer_seconds = scanner.noise_seconds = 0.1
    with socket.create_connection((port.host, port.port), timeout=PATIENCE) as host:
        scanner.scan(text)
        got = b""
        while len(got) < size and (data := host.recv(65_536)):
            got += data
            host.sendall(answer)
    port.close()
    return got


@pytest.mark.parametrize(("dress", "want"), [
    (Dress(), b"10A\x1d21B\r"), (Dress(suffix="CRLF", prefix="\x02"), b"\x0210A\x1d21B\r\n"), (Dress(suffix="none", aim=True), b"]C110A\x1d21B"),
])
def test_a_code_is_dressed_as_the_scanner_is_set(dress: Dress, want: bytes) -> None:
    assert sent(Scanner(dress=dress), "]C110A\x1d21B", size=len(want)) == want


def test_an_ssi_packet_is_the_one_of_the_manual() -> None:
    [packet] = ssi_packets("]E0", b"95")
    assert packet.hex() == "07f300000b3935" + f"{0x10000 - sum(bytes.fromhex('07f300000b3935')):04x}"


def test_a_report_and_keys_are_the_ones_of_the_manuals() -> None:
    report = hid_reports("]C1", b"10A")
    assert (len(report), report[:8], report[63]) == (64, b"\x02\x03]C110A", 0)
    assert len(key_events("aA")) == 24 * 2 * (2 + 4)  # 24 bytes an event on this machine; each has an end-of-group behind it


@pytest.mark.parametrize(("fault", "want"), [
    ("half", b"PALL"), ("unplugged", b"PALL"), ("double-read", b"PALLET-1\r" * 2),
    ("burst", b"".join(f"PALLET-1-{number}\r".encode() for number in range(1, 11))), ("no-terminator", b"7" * 10_000 + b"PALLET-1\r"),
])
def test_faults_do_what_their_names_say(fault: str, want: bytes) -> None:
    assert sent(Scanner(faults=[fault]), "PALLET-1", size=len(want)) == want


@pytest.mark.parametrize(("fault", "want"), [("lost-gs", b"10A21B\r"), ("replaced-gs", b"10A<GS>21B\r")])
def test_gs_is_lost_or_replaced(fault: str, want: bytes) -> None:
    assert sent(Scanner(faults=[fault]), "10A\x1d21B", size=len(want)) == want


def test_what_is_not_answered_is_sent_twice_more_with_the_retransmit_bit() -> None:
    [packet] = ssi_packets("]C0", b"A")
    got = sent(Scanner("zebra-ssi"), "A", size=3 * len(packet))
    assert [got[start + 3] for start in range(0, len(got), len(packet))] == [0, 1, 1]


def test_what_is_answered_is_sent_once_unless_the_scanner_does_not_hear() -> None:
    [packet] = ssi_packets("]C0", b"A")
    ack = bytes.fromhex("04d00400ff28")
    scanner = Scanner("zebra-ssi")
    assert sent(scanner, "A", answer=ack) == packet
    assert len(sent(Scanner("zebra-ssi", faults=["no-ack"]), "A", answer=ack, size=3 * len(packet))) == 3 * len(packet)


def test_an_unknown_fault_names_those_there_are() -> None:
    with pytest.raises(UnknownFault, match="double-read"):
        Scanner(faults=["coffee"])


@pytest.mark.parametrize("arguments", [[], ["--listen", "nowhere"], ["--listen", ":1", "--connect", ":2"], ["--listen", ":1", "--fault", "coffee"],
                                       ["--listen", ":1", "--model", "laser"], ["--listen", "203.0.113.9:1"]])
def test_a_wrong_command_line_is_refused(arguments: list[str]) -> None:
    result = CliRunner().invoke(COMMAND, arguments)
    assert result.exit_code in {1, 2}
    assert isinstance(result.exception, SystemExit)
    assert result.stderr


def test_it_is_run_and_ordered_from_the_command_line(tmp_path: Path) -> None:
    codes = tmp_path / "codes.txt"
    codes.write_text("FILE-1\nFILE-2\n", encoding="utf-8")
    command = [sys.executable, "-m", "server.cli.main", "simulate", "scanner", "--listen", "127.0.0.1:0", "--json", "--prefix", "~", "--fault", "slow"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        told = json.loads(process.stdout.readline())
        assert told["faults"] == ["slow"]
        host, _, port = told["url"].removeprefix("socket://").rpartition(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as scanner:
            process.stdin.write('heal slow\nscan PLAIN 1\nscan "]C110A\\u001d21B"\nscan "\\x"\nfile ' + f"{codes}\nfile {tmp_path}/none\nfault coffee\ndance\n")
            process.stdin.flush()
            got, ends = b"", time.monotonic() + PATIENCE
            while got.count(b"\r") < 4 and time.monotonic() < ends:
                got += scanner.recv(4096)
        process.terminate()
        wrong = process.stderr.read()
    assert got == b"~PLAIN 1\r~10A\x1d21B\r~FILE-1\r~FILE-2\r"
    for words in ("no JSON string", "cannot be read", "no fault 'coffee'", "'dance' is no order"):
        assert words in wrong


def test_a_scanner_speaks_with_the_newest_host_only() -> None:
    scanner = Scanner()
    port = TcpPort(scanner)
    with socket.create_connection((port.host, port.port), timeout=PATIENCE) as old, socket.create_connection((port.host, port.port), timeout=PATIENCE) as new:
        assert old.recv(1) == b""
        scanner.scan("A")
        assert new.recv(10) == b"A\r"
    port.close()
