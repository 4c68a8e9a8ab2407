"""What could be promised: by site, with what is still to come; and when and from where an order that came now would leave. Nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.transaction import Tx
from server.masterdata.parties import own_stock_if_any
from server.oms.backorders import backlog, would_leave
from server.oms.parts import Placement
from server.oms.sourcing.choosing import why_not
from server.oms.sourcing.deciding import active_rules, decide
from server.oms.sourcing.looking import Ordered, asked_of, sites_now
from server.oms.sourcing.ruling import active_head
from server.stock.expected import expected

_SITES = text("SELECT s.id, s.code, s.name, COALESCE(x.keeps, 0) AS keeps FROM site s LEFT JOIN sourcing_site x ON x.site_id = s.id "
              "WHERE CAST(:site_id AS BIGINT) IS NULL OR s.id = :site_id ORDER BY s.code")
_HAS = text("SELECT a.site_id, a.item_id, a.on_hand, a.promised FROM site s CROSS JOIN availability a WHERE a.site_id = s.id AND a.item_id IN :items AND a.owner_id = :owner_id"
            ).bindparams(bindparam("items", expanding=True))
_OTHER = text(
    "SELECT l.site_id, g.item_id, g.status, CAST(SUM(b.quantity) AS BIGINT) AS quantity FROM goods g JOIN balance b ON b.goods_id = g.id AND b.quantity > 0 "
    "LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
    "WHERE g.item_id IN :items AND g.owner_id = :owner_id AND g.status <> 'available' AND l.kind <> 'account' GROUP BY l.site_id, g.item_id, g.status ORDER BY g.status"
).bindparams(bindparam("items", expanding=True))
_SAFETY = text("SELECT MAX(COALESCE(l.safety_stock, c.safety_stock)) FROM channel c LEFT JOIN listing l ON l.channel_id = c.id AND l.item_id = :item_id WHERE c.id = :channel_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody would order: items with their pieces, for where, through which channel (a row), or from which site alone."""

    wanted: Sequence[tuple[Any, int]]
    ship_to: Mapping[str, Any] = field(default_factory=dict)
    channel: Any = None
    site_id: int | None = None

    @property
    def only(self) -> int | None:
        """The one site that sends; None where the rules choose."""
        if self.site_id is not None:
            return self.site_id
        return int(self.channel.site_id) if self.channel is not None and self.channel.sourcing == "off" else None


def available(tx: Tx, question: Question) -> dict[str, Any]:
    """By item and site what there is, what may be promised and what comes; who may not send there and why; and when all of it would leave."""
    order = _ordered(question)
    barred = {} if question.only is not None else _barred(tx, order)
    sites = tx.rows(_SITES, site_id=question.only)
    return {"now": tx.now, "barred": [{"site": site, **why} for site, why in sorted(barred.items())],
            "items": [_item(tx, question, item, sites, barred) for item, _ in question.wanted], "leaves": _leaves(tx, question, order)}


def _ordered(question: Question) -> Ordered:
    return Ordered(channel=question.channel.code if question.channel is not None else "api", ship_to=question.ship_to,
                   carrier=question.channel.carrier if question.channel is not None else "",
                   lines=[(at, item.code, pieces) for at, (item, pieces) in enumerate(question.wanted, 1)])


def _barred(tx: Tx, order: Ordered) -> dict[str, dict[str, Any]]:
    """The sites that the rules in force do not let send this, with the number and the words of the rule that says so."""
    _, rules = active_rules(tx)
    asked = asked_of(tx, order)
    head = active_head(tx)
    words = head.body.splitlines() if head is not None else []
    return {site: {"line": line, "rule": words[line - 1].strip()} for site, line in why_not(asked, sites_now(tx, order, asked, rules), rules).items()}


def _item(tx: Tx, question: Question, item: Any, sites: Sequence[Any], barred: Mapping[str, Any]) -> dict[str, Any]:
    owner = own_stock_if_any(tx)
    has = {row.site_id: row for row in tx.rows(_HAS, owner_id=owner, items=[item.id])}
    other: dict[int, list[dict[str, Any]]] = {}
    for row in tx.rows(_OTHER, owner_id=owner, items=[item.id]):
        other.setdefault(row.site_id, []).append({"status": row.status, "quantity": int(row.quantity)})
    told = [{**_at_site(tx, site, (item.id, owner), has.get(site.id), keeps=int(site.keeps) if question.only is None else 0), "other": other.get(site.id, []),
             "sends": site.code not in barred} for site in sites]
    sending = [one for one in told if one["sends"]]
    safety = int(tx.scalar(_SAFETY, item_id=item.id, channel_id=question.channel.id) or 0) if question.channel is not None else 0
    return {"item": item.code, "name": item.name, "sites": told, "available": sum(one["available"] for one in sending), "safety_stock": safety,
            "expected": sorted(({"at": each["at"], "quantity": each["quantity"], "site": one["site"]} for one in sending for each in one["expected"]),
                               key=lambda each: each["at"])}


def _at_site(tx: Tx, site: Any, goods: tuple[int, int], has: Any, *, keeps: int) -> dict[str, Any]:
    on_hand, promised = (int(has.on_hand), int(has.promised)) if has is not None else (0, 0)
    waits, comes, told = backlog(tx, site.id, *goods), 0, []
    spoken_for = waits + max(0, keeps - (on_hand - promised))
    for row in expected(tx, site.id, [goods[0]]).get(goods, []):
        comes += int(row.quantity)
        told.append({"at": row.expected_at, "quantity": int(row.quantity), "free": max(0, comes - spoken_for)})
    return {"site": site.code, "on_hand": on_hand, "promised": promised, "keeps": keeps, "available": max(0, on_hand - promised - keeps), "waiting": waits, "expected": told}


def _leaves(tx: Tx, question: Question, order: Ordered) -> dict[str, Any]:
    """As an order would be told that came at this moment: each part with its site and time; null where what lacks is not announced."""
    pieces = {at: quantity for at, (_, quantity) in enumerate(question.wanted, 1)}
    placements = (Placement(question.only, pieces),) if question.only is not None else decide(tx, order, question.channel.site_id if question.channel is not None else 0).placements
    codes = {row.id: row.code for row in tx.rows(_SITES, site_id=None)}
    parts = [_part(tx, question, placement, codes[placement.site_id]) for placement in placements]
    times = [part["leaves_at"] for part in parts]
    return {"leaves_at": None if not times or None in times else max(times), "parts": parts}


def _part(tx: Tx, question: Question, placement: Placement, site: str) -> dict[str, Any]:
    owner, wanted = own_stock_if_any(tx), dict[int, int]()
    for line, pieces in placement.pieces.items():
        item = question.wanted[line - 1][0]
        wanted[item.id] = wanted.get(item.id, 0) + pieces
    has = {row.item_id: row.on_hand - row.promised for row in tx.rows(_HAS, owner_id=owner, items=list(wanted)) if row.site_id == placement.site_id}
    lacks = {item_id: pieces - has.get(item_id, 0) for item_id, pieces in sorted(wanted.items()) if pieces > has.get(item_id, 0)}
    return {"site": site, "leaves_at": would_leave(tx, placement.site_id, lacks, owner), "quantity": sum(wanted.values()), "waits": sum(lacks.values()),
            "lines": [{"item": question.wanted[line - 1][0].code, "quantity": pieces} for line, pieces in sorted(placement.pieces.items())]}
