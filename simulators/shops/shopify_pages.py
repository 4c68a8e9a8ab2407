"""How a Shopify shop shows long lists in REST: pages with a mark to the next and the one before, and no more fields than were asked for."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from simulators.shops.served import Asked
from simulators.shops.shop import packed
from simulators.shops.shopify_shipping import Wrong

_LIMIT, _LIMIT_MAX = 50, 250
_SORTED_BY = ("id", "created_at", "updated_at", "processed_at")


def page(asked: Asked, find: Callable[[Mapping[str, str]], Sequence[Any]], *, latest_first: bool = True) -> tuple[list[Any], dict[str, str]]:
    """What stands on a page, and the header that leads to its neighbours; `find` is asked with what the first page was asked with."""
    mark = asked.get("page_info")
    if mark and {name for name, _ in asked.query} - {"page_info", "limit", "fields"}:
        raise Wrong(400, {"page_info": "cannot be passed together with other parameters"})
    told = _read(mark) if mark else {"query": {name: value for name, value in asked.query if name not in ("limit", "fields")}}
    limit, query = _limit(asked), dict(told["query"])
    key, is_falling = _order(query, latest_first=latest_first)
    found = sorted(((key(one), one) for one in find(query)), key=itemgetter(0), reverse=is_falling)
    places = [place for place, _ in found]
    first = _first(places, told, limit, is_falling=is_falling)
    shown = [one for _, one in found[first:first + limit]]
    neighbours = [("previous", {"before": places[first]})] if first and shown else []
    neighbours += [("next", {"after": places[first + limit - 1]})] if first + limit < len(found) else []
    links = [f'<{asked.address}?{urlencode({"limit": limit, "page_info": _mark({"query": query, **edge})})}>; rel="{name}"' for name, edge in neighbours]
    return shown, {"Link": ", ".join(links)} if links else {}


def only(asked: Asked, paper: Mapping[str, Any]) -> dict[str, Any]:
    """A paper with the fields that were asked for, or all."""
    names = [one.strip() for one in asked.get("fields").split(",") if one.strip()]
    return {name: value for name, value in paper.items() if not names or name in names}


def numbers(told: str, name: str) -> set[int]:
    """Numbers with commas between them."""
    try:
        return {int(one) for one in told.split(",") if one.strip()}
    except ValueError as error:
        raise Wrong(400, {name: "must be a list of numbers"}) from error


def _limit(asked: Asked) -> int:
    told = asked.get("limit", str(_LIMIT))
    if not told.isdigit() or not 1 <= int(told) <= _LIMIT_MAX:
        raise Wrong(400, {"limit": f"must be between 1 and {_LIMIT_MAX}"})
    return int(told)


def _order(query: Mapping[str, str], *, latest_first: bool) -> tuple[Callable[[Any], list[Any]], bool]:
    """By number; by `order` otherwise, and after a number upwards."""
    name, _, way = query.get("order", "").strip().lower().partition(" ")
    if name and (name not in _SORTED_BY or way not in ("", "asc", "desc")):
        raise Wrong(400, {"order": "Invalid value."})
    by = name or "id"
    is_falling = way == "desc" if name else latest_first and "since_id" not in query
    return (lambda paper: [paper["id"]]) if by == "id" else (lambda paper: [paper[by], paper["id"]]), is_falling


def _first(places: Sequence[list[Any]], told: Mapping[str, Any], limit: int, *, is_falling: bool) -> int:
    """Where the page begins: papers that came or went meanwhile move no others to another page."""
    if "after" in told:
        return sum(1 for one in places if (one >= told["after"] if is_falling else one <= told["after"]))
    if "before" in told:
        return max(0, sum(1 for one in places if (one > told["before"] if is_falling else one < told["before"])) - limit)
    return 0


def _mark(told: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(packed(told)).decode()


def _read(mark: str) -> dict[str, Any]:
    try:
        told = json.loads(base64.urlsafe_b64decode(mark))
        return {**told, "query": dict(told["query"])}
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise Wrong(400, {"page_info": "Invalid value."}) from error
