"""A warehouse for measuring: each device has an item, pallets to put away, orders to pick, and two bins of its own."""

from dataclasses import dataclass

from sqlalchemy import text

from server.floor.operations import DeviceIdentity
from server.kernel.database import Database
from server.kernel.dispatcher import Dispatcher
from server.kernel.ids import secret_hash
from server.kernel.transaction import Tx
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.parties import own_stock
from server.masterdata.sites import account, add_site, location_by_code
from server.oms.orders import NewOrder, NewOrderLine, accept_order
from server.reactions import CONSUMERS
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.stock.lpns import make_lpn
from server.wms.put_away import want_put_away
from server.wms.release_rules import ReleaseRule
from server.wms.waves import release_wave

SITE, UNITS = "B1", 2
_ADD_DEVICE = text("INSERT INTO device (name, site_id, token_hash, enrolled_at) VALUES (:n, :s, :hash, 0) RETURNING id")
_ADD_WORKER = text("INSERT INTO worker (badge, name, role) VALUES (:b, :b, 'worker') RETURNING id")
_ADD_SESSION = text(
    "INSERT INTO worker_session (id, token_hash, worker_id, device_id, created_at, last_used_at, expires_at) "
    "VALUES (:id, :id, :w, :d, 0, :now, 99999999999999)"
)


@dataclass(frozen=True, slots=True)
class BenchDevice:
    """A device and what waits for it."""

    identity: DeviceIdentity
    token: str
    session: str
    lpns: tuple[str, ...]
    totes: tuple[str, ...]
    bins: tuple[str, str]
    item: str


def build_house(database: Database, devices: int, rounds: int = 1, *, working: int | None = None) -> list[BenchDevice]:
    """Fills an empty database; only the first `working` devices have pallets and orders. The same each time."""
    site_id, owner_id = database.write(_build_site)
    found = []
    for number in range(devices):
        own = rounds if working is None or number < working else 0
        found.append(database.write(lambda tx, number=number, own=own: _add_device(tx, site_id, owner_id, number, own)))  # type: ignore[misc]
    Dispatcher(database, CONSUMERS).drain()
    while release_wave(database, ReleaseRule(site_id=site_id, name="bench", picking="single"), most=500):
        Dispatcher(database, CONSUMERS).drain()
    return found


def _build_site(tx: Tx) -> tuple[int, int]:
    site_id = add_site(tx, SITE, "Bench")
    owner_id = own_stock(tx)
    for kind in ("dock", "stage", "pack", "door"):
        put_location(tx, site_id, NewLocation(code=f"{SITE}-{kind.upper()}", kind=kind))
    return site_id, owner_id


def _add_device(tx: Tx, site_id: int, owner_id: int, number: int, rounds: int) -> BenchDevice:
    token = f"dev_bench-{number}"
    device = tx.scalar(_ADD_DEVICE, n=f"PDA {number}", s=site_id, hash=secret_hash(token))
    worker = tx.scalar(_ADD_WORKER, b=f"BENCH-{number}")
    tx.execute(_ADD_SESSION, {"id": f"s{number}", "w": worker, "d": device, "now": tx.now})
    item = f"SOAP-{number}"
    goods = GoodsKey(put_item(tx, NewItem(code=item, name=f"Soap {number}", packs=[NewPack("each", 1, (_gtin(number),))])), owner_id)
    bins = _own_bins(tx, site_id, goods, number)
    lpns = tuple(_add_round(tx, site_id, item, goods, f"{number:03d}-{at:03d}") for at in range(rounds))
    return BenchDevice(DeviceIdentity(device, site_id), token, f"s{number}", lpns,
                       tuple(f"TOTE-{number:03d}-{at:03d}" for at in range(rounds)), bins, item)


def _own_bins(tx: Tx, site_id: int, goods: GoodsKey, number: int) -> tuple[str, str]:
    codes = f"{SITE}-C-{number:03d}-1", f"{SITE}-C-{number:03d}-2"
    for code in codes:
        put_location(tx, site_id, NewLocation(code=code, kind="hold"))  # nothing is promised from here
    move(tx, Move(goods, 10, account(tx, site_id, "SUPPLIER"), location_by_code(tx, codes[0]), "receiving"))
    return codes


def _add_round(tx: Tx, site_id: int, item: str, goods: GoodsKey, name: str) -> str:
    """A pallet on the dock, a bin with goods, an empty bin, a tote and an order of two lines."""
    supplier = account(tx, site_id, "SUPPLIER")
    for level, aisle in (("1", "A"), ("2", "B")):
        place = NewLocation(code=f"{SITE}-{aisle}-{name}-{level}", zone=aisle, aisle=aisle, x_mm=3000 * ord(aisle), y_mm=int(name[:3]) * 1000)
        put_location(tx, site_id, place)
    move(tx, Move(goods, 10, supplier, location_by_code(tx, f"{SITE}-A-{name}-1"), "receiving"))
    pallet = make_lpn(tx, location_by_code(tx, f"{SITE}-DOCK"))
    move(tx, Move(goods, 10, supplier, pallet, "receiving"))
    want_put_away(tx, pallet)
    make_lpn(tx, location_by_code(tx, f"{SITE}-STAGE"), kind="tote", code=f"TOTE-{name}")
    lines = [NewOrderLine(item=item, quantity=UNITS), NewOrderLine(item=item, quantity=UNITS)]
    accept_order(tx, NewOrder(channel="bench", channel_ref=name, site_id=site_id, lines=lines))
    return pallet.code


def _gtin(number: int) -> str:
    digits = f"0950600{number:06d}"
    return digits + str(-sum(int(one) * (3 if at % 2 == 0 else 1) for at, one in enumerate(digits)) % 10)
