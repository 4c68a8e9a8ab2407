"""Data in ZPL II, so that nothing in it can become a command of the printer."""

_HEX = "_"
_COMMAND_SIGNS = "^~_\\"


def field(text: str) -> str:
    """The data of a ^FD field: only plain signs stay; the language's own and every other byte go as hex (^FH before it)."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F and chr(byte) not in _COMMAND_SIGNS else f"{_HEX}{byte:02X}"
                   for byte in text.encode("utf-8", "replace"))
