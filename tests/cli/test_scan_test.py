"""`aisle scan-test`: what comes is printed, what the scanner does is found, and what is wrong ends it with 1."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import scan_test as module
from server.cli.scan_test import scan_test
from server.scanners.fitness import PRINTED_CODES
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import PtyPort, TcpCaller, TcpPort
from tests.waiting import PATIENCE


def ran(*arguments: str) -> Result:
    """Runs it; never for ever."""
    ends = () if "--seconds" in arguments else ("--seconds", str(PATIENCE))
    result = CliRunner().invoke(scan_test, [*arguments, *ends])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def scanning(scanner: Scanner, texts: Sequence[str], pause: float = 0.0) -> None:
    def scan() -> None:
        for text in texts:
            scanner.scan(text)
            time.sleep(pause)

    threading.Thread(target=scan).start()


def lines(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def plug(tmp_path: Path):
    ports: list[TcpPort | PtyPort] = []

    def plugged(scanner: Scanner, kind: Callable = TcpPort) -> str:
        ports.append(kind(scanner) if kind is TcpPort else kind(scanner, tmp_path / "by-id"))
        return ports[-1].url

    yield plugged
    for port in ports:
        port.close()


def test_a_serial_line_is_listened_to(plug) -> None:
    scanner = Scanner(dress=Dress(suffix="LF"))
    url = plug(scanner, PtyPort)
    scanning(scanner, ["SAME"] * 40, 0.1)  # what is sent before the port is open is lost, as on every serial line
    result = ran(url, "--json", "--count", "2")
    assert (result.exit_code, [one["text"] for one in lines(result)]) == (0, ["SAME", "SAME"])


def test_scans_are_printed_one_json_object_a_line(plug) -> None:
    scanner = Scanner(dress=Dress(aim=True))
    url = plug(scanner)
    scanning(scanner, ["]C110A\x1d21B", "]E09506000134352", "]E09506000134352"])
    result = ran(url, "--json", "--count", "3")
    assert result.exit_code == 0, result.stderr
    assert [(one["symbology"], one["text"], one["is_twice"], one["is_repeat"]) for one in lines(result)] == [
        ("]C1", "10A\x1d21B", False, False), ("]E0", "9506000134352", False, False), ("]E0", "9506000134352", True, False)]


def test_scans_are_printed_for_people(plug) -> None:
    scanner = Scanner()
    url = plug(scanner)
    scanning(scanner, ["10A\x1d21B"])
    assert ran(url, "--count", "1").stdout == f"{url}  -  10A\\x1d21B\n"


def test_three_codes_tell_the_settings(plug) -> None:
    scanner = Scanner(dress=Dress(suffix="TAB", aim=True), faults=["replaced-gs"])
    url = plug(scanner)
    scanning(scanner, [code.aim + code.text for code in PRINTED_CODES], 0.6)
    result = ran(url, "--settings", '{"suffix": "TAB"}', "--json", "--count", "3")
    assert result.exit_code == 0
    [found] = [one["fitness"] for one in lines(result) if "fitness" in one]
    assert (found["is_fit"], found["suffix"], found["aim"], found["advice"]) == (True, "TAB", "sent", [])
    assert found["settings"]["group_separators"] == ["<GS>"]


def test_a_scanner_that_must_be_set_up_first_ends_with_1_and_is_told_how(plug) -> None:
    scanner = Scanner(faults=["lost-gs"])
    url = plug(scanner)
    scanning(scanner, [code.text for code in PRINTED_CODES], 1.0)
    result = ran(url, "--count", "3")
    assert result.exit_code == 1
    assert "suffix 'CR'" in result.stdout
    assert "must: Set the scanner to send FNC1 as GS" in result.stdout
    assert "better: Switch AIM identifiers on" in result.stdout


def test_scanners_that_call_are_printed_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    ports: list[int] = []
    start = module.ScannerListener.start

    def started(listener: module.ScannerListener) -> None:
        start(listener)
        ports.append(listener.port)
        scanner = Scanner()
        scanner.scan("PALLET-1")
        callers.append(TcpCaller(scanner, "127.0.0.1", listener.port))

    callers: list[TcpCaller] = []
    monkeypatch.setattr(module.ScannerListener, "start", started)
    result = ran("listen://127.0.0.1:0", "--settings", '{"addresses": {"127.0.0.1": "dock 1"}}', "--count", "1", "--json")
    callers[0].close()
    assert [(one["device"], one["text"]) for one in lines(result)] == [("dock 1", "PALLET-1")]
    assert "dock 1: connected" in result.stderr


@pytest.mark.parametrize(("arguments", "words"), [
    (["/dev/no-such-scanner"], "Is it plugged in"), (["gopher://x"], "is no port"), (["socket://127.0.0.1:1"], "not there"),
    (["listen://127.0.0.1"], "no address to listen at"), (["listen://203.0.113.7:1"], "address of this machine"),
    (["listen://:0", "--driver", "ssi"], "port of its own"), (["x", "--settings", "{"], "is not JSON"), (["x", "--settings", "[1]"], "JSON object"),
    (["x", "--settings", '{"sufix": "CR"}'], "no setting 'sufix'"), (["x", "--port", '{"baud": 1}'], "no setting 'baud'"),
    (["x", "--port", '{"parity": "odd one"}'], "Parity is one of"), (["x", "--port", '{"stop_bits": "1"}'], "must be a number"),
])
def test_what_is_wrong_is_said_in_a_sentence_and_nothing_on_standard_output(monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str) -> None:
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.1)
    result = ran(*arguments, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr


def test_a_scanner_that_says_nothing_ends_with_1(plug) -> None:
    result = ran(plug(Scanner()), "--seconds", "0.5", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Nothing was scanned" in result.stderr


def test_rubbish_is_told_on_standard_error(plug) -> None:
    scanner = Scanner(faults=["no-terminator"])
    scanner.noise_seconds = 0.2
    url = plug(scanner)
    scanner.scan("GOOD")
    result = ran(url, "--count", "1")
    assert "GOOD" in result.stdout
    assert "is it the right suffix" in result.stderr
