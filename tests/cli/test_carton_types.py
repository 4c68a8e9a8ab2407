"""`aisle cartons`: the cartons of a warehouse on the command line."""

import pytest
from sqlalchemy import text

from server.printing.queue import put_printer
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
        "site": "W1", "code": "M", "length_mm": 300, "width_mm": 200, "height_mm": 150, "max_weight_g": 15_000, "own_weight_g": 180, "cost": 0, "blocked": True,
        "outer_length_mm": 0, "outer_width_mm": 0, "outer_height_mm": 0}]}
    assert "out of use" in cartons().text
    assert [cartons("--put", "M", "--used").code, "out of use" in cartons().text] == [0, False]
    assert cartons("--remove", "M", "--json").json == {"removed": "M"}
    assert "Make one" in cartons().text
    assert [row[0] for row in cartons.house.all("SELECT action FROM audit WHERE action LIKE 'carton%' ORDER BY id")] == [
        *["carton_type.put"] * 4, "carton_type.dropped"]


def test_how_large_a_carton_is_outside_is_kept_and_all_or_nothing_of_it(cartons):
    assert cartons("--put", "M", "--size", "300x200x150", "--outside", "310x210x160").code == 0
    assert cartons.house.all("SELECT outer_length_mm, outer_width_mm, outer_height_mm FROM carton_type") == [(310, 210, 160)]
    for outside in ("310x210x0", "299x210x160"):
        told = cartons("--put", "M", "--outside", outside)
        assert (told.code, "outer sides" in told.errors) == (1, True)
    assert cartons("--put", "M", "--outside", "0x0x0").code == 0
    assert cartons.house.one("SELECT outer_length_mm FROM carton_type") == 0


def test_the_label_of_a_carton_is_printed_and_scans_as_its_code(cartons):
    cartons("--put", "Box m", "--size", "300x200x150")
    cartons.house.database.write(lambda tx: tx.execute(text("DELETE FROM printer")))
    assert (cartons("--label", "Box m").code, "no printer" in cartons("--label", "Box m").errors) == (1, True)
    cartons.house.database.write(lambda tx: put_printer(tx, "zebra", cartons.house.site_id, "socket://127.0.0.1:9"))
    assert cartons("--label", "Box m", "--json").json["label"] == "Box m"
    assert cartons.house.all("SELECT label, code, template, state FROM print_job") == [("carton_type", "Box m", "item", "queued")]
    assert "no carton S" in cartons("--label", "S").errors


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
