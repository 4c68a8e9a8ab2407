"""What a channel's lines cost, held against what its listings say that they should."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.transaction import Tx
from server.oms.channels.base import ChannelOrder
from server.oms.channels.money import major
from server.oms.checks.findings import HOLD, Finding

_EXPECTED = text(
    "SELECT name, price FROM listing WHERE channel_id = :channel_id AND name IN :names AND price IS NOT NULL ORDER BY name"
).bindparams(bindparam("names", expanding=True))


def prices_found(tx: Tx, channel: Any, order: ChannelOrder) -> Iterator[Finding]:
    """The first line that is cheaper than its listing says by more than the channel's tolerance holds the order."""
    asked = {line.item: line.price for line in sorted(order.lines, key=lambda line: -line.price)}
    for row in tx.rows(_EXPECTED, channel_id=channel.id, names=sorted(asked) or [""]):
        if asked[row.name] * 100 < row.price * (100 - channel.price_tolerance):
            price, expected = major(asked[row.name], order.currency), major(row.price, order.currency)
            yield Finding(code="price", field="lines", severity=HOLD, words=f"{row.name} costs {price} on {channel.code}, and {expected} are expected.")
            return
