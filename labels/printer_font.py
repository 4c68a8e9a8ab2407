"""How wide the letters of a label printer's scalable font (^A0) are.

Measured: ten of each character at 100 dots, drawn by two renderers that are not ours; the wider of the two, as printers differ a little.
A hyphen is nearly as wide as the letters are high.
"""

_WIDTHS = {
    0.281: " 'I:;/fijlt", 0.343: "!(),.[]`r", 0.39: "z", 0.445: "Jcksvxy", 0.5: '"#$*0123456789?ELTZ\\^_abdeghnopqu{|}',
    0.562: "ABCKPSVXY", 0.625: "DGHNOQRU", 0.668: "&w", 0.778: "Mm", 0.833: "W", 0.906: "%+-=@", 1.0: "<>~",
}
_WIDTH = {sign: width for width, signs in _WIDTHS.items() for sign in signs}
_SPARE = 1.02


def printer_width(text: str) -> float:
    """The width of a line of ASCII with letters of height 1."""
    return sum(_WIDTH.get(sign, 1.0) for sign in text) * _SPARE
