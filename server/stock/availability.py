"""What a site can promise: on hand and available, less what is promised already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.events import PromiseBroken, StockArrived
from server.kernel.transaction import Tx
from server.stock.errors import InsufficientStock, NotPromisable
from server.stock.goods import GoodsKey

# Whatever changes what can be promised marks its row; `changed` looks for the marks, so that who promises writes nothing more.
_ENTER = text(
    "INSERT INTO availability (site_id, item_id, owner_id, on_hand) VALUES (:site_id, :item_id, :owner_id, :quantity) "
    "ON CONFLICT (site_id, item_id, owner_id) DO UPDATE SET on_hand = availability.on_hand + excluded.on_hand, is_changed = 1"
)
_LEAVE = text(
    "UPDATE availability SET on_hand = on_hand - :quantity, is_changed = 1 WHERE site_id = :site_id AND item_id = :item_id "
    "AND owner_id = :owner_id AND on_hand - promised >= :quantity"
)
_LOCK = text(
    "UPDATE availability SET on_hand = on_hand WHERE site_id = :site_id AND item_id = :item_id "
    "AND owner_id = :owner_id RETURNING on_hand, promised"
)
_FREE = text(
    "SELECT on_hand - promised FROM availability WHERE site_id = :site_id AND item_id = :item_id "
    "AND owner_id = :owner_id"
)
_PROMISE = text(
    "UPDATE availability SET promised = promised + :quantity, is_changed = 1 WHERE site_id = :site_id AND item_id = :item_id "
    "AND owner_id = :owner_id AND on_hand - promised >= :quantity"
)
_ON_AGAIN = "ON CONFLICT (reference, site_id) DO UPDATE SET quantity = promise.quantity + excluded.quantity, state = 'pending'"
PROMISING = (
    "held AS (SELECT v.item_id, v.owner_id, v.on_hand - v.promised AS free FROM availability v WHERE v.site_id = :site_id "
    "AND (v.item_id, v.owner_id) IN (SELECT item_id, owner_id FROM wanted) ORDER BY v.item_id, v.owner_id FOR UPDATE), "
    "given AS (SELECT w.*, GREATEST(0, LEAST(w.quantity, h.free + w.quantity - SUM(w.quantity) OVER (PARTITION BY w.item_id, w.owner_id "
    "ORDER BY w.place))) AS got FROM wanted w JOIN held h ON h.item_id = w.item_id AND h.owner_id = w.owner_id), "
    "taken AS (UPDATE availability v SET promised = v.promised + g.got, is_changed = 1 FROM (SELECT item_id, owner_id, CAST(SUM(got) AS BIGINT) AS got FROM given "
    "GROUP BY item_id, owner_id) g WHERE v.site_id = :site_id AND v.item_id = g.item_id AND v.owner_id = g.owner_id AND g.got > 0 "
    "AND v.on_hand - v.promised >= g.got RETURNING v.item_id, v.owner_id), "
    "kept AS (INSERT INTO promise (site_id, item_id, owner_id, reference, quantity, created_at) SELECT :site_id, g.item_id, g.owner_id, "
    "g.reference, g.got, :at FROM given g JOIN taken t ON t.item_id = g.item_id AND t.owner_id = g.owner_id WHERE g.got > 0 "
    f"{_ON_AGAIN} RETURNING reference), "
    "promised AS (SELECT g.place, CAST(g.got AS BIGINT) AS got FROM given g JOIN kept k ON k.reference = g.reference)"
)
"""For PostgreSQL, behind `wanted` (reference, item_id, owner_id, quantity, place): what is `promised` (place, got) of it, with the values
site_id and at. The rows are held in one sequence, and what is free is read by what holds them: read before, it would be promised to two."""
_PROMISE_ALL = text(
    "WITH wanted AS (SELECT * FROM UNNEST(CAST(:references AS TEXT[]), CAST(:items AS BIGINT[]), CAST(:owners AS BIGINT[]), "
    "CAST(:quantities AS BIGINT[])) WITH ORDINALITY AS w(reference, item_id, owner_id, quantity, place)), "
    f"{PROMISING} SELECT place, got FROM promised"
)
_ADD_PROMISE = text(
    "INSERT INTO promise (site_id, item_id, owner_id, reference, quantity, created_at) "
    f"VALUES (:site_id, :item_id, :owner_id, :reference, :quantity, :at) {_ON_AGAIN}"
)
_FREE_PROMISED = text(
    "UPDATE availability SET promised = promised - :quantity, is_changed = 1 WHERE site_id = :site_id AND item_id = :item_id "
    "AND owner_id = :owner_id AND promised >= :quantity"
)
_HOLD_PENDING = "UPDATE promise SET posted = posted WHERE reference = :reference AND site_id = :site_id AND state = 'pending' "
_AND_TELL = "RETURNING id, quantity, posted, item_id, owner_id"
_PENDING = text(f"{_HOLD_PENDING}{_AND_TELL}")
_PENDING_HELD = text(
    "WITH held AS (SELECT v.site_id FROM promise p JOIN availability v ON v.site_id = p.site_id AND v.item_id = p.item_id "
    "AND v.owner_id = p.owner_id WHERE p.reference = :reference AND p.site_id = :site_id FOR UPDATE OF v) "
    f"{_HOLD_PENDING}AND (SELECT COUNT(*) FROM held) >= 0 {_AND_TELL}"
)
"""Written as it is, so that nobody breaks it meanwhile. On PostgreSQL what the site has is held first, as by whoever promises
or breaks promises: else each would wait for the other."""
_NEWEST = text(
    "SELECT id, reference, quantity, posted FROM promise WHERE site_id = :site_id AND item_id = :item_id "
    "AND owner_id = :owner_id AND state = 'pending' ORDER BY id DESC"
)
_MARKED = "SELECT site_id, item_id, owner_id FROM availability WHERE is_changed = 1"
_ANY_MARKED = text(f"{_MARKED} ORDER BY site_id, item_id, owner_id LIMIT 1")
_SOME_MARKED = text(f"{_MARKED} ORDER BY site_id, item_id, owner_id LIMIT :most")
_UNMARK = text("UPDATE availability SET is_changed = 0 WHERE site_id = :site_id AND item_id = :item_id AND owner_id = :owner_id AND is_changed = 1")
_UNMARK_FREE = text(
    f"WITH marked AS ({_MARKED} ORDER BY site_id, item_id, owner_id LIMIT :most FOR UPDATE SKIP LOCKED) "
    "UPDATE availability v SET is_changed = 0 FROM marked m WHERE v.site_id = m.site_id AND v.item_id = m.item_id AND v.owner_id = m.owner_id "
    "RETURNING v.site_id, v.item_id"
)
_REDUCE = text(
    "UPDATE promise SET quantity = quantity - :quantity, "
    "state = CASE WHEN quantity - :quantity > posted THEN 'pending' WHEN posted > 0 THEN 'posted' ELSE 'voided' END "
    "WHERE id = :id AND state = 'pending' AND quantity - posted >= :quantity"
)
_POST = text(
    "UPDATE promise SET posted = posted + :quantity, "
    "state = CASE WHEN posted + :quantity = quantity THEN 'posted' ELSE 'pending' END "
    "WHERE id = :id AND state = 'pending' AND quantity - posted >= :quantity"
)


def order_reference(order_number: str, line: int) -> str:
    """What the promise for a line of an order is kept under."""
    return f"{order_number}/{line}"


def stock_entered(tx: Tx, site_id: int, goods: GoodsKey, quantity: int) -> None:
    """Available stock came into a site."""
    tx.execute(_ENTER, {**_scope(site_id, goods.item_id, goods.owner_id), "quantity": quantity})
    tx.emit(StockArrived(site_id, goods.item_id, quantity))


def stock_left(tx: Tx, site_id: int, goods: GoodsKey, quantity: int) -> None:
    """Available stock leaves a site; promises that it would have kept are taken back, the newest first."""
    scope = _scope(site_id, goods.item_id, goods.owner_id)
    if tx.changed(_LEAVE, **scope, quantity=quantity):
        return
    state = tx.row(_LOCK, **scope)
    if state is None or state.on_hand < quantity:
        raise InsufficientStock("The site does not have that much of this item.", free=0, quantity=quantity)
    _break_promises(tx, scope, quantity - (state.on_hand - state.promised))
    tx.changed(_LEAVE, **scope, quantity=quantity)


def promisable(tx: Tx, site_id: int, item_id: int, owner_id: int) -> int:
    """How much of an item a site could still promise."""
    return int(tx.scalar(_FREE, **_scope(site_id, item_id, owner_id)) or 0)


def promise(tx: Tx, site_id: int, goods: GoodsKey, quantity: int, *, reference: str) -> None:
    """Keeps a quantity for an order line; NotPromisable when the site has less left."""
    scope = _scope(site_id, goods.item_id, goods.owner_id)
    if not tx.changed(_PROMISE, **scope, quantity=quantity):
        free = promisable(tx, site_id, goods.item_id, goods.owner_id)
        raise NotPromisable(f"Only {free} can be promised, {quantity} were asked.", free=free, quantity=quantity)
    tx.execute(_ADD_PROMISE, {**scope, "reference": reference, "quantity": quantity, "at": tx.now})


@dataclass(frozen=True, slots=True)
class Wanted:
    """So much of an item for an order line, under its reference."""

    reference: str
    item_id: int
    owner_id: int
    quantity: int


def promise_all(tx: Tx, site_id: int, wanted: Sequence[Wanted]) -> list[int]:
    """Promises as much of each as the site has left; how much. References differ from one another.

    On PostgreSQL one statement holds what the site has of all items, in one sequence for everybody, so that orders of several
    lines never wait for each other in a circle, and is held no longer than it takes to write them down.
    """
    if tx.connection.dialect.name == "sqlite":  # nobody else writes
        return [_promise_up_to(tx, site_id, one) for one in wanted]
    got = [0] * len(wanted)
    for row in tx.rows(_PROMISE_ALL, site_id=site_id, at=tx.now, references=[one.reference for one in wanted],
                       items=[one.item_id for one in wanted], owners=[one.owner_id for one in wanted], quantities=[one.quantity for one in wanted]):
        got[row.place - 1] = row.got
    return got


def _promise_up_to(tx: Tx, site_id: int, one: Wanted) -> int:
    quantity = min(one.quantity, promisable(tx, site_id, one.item_id, one.owner_id))
    if quantity <= 0:
        return 0
    promise(tx, site_id, GoodsKey(one.item_id, one.owner_id), quantity, reference=one.reference)
    return quantity


def has_changed(tx: Tx) -> bool:
    """Whether what can be promised of anything was changed since it was taken note of."""
    return tx.row(_ANY_MARKED) is not None


def take_changed(tx: Tx, most: int) -> list[tuple[int, int]]:
    """Sites and items of which more or less can be promised than when this was last asked; each change is told once.

    On PostgreSQL those that somebody is writing just now are left for `take_changed_one`: nobody waits here while holding others up.
    """
    if tx.connection.dialect.name != "sqlite":
        return [(row.site_id, row.item_id) for row in tx.rows(_UNMARK_FREE, most=most)]
    marked = tx.rows(_SOME_MARKED, most=most)
    tx.execute(_UNMARK, [dict(row._mapping) for row in marked])
    return [(row.site_id, row.item_id) for row in marked]


def changed_in_use(tx: Tx, most: int) -> list[Any]:
    """What `take_changed` left because it was in use."""
    return tx.rows(_SOME_MARKED, most=most) if tx.connection.dialect.name != "sqlite" else []


def take_changed_one(tx: Tx, row: Any) -> list[tuple[int, int]]:
    """One of them, in a transaction of its own, after whoever writes it; nothing when somebody was faster."""
    return [(row.site_id, row.item_id)] * tx.changed(_UNMARK, site_id=row.site_id, item_id=row.item_id, owner_id=row.owner_id)


def void_promise(tx: Tx, site_id: int, reference: str, quantity: int | None = None) -> int:
    """Gives back a promise, or `quantity` of it; how much was given back."""
    row = _hold_pending(tx, site_id, reference)
    if row is None:
        return 0
    back = min(row.quantity - row.posted, row.quantity if quantity is None else quantity)
    if back > 0:
        tx.execute(_REDUCE, {"id": row.id, "quantity": back})
        tx.execute(_FREE_PROMISED, {**_scope(site_id, row.item_id, row.owner_id), "quantity": back})
    return int(back)


def post_promise(tx: Tx, site_id: int, reference: str, quantity: int) -> int:
    """The promised goods leave: to be called before the move that takes them out. How much was posted."""
    row = _hold_pending(tx, site_id, reference)
    if row is None:
        return 0
    posted = min(row.quantity - row.posted, quantity)
    if posted > 0:
        tx.execute(_POST, {"id": row.id, "quantity": posted})
        tx.execute(_FREE_PROMISED, {**_scope(site_id, row.item_id, row.owner_id), "quantity": posted})
    return int(posted)


def _hold_pending(tx: Tx, site_id: int, reference: str) -> Any:
    is_sqlite = tx.connection.dialect.name == "sqlite"
    return tx.row(_PENDING if is_sqlite else _PENDING_HELD, reference=reference, site_id=site_id)


def _break_promises(tx: Tx, scope: dict[str, int], missing: int) -> None:
    for row in tx.rows(_NEWEST, **scope):
        if missing <= 0:
            return
        back = min(row.quantity - row.posted, missing)
        tx.execute(_REDUCE, {"id": row.id, "quantity": back})
        tx.execute(_FREE_PROMISED, {**scope, "quantity": back})
        tx.emit(PromiseBroken(row.reference, scope["item_id"], scope["site_id"], back))
        missing -= back


def _scope(site_id: int, item_id: int, owner_id: int) -> dict[str, int]:
    return {"site_id": site_id, "item_id": item_id, "owner_id": owner_id}
