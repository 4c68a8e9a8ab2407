"""Pushes of WeChat, played: encrypted as its safe mode says, signed in the address."""

import base64
import hashlib
import secrets
import urllib.error
import urllib.request
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from simulators.shops.shop import packed

_BLOCK = 32
_SECONDS = 5.0


def signed(*told: str) -> str:
    """The SHA-1 of these, put in order and joined."""
    return hashlib.sha1("".join(sorted(told)).encode(), usedforsecurity=False).hexdigest()


class Pusher:
    """The message push of one application."""

    def __init__(self, app_id: str, token: str, push_key: str) -> None:
        self._app_id, self._token, self._key = app_id.encode(), token, base64.b64decode(push_key + "=")

    def pushed(self, message: bytes, at: int, *, nonce: str = "", salt: bytes = b"") -> tuple[str, bytes]:
        """The query and the body of a push."""
        nonce, encrypted = nonce or str(secrets.randbelow(10**9)), self.encrypted(message, salt or secrets.token_bytes(16))
        query = {"signature": signed(self._token, str(at), nonce), "timestamp": str(at), "nonce": nonce, "openid": "OPENID", "encrypt_type": "aes",
                 "msg_signature": signed(self._token, str(at), nonce, encrypted)}
        return urlencode(query), packed({"ToUserName": "gh_played", "Encrypt": encrypted})

    def encrypted(self, message: bytes, salt: bytes) -> str:
        """Sixteen bytes of chance, the length, the message, whose it is; filled up to blocks of 32."""
        plain = salt + len(message).to_bytes(4, "big") + message + self._app_id
        fill = _BLOCK - len(plain) % _BLOCK
        encryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()).decode()

    def tries(self, hook: str, at: int) -> bool:
        """Whether an address says the text of chance again that it is called with."""
        nonce, text = str(secrets.randbelow(10**9)), str(secrets.randbelow(10**19))
        query = urlencode({"signature": signed(self._token, str(at), nonce), "echostr": text, "timestamp": str(at), "nonce": nonce})
        try:
            with urllib.request.urlopen(f"{hook}?{query}", timeout=_SECONDS) as answer:
                return bool(answer.read() == text.encode())
        except (urllib.error.URLError, OSError):
            return False
