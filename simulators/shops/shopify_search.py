"""How a Shopify shop reads what a list is searched with in GraphQL: words, or names with values, joined by AND, OR and NOT, in brackets."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from simulators.shops.graphql import Node
from simulators.shops.graphql_tokens import GraphQLError

Test = Callable[[Node], bool]
_VALUE = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[^\s()]+'
_TOKEN = re.compile(rf"\s*(?:(?P<mark>[()])|(?P<word>-?(?:\w+:(?:>=|<=|>|<|=)?)?(?:{_VALUE})))")
_WORD = re.compile(r"(-?)(?:(\w+):(>=|<=|>|<|=)?)?(.+)", re.DOTALL)
_TIMES = {"updated_at": "updatedAt", "created_at": "createdAt", "processed_at": "processedAt"}
_FIELDS = {"id": "legacyResourceId", "sku": "sku", "name": "name", "title": "title", "handle": "handle", "barcode": "barcode", "email": "email",
           "vendor": "vendor", "product_type": "productType", "confirmation_number": "confirmationNumber", "po_number": "poNumber", "source_name": "sourceName"}
_BY_WORD = ("name", "email", "sku", "title", "barcode")


def meant(query: str) -> Test:
    """Whether a thing is what is searched; everything is when nothing is said."""
    if not query.strip():
        return lambda _: True
    reader = _Reader(query)
    test = reader.either()
    reader.end()
    return test


class _Reader:
    def __init__(self, query: str) -> None:
        self._query, self._tokens, at = query, list[str](), 0
        while query[at:].strip():
            found = _TOKEN.match(query, at)
            if found is None:
                raise self._puzzled()
            self._tokens.append(found.group().strip())
            at = found.end()
        self._tokens.reverse()

    def either(self) -> Test:
        tests = [self._all()]
        while self._next == "OR":
            self._tokens.pop()
            tests.append(self._all())
        return lambda one: any(test(one) for test in tests)

    def end(self) -> None:
        if self._tokens:
            raise self._puzzled()

    def _all(self) -> Test:
        tests = [self._one()]
        while self._next and self._next not in {")", "OR"}:
            if self._next == "AND":
                self._tokens.pop()
            tests.append(self._one())
        return lambda one: all(test(one) for test in tests)

    def _one(self) -> Test:
        if self._next in ("", ")", "AND", "OR"):
            raise self._puzzled()
        token = self._tokens.pop()
        if token == "NOT":  # noqa: S105 - a word of a query
            return _not(self._one())
        if token != "(":  # noqa: S105 - a bracket
            return _word(token)
        test = self.either()
        if self._next != ")":
            raise self._puzzled()
        self._tokens.pop()
        return test

    @property
    def _next(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def _puzzled(self) -> GraphQLError:
        return GraphQLError(f"This shop is played and can make nothing of {self._query!r}.", "notPlayed")


def _not(test: Test) -> Test:
    return lambda one: not test(one)


def _word(token: str) -> Test:
    found = _WORD.fullmatch(token)
    sign, name, relation, value = found.groups() if found else ("", None, None, token)
    value = re.sub(r"\\(.)", r"\1", value[1:-1] if value[:1] in ("'", '"') and value[-1:] == value[:1] and len(value) > 1 else value)
    test = _named(name, relation or "=", value) if name else _anywhere(value)
    return _not(test) if sign else test


def _anywhere(value: str) -> Test:
    return lambda one: any(_is_like(str(one[name]), value) for name in _BY_WORD if one.get(name))


def _named(name: str, relation: str, value: str) -> Test:
    if name in _TIMES:
        edge = _instant(value)
        return lambda one: _TIMES[name] in one and _compares(_instant(one[_TIMES[name]]), relation, edge)
    if name in _FIELDS:
        return lambda one: any(_fits(told, relation, value) for told in _values(one, name))
    if name == "tag_not":
        return _not(_named("tag", relation, value))
    if name not in _STATES:
        raise GraphQLError(f"This shop is played and cannot search by {name}.", "notPlayed")
    several = [each.strip() for each in value.split(",")]
    return lambda one: value == "any" or any(_STATES[name](one, each) for each in several)


def _values(one: Node, name: str) -> list[Any]:
    """A product has what its variants have."""
    if name in ("sku", "barcode") and one.get("__typename") == "Product":
        return [each[name] for each in one["variants"]({"first": 250})["nodes"]]
    return [one.get(_FIELDS[name])]


def _fits(told: Any, relation: str, value: str) -> bool:
    if told is None:
        return False
    if str(told).isdigit() and value.isdigit():
        return _compares(int(told), relation, int(value))
    return _is_like(str(told), value) if relation == "=" else _compares(str(told).lower(), relation, value.lower())


def _is_like(told: str, value: str) -> bool:
    """A star at the end stands for anything; `*` alone for having any."""
    told, value = told.lower().lstrip("#"), value.lower().lstrip("#")
    return told.startswith(value[:-1]) and bool(told) if value.endswith("*") else told == value


def _has_status(one: Node, value: str) -> bool:
    if one.get("__typename") != "Order":
        return str(one.get("status")).lower() == value.lower()
    states = {"open": not one["cancelledAt"] and not one["closed"], "closed": one["closed"], "cancelled": bool(one["cancelledAt"]), "not_closed": not one["closed"]}
    return bool(states.get(value.lower()))


def _is_shipped(one: Node, value: str) -> bool:
    wanted = {"shipped": ("FULFILLED",), "fulfilled": ("FULFILLED",), "partial": ("PARTIALLY_FULFILLED",), "unfulfilled": ("UNFULFILLED",),
              "unshipped": ("UNFULFILLED", "PARTIALLY_FULFILLED")}
    return one["displayFulfillmentStatus"] in wanted.get(value.lower(), ())


_STATES: Mapping[str, Callable[[Node, str], bool]] = {
    "status": _has_status, "fulfillment_status": _is_shipped,
    "financial_status": lambda one, value: str(one["displayFinancialStatus"]).lower() == value.lower(),
    "inventory_item_id": lambda one, value: str(one["inventoryItem"]["legacyResourceId"]) == value,
    "product_id": lambda one, value: str(one["product"]["legacyResourceId"]) == value,
    "tag": lambda one, value: value.lower() in (str(tag).lower() for tag in one["tags"])}


def _compares(one: Any, relation: str, other: Any) -> bool:
    return bool({"=": one == other, ">=": one >= other, ">": one > other, "<=": one <= other, "<": one < other}[relation])


def _instant(told: str) -> datetime:
    try:
        at = datetime.fromisoformat(told)
    except ValueError as error:
        raise GraphQLError(f"This shop is played and takes {told!r} for no time.", "notPlayed") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
