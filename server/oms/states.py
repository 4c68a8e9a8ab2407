"""The states of an order and the ways between them. The database holds the same table; the drawing in ORDERS.md is made of it."""

from collections.abc import Iterator

STATES = {
    "accepted": "taken in, promised as far as there is stock; nothing of it is on the floor",
    "released": "the floor works on it",
    "partly_shipped": "some has left, some will",
    "shipped": "all that comes has left",
    "short": "nothing of it could be found, and nothing comes",
    "cancelled": "nothing comes; its promises were given back",
    "merged": "its goods leave with another order of the same receiver",
}
TRANSITIONS: tuple[tuple[str, str, str], ...] = (
    ("accepted", "released", "handed to the floor"),
    ("accepted", "short", "not found by the floor that had it before"),
    ("accepted", "cancelled", "cancelled"),
    ("accepted", "merged", "merged"),
    ("released", "accepted", "held, changed, or sent by another site"),
    ("released", "partly_shipped", "a parcel left"),
    ("released", "shipped", "the last parcel left"),
    ("released", "short", "nothing was found"),
    ("released", "cancelled", "cancelled; what was picked is put back"),
    ("released", "merged", "merged; what was picked is put back"),
    ("partly_shipped", "shipped", "the last parcel left, or the rest was not found"),
    ("partly_shipped", "released", "what had left is back at the door"),
    ("shipped", "partly_shipped", "a parcel is back at the door"),
    ("shipped", "released", "what had left is back at the door"),
    ("short", "released", "found after all"),
    ("merged", "accepted", "taken apart again"),
)
"""From, to, why. Whatever is not here does not happen: a trigger of the database refuses it."""


def drawing() -> str:
    """All of it as Mermaid draws it."""
    return "\n".join(["stateDiagram-v2", "    [*] --> accepted: taken in", *_lines(), "    cancelled --> [*]", ""])


def page() -> str:
    """The page of the documentation: what the states mean, the drawing, and the ways as a table."""
    rows = [f"| `{one}` | {what} |" for one, what in STATES.items()]
    ways = [f"| `{one}` | `{other}` | {why} |" for one, other, why in TRANSITIONS]
    return "\n".join([
        "# An order's states", "", "Made by `python -m server.oms.states` from `server/oms/states.py`; a test keeps the two the same. Each part of an order has its own.", "",
        "```mermaid", drawing().rstrip(), "```", "", "| state | means |", "|---|---|", *rows, "", "| from | to | why |", "|---|---|---|", *ways, "",
        "Beside its state an order may be on hold (`unpaid`, `payment`, `check`, `by_hand`, `sourcing`, `refund_asked`): then the floor is not handed it.",
        "Who changed it, when and why stands in the audit log and in the order's story.", ""])


def _lines() -> Iterator[str]:
    yield from (f"    {one} --> {other}: {why}" for one, other, why in TRANSITIONS)


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).with_name("ORDERS.md").write_text(page(), encoding="utf-8")
