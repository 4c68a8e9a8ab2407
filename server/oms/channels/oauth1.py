"""OAuth 1.0a with one leg (RFC 5849): a call carries a key and a signature made with its secret, for where there is no TLS."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import quote

_SAFE = "-._~"


def signature(method: str, url: str, parameters: Sequence[tuple[str, str]], secret: str) -> str:
    """HMAC-SHA256 over method, address and sorted parameters; nobody is represented, so the key ends in `&`."""
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in parameters)
    text = "&".join((method.upper(), _escaped(url), _escaped("&".join(f"{name}={value}" for name, value in pairs))))
    return base64.b64encode(hmac.digest(f"{secret}&".encode(), text.encode(), hashlib.sha256)).decode()


def signed(method: str, url: str, query: Sequence[tuple[str, str]], *, key: str, secret: str, now: int, nonce: str) -> list[tuple[str, str]]:
    """The query with what proves who asks; `now` in ms."""
    parameters = [*query, ("oauth_consumer_key", key), ("oauth_nonce", nonce), ("oauth_signature_method", "HMAC-SHA256"),
                  ("oauth_timestamp", str(now // 1000))]
    return [*parameters, ("oauth_signature", signature(method, url, parameters, secret))]


def _escaped(text: str) -> str:
    return quote(text, safe=_SAFE)
