"""Two look at what is announced at one moment: each piece is given to one of them."""

import pytest

from server.oms.backorders import _BEFORE_A_NEW_ONE_ANYWHERE
from server.oms.orders import NewOrder, NewOrderLine
from server.oms.sourcing.announced import bring_announced
from server.oms.sourcing.sending import accept_sourced, source_again
from tests.moments import meanwhile
from tests.oms.sourcing.test_announced import Announced, announced

__all__ = ["announced"]


def moves(announced: Announced, ref: str):
    """The server's minute finds that an order may wait elsewhere."""
    number = announced.shops.order(ref)["number"]
    return lambda tx: bring_announced(tx, number, announced.firm.floor)


def is_sent_anew(announced: Announced):
    number = announced.shops.order("1")["number"]
    return lambda tx: source_again(tx, number, announced.firm.floor)


def comes(announced: Announced):
    new = NewOrder(channel="shop", channel_ref="1", site_id=announced.firm.sites["W1"], lines=[NewOrderLine(item="SOAP", quantity=2)])
    return lambda tx: accept_sourced(tx, new)


@pytest.mark.parametrize(("act", "looks"), [(lambda announced: moves(announced, "1"), 1), (is_sent_anew, 2), (comes, 2)], ids=["moved", "sent anew", "come"])
def test_of_three_announced_pieces_one_of_two_is_told_who_wants_two_each(announced, act, looks):
    """`looks` is how often who comes first looks until it decides: the last time with the goods held."""
    if act is not comes:
        announced.give("1", ("SOAP", 2))
    announced.give("2", ("SOAP", 2))
    announced.announce("A-1", "W2", 3)
    first, second = act(announced), moves(announced, "2")
    with meanwhile(_BEFORE_A_NEW_ONE_ANYWHERE, lambda: announced.database.write(second), run=looks):
        announced.database.write(first)
    assert (announced.firm.sent("1", "shop"), announced.firm.sent("2", "shop")) == ({"W2": {1: 2}}, {"W1": {1: 2}})
    assert (announced.dated(), announced.firm.faults()) == ({"1"}, [])
