"""What the scale says of parcels: judged by their items, kept, and learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.transaction import Tx
from server.masterdata.carton_types import carton_types_of
from server.masterdata.site_settings import site_settings
from server.wms.expected_weight import PieceWeight, Tolerance, Verdict, carton_instead, learnt_weight, verdict_of
from server.wms.taken_cartons import TakenCarton, retake, taken_of

REASONS = ("counted", "packaging")
"""Why a parcel's label is printed although it does not weigh what it should: counted again, or packed otherwise."""
_LEARNT_FROM = 30

_ITEMS = text(
    "SELECT i.id, i.code, i.name, CASE WHEN i.catch_weight = 1 THEN 1 ELSE i.weight_g END AS weight_g, w.parcels, "
    "COALESCE((SELECT SUM(b.quantity) FROM goods g JOIN balance b ON b.goods_id = g.id AND b.holder_id = :lpn_id "
    "WHERE g.item_id = i.id AND b.quantity > 0), 0) AS pieces "
    "FROM item i LEFT JOIN item_weight w ON w.item_id = i.id "
    "WHERE i.id IN (SELECT l.item_id FROM release_line l WHERE l.release_id = :release_id) ORDER BY i.code"
).columns(parcels=JSON)
_KEEP = text("INSERT INTO parcel_weight (lpn_id, measured_g, expected_g, reason, at) VALUES (:lpn_id, :measured_g, :expected_g, :reason, :at)")
_FORGET = text("DELETE FROM parcel_weight WHERE lpn_id = :lpn_id")
_LEARN = text("INSERT INTO item_weight (item_id, parcels, changed_at) VALUES (:item_id, :parcels, :at) "
              "ON CONFLICT (item_id) DO UPDATE SET parcels = excluded.parcels, changed_at = excluded.changed_at"
              ).bindparams(bindparam("parcels", type_=JSON))
_WRONG = text("UPDATE carton SET scale_g = :measured_g WHERE lpn_id = :lpn_id AND state = 'open'")
_CLOSE = text("UPDATE carton SET state = 'closed', weight_g = :measured_g, scale_g = 0 WHERE lpn_id = :lpn_id AND state = 'open'")
_REOPEN = text("UPDATE carton SET state = 'open', weight_g = :expected_g WHERE lpn_id = :lpn_id AND state = 'closed'")


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, with the names of the items that it speaks of.

    `carton_g` is what was taken for the empty carton, `is_carton_known` whether that is more than a guess, `instead` another carton
    that would explain the weight.
    """

    verdict: Verdict
    names: dict[str, str]
    items: Sequence[Any]
    taken: TakenCarton
    carton_g: int
    is_carton_known: bool
    instead: str = ""


def judge_parcel(tx: Tx, site_id: int, carton: Any, measured_g: int, *, taken: TakenCarton | None = None) -> Judged:
    """Whether a parcel weighs what its items and its carton should; items of the same order may have been mistaken for each other.

    Its carton is the one that it was packed into, or the one that was `taken` after all; where its empty weight is not known the
    site's `pack_carton_g` stands for it.
    """
    settings, taken = site_settings(tx, site_id), taken or taken_of(carton)
    carton_g = taken.own_weight_g or settings.pack_carton_g
    cartons = {row.code: row.own_weight_g for row in carton_types_of(tx, site_id) if row.own_weight_g}
    items = tx.rows(_ITEMS, lpn_id=carton.lpn_id, release_id=carton.release_id)
    weights: dict[str, PieceWeight] = {row.code: learnt_weight(row.parcels or (), master_g=row.weight_g) for row in items}
    verdict = verdict_of(
        measured_g, {row.code: int(row.pieces) for row in items if row.pieces}, weights, carton_g=carton_g,
        tolerance=Tolerance(least_g=settings.pack_tolerance_g, percent=settings.pack_tolerance_percent), others=list(weights))
    others = {code: grams for code, grams in cartons.items() if code != taken.carton_type}
    return Judged(verdict, {row.code: row.name for row in items}, items, taken, carton_g, bool(taken.own_weight_g) or not cartons,
                  carton_instead(verdict, carton_g, others))


def note_wrong(tx: Tx, carton: Any, measured_g: int) -> None:
    """Whoever packs the parcel is shown what is wrong with it until it is weighed again."""
    tx.execute(_WRONG, {"lpn_id": carton.lpn_id, "measured_g": measured_g})


def close_parcel(tx: Tx, carton: Any, judged: Judged, measured_g: int, *, reason: str) -> bool:
    """Keeps the weight with the parcel and the carton it was judged with, learns from it, and closes it; False when it was closed before.

    What is learnt is the weight without the carton, and only where that is known: of different cartons one would be learnt as the other.
    """
    if not tx.changed(_CLOSE, lpn_id=carton.lpn_id, measured_g=measured_g):
        return False
    if judged.taken != taken_of(carton):
        retake(tx, carton.lpn_id, judged.taken)
    tx.execute(_KEEP, {"lpn_id": carton.lpn_id, "measured_g": measured_g, "expected_g": judged.verdict.expected_g, "reason": reason,
                       "at": tx.now})
    inside = [row for row in judged.items if row.pieces]
    if len(inside) == 1 and reason != "packaging" and judged.is_carton_known and measured_g > judged.carton_g:
        parcels = [*(inside[0].parcels or ()), [int(inside[0].pieces), measured_g - judged.carton_g]][-_LEARNT_FROM:]
        tx.execute(_LEARN, {"item_id": inside[0].id, "parcels": parcels, "at": tx.now})
    return True


def reopen_parcel(tx: Tx, lpn_id: int, expected_g: int) -> bool:
    """A parcel goes back on the scale; False when its label was read already. What was learnt from it is one of thirty, and stays."""
    forget_weight(tx, lpn_id)
    return bool(tx.changed(_REOPEN, lpn_id=lpn_id, expected_g=expected_g))


def forget_weight(tx: Tx, lpn_id: int) -> None:
    """A parcel that is unpacked has no weight."""
    tx.execute(_FORGET, {"lpn_id": lpn_id})
