import json
import time

import pytest

from server.kernel.transaction import Actor
from server.oms.channels.caller import Caller
from server.oms.channels.plain import Plain, PlainSettings
from server.oms.connecting import add_channel, channel_by_code
from server.oms.desk import Desk
from server.oms.intake import take_in
from server.wms.order_floor import OrderFloor as Floor
from tests.conftest import fresh_url
from tests.warehouse import Warehouse

SECRET = "a secret of sixteen letters or more"
HOME = {"name": "王小明", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号"}


def document(ref="1", version=1, *, stage="paid", lines=(("SOAP", 1),), **more):
    """An order of the plain channel."""
    return {"reference": ref, "version": version, "stage": stage, "customer": "王小明", "ship_to": HOME, "currency": "CNY",
            "lines": [{"ref": f"L{at}", "item": item, "quantity": quantity, "price": 1990} for at, (item, quantity) in enumerate(lines, 1)], **more}


class Shops:
    """A warehouse with a plain channel called `shop`, and what came of what it gave."""

    def __init__(self, warehouse) -> None:
        self.warehouse, self.database = warehouse, warehouse.database
        self.desk = Desk(self.database, Floor())
        self.connector = Plain(PlainSettings(secret=SECRET), Caller())
        if not warehouse.one("SELECT COUNT(*) FROM channel"):  # else it was copied
            self.connect("shop")

    def connect(self, code, kind="plain", *, every_seconds=3_600, since=0, promises_unpaid=False, checks="on", **settings):
        settings = {"secret": SECRET, **settings} if kind == "plain" else settings
        self.database.write(lambda tx: add_channel(
            tx, code=code, kind=kind, name=code, site_id=self.warehouse.site_id, settings=settings, every_seconds=every_seconds, since=since,
            promises_unpaid=promises_unpaid, checks=checks))

    def channel(self, code="shop"):
        return self.database.read(lambda tx: channel_by_code(tx, code))

    def give(self, *documents, code="shop", is_fresh=False):
        """What the last of them came to."""
        channel = self.channel(code)
        outcomes = [self.database.write(lambda tx, one=one: take_in(tx, channel, self.connector, one, Floor(), is_fresh=is_fresh),
                                        actor=Actor("channel shop")) for one in documents]
        return outcomes[-1]

    def attend(self, code="shop"):
        """As the thread behind a server does, at its time."""
        return self.desk.attend(self.channel(code))

    def order(self, ref, code="shop"):
        """What can be seen of an order: its state, hold, address and lines."""
        head = self.warehouse.all("SELECT id, number, state, hold, ship_to, customer FROM sales_order WHERE channel = :c AND channel_ref = :r", c=code, r=ref)
        if not head:
            return None
        number, *seen = head[0][1:]
        seen[2] = json.loads(seen[2]) if isinstance(seen[2], str) else seen[2]
        return {"number": number, "state": seen[0], "hold": seen[1], "ship_to": seen[2], "customer": seen[3], "lines": self.warehouse.all(
            "SELECT i.code, l.quantity, l.promised, l.shipped, l.ref FROM sales_order_line l JOIN item i ON i.id = l.item_id WHERE l.order_id = :id "
            "ORDER BY l.ref, i.code", id=head[0][0])}

    def paper(self, ref, code="shop"):
        """Its state and why."""
        return self.warehouse.all("SELECT p.state, p.code FROM channel_paper p JOIN channel c ON c.id = p.channel_id WHERE c.code = :c AND p.ref = :r",
                                  c=code, r=ref)[0]

    def promised(self, item):
        return self.warehouse.one("SELECT COALESCE(SUM(promised), 0) FROM availability WHERE item_id = :i", i=self.warehouse.items[item])


def stocked(database):
    shops = Shops(Warehouse(database).open())
    shops.warehouse.put("SOAP", 100, "W1-A-01-1")
    shops.warehouse.put("TEA", 100, "W1-A-02-1")
    shops.warehouse.settle()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    return fresh_url(request, str(request.param), tmp_path, has_warehouse=True, build=stocked if "shops" in request.fixturenames else None)


@pytest.fixture
def shops(database):
    return Shops(Warehouse(database).open())


def now_ms():
    return time.time_ns() // 1_000_000
