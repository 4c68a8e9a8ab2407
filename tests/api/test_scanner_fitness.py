"""What a scanner that types into a page does, by the API; and the three codes as they are shown and printed."""

import re

import numpy as np
import pytest
import zxingcpp

from labels.pictures.draw import svg_of
from server.scanners.fitness import ADVICE, PRINTED_CODES
from server.workflows.texts import texts

PATH = "/api/v1/scanner-fitness"


def heard(house, chunks, role="device"):
    return house.web.post(PATH, json={"chunks": chunks}, headers=house.headers(role))


def typed(sends, *, key_ms=5):
    """The three codes key by key, a second apart."""
    chunks, at = [], 0
    for code in PRINTED_CODES:
        for number, sign in enumerate(sends(code)):
            chunks.append({"at": at + number * key_ms, "text": sign})
        at += 1_000 + key_ms * len(sends(code))
    return chunks


@pytest.mark.parametrize("role", ["device", "supervisor"])
def test_a_scanner_that_types_well_is_fit(house, role):
    found = heard(house, typed(lambda code: f"{code.aim}{code.text}\r"), role).json
    assert (found["is_fit"], found["advice"], found["seen"]) == (True, [], ["gs1", "layout", "retail"])
    assert found["settings"] == {"prefix": "", "aim": "sent", "group_separators": [], "suffix": "CR", "gap_ms": 200, "layout": "auto"}
    assert found["characters_per_second"] == 200


@pytest.mark.parametrize(("sends", "key"), [
    (lambda code: code.text.replace("\x1d", "") + "\r", "scanner.gs_lost"), (lambda code: code.text.swapcase() + "\r", "scanner.caps_lock"),
    (lambda code: code.text, "scanner.no_suffix"), (lambda code: f"{code.text}\r" * 2, "scanner.double"),
])
def test_what_is_to_be_set_is_said(one_house, sends, key):
    assert key in [one["key"] for one in heard(one_house, typed(sends)).json["advice"]]


def test_the_page_mends_an_american_scanner_at_a_german_computer(one_house):
    from_us_to_de = str.maketrans("yzYZ-;_/:'&]", "zyZYßö?-Öä/+")
    found = heard(one_house, typed(lambda code: f"{code.aim}{code.text}".translate(from_us_to_de) + "\r")).json
    assert (found["layouts"], found["settings"]["layout"]) == (["us", "de"], "us"), found


def test_nothing_heard_is_no_scanner(one_house):
    found = heard(one_house, []).json
    assert (found["seen"], found["settings"], found["is_fit"]) == ([], None, False)


@pytest.mark.parametrize("chunks", [
    None, "x", [{"at": -1, "text": "a"}], [{"at": 2**60, "text": "a"}], [{"at": 1}], [{"at": 1, "text": "a" * 513}],
    [{"at": 1, "text": "a"}] * 1_001, [{"at": 1, "text": "a" * 500}] * 9, [{"at": 1, "text": "a", "more": 1}], [{"at": "now", "text": "a"}],
])
def test_what_no_page_sends_is_refused(one_house, chunks):
    answer = heard(one_house, chunks)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def test_the_longest_that_is_taken_is_answered_at_once(one_house):
    answer = heard(one_house, [{"at": 600 * number, "text": "A\x1d]é"} for number in range(1_000)])
    assert answer.status_code == 200
    assert answer.json["seen"] == []


def test_the_codes_are_drawn_so_that_they_are_read(one_house):
    items = one_house.web.get(f"{PATH}/codes", headers=one_house.headers("device")).json["items"]
    read = [zxingcpp.read_barcode(painted(one["svg"], 3)) for one in items]
    assert [(one.symbology_identifier, one.bytes.decode()) for one in read] == [(code.aim, code.text) for code in PRINTED_CODES]
    assert [one["modules"] for one in items] == [int(re.search(r'width="(\d+)"', one["svg"])[1]) for one in items]


def test_what_cannot_be_drawn_is_said():
    with pytest.raises(ValueError, match="is not drawn here"):
        svg_of("1", "aztec")
    with pytest.raises(ValueError):  # noqa: PT011 - the writer's own words
        svg_of("95060001178X3", "ean13")


def test_all_advice_is_worded_in_both_languages():
    assert {key: texts("en")[key] for key in ADVICE} == ADVICE
    assert [key for key in ADVICE if texts("zh-CN")[key] == ADVICE[key]] == []


def painted(svg: str, scale: int) -> np.ndarray:
    """The picture in grey: it is made of rectangles only."""
    left, top, width, height = map(int, re.search(r'viewBox="(-?\d+) (-?\d+) (\d+) (\d+)"', svg).groups())
    picture = np.full((height, width), 255, np.uint8)
    for x, y, wide, high in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)", svg):
        picture[int(y) - top:int(y) - top + int(high), int(x) - left:int(x) - left + int(wide)] = 0
    return np.kron(picture, np.ones((scale, scale), np.uint8))
