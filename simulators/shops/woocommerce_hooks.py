"""The webhooks of a WooCommerce shop: signed each with its own secret, put to rest after too many failures."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulators.shops.served import Asked, Reply
from simulators.shops.woocommerce_pages import Wrong, invalid, is_true, missing, page
from simulators.shops.woocommerce_papers import stamp
from simulators.shops.woocommerce_shelf import batch

if TYPE_CHECKING:
    from simulators.shops.woocommerce import WooCommerceShop

FAILURES_MAX = 5
_TOPIC = re.compile(r"(?:order|product|coupon|customer)\.(?:created|updated|deleted|restored)|action\.\w+")


@dataclass
class WebHook:
    """Who wants to hear of what."""

    id: int
    topic: str
    url: str
    secret: str
    status: str = "active"
    failures: int = 0
    name: str = ""
    made: Mapping[str, str] = field(default_factory=dict)
    """When, as it is shown."""

    def paper(self) -> dict[str, Any]:
        """As the interface shows it: without its secret."""
        resource, _, event = self.topic.partition(".")
        return {"id": self.id, "name": self.name or f"Webhook {self.id}", "status": self.status, "topic": self.topic, "resource": resource,
                "event": event, "hooks": [f"woocommerce_{event}_{resource}"], "delivery_url": self.url, **self.made}

    def change(self, asked: Mapping[str, Any]) -> None:
        """What somebody wants otherwise; one that is made active begins anew."""
        self.topic, self.url = str(asked.get("topic", self.topic)), str(asked.get("delivery_url", self.url))
        self.name = str(asked.get("name", self.name))
        self.secret, self.status = str(asked.get("secret", self.secret)), str(asked.get("status", self.status))
        self.failures = 0 if self.status == "active" else self.failures

    def count(self, is_delivered: bool) -> None:
        """More failures than five in a row put it to rest."""
        if is_delivered:
            self.failures = 0
        elif self.failures > FAILURES_MAX:
            self.status = "disabled"
        else:
            self.failures += 1


class Webhooks:
    """Those of a shop, as its REST interface shows and changes them."""

    def __init__(self, shop: "WooCommerceShop") -> None:
        self._shop = shop
        self.made: dict[int, WebHook] = {}

    def all(self, asked: Asked, _body: Any) -> Reply:
        """GET webhooks."""
        return page(asked, [one.paper() for one in self.made.values() if asked.get("status", "all") in ("all", one.status)])

    def one(self, asked: Asked, body: Any, number: int) -> Any:
        """GET, PUT or DELETE webhooks/<number>; it goes for good only."""
        if asked.method == "DELETE" and not is_true(asked.get("force")):
            raise Wrong(501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.")
        return self._gone(number) if asked.method == "DELETE" else self._changed(number, body if asked.method == "PUT" else {})

    def post(self, _asked: Asked, body: Mapping[str, Any]) -> Any:
        """POST webhooks."""
        topic, url = str(body.get("topic") or ""), str(body.get("delivery_url") or "")
        if absent := [name for name, told in (("topic", topic), ("delivery_url", url)) if not told]:
            raise missing(", ".join(absent))
        _check(topic, url)
        at, hours = self._shop.now(), self._shop.hours
        made = {f"date_{what}{gmt}": stamp(at, 0 if gmt else hours) for what in ("created", "modified") for gmt in ("", "_gmt")}
        hook = WebHook(self._shop.new_id(), topic, url, str(body.get("secret", "")), name=str(body.get("name", "")), made=made)
        self.made[hook.id] = hook
        if hook.url not in self._shop.hooks:
            self._shop.hooks.append(hook.url)
        # Its form begins with no signature; one that is not answered with 200 does not keep the webhook from being made.
        self._shop.call_hook(hook.url, {"Content-Type": "application/x-www-form-urlencoded"}, f"webhook_id={hook.id}".encode())
        return hook.paper()

    def batch(self, asked: Asked, body: Mapping[str, Any]) -> Any:
        """POST webhooks/batch."""
        return batch(body, create=lambda one: self.post(asked, one), update=lambda one: self._changed(int(one["id"]), one), delete=self._gone)

    def _changed(self, number: int, body: Mapping[str, Any]) -> Any:
        hook = self.made.get(number)
        if hook is None:
            raise Wrong(400, "woocommerce_rest_shop_webhook_invalid_id", "ID is invalid.")
        _check(str(body.get("topic", hook.topic)), str(body.get("delivery_url", hook.url)))
        if body.get("status", hook.status) not in ("active", "paused", "disabled"):
            raise invalid("status", "status is not one of active, paused, and disabled.")
        before = hook.url
        if body:
            hook.change(body)
        self._forget(before)
        if hook.url not in self._shop.hooks:
            self._shop.hooks.append(hook.url)
        return hook.paper()

    def _gone(self, number: int) -> Any:
        hook = self.made.pop(number, None)
        if hook is None:
            raise Wrong(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        self._forget(hook.url)
        return hook.paper()

    def _forget(self, url: str) -> None:
        """Nobody there hears of anything any more."""
        if url in self._shop.hooks and not any(one.url == url for one in self.made.values()):
            self._shop.hooks.remove(url)


def _check(topic: str, url: str) -> None:
    if not _TOPIC.fullmatch(topic):
        raise Wrong(400, "woocommerce_rest_shop_webhook_invalid_topic", "Webhook topic is required and must be valid.")
    if not url.startswith(("http://", "https://")):
        raise Wrong(400, "woocommerce_rest_shop_webhook_invalid_delivery_url", "Webhook delivery URL must be a valid URL starting with http:// or https://.")


def hook_headers(topic: str, body: bytes, *, number: int, secret: str, at: int, source: str) -> dict[str, str]:
    """With each delivery; its number is one for a webhook and a second."""
    resource, _, event = topic.partition(".")
    signed = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json", "User-Agent": "WooCommerce/9.8.5 Hookshot (WordPress/6.8)", "X-WC-Webhook-Source": f"{source}/", "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Resource": resource, "X-WC-Webhook-Event": event, "X-WC-Webhook-Signature": signed,
        "X-WC-Webhook-ID": str(number),
        "X-WC-Webhook-Delivery-ID": hashlib.md5(f"{number}{at // 1000}".encode(), usedforsecurity=False).hexdigest()}
