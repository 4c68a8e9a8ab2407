"""Cartons and the sides of items are master data: brought in by a file, and an order is laid into them."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.warehouse import Warehouse

HEAD = "site,code,length_mm,width_mm,height_mm,max_weight_g,own_weight_g,cost,blocked\n"


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def bring(aisle, house, tmp_path, kind: str, lines: str):
    (tmp_path / "file.csv").write_text(lines, encoding="utf-8")
    return aisle(house.database.url, "import", kind, str(tmp_path / "file.csv"), "--json")


def test_an_order_is_laid_into_the_smallest_carton_of_its_warehouse(house, aisle, tmp_path):
    cartons = HEAD + "W1,S,200,150,100,5000,90,20,no\nW1,M,300,200,150,15000,150,30,no\nW1,XS,150,100,60,2000,40,10,yes\n"
    assert bring(aisle, house, tmp_path, "cartons", cartons).json == {"done": 3, "repeated": 0, "failed": 0, "errors": []}
    assert bring(aisle, house, tmp_path, "cartons", cartons).json["repeated"] == 3
    items = "code,name,length_mm,width_mm,height_mm,this_side_up\nSOAP,Soap,90,60,30,no\nTEA,Tea,80,80,140,yes\n"
    assert bring(aisle, house, tmp_path, "items", items).code == 0
    house.put("SOAP", 10, "W1-A-01-1")
    house.put("TEA", 10, "W1-A-02-1")
    house.order("S-1", ("SOAP", 2))
    house.order("S-2", ("SOAP", 2), ("TEA", 1))
    house.wave()
    first, second = (row[0] for row in house.all("SELECT code FROM release ORDER BY id"))
    assert json.loads(aisle(house.database.url, "carton", "--order", first, "--json").text)["cartons"][0]["carton"] == "S"
    told = aisle(house.database.url, "carton", "--order", second, "--json", "--svg", str(tmp_path / "how.svg")).json
    assert [one["carton"] for one in told["cartons"]] == ["M"] and told["cartons"][0]["weight_g"] == 450
    assert "<svg" in (tmp_path / "how.svg").read_text(encoding="utf-8")


def test_bad_lines_are_refused_and_stop_nothing_else(house, aisle, tmp_path):
    told = bring(aisle, house, tmp_path, "cartons",
                 HEAD + "W1,S,0,150,100,,,,\nW9,S,1,1,1,,,,\nW1,M,300,200,wide,,,,\nW1,L,400,300,200,,,,perhaps\nW1,OK,400,300,200,,,,\n")
    assert (told.code, told.json["done"], told.json["failed"]) == (1, 1, 4)
    assert [one["line"] for one in told.json["errors"]] == [2, 3, 4, 5]
    sides = bring(aisle, house, tmp_path, "items", "code,name,length_mm\nSOAP,Soap,99999\n")
    assert (sides.code, sides.json["failed"]) == (1, 1)


def test_what_cannot_be_chosen_is_said_in_one_sentence(house, aisle):
    url = house.database.url
    assert "There is no" in aisle(url, "carton", "--order", "NOPE").errors
    house.put("SOAP", 10, "W1-A-01-1")
    house.order("S-1", ("SOAP", 2))
    house.wave()
    told = aisle(url, "carton", "--order", house.one("SELECT code FROM release"))
    assert told.code == 1 and "has no cartons" in told.errors
    assert "Give FILE" in aisle(url, "carton").errors


def test_the_database_holds_what_the_code_promises(house):
    for wrong in ("UPDATE item SET length_mm = -1", "UPDATE item SET this_side_up = 2",
                  "INSERT INTO carton_type (site_id, code, length_mm, width_mm, height_mm) VALUES (1, 'X', 0, 1, 1)",
                  "INSERT INTO parcel_weight (lpn_id, measured_g, expected_g, at) VALUES (1, 0, 0, 0)"):
        with pytest.raises(IntegrityError, match=r"(?i)check|foreign"):
            house.database.write(lambda tx, sql=wrong: tx.execute(text(sql), {}))
