"""What a scale of a packing table books by itself can be taken back, and belongs to the handheld that packs there."""

import pytest

from server.masterdata.stations import NewStation, put_station
from tests.workflows.test_gate import Gate
from tests.workflows.test_weighing import house, labels, on_the_scale  # noqa: F401 - the same small warehouse


class Table(Gate):
    def __init__(self, warehouse, **settings: object) -> None:
        super().__init__(warehouse, "PACK-1")
        warehouse.database.write(lambda tx: put_station(tx, warehouse.site_id, NewStation(code="PACK-1", kind="pack", location="W1-PACK", settings=settings)))


@pytest.fixture
def table(house):  # noqa: F811
    return Table(house)


def test_a_weight_is_taken_back_and_the_parcel_waits_again(house, table):  # noqa: F811
    on_the_scale(house)
    assert table.does("on_scale", weight=405)[:2] == ("applied", "ok")
    assert labels(house) == 1
    assert table.signed_in().undo() == ("applied", "ok")
    assert house.all("SELECT state FROM carton") == [("open",)]
    assert table.does("on_scale", weight=404)[:2] == ("applied", "ok")
    assert house.one("SELECT measured_g FROM parcel_weight") == 404


def test_a_wrong_weight_is_told_and_books_nothing(house, table):  # noqa: F811
    on_the_scale(house)
    status, code, args = table.does("on_scale", weight=320)
    assert (status, code, args["off"], args["name"]) == ("applied", "wrong_weight", 80, "Tea")
    assert labels(house) == 0


def test_only_the_handheld_of_this_table_is_weighed_for(house):  # noqa: F811
    table = Table(house, handheld="PDA 7")
    on_the_scale(house)
    assert table.does("on_scale", weight=405)[:2] == ("applied", "nothing_to_weigh")
    mine = Table(house, handheld="PDA 1")
    mine.seq = table.seq
    assert mine.does("on_scale", weight=405)[:2] == ("applied", "ok")
