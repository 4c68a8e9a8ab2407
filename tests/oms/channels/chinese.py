"""What the tests of the Chinese marketplaces have in common: a pull told as one, and somebody whom a shop can call."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from server.kernel.clock import DAY, HOUR, MINUTE
from server.oms.channels.base import Call, Connector, Document
from simulators.shops.served import Asked, Reply, Served, wall_ms
from simulators.shops.shop import Shop

ADDRESS = {"name": "王小明", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "余杭区",
           "street": "文一西路969号 3幢", "postcode": "311121"}


@dataclass
class Pulled:
    documents: list[Document] = field(default_factory=list)
    watermarks: list[int] = field(default_factory=list)

    def refs(self, connector: Connector) -> Counter[str]:
        return Counter(connector.understand(document).ref for document in self.documents)


def pulled(connector: Connector, since: int) -> Pulled:
    told = Pulled()
    for page in connector.pull(since):
        told.documents.extend(page.documents)
        if page.watermark is not None:
            told.watermarks.append(page.watermark)
    return told


def place_many(shop: Shop, count: int, *, hours: float = 71.0) -> list[str]:
    """So many orders, at even distances over the last hours; the shop's present is left alone."""
    start = shop.now() - int(hours * HOUR)
    step = int(hours * HOUR) // count
    return [shop.place([("MUG-RED", 1 + number % 3)], at=start + number * step, address=ADDRESS).ref for number in range(count)]


@contextmanager
def listening(shop: Shop) -> Iterator[list[Call]]:
    """Calls of the shop as they come in."""
    calls: list[Call] = []

    def answer(asked: Asked) -> Reply:
        calls.append(Call(asked.headers, dict(asked.query), asked.body))
        return Reply()

    served = Served(answer, wall_ms)
    shop.hooks.append(served.address)
    try:
        yield calls
    finally:
        shop.hooks.clear()
        served.close()


@contextmanager
def answering(said: object) -> Iterator[str]:
    """A server that says the same to everybody."""
    served = Served(lambda _: Reply(body=json.dumps(said).encode()), wall_ms)
    try:
        yield served.address
    finally:
        served.close()


THREE_DAYS = 3 * DAY
HALF_AN_HOUR = 30 * MINUTE
