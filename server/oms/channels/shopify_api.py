"""Calls to a Shopify shop: with its token, never faster than its bucket leaks, and what it says when it says no."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from server.oms.channels.caller import Answer, Caller
from server.oms.channels.errors import ChannelBusy, ChannelChanged, ChannelRefused, ChannelShut
from server.oms.channels.reading import safe

_ROOM = 4
_EMPTIES_SECONDS = 20
"""A full bucket runs empty in so long, whatever its size: 40 calls at 2 a second, 80 at 4."""
_NEXT = re.compile(r'<([^>]+)>;\s*rel="?next"?')


class Api:
    """The REST Admin API, and its GraphQL for what REST cannot be asked."""

    def __init__(self, address: str, version: str, token: str, caller: Caller) -> None:
        self._root, self._token, self._caller = f"{address}/admin/api/{version}", token, caller

    def json(self, method: str, path: str, name: str, *, query: Sequence[tuple[str, str]] = (), body: Any = None) -> Any:
        """What stands under this name in the answer to a call that must be done."""
        return part_of(good(self.call(method, path, query=query, body=body)), name)

    def call(self, method: str, path: str, *, query: Sequence[tuple[str, str]] = (), body: Any = None) -> Answer:
        """Its answer, whatever it is, unless it does not let us in."""
        headers = {"Accept": "application/json", "X-Shopify-Access-Token": self._token}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = self._caller.call(method, f"{self._root}/{path}.json", query=query, headers=headers,
                                   body=None if body is None else json.dumps(body, ensure_ascii=False).encode())
        self._rest_before_full(answer)
        if answer.status in (401, 402, 403, 423):  # wrong token, frozen, not granted, locked
            raise ChannelShut(f"The shop does not let us in: {_words(answer)}", code=str(answer.status))
        if answer.status // 100 == 3:
            raise ChannelShut("The shop has another address: it sends us elsewhere.", code=str(answer.status))
        return answer

    def ask(self, question: str, variables: Mapping[str, Any]) -> Any:
        """A GraphQL query's data; its cost is taken from another bucket."""
        answer = good(self.call("POST", "graphql", body={"query": question, "variables": variables}))
        told = answer.json()
        if not isinstance(told, dict):
            raise ChannelChanged("The answer to a GraphQL query is no object.", code="graphql")
        for error in told.get("errors") or ():
            if error.get("extensions", {}).get("code") == "THROTTLED":
                raise ChannelBusy("The query costs more than there is left.", retry_after_seconds=_refilled(told), code="THROTTLED")
            raise ChannelRefused(str(error.get("message", "")), code=str(error.get("extensions", {}).get("code", "graphql")))
        return safe(part_of(answer, "data"))

    def _rest_before_full(self, answer: Answer) -> None:
        used, _, size = answer.headers.get("x-shopify-shop-api-call-limit", "").partition("/")
        if used.isdigit() and size.isdigit() and int(size) > 0 and (room := int(size) - int(used)) < _ROOM:
            self._caller.rest((_ROOM - room) * _EMPTIES_SECONDS / int(size))


def order_path(ref: str) -> str:
    """Where an order is."""
    return f"orders/{quote(ref, safe='')}"


def next_page(answer: Answer) -> str:
    """The mark of the page that follows; "" after the last. Only the mark is taken: we call no address that we are given."""
    found = _NEXT.search(answer.headers.get("link", ""))
    marks = parse_qs(urlsplit(found.group(1)).query).get("page_info", []) if found else []
    if found and not marks:
        raise ChannelChanged("There is a next page without a mark (page_info).", code="link")
    return marks[0] if marks else ""


def good(answer: Answer) -> Answer:
    """The same answer; ChannelRefused when it is a no."""
    if not answer.is_good:
        raise ChannelRefused(f"The shop says no ({answer.status}): {_words(answer)}", code=str(answer.status))
    return answer


def part_of(answer: Answer, name: str) -> Any:
    """What stands under a name."""
    told = safe(answer.json())
    if not isinstance(told, dict) or told.get(name) is None:
        raise ChannelChanged(f"There is no {name} in the answer: {str(told)[:60]!r}", code=name)
    return told[name]


def list_of(told: Any, name: str) -> list[dict[str, Any]]:
    """Several things."""
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise ChannelChanged(f"The {name} are no list: {str(told)[:60]!r}", code=name)
    return told


def _refilled(told: Mapping[str, Any]) -> float:
    cost = told.get("extensions", {}).get("cost", {})
    state = cost.get("throttleStatus", {})
    try:
        return max(1.0, (float(cost["requestedQueryCost"]) - float(state["currentlyAvailable"])) / float(state["restoreRate"]))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return 2.0


def _words(answer: Answer) -> str:
    """`errors` is a sentence, or sentences by field."""
    try:
        told = json.loads(answer.body)
    except ValueError:
        return ""
    errors = told.get("errors", "") if isinstance(told, dict) else ""
    return errors if isinstance(errors, str) else json.dumps(errors, ensure_ascii=False)
