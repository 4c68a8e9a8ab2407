"""Which bin is proposed: the item's own zone, what has the item, its own class of places, then low and near."""

import pytest
from sqlalchemy import text

from server.masterdata.locations import NewLocation, put_location
from server.stock.lpns import lpn_by_code
from server.wms.put_away import _ANY as ANY
from server.wms.put_away import _EMPTY as EMPTY
from server.wms.put_away import Burden, bins_for, empty_bins_for, want_put_away
from tests.warehouse import Warehouse


@pytest.fixture
def house(database):
    """One bin of each class in each of two zones, at two distances, beside the house's own of class C."""
    house = Warehouse(database).open()

    def work(tx):
        tx.execute(text("UPDATE location SET blocked = 1 WHERE kind = 'bin'"))
        for zone in ("X", "Y"):
            for abc in "ABC":
                for near, at in (("1", 1000), ("2", 2000)):
                    put_location(tx, house.site_id, NewLocation(code=f"{zone}-{abc}-{near}", zone=zone, abc=abc, x_mm=at, y_mm=at))

    database.write(work)
    return house


def found(house, kinds=(EMPTY, ANY), **burden) -> list[str]:
    what = Burden(**{"item_id": house.items["SOAP"], "items": 1, "lot": "", "lots": 1, "weight_g": 1, "volume_ml": 1, "abc": "C", "zone": "", **burden})
    return [row.code for row in house.database.read(lambda tx: bins_for(tx, house.site_id, what, kinds))]


@pytest.mark.parametrize(("abc", "first", "then", "last"), [("A", "A", "B", "C"), ("B", "B", "C", "A"), ("C", "C", "B", "A")])
def test_a_class_has_its_own_places_then_its_neighbours_and_the_best_ones_are_kept(house, abc, first, then, last):
    for expected in (first, then, last):
        assert found(house, abc=abc) == [f"{zone}-{expected}-{near}" for near in "12" for zone in "XY"]
        house.database.write(lambda tx, gone=expected: tx.execute(text("UPDATE location SET blocked = 1 WHERE abc = :abc AND kind = 'bin'"), {"abc": gone}))
    assert found(house, abc=abc) == []


def test_an_items_zone_comes_before_its_class_and_any_zone_after_both(house):
    assert found(house, abc="A", zone="Y") == ["Y-A-1", "Y-A-2"]
    house.database.write(lambda tx: tx.execute(text("UPDATE location SET blocked = 1 WHERE zone = 'Y' AND abc = 'A'")))
    assert found(house, abc="A", zone="Y") == ["Y-B-1", "Y-B-2"]
    house.database.write(lambda tx: tx.execute(text("UPDATE location SET blocked = 1 WHERE zone = 'Y'")))
    assert found(house, abc="A", zone="Y") == ["X-A-1", "X-A-2"]


def test_a_bin_that_has_the_item_comes_first_whatever_its_class(house):
    house.put("SOAP", 5, "Y-C-2")
    assert found(house, abc="A") == ["Y-C-2"]
    assert found(house, abc="A", zone="X") == ["X-A-1", "X-A-2"]


def test_empty_bins_come_before_those_that_have_something_else(house):
    for code in ("X-A-1", "Y-A-1"):
        house.put("TEA", 5, code)
    assert found(house, abc="A") == ["X-A-2", "Y-A-2"]
    for code in ("X-A-2", "Y-A-2", *(f"{zone}-{abc}-{near}" for zone in "XY" for abc in "BC" for near in "12")):
        house.put("TEA", 5, code)
    assert found(house, kinds=(EMPTY,), abc="A") == []
    assert found(house, abc="A") == ["X-A-1", "Y-A-1", "X-A-2", "Y-A-2"]


def test_a_bin_that_is_kept_for_another_pallet_is_not_proposed(house):
    def keep(tx):
        tote = lpn_by_code(tx, "TOTE-5")
        want_put_away(tx, tote)
        tx.execute(text("UPDATE put_away SET suggested_id = (SELECT id FROM location WHERE code = 'X-A-1')"))

    house.database.write(keep)
    assert found(house, abc="A") == ["Y-A-1", "X-A-2", "Y-A-2"]


@pytest.mark.parametrize(("rule", "abc"), [("max_weight_g = 5", "A"), ("max_volume_ml = 5", "A"), ("max_lpns = 0", "A"), ("mixing = 'one_item'", "A")])
def test_where_a_rule_of_all_its_places_refuses_it_the_next_class_is_asked(house, rule, abc):
    house.database.write(lambda tx: tx.execute(text(f"UPDATE location SET {rule} WHERE abc = :abc AND kind = 'bin'"), {"abc": abc}))
    assert found(house, abc=abc, weight_g=6, volume_ml=6, items=2, lots=2)[0] == "X-B-1"


def test_loose_goods_go_to_their_own_or_to_an_empty_bin(house):
    what = Burden(item_id=house.items["SOAP"], items=1, lot="", lots=1, weight_g=1, volume_ml=1, abc="B", zone="")
    assert [row.code for row in house.database.read(lambda tx: empty_bins_for(tx, house.site_id, what))] == ["X-B-1", "Y-B-1", "X-B-2", "Y-B-2"]
