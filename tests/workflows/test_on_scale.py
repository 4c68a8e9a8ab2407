"""What a scale of a packing table books by itself can be taken back, and belongs to the handheld that packs there."""

import pytest

from server.masterdata.stations import NewStation, put_station
from tests.workflows.test_gate import Gate
from tests.workflows.test_weighing import house, labels, on_the_scale  # noqa: F401 - the same small warehouse


class Table(Gate):
    def __init__(self, warehouse, **settings: object) -> None:
        super().__init__(warehouse, "PACK-1")
        warehouse.database.write(lambda tx: put_station(tx, warehouse.site_id, NewStation(code="PACK-1", kind="pack", location="W1-PACK", settings=settings)))


def in_hand(house, pda):  # noqa: F811
    """The task as the packer's handheld is told it."""
    return house.engine.pull(pda.device, None)["tasks"][0]


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


def test_the_packer_sees_what_is_wrong_and_has_a_button_for_each_way_on(house, table):  # noqa: F811
    pda = on_the_scale(house)
    table.does("on_scale", weight=320)
    (form,) = in_hand(house, pda)["forms"]
    assert (form["info"]["wrong"]["key"], form["info"]["wrong"]["args"]["name"]) == ("pack.one_missing", "Tea")
    assert [way["label"]["key"] for way in form["info"]["ways"]] == ["pack.reason.counted", "pack.reason.packaging"]
    way = form["info"]["ways"][0]
    assert pda.send(way["kind"], way["slots"], None)["code"] == "ok"
    assert labels(house) == 1
    assert house.all("SELECT state, weight_g, scale_g FROM carton") == [("closed", 320, 0)]
    assert house.one("SELECT reason FROM parcel_weight") == "counted"


def test_what_was_wrong_is_gone_when_the_weight_is_right(house, table):  # noqa: F811
    pda = on_the_scale(house)
    table.does("on_scale", weight=320)
    table.does("on_scale", weight=405)
    assert all("wrong" not in form["info"] for form in in_hand(house, pda)["forms"])


def test_only_the_handheld_of_this_table_is_weighed_for(house):  # noqa: F811
    table = Table(house, handheld="PDA 7")
    on_the_scale(house)
    assert table.does("on_scale", weight=405)[:2] == ("applied", "nothing_to_weigh")
    mine = Table(house, handheld="PDA 1")
    mine.seq = table.seq
    assert mine.does("on_scale", weight=405)[:2] == ("applied", "ok")
