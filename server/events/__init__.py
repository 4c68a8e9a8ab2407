"""The facts that the neighbours tell each other: frozen, past tense, plain values."""

from server.events.base import Event, from_payload, to_payload
from server.events.facts import (
    AllocationLost,
    CartonClosed,
    CountDiffered,
    GoodsReceived,
    GoodsReturned,
    InboundClosed,
    LineShorted,
    LoadDispatched,
    OrderAccepted,
    OrderCancelled,
    OrderShipped,
    PickConfirmed,
    PromiseBroken,
    ReturnUndone,
    StockArrived,
    WaveReleased,
)

__all__ = [
    "AllocationLost",
    "CartonClosed",
    "CountDiffered",
    "Event",
    "GoodsReceived",
    "GoodsReturned",
    "InboundClosed",
    "LineShorted",
    "LoadDispatched",
    "OrderAccepted",
    "OrderCancelled",
    "OrderShipped",
    "PickConfirmed",
    "PromiseBroken",
    "ReturnUndone",
    "StockArrived",
    "WaveReleased",
    "from_payload",
    "to_payload",
]
