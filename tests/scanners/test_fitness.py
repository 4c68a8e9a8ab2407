"""Three printed codes tell what a scanner does: the settings that it needs, or what must be set on it."""

import json
from collections.abc import Callable

import pytest
import zxingcpp

from server.scanners.codes import Code
from server.scanners.driver import DRIVERS
from server.scanners.fitness import (
    GS1_CODE,
    LAYOUT_CODE,
    PRINTED_CODES,
    RETAIL_CODE,
    Chunk,
    Fitness,
    PrintedCode,
    fitness,
)
from server.scanners.layouts import LAYOUTS, typed
from server.scanners.text import TextFramer, TextSettings

CASES: dict[str, Callable[[str], str]] = {"kept": str, "caps_lock": str.swapcase, "upper": str.upper, "lower": str.lower}
FORMATS = {"gs1-datamatrix": zxingcpp.BarcodeFormat.DataMatrix, "code128": zxingcpp.BarcodeFormat.Code128, "ean13": zxingcpp.BarcodeFormat.EAN13}


def chunks(sends: Callable[[PrintedCode], str], *, byte_ms: int = 0) -> list[Chunk]:
    """The three codes, a second apart, at once or byte by byte."""
    came: list[Chunk] = []
    at = 0
    for code in PRINTED_CODES:
        data = sends(code).encode()
        parts = [bytes([byte]) for byte in data] if byte_ms else [data]
        came += [(at + byte_ms * number, part) for number, part in enumerate(parts)]
        at += 1000 + byte_ms * len(parts)
    return came


def keys(found: Fitness, *, must: bool) -> list[str]:
    return [one.key for one in found.advice if one.must is must]


@pytest.mark.parametrize("code", PRINTED_CODES, ids=lambda code: code.key)
def test_the_codes_can_be_printed_and_are_read_as_they_are_written(code: PrintedCode) -> None:
    if code is GS1_CODE:
        lot, serial = code.text[18:].split("\x1d21")
        symbol = zxingcpp.create_barcode(f"(01){code.text[2:16]}(10){lot}(21){serial}", FORMATS[code.symbology], gs1=True)
    else:
        symbol = zxingcpp.create_barcode(code.text, FORMATS[code.symbology])
    read = zxingcpp.read_barcode(symbol.to_image(scale=4))
    assert read is not None
    assert (read.symbology_identifier, read.bytes.decode()) == (code.aim, code.text)


def test_a_scanner_set_up_well_is_fit() -> None:
    found = fitness(chunks(lambda code: f"{code.aim}{code.text}\r"))
    assert (found.is_fit, found.advice) == (True, ())
    assert found.settings == {"prefix": "", "aim": "sent", "group_separators": [], "suffix": "CR", "gap_ms": 0}


@pytest.mark.parametrize(("suffix", "name"), [("\r", "CR"), ("\n", "LF"), ("\r\n", "CRLF"), ("\t", "TAB"), ("\x03", "ETX"), ("", "none"), ("##", "##")])
@pytest.mark.parametrize("prefix", ["", "\x02", "~S"])
@pytest.mark.parametrize("aim", [True, False])
def test_the_settings_found_read_what_the_scanner_sends(suffix: str, name: str, prefix: str, aim: bool) -> None:
    def sends(code: PrintedCode) -> str:
        return f"{prefix}{code.aim if aim else ''}{code.text}{suffix}".replace("\x1d", "{GS}")

    found = fitness(chunks(sends))
    assert (found.suffix, found.prefix, found.aim, found.gs) == (name, prefix, "sent" if aim else "none", "replaced")
    framer = TextFramer(TextSettings.of(json.loads(json.dumps(found.settings))))
    codes: list[object] = []
    for number, code in enumerate(PRINTED_CODES):
        codes += framer.feed(sends(code).encode(), 1000 * number)
    codes += framer.silence(9000)
    assert codes == [Code(text=code.text, symbology=code.aim if aim else "") for code in PRINTED_CODES]


def test_a_leading_fnc1_that_is_sent_is_no_prefix() -> None:
    found = fitness(chunks(lambda code: f"{code.aim}{chr(29) if code is GS1_CODE else ''}{code.text}\r"))
    assert (found.is_fit, found.prefix, found.aim) == (True, "", "sent")


def test_a_lost_gs_must_be_switched_on() -> None:
    found = fitness(chunks(lambda code: code.text.replace("\x1d", "") + "\r"))
    assert (found.gs, found.is_fit, keys(found, must=True)) == ("lost", False, ["scanner.gs_lost"])
    assert "ASCII 29" in found.advice[-1].text


@pytest.mark.parametrize(("gs", "key"), [("\r", "scanner.gs_is_the_suffix"), ("-", "scanner.gs_is_ambiguous"), (" ", "scanner.gs_is_ambiguous")])
def test_a_gs_that_cannot_be_told_from_the_rest_must_be_changed(gs: str, key: str) -> None:
    found = fitness(chunks(lambda code: code.text.replace("\x1d", gs) + "\r"))
    assert keys(found, must=True) == [key]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("computer", LAYOUTS)
