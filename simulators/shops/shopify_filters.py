"""Which orders of a Shopify shop are meant by what a list of them is asked with in REST; times are seconds here."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from simulators.shops.shopify_pages import numbers
from simulators.shops.shopify_shipping import Wrong

Test = Callable[[Any], bool]
_STATES: Mapping[str, Test] = {
    "any": lambda _: True, "open": lambda one: not one["cancelled_at"] and not one["closed_at"],
    "closed": lambda one: bool(one["closed_at"]), "cancelled": lambda one: bool(one["cancelled_at"])}
_PAYMENTS = {name: (name,) for name in ("authorized", "pending", "paid", "partially_paid", "refunded", "voided", "partially_refunded")}
_PAYMENTS_MEANT: Mapping[str, Collection[str]] = {**_PAYMENTS, "any": tuple(_PAYMENTS), "unpaid": ("authorized", "partially_paid")}
_FULFILMENTS: Mapping[str, Collection[str | None]] = {
    "shipped": ("fulfilled",), "fulfilled": ("fulfilled",), "partial": ("partial",), "unshipped": (None, "partial"), "unfulfilled": (None,),
    "any": ("fulfilled", "partial", "restocked", None)}


def meant(query: Mapping[str, str]) -> Test:
    """Whether an order is asked for; without a word about its status only when it is open. What is no filter is refused at once."""
    tests = [_STATES[_known(query.get("status") or "open", _STATES, "status")],
             *(make(query[name]) for name, make in _TESTS.items() if query.get(name))]
    return lambda one: all(test(one) for test in tests)


def _ids(told: str) -> Test:
    wanted = numbers(told, "ids")
    return lambda one: one["id"] in wanted


def _since(told: str) -> Test:
    after = max(numbers(told, "since_id"), default=0)
    return lambda one: bool(one["id"] > after)


def _name(told: str) -> Test:
    return lambda one: one["name"].lstrip("#") == told.lstrip("#")


def _paid(told: str) -> Test:
    wanted = _PAYMENTS_MEANT[_known(told, _PAYMENTS_MEANT, "financial_status")]
    return lambda one: one["financial_status"] in wanted


def _shipped(told: str) -> Test:
    wanted = _FULFILMENTS[_known(told, _FULFILMENTS, "fulfillment_status")]
    return lambda one: one["fulfillment_status"] in wanted


def _from(field: str) -> Callable[[str], Test]:
    def make(told: str) -> Test:
        edge = _instant(told, f"{field}_min")
        return lambda one: bool(one[field] >= edge)
    return make


def _until(field: str) -> Callable[[str], Test]:
    def make(told: str) -> Test:
        edge = _instant(told, f"{field}_max")
        return lambda one: bool(one[field] <= edge)
    return make


def _known(told: str, names: Collection[str], what: str) -> str:
    if told not in names:
        raise Wrong(400, {what: "Invalid value."})
    return told


def _instant(told: str, name: str) -> int:
    """In seconds. One without a zone is taken as UTC; a plus that somebody forgot to escape comes as a space."""
    try:
        at = datetime.fromisoformat(told.replace(" ", "+") if "T" in told else told)
    except ValueError as error:
        raise Wrong(400, {name: "Invalid date."}) from error
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


_TIMES = ("created_at", "updated_at", "processed_at")
_TESTS: Mapping[str, Callable[[str], Test]] = {
    "ids": _ids, "since_id": _since, "name": _name, "financial_status": _paid, "fulfillment_status": _shipped,
    **{f"{field}_min": _from(field) for field in _TIMES}, **{f"{field}_max": _until(field) for field in _TIMES}}
