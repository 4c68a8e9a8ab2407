"""`aisle carton`: an order in a file, the smallest carton and a picture out of it."""

import json
from xml.etree import ElementTree as ET

import pytest

URL = "sqlite:///nowhere.db"
BRICK = {"item": "BRICK", "count": 3, "length_mm": 100, "width_mm": 50, "height_mm": 50, "weight_g": 100}
CARTON = {"carton": "S<1>", "length_mm": 200, "width_mm": 150, "height_mm": 100}
ORDER = {"items": [BRICK], "cartons": [CARTON]}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def carton(aisle, tmp_path):
    def run(document, *options):
        file = tmp_path / "order.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document))
        return aisle(URL, "carton", str(file), *options)

    return run


def test_a_choice_is_told_in_json(carton):
    told = carton(ORDER, "--json")
    assert told.code == 0 and told.json["fits"] and told.json["cartons"][0]["carton"] == "S<1>"
    assert [one["number"] for one in told.json["cartons"][0]["placements"]] == [1, 2, 3]


def test_a_choice_is_told_in_words(carton):
    told = carton(ORDER)
    assert told.code == 0 and told.text.startswith("S<1>: 300 g, 25 % full")


def test_where_nothing_fits_it_ends_with_1_and_says_why(carton):
    long = {**ORDER, "items": [{**BRICK, "length_mm": 300}]}
    assert (carton(long).code, carton(long, "--json").code) == (1, 1)
    assert "too short for BRICK" in carton(long).text
    assert carton(long, "--json").json["reasons"][0]["why"] == "size"


@pytest.mark.parametrize("count", [3, 15])
def test_the_picture_shows_every_piece_by_its_number(carton, tmp_path, count):
    many = {**ORDER, "items": [{**BRICK, "item": "A & <B>", "count": count}], "cartons": [{**CARTON, "height_mm": 180}]}
    assert carton(many, "--svg", str(tmp_path / "how.svg")).code == 0
    picture = ET.parse(tmp_path / "how.svg").getroot()  # noqa: S314 - our own file
    texts = [one.text for one in picture.iter(f"{SVG}text")]
    assert texts == ["S<1>", *(str(number) for number in range(1, count + 1))]
    assert any(one.text == "1 A & <B>" for one in picture.iter(f"{SVG}title"))


def test_a_picture_that_cannot_be_written_is_said(carton, tmp_path):
    told = carton(ORDER, "--svg", str(tmp_path / "nowhere/how.svg"))
    assert told.code == 1 and "cannot be written" in told.errors


@pytest.mark.parametrize(("document", "words"), [
    ("{", "is not JSON"), ([], 'Give {"items"'), ({"items": []}, 'Give {"items"'), ({"items": [], "cartons": []}, "1 to 500 pieces"),
    ({**ORDER, "items": 5}, "items is a list"), ({**ORDER, "items": [5]}, "items[0] is an object"),
    ({**ORDER, "items": [{**BRICK, "colour": 1}]}, "no 'colour'"), ({**ORDER, "items": [{**BRICK, "count": "3"}]}, "count is a whole number"),
    ({**ORDER, "items": [{**BRICK, "weight_g": 1.5}]}, "whole number"), ({**ORDER, "items": [{"count": 1}]}, "needs item"),
    ({**ORDER, "cartons": [{"carton": "S"}]}, "needs carton, length_mm"), ({**ORDER, "support": 2}, "from 0 to 1"),
    ({**ORDER, "items": [{**BRICK, "count": True}]}, "whole number"), ({**ORDER, "items": [{**BRICK, "count": 10**9}]}, "1 to 500"),
])
def test_an_order_that_cannot_be_meant_is_refused_in_one_sentence(carton, document, words):
    told = carton(document, "--json")
    assert told.code == 1 and words in told.errors and told.text == ""


def test_the_measurement_tells_figures_and_ends_with_1_when_a_goal_is_missed(aisle, monkeypatch):
    told = aisle(URL, "bench", "carton", "--orders", "12", "--json")
    figures = {one["name"]: one for one in told.json["figures"]}
    assert figures["impossible packings"]["figure"] == 0
    monkeypatch.setattr("server.cli.bench_carton.faults_of", lambda *_: ["wrong"])
    missed = aisle(URL, "bench", "carton", "--orders", "12")
    assert missed.code == 1 and "missed" in missed.text
