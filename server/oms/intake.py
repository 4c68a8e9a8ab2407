"""A channel's document becomes an order here, or changes or ends one: once, in whatever order documents come."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import JSON, text

from server.kernel.audit import record
from server.kernel.clock import DAY
from server.kernel.errors import Invalid, Refusal
from server.kernel.transaction import Tx
from server.masterdata.codes import items_by_keys
from server.masterdata.items import barcode_key
from server.oms.backorders import DATED, is_oversold
from server.oms.changing import change_lines, hold_back, let_go, restate, send_elsewhere
from server.oms.channels.base import Asked, ChannelLine, ChannelOrder, Connector, Document, Stage
from server.oms.channels.errors import Misunderstood
from server.oms.checking import keep_findings, look_over, receiver_of
from server.oms.checks.receiver import Checked
from server.oms.exceptions.opening import open_held, open_oversold, open_stopped
from server.oms.floor import Floor
from server.oms.holding import hold_bound
from server.oms.listings import keep_found, named
from server.oms.merging import lines_merged, part_company, unmerge
from server.oms.orders import (
    BY_HAND,
    CHECK,
    COLLECT,
    SHIP,
    NewOrder,
    NewOrderLine,
    OrderGoneTooFar,
    accept_order,
    cancel_order,
    hold_order,
    order_by_number,
    order_lines,
)
from server.oms.papers import REFS_MAX, Stored, digest_of, note_receiver, settle, store
from server.oms.parts import ENDED, cancel_parts, gather, live_parts, parts_of, whole_lines, withdraw_open
from server.oms.pricing import prices_found
from server.oms.refund_asking import heed
from server.oms.refund_papers import hold_of_requests, requests_of
from server.oms.repricing import reprice
from server.oms.returns import was_paid_back
from server.oms.sourcing.sending import SOURCING, accept_sourced, hold_goods, source_again

PAYMENT = ("unpaid", "payment")
"""Why an order waits that is not paid: without its stock, or with it."""
_NUMBER = text("SELECT number FROM sales_order WHERE id = :id")
_REPEAT = text("SELECT ref, version, stage, document, order_id, id, said_to FROM channel_paper WHERE id = :id").columns(document=JSON)


class ItemUnknown(Refusal):
    """A channel sells something that no item here has for its code or barcode."""

    code = "item_unknown"


class ShippedElsewhere(Refusal):
    """A channel says that an order has left, and nothing of it has left here."""

    code = "shipped_elsewhere"


class PartlyGone(Refusal):
    """A channel cancelled an order of which some parts had left: the others are stopped."""

    code = "partly_gone"

    def __init__(self, number: str, gone: Sequence[str]) -> None:
        super().__init__(f"{number} was cancelled, and {', '.join(gone)} had left: what was left of it is stopped. Tell the customer what comes.", order=number)

    def spare(self, tx: Tx, holder_id: int, goods_id: int, left: int) -> None:
        """Goods are gone, and only so many are left: what is kept of them beyond that is picked elsewhere."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a document came to: known (nothing new), taken, ended, or refused with a code."""

    result: str
    ref: str
    order_number: str = ""
    code: str = ""
    words: str = ""


def take_in(tx: Tx, channel: Any, connector: Connector, document: Document, floor: Floor, *, is_fresh: bool) -> Outcome:
    """Keeps a document, and makes its order here say the same if that can be. What cannot be is kept as refused, and stops nothing."""
    try:
        order = connector.understand(document)
    except Misunderstood as error:
        return _unreadable(tx, channel, document, error)
    stored = store(tx, channel.id, order.ref[:REFS_MAX], version=order.version, stage=order.stage, document=document, is_fresh=is_fresh)
    if stored is None:
        return Outcome("known", order.ref)
    return _settled(tx, channel, stored, order, floor)


