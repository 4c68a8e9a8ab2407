"""A small warehouse for tests: one site, a few bins, items with barcodes, people and devices."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.transaction import Tx
from server.masterdata.parties import own_stock
from server.masterdata.sites import Place, account, add_holder, add_site, location_by_code
from server.stock.goods import GoodsKey, keep_lot
from server.stock.ledger import Move, move


@dataclass(frozen=True)
class World:
    site_id: int
    owner_id: int
    items: dict[str, int]

    def goods(self, item: str, lot: str = "", serial: str = "", status: str = "available") -> GoodsKey:
        return GoodsKey(self.items[item], self.owner_id, lot, serial, status)


def make_world(database: Database, site: str = "W1") -> World:
    return database.write(lambda tx: _make(tx, site))


def add_bin(tx: Tx, site_id: int, code: str, *, kind: str = "bin", x_mm: int = 0, y_mm: int = 0) -> None:
    parts = ([*code.split("-"), "", "", ""])[1:4]
    tx.execute(
        text(
            "INSERT INTO location (id, site_id, code, kind, zone, rack, bin, x_mm, y_mm) "
            "VALUES (:id, :site_id, :code, :kind, :zone, :rack, :bin, :x, :y)"
        ),
        {"id": add_holder(tx, "location"), "site_id": site_id, "code": code, "kind": kind, "zone": parts[0],
         "rack": parts[1], "bin": parts[2], "x": x_mm, "y": y_mm},
    )


def put(tx: Tx, world: World, goods: GoodsKey, quantity: int, place: str | Place, *, expiry: date | None = None) -> None:
    if goods.lot:
        keep_lot(tx, goods.item_id, goods.lot, expiry_on=expiry)
    target = location_by_code(tx, place) if isinstance(place, str) else place
    move(tx, Move(goods, quantity, account(tx, world.site_id, "SUPPLIER"), target, "receiving"))


def on_hand(tx: Tx, place: str) -> int:
    return int(tx.scalar(
        text("SELECT COALESCE(SUM(b.quantity), 0) FROM balance b JOIN location l ON l.id = b.holder_id WHERE l.code = :c"),
        c=place,
    ))


def _make(tx: Tx, site: str) -> World:
    site_id = add_site(tx, site, "Main")
    owner = own_stock(tx)
    for code in ("A-01-01", "A-01-02", "A-02-01", "B-01-01"):
        add_bin(tx, site_id, f"{site}-{code}")
    add_bin(tx, site_id, f"{site}-DOCK", kind="dock")
    items = {}
    for code, lot, serial in (("APPLE", 1, 0), ("BOLT", 0, 0), ("PHONE", 0, 1)):
        items[code] = tx.scalar(
            text("INSERT INTO item (code, name, tracks_lot, tracks_expiry, tracks_serial) VALUES (:c, :n, :l, :l, :s) "
                 "ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING id"),
            c=code, n=code.title(), l=lot, s=serial,
        )
    return World(site_id, owner, items)
