"""Telling many quantities to a channel: what it refuses is kept, and stops no other."""

from collections.abc import Callable, Sequence

from server.oms.channels.base import Quantity
from server.oms.channels.errors import ChannelError, ChannelRefused, ChannelShut


def tell_each(quantities: Sequence[Quantity], tell: Callable[[Quantity], None]) -> list[tuple[Quantity, ChannelError]]:
    """Which were refused, and why. A channel that is shut, busy or away is so for all of them."""
    refused: list[tuple[Quantity, ChannelError]] = []
    for quantity in quantities:
        try:
            tell(quantity)
        except ChannelShut:
            raise
        except ChannelRefused as refusal:
            refused.append((quantity, refusal))
    return refused