def try_paper_again(tx: Tx, channel: Any, connector: Connector, paper: int, floor: Floor) -> Outcome:
    """A refused document once more: an item may be known meanwhile."""
    row = tx.row(_REPEAT, id=paper)
    try:
        order = connector.understand(row.document)
    except Misunderstood as error:
        return Outcome("refused", row.ref, code="unreadable", words=error.words)
    return _settled(tx, channel, Stored(row.id, row.order_id, said_to=row.said_to), order, floor)


def unknown_items(tx: Tx, channel: Any, connector: Connector, document: Document) -> list[ChannelLine]:
    """The lines of a document whose item nobody here knows, one of each; none where it cannot be read."""
    try:
        lines = connector.understand(document).lines
        _lines(tx, channel, lines)
    except ItemUnknown as unknown:
        names = set(unknown.args_["items"])
        return list({line.item: line for line in lines if line.item in names}.values())
    except (Misunderstood, Invalid):
        return []
    return []


def keep_faulty(tx: Tx, channel: Any, connector: Connector, document: Document, words: str) -> Outcome:
    """A document that a fault of ours kept out: it is refused until it is tried again."""
    try:
        order = connector.understand(document)
    except Exception as error:  # noqa: BLE001 - it may be what cannot be read that is at fault
        return _unreadable(tx, channel, document, Misunderstood(f"{type(error).__name__}: {error}"))
    stored = store(tx, channel.id, order.ref[:REFS_MAX], version=order.version, stage=order.stage, document=document, is_fresh=True)
    if stored is not None:
        settle(tx, stored.id, order_id=stored.order_id, code="fault", words=words)
    return Outcome("refused", order.ref, code="fault", words=words)


def _unreadable(tx: Tx, channel: Any, document: Document, error: Misunderstood) -> Outcome:
    """Under its own number where that can be read, else under a name made of it, so that it is kept once."""
    ref = (error.ref or f"?{digest_of(document)[:32]}")[:REFS_MAX]
    stored = store(tx, channel.id, ref, version=error.version, stage=0, document=document, is_fresh=True)
    words = f"{error.words} ({error.code})" if error.code else error.words
    if stored is None:
        return Outcome("known", ref)
    settle(tx, stored.id, order_id=stored.order_id, code="unreadable", words=words)
    return Outcome("refused", ref, code="unreadable", words=words)


def _settled(tx: Tx, channel: Any, stored: Stored, order: ChannelOrder, floor: Floor) -> Outcome:
    try:
        with tx.savepoint():
            number = _apply(tx, channel, stored, order, floor)
    except Refusal as refusal:
        settle(tx, stored.id, order_id=stored.order_id, code=refusal.code, words=refusal.sentence)
        return Outcome("refused", order.ref, code=refusal.code, words=refusal.sentence)
    if number is None:
        settle(tx, stored.id, was_refused=stored.was_refused)
        return Outcome("ended", order.ref)
    order_id, gone = order_by_number(tx, number).id, _gone(tx, number) if order.stage is Stage.CANCELLED else []
    if gone:
        settle(tx, stored.id, order_id=order_id, code=PartlyGone.code, words=PartlyGone(number, gone).sentence, was_refused=stored.was_refused)
        return Outcome("refused", order.ref, code=PartlyGone.code, words=PartlyGone(number, gone).sentence)
    settle(tx, stored.id, order_id=order_id, was_refused=stored.was_refused)
    note_receiver(tx, stored.id, _receiver(order))
    heed(tx, channel, order.ref, floor)
    return Outcome("taken", order.ref, order_number=number)


def _gone(tx: Tx, number: str) -> list[str]:
    """The parts of a cancelled order that had left."""
    parts = parts_of(tx, order_by_number(tx, number))
    gone = [part.number for part in parts if part.state not in ENDED]
    return gone if len(gone) < len(parts) else []


