"""Tokens of WeChat, played: whoever asks gets the same one, a new one only shortly before its end, or by force."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from simulators.shops.mini_program_no import No

_SECONDS, _EARLY_SECONDS = 7_200, 300
_OLD_SECONDS = 300
_MISSING = {"appid": "appid", "secret": "appsecret"}
_FORCED_A_DAY, _FORCED_APART_MS = 20, 30_000


class Tokens:
    """The stable tokens of one application, and when each ends, in ms."""

    def __init__(self, app_id: str, app_secret: str, now: Callable[[], int]) -> None:
        self._app_id, self._app_secret, self._now = app_id, app_secret, now
        self._lock = threading.Lock()
        self.ends: dict[str, int] = {}
        self._newest = self._newest_unstable = ""
        self._forced: list[int] = []

    def given(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """A token, and how long it is good."""
        self._know(told)
        with self._lock:
            return self._made(is_forced=told.get("force_refresh") is True)

    def given_anew(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """The older way: whoever asks gets another one, and the one before it lasts for five minutes more. The stable one does not mind."""
        self._know(told)
        with self._lock:
            now, before = self._now(), self._newest_unstable
            if before in self.ends:
                self.ends[before] = min(self.ends[before], now + _OLD_SECONDS * 1000)
            self._newest_unstable = f"{len(self.ends) + 1}_token_{now}"
            self.ends[self._newest_unstable] = now + _SECONDS * 1000
            return {"access_token": self._newest_unstable, "expires_in": _SECONDS}

    def _know(self, told: Mapping[str, Any]) -> None:
        for name, code in (("grant_type", 40002), ("appid", 41002), ("secret", 41004)):
            if not told.get(name):
                raise No(code, "invalid grant_type" if name == "grant_type" else f"{_MISSING[name]} missing")
        if told["grant_type"] != "client_credential":
            raise No(40002, "invalid grant_type")
        if told["appid"] != self._app_id:
            raise No(40013, "invalid appid")
        if told["secret"] != self._app_secret:
            raise No(40125, "invalid appsecret")

    def check(self, token: str) -> None:
        """Lets somebody in."""
        if not token:
            raise No(41001, "access_token missing")
        with self._lock:
            if token not in self.ends:
                raise No(40001, "invalid credential, access_token is invalid or not latest")
            if self.ends[token] <= self._now():
                raise No(42001, "access_token expired")

    def end_all(self, *, is_noticed: bool = True) -> None:
        """No token lets in any more; not `is_noticed`: and whoever asks without force gets the dead one again."""
        with self._lock:
            self.ends = {} if not is_noticed else dict.fromkeys(self.ends, 0)
            self._newest = self._newest if not is_noticed else ""

    def _made(self, *, is_forced: bool) -> dict[str, Any]:
        now = self._now()
        if is_forced:
            self._force(now)
        left = (self.ends.get(self._newest, now + _SECONDS * 1000) - now) // 1000 if self._newest else 0
        if left <= _EARLY_SECONDS:
            self._newest = f"{len(self.ends) + 1}_token_{now}"
            self.ends[self._newest], left = now + _SECONDS * 1000, _SECONDS
        return {"access_token": self._newest, "expires_in": left}

    def _force(self, now: int) -> None:
        self._forced = [at for at in self._forced if now - at < 86_400_000]
        if len(self._forced) >= _FORCED_A_DAY:
            raise No(45009, "reach max api daily quota limit")
        if self._forced and now - self._forced[-1] < _FORCED_APART_MS:
            return
        self._forced.append(now)
        self.ends.pop(self._newest, None)
        self._newest = ""