@pytest.mark.parametrize("scanner", LAYOUTS)
@pytest.mark.parametrize("aim", [True, False])
def test_a_country_that_differs_is_named_and_so_is_caps_lock(scanner: str, computer: str, case: str, aim: bool) -> None:
    found = fitness(chunks(lambda code: typed(CASES[case]((code.aim if aim else "") + code.text), scanner, computer) + "\r"))
    assert found.layouts == ((scanner, computer) if scanner != computer else ("us", "us"))
    assert (found.case, found.aim, found.prefix) == (case, "sent" if aim else "none", "")
    assert found.is_fit is (scanner == computer and case == "kept")


def test_the_country_of_a_grabbed_scanner_is_set_in_its_driver() -> None:
    found = fitness(chunks(lambda code: typed(f"{code.aim}{code.text.replace(chr(29), '<GS>')}", "de", "us") + "\r"), driver="keyboard")
    assert found.is_fit
    assert found.settings is not None
    assert (found.settings["layout"], found.settings["group_separators"]) == ("de", ["<GS>"])


def test_a_double_read_is_told_and_does_not_make_the_gap_long() -> None:
    came = [(at + delay, data) for at, data in chunks(lambda code: f"{code.aim}{code.text}\r") for delay in (0, 300)]
    found = fitness(came)
    assert (found.double_reads, found.suffix, found.gap_ms) == (3, "CR", 0)
    assert keys(found, must=False) == ["scanner.double"]


@pytest.mark.parametrize("byte_ms", [0, 1])
@pytest.mark.parametrize("sends", [lambda code: f"~{code.aim}{code.text}\r\n", lambda code: code.text, lambda code: f"{code.text}\r{code.text}\r"],
                         ids=["whole", "bare", "twice"])
def test_a_quick_hand_may_scan_all_three_within_half_a_second(sends: Callable[[PrintedCode], str], byte_ms: int) -> None:
    slow = chunks(sends, byte_ms=byte_ms)
    quick = [(at - 850 * (at // 1000), part) for at, part in slow]
    assert fitness(quick) == fitness(slow)
    assert fitness(quick).seen == tuple(code.key for code in PRINTED_CODES)


@pytest.mark.parametrize(("byte_ms", "speed", "gap_ms", "is_slow"), [(1, 1000, 200, False), (80, 12.5, 350, True), (300, 3.3, 1000, True)])
def test_speed_and_a_gap_that_fits_it_are_found(byte_ms: int, speed: float, gap_ms: int, is_slow: bool) -> None:
    found = fitness(chunks(lambda code: f"{code.aim}{code.text}\r", byte_ms=byte_ms))
    assert found.characters_per_second == pytest.approx(speed, rel=0.02)
    assert found.gap_ms == gap_ms
    assert ("scanner.slow" in keys(found, must=False)) is is_slow


def test_letters_of_the_makers_own_before_codes_must_be_switched_off() -> None:
    letters = {GS1_CODE.key: "w", LAYOUT_CODE.key: "j", RETAIL_CODE.key: "d"}
    found = fitness(chunks(lambda code: f"{letters[code.key]}{code.text}\r"))
    assert keys(found, must=True) == ["scanner.code_ids"]


def test_suffixes_that_differ_must_be_made_one() -> None:
    found = fitness(chunks(lambda code: f"{code.text}{'' if code is RETAIL_CODE else chr(13)}"))
    assert found.settings is None
    assert "scanner.unsteady" in keys(found, must=True)


def test_a_suffix_that_no_driver_has_must_be_set_anew() -> None:
    found = fitness(chunks(lambda code: f"{code.text} (read by door 7)\r"))
    assert (found.settings, keys(found, must=True)) == (None, ["scanner.unsteady"])


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 2, 0)])
def test_the_order_of_the_codes_is_free(order: tuple[int, ...]) -> None:
    came = chunks(lambda code: f"{code.text}\r")
    assert fitness([(1000 * number, came[one][1]) for number, one in enumerate(order)]).is_fit


def test_what_was_not_scanned_yet_is_asked_for_and_what_is_strange_is_shown() -> None:
    found = fitness([(0, b"4006381333931\r"), (1000, f"{RETAIL_CODE.text}\r".encode())])
    assert (found.seen, found.settings, found.is_fit) == (("retail",), None, False)
    assert keys(found, must=True) == ["scanner.not_seen", "scanner.not_seen", "scanner.unknown"]
    assert "4006381333931" in found.advice[-1].text


@pytest.mark.parametrize("came", [[], [(0, b"")], [(0, b"\xff\x00\r\n" * 500)], [(5, b"A"), (1, b"B")]])
def test_rubbish_is_found_unfit(came: list[Chunk]) -> None:
    assert not fitness(came).is_fit


@pytest.mark.parametrize("driver", DRIVERS)
def test_settings_of_every_driver_are_taken_by_it(driver: str) -> None:
    found = fitness(chunks(lambda code: f"{code.aim}{code.text}" + ("\r" if driver in {"text", "keyboard"} else "")), driver=driver)
    assert found.is_fit
    assert found.settings is not None
    DRIVERS[driver].of(found.settings)
