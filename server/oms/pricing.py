"""What a channel's lines cost before discounts, held against what its listings, or else our catalogue, say that they should; and how much was taken off."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.oms.channels.base import ChannelOrder
from server.oms.channels.money import major
from server.oms.checks.findings import HOLD, Finding

_EXPECTED = text(
    "SELECT l.name, COALESCE(l.price, i.price * l.quantity) AS price, l.price IS NULL AS is_ours FROM listing l JOIN item i ON i.id = l.item_id "
    "WHERE l.channel_id = :channel_id AND l.name IN :names AND COALESCE(l.price, i.price) IS NOT NULL "
    "UNION ALL SELECT i.code, i.price, 1 = 1 FROM item i WHERE i.code IN :names AND i.price IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM listing l WHERE l.channel_id = :channel_id AND l.name = i.code) ORDER BY 1"
).bindparams(bindparam("names", expanding=True))


def prices_found(tx: Tx, channel: Any, order: ChannelOrder) -> Iterator[Finding]:
    """What of an order's money holds it: a price below its listing's, a discount above the channel's limit; as far as the channel is to be looked at."""
    if channel.price_tolerance is not None:
        yield from _too_cheap(tx, channel, order)
    if channel.discount_limit is not None:
        yield from _too_much_off(channel, order)


def _too_cheap(tx: Tx, channel: Any, order: ChannelOrder) -> Iterator[Finding]:
    """The first line whose price before discounts is lower than its listing, or else the catalogue, says by more than the channel's tolerance."""
    asked = {line.item: line.price for line in sorted(order.lines, key=lambda line: -line.price)}
    is_our_money = order.currency == site_settings(tx, channel.site_id).currency
    for row in tx.rows(_EXPECTED, channel_id=channel.id, names=sorted(asked) or [""]):
        if row.is_ours and not is_our_money:
            continue
        if asked[row.name] * 100 < row.price * (100 - channel.price_tolerance):
            price, expected = major(asked[row.name], order.currency), major(row.price, order.currency)
            yield Finding(code="price", field="lines", severity=HOLD, words=f"{row.name} costs {price} on {channel.code}, and {expected} are expected.")
            return


def _too_much_off(channel: Any, order: ChannelOrder) -> Iterator[Finding]:
    """The first line of which less was paid than the channel's limit of discounts lets it."""
    for line in order.lines:
        whole = line.price * line.quantity
        if line.paid is not None and (whole - line.paid) * 100 > whole * channel.discount_limit:
            paid, price = major(line.paid, order.currency), major(whole, order.currency)
            yield Finding(code="price", field="discount", severity=HOLD,
                          words=f"{line.item[:64]} was sold for {paid} instead of {price} on {channel.code}, and at most {channel.discount_limit} % off are allowed.")
            return
