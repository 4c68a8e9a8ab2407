"""The description of the API: what each call answers, by example, and how errors look."""

import json
from importlib.resources import files
from typing import Any

from server.dashboard.figure_list import FIGURES

Json = dict[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_PROBLEM: Json = {
    "type": "object", "required": ["type", "title", "status", "code", "detail"], "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "code": {"type": "string", "description": "for programs; the sentence is for people"},
        "detail": {"type": "string"}, "args": {"type": "object"},
        "message": {"type": "object", "description": "the detail by its key among the messages, for other languages; an argument may be a message itself",
                    "properties": {"key": {"type": "string"}, "args": {"type": "object"}}},
        "errors": {"type": "array", "items": {"type": "object", "properties": {
            "where": {"type": "string"}, "what": {"type": "string"}}}}},
    "examples": [{"type": "/api/docs#invalid", "title": "Invalid", "status": 422, "code": "invalid",
                  "detail": "The request does not fit: json.lines: Field required.",
                  "errors": [{"where": "json.lines", "what": "Field required"}]}],
}
_REFUSALS = {400: "The body cannot be read", 401: "Not signed in", 403: "Not allowed", 404: "There is none", 409: "It conflicts with what is there",
             413: "Too large", 415: "The body is of a kind that is not taken here", 422: "The request does not fit", 429: "Too many requests",
             503: "Nothing can be stored just now; try again"}
_MAY_BE_NULL = frozenset({
    "first", "live", "live_at", "source", "after_seconds", "checked_at", "last_label", "neighbour", "odometer", "place",
    "printed_at", "seen_at", "shift", "x_mm", "y_mm", "settled_at", "since", "accuracy", "backup", "backup_at", "battery", "begin",
    "break_since", "build", "caller", "characters_per_second", "closed_at", "counted_at", "customer_id", "cutoff_at", "device",
    "device_id", "dispatched_at", "document", "done_at", "ended_at", "error", "expected_at", "expires_at", "expiry", "expiry_on",
    "first_worker", "for_device", "for_worker", "found", "from_code", "inside", "item", "last_at", "last_counted_on", "last_scan",
    "again_ms", "oldest_at", "pulled_at", "heard_at", "error_at", "owner_badge", "labels_at", "printer", "kept_picture",
    "last_seen_at", "last_used_at", "latency_ms", "leased_until", "line_accuracy", "lot", "lpn", "max_lpns", "max_volume_ml", "max_weight_g", "next", "note", "op",
    "owner", "picture", "progress", "promised_at", "received_at", "released_at", "reprint_of_id", "reset_after_seq", "reverses_id", "revoked_at", "screen", "second_worker",
    "sent_at", "serial", "session", "settings", "site", "site_id", "sscc", "started_at", "status", "to_code", "to_do", "unit_accuracy", "until", "verified_at", "walk_mm", "walk_order_mm",
    "paper", "channel", "order", "opens_after_hours", "pass_after_hours", "pass_to", "wait_until", "price", "price_tolerance", "discount_limit", "told", "told_at", "ready_at", "drift", "reconciled_at", "safety_stock", "backorder", "presell_days", "expected_by", "first_promised_at", "leaves_at", "walk_s_shape_mm", "wave", "worker", "worker_id", "zone", "before", "left_at", "exchange_order", "rules", "voided_at", *(one.key for one in FIGURES)})
"""What is told as null where there is nothing, whatever stands in the example."""
_PICTURES = frozenset({"POST /api/v1/floor/pictures", "PUT /api/v1/item-pictures/{code}"})
"""Whose bodies are pictures: the framework knows JSON only."""
FILES = {"/api/v1/figures.csv": "text/csv", "/api/v1/figures.pdf": "application/pdf",
         "/api/v1/exports/items": "text/csv", "/api/v1/exports/locations": "text/csv", "/api/v1/exports/workers": "text/csv",
         "/api/v1/location-labels/sheet": "application/pdf", "/api/v1/rmas/{number}/label.pdf": "application/pdf", "/api/v1/my-return/label.pdf": "application/pdf", "/api/v1/pictures/{digest}": "image/webp"}
"""What is answered as a file."""
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def describe(document: Json) -> Json:
    """Adds to the generated document what the code does not say: answers with examples, errors as problem details."""
    examples: Json = json.loads((files("server.api") / "docs" / "examples.json").read_text(encoding="utf-8"))
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("ValidationError", "HTTPError"):
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                _complete(path, method, methods[method], examples.get(f"{method.upper()} {path}"))
    return document


def _complete(path: str, method: str, route: Json, example: Any) -> None:
    if f"{method.upper()} {path}" in _PICTURES:
        route["requestBody"] = {"required": True, "content": {
            f"image/{kind}": {"schema": {"type": "string", "format": "binary"}} for kind in ("jpeg", "png", "webp")}}
    for status, answer in route["responses"].items():
        if status >= "400":
            answer["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        elif path in FILES:
            answer["content"] = {FILES[path]: {"schema": {"type": "string", "format": "binary"}}}
        elif example is not None:
            answer["content"] = {"application/json": {"schema": _schema(example), "example": example}}
    for status in _refusals(path, route):
        route["responses"].setdefault(str(status), {
            "description": _REFUSALS[status], "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}})


def _refusals(path: str, route: Json) -> list[int]:
    """How a route can refuse, beside what it says itself."""
    has_body = "requestBody" in route
    names = "{" in path or has_body or any(one["name"] == "site" for one in route.get("parameters", []))
    return sorted({401, 403, 422, 429, 503, *((404, 409) if names else ()), *((400, 413, 415) if has_body else ())})


def _or_null(name: str, schema: Json) -> Json:
    return {**schema, "type": [schema["type"], "null"]} if name in _MAY_BE_NULL and "type" in schema else schema


def _schema(example: Any) -> Json:
    if isinstance(example, dict):
        return {"type": "object", "properties": {name: _or_null(name, _schema(value)) for name, value in example.items()}}
    if isinstance(example, list):
        return {"type": "array", "items": _schema(example[0]) if len({type(one) for one in example}) == 1 else {}}
    return {} if example is None else {"type": _TYPES[type(example)]}
