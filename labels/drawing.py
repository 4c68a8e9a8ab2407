"""A label said once, in millimetres from its upper left corner; the backends draw it for printers, pages and screens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from labels.errors import BadData, DoesNotFit
from labels.gs1.linters import CSET82
from labels.words import Said

Align = Literal["left", "center", "right"]
CodeKind = Literal["code128", "gs1_128", "gs1_datamatrix", "qr", "itf14", "ean13"]
_GS1_SIGNS, _DIGITS = frozenset(CSET82 + "\x1d"), frozenset("0123456789")
_SIGNS = {"gs1_128": _GS1_SIGNS, "gs1_datamatrix": _GS1_SIGNS, "itf14": _DIGITS, "ean13": _DIGITS}
LEADING = 1.15
"""Height of a line of text to the size of its letters."""
LINES_MAX = 40
_SLACK = 0.05  # millimetres of rounding that nobody sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words in a box: at most `size` high, smaller where they have to be, down to `least`, on up to `lines` lines, then cut."""

    x: float
    y: float
    width: float
    text: str
    size: float = 4
    least: float = 2.2
    lines: int = 1
    align: Align = "left"

    @property
    def height(self) -> float:
        """The room that all its lines take."""
        return self.size * (1 + LEADING * (self.lines - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A frame, or a bar where it is `filled`. Colour is for paper that has some: a label printer leaves a coloured filling out."""

    x: float
    y: float
    width: float
    height: float
    thickness: float = 0.4
    filled: bool = False
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A thick arrow that fills its box."""

    x: float
    y: float
    width: float
    height: float
    up: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A symbol with its quiet zones in a box, as large as fits, with modules up to `module` wide.

    `data` is plain text; an element string with FNC1 as 0x1D for the GS1 kinds; all 14 or 13 digits of a GTIN for ITF-14 and EAN-13.
    BadData when it holds what such a symbol cannot, so that none of it reaches a printer.
    """

    kind: CodeKind
    x: float
    y: float
    width: float
    height: float
    data: str
    module: float = 0.5

    def __post_init__(self) -> None:
        wrong = set(self.data) - _SIGNS[self.kind] if self.kind in _SIGNS else {sign for sign in self.data if not sign.isprintable()}
        if wrong or not self.data:
            if not self.data:
                raise BadData("label.code_empty", field=self.kind, kind=self.kind)
            said = ", ".join(ascii(sign) for sign in sorted(wrong)[:5])
            raise BadData("label.code_cannot_hold", field=self.kind, kind=self.kind, signs=said, data=ascii(self.data)[:80])


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG picture, black and white, fitted into its box."""

    x: float
    y: float
    width: float
    height: float
    png: bytes


Element = Text | Box | Arrow | Code | Picture


@dataclass(frozen=True, slots=True)
class Drawing:
    """One label; DoesNotFit when an element lies outside it."""

    width: float
    height: float
    elements: Sequence[Element]

    def __post_init__(self) -> None:
        for one in self.elements:
            if min(one.x, one.y) < -_SLACK or min(one.width, one.height) <= 0 or \
                    one.x + one.width > self.width + _SLACK or one.y + one.height > self.height + _SLACK:
                raise DoesNotFit("label.outside", what=Said(f"label.what_{type(one).__name__.lower()}", {}), x=f"{one.x:g}", y=f"{one.y:g}",
                                 size=f"{one.width:g} x {one.height:g}", label=f"{self.width:g} x {self.height:g}")

    @property
    def codes(self) -> Iterator[Code]:
        """The symbols on it."""
        return (one for one in self.elements if isinstance(one, Code))
