import pytest
from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.errors import Invalid
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.site_settings import set_site_settings
from server.wms.floor_plan import floor_plan
from server.wms.site_changes import change_site
from tests.warehouse import Warehouse

ONE_WAY = "layout=one_way_up_mm:0;one_way_down_mm:3000"


@pytest.fixture
def warehouse(database: Database) -> Warehouse:
    return Warehouse(database).open()


def choose(warehouse: Warehouse, *changes: str) -> None:
    warehouse.database.write(lambda tx: change_site(tx, "W1", changes))


def plan(warehouse: Warehouse):
    return warehouse.database.read(lambda tx: floor_plan(tx, warehouse.site_id))


def walked_bins(warehouse: Warehouse) -> list[str]:
    return [code for code, in warehouse.all(
        "SELECT l.code FROM allocation a JOIN location l ON l.id = a.holder_id ORDER BY a.task_id, a.position")]


def test_a_round_walks_one_way_aisles_only_in_their_direction(warehouse):
    choose(warehouse, ONE_WAY)
    for item, bin_ in (("SOAP", "W1-B-02-1"), ("TEA", "W1-B-04-1"), ("MILK", "W1-A-03-1")):
        warehouse.put(item, 10, bin_, lot="L1" if item == "MILK" else "")
    warehouse.order("1", ("SOAP", 1), ("TEA", 1), ("MILK", 1))
    warehouse.wave()
    assert walked_bins(warehouse) == ["W1-A-03-1", "W1-B-04-1", "W1-B-02-1"]


def test_the_same_round_goes_round_the_other_way_when_the_aisles_do(warehouse):
    choose(warehouse, "layout=one_way_up_mm:3000;one_way_down_mm:0")
    for item, bin_ in (("SOAP", "W1-B-02-1"), ("TEA", "W1-B-04-1"), ("MILK", "W1-A-03-1")):
        warehouse.put(item, 10, bin_, lot="L1" if item == "MILK" else "")
    warehouse.order("1", ("SOAP", 1), ("TEA", 1), ("MILK", 1))
    warehouse.wave()
    assert walked_bins(warehouse) == ["W1-B-02-1", "W1-B-04-1", "W1-A-03-1"]


def test_the_way_back_in_a_one_way_aisle_leads_around(warehouse):
    both_ways = plan(warehouse).between((0, 4.0), (0, 2.0))
    choose(warehouse, ONE_WAY)
    assert (both_ways, plan(warehouse).between((0, 4.0), (0, 2.0))) == (2.0, 2.0 + 3.0 + 6.0 + 3.0 + 2.0)


def test_who_stands_in_a_one_way_aisle_walks_on_ahead(warehouse):
    choose(warehouse, ONE_WAY)
    assert plan(warehouse).onward((0, 1.0), [(1, 3.0)]).length == 3.0 + 6.0 + 3.0


@pytest.mark.parametrize(("setting", "sentence"), [
    ("layout=one_way_up_mm:0,3000", "nobody gets to every bin and back"),
    ("layout=one_way_up_mm:777", "no aisle with bins at x 777 mm"),
])
def test_one_way_aisles_that_leave_no_way_are_refused(warehouse, setting, sentence):
    with pytest.raises(Invalid, match=sentence):
        choose(warehouse, setting)
    assert plan(warehouse).one_way == ()


def test_an_aisle_that_vanishes_does_not_stop_the_floor(warehouse):
    choose(warehouse, ONE_WAY)
    warehouse.database.write(lambda tx: tx.execute(text("UPDATE location SET x_mm = 0 WHERE aisle = 'B'"), {}))
    assert plan(warehouse).one_way == ()


def test_two_cross_aisles_in_one_place_are_one(warehouse):
    warehouse.database.write(lambda tx: set_site_settings(tx, warehouse.site_id, cross_aisles_mm=[0, 0, 6000]))
    assert plan(warehouse).cross_aisles == (0.0, 6.0)


def test_a_bin_in_a_new_aisle_makes_the_floor_wider(warehouse):
    warehouse.database.write(lambda tx: put_location(tx, warehouse.site_id, NewLocation(code="W1-C-01-1", x_mm=6000, y_mm=1000)))
    assert plan(warehouse).aisles == (0.0, 3.0, 6.0)
