"""Listings: what channels sell of ours under names of their own, how much of each they may, and what they were told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.audit import record
from server.kernel.clock import DAY, SECOND
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.oms.backorders import backlog_sql
from server.oms.channels.errors import ChannelError
from server.stock.expected import TO_COME, expected_sql

NAMES_MAX = 128
_EVERYWHERE = (
    "(SELECT CAST(COALESCE(SUM(f.on_hand - f.promised - COALESCE(x.keeps, 0)), 0) AS BIGINT) FROM site s CROSS JOIN availability f "
    "LEFT JOIN sourcing_site x ON x.site_id = s.id WHERE f.site_id = s.id AND f.item_id = l.item_id AND f.owner_id = (SELECT id FROM party WHERE code = 'OWN') "
    "AND f.on_hand - f.promised > COALESCE(x.keeps, 0) AND COALESCE(x.is_barred, 0) = 0)"
)
"""What all sites together could send; those that the rules bar, and what they have sites keep, left out. The few sites come first in the join:
SQLite would read all that there is for each listing."""
_RULE, _DAYS = "COALESCE(l.backorder, c.backorder)", "COALESCE(l.presell_days, c.presell_days)"
MADE_TO_ORDER = 999
"""So many more than are free a channel may sell of what always may wait: it wants a number, and this one is none that anybody counts."""
_OWN = "(SELECT id FROM party WHERE code = 'OWN')"
_LACKS_OF_RESERVE = "CASE WHEN x.keeps > COALESCE(f.on_hand - f.promised, 0) THEN x.keeps - COALESCE(f.on_hand - f.promised, 0) ELSE 0 END"


def _comes(site: str) -> str:
    until = f"CAST(:now AS BIGINT) + CAST({DAY} AS BIGINT) * g.days"
    return f"{expected_sql('g.item_id', _OWN, site, until)} AS comes, {backlog_sql('g.item_id', _OWN, site)}"


_PRESOLD_HERE = (
    f"(SELECT CASE WHEN p.comes > p.waits THEN p.comes - p.waits ELSE 0 END FROM (SELECT {_comes('c.site_id')} AS waits FROM (SELECT l.item_id, {_DAYS} AS days) g) p)"
)
_PRESOLD_EVERYWHERE = (
    "(SELECT CAST(COALESCE(SUM(p.comes - p.waits), 0) AS BIGINT) FROM ("
    f"SELECT {_comes('s.id')} + {_LACKS_OF_RESERVE} AS waits FROM (SELECT l.item_id, {_DAYS} AS days) g CROSS JOIN site s "
    f"LEFT JOIN availability f ON f.site_id = s.id AND f.item_id = g.item_id AND f.owner_id = {_OWN} LEFT JOIN sourcing_site x ON x.site_id = s.id "
    "WHERE COALESCE(x.is_barred, 0) = 0) p WHERE p.comes > p.waits)"
)
_PRESOLD = f"CASE WHEN c.sourcing = 'off' THEN {_PRESOLD_HERE} ELSE {_PRESOLD_EVERYWHERE} END"
"""What is announced for a listing's days and neither spoken for by those who wait nor, where several sites send, needed by a site's reserve."""
_MORE = f"CASE {_RULE} WHEN 'never' THEN 0 WHEN 'always' THEN {MADE_TO_ORDER} ELSE {_PRESOLD} END"
_FREE = f"(CASE WHEN c.sourcing = 'off' THEN COALESCE(v.on_hand - v.promised, 0) ELSE {_EVERYWHERE} END + {_MORE})"
_MAY_SELL_NOW = (
    f"CASE WHEN l.is_on = 1 AND {_FREE} > COALESCE(l.safety_stock, c.safety_stock) "
    f"THEN ({_FREE} - COALESCE(l.safety_stock, c.safety_stock)) / l.quantity ELSE 0 END"
)
_MAY_SELL = f"{_MAY_SELL_NOW} AS may_sell"
_STOCKED = (
    "FROM listing l JOIN channel c ON c.id = l.channel_id JOIN item i ON i.id = l.item_id LEFT JOIN availability v ON v.site_id = c.site_id "
    "AND v.item_id = l.item_id AND v.owner_id = (SELECT id FROM party WHERE code = 'OWN') WHERE l.channel_id = :channel_id"
)
_TO_TELL = f"SELECT l.id, l.name, l.ref, l.version, l.told, l.telling, l.attempts, {_MAY_SELL} {_STOCKED}"
_WAITING = text(f"{_TO_TELL} AND c.state = 'running' AND l.told_version < l.version AND l.next_at <= :now ORDER BY l.next_at, l.id LIMIT :most")
_ALL = text(f"{_TO_TELL} AND l.id > :after AND (l.is_on = 1 OR l.told > 0) ORDER BY l.id LIMIT :most")
_SHOWN = (
    "SELECT l.id, l.name, i.code AS item, l.quantity, l.ref, l.safety_stock, l.backorder, l.presell_days, l.price, l.is_on, l.told, l.told_at, l.attempts, l.error, l.error_code, "
    f"l.drift_told, l.drift_there, l.drift_should, l.drift_at, {_MAY_SELL} {_STOCKED} AND l.id > :after"
)
_PAGES = {only: text(f"{_SHOWN} {rule} ORDER BY l.id LIMIT :most") for only, rule in (
    ("", ""), ("drifted", "AND l.drift_at IS NOT NULL"), ("refused", "AND l.attempts > 0"))}
_COUNTS = text("SELECT channel_id, SUM(CASE WHEN attempts > 0 THEN 1 ELSE 0 END) AS refused, SUM(CASE WHEN drift_at IS NOT NULL THEN 1 ELSE 0 END) "
               "AS drifted FROM (SELECT channel_id, attempts, drift_at FROM listing WHERE attempts > 0 UNION ALL "
               "SELECT channel_id, 0, drift_at FROM listing WHERE drift_at IS NOT NULL AND attempts = 0) l GROUP BY channel_id")
_NAMED = text(
    f"SELECT l.name, i.code, l.quantity, l.is_said, {_RULE} AS backorder, {_DAYS} AS presell_days FROM listing l "
    "JOIN channel c ON c.id = l.channel_id JOIN item i ON i.id = l.item_id WHERE l.channel_id = :channel_id AND l.name IN :names"
).bindparams(bindparam("names", expanding=True))
_SAY = text(
    "INSERT INTO listing (channel_id, name, item_id, quantity, is_said, ref) VALUES (:channel_id, :name, :item_id, :quantity, 1, :ref) "
    "ON CONFLICT (channel_id, name) DO UPDATE SET item_id = excluded.item_id, quantity = excluded.quantity, is_said = 1, "
    "version = listing.version + 1, ref = CASE WHEN excluded.ref <> '' THEN excluded.ref ELSE listing.ref END"
)
_FOUND = text(
    "INSERT INTO listing (channel_id, name, item_id, quantity) SELECT :channel_id, :name, i.id, :quantity FROM item i WHERE i.code = :item "
    "ON CONFLICT (channel_id, name) DO UPDATE SET item_id = excluded.item_id, quantity = excluded.quantity, version = listing.version + 1 "
    "WHERE listing.is_said = 0"
)
_LIST_ALL = text(
    "INSERT INTO listing (channel_id, name, item_id) SELECT :channel_id, i.code, i.id FROM availability v JOIN item i ON i.id = v.item_id "
    "WHERE v.site_id = :site_id AND v.owner_id = (SELECT id FROM party WHERE code = 'OWN') AND i.blocked = 0 AND i.id NOT IN "
    "(SELECT item_id FROM listing WHERE channel_id = :channel_id) ORDER BY i.id ON CONFLICT (channel_id, name) DO NOTHING"
)
_BY_ID = text("SELECT l.id, l.name, l.safety_stock, l.backorder, l.presell_days, l.is_on, l.ref, l.price, c.code AS channel, c.site_id FROM listing l JOIN channel c ON c.id = l.channel_id "
              "WHERE l.id = :id")
_CHANGE = text("UPDATE listing SET safety_stock = :safety_stock, backorder = :backorder, presell_days = :presell_days, is_on = :is_on, ref = :ref, price = :price, version = version + 1, next_at = 0 WHERE id = :id")
_NOW = text("UPDATE listing SET version = version + 1, next_at = 0 WHERE id = :id")
_CHANGED_ALL = text("UPDATE listing SET version = version + 1, next_at = 0 WHERE channel_id = :channel_id")
_CHANGED = text(
    "UPDATE listing SET version = version + 1 WHERE is_on = 1 AND item_id IN :items AND channel_id IN (SELECT id FROM channel WHERE site_id = :site_id OR sourcing <> 'off')"
).bindparams(bindparam("items", expanding=True))
_CHANGED_SOURCED = text("UPDATE listing SET version = version + 1, next_at = 0 WHERE channel_id IN (SELECT id FROM channel WHERE sourcing <> 'off')")
_PRESOLD_OTHERWISE = text(
    "SELECT l.id FROM channel c CROSS JOIN listing l LEFT JOIN availability v "
    f"ON v.site_id = c.site_id AND v.item_id = l.item_id AND v.owner_id = {_OWN} WHERE l.channel_id = c.id AND {_RULE} = 'dated' AND l.is_on = 1 AND l.told_version = l.version "
    f"AND l.told <> {_MAY_SELL_NOW} "
    f"AND l.item_id IN (SELECT l.item_id FROM inbound_line l CROSS JOIN inbound n WHERE n.id = l.inbound_id AND {TO_COME}) ORDER BY l.id")
"""Time changes only what may be sold of what comes: the others need not be counted."""
_CHANGED_THOSE = text("UPDATE listing SET version = version + 1 WHERE id = :id AND told_version = version")
_TELLING = text("UPDATE listing SET telling = :may_sell WHERE id = :id")
_TOLD = text(
    "UPDATE listing SET told = :may_sell, told_at = :at, told_version = :version, telling = NULL, attempts = 0, next_at = 0, error = '', "
    "error_code = '' WHERE id = :id"
)
_KNOWN = text(
    "UPDATE listing SET told_version = :version, telling = NULL, attempts = 0, next_at = 0, error = '', error_code = '' WHERE id = :id"
)
_REFUSED = text("UPDATE listing SET telling = NULL, attempts = attempts + 1, error = :error, error_code = :code, next_at = :next_at WHERE id = :id")
_LATER = text("UPDATE listing SET attempts = attempts + 1, error = :error, error_code = :code, next_at = :next_at WHERE id = :id")
_DRIFT = text(
    "UPDATE listing SET drift_told = :told, drift_there = :there, drift_should = :may_sell, drift_at = :at WHERE id = :id"
)
_NO_DRIFT = text("UPDATE listing SET drift_told = NULL, drift_there = NULL, drift_should = NULL, drift_at = NULL WHERE id = :id AND drift_at IS NOT NULL")
_REFUSED_MAX_MS = 600 * SECOND
_AWAY_MAX_MS = 30 * SECOND


def named(tx: Tx, channel_id: int, names: Iterable[str]) -> dict[str, Any]:
    """What is known of a channel's names: the item's code, how many of it one of theirs is, and whether somebody said so."""
    return {row.name: row for row in tx.rows(_NAMED, channel_id=channel_id, names=sorted(names) or [""])}


def name_item(tx: Tx, channel: Any, name: str, item_id: int, quantity: int = 1, *, ref: str = "") -> None:
    """Says what a channel calls an item of ours, how many of ours one of theirs is, and the channel's own number of it."""
    tx.execute(_SAY, {"channel_id": channel.id, "name": name, "item_id": item_id, "quantity": quantity, "ref": ref})
    record(tx, "channel.item", channel.code, new={"name": name, "item": item_id, "quantity": quantity})


