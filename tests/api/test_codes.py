import pytest
from sqlalchemy import text

from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, change_location, put_location


def told(house, after: str = "") -> dict:
    answer = house.web.get(f"/api/v1/floor/codes?after={after}", headers=house.headers("device"))
    assert answer.status_code == 200, answer.text
    return answer.json


def write(house, work) -> None:
    house.app.database.write(work)


def test_a_device_gets_every_item_and_place_of_its_site(house):
    other = house.app.database.read(lambda tx: tx.scalar(text("SELECT id FROM site WHERE code = 'W2'")))
    write(house, lambda tx: put_location(tx, other, NewLocation(code="W2-A-01-1")))
    first = told(house)
    assert sorted(first["codes"]) == ["SOAP", "W1-A-01-1", "W1-DOCK", "gtin:09506000134352"]
    assert first["codes"]["gtin:09506000134352"] == [{"type": "item", "key": "SOAP", "name": "Soap", "quantity": 1, "tracking": []}]
    assert (first["more"], first["afresh"]) == (False, True)


def test_with_nothing_changed_nothing_comes_and_the_pull_says_the_same_mark(house):
    mark = told(house)["mark"]
    assert told(house, mark) == {"codes": {}, "mark": mark, "more": False, "afresh": False}
    assert house.web.get("/api/v1/floor/pull", headers=house.headers("device")).json["codes_mark"] == mark


@pytest.mark.parametrize(("change", "keys"), [
    (lambda tx, _: put_item(tx, NewItem(code="SOAP", name="Soap, green")), ["SOAP", "gtin:09506000134352"]),
    (lambda tx, _: put_item(tx, NewItem(code="SOAP", name="Soap", packs=[NewPack("case", 12, ("SOAP-CASE",))])),
     ["SOAP", "SOAP-CASE", "gtin:09506000134352"]),
    (lambda tx, _: change_location(tx, "W1-A-01-1", zone="B"), ["W1-A-01-1"]),
    (lambda tx, site: put_location(tx, site, NewLocation(code="W1-A-02-1")), ["W1-A-02-1"]),
])
def test_what_changed_comes_and_nothing_else(house, change, keys):
    write(house, lambda tx: put_item(tx, NewItem(code="TEA", name="Tea")))
    mark = told(house)["mark"]
    write(house, lambda tx: change(tx, house.site_id))
    assert sorted(told(house, mark)["codes"]) == keys


def test_an_item_put_again_as_it_is_comes_to_no_device(house):
    mark = told(house)["mark"]
    write(house, lambda tx: put_item(tx, NewItem(code="SOAP", name="Soap", weight_g=7, packs=[NewPack("each", 1, ("09506000134352",))])))
    assert told(house, mark)["codes"] == {}


def test_pages_bring_everything_once(house, monkeypatch):
    monkeypatch.setattr("server.floor.engine.CODES_A_PAGE", 2)
    for number in range(5):
        write(house, lambda tx, number=number: put_item(tx, NewItem(code=f"I-{number}", name="x")))
    pages, after = [], ""
    while not pages or pages[-1]["more"]:
        pages.append(told(house, after))
        after = pages[-1]["mark"]
    keys = [key for one in pages for key in one["codes"]]
    assert (len(pages), sorted(keys)) == (4, sorted({*keys}))
    assert {*keys} >= {*(f"I-{number}" for number in range(5)), "W1-A-01-1", "W1-DOCK", "SOAP"}


def test_a_mark_of_a_database_that_was_put_back_begins_anew(house):
    again = told(house, "900.1-900.1")
    assert (again["afresh"], sorted(again["codes"])) == (True, sorted(told(house)["codes"]))


@pytest.mark.parametrize("after", ["x", "1.1", "1.1-1.1-1", "-1.1-1.1", "9" * 30 + ".1-1.1"])
def test_a_mark_that_was_never_given_is_refused(one_house, after):
    assert one_house.web.get(f"/api/v1/floor/codes?after={after}", headers=one_house.headers("device")).status_code == 422
