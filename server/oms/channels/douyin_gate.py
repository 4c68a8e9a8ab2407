"""The gateway of Douyin's shops: a token that is fetched and ends, and calls signed as they stand in the body."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import Field

from server.kernel.clock import MINUTE, SECOND
from server.oms.channels.base import ChannelSettings, Document
from server.oms.channels.caller import Caller
from server.oms.channels.errors import (
    ChannelAway,
    ChannelBusy,
    ChannelChanged,
    ChannelError,
    ChannelRefused,
    ChannelShut,
)
from server.oms.channels.fields import part, text_at, whole

_ADDRESS = "https://openapi-fxg.jinritemai.com"
_GOOD, _GOOD_TOKEN = "10000", "0"
_AWAY, _BUSY = frozenset({"20000", "20001"}), "60000"
_SHUT = frozenset({"30001", "30002", "40001"})
_TIMESTAMP = "isv.timestamp-invalid"
_TOKENS_GONE = frozenset({"isv.access-token-expired", "isv.access-token-no-existed"})
_SHUT_SUBS = ("isv.signature", "isv.access-token", "isv.app-id", "isv.timestamp", "isv.authorization", "dop.token-generate-failed")
_TOKEN_ENDS_MS = 10 * MINUTE


class DouyinSettings(ChannelSettings):
    """An application of one's own at op.jinritemai.com, and the shop that it is for; `carriers` turns our names into theirs."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"app_secret"})
    address: str = Field(_ADDRESS, max_length=512)
    app_key: str = Field(min_length=1, max_length=64)
    app_secret: str = Field(min_length=1, max_length=128)
    shop_id: str = Field(min_length=1, max_length=32)
    carriers: dict[str, str] = Field(default_factory=dict)


def signature(app_key: str, method: str, param_json: str, timestamp: str, secret: str) -> str:
    """What Douyin wants as `sign`, of version 2: these five in this order between the secret, and the secret as the key."""
    told = f"{secret}app_key{app_key}method{method}param_json{param_json}timestamp{timestamp}v2{secret}"
    return hmac.new(secret.encode(), told.encode(), "sha256").hexdigest()


@dataclass(slots=True)
class _Token:
    value: str = ""
    refresh: str = ""
    ends_at: int = 0


class Gate:
    """Asks a method of Douyin."""

    def __init__(self, settings: DouyinSettings, caller: Caller) -> None:
        self._settings, self._caller = settings, caller
        self._token = _Token()

    def now(self) -> int:
        """The present instant by Douyin's clock, as its last answer told it."""
        return self._caller.now()

    def ask(self, method: str, business: Mapping[str, Any]) -> Document:
        """The data of an answer. A token that has ended is fetched anew, once."""
        said = self._asked(method, business, self._token_now())
        if str(said.get("sub_code")) in _TOKENS_GONE:
            self._token.value = ""
            said = self._asked(method, business, self._token_now())
        if str(said.get("code")) != _GOOD:
            raise _raised(said)
        data = said.get("data")
        return data if isinstance(data, Mapping) else {}

    def _token_now(self) -> str:
        token = self._token
        if not token.value or self._caller.now() > token.ends_at:
            said = self._fresh()
            data = part(said, "data", error=ChannelChanged)
            token.value, token.refresh = text_at(data, "access_token", error=ChannelChanged), text_at(data, "refresh_token", "")
            token.ends_at = self._caller.now() + whole(data, "expires_in", error=ChannelChanged) * SECOND - _TOKEN_ENDS_MS
        return token.value

    def _fresh(self) -> Document:
        """A token: by refreshing the last, or else a new one, which an application for one shop gets for the shop's number."""
        if self._token.refresh:
            said = self._asked("token.refresh", {"grant_type": "refresh_token", "refresh_token": self._token.refresh})
            self._token.refresh = ""
            if _is_good_token(said):
                return said
        said = self._asked("token.create", {"code": "", "grant_type": "authorization_self", "shop_id": self._settings.shop_id})
        if not _is_good_token(said):
            raise _raised(said, shut=True)
        return said

    def _asked(self, method: str, business: Mapping[str, Any], token: str = "") -> Document:
        """The answer to a method. A time that Douyin does not take is told once more: its answer said how late it is there."""
        said = self._called(method, business, token)
        return self._called(method, business, token) if said.get("sub_code") == _TIMESTAMP else said

    def _called(self, method: str, business: Mapping[str, Any], token: str) -> Document:
        settings, timestamp = self._settings, str(self._caller.now() // SECOND)
        param_json = json.dumps(business, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        sign = signature(settings.app_key, method, param_json, timestamp, settings.app_secret)
        query = {"app_key": settings.app_key, "method": method, "timestamp": timestamp, "v": "2", "sign": sign,
                 "sign_method": "hmac-sha256"} | ({"access_token": token} if token else {})
        url = f"{settings.address}/{method.replace('.', '/')}?{urlencode(query)}"
        said = self._caller.call("POST", url, headers={"content-type": "application/json"}, body=param_json.encode()).json()
        if not isinstance(said, Mapping):
            raise ChannelChanged("The answer is no JSON object.", code="body")
        return said


def _is_good_token(said: Document) -> bool:
    return str(said.get("code")) == _GOOD or ("code" not in said and str(said.get("err_no")) == _GOOD_TOKEN)


def _raised(said: Document, *, shut: bool = False) -> ChannelError:
    code, sub = str(said.get("code", said.get("err_no", ""))), str(said.get("sub_code") or "")
    words = f"{said.get('msg') or said.get('message') or ''} {sub} {said.get('sub_msg') or ''}".strip()
    if not code:
        return ChannelChanged("The answer has no code.", code="code")
    if code == _BUSY:
        return ChannelBusy(words, retry_after_seconds=1.0, code=sub or code)
    if code in _AWAY:
        return ChannelAway(words, code=sub or code)
    kind = ChannelShut if shut or code in _SHUT or sub.startswith(_SHUT_SUBS) else ChannelRefused
    return kind(words, code=sub or code)
