"""How a WooCommerce site reads what a list is asked with, and shows it in pages: as WordPress does it for all lists."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from simulators.shops.served import Asked, Reply
from simulators.shops.shop import packed

_PER_PAGE, _PER_PAGE_MAX = 10, 100


class Wrong(Exception):
    """The shop's no: status, code, words, and what else stands in its data."""


def no(status: int, code: str, words: str, more: Mapping[str, Any] | None = None) -> Reply:
    """A no as it is written."""
    return Reply(status, packed({"code": code, "message": words, "data": {"status": status, **(more or {})}}))


def invalid(name: str, words: str, code: str = "rest_not_in_enum") -> Wrong:
    """Something that was asked with cannot be meant; `code` says why in WordPress's words."""
    return Wrong(400, "rest_invalid_param", f"Invalid parameter(s): {name}", {
        "params": {name: words}, "details": {name: {"code": code, "message": words, "data": None}}})


def missing(name: str) -> Wrong:
    """Something that must be said was not."""
    return Wrong(400, "rest_missing_callback_param", f"Missing parameter(s): {name}", {"params": [name]})


def is_true(told: Any) -> bool:
    """As WordPress reads truth."""
    return str(told).lower() not in ("", "0", "false", "none")


def several(asked: Asked, name: str) -> list[str]:
    """Values with commas between them, or given as `name[]` one by one."""
    listed = [value for one, value in asked.query if re.fullmatch(re.escape(name) + r"\[\d*\]", one)]
    return [one.strip() for told in (listed or [asked.get(name)]) for one in told.split(",") if one.strip()]


def numbers(asked: Asked, name: str) -> list[int]:
    """Several numbers."""
    told = several(asked, name)
    if not all(one.isdigit() for one in told):
        raise invalid(name, f"{name}[0] is not of type integer.", "rest_invalid_type")
    return [int(one) for one in told]


def number(asked: Asked, name: str, default: int, least: int, most: int | None = None) -> int:
    """A number within bounds."""
    told = asked.get(name, str(default))
    if not re.fullmatch(r"-?\d{1,9}", told):
        raise invalid(name, f"{name} is not of type integer.", "rest_invalid_type")
    if int(told) < least or (most is not None and int(told) > most):
        raise invalid(name, f"{name} must be between {least} (inclusive) and {most} (inclusive)" if most else f"{name} must be greater than or equal to {least}",
                      "rest_out_of_bounds")
    return int(told)


def site_time(asked: Asked, name: str, hours: int) -> str:
    """A time with a zone is turned into the site's own before it is compared; one without is taken as it stands."""
    try:
        at = datetime.fromisoformat(asked.get(name).replace(" ", "+") if "T" in asked.get(name) else asked.get(name))
    except ValueError as error:
        raise invalid(name, "Invalid date.", "rest_invalid_date") from error
    local = (at - (at.utcoffset() or timedelta()) + timedelta(hours=hours)) if at.tzinfo else at
    return local.strftime("%Y-%m-%dT%H:%M:%S")


def page(asked: Asked, found: Sequence[Any], write: Callable[[Any], Mapping[str, Any]] = lambda one: one,
         wrap: Callable[[list[Any]], Any] = lambda shown: shown) -> Reply:
    """Some of what was found, how much there is in all, and where its neighbours are; `wrap` may spoil what is shown."""
    size, at = number(asked, "per_page", _PER_PAGE, 1, _PER_PAGE_MAX), number(asked, "page", 1, 1)
    first = number(asked, "offset", 0, 0) or (at - 1) * size
    pages = -(-len(found) // size)
    headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
    links = [(min(at - 1, pages), "prev")] * (at > 1 and pages > 0) + [(at + 1, "next")] * (at < pages)
    if links:
        query = {name: value for name, value in asked.query if not name.startswith("oauth_")}
        headers["Link"] = ", ".join(f'<{asked.address}?{urlencode({**query, "page": one})}>; rel="{name}"' for one, name in links)
    return Reply(200, packed(wrap([only(asked, write(one)) for one in found[first:first + size]])), headers=headers)


def only(asked: Asked, paper: Mapping[str, Any]) -> Mapping[str, Any]:
    """A paper with the fields that were asked for (`_fields`, `a.b` is b of a, also of each in a list), or all with where it is found itself."""
    names = several(asked, "_fields")
    if names:
        return _picked(paper, names)  # type: ignore[no-any-return]
    at = asked.address.rstrip("/")
    own = at if at.endswith(f"/{paper.get('id')}") else f"{at}/{paper.get('id')}"
    return {**paper, "_links": {"self": [{"href": own}], "collection": [{"href": own.rpartition("/")[0]}]}}


def _picked(told: Any, names: Sequence[str]) -> Any:
    if isinstance(told, list):
        return [_picked(one, names) for one in told]
    if not isinstance(told, Mapping):
        return told
    below = {name: [one.partition(".")[2] for one in names if one.startswith(f"{name}.")] for name in told}
    return {name: value if name in names else _picked(value, below[name]) for name, value in told.items() if name in names or below[name]}
