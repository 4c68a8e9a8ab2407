"""How a WordPress site writes an answer that was asked for otherwise: in an envelope, with more digits, or told only what may be asked where."""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from simulators.shops.served import Asked, Reply
from simulators.shops.shop import packed
from simulators.shops.woocommerce_pages import Wrong, invalid, is_true

_PLACES, _PLACES_MAX = 2, 12
_MONEY = frozenset({
    "discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total", "total_tax", "subtotal", "subtotal_tax", "discount", "amount",
    "refund_total"})


def written_out(asked: Asked, reply: Reply) -> Reply:
    """With `dp` digits behind the point; in an envelope its status and headers stand in the body, for who cannot read them elsewhere."""
    places = asked.get("dp")
    if places and (not places.isdigit() or int(places) > _PLACES_MAX):
        raise invalid("dp", "dp is not of type integer.", "rest_invalid_type")
    if not places and not is_true(asked.get("_envelope")):
        return reply
    told = json.loads(reply.body)
    if places and int(places) != _PLACES:
        told = _finer(told, int(places))
    if is_true(asked.get("_envelope")):
        return Reply(200, packed({"body": told, "status": reply.status, "headers": dict(reply.headers)}))
    return Reply(reply.status, packed(told), reply.content_type, reply.headers)


def options(path: str, routes: Sequence[tuple[str, str, str]]) -> Reply:
    """By which methods something may be asked; no right is needed to know."""
    methods = sorted({verb for verb, pattern, _ in routes if re.fullmatch(pattern, path)})
    if not methods:
        raise Wrong(404, "rest_no_route", "No route was found matching the URL and request method.")
    told = {"namespace": "wc/v3", "methods": methods, "endpoints": [{"methods": [one], "args": {}} for one in methods],
            "schema": {"$schema": "http://json-schema.org/draft-04/schema#", "title": path.partition("/")[0].removesuffix("s"), "type": "object", "properties": {}}}
    return Reply(200, packed(told), headers={"Allow": ", ".join(methods)})


def _finer(told: Any, places: int) -> Any:
    if isinstance(told, list):
        return [_finer(one, places) for one in told]
    if not isinstance(told, dict):
        return told
    return {name: f"{Decimal(value):.{places}f}" if name in _MONEY and isinstance(value, str) and value else _finer(value, places) for name, value in told.items()}
