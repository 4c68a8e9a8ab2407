"""`aisle cartons`: the cartons of a warehouse on the command line."""

import pytest
from sqlalchemy import text

from tests.warehouse import Warehouse


@pytest.fixture
def cartons(database, aisle):
    house = Warehouse(database).open()

    def run(*arguments):
        return aisle(database.url, "cartons", *arguments)

    run.house = house
    return run


def test_a_carton_is_made_changed_in_part_blocked_and_taken_away(cartons):
    assert cartons("--put", "M", "--size", "300x200x150", "--max-weight-g", "15000").code == 0
    assert cartons("--put", "M", "--own-weight-g", "180", "--json").json == {"carton": "M"}
    assert cartons("--put", "M", "--blocked").code == 0
    assert cartons("--site", "W1", "--json").json == {"cartons": [{
        "site": "W1", "code": "M", "length_mm": 300, "width_mm": 200, "height_mm": 150, "max_weight_g": 15_000, "own_weight_g": 180, "cost": 0, "blocked": True}]}
    assert "out of use" in cartons().text
    assert [cartons("--put", "M", "--used").code, "out of use" in cartons().text] == [0, False]
    assert cartons("--remove", "M", "--json").json == {"removed": "M"}
    assert "Make one" in cartons().text
    assert [row[0] for row in cartons.house.all("SELECT action FROM audit WHERE action LIKE 'carton%' ORDER BY id")] == [
        *["carton_type.put"] * 4, "carton_type.dropped"]


WRONG = (
    (("--put", "S"), "give its --size"), (("--put", "S", "--size", "0x10x10"), "inner sides are 1 to"), (("--put", "S", "--size", "wide"), "no size"),
    (("--put", "S", "--size", "1x1x1", "--cost", "-1"), "0 to"), (("--put", "S" * 33, "--size", "1x1x1"), "1 to 32"), (("--remove", "S"), "no carton S"),
    (("--site", "W9"), "no warehouse W9"), (("--site", "W9", "--put", "S", "--size", "1x1x1"), "no warehouse W9"), (("--size", "1x1x1"), "Give one of"),
    (("--put", "S", "--remove", "S"), "Give one of"), (("--put", "S", "--size", "999999999x1x1"), "inner sides"))


def test_what_cannot_be_done_is_said_in_one_sentence(cartons):
    for arguments, words in WRONG:
        told = cartons(*arguments)
        assert told.code != 0 and words in told.errors and "Traceback" not in told.errors, arguments


def test_items_whose_carton_cannot_be_told_are_named_with_what_they_lack(cartons):
    cartons.house.database.write(lambda tx: tx.execute(text("UPDATE item SET length_mm = 1, width_mm = 1, height_mm = 1 WHERE code <> 'TEA'"), {}))
    cartons.house.database.write(lambda tx: tx.execute(text("UPDATE item SET weight_g = 0 WHERE code = 'MILK'"), {}))
    told = cartons("--unmeasured", "--json")
    assert (told.code, [(one["item"], one["lacks"]) for one in told.json["items"]]) == (1, [("MILK", ["weight"]), ("TEA", ["size"])])
    cartons.house.database.write(lambda tx: tx.execute(text("UPDATE item SET length_mm = 1, width_mm = 1, height_mm = 1, weight_g = 1"), {}))
    assert cartons("--unmeasured").code == 0
