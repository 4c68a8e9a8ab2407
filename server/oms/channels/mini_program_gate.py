"""The gateway of WeChat: a token that is fetched and ends, JSON either way, and a code of trouble in an answer that is always 200."""

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, field_validator

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
from server.oms.channels.fields import text_at, whole

WECHAT = "https://api.weixin.qq.com"
_TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - a path
_TOKEN_ENDS_MS = 2 * MINUTE  # a new one is given in the last five minutes, and both are good until the old one ends
_TOKENS_GONE = frozenset({40001, 40014, 42001})
_AWAY = -1
QUOTA = "45009"
_BUSY_SECONDS = {45009: 300.0, 45011: 60.0, 100003: 5.0, 10020112: 10.0, 10021044: 5.0, 10021059: 60.0}
"""The quota of the day, of the minute; an order, an item's stock, all of them, an order's refunds: changed too often."""
_SHUT = _TOKENS_GONE | {40013, 40125, 40164, 41001, 41002, 45035, 48001, 48004, 50001, 50002, 61004, 61007}


class MiniProgramSettings(ChannelSettings):
    """A WeChat shop's own application; `push_token` and `push_key` (EncodingAESKey) are those of its message push, where there is one."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"app_secret", "push_token", "push_key"})
    address: str = Field(WECHAT, max_length=512)
    app_id: str = Field(min_length=1, max_length=64)
    app_secret: str = Field(min_length=1, max_length=128)
    carriers: dict[str, str] = Field(default_factory=dict)
    decodes_buyers: bool = True
    """Whether WeChat is asked who stands behind the stars, which it tells of some orders a day."""
    push_key: str = Field("", max_length=64)
    push_token: str = Field("", max_length=64)

    @field_validator("push_key")
    @classmethod
    def _is_key(cls, key: str) -> str:
        if key and not re.fullmatch("[A-Za-z0-9]{43}", key):
            raise ValueError("WeChat's key of the message push has 43 letters and digits.")
        return key


class WeChat:
    """Asks a method of WeChat, as one application."""

    def __init__(self, address: str, app_id: str, app_secret: str, caller: Caller) -> None:
        self._address, self._app_id, self._app_secret, self._caller = address.rstrip("/"), app_id, app_secret, caller
        self._token, self._ends_at = "", 0

    def now(self) -> int:
        """The present instant by WeChat's clock, as its last answer told it."""
        return self._caller.now()

    def ask(self, path: str, business: Mapping[str, Any]) -> Document:
        """The answer to a method. A token that is good no more is fetched anew, once."""
        token = self._token_now()
        said = self._called(f"{path}?access_token={token}", business)
        if said.get("errcode") in _TOKENS_GONE:
            said = self._called(f"{path}?access_token={self._renewed(token)}", business)
        return _good(said)

    def _token_now(self) -> str:
        return self._token if self._token and self._caller.now() < self._ends_at else self._fetched()

    def _renewed(self, gone: str) -> str:
        """Another token. WeChat gives all who ask the same one for two hours; to have a new one before is allowed twenty times a day."""
        token = self._fetched()
        return token if token != gone else self._fetched(is_forced=True)

    def _fetched(self, *, is_forced: bool = False) -> str:
        said = _good(self._called(_TOKEN, {
            "grant_type": "client_credential", "appid": self._app_id, "secret": self._app_secret, "force_refresh": is_forced}))
        self._token = text_at(said, "access_token", error=ChannelChanged)
        self._ends_at = self._caller.now() + whole(said, "expires_in", error=ChannelChanged) * SECOND - _TOKEN_ENDS_MS
        return self._token

    def _called(self, path: str, business: Mapping[str, Any]) -> Document:
        body = json.dumps(business, ensure_ascii=False, separators=(",", ":")).encode()
        said = self._caller.call("POST", self._address + path, headers={"content-type": "application/json"}, body=body).json()
        if not isinstance(said, Mapping):
            raise ChannelChanged("The answer is no JSON object.", code="body")
        return said


def _good(said: Document) -> Document:
    """The answer, unless it is one of trouble. A token comes without a code."""
    code = said.get("errcode", 0)
    if code != 0:
        raise _raised(code, str(said.get("errmsg", "")))
    return said


def _raised(code: Any, words: str) -> ChannelError:
    if code == _AWAY:
        return ChannelAway(words, code=str(code))
    if code in _BUSY_SECONDS:
        return ChannelBusy(words, retry_after_seconds=_BUSY_SECONDS[code], code=str(code))
    return (ChannelShut if code in _SHUT else ChannelRefused)(words, code=str(code))