def _apply(tx: Tx, channel: Any, stored: Stored, order: ChannelOrder, floor: Floor) -> str | None:
    checked = receiver_of(tx, channel.site_id, order.ship_to, "off" if order.is_collected else channel.checks)
    checked = replace(checked, findings=(*checked.findings, *prices_found(tx, channel, order)))
    said_to, order = _receiver(order), replace(order, ship_to=checked.ship_to)
    if stored.order_id is None:
        return None if order.stage is Stage.SHIPPED else _begin(tx, channel, order, checked)
    number = str(tx.scalar(_NUMBER, id=stored.order_id))
    before = hold_bound(tx, number)
    if stored.said_to == said_to and (dict(order.ship_to), order.buyer) != (before.ship_to, before.customer):
        order, checked = _as_corrected_here(tx, channel, before, order, checked)
    if order.stage is Stage.CANCELLED:
        _cancel(tx, channel, before, order, floor)
    elif before.state == "cancelled" or (before.state == "merged" and order.stage is Stage.PAID and _says_the_same(tx, channel, before, order)):
        return number
    elif order.stage is Stage.SHIPPED:
        _guard_shipped(tx, channel, before)
    else:
        _change(tx, channel, before, order, floor)
        _look_again(tx, channel, number, order, checked, floor=floor)
    return number


def _receiver(order: ChannelOrder) -> str:
    return digest_of({"buyer": order.buyer, "ship_to": dict(order.ship_to)})


def _as_corrected_here(tx: Tx, channel: Any, before: Any, order: ChannelOrder, checked: Checked) -> tuple[ChannelOrder, Checked]:
    """Somebody here has mended the address since, and the channel says of it what it said then: the mended one stays."""
    ours = receiver_of(tx, channel.site_id, before.ship_to, "off" if order.is_collected else channel.checks)
    prices = tuple(one for one in checked.findings if one.code == "price")
    return replace(order, ship_to=before.ship_to, buyer=before.customer), replace(ours, findings=(*ours.findings, *prices))


def _begin(tx: Tx, channel: Any, order: ChannelOrder, checked: Checked) -> str:
    """An order that is cancelled already is written and ended, so that it is the same whichever came first."""
    lines = _lines(tx, channel, order.lines)
    looked = look_over(tx, channel.site_id, checked, customer=order.buyer, lines=lines)
    is_sourced = channel.sourcing != "off" and not order.is_collected and order.stage is not Stage.CANCELLED
    waits = SOURCING if is_sourced and channel.sourcing == "together" else ""
    hold = (CHECK if looked.holds else waits) if order.stage is Stage.PAID else "payment" if channel.promises_unpaid else "unpaid"
    accept = accept_sourced if is_sourced else accept_order
    answer = accept(tx, NewOrder(
        channel=channel.code, channel_ref=order.ref, site_id=channel.site_id, lines=lines, customer=order.buyer, ship_to=order.ship_to,
        carrier=channel.carrier or order.carrier, hold=hold, placed_at=order.placed_at, currency=order.currency, total=order.total,
        postage=order.postage, note=order.note,
        delivery=COLLECT if order.is_collected else SHIP))
    if order.stage is Stage.CANCELLED:
        cancel_order(tx, answer.number, f"cancelled on {channel.code}")
    else:
        order_id = order_by_number(tx, answer.number).id
        keep_findings(tx, order_id, looked, is_new=not answer.repeated)
        is_lacking = order.stage is Stage.PAID and any(line.promised < line.quantity for line in answer.lines)
        _except(tx, order_id, hold, [part.id for part in live_parts(tx, order_by_number(tx, answer.number)) if is_oversold(tx, part.id)] if is_lacking else [])
    return answer.number


def _except(tx: Tx, order_id: int, hold: str, oversold: Sequence[int]) -> None:
    """What somebody has to see to of an order that came."""
    if hold == CHECK:
        open_held(tx, order_id)
    for part_id in oversold:
        open_oversold(tx, part_id)


