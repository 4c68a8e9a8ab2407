"""The floor that `aisle bench next` plays on: bins, a dock, a packing table, people with handhelds; and what is ordered."""

import csv
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.site_settings import set_site_settings
from server.masterdata.sites import add_site
from server.wms.floor_plan import FloorPlan, Point, floor_plan

AISLES, APART_MM, BINS, BIN_MM, MARGIN_MM = 20, 3_000, 48, 1_000, 1_500
_PACKING, _DOCK = 7, 12
"""The aisles in front of which they are: goods come in and go out on the same side, as in most halls."""
_LINES_MOST = 12
_ADD_DEVICE = text("INSERT INTO device (name, site_id, token_hash, enrolled_at) VALUES (:name, :site_id, :name, 0) RETURNING id")
_ADD_WORKER = text("INSERT INTO worker (badge, name, role) VALUES (:name, :name, 'worker') RETURNING id")
_ADD_EPOCH = text("INSERT INTO device_epoch (device_id, epoch, next_seq, started_at) VALUES (:device_id, 'bench-0001', 1, 0)")
_LAY_DOWN = text("UPDATE task SET state = 'open', worker_id = NULL, device_id = NULL, leased_until = NULL WHERE state = 'leased' AND site_id = :site_id")
_DEPTH_MM = BINS * BIN_MM


@dataclass(frozen=True, slots=True)
class Place:
    """A location by its number and where it is."""

    id: int
    x_mm: int
    y_mm: int


@dataclass(frozen=True, slots=True)
class BenchWorker:
    """Somebody with a handheld."""

    id: int
    device_id: int


@dataclass(frozen=True, slots=True)
class Floor:
    """A site, its plan, its bins (the nearest to the packing table first) and who works there."""

    site_id: int
    plan: FloorPlan
    bins: Sequence[Place]
    dock: Place
    workers: Sequence[BenchWorker]

    def point(self, place: Place) -> Point:
        """Where a place is reached from."""
        return self.plan.point(place.x_mm, place.y_mm)

    def lay_down(self, tx: Tx) -> None:
        """What somebody took waits again."""
        tx.execute(_LAY_DOWN, {"site_id": self.site_id})


def build_floor(database: Database, workers: int) -> Floor:
    """Makes the site with its people; the packing table and the dock are in front of the aisles."""
    return database.write(lambda tx: _build(tx, workers))


def retail_lines(file: TextIO) -> list[list[int]]:
    """The orders of a CSV file as ranks of their items, the most ordered first: 0 is what is picked most."""
    rows = [(row["InvoiceNo"], row["StockCode"]) for row in _rows(file)]
    ranks = {code: rank for rank, (code, _) in enumerate(Counter(code for _, code in rows).most_common())}
    orders: dict[str, list[int]] = {}
    for invoice, code in rows:
        orders.setdefault(invoice, []).append(ranks[code])
    return [sorted(set(lines))[:_LINES_MOST] for lines in orders.values()]


def invented(seed: int) -> list[list[int]]:
    """Orders of one to six lines; a fifth of the items gets four fifths of them."""
    chance = random.Random(f"orders {seed}")
    return [[_rank(chance) for _ in range(chance.choice((1, 1, 2, 3, 4, 6)))] for _ in range(2_000)]


def _rank(chance: random.Random) -> int:
    bins = AISLES * BINS
    return chance.randrange(bins // 5) if chance.random() < 0.8 else chance.randrange(bins)


def _rows(file: TextIO) -> list[dict[str, Any]]:
    rows = list(csv.DictReader(file))
    if not rows or not {"InvoiceNo", "StockCode"} <= rows[0].keys():
        raise Invalid("The order lines need the columns InvoiceNo and StockCode.", field="orders")
    return rows


def _build(tx: Tx, workers: int) -> Floor:
    site_id = add_site(tx, "BENCH", "Bench")
    set_site_settings(tx, site_id, depot_mm=[_PACKING * APART_MM, -MARGIN_MM], cross_aisles_mm=[-MARGIN_MM, _DEPTH_MM // 2 + BIN_MM // 2, _DEPTH_MM + MARGIN_MM])
    bins = [_place(tx, site_id, f"BENCH-{aisle:02d}-{number:02d}-1", "bin", aisle * APART_MM, number * BIN_MM)
            for aisle in range(AISLES) for number in range(BINS)]
    dock = _place(tx, site_id, "BENCH-DOCK", "dock", _DOCK * APART_MM, -MARGIN_MM)
    plan = floor_plan(tx, site_id)
    if plan is None:
        raise AssertionError("a site with bins has a plan")
    nearest = sorted(bins, key=lambda one: plan.between(plan.depot_point(), plan.point(one.x_mm, one.y_mm)))
    return Floor(site_id, plan, nearest, dock, [_worker(tx, site_id, number) for number in range(workers)])


def _place(tx: Tx, site_id: int, code: str, kind: str, x_mm: int, y_mm: int) -> Place:  # noqa: PLR0917 - a location is these things
    return Place(put_location(tx, site_id, NewLocation(code=code, kind=kind, x_mm=x_mm, y_mm=y_mm)), x_mm, y_mm)


def _worker(tx: Tx, site_id: int, number: int) -> BenchWorker:
    device_id = int(tx.scalar(_ADD_DEVICE, name=f"BENCH-{number}", site_id=site_id))
    tx.execute(_ADD_EPOCH, {"device_id": device_id})
    return BenchWorker(int(tx.scalar(_ADD_WORKER, name=f"BENCH-{number}")), device_id)
