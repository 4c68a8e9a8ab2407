"""The facts that the neighbours tell each other: frozen, past tense, plain values."""

from server.events.base import Event, from_payload, to_payload
from server.events.facts import (
    AllocationLost,
    CartonClosed,
    CountDiffered,
    GoodsReceived,
    InboundClosed,
    LineShorted,
    LoadDispatched,
    OrderAccepted,
    OrderCancelled,
    OrderShipped,
    PickConfirmed,
    PromiseBroken,
    StockArrived,
    WaveReleased,
)

__all__ = [
    "AllocationLost",
    "CartonClosed",
    "CountDiffered",
    "Event",
    "GoodsReceived",
    "InboundClosed",
    "LineShorted",
    "LoadDispatched",
    "OrderAccepted",
    "OrderCancelled",
    "OrderShipped",
    "PickConfirmed",
    "PromiseBroken",
    "StockArrived",
    "WaveReleased",
    "from_payload",
    "to_payload",
]
