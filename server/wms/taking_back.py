"""What was picked for an order that is cancelled: it is no order's any more, and somebody is to bring it back to its bins."""

from typing import Any

from sqlalchemy import text

from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.wms.tasks import NewTask, cancel_waiting, make_task
from server.wms.unpicking import void_picks

_PACKING = text("SELECT id FROM task WHERE kind IN ('pack', 'collect') AND subject_id = :id AND state IN ('open', 'leased')")
_PICKS = text(
    "SELECT a.id, a.picked FROM release_line l JOIN allocation a ON a.release_line_id = l.id WHERE l.release_id = :id AND a.picked > 0 "
    "ORDER BY a.id"
)
_IN_TOTES = text(  # a full tote is changed in the middle of a pick: the ledger knows both, the allocation only the last
    "SELECT m.goods_id, m.from_id, m.to_id, t.code AS tote, i.code AS item, i.name, g.lot, g.serial, loc.id AS location_id, "
    "loc.code AS location, SUM(m.quantity) AS quantity FROM stock_move m JOIN goods g ON g.id = m.goods_id JOIN item i ON i.id = g.item_id "
    "JOIN lpn t ON t.id = m.to_id LEFT JOIN lpn p ON p.id = m.from_id JOIN location loc ON loc.id = COALESCE(p.location_id, m.from_id) "
    "WHERE m.id IN (SELECT k.id FROM release_line l JOIN allocation a ON a.release_line_id = l.id AND a.picked > 0 "
    "JOIN stock_move k ON k.from_id = a.holder_id AND k.goods_id = a.goods_id WHERE l.release_id = :id AND k.document = :code "
    "AND k.reason = 'picking' AND k.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM stock_move b WHERE b.reverses_id = k.id)) "
    "GROUP BY m.goods_id, m.from_id, m.to_id, t.code, i.code, i.name, g.lot, g.serial, loc.id, loc.code ORDER BY loc.code, i.code, m.to_id"
)
_PICKER = text(
    "SELECT t.worker_id, t.device_id FROM release_line l JOIN allocation a ON a.release_line_id = l.id JOIN task t ON t.id = a.task_id "
    "WHERE l.release_id = :id AND a.picked > 0 AND t.state = 'leased' ORDER BY t.id DESC LIMIT 1"
)
_OFFER = text("UPDATE task SET for_worker_id = :worker_id WHERE id = :id")


class PickedAlready(Refusal):
    """An order that somebody packs, or has packed, cannot be taken back from the floor."""

    code = "picked_already"


def stop_packing(tx: Tx, release: Any) -> None:
    """Nobody begins to pack an order of which something was picked; PickedAlready when somebody has begun."""
    packing = tx.scalar(_PACKING, id=release.id)
    if release.state not in ("released", "picked") or (packing is not None and not cancel_waiting(tx, packing)):
        raise _begun(release)


def take_picks_back(tx: Tx, release: Any) -> int:
    """Picked goods are no order's any more: a task brings them back, offered to whoever has them in hand. Its number."""
    lines = [{**dict(row._mapping), "quantity": int(row.quantity), "order": release.code, "op": None, "is_done": False}
             for row in in_totes(tx, release)]
    if not lines:
        raise _begun(release)
    picker = tx.row(_PICKER, id=release.id)
    void_picks(tx, [[row.id, row.picked] for row in tx.rows(_PICKS, id=release.id)])
    number = make_task(tx, NewTask(site_id=release.site_id, kind="put_back", priority=2, document=release.code, subject_id=release.id,
                                   begin_id=lines[0]["location_id"], data={"lines": lines}))
    if picker is not None:
        tx.execute(_OFFER, {"id": number, "worker_id": picker.worker_id})
        tx.touched_devices.add(picker.device_id)
    return number


def in_totes(tx: Tx, release: Any) -> list[Any]:
    """What was picked for a release, by goods and tote, and where it was taken from."""
    return tx.rows(_IN_TOTES, id=release.id, code=release.code)


def _begun(release: Any) -> PickedAlready:
    return PickedAlready(f"{release.order_number} is packed, or somebody packs it. Ask the supervisor to unpack it first.",
                         order=release.order_number)
