"""Who wants to be called by a Shopify shop, and of what."""

from typing import Any

from simulators.shops.served import Asked
from simulators.shops.shopify_shipping import Wrong
from simulators.shops.shopify_topics import TOPICS


class Subscriptions:
    """`hooks` are the addresses that the shop calls."""

    def __init__(self, hooks: list[str]) -> None:
        self._hooks = hooks
        self._made: dict[int, dict[str, Any]] = {}
        self._last = 1_000_000

    def papers(self) -> list[dict[str, Any]]:
        """All that were made."""
        return [*self._made.values()]

    def topics(self, address: str) -> list[str]:
        """Of what somebody at this address wants to hear."""
        return [one["topic"] for one in self._made.values() if one["address"] == address]

    def add(self, topic: str, address: str) -> dict[str, Any]:
        """A subscription; the real shop wants https, and addresses that can be reached from everywhere."""
        self._check(topic, address)
        self._last += 1
        self._made[self._last] = {"id": self._last, "topic": topic, "address": address, "format": "json", "fields": [], "metafield_namespaces": [],
                                  "private_metafield_namespaces": [], "api_version": "2026-01", "admin_graphql_api_id": f"gid://shopify/WebhookSubscription/{self._last}"}
        if address not in self._hooks:
            self._hooks.append(address)
        return self._made[self._last]

    def remove(self, number: int) -> None:
        """Nobody at its address hears of it any more."""
        address = self.known(number)["address"]
        del self._made[number]
        if address in self._hooks and not self.topics(address):
            self._hooks.remove(address)

    def forget(self, address: str) -> None:
        """Nobody there hears of anything any more."""
        for number in [one["id"] for one in self._made.values() if one["address"] == address]:
            self.remove(number)

    def known(self, number: int) -> dict[str, Any]:
        """The subscription of this number."""
        if number not in self._made:
            raise Wrong(404, "Not Found")
        return self._made[number]

    def all(self, asked: Asked, _body: Any) -> Any:
        """GET webhooks."""
        return {"webhooks": [one for one in self._made.values() if all(asked.get(name) in ("", one[name]) for name in ("topic", "address"))]}

    def count(self, asked: Asked, body: Any) -> Any:
        """GET webhooks/count."""
        return {"count": len(self.all(asked, body)["webhooks"])}

    def one(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET webhooks/<number>."""
        return {"webhook": self.known(number)}

    def post(self, _asked: Asked, body: Any) -> Any:
        """POST webhooks."""
        told = body["webhook"]
        return {"webhook": self.add(str(told.get("topic") or ""), str(told.get("address") or ""))}

    def put(self, _asked: Asked, body: Any, number: int) -> Any:
        """PUT webhooks/<number>: another address."""
        before, address = self.known(number), str(body["webhook"].get("address") or "")
        self._check(before["topic"], address or before["address"], besides=number)
        self.remove(number)
        self._made[number] = {**before, "address": address or before["address"]}
        if self._made[number]["address"] not in self._hooks:
            self._hooks.append(self._made[number]["address"])
        return {"webhook": self._made[number]}

    def delete(self, _asked: Asked, _body: Any, number: int) -> Any:
        """DELETE webhooks/<number>."""
        self.remove(number)
        return {}

    def _check(self, topic: str, address: str, *, besides: int = 0) -> None:
        if topic not in TOPICS:
            raise Wrong(422, {"topic": ["Invalid topic specified."]})
        if not address:
            raise Wrong(422, {"address": ["can't be blank"]})
        if not address.startswith(("http://", "https://")):
            raise Wrong(422, {"address": ["is invalid"]})
        if any((one["topic"], one["address"]) == (topic, address) for number, one in self._made.items() if number != besides):
            raise Wrong(422, {"address": ["for this topic has already been taken"]})
