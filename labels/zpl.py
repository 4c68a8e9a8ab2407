"""Text and barcodes in ZPL II, so that nothing in the data can become a command of the printer."""

_HEX = "_"
_COMMAND_SIGNS = "^~_\\"


def field(text: str) -> str:
    """The data of a ^FD field: only plain signs stay; the language's own and every other byte go as hex (^FH before it)."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F and chr(byte) not in _COMMAND_SIGNS else f"{_HEX}{byte:02X}"
                   for byte in text.encode("utf-8", "replace"))


def text_at(x: int, y: int, height: int, text: str, *, width: int | None = None) -> str:
    """One line of text at a place in dots; with `width` it is cut to a block of one line."""
    block = f"^FB{width},1,0,L" if width else ""
    return f"^FO{x},{y}^A0N,{height},{height}{block}^FH{_HEX}^FD{field(text)}^FS"


def gs1_128_at(x: int, y: int, height: int, element_string: str, *, module: int = 3) -> str:
    """A GS1-128 symbol: FNC1 first (`>;>8` in ZPL's subset C), then the element string of digits."""
    return f"^FO{x},{y}^BY{module}^BCN,{height},N,N,N^FD>;>8{element_string}^FS"


def code_128_at(x: int, y: int, height: int, text: str, *, module: int = 2) -> str:
    """A plain Code 128 symbol with its text below."""
    return f"^FO{x},{y}^BY{module}^BCN,{height},Y,N,N^FH{_HEX}^FD{field(text)}^FS"


def label(*parts: str, width: int = 812, length: int = 1218) -> str:
    """A whole label in UTF-8; sizes in dots (203 dpi: 812 x 1218 is 4 x 6 inches)."""
    return f"^XA^CI28^PW{width}^LL{length}{''.join(parts)}^XZ\n"
