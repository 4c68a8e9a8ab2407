"""How Shopify proves that something comes from it: deliveries by their bytes, visits by their query."""

import base64
import hashlib
import hmac
from collections.abc import Mapping


def body_signature(body: bytes, secret: str) -> str:
    """Of a delivery: over the body as it came."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def query_signature(query: Mapping[str, str], secret: str) -> str:
    """Of a visit (somebody installs or opens the app): over all of its query but the signature, in the order of the names."""
    pairs = sorted(f"{name.replace('%', '%25').replace('=', '%3D')}={value.replace('%', '%25')}".replace("&", "%26")
                   for name, value in query.items() if name != "hmac")
    return hmac.digest(secret.encode(), "&".join(pairs).encode(), hashlib.sha256).hex()
