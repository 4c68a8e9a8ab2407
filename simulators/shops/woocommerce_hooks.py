"""The webhooks of a WooCommerce shop: signed each with its own secret, put to rest after too many failures."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FAILURES_MAX = 5


@dataclass
class WebHook:
    """Who wants to hear of what."""

    id: int
    topic: str
    url: str
    secret: str
    status: str = "active"
    failures: int = 0

    def paper(self) -> dict[str, Any]:
        """As the interface shows it: without its secret."""
        resource, _, event = self.topic.partition(".")
        return {"id": self.id, "name": f"Webhook {self.id}", "status": self.status, "topic": self.topic, "resource": resource,
                "event": event, "hooks": [], "delivery_url": self.url}

    def change(self, asked: Mapping[str, Any]) -> None:
        """What somebody wants otherwise; one that is made active begins anew."""
        self.topic, self.url = str(asked.get("topic", self.topic)), str(asked.get("delivery_url", self.url))
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


def hook_headers(topic: str, body: bytes, *, number: int, secret: str, at: int, source: str) -> dict[str, str]:
    """With each delivery; its number is one for a webhook and a second."""
    resource, _, event = topic.partition(".")
    signed = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json", "X-WC-Webhook-Source": f"{source}/", "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Resource": resource, "X-WC-Webhook-Event": event, "X-WC-Webhook-Signature": signed,
        "X-WC-Webhook-ID": str(number),
        "X-WC-Webhook-Delivery-ID": hashlib.md5(f"{number}{at // 1000}".encode(), usedforsecurity=False).hexdigest()}
