"""Stock, promises and allocations, played with in any order against a book that is too simple to be wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count as numbers
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text

from server.kernel.clock import SECOND, StillClock
from server.kernel.database import Database
from server.kernel.errors import Refusal
from server.kernel.ids import uuid7
from server.kernel.transaction import Actor, Tx
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.parties import own_stock
from server.masterdata.sites import Place, account, add_site, location_by_code
from server.stock.availability import Wanted, order_reference, post_promise, promise_all, void_promise
from server.stock.errors import AlreadyReversed, InsufficientStock
from server.stock.goods import GoodsKey, keep_lot
from server.stock.invariants import STOCK_INVARIANTS
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_code, make_lpn
from server.stock.reversal import reverse_operation
from server.wms.allocating import allocate_line, give_back, line_by_id
from server.wms.counting import count, request_count
from server.wms.holding import Which, hold, release_hold
from server.wms.invariants import WMS_INVARIANTS
from server.wms.pick_tasks import task_allocations
from server.wms.picking import pick
from server.wms.tasks import NewTask, make_task
from server.wms.unpicking import unpick
from tests.stock.book import Book, Kept, Key, Line, Promise
from tests.world import add_bin

BINS, LOTS = ("A", "B", "C"), {"TEA": ("",), "MILK": ("L1", "L2")}
EXPIRY = {"L1": date(2098, 1, 1), "L2": date(2099, 1, 1)}
_SITES = numbers(1)
_BALANCES = text("SELECT COALESCE(p.code, l.code) AS place, i.code AS item, g.lot, g.status, b.quantity, b.allocated FROM balance b "
                 "JOIN goods g ON g.id = b.goods_id JOIN item i ON i.id = g.item_id LEFT JOIN lpn p ON p.id = b.holder_id "
                 "JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) WHERE l.site_id = :site AND b.quantity > 0")
_AVAILABLE = text("SELECT i.code AS item, a.on_hand, a.promised FROM availability a JOIN item i ON i.id = a.item_id WHERE a.site_id = :site")
_PROMISES = text("SELECT reference, quantity, posted FROM promise WHERE site_id = :site AND quantity > posted AND state = 'pending'")
_KEPT = text("SELECT a.id, a.quantity, a.picked, a.state FROM allocation a JOIN release_line l ON l.id = a.release_line_id "
             "JOIN release r ON r.id = l.release_id WHERE r.site_id = :site")
_ADD_RELEASE = text("INSERT INTO release (code, order_number, site_id, ship_to, created_at, state) VALUES (:c, :c, :s, '{}', 0, 'released') RETURNING id")
_ADD_LINE = text("INSERT INTO release_line (release_id, number, item_id, owner_id, ordered) VALUES (:r, 1, :i, :o, :q) RETURNING id")
_SHIP = text("UPDATE release_line SET packed = packed + :q, shipped = shipped + :q WHERE id = :id")
_QUANTITY = text("SELECT quantity FROM allocation WHERE id = :id")
quantities, some = st.integers(1, 9), st.integers(0, 1_000)


@dataclass
class Done:
    """Something that can be undone: who came from where."""

    op: str
    key: Key  # where the goods are since
    back_to: str | None  # None: the supplier
    quantity: int
    allocation: int | None = None
    is_undone: bool = False


class StockMachine(RuleBasedStateMachine):
    """A site with three bins, an item without and one with lots; each play has a site of its own."""

    database: Database
    clock: StillClock

    @initialize(milk=quantities, tea=quantities)
    def open(self, milk: int, tea: int) -> None:
        """Begins with something in every bin: from nothing most plays would be about nothing."""
        self.book, self.done, self.site = Book(), list[Done](), f"S{next(_SITES)}"
        self.tasks: dict[int, int] = {}
        self.lot_of: dict[int, str] = {}
        self.run(self._build)
        self.broken_before = self.database.read(self._broken)  # by a play that found a planted fault
        for lot, place in ((0, "B"), (1, "A")):
            self.receive("MILK", lot, milk, place)
        self.receive("TEA", 0, tea, "C")

    def _build(self, tx: Tx) -> None:
        self.site_id = add_site(tx, self.site, self.site)
        self.owner = own_stock(tx)
        for name in BINS:
            add_bin(tx, self.site_id, self.code(name))
        add_bin(tx, self.site_id, self.code("STAGE"), kind="stage")
        self.items = {name: put_item(tx, NewItem(code=self.code(name), name=name, packs=[NewPack("each", 1, ())], tracks_lot=name == "MILK",
                                                 tracks_expiry=name == "MILK")) for name in LOTS}
        for lot, expiry in EXPIRY.items():
            keep_lot(tx, self.items["MILK"], lot, expiry_on=expiry)

    # what happens

    @rule(item=st.sampled_from(sorted(LOTS)), lot=some, quantity=quantities, place=st.sampled_from(BINS))
    def receive(self, item: str, lot: int, quantity: int, place: str) -> None:
        key = (place, item, LOTS[item][lot % len(LOTS[item])])
        op = self.write(lambda tx: move(tx, Move(self.goods(key), quantity, account(tx, self.site_id, "SUPPLIER"), self.place(tx, place), "receiving")))
        self.book.add(key, quantity)
        self.done.append(Done(op, key, None, quantity))

    @precondition(lambda self: any(self.book.filled()))
    @rule(which=some, quantity=quantities, place=st.sampled_from(BINS))
    def relocate(self, which: int, quantity: int, place: str) -> None:
        key = self.key(which)
        if key[0] == place:
            return
        work = lambda tx: move(tx, Move(self.goods(key), quantity, self.place(tx, key[0]), self.place(tx, place), "storing"))  # noqa: E731
        if self.book.free(key) < quantity:
            self.refused(work, InsufficientStock)
            return
        op = self.write(work)
        self.book.shift(key, place, quantity)
        self.done.append(Done(op, (place, *key[1:]), key[0], quantity))

    @rule(item=st.sampled_from(sorted(LOTS)), quantity=quantities, at_once=st.booleans())
    def order(self, item: str, quantity: int, at_once: bool) -> None:
        """What can be promised is promised, and handed to the floor."""
        number = f"{self.site}-{uuid7()}"
        expected, tote = max(0, min(quantity, self.book.promisable(item))), f"T{len(self.book.lines):03}"

        def work(tx: Tx) -> int:
            [got] = promise_all(tx, self.site_id, [Wanted(order_reference(number, 1), self.items[item], self.owner, quantity)])
            assert got == expected
            if not got:
                return 0
            release = tx.scalar(_ADD_RELEASE, c=number, s=self.site_id)
            line = int(tx.scalar(_ADD_LINE, r=release, i=self.items[item], o=self.owner, q=got))
            make_lpn(tx, self.place(tx, "STAGE"), kind="tote", code=self.code(tote))
            self.tasks[line] = make_task(tx, NewTask(site_id=self.site_id, kind="pick", data={"releases": [release], "picking": "single"}))
            return line

        line = self.run(work)
        if line:
            self.book.promises[order_reference(number, 1)] = Promise(item, expected)
            self.book.lines[line] = Line(item, expected, order_reference(number, 1), tote)
        if line and at_once:
            self.allocated(line)

    @precondition(lambda self: self.book.promises)
    @rule(which=some, quantity=st.one_of(st.none(), quantities))
    def take_promise_back(self, which: int, quantity: int | None) -> None:
        reference = list(self.book.promises)[which % len(self.book.promises)]
        one = self.book.promises[reference]
        back = self.run(lambda tx: void_promise(tx, self.site_id, reference, quantity))
        assert back == (min(one.rest, quantity) if quantity is not None else one.rest)
        one.quantity -= back

    @precondition(lambda self: self.book.lines)
    @rule(which=some)
    def allocate(self, which: int) -> None:
        self.allocated(sorted(self.book.lines)[which % len(self.book.lines)])

    def allocated(self, line: int) -> None:
        """As much as lies free in bins, and the lot that expires first before any other."""
        item, wanted = self.book.lines[line].item, self.book.wanted(line)

        def work(tx: Tx) -> list[tuple[int, Key, int]]:
            found = allocate_line(tx, line_by_id(tx, line), wanted, lambda equal: equal[0], task_id=self.tasks[line])
            return [(number, (self.name(one.location), item, one.lot), tx.scalar(_QUANTITY, id=number)) for number, one in found]

        rest, expected = wanted, {}
        for lot in LOTS[item]:
            expected[lot] = min(rest, sum(self.book.free(key) for key in self.book.filled() if key[1:] == (item, lot)))
            rest -= expected[lot]
        made = self.run(work)
        assert {lot: sum(taken for _, key, taken in made if key[2] == lot) for lot in LOTS[item]} == expected
        for number, key, taken in made:
            assert taken <= self.book.free(key)
            self.book.kept[number] = Kept(line, key, taken)

    @precondition(lambda self: self.book.kept)
    @rule(which=some)
    def give_allocation_back(self, which: int) -> None:
        number = self.allocation(which)
        assert self.run(lambda tx: give_back(tx, number)) == self.book.kept[number].rest
        if self.book.kept[number].state == "open":
            self.book.kept[number].end()

    @precondition(lambda self: any(one.rest for one in self.book.kept.values()))
    @rule(which=some, quantity=quantities)
    def pick(self, which: int, quantity: int) -> None:
        open_ones = sorted(number for number, one in self.book.kept.items() if one.rest)
        number = open_ones[which % len(open_ones)]
        one = self.book.kept[number]
        quantity, tote = min(quantity, one.rest), self.book.lines[one.line].tote

        def work(tx: Tx) -> Any:
            rows = [row for row in task_allocations(tx, self.tasks[one.line]) if row.id == number]
            return pick(tx, rows, quantity, lpn_by_code(tx, self.code(tote)))

        op = self.write(work)
        one.picked += quantity
        one.state = "picked" if one.picked == one.quantity else "open"
        self.book.shift(one.key, tote, quantity)
        self.done.append(Done(op, (tote, *one.key[1:]), one.key[0], quantity, number))

    @precondition(lambda self: any(self.book.at(key) for key in self.book.stock if key[0].startswith("T")))
    @rule(which=some)
    def ship(self, which: int) -> None:
        """All that lies in an order's tote leaves; what is still promised of it is fulfilled first."""
        full = sorted(key for key, quantity in self.book.stock.items() if quantity and key[0].startswith("T"))
        key = full[which % len(full)]
        quantity = self.book.at(key)
        number = next(number for number, line in self.book.lines.items() if line.tote == key[0])
        promise = self.book.promises[self.book.lines[number].reference]

        def work(tx: Tx) -> None:
            assert post_promise(tx, self.site_id, self.book.lines[number].reference, quantity) == min(promise.rest, quantity)
            tx.execute(_SHIP, {"id": number, "q": quantity})
            move(tx, Move(self.goods(key), quantity, self.place(tx, key[0]), account(tx, self.site_id, "CUSTOMER"), "shipping"))

        self.write(work)
        promise.posted += min(promise.rest, quantity)
        self.book.leaves(key, quantity)

    @precondition(lambda self: any(self.book.filled()))
    @rule(which=some, quantity=quantities)
    def hold(self, which: int, quantity: int) -> None:
        key = self.key(which, where_kept=which % 3 > 0)
        held = min(quantity, self.book.at(key))
        self.run(lambda tx: hold(tx, self.which(tx, key, quantity), "QUALITY"))
        self.book.free_newest(key, held - self.book.free(key))
        self.book.leaves(key, held)
        self.book.held[key] = self.book.held.get(key, 0) + held

    @precondition(lambda self: any(self.book.held.values()))
    @rule(which=some, quantity=quantities)
    def release(self, which: int, quantity: int) -> None:
        held = sorted(key for key, amount in self.book.held.items() if amount)
        key = held[which % len(held)]
        back = min(quantity, self.book.held[key])
        self.run(lambda tx: release_hold(tx, self.which(tx, key, quantity)))
        self.book.held[key] -= back
        self.book.add(key, back)

    @precondition(lambda self: any(self.book.filled()))
    @rule(which=some, differs=st.integers(-9, 4))
    def count(self, which: int, differs: int) -> None:
        """A picker said that a bin was short: what is counted then is believed."""
        key = self.key(which, where_kept=which % 3 > 0)
        here = [one for one in self.book.filled() if one[0] == key[0]]
        if any(self.book.held.get(one) for one in self.book.held if one[0] == key[0]):
            return
        counted = max(0, self.book.at(key) + differs)
        found = [{"item": self.code(one[1]), "lot": one[2], "quantity": counted if one == key else self.book.at(one)} for one in here]

        def work(tx: Tx) -> Any:
            number = request_count(tx, self.place(tx, key[0]).id, "short")
            return count(tx, number, [one for one in found if one["quantity"]], made_at=tx.now, worker_id=None)

        assert not self.run(work).again
        off = counted - self.book.at(key)
        if off < 0:
            self.book.free_newest(key, self.book.allocated(key) - counted)
            self.book.leaves(key, -off)
        else:
            self.book.add(key, off)

    @precondition(lambda self: self.done)
    @rule(which=some)
    def undo(self, which: int) -> None:
        one = self.done[-1 - which % len(self.done)]

        def work(tx: Tx) -> None:
            reverse_operation(tx, one.op)
            if one.allocation is not None:
                unpick(tx, [[one.allocation, one.quantity]])

        if one.is_undone or self.book.free(one.key) < one.quantity:
            self.refused(work, *((AlreadyReversed,) if one.is_undone else ()), InsufficientStock)
            return
        self.write(work)
        one.is_undone = True
        if one.back_to is None:
            self.book.leaves(one.key, one.quantity)
        else:
            self.book.shift(one.key, one.back_to, one.quantity)
        if one.allocation is not None:
            self.book.kept[one.allocation].picked -= one.quantity
            self.book.kept[one.allocation].state = "open"

    # what must be true after each step

    @invariant()
    def the_tables_say_what_the_book_says(self) -> None:
        if hasattr(self, "book"):
            self.database.read(self._compare)

    def _compare(self, tx: Tx) -> None:
        rows = tx.rows(_BALANCES, site=self.site_id)
        found = {(self.name(row.place), self.name(row.item), row.lot, row.status): (row.quantity, row.allocated) for row in rows}
        book = self.book
        assert found == {**{(*key, "available"): (quantity, book.allocated(key)) for key, quantity in book.stock.items() if quantity},
                         **{(*key, "hold"): (quantity, 0) for key, quantity in book.held.items() if quantity}}
        said = {self.name(row.item): (row.on_hand, row.promised) for row in tx.rows(_AVAILABLE, site=self.site_id)}
        assert said == {item: (book.on_hand(item), book.promised(item)) for item in said}
        pending = {row.reference: (row.quantity, row.posted) for row in tx.rows(_PROMISES, site=self.site_id)}
        assert pending == {name: (one.quantity, one.posted) for name, one in book.promises.items() if one.rest}
        kept = {row.id: (row.quantity, row.picked, row.state) for row in tx.rows(_KEPT, site=self.site_id)}
        assert kept == {number: (one.quantity, one.picked, one.state) for number, one in book.kept.items()}
        assert self._broken(tx) == self.broken_before

    @staticmethod
    def _broken(tx: Tx) -> list[str]:
        return [row for check in [*STOCK_INVARIANTS[:3], *WMS_INVARIANTS] for row in check.check(tx).rows]

    # how it is asked for

    def write(self, work: Callable[[Tx], Any]) -> str:
        op = str(uuid7())
        self.run(work, op)
        return op

    def run(self, work: Callable[[Tx], Any], op: str | None = None) -> Any:
        self.clock.advance(SECOND)
        return self.database.write(work, actor=Actor("machine", op=op))

    def refused(self, work: Callable[[Tx], Any], *why: type[Refusal]) -> None:
        try:
            self.write(work)
        except why:
            return
        raise AssertionError(f"this should have been refused as {why}")

    def code(self, name: str) -> str:
        return f"{self.site}-{name}"

    def name(self, code: str) -> str:
        return code.removeprefix(f"{self.site}-")

    def goods(self, key: Key) -> GoodsKey:
        return GoodsKey(self.items[key[1]], self.owner, key[2])

    def place(self, tx: Tx, name: str) -> Place:
        found = lpn_by_code(tx, self.code(name)) if name.startswith("T") else location_by_code(tx, self.code(name))
        assert found is not None
        return found

    def which(self, tx: Tx, key: Key, quantity: int) -> Which:
        return Which(site_id=self.site_id, place=self.place(tx, key[0]), item=self.code(key[1]), lot=key[2], quantity=quantity)

    def key(self, which: int, *, where_kept: bool = False) -> Key:
        """Some goods in a bin; with `where_kept` rather such as are kept for an order."""
        keys = [key for key in self.book.filled() if where_kept and self.book.allocated(key)] or list(self.book.filled())
        return keys[which % len(keys)]

    def allocation(self, which: int) -> int:
        numbers_ = sorted(self.book.kept)
        return numbers_[which % len(numbers_)]
