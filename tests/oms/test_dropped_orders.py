"""Files that are dropped into a folder become orders, once, and what becomes of them comes back as files."""

import csv
import os
import time

import pytest

from server.oms import desk as desk_module
from server.oms.connecting import ask_now
from server.oms.desk import Desk
from server.oms.listings import name_item
from server.oms.rounds import Rounds
from server.wms.order_floor import OrderFloor as Floor
from tests.oms.test_intake import ship
from tests.waiting import until

HEADER = "订单号,商品编码,数量,收件人,手机,国家,地址\n"


class Erp:
    """Who drops files for the channel `erp`, and reads what is told back."""

    def __init__(self, shops, top) -> None:
        self.shops, self.top, self.folder = shops, top, top / "erp"
        shops.desk = Desk(shops.database, Floor(), folder=top)
        shops.connect("erp", "folder", folder="erp", every_seconds=3_600)
        self.ages = iter(range(1_000, 0, -1))

    def drop(self, *rows, name="orders.csv"):
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="gb18030")
        os.utime(path, (time.time() - next(self.ages),) * 2)

    def attend(self):
        self.shops.database.write(lambda tx: ask_now(tx, self.shops.channel("erp").id))
        return self.shops.attend("erp")

    def order(self, ref):
        return self.shops.order(ref, "erp")

    def told(self):
        return [row for path in (self.folder / "out").iterdir() for row in csv.DictReader(path.open(encoding="utf-8-sig"))]


@pytest.fixture
def erp(shops, tmp_path):
    return Erp(shops, tmp_path / "channels")


def test_a_dropped_order_is_taken_shipped_and_told_back(erp):
    erp.drop("10001,SOAP,1,王小明,13800138000,CN,杭州市文三路1号")
    assert erp.attend()
    assert erp.order("10001")["lines"] == [("SOAP", 1, 1, 0, "SOAP")]
    ship(erp.shops)
    assert erp.attend()
    [row] = [one for one in erp.told() if one.get("tracking")]  # what may be sold is told too
    assert (row["reference"], row["item"], row["quantity"], row["complete"]) == ("10001", "SOAP", "1", "yes")
    assert row["tracking"] == erp.shops.warehouse.one("SELECT p.code FROM carton c JOIN lpn p ON p.id = c.lpn_id")


def test_a_later_file_changes_the_order_and_an_older_one_does_not(erp):
    erp.drop("10001,SOAP,1,王小明,13800138000,CN,杭州市文三路1号")
    erp.attend()
    erp.drop("10001,SOAP,3,王小明,13800138000,CN,杭州市文三路1号")
    erp.attend()
    assert erp.order("10001")["lines"][0][1] == 3
    erp.ages = iter([5_000])
    erp.drop("10001,SOAP,9,王小明,13800138000,CN,杭州市文三路1号")
    erp.attend()
    assert erp.order("10001")["lines"][0][1] == 3


def test_a_change_that_cannot_be_read_is_kept_with_its_order_as_it_was(erp):
    erp.drop("10001,SOAP,1,王小明,13800138000,CN,杭州市文三路1号")
    erp.attend()
    erp.drop("10001,SOAP,many,王小明,13800138000,CN,杭州市文三路1号", "10002,TEA,1,王小明,13800138000,CN,杭州市文三路1号")
    erp.attend()
    assert erp.shops.paper("10001", "erp") == ("refused", "unreadable")
    assert "Line 2, column 数量" in erp.shops.warehouse.one("SELECT words FROM channel_paper WHERE ref = '10001'")
    assert (erp.order("10001")["lines"][0][1], erp.order("10002")["state"]) == (1, "accepted")
    erp.drop("10001,SOAP,2,王小明,13800138000,CN,杭州市文三路1号")
    erp.attend()
    assert (erp.shops.paper("10001", "erp"), erp.order("10001")["lines"][0][1]) == (("taken", ""), 2)


def test_a_kill_in_the_middle_of_a_file_loses_and_doubles_nothing(erp, monkeypatch):
    erp.drop(*(f"{ref},SOAP,1,王小明,13800138000,CN,杭州市文三路1号" for ref in range(20)))
    calls = iter(range(100))
    take_in = desk_module.take_in

    def dies(*args, **kwargs):
        if next(calls) == 7:
            raise SystemExit
        return take_in(*args, **kwargs)

    monkeypatch.setattr(desk_module, "take_in", dies)
    with pytest.raises(SystemExit):
        erp.attend()
    monkeypatch.setattr(desk_module, "take_in", take_in)
    assert erp.shops.warehouse.one("SELECT COUNT(*) FROM sales_order") == 7
    assert (erp.folder / "orders.csv").exists()
    erp.shops.desk = Desk(erp.shops.database, Floor(), folder=erp.top)
    assert erp.attend()
    assert erp.shops.warehouse.one("SELECT COUNT(*) FROM sales_order") == 20
    assert erp.shops.promised("SOAP") == 20
    assert not (erp.folder / "orders.csv").exists()


def test_an_unknown_item_refuses_its_order_until_somebody_says_what_it_is(erp):
    erp.drop("10001,香皂,1,王小明,13800138000,CN,杭州市文三路1号", "10002,TEA,1,王小明,13800138000,CN,杭州市文三路1号")
    erp.attend()
    assert (erp.shops.paper("10001", "erp"), erp.order("10002")["state"]) == (("refused", "item_unknown"), "accepted")
    erp.shops.database.write(lambda tx: name_item(tx, erp.shops.channel("erp"), "香皂", erp.shops.warehouse.items["SOAP"], 6))
    erp.shops.desk.try_again(erp.shops.warehouse.one("SELECT id FROM channel_paper WHERE ref = '10001'"))
    assert erp.order("10001")["lines"] == [("SOAP", 6, 6, 0, "香皂")]


def test_a_folder_is_looked_into_by_itself(erp):
    erp.drop("10001,SOAP,1,王小明,13800138000,CN,杭州市文三路1号")
    rounds = Rounds(erp.shops.database, erp.shops.desk)
    rounds.start()
    try:
        assert until(lambda: erp.order("10001") is not None)
    finally:
        rounds.stop()
