import pytest
from sqlalchemy import text

from server.masterdata.locations import NewLocation, put_location
from server.masterdata.site_settings import set_site_settings
from server.masterdata.sites import account, add_site, location_by_code
from server.oms.connecting import change_channel
from server.oms.orders import NewOrder, NewOrderLine
from server.oms.sourcing.ruling import activate, draft
from server.oms.sourcing.sending import accept_sourced
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.wms.order_floor import OrderFloor
from tests.oms.conftest import Shops
from tests.warehouse import Warehouse

CITIES = {"W1": "杭州市", "W2": "北京市", "W3": "广州市"}
HANGZHOU = {"name": "王小明", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号"}
BEIJING = {"name": "李雷", "phone": "13900139000", "country": "CN", "state": "北京市", "city": "北京市", "district": "朝阳区", "street": "建国路 1 号"}


class Firm:
    """Three warehouses, in Hangzhou, Beijing and Guangzhou, and a plain channel whose orders any of them may send."""

    def __init__(self, shops) -> None:
        self.shops, self.warehouse, self.database = shops, shops.warehouse, shops.database
        self.sites = {"W1": self.warehouse.site_id}
        self.database.write(self._build)
        self.floor = OrderFloor()

    def _build(self, tx) -> None:
        for code in ("W2", "W3"):
            self.sites[code] = add_site(tx, code, code)
            for name, kind in (("A-01-1", "bin"), ("STAGE", "stage"), ("PACK", "pack"), ("DOCK", "dock")):
                put_location(tx, self.sites[code], NewLocation(code=f"{code}-{name}", kind=kind, zone="A" if kind == "bin" else ""))
        for code, site_id in self.sites.items():
            set_site_settings(tx, site_id, country="CN", city=CITIES[code])
        change_channel(tx, "shop", sourcing="on")

    def rule(self, body="prefer nearest 1\nprefer few parcels 5"):
        self.database.write(lambda tx: activate(tx, draft(tx, "rules", body, "BOSS")))

    def put(self, site, item, quantity):
        bin_ = "W1-A-01-1" if site == "W1" else f"{site}-A-01-1"
        self.database.write(lambda tx: move(tx, Move(
            GoodsKey(self.warehouse.items[item], self.warehouse.owner_id, "", "", "available"), quantity,
            account(tx, self.sites[site], "SUPPLIER"), location_by_code(tx, bin_), "receiving")))

    def order(self, ref, *lines, ship_to=HANGZHOU, settle=True, **more):
        new = NewOrder(channel="test", channel_ref=ref, site_id=self.sites["W1"], ship_to=ship_to,
                       lines=[NewOrderLine(item=item, quantity=quantity, ref=f"L{at}") for at, (item, quantity) in enumerate(lines, 1)], **more)
        answer = self.database.write(lambda tx: accept_sourced(tx, new))
        if settle:
            self.warehouse.settle()
        return answer

    def parts(self, ref, channel="test"):
        """Of each part that has not ended: number, site, state, and (line, item, pieces, promised)."""
        rows = self.warehouse.all(
            "SELECT o.number, s.code, o.state, o.id FROM sales_order o JOIN site s ON s.id = o.site_id WHERE o.channel = :c AND o.channel_ref = :r "
            "AND o.state NOT IN ('cancelled', 'merged') ORDER BY o.part", c=channel, r=ref)
        return [(number, site, state, self.warehouse.all(
            "SELECT l.number, i.code, l.quantity, l.promised FROM sales_order_line l JOIN item i ON i.id = l.item_id WHERE l.order_id = :id ORDER BY l.number", id=order))
            for number, site, state, order in rows]

    def sent(self, ref, channel="test"):
        """What each site sends of an order, by line."""
        return {site: {line: quantity for line, _, quantity, _ in lines} for _, site, _, lines in self.parts(ref, channel)}

    def faults(self):
        """Stock that is promised without a promise, or more than there is, and lines that say otherwise than their promises."""
        return [
            *self.warehouse.all("SELECT a.site_id, a.item_id FROM availability a WHERE a.promised > a.on_hand OR a.promised <> (SELECT COALESCE(SUM(p.quantity - p.posted), 0) "
                                "FROM promise p WHERE p.site_id = a.site_id AND p.item_id = a.item_id AND p.state = 'pending')"),
            *self.warehouse.all("SELECT o.number, l.number FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id WHERE o.state IN ('accepted', 'released') "
                                "AND l.promised <> (SELECT COALESCE(SUM(p.quantity), 0) FROM promise p WHERE p.site_id = o.site_id AND p.reference = o.number || '/' || l.number)")]

    def releases(self, number):
        return self.warehouse.all("SELECT s.code, r.state FROM release r JOIN site s ON s.id = r.site_id WHERE r.order_number = :n ORDER BY r.id", n=number)

    def write(self, work):
        found = self.database.write(work)
        self.warehouse.settle()
        return found

    def why(self, ref):
        return self.database.read(lambda tx: list(tx.rows(text(
            "SELECT d.how, d.why FROM sourcing_decision d JOIN sales_order o ON o.id = d.order_id WHERE o.channel_ref = :r ORDER BY d.id"), r=ref)))


@pytest.fixture
def firm(database):
    return Firm(Shops(Warehouse(database).open()))
