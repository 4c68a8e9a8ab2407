"""How an event becomes a line of the outbox, and how it comes back."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Every subclass is known by its class name."""


def to_payload(event: Event) -> dict[str, Any]:
    """The event as plain values for JSON."""
    return asdict(event)


def from_payload(kind: str, payload: dict[str, Any]) -> Event:
    """The event again; KeyError when no event of that name exists."""
    classes = {cls.__name__: cls for cls in Event.__subclasses__()}
    return classes[kind](**payload)