def _cancel(tx: Tx, channel: Any, before: Any, order: ChannelOrder, floor: Floor) -> None:
    """What the order was is written as the channel says it in the end, whichever of its changes came; an unknown item keeps nothing alive."""
    if before.state == "merged":
        before = unmerge(tx, before, floor)
    if before.state == "shipped" and (was_paid_back(tx, before.id) or any(one.stage == Asked.PAID for one in requests_of(tx, before.id))):
        return  # so a shop calls an order that was paid back in full, after we told it
    if before.state != "cancelled":
        part_company(tx, before, floor)
        cancel_parts(tx, before, f"cancelled on {channel.code}", floor)
        record(tx, "order.cancelled", before.number, old={"state": before.state}, new={"state": "cancelled"}, reason=f"by channel {channel.code}")
    with suppress(ItemUnknown, Invalid, OrderGoneTooFar):
        restate(tx, before.number, _lines(tx, channel, order.lines), order.ship_to, order.buyer)


def _says_the_same(tx: Tx, channel: Any, before: Any, order: ChannelOrder) -> bool:
    """What is merged stays so, as long as nothing of it is changed."""
    asked = sorted((line.ref, line.item, line.quantity) for line in _lines(tx, channel, order.lines))
    known = sorted((line.ref, line.item, line.quantity) for line in lines_merged(tx, before))
    return asked == known and (dict(order.ship_to), order.buyer) == (before.ship_to, before.customer)


def _guard_shipped(tx: Tx, channel: Any, before: Any) -> None:
    if before.state == "merged" and any(line.shipped for line in lines_merged(tx, before)):
        return
    if any(line.shipped for part in parts_of(tx, before) for line in order_lines(tx, part.id)):
        return
    raise ShippedElsewhere(f"{channel.code} says that {before.channel_ref} has left, and nothing of {before.number} has left here. "
                           "Cancel it here if it was sent from elsewhere.", order=before.number)


def _change(tx: Tx, channel: Any, before: Any, order: ChannelOrder, floor: Floor) -> None:
    if before.state == "merged":
        before = unmerge(tx, before, floor)
    lines = _lines(tx, channel, order.lines)
    asked = sorted((line.ref, line.item, line.quantity) for line in lines)
    known = sorted((line.row.ref, line.row.item, line.quantity) for line in whole_lines(tx, before) if line.row.origin_id is None)
    if asked != known or (dict(order.ship_to), order.buyer) != (before.ship_to, before.customer):
        part_company(tx, before, floor)
    if asked != known:
        gather(tx, before, floor)
        floor.withdraw(tx, before.number)
        change_lines(tx, before.number, lines)
        if before.is_sourced:
            source_again(tx, before.number, floor)
        record(tx, "order.changed", before.number, old={"lines": known}, new={"lines": asked}, reason=f"by channel {channel.code}")
    reprice(tx, before, order, lines)
    if (dict(order.ship_to), order.buyer) != (before.ship_to, before.customer):
        send_elsewhere(tx, floor, before, order.ship_to, order.buyer, reason=f"by channel {channel.code}")


def _look_again(tx: Tx, channel: Any, number: str, order: ChannelOrder, checked: Checked, *, floor: Floor) -> None:
    """Whether the order may go as it is now: paid, and nothing found that holds it."""
    before = hold_order(tx, number)
    lines = [NewOrderLine(item=line.row.item, quantity=line.quantity) for line in whole_lines(tx, before) if line.row.origin_id is None]
    looked = look_over(tx, channel.site_id, checked, customer=order.buyer, lines=lines, order_id=before.id)
    waits = SOURCING if before.is_sourced and channel.sourcing == "together" and before.hold in (*PAYMENT, SOURCING) else ""
    wanted = CHECK if keep_findings(tx, before.id, looked) else hold_of_requests(tx, before) or waits
    if order.stage is Stage.UNPAID:  # a platform may stop an order that was paid: it must not leave
        wanted = before.hold if before.hold in PAYMENT else "payment"
    if before.hold in (wanted, BY_HAND) or (wanted == CHECK and before.state not in ("accepted", "released")):
        if before.hold == wanted == CHECK:
            open_held(tx, before.id)
        return
    if before.hold:
        _let_go(tx, before, wanted, floor)
    else:
        withdraw_open(tx, before, floor)
        hold_back(tx, number, wanted)
    if wanted == CHECK:
        open_held(tx, before.id)
    if wanted in PAYMENT and before.hold not in PAYMENT and not hold_of_requests(tx, before):  # which says why it was stopped
        open_stopped(tx, before.id)
    record(tx, "order.held" if wanted else "order.let_go", number, old={"hold": before.hold}, new={"hold": wanted}, reason=f"by channel {channel.code}")


