"""Kinds of exceptions: what is over in each when, what somebody can do with one click, and what is done where no rule says otherwise."""

from dataclasses import dataclass

ORDER_HELD = ("address", "check", "price")
"""An order is held for what was found in it: where it goes, whom it is for, what it costs."""
OF_PAPERS = ("item", "unreadable", "paper", "too_late")
"""A channel's document that no order here agrees with: its item is unknown or blocked; it cannot be read; the floor is too far; else."""
UNPAID, STOPPED, TAKEN_BACK = "unpaid", "stopped", "taken_back"
"""What is wrong with a payment: none came; its platform stopped the order; money went back for what has not come after all."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`steps` are what can be done about one. `solves` are those that a rule may do by itself.

    `opens_after_hours` is how long its cause may last before it is one, where only time brings it. `solve` is the step that is done by
    itself unless a rule says otherwise: only what is harmless.
    """

    steps: tuple[str, ...]
    solves: tuple[str, ...] = ()
    opens_after_hours: int | None = None
    solve: str = ""
    solve_after_minutes: int = 0


KINDS: dict[str, Kind] = {
    "oversold": Kind(("wait", "cancel_rest", "cancel", "done"), ("cancel_rest", "cancel")),
    "address": Kind(("take_suggestion", "let_go", "cancel", "wait"), ("take_suggestion", "let_go", "cancel")),
    "check": Kind(("let_go", "cancel", "wait"), ("let_go", "cancel")),
    "price": Kind(("let_go", "cancel", "wait"), ("let_go", "cancel")),
    "item": Kind(("try_again", "drop", "wait")),
    "unreadable": Kind(("try_again", "drop", "wait")),
    "paper": Kind(("try_again", "drop", "wait")),
    "too_late": Kind(("try_again", "drop", "wait")),
    "payment": Kind(("wait", "cancel", "done"), ("cancel",), opens_after_hours=24),
    "stuck": Kind(("wait", "cancel", "done"), (), opens_after_hours=4),
    "waiting": Kind(("wait", "cancel_rest", "cancel", "done"), ("cancel_rest", "cancel"), opens_after_hours=72),
    "short": Kind(("wait_for_stock", "cancel_rest", "done"), ("wait_for_stock", "cancel_rest")),
    "not_told": Kind(("tell_again", "done", "wait"), ("tell_again",), solve="tell_again", solve_after_minutes=60),
    "refund_asked": Kind(("agree", "send_anyway", "wait"), ("agree", "send_anyway")),
    "refund_left": Kind(("agree", "done", "wait"), ("agree",)),
    "channel": Kind(("try_again", "wait", "done"), (), opens_after_hours=1),
    "quantity": Kind(("tell_again", "done", "wait"), ("tell_again",)),
}
_KIND_OF_CODE = {"item_unknown": "item", "item_blocked": "item", "invalid": "item", "unreadable": "unreadable", "order_gone_too_far": "too_late", "shipped_elsewhere": "too_late",
                 "picked_already": "too_late", "packed_already": "too_late", "partly_gone": "too_late"}
_BLOCKED = frozenset({"customer_blocked", "phone_blocked", "region_blocked"})


def kind_of_paper(code: str) -> str:
    """What a refusal by a code is."""
    return _KIND_OF_CODE.get(code, "paper")


def kind_of_finding(code: str) -> str:
    """What an order is held for."""
    return "price" if code == "price" else "check" if code in _BLOCKED else "address"
