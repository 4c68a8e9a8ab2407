"""What a key says under a keyboard layout: scanners type as one of them, and the computer may read another."""

_KEYS = (41, *range(2, 14), *range(16, 28), 43, *range(30, 41), *range(44, 54))
"""The keys that bear signs, row by row, by their numbers in Linux (input-event-codes.h)."""
_ROWS = {
    "us": ("`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./", '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'),
    "de": ("^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-", "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_"),
    "fr": ("²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!", "³1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§"),
}
_KEY_102ND = {"us": "§±", "de": "<>", "fr": "<>"}
"""The key beside the left Shift, which American keyboards do not have: read by one, it says what no other key does."""
_ALTGR = {
    "us": {},
    "de": {3: "²", 4: "³", 8: "{", 9: "[", 10: "]", 11: "}", 12: "\\", 16: "@", 18: "€", 27: "~", 86: "|", 50: "µ"},
    "fr": {3: "~", 4: "#", 5: "{", 6: "[", 7: "|", 8: "`", 9: "\\", 10: "^", 11: "@", 12: "]", 13: "}", 18: "€"},
}
LAYOUTS = tuple(_ROWS)
UNKNOWN = "\ufffd"
SPACE, KEYPAD = 57, {55: "*", 71: "7", 72: "8", 73: "9", 74: "-", 75: "4", 76: "5", 77: "6", 78: "+", 79: "1", 80: "2", 81: "3",
                     82: "0", 83: ".", 98: "/"}


def sign_of(layout: str, key: int, *, shift: bool = False, altgr: bool = False) -> str:
    """The sign of a key; "" for keys that bear none."""
    if key in KEYPAD:
        return KEYPAD[key]
    return _ALTGR_SIGNS[layout].get(key, "") if altgr else _SIGNS[layout].get((key, shift), "")


def typed(text: str, scanner: str, computer: str) -> str:
    """What a computer of one layout reads when a scanner types as with another; U+FFFD where nothing can be said."""
    if scanner == computer:
        return text
    return "".join(_one(sign, scanner, computer) for sign in text)


def _one(sign: str, scanner: str, computer: str) -> str:
    key = _KEYS_OF[scanner].get(sign)
    if key is None:
        return sign if sign < " " else UNKNOWN
    number, shift, altgr = key
    return sign_of(computer, number, shift=shift, altgr=altgr) or UNKNOWN


def _signs(layout: str) -> dict[tuple[int, bool], str]:
    plain, shifted = _ROWS[layout]
    return {**{(key, False): sign for key, sign in zip(_KEYS, plain, strict=True)},
            **{(key, True): sign for key, sign in zip(_KEYS, shifted, strict=True)},
            (SPACE, False): " ", (SPACE, True): " ",
            (86, False): _KEY_102ND[layout][0], (86, True): _KEY_102ND[layout][1]}


_SIGNS = {layout: _signs(layout) for layout in LAYOUTS}
_ALTGR_SIGNS: dict[str, dict[int, str]] = _ALTGR
_KEYS_OF = {layout: {**{sign: (key, False, True) for key, sign in _ALTGR_SIGNS[layout].items()},
                     **{sign: (*key, False) for key, sign in reversed(_SIGNS[layout].items())}} for layout in LAYOUTS}
"""Sign to (key, shift, altgr), by the commonest key where there are two."""
