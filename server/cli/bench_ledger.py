"""A ledger for measuring: a year's work of a house in the shape it has in real life, loaded in bulk and sealed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.database import Database, take_your_time
from server.kernel.tables import Table, add_rows, continue_numbers
from server.kernel.transaction import Tx
from server.masterdata.sites import account, add_site
from server.stock.seals import seal

ITEMS, BINS, DEVICES = 5_000, 20_000, 50
_BEGAN = 1_760_000_000_000
_STEP_MS = 30_000
_EPOCH = "bench"
_COLUMNS = {
    "party": "id code name kind", "item": "id code name", "goods": "id item_id owner_id", "holder": "id kind",
    "location": "id site_id code kind", "lpn": "id code kind parent_id location_id created_at",
    "worker": "id badge name role", "device": "id name site_id token_hash enrolled_at",
    "device_epoch": "device_id epoch next_seq started_at",
    "operation": "op device_id epoch seq kind slots body_hash worker_id made_at at status answer",
    "stock_move": "id at reason goods_id lpn_id quantity from_id to_id op worker_id device_id document",
    "balance": "id holder_id goods_id quantity received_at", "availability": "site_id item_id owner_id on_hand",
    "outbox": "id at kind payload dispatched", "delivery": "id outbox_id consumer state",
}


_LARGE = "('stock_move', 'operation', 'outbox', 'delivery', 'balance')"
_INDEXES_SQLITE = text(f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {_LARGE}")
_INDEXES_POSTGRES = text(
    f"SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = current_schema() AND tablename IN {_LARGE} "
    "AND indexname NOT IN (SELECT conname FROM pg_constraint)")


@dataclass(frozen=True, slots=True)
class Ledger:
    """How much was built."""

    operations: int
    balances: int
    lpns: int


@dataclass(frozen=True, slots=True)
class _Places:
    supplier: int
    customer: int
    new_lpn: int
    first_bin: int
    first_lpn: int
    lpns: int
    bins: int


class _Story:
    """Moves one after the other, and what they leave behind: received, put away, picked, shipped; now and then an LPN."""

    def __init__(self, places: _Places, moves: int) -> None:
        self._places, self._moves = places, moves
        self.balances: dict[tuple[int, int], int] = defaultdict(int)
        self.lpn_places = dict.fromkeys(range(places.first_lpn, places.first_lpn + places.lpns), places.new_lpn)

    def moves(self) -> Iterator[tuple[Any, ...]]:
        """Rows of the ledger."""
        for number in range(1, self._moves + 1):
            reason, goods, lpn, quantity, origin, target = self._step(number - 1)
            device = number % DEVICES + 1
            yield (number, _BEGAN + number * _STEP_MS, reason, goods, lpn, quantity, origin, target, _op(number), device, device,
                   f"DOC-{number // 20}")

    def _step(self, number: int) -> tuple[str, int | None, int | None, int, int, int]:
        if number % 20 == 19:
            return self._lpn_step(number)
        story, phase = divmod(number, 4)
        goods, first = story % ITEMS + 1, self._places.first_bin
        dock, picked, bin_ = first + story % 10, first + 10 + story % 50, first + 60 + story * 7 % (self._places.bins - 60)
        reason, quantity, origin, target = (
            ("receiving", 10, self._places.supplier, dock), ("storing", 10, dock, bin_), ("picking", 4, bin_, picked),
            ("shipping", 4, picked, self._places.customer))[phase]
        self.balances[origin, goods] -= quantity
        self.balances[target, goods] += quantity
        return reason, goods, None, quantity, origin, target

    def _lpn_step(self, number: int) -> tuple[str, None, int, int, int, int]:
        lpn = self._places.first_lpn + number // 20 % self._places.lpns
        origin, target = self.lpn_places[lpn], self._places.first_bin + number * 13 % self._places.bins
        target += origin == target
        self.lpn_places[lpn] = target
        return "storing", None, lpn, 1, origin, target


def fill(database: Database, moves: int, *, bins: int = BINS) -> Ledger:
    """Fills an empty database: the rows in one transaction, then the seals as the server sets them."""
    built = database.write(lambda tx: _without_indexes(tx, lambda: _load(tx, moves, bins)))
    while database.write(seal):
        pass
    return built


def _without_indexes(tx: Tx, work: Callable[[], Ledger]) -> Ledger:
    """Sorting ten million keys once takes minutes, finding the place of each of them hours."""
    is_sqlite = tx.connection.dialect.name == "sqlite"
    indexes = tx.rows(_INDEXES_SQLITE if is_sqlite else _INDEXES_POSTGRES)
    for one in indexes:
        tx.query(text(f"DROP INDEX {one.name}"))
    built = work()
    for one in indexes:
        tx.query(text(one.sql.replace(":", r"\:")))
    return built


def _load(tx: Tx, moves: int, bins: int) -> Ledger:
    take_your_time(tx)
    site = add_site(tx, "W1", "Main")
    first = int(tx.scalar(text("SELECT MAX(id) FROM holder"))) + 1
    lpns = max(moves // 100, 1)
    supplier, customer, new_lpn = (account(tx, site, name).id for name in ("SUPPLIER", "CUSTOMER", "NEW-LPN"))
    places = _Places(supplier, customer, new_lpn, first, first + bins + 1, lpns, bins)
    _add_masters(tx, site, places)
    story = _Story(places, moves)
    _add_operations(tx, moves)
    # An LPN's row comes before its moves in PostgreSQL, and says where the last of them took it.
    for _ in story.moves():
        pass
    _add(tx, "lpn", ((lpn, f"LPN{lpn:09d}", "pallet", at, at, _BEGAN) for lpn, at in story.lpn_places.items()))
    _add(tx, "stock_move", _Story(places, moves).moves())
    balances = _add(tx, "balance", _balances(story, places))
    _add(tx, "availability", _availability(story, places, site))
    continue_numbers(tx)
    return Ledger(moves, balances, lpns)


def _add_masters(tx: Tx, site: int, places: _Places) -> None:
    bins, lpns = range(places.first_bin, places.first_lpn), range(places.first_lpn, places.first_lpn + places.lpns)
    devices = range(1, DEVICES + 1)
    _add(tx, "party", [(1, "OWN", "Own stock", "owner")])
    _add(tx, "item", ((number, f"ITEM-{number}", f"Item {number}") for number in range(1, ITEMS + 1)))
    _add(tx, "goods", ((number, number, 1) for number in range(1, ITEMS + 1)))
    _add(tx, "holder", ((number, "location" if number in bins else "lpn") for number in (*bins, *lpns)))
    _add(tx, "location", ((number, site, f"W1-{number}", "bin") for number in bins))
    _add(tx, "worker", ((number, f"BDG-{number}", f"Worker {number}", "worker") for number in devices))
    _add(tx, "device", ((number, f"PDA {number}", site, f"hash {number}", _BEGAN) for number in devices))
    _add(tx, "device_epoch", ((number, _EPOCH, 10**9, _BEGAN) for number in devices))


def _add_operations(tx: Tx, moves: int) -> None:
    """What the moves came from and what was told of them, made by the database itself."""
    shape = {"sqlite": "printf('%012x-7000-8000-%012x', {at}, i)",
             "postgresql": "lpad(to_hex({at}), 12, '0') || '-7000-8000-' || lpad(to_hex(i), 12, '0')"}[tx.connection.dialect.name]
    at = f"{_BEGAN} + i * {_STEP_MS}"
    numbers = "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {most:d})"
    columns = {name: ", ".join(_COLUMNS[name].split()) for name in ("operation", "outbox", "delivery")}
    tx.query(text(
        f"INSERT INTO operation ({columns['operation']}) {numbers.format(most=moves)} SELECT {shape.format(at=at)}, i % {DEVICES} + 1, "
        f"'{_EPOCH}', i / {DEVICES} + 1, 'confirm', :slots, :hash, i % {DEVICES} + 1, {at}, {at}, 'applied', :answer FROM n"),
        {"slots": '{"item": {"key": "ITEM-1", "quantity": 1}, "location": {"key": "W1-A-01-1"}, "quantity": 1}', "hash": "0" * 64,
         "answer": '{"status": "applied", "code": "ok"}'})
    told = numbers.format(most=moves // 2)
    tx.query(text(f"INSERT INTO outbox ({columns['outbox']}) {told} SELECT i, {_BEGAN}, 'PickConfirmed', '{{}}', 1 FROM n"))
    tx.query(text(f"INSERT INTO delivery ({columns['delivery']}) {told} SELECT i, i, 'dashboard', 'done' FROM n"))


def _balances(story: _Story, places: _Places) -> Iterator[tuple[int, ...]]:
    kept = ((key, quantity) for key, quantity in story.balances.items() if key[0] >= places.first_bin)
    for number, ((holder, goods), quantity) in enumerate(kept, 1):
        yield number, holder, goods, quantity, _BEGAN


def _availability(story: _Story, places: _Places, site: int) -> Iterator[tuple[int, ...]]:
    on_hand: dict[int, int] = defaultdict(int)
    for (holder, goods), quantity in story.balances.items():
        on_hand[goods] += quantity * (holder >= places.first_bin)
    yield from ((site, item, 1, quantity) for item, quantity in on_hand.items())


def _add(tx: Tx, table: str, rows: Iterable[tuple[Any, ...]]) -> int:
    return add_rows(tx, Table(table, tuple(_COLUMNS[table].split())), rows)


def _op(number: int) -> str:
    """As a device makes them: in order of time."""
    return f"{_BEGAN + number * _STEP_MS:012x}-7000-8000-{number:012x}"