def _let_go(tx: Tx, before: Any, hold: str, floor: Floor) -> None:
    """Nothing was kept for who had not paid: what has gone meanwhile may be elsewhere, or be announced there."""
    is_sourced = before.hold == "unpaid" and before.is_sourced
    if is_sourced:
        hold_goods(tx, live_parts(tx, before))  # of all sites in one sequence, and before any of them is promised
    let_go(tx, before.number, hold)
    if is_sourced and any(line.promised < line.quantity for part in live_parts(tx, before) for line in order_lines(tx, part.id)):
        source_again(tx, before.number, floor)


def items_meant(tx: Tx, channel: Any, lines: Sequence[ChannelLine]) -> list[NewOrderLine]:
    """Our items for what a channel sold or was ordered; ItemUnknown names all that nobody here knows."""
    return _lines(tx, channel, lines)


def _lines(tx: Tx, channel: Any, lines: Sequence[ChannelLine]) -> list[NewOrderLine]:
    """Our items for the channel's names: as somebody said, else an item's code, else a barcode; all that are unknown are named at once.

    What is named is what the channel sells from now on.
    """
    known = named(tx, channel.id, {line.item for line in lines})
    meant = {name: (row.code, row.quantity) for name, row in known.items()}
    rules = {name: (row.backorder, row.presell_days) for name, row in known.items()}
    found = _found(tx, {name for line in lines if (name := line.item) not in known or not known[name].is_said})
    meant.update(found)
    unknown = sorted({line.item or line.name or line.ref for line in lines if line.item not in meant})
    if unknown:
        raise ItemUnknown(f"No item here is called {', '.join(unknown[:5])}. Create it, or say which item of ours it is.",
                          what=unknown[0], items=unknown[:20])
    keep_found(tx, channel.id, {name: what for name, what in found.items() if name not in known or what != (known[name].code, known[name].quantity)})
    return [NewOrderLine(item=meant[line.item][0], quantity=line.quantity * meant[line.item][1], ref=(line.ref or f"#{at}")[:64],
                         price=line.price, paid=line.paid, pack=meant[line.item][1], **_waits_by(tx, *rules.get(line.item, (channel.backorder, channel.presell_days))))
            for at, line in enumerate(lines, 1)]


def _waits_by(tx: Tx, backorder: str, days: int) -> dict[str, Any]:
    """How an item that is sold now may wait."""
    return {"backorder": backorder, "expected_by": tx.now + days * DAY if backorder == DATED else None}


def _found(tx: Tx, names: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Our item's code and how many of it a name means, by code or barcode."""
    wanted = {name: _keys(name) for name in names}
    values = items_by_keys(tx, sorted({key for keys in wanted.values() for key in keys}))
    first = {name: next((values[key][0] for key in keys if key in values), None) for name, keys in wanted.items()}
    return {name: (value["key"], value["quantity"]) for name, value in first.items() if value is not None}


def _keys(name: str) -> list[str]:
    try:
        return [name.strip().upper(), barcode_key(name)]
    except Invalid:
        return [name.strip().upper()]
