"""What WeChat pushes to us: signed in the address, encrypted in the body; and the trial by which it learns that the address is ours."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from server.kernel.clock import HOUR, SECOND
from server.oms.channels.base import Call, Document, Heard
from server.oms.channels.errors import NotFromChannel

_OLDEST_MS = 4 * HOUR  # what nobody answers is pushed again for more than three and a half hours
_BLOCK, _KEY = 32, 32
_IV, _RANDOM, _LENGTH = 16, 16, 4
_HEARD = b"success"


def push_signature(*told: str) -> str:
    """What WeChat signs with: the token, the time, the nonce and what is encrypted, in the order of their letters."""
    return hashlib.sha1("".join(sorted(told)).encode(), usedforsecurity=False).hexdigest()


def decrypted(encrypted: str, push_key: str, app_id: str) -> bytes:
    """The message: behind it stands whose it is. NotFromChannel when it is not ours, or none."""
    key = base64.b64decode(f"{push_key}=")
    try:
        ciphers = base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(AES(key), CBC(key[:_IV])).decryptor()
        plain = decryptor.update(ciphers) + decryptor.finalize()
    except (binascii.Error, ValueError) as error:
        raise NotFromChannel("What is encrypted cannot be read.", code="Encrypt") from error
    padding = plain[-1] if plain else 0
    content = plain[_RANDOM + _LENGTH:len(plain) - padding]
    length = int.from_bytes(plain[_RANDOM:_RANDOM + _LENGTH], "big")
    if not 0 < padding <= _BLOCK or length > len(content) or content[length:] != app_id.encode():
        raise NotFromChannel("The message is for another application.", code="Encrypt")
    return content[:length]


class Push:
    """The message push of one application. Only the safe mode counts: in the plain one nothing signs the body."""

    def __init__(self, token: str, push_key: str, app_id: str) -> None:
        self._token, self._push_key, self._app_id = token, push_key, app_id

    def hear(self, call: Call, now: int) -> Heard:
        """An event names an order, which is fetched. One that comes again only has it fetched again."""
        if not self._token or not self._push_key:
            raise NotFromChannel("No message push is set up here: its token or its key is missing.", code="push_token")
        if "echostr" in call.query and not call.body:
            self._check(call, "signature", now)
            return Heard(answer=call.query["echostr"].encode())
        encrypted = _object(call.body).get("Encrypt")
        if not isinstance(encrypted, str):
            raise NotFromChannel("The push is not encrypted. Choose the safe mode.", code="Encrypt")
        self._check(call, "msg_signature", now, encrypted)
        message = _object(decrypted(encrypted, self._push_key, self._app_id))
        refs = dict.fromkeys(str(part["order_id"]) for part in message.values() if isinstance(part, Mapping) and part.get("order_id"))
        return Heard(event=f"{message.get('Event')} {message.get('CreateTime')} {' '.join(refs)}"[:200], refs=tuple(refs), answer=_HEARD)

    def _check(self, call: Call, name: str, now: int, *more: str) -> None:
        at, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
        expected = push_signature(self._token, at, nonce, *more)
        if not hmac.compare_digest(expected.encode(), call.query.get(name, "").lower().encode()):
            raise NotFromChannel("The signature is not of this application.", code=name)
        if not (at.isascii() and at.isdigit()) or abs(now - int(at) * SECOND) > _OLDEST_MS:
            raise NotFromChannel("The message is older than four hours, or a clock is wrong.", code="timestamp")


def _object(body: bytes) -> Document:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, Mapping):
        raise NotFromChannel("The message is no JSON object.", code="body")
    return message
