"""The driver's manual: what is sent to a printer, what it answers, what that means."""

import json
from collections.abc import Iterable

import pytest

from printers import (
    Broken,
    HeadOpen,
    NotAPrinter,
    OutOrOpen,
    PaperOut,
    Paused,
    PrinterFault,
    PrinterUnreachable,
    RibbonOut,
    Silent,
    TooHot,
)
from printers.zpl import Buffer, Condition, Identity, ZplPrinter

HI, HQES, HS, ODOMETER = b"~HI", b"~HQES", b"~HS", b'! U1 getvar "odometer.total_label_count"\r\n'
SILENCE = b""
READY_HS = (b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n")


def hqes(errors: str, warnings: str = "0 00000000 00000000") -> bytes:
    return f"\x02\r\n\r\n  PRINTER STATUS\r\n  ERRORS:         {errors}\r\n  WARNINGS:       {warnings}\r\n\x03".encode()


class Exchange:
    """A port at which exactly this is said, in pieces as lines bring it."""

    url = "socket://printer:9100"

    def __init__(self, *pairs: tuple[bytes, bytes], piece: int = 7) -> None:
        self._pairs, self._piece, self._rest = list(pairs), piece, b""

    def write(self, data: bytes) -> None:
        sent, self._rest = self._pairs.pop(0)
        assert data == sent

    def read(self, seconds: float) -> bytes:
        if seconds == 0:
            return b""
        data, self._rest = self._rest[:self._piece], self._rest[self._piece:]
        return data

    def close(self) -> None:
        assert not self._pairs


def printer(*pairs: tuple[bytes, bytes], piece: int = 7) -> ZplPrinter:
    return ZplPrinter(Exchange(*pairs, piece=piece), answer_seconds=0.2)


@pytest.mark.parametrize(("answer", "means"), [
    (b"\x02ZD410-200dpi,V84.20.18Z,8,8192KB\x03\r\n", Identity(model="ZD410-200dpi", firmware="V84.20.18Z", dots_a_mm="8")),
    (b"\x02LP2844-Z,V45.11.7Z   ,8,8192KB\x03\r\n", Identity(model="LP2844-Z", firmware="V45.11.7Z", dots_a_mm="8")),
    (b"\x02ZP 500 (ZPL)-200dpi,ZSP-002281B,8,2104KB\x03\r\n", Identity(model="ZP 500 (ZPL)-200dpi", firmware="ZSP-002281B", dots_a_mm="8")),
])
def test_who_it_is(answer, means):
    for piece in (1, 5, 100):
        assert printer((HI, answer), piece=piece).identity() == means


@pytest.mark.parametrize(("answer", "error", "words"), [
    (SILENCE, Silent, "socket://printer:9100 does not answer"),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", NotAPrinter, "HTTP/1.1 400 Bad Request"),
    (b"SSH-2.0-OpenSSH_9.2\r\n", NotAPrinter, "SSH-2.0"),
    (b"\x02??,\x00\xff\x03", NotAPrinter, "Check host, port"),
    (b"\xff" * 10_000, NotAPrinter, "no label printer"),
])
def test_what_is_no_printer_is_found_out_before_anything_is_printed(answer, error, words):
    with pytest.raises(error, match=words):
        printer((HI, answer), piece=1000).identity()


@pytest.mark.parametrize(("errors", "fault"), [
    ("0 00000000 00000000", None), ("1 00000000 00000001", PaperOut), ("1 00000000 00000002", RibbonOut), ("1 00000000 00000004", HeadOpen),
    ("1 00000000 00000005", HeadOpen), ("1 00000000 00010000", Paused), ("1 00000000 00010001", PaperOut), ("1 00000000 00000008", Broken),
    ("1 00000000 00000010", TooHot), ("1 00000000 00000020", TooHot), ("1 00000000 00000040", Broken), ("1 00000000 00080000", Broken),
    ("1 00000000 00000000", Broken),
])
def test_hqes_says_what_is_wrong(errors, fault):
    assert printer((HQES, hqes(errors))).condition() == Condition(fault=fault)


def test_warnings_do_not_stop_it():
    assert printer((HQES, hqes("0 00000000 00000000", "1 00000000 0000000A"))).condition() == Condition(warnings=("clean_head", "paper_low"))


def test_older_models_without_hqes_are_asked_by_hs_and_not_by_hqes_again():
    asked = printer((HQES, SILENCE), (HS, READY_HS), (HS, READY_HS))
    assert [asked.condition(), asked.condition()] == [Condition(fault=None), Condition(fault=None)]


def test_a_late_answer_is_not_taken_for_that_of_the_next_question_nor_for_a_stranger():
    late = hqes("1 00000000 00000001")
    name = b"\x02ZD410-200dpi,V84.20.18Z,8,8192KB\x03\r\n"
    assert printer((HQES, SILENCE), (HS, late)).condition() == Condition(fault=PaperOut)
    assert printer((HQES, READY_HS + late)).condition() == Condition(fault=PaperOut)
    assert printer((HI, READY_HS + late + name)).identity().model == "ZD410-200dpi"
    told = printer((HS, late), (HS, name + READY_HS))
    assert told.buffer() is None
    assert told.buffer().is_empty


def test_an_odometer_that_is_told_late_is_an_odometer():
    name = b"\x02ZD410-200dpi,V84.20.18Z,8,8192KB\x03\r\n"
    told = printer((ODOMETER, SILENCE), (HI, b'"1005"\r\n' + name), (ODOMETER, b'"1006"'))
    assert [told.odometer(), told.odometer()] == [1005, 1006]


def test_a_printer_that_falls_silent_is_not_one_without_odometer():
    told = printer((ODOMETER, SILENCE), (HI, SILENCE), (ODOMETER, b'"1006"'))
    with pytest.raises(Silent):
        told.odometer()
    assert told.odometer() == 1006


@pytest.mark.parametrize(("first", "second", "fault"), [
    ("030,1,0,0250,000,0,0,0,000,0,0,0", "001,0,0,0,0,2,0,0,00000000,1,000", PaperOut), ("030,0,1,0250,000,0,0,0,000,0,0,0", "001,0,0,0,0,2,0,0,00000000,1,000", Paused),
    ("030,0,0,0250,000,0,0,0,000,0,0,0", "001,0,1,0,0,2,0,0,00000000,1,000", HeadOpen), ("030,0,0,0250,000,0,0,0,000,0,0,0", "001,0,0,1,0,2,0,0,00000000,1,000", RibbonOut),
    ("030,0,0,0250,000,0,0,0,000,0,0,1", "001,0,0,0,0,2,0,0,00000000,1,000", TooHot),
])
def test_hs_says_it_too_where_firmware_answers_it(first, second, fault):
    answer = f"\x02{first}\x03\r\n\x02{second}\x03\r\n\x021234,0\x03\r\n".encode()
    assert printer((HQES, SILENCE), (HS, answer)).condition().fault is fault


def test_a_printer_that_says_who_and_not_how_it_is_is_not_ready():
    identity = b"\x02LP2844-Z,V45.11.7Z   ,8,8192KB\x03\r\n"
    assert printer((HQES, SILENCE), (HS, SILENCE), (HI, identity)).condition() == Condition(fault=OutOrOpen)


def test_silence_is_a_fault():
    with pytest.raises(Silent, match="same at both ends"):
        printer((HQES, SILENCE), (HS, SILENCE), (HI, SILENCE)).condition()


def test_what_lies_in_it():
    answer = b"\x02030,0,0,1245,007,0,0,1,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000003,1,000\x03\r\n\x021234,0\x03\r\n"
    told = printer((HS, answer), (HS, READY_HS), (HS, SILENCE), (HS, b"\x0203"))
    assert told.buffer() == Buffer(formats=7, labels=3, is_partial=True)
    assert told.buffer().is_empty
    assert told.buffer() is None
    assert told.buffer() is None


@pytest.mark.parametrize(("answer", "count"), [(b'"1005"', 1005), (b'"1,005"', 1005), (b'"?"', None), (b'""', None)])
def test_the_odometer(answer, count):
    assert printer((ODOMETER, answer)).odometer() == count


def test_a_printer_without_odometer_is_asked_once():
    told = printer((ODOMETER, SILENCE), (HI, b"\x02LP2844-Z,V45.11.7Z   ,8,8192KB\x03\r\n"))
    assert [told.odometer(), told.odometer()] == [None, None]


def test_every_real_answer_that_we_have_is_understood(shared_data):
    samples = json.loads((shared_data / "devices" / "printer_status_samples.json").read_text())
    for one in samples["HI"]:
        assert printer((HI, one["s"].encode())).identity().model
    for one in samples["HS"]:
        told, faulty = printer((HS, one["s"].encode())).buffer(), "paper out" in one["means"]
        assert told is not None and told.formats == (7 if "7 formats" in one["means"] else 0)
        assert (printer((HQES, SILENCE), (HS, one["s"].encode())).condition().fault is not None) == faulty
    for one in samples["HQES"]:
        assert printer((HQES, hqes(one["errors"], one["warnings"]))).condition().fault is HeadOpen
    assert printer((HQES, hqes("0 00000000 00000000"))).condition().fault is None
    for bits, what in samples["HQES_bits"].items():
        fault = printer((HQES, hqes(f"1 00000000 {int(bits, 16):08X}"))).condition().fault
        assert fault is not None, what


def faults(kind: type[PrinterFault] = PrinterFault) -> Iterable[type[PrinterFault]]:
    for one in kind.__subclasses__():
        yield one
        yield from faults(one)


def test_every_fault_says_where_and_what_to_do_and_has_a_code_of_its_own():
    codes = [fault.code for fault in faults()]
    assert len(set(codes)) == len(codes) >= 8
    for fault in faults():
        assert str(fault("PACK 1")).startswith("The printer at PACK 1 ") and len(str(fault("PACK 1"))) > 40


def test_a_line_that_is_lost_is_said():
    class Lost(Exchange):
        def write(self, data: bytes) -> None:
            raise PrinterUnreachable(f"gone before {data!r}")

    with pytest.raises(PrinterUnreachable):
        ZplPrinter(Lost()).condition()
