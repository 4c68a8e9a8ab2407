"""Orders to be batched, written as JSON beside a floor. Invalid says what is wrong where."""

from collections.abc import Mapping
from typing import Any

from server.wms.walk.batching_problem import Batching, Point
from server.wms.walk.document import PICKS_MAX, _picks, _short, _wrong, layout_of

ORDERS_MAX = 1_000
_UNITS = ("items", "orders")


def batching_of(document: Any) -> Batching:
    """From a floor's aisles, cross_aisles, depot, end and one_way, and orders, capacity and unit."""
    layout = layout_of({**document, "picks": []} if isinstance(document, Mapping) else document)
    unit, capacity = document.get("unit", "items"), document.get("capacity")
    if unit not in _UNITS:
        raise _wrong("unit", f'is {_short(unit)}, not "items" or "orders"')
    if not isinstance(capacity, int) or isinstance(capacity, bool) or capacity < 1:
        raise _wrong("capacity", "is missing; it is how many items or orders a trolley takes" if capacity is None
                     else f"is {_short(capacity)}, not a whole number from 1")
    orders = _orders(document)
    sizes = [len(order) if unit == "items" else 1 for order in orders]
    for number, size in enumerate(sizes):
        if size > capacity:
            raise _wrong(f"orders[{number}]", f"has {size} items; a trolley takes {capacity}")
    return Batching(layout, orders, sizes, min(capacity, sum(sizes) or 1))


def _orders(document: Mapping[str, Any]) -> list[tuple[Point, ...]]:
    written = document.get("orders")
    if not isinstance(written, list | tuple):
        raise _wrong("orders", "is missing; it is a list with the picks of each order" if written is None
                     else f"is {_short(written)}, not a list")
    if len(written) > ORDERS_MAX:
        raise _wrong("orders", f"has {len(written)} entries; at most {ORDERS_MAX} are possible")
    xs = document["aisles"]
    place = {number: at for at, number in enumerate(sorted(range(len(xs)), key=lambda number: xs[number]))}
    orders = [_picks(order, place, f"orders[{number}]") for number, order in enumerate(written)]
    if sum(map(len, orders)) > PICKS_MAX:
        raise _wrong("orders", f"have {sum(map(len, orders))} picks together; at most {PICKS_MAX} are possible")
    return orders
