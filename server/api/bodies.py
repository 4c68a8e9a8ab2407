"""Bodies: JSON objects, read strictly, so that two programs never understand one body in two ways."""

import json
import math
from decimal import Decimal
from typing import Any, NoReturn

from flask import request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import UnsupportedMediaType

from server.kernel.errors import Invalid, Refusal

DEPTH_MAX = 20


class BadRequest(Refusal):
    """The body is no JSON, or JSON that could be understood in two ways."""

    code = "bad_request"
    http_status = 400


def _plain(value: Any) -> Any:
    """PostgreSQL gives sums as decimals: they go out as the whole numbers that they are."""
    return int(value) if isinstance(value, Decimal) else DefaultJSONProvider.default(value)


class StrictJson(DefaultJSONProvider):
    """Refuses names that stand twice, NaN, infinite numbers, and nesting without end."""

    default = staticmethod(_plain)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value; BadRequest says what is wrong and where."""
        try:
            return json.loads(s, object_pairs_hook=_each_once, parse_constant=_no_number, parse_float=_finite, **kwargs)
        except json.JSONDecodeError as error:
            raise BadRequest(f"The body is no JSON: {error.msg} in line {error.lineno}, column {error.colno}. Mend it "
                             "and send it again.") from error
        except RecursionError as error:
            raise BadRequest(f"The body is nested too deeply. At most {DEPTH_MAX} levels are read.") from error
        except ValueError as error:
            raise BadRequest("The body is no JSON in UTF-8, or holds a number that is too long.") from error


def guard_body(*, is_floors: bool) -> None:
    """Lets through what is a JSON object without NUL and halves of characters; scans (`is_floors`) may hold anything."""
    if request.method not in ("POST", "PUT", "PATCH") or not request.get_data():
        return
    if not request.is_json:
        raise UnsupportedMediaType
    body = request.get_json()
    if not isinstance(body, dict):
        raise Invalid('The body must be a JSON object, such as {"name": "value"}.', field="body")
    if not is_floors:
        _walk(body)


def is_hostile(text: str) -> bool:
    """Whether a text holds what no database takes: a NUL or a half of a character."""
    return "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)


def _walk(value: Any, depth: int = 0) -> None:
    if depth > DEPTH_MAX:
        raise Invalid(f"The body is nested more than {DEPTH_MAX} deep.", field="body")
    if isinstance(value, str) and is_hostile(value):
        raise Invalid("A text in the body holds a NUL or a half of a character. Leave it out.", field="body")
    inside = [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inside:
        _walk(one, depth + 1)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(f"The body names {twice[:64]!r} twice in one object. Send it once.")
    return found


def _no_number(word: str) -> NoReturn:
    raise BadRequest(f"{word} is no number in JSON. Send a number, or null.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadRequest(f"The number {digits[:32]} is too large.")
    return number
