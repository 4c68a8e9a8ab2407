"""Which orders of a Shopify shop are meant by what a list of them is asked with in REST; times are seconds here."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from simulators.shops.shopify_pages import numbers
from simulators.shops.shopify_shipping import Wrong

_STATES: Mapping[str, Callable[[Any], bool]] = {
    "any": lambda _: True, "open": lambda one: not one["cancelled_at"] and not one["closed_at"],
    "closed": lambda one: bool(one["closed_at"]), "cancelled": lambda one: bool(one["cancelled_at"])}
_PAYMENTS = ("authorized", "pending", "paid", "partially_paid", "refunded", "voided", "partially_refunded")
_FULFILMENTS: Mapping[str, tuple[str | None, ...]] = {
    "shipped": ("fulfilled",), "fulfilled": ("fulfilled",), "partial": ("partial",), "unshipped": (None, "partial"), "unfulfilled": (None,)}


def is_meant(query: Mapping[str, str], paper: Any) -> bool:
    """Whether an order is asked for; without a word about its status only when it is open."""
    return all(test(query[name], paper) for name, test in _TESTS.items() if query.get(name)) and _has_state(query.get("status") or "open", paper)


def _has_state(told: str, paper: Any) -> bool:
    if told not in _STATES:
        raise Wrong(400, {"status": "Invalid value."})
    return _STATES[told](paper)


def _is_paid(told: str, paper: Any) -> bool:
    if told == "unpaid":
        return paper["financial_status"] in ("authorized", "partially_paid")
    return told == "any" or _known(told, _PAYMENTS, "financial_status") == paper["financial_status"]


def _is_shipped(told: str, paper: Any) -> bool:
    return told == "any" or paper["fulfillment_status"] in _FULFILMENTS[_known(told, _FULFILMENTS, "fulfillment_status")]


def _known(told: str, names: Any, what: str) -> str:
    if told not in names:
        raise Wrong(400, {what: "Invalid value."})
    return told


def _between(field: str, edge: str) -> Callable[[str, Any], bool]:
    def test(told: str, paper: Any) -> bool:
        wanted = _instant(told, f"{field}_{edge}")
        return bool(paper[field] >= wanted if edge == "min" else paper[field] <= wanted)
    return test


def _instant(told: str, name: str) -> int:
    """In seconds. One without a zone is taken as UTC; a plus that somebody forgot to escape comes as a space."""
    try:
        at = datetime.fromisoformat(told.replace(" ", "+") if "T" in told else told)
    except ValueError as error:
        raise Wrong(400, {name: "Invalid date."}) from error
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


_TESTS: Mapping[str, Callable[[str, Any], bool]] = {
    "ids": lambda told, paper: paper["id"] in numbers(told, "ids"), "since_id": lambda told, paper: paper["id"] > min(numbers(told, "since_id")),
    "name": lambda told, paper: paper["name"].lstrip("#") == told.lstrip("#"), "financial_status": _is_paid, "fulfillment_status": _is_shipped,
    **{f"{field}_{edge}": _between(field, edge) for field in ("created_at", "updated_at", "processed_at") for edge in ("min", "max")}}