def keep_found(tx: Tx, channel_id: int, found: Mapping[str, tuple[str, int]]) -> None:
    """A channel sells what its orders name: `found` by code or barcode is our item and how many of it one of theirs is."""
    for name in sorted(found):  # as everybody writes them
        item, quantity = found[name]
        if 0 < len(name) <= NAMES_MAX:
            tx.execute(_FOUND, {"channel_id": channel_id, "name": name, "item": item, "quantity": quantity})


def list_all(tx: Tx, channel: Any) -> int:
    """The channel sells every item that its warehouse has or has had and that it does not sell yet, under our codes; how many."""
    count = tx.changed(_LIST_ALL, channel_id=channel.id, site_id=channel.site_id)
    record(tx, "channel.listed", channel.code, new={"items": count})
    return count


def listing_by_id(tx: Tx, number: int) -> Any:
    """A listing with its channel's code and site; NotFound when there is none."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no listing with number {number}.", what=str(number))
    return row


def change_listing(tx: Tx, number: int, changes: Mapping[str, Any]) -> None:
    """Another `safety_stock`, `backorder` or `presell_days` (None: the channel's), `ref`, expected `price` (None: not looked at), or whether it is on."""
    before = listing_by_id(tx, number)
    old = {"safety_stock": before.safety_stock, "backorder": before.backorder, "presell_days": before.presell_days, "is_on": bool(before.is_on), "ref": before.ref, "price": before.price}
    new = {**old, **changes}
    if new != old:
        tx.execute(_CHANGE, {"id": number, **new, "is_on": int(new["is_on"])})
        record(tx, "listing.changed", f"{before.channel}/{before.name}", old=old, new=new)


def tell_again(tx: Tx, number: int) -> None:
    """How much of it the channel may sell is told at once, however long it would have been left alone."""
    tx.execute(_NOW, {"id": number})


def change_all(tx: Tx, channel_id: int) -> None:
    """Something changed that may change how much of every item a channel may sell."""
    tx.execute(_CHANGED_ALL, {"channel_id": channel_id})


def change_sourced(tx: Tx) -> None:
    """The rules say anew which sites send: channels whose orders are sourced may sell otherwise."""
    tx.execute(_CHANGED_SOURCED)


def change_stocked(tx: Tx, changed: Iterable[tuple[int, int]]) -> None:
    """More or less can be promised of these (site, item): whoever sells them is to be told."""
    items = defaultdict[int, set[int]](set)
    for site_id, item_id in changed:
        items[site_id].add(item_id)
    for site_id, ids in items.items():
        tx.execute(_CHANGED, {"site_id": site_id, "items": sorted(ids)})


def presold_otherwise(tx: Tx) -> list[int]:
    """The listings of which, only because time went by, something else may be sold of what is announced than was told."""
    return [row.id for row in tx.rows(_PRESOLD_OTHERWISE, now=tx.now)]


def change_those(tx: Tx, numbers: Sequence[int]) -> None:
    """These are to be told again, as far as they are not to be anyway."""
    tx.execute(_CHANGED_THOSE, [{"id": number} for number in numbers])


def shown_listings(tx: Tx, channel_id: int, after: int, most: int, only: str = "") -> list[Any]:
    """A page of a channel's listings; `only` those that are `refused` or have `drifted`."""
    return tx.rows(_PAGES[only], channel_id=channel_id, now=tx.now, after=after, most=most)


def counts(tx: Tx) -> dict[int, Any]:
    """Of each channel how many listings were refused, and how many have drifted."""
    return {row.channel_id: row for row in tx.rows(_COUNTS)}


def waiting_listings(tx: Tx, channel_id: int, most: int) -> list[Any]:
    """What a channel is to be told now, unless it is paused."""
    return tx.rows(_WAITING, channel_id=channel_id, now=tx.now, most=most)


def listings_after(tx: Tx, channel_id: int, after: int, most: int) -> list[Any]:
    """All listings, some at a time; without those that are off and were told so."""
    return tx.rows(_ALL, channel_id=channel_id, now=tx.now, after=after, most=most)


def note_telling(tx: Tx, rows: Sequence[Any]) -> None:
    """What is told next: until it is noted what came of it, nobody knows what the channel has."""
    tx.execute(_TELLING, [{"id": row.id, "may_sell": row.may_sell} for row in rows])


def note_told(tx: Tx, rows: Sequence[Any], refused: Mapping[str, ChannelError]) -> None:
    """The channel has accepted these, but for those that it refused by name: they are told again, after longer and longer pauses."""
    tx.execute(_TOLD, [{"id": row.id, "may_sell": row.may_sell, "version": row.version, "at": tx.now} for row in rows if row.name not in refused])
    tx.execute(_REFUSED, [_failed(tx, row, refused[row.name], _REFUSED_MAX_MS) for row in rows if row.name in refused])


def note_known(tx: Tx, rows: Sequence[Any]) -> None:
    """The channel need not be told: it knows, or cannot be told."""
    tx.execute(_KNOWN, [{"id": row.id, "version": row.version} for row in rows])


def note_away(tx: Tx, rows: Sequence[Any], error: ChannelError) -> None:
    """The channel could not be told; whether it heard is not known."""
    tx.execute(_LATER, [_failed(tx, row, error, _AWAY_MAX_MS) for row in rows])


def note_there(tx: Tx, rows: Sequence[Any], there: Mapping[str, int]) -> None:
    """What the channel has was read: where it is neither what it was told nor what it should be, that is kept until the next time.

    Where an answer was lost it may be this very reconcile that the channel has heard: what was found before stays.
    """
    drifted = [row for row in rows if row.name in there and there[row.name] not in (row.told, row.telling, row.may_sell)]
    tx.execute(_NO_DRIFT, [{"id": row.id} for row in rows if row.telling is None or row.telling != there.get(row.name)])
    tx.execute(_DRIFT, [{"id": row.id, "told": row.told, "there": there[row.name], "may_sell": row.may_sell, "at": tx.now} for row in drifted])


def _failed(tx: Tx, row: Any, error: ChannelError, longest_ms: int) -> dict[str, Any]:
    wait = min(SECOND * 2 ** min(row.attempts, 20), longest_ms)
    return {"id": row.id, "error": (error.words or type(error).__name__)[:512], "code": error.code[:100], "next_at": tx.now + wait}
