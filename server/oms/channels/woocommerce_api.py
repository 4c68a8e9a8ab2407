"""Calls to a WooCommerce shop: proven by its key, and what it says when it says no."""

import base64
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from server.oms.channels import oauth1
from server.oms.channels.caller import Answer, Caller
from server.oms.channels.errors import ChannelChanged, ChannelRefused, ChannelShut
from server.oms.channels.reading import safe

Query = Sequence[tuple[str, str]]


class Api:
    """REST v3 at the site's address: over TLS with the key as name and password, else with calls that are signed."""

    def __init__(self, address: str, key: str, secret: str, caller: Caller) -> None:
        self._address, self._key, self._secret, self._caller = address, key, secret, caller

    def order(self, ref: str) -> dict[str, Any]:
        """An order that must be there."""
        return object_of(good(self.call("GET", order_path(ref))), "order")

    def json(self, method: str, path: str, *, query: Query = (), body: Any = None) -> Any:
        """What it says to a call that must be done."""
        return safe(good(self.call(method, path, query=query, body=body)).json())

    def call(self, method: str, path: str, *, query: Query = (), body: Any = None) -> Answer:
        """Its answer, whatever it is, unless it does not let us in."""
        answer = self._asked(method, path, query, body)
        if answer.status == 401 and b"timestamp" in answer.body:
            answer = self._asked(method, path, query, body)  # the answer has told us what time it is there
        if answer.status in (401, 403):
            raise ChannelShut(f"The shop does not let us in: {_words(answer)}", code=_code(answer))
        if answer.status // 100 == 3:
            raise ChannelShut("The shop has another address: it sends us elsewhere.", code=str(answer.status))
        return answer

    def _asked(self, method: str, path: str, query: Query, body: Any) -> Answer:
        url, headers = f"{self._address}/wp-json/wc/v3/{path}", {"Accept": "application/json"}
        if url.startswith("https:"):
            headers["Authorization"] = f"Basic {base64.b64encode(f'{self._key}:{self._secret}'.encode()).decode()}"
        else:
            query = oauth1.signed(method, url, query, key=self._key, secret=self._secret, now=self._caller.now(), nonce=uuid4().hex)
        if body is None:
            return self._caller.call(method, url, query=query, headers=headers)
        headers["Content-Type"] = "application/json; charset=utf-8"
        return self._caller.call(method, url, query=query, headers=headers, body=json.dumps(body, ensure_ascii=False).encode())


def order_path(ref: str) -> str:
    """Where an order is."""
    return f"orders/{quote(ref, safe='')}"


def good(answer: Answer) -> Answer:
    """The same answer; ChannelRefused when it is a no."""
    if not answer.is_good:
        raise ChannelRefused(f"The shop says no ({answer.status}): {_words(answer)}", code=_code(answer))
    return answer


def object_of(answer: Answer, what: str) -> dict[str, Any]:
    """One thing with a number."""
    told = safe(answer.json())
    if not isinstance(told, dict) or not told.get("id"):
        raise ChannelChanged(f"The {what} is not written as it used to be: {str(told)[:60]!r}", code=what)
    return told


def list_of(told: Any, what: str) -> list[dict[str, Any]]:
    """Several things."""
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise ChannelChanged(f"The {what} are no list: {str(told)[:60]!r}", code=what)
    return told


def _code(answer: Answer) -> str:
    return str(_told(answer).get("code", answer.status))


def _words(answer: Answer) -> str:
    return str(_told(answer).get("message", ""))


def _told(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
