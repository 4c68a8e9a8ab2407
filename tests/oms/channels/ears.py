"""Somebody who is called by a played platform, and keeps what was said."""

import json
from contextlib import contextmanager

from server.oms.channels.base import Call
from simulators.shops.served import Reply, Served, wall_ms


class Ear:
    def __init__(self):
        self.calls: list[Call] = []
        self.status = 200
        self._served = Served(self._hear, wall_ms)
        self.address = f"{self._served.address}/hook"

    def _hear(self, asked):
        self.calls.append(Call(asked.headers, dict(asked.query), asked.body))
        return Reply(self.status, b"", "text/plain")

    def close(self):
        self._served.close()


@contextmanager
def listening(shop):
    ear = Ear()
    shop.hooks.append(ear.address)
    try:
        yield ear
    finally:
        ear.close()


def document(call):
    return json.loads(call.body)


def altered(call, *, body=None, **headers):
    """The same call with another body or other headers (`_` for `-`)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call({**call.headers, **named}, call.query, call.body if body is None else body)


def refs(pages):
    """The numbers of all orders in the pages, as often as they came."""
    return [str(one["id"]) for page in pages for one in page.documents]
