"""The description of the API: what each call answers, by example, and how errors look."""

import json
from importlib.resources import files
from typing import Any

Json = dict[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_PROBLEM: Json = {
    "type": "object", "required": ["type", "title", "status", "code", "detail"], "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "code": {"type": "string", "description": "for programs; the sentence is for people"},
        "detail": {"type": "string"}, "args": {"type": "object"},
        "errors": {"type": "array", "items": {"type": "object", "properties": {
            "where": {"type": "string"}, "what": {"type": "string"}}}}},
    "examples": [{"type": "/api/docs#invalid", "title": "Invalid", "status": 422, "code": "invalid",
                  "detail": "The request does not fit: json.lines: Field required.",
                  "errors": [{"where": "json.lines", "what": "Field required"}]}],
}
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
                _complete(methods[method], examples.get(f"{method.upper()} {path}"))
    return document


def _complete(route: Json, example: Any) -> None:
    for status, answer in route["responses"].items():
        if status >= "400":
            answer["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        elif example is not None:
            answer["content"] = {"application/json": {"schema": _schema(example), "example": example}}
    route["responses"]["default"] = {
        "description": "Not signed in, not allowed, too many requests, not available now ...",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _schema(example: Any) -> Json:
    if isinstance(example, dict):
        return {"type": "object", "properties": {name: _schema(value) for name, value in example.items()}}
    if isinstance(example, list):
        return {"type": "array", "items": _schema(example[0]) if example else {}}
    return {} if example is None else {"type": _TYPES[type(example)]}
