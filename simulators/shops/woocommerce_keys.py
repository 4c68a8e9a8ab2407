"""How a WooCommerce shop knows who asks: a key and its secret over TLS, else a signature by OAuth 1.0a."""

import base64
import binascii
import hashlib
import hmac
import re
from urllib.parse import quote, unquote

from simulators.shops.served import Asked

_WINDOW_SECONDS = 15 * 60
_NEEDED = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method")
_PAIR = re.compile(r'(oauth_\w+)="([^"]*)"')
_HASHES = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}


class Keys:
    """One key and its secret. Signatures that were seen are not taken again."""

    def __init__(self, key: str, secret: str) -> None:
        self.key, self.secret = key, secret
        self._nonces: set[tuple[str, str]] = set()

    def complaint(self, asked: Asked, now: int, *, is_tls: bool) -> str:
        """Why somebody is not let in; "" for who is. `now` in ms."""
        if is_tls:
            return self._by_name(asked)
        given = dict([*asked.query, *_in_header(asked)])  # of what is given twice the last counts, as in PHP
        if not all(given.get(name) for name in _NEEDED):
            return "Sorry, you cannot list resources."
        if not hmac.compare_digest(given["oauth_consumer_key"].encode(), self.key.encode()):
            return "Consumer key is invalid."
        return self._by_signature(asked, given, now)

    def _by_name(self, asked: Asked) -> str:
        given = f"{asked.get('consumer_key')}:{asked.get('consumer_secret')}".encode()
        kind, _, name = asked.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                given = base64.b64decode(name, validate=True)
            except binascii.Error:
                return "Consumer key is missing."
        if given == b":":
            return "Sorry, you cannot list resources."
        return "" if hmac.compare_digest(given, f"{self.key}:{self.secret}".encode()) else "Consumer secret is invalid."

    def _by_signature(self, asked: Asked, given: dict[str, str], now: int) -> str:
        told = given.pop("oauth_signature")
        method = _HASHES.get(given["oauth_signature_method"])
        if method is None:
            return "Invalid signature - signature method is invalid."
        pairs = "%26".join(f"{_twice(name)}%3D{_twice(given[name])}" for name in sorted(given))
        text = f"{asked.method}&{quote(asked.address, safe='')}&{pairs}"
        right = base64.b64encode(hmac.new(f"{self.secret}&".encode(), text.encode(), method).digest()).decode()
        if not hmac.compare_digest(right.encode(), told.encode()):
            return "Invalid signature - provided signature does not match."
        return self._by_time(given, now)

    def _by_time(self, given: dict[str, str], now: int) -> str:
        stamp = given["oauth_timestamp"]
        if not stamp.isdigit() or abs(int(stamp) - now // 1000) > _WINDOW_SECONDS:
            return "Invalid timestamp."
        used = (stamp, given["oauth_nonce"])
        if used in self._nonces:
            return "Invalid nonce - nonce has already been used."
        self._nonces.add(used)
        return ""


def _in_header(asked: Asked) -> list[tuple[str, str]]:
    """What signs may stand in a header as well."""
    kind, _, told = asked.headers.get("authorization", "").partition(" ")
    return [(name, unquote(value)) for name, value in _PAIR.findall(told)] if kind.lower() == "oauth" else []


def _twice(text: str) -> str:
    return quote(text, safe="").replace("%", "%25")
