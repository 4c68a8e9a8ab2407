"""Scanners that type, grabbed on a dock PC so that nothing else gets their keys: events of Linux to text. Needs `aisle[hid]`."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from server.scanners.codes import Found
from server.scanners.layouts import KEYPAD, sign_of
from server.scanners.stored_settings import settings_of
from server.scanners.text import TextFramer, TextSettings

EVENT = struct.Struct("llHHi")
"""`struct input_event` of Linux: seconds, microseconds, type, code, value, as this machine lays them out."""
_EV_KEY = 0x01
_UP, _DOWN = 0, 1
_CTRL, _SHIFT, _ALT, _ALTGR, _CAPS = (29, 97), (42, 54), 56, 100, 58
_RIGHT_BRACKET, _TAB, _ENTERS = 27, 15, (28, 96)
_TOP_DIGITS = {2: "1", 3: "2", 4: "3", 5: "4", 6: "5", 7: "6", 8: "7", 9: "8", 10: "9", 11: "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyboardSettings(TextSettings):
    """A suffix is a key here: Enter is CR, Tab is TAB. `layout` is the country that the scanner is set to, not the computer's."""

    layout: Literal["us", "de", "fr"] = "us"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "KeyboardSettings":
        """From JSON; WrongSettings says what is wrong."""
        return settings_of(cls, given)


class Keys:
    """What keys say: shift, Caps Lock, AltGr, control characters (Ctrl+] is GS) and Alt with the digits of a character."""

    def __init__(self, layout: str = "us") -> None:
        self._layout = layout
        self._held: set[int] = set()
        self._has_caps = False
        self._alt_digits = ""

    def press(self, key: int, value: int) -> str:
        """The text of one event: `value` 0 is up, 1 down, 2 the repetition of a key that is held, which no scanner means."""
        if value == _UP:
            self._held.discard(key)
            return self._alt_ended() if key == _ALT else ""
        if value != _DOWN:
            return ""
        self._held.add(key)
        if key == _CAPS:
            self._has_caps = not self._has_caps
        return self._typed(key)

    def _typed(self, key: int) -> str:
        if _ALT in self._held and (digit := KEYPAD.get(key) or _TOP_DIGITS.get(key, "")).isdigit():
            self._alt_digits += digit
            return ""
        if key in _ENTERS or key == _TAB:
            return "\t" if key == _TAB else "\r"
        shift = not self._held.isdisjoint(_SHIFT)
        if not self._held.isdisjoint(_CTRL):
            return _control(key, shift=shift)
        altgr = _ALTGR in self._held and self._layout != "us"
        sign = sign_of(self._layout, key, shift=shift, altgr=altgr)
        return sign.swapcase() if self._has_caps and sign != "ß" else sign

    def _alt_ended(self) -> str:
        """Windows takes Alt with 0 and digits as the number in its own code page, without 0 in that of the first PCs."""
        digits, self._alt_digits = self._alt_digits, ""
        if not digits or int(digits) > 255:
            return ""
        code = int(digits)
        return chr(code) if code < 0x80 else bytes((code,)).decode("cp1252" if digits[0] == "0" else "cp437", "ignore")


def keys_in(events: bytes, keys: Keys) -> str:
    """The text of whole events; what is no key (lights, repetition, the end of a group) says nothing."""
    return "".join(keys.press(key, value) for _, _, kind, key, value in EVENT.iter_unpack(events) if kind == _EV_KEY)


class KeyboardFramer:
    """Events as bytes to codes."""

    def __init__(self, settings: KeyboardSettings) -> None:
        self._settings = settings
        self._text = TextFramer(settings)
        self.restart()

    def restart(self) -> None:
        """Forgets what is half read, and which keys are held."""
        self._text.restart()
        self._keys, self._held, self._at = Keys(self._settings.layout), b"", 0

    @property
    def wait_ms(self) -> int:
        """As long as text is waited for."""
        return self._text.wait_ms

    def feed(self, data: bytes, at: int) -> list[Found]:
        """Every code that is whole now."""
        self._held += data
        whole = len(self._held) // EVENT.size * EVENT.size
        typed, self._held = keys_in(self._held[:whole], self._keys), self._held[whole:]
        return self._text.feed(typed.encode(self._settings.encoding, "replace"), at) if typed else []

    def silence(self, at: int) -> list[Found]:
        """Ends what was typed without suffix."""
        return self._text.silence(at)


def _control(key: int, *, shift: bool) -> str:
    """Control characters come as Ctrl and the key of the American layout that bears the sign 64 further on."""
    if key == _RIGHT_BRACKET:
        return "\x1d"
    signs = (sign_of("us", key, shift=shift).upper(), sign_of("us", key, shift=not shift).upper())
    return next((chr(ord(sign) & 0x1F) for sign in signs if "@" < sign <= "_"), "")
