"""An order's whole story, across channel, floor and door: what was done to it, when, and by whom; read by indexes only."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.dashboard.order_troubles import asked_of, troubles_of
from server.dashboard.story_entry import Entry
from server.kernel.transaction import Tx
from server.stock.availability import order_reference

_PAPER = text("SELECT p.state, p.code, p.words, p.came_at, p.changed_at, c.code AS channel FROM channel_paper p JOIN channel c ON c.id = p.channel_id "
              "WHERE p.order_id = :id")
_NOTICES = text("SELECT n.kind, n.state, n.payload, n.error, n.attempts, n.created_at, n.told_at, c.code AS channel FROM channel_notice n "
                "JOIN channel c ON c.id = n.channel_id WHERE n.order_id = :id ORDER BY n.id").columns(payload=JSON)
_PROMISES = text("SELECT reference, quantity, created_at FROM promise WHERE reference IN :references AND site_id = :site_id AND quantity > 0 "
                 "ORDER BY id").bindparams(bindparam("references", expanding=True))
_RELEASES = text(
    "SELECT r.id, r.code, r.state, r.on_hold, r.created_at, w.code AS wave, w.released_at FROM release r LEFT JOIN wave w ON w.id = r.wave_id "
    "WHERE r.order_number = :number ORDER BY r.id")
_AUDITED = text("SELECT at, actor, action, subject, detail FROM audit WHERE subject IN :subjects AND action IN "
                "('order.cancelled', 'order.changed', 'order.delayed', 'order.held', 'order.let_go', 'order.merged', 'order.rest_cancelled', 'order.unmerged', 'release.held', 'release.let_go', 'rma.announced', 'rma.cancelled', 'rma.expired', "
                "'rma.refund', 'rma.refused', 'rma.sent', 'rma.exchange') ORDER BY id"
                ).bindparams(bindparam("subjects", expanding=True))
_PLACED = text("SELECT at, actor, action, subject, detail FROM audit WHERE subject = :number AND action IN "
               "('order.sourced', 'order.split', 'order.gathered', 'order.readdressed', 'order.repriced') ORDER BY id")
_JOINED = text("SELECT a.at, a.actor, a.action, a.subject, a.detail FROM sales_order o JOIN audit a ON a.subject = o.number AND a.action = 'order.merged' "
               "WHERE o.merged_into = :id ORDER BY a.id")
_DECIDED = text("SELECT d.how, d.at, d.why, r.name AS rules FROM sourcing_decision d LEFT JOIN sourcing_rules r ON r.id = d.rules_id "
                "WHERE d.order_id = :root AND d.how <> 'by_hand' ORDER BY d.id").columns(why=JSON)
_ROOT = text("SELECT number FROM sales_order WHERE id = :id")
_SITE_CODES = text("SELECT id, code FROM site")
_BADGES = text("SELECT badge, name FROM worker WHERE badge IN :badges").bindparams(bindparam("badges", expanding=True))
_STANDS = ("NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses_id = m.id) AND (m.reverses_id IS NULL OR EXISTS "
           "(SELECT 1 FROM stock_move b WHERE b.id = m.reverses_id AND b.reverses_id IS NOT NULL))")
"""Nobody took it back; or it was taken back, and that was taken back."""
_STOOD = "SELECT l.code FROM stock_move s JOIN location l ON l.id = s.to_id WHERE s.lpn_id = m.from_id AND s.id < m.id ORDER BY s.id DESC LIMIT 1"
_PICKS = text(
    f"SELECT m.id, m.at, m.quantity, t.task_id, k.name AS who, i.code AS item, COALESCE(p.code, ({_STOOD}), n.code) AS place FROM (SELECT DISTINCT a.task_id "
    "FROM release_line l JOIN allocation a ON a.release_line_id = l.id WHERE l.release_id = :id AND a.task_id IS NOT NULL) t "
    "JOIN operation o ON o.task_id = t.task_id JOIN stock_move m ON m.op = o.op JOIN goods g ON g.id = m.goods_id JOIN item i ON i.id = g.item_id "
    "LEFT JOIN worker k ON k.id = m.worker_id LEFT JOIN location p ON p.id = m.from_id LEFT JOIN lpn n ON n.id = m.from_id "
    f"WHERE m.reason = 'picking' AND m.document = :code AND {_STANDS} ORDER BY m.id")
_PARCELS = text(
    "SELECT c.lpn_id, c.number, c.state, c.weight_g, c.carton_type, p.code AS sscc, p.created_at, d.code AS load, d.carrier, d.dispatched_at, "
    "g.measured_g, g.at AS weighed_at FROM carton c JOIN lpn p ON p.id = c.lpn_id LEFT JOIN load d ON d.id = c.load_id "
    "LEFT JOIN parcel_weight g ON g.lpn_id = c.lpn_id WHERE c.release_id = :id ORDER BY c.number")
_FILLED = text(
    "SELECT m.quantity, k.name AS who FROM stock_move m LEFT JOIN worker k ON k.id = m.worker_id WHERE m.to_id = :lpn_id AND m.reason = 'packing' "
    f"AND {_STANDS} ORDER BY m.id")
_WENT = text("SELECT m.at, m.document, k.name AS who FROM stock_move m LEFT JOIN worker k ON k.id = m.worker_id WHERE m.lpn_id = :lpn_id "
             f"AND m.reason = 'loading' AND {_STANDS} ORDER BY m.id")
_LABELS = text("SELECT j.state, j.printed_at, j.verified_at, j.created_at, p.name AS printer FROM print_job j JOIN printer p ON p.id = j.printer_id "
               "WHERE j.code = :sscc ORDER BY j.id")
_RETURNED = text(
    "SELECT m.at, m.quantity, g.status, i.code AS item, k.name AS who FROM stock_move m JOIN goods g ON g.id = m.goods_id "
    "JOIN item i ON i.id = g.item_id LEFT JOIN worker k ON k.id = m.worker_id WHERE m.document = :code AND m.reason = 'receiving' "
    f"AND {_STANDS} ORDER BY m.id")
_RETURNS = text("SELECT number FROM rma WHERE order_id = :id ORDER BY id")
_COLLECTED = text(
    "SELECT c.state, c.ready_at, c.expires_at, c.ended_at, l.code AS location FROM collection c JOIN location l ON l.id = c.location_id "
    "WHERE c.release_id = :id")
_ZONE = text("SELECT code, timezone FROM site WHERE id = :id")
_GRADES = {"available": "RESTOCK", "hold": "QUARANTINE", "damaged": "SCRAP"}
_PLACES_SHOWN = 6
_KINDS = {"release.held": "held", "release.let_go": "let_go", "order.sourced": "sourced_again", "order.held": "order_held", "order.let_go": "order_let_go"}


def order_story(tx: Tx, order: Any, lines: Sequence[Any]) -> dict[str, Any]:
    """The story of an order, in the order of what happened, with its parts on the floor and the clock of its site."""
    releases = tx.rows(_RELEASES, number=order.number)
    site = tx.row(_ZONE, id=order.site_id)
    told = [*_came(tx, order), *_sourced(tx, order), *_promised(tx, order, lines), *(one for release in releases for one in _on_floor(tx, release)),
            *_changed(tx, order, releases), *_notices(tx, order.id), *asked_of(tx, order), *troubles_of(tx, order)]
    return {"number": order.number, "site": site.code, "timezone": site.timezone,
            "releases": [{"code": one.code, "state": one.state, "held": bool(one.on_hold)} for one in releases],
            "items": [asdict(entry) for entry in sorted(told, key=lambda entry: entry.at)]}


def _came(tx: Tx, order: Any) -> Iterator[Entry]:
    paper = tx.row(_PAPER, id=order.id)
    where = {"channel": order.channel, "reference": order.channel_ref}
    if order.placed_at:
        yield Entry(order.placed_at, "placed", where)
    yield Entry(order.created_at, "came", where)
    if paper is not None and paper.state == "refused":
        yield Entry(paper.changed_at, "refused", {"channel": paper.channel, "code": paper.code, "words": paper.words})


def _promised(tx: Tx, order: Any, lines: Sequence[Any]) -> Iterator[Entry]:
    """What was promised in one moment is one entry; of a line that was promised in two, the first."""
    items = {order_reference(order.number, line.number): line.item for line in lines}
    moments: dict[int, list[dict[str, Any]]] = {}
    for row in tx.rows(_PROMISES, references=list(items) or [""], site_id=order.site_id):
        moments.setdefault(row.created_at, []).append({"item": items[row.reference], "quantity": int(row.quantity)})
    yield from (Entry(at, "promised", {"lines": kept, "leaves_at": order.promised_at}) for at, kept in moments.items())


def _on_floor(tx: Tx, release: Any) -> Iterator[Entry]:
    yield Entry(release.created_at, "handed", {"release": release.code})
    if release.wave:
        yield Entry(release.released_at or release.created_at, "wave", {"release": release.code, "wave": release.wave})
    yield from _picked(tx.rows(_PICKS, id=release.id, code=release.code))
    for parcel in tx.rows(_PARCELS, id=release.id):
        yield from _parcel(tx, parcel)
    for row in tx.rows(_COLLECTED, id=release.id):
        yield Entry(row.ready_at, "set_down", {"location": row.location, "expires_at": row.expires_at})
        if row.state == "collected":
            yield Entry(row.ended_at, "handed_out", {"release": release.code})
    for row in tx.rows(_RETURNED, code=release.code):
        yield Entry(row.at, "returned", {"item": row.item, "quantity": int(row.quantity), "grade": _GRADES.get(row.status, row.status)}, row.who or "")


def _picked(rows: Iterable[Any]) -> Iterator[Entry]:
    """What one person picked in one task is one entry, at its last pick."""
    rounds: dict[tuple[int, str], list[Any]] = {}
    for row in rows:
        rounds.setdefault((row.task_id, row.who or ""), []).append(row)
    for (task, who), picks in rounds.items():
        places = list(dict.fromkeys(one.place for one in picks))
        yield Entry(picks[-1].at, "picked", {
            "task": task, "since": picks[0].at, "lines": len(picks), "pieces": sum(int(one.quantity) for one in picks),
            "items": list(dict.fromkeys(one.item for one in picks))[:_PLACES_SHOWN], "places": places[:_PLACES_SHOWN]}, who)


def _parcel(tx: Tx, parcel: Any) -> Iterator[Entry]:
    what = {"parcel": parcel.sscc, "number": parcel.number}
    filled = tx.rows(_FILLED, lpn_id=parcel.lpn_id)
    yield Entry(parcel.created_at, "packed", {**what, "carton": parcel.carton_type, "weight_g": parcel.weight_g,
                                              "pieces": sum(int(one.quantity) for one in filled)}, next((one.who or "" for one in filled), ""))
    if parcel.weighed_at:
        yield Entry(parcel.weighed_at, "weighed", {**what, "weight_g": parcel.measured_g})
    for label in tx.rows(_LABELS, sscc=parcel.sscc):
        if label.printed_at:
            yield Entry(label.printed_at, "label_printed", {**what, "printer": label.printer})
        if label.verified_at:
            yield Entry(label.verified_at, "label_seen", what)
        if not label.printed_at and not label.verified_at:
            yield Entry(label.created_at, "label_waits", {**what, "printer": label.printer, "state": label.state})
    for move in tx.rows(_WENT, lpn_id=parcel.lpn_id):
        yield Entry(move.at, "loaded", {**what, "load": move.document}, move.who or "")
    if parcel.dispatched_at:
        yield Entry(parcel.dispatched_at, "left", {**what, "load": parcel.load, "carrier": parcel.carrier})


def _changed(tx: Tx, order: Any, releases: Sequence[Any]) -> Iterator[Entry]:
    """What was changed by hand; who sends what was changed of all parts of an order at once."""
    root = str(tx.scalar(_ROOT, id=order.part_of or order.id))
    rows = [*tx.rows(_AUDITED, subjects=[order.number, *(one.code for one in releases if one.code != order.number),
                                                *(one.number for one in tx.rows(_RETURNS, id=order.id))]), *tx.rows(_PLACED, number=root)]
    joined = [row for row in tx.rows(_JOINED, id=order.id) if json.loads(row.detail).get("new", {}).get("into") == order.number]
    names = {row.badge: row.name for row in tx.rows(_BADGES, badges=sorted({row.actor for row in [*rows, *joined]}) or [""])}
    for row in rows:
        detail = json.loads(row.detail)
        kind = _KINDS.get(row.action, row.action.removeprefix("order.").replace("rma.", "return_"))
        args = {"release": row.subject} if row.action.startswith("release.") else {"reason": _reason(row.actor, detail)}
        if row.action.startswith("rma."):
            args = {**args, **(detail.get("new") or {}), "return": row.subject}
        if row.action.startswith("rma.") or kind == "repriced":
            args = {**args, "currency": detail.get("currency", "")}
        yield Entry(row.at, kind, {**args, **_after(kind, detail.get("new") or {}, detail.get("old") or {})}, "" if kind == "delayed" else names.get(row.actor) or row.actor)
    for row in joined:
        yield Entry(row.at, "joined", {"order": row.subject, "reason": json.loads(row.detail).get("reason", "")}, names.get(row.actor) or row.actor)


def _reason(actor: str, detail: Mapping[str, Any]) -> str:
    """Nothing where it only says who did it."""
    reason = str(detail.get("reason") or "")
    return "" if reason == f"by {actor}" else reason


def _after(kind: str, new: Any, old: Any) -> dict[str, Any]:
    """What became of it: each line was kept as its reference, its item and its quantity, each part as its site and its pieces."""
    return _AFTER[kind](new, old) if kind in _AFTER else {}


def _sites(new: Any, _old: Any) -> dict[str, Any]:
    return {"sites": [site for site, _ in new.get("parts", [])]}


def _hold(new: Any, _old: Any) -> dict[str, Any]:
    return {"hold": new.get("hold", "")}


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, str]]:
    """Which fields of an address are not what they were."""
    return [{"field": name, "old": str(old.get(name, "")), "new": str(new.get(name, ""))} for name in dict.fromkeys([*old, *new]) if old.get(name, "") != new.get(name, "")]


_AFTER: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "changed": lambda new, _: {"lines": [{"item": item, "quantity": quantity} for _, item, quantity in new.get("lines", [])]},
    "split": _sites, "gathered": _sites, "sourced_again": _sites, "order_held": _hold, "order_let_go": _hold,
    "repriced": lambda new, _: {"amount": new.get("total", 0)}, "delayed": lambda new, _: {"leaves_at": new.get("promised_at")},
    "readdressed": lambda new, old: {"fields": _differing(old.get("ship_to") or {}, new.get("ship_to") or {})},
    "merged": lambda new, _: {"into": new["into"]},
}


def _sourced(tx: Tx, order: Any) -> Iterator[Entry]:
    """Who was chosen to send it; what somebody chose by hand is told as what they did."""
    codes = {row.id: row.code for row in tx.rows(_SITE_CODES)}
    for row in tx.rows(_DECIDED, root=order.part_of or order.id):
        if row.how == "stock":
            yield Entry(row.at, "sourced", {"how": "announced" if row.why.get("announced") else row.how, "pieces": row.why["pieces"], "from": codes[row.why["from"]], "to": codes[row.why["to"]]})
            continue
        chosen = row.why["chosen"]
        yield Entry(row.at, "sourced", {"how": row.how, "rules": row.rules or "", "sites": [part["site"] for part in chosen["parts"]], "missing": chosen["missing"]})


def _notices(tx: Tx, order_id: int) -> Iterator[Entry]:
    """What the channel is to be told, and what came of it: it waits at the moment when it began to."""
    for row in tx.rows(_NOTICES, id=order_id):
        what = {"channel": row.channel, "what": row.kind, "parcel": row.payload.get("tracking", ""), "carrier": row.payload.get("carrier", "")}
        if row.state == "told":
            yield Entry(row.told_at, "told", what)
        else:
            yield Entry(row.created_at, "not_told" if row.state == "refused" else "telling", {**what, "words": row.error, "attempts": row.attempts})
