"""Barcodes as SVG for a screen or a page: black on white with their quiet zones, one unit a module."""

import re

import zxingcpp

from labels.gs1 import parse_scan

_FORMATS = {"code128": zxingcpp.BarcodeFormat.Code128, "ean13": zxingcpp.BarcodeFormat.EAN13,
            "gs1-datamatrix": zxingcpp.BarcodeFormat.DataMatrix}
_QUIET = {"gs1-datamatrix": 2}
"""Modules beyond those that the writer leaves; a DataMatrix asks for one, and a screen's frame is close."""
_STRETCHES = frozenset({"code128", "ean13"})
"""How tall bars are is free."""
_SIZE = re.compile(r'<svg width="(\d+)" height="(\d+)"')


def svg_of(text: str, symbology: str) -> tuple[str, int]:
    """The picture of a code, and how many modules wide it is; `symbology` as printers name it, `text` with GS where FNC1 stands inside.

    ValueError for a symbology that is not drawn, or a text that it cannot hold.
    """
    if symbology not in _FORMATS:
        raise ValueError(f"{symbology!r} is not drawn here. Use one of {', '.join(_FORMATS)}.")
    if symbology == "gs1-datamatrix":
        bracketed = "".join(f"({ai}){value}" for ai, value in parse_scan(text, gs1=True).elements)
        drawn = zxingcpp.create_barcode(bracketed, _FORMATS[symbology], gs1=True).to_svg()
    else:
        drawn = zxingcpp.create_barcode(text, _FORMATS[symbology]).to_svg()
    found = _SIZE.search(drawn)
    if found is None:
        raise ValueError(f"The writer drew {text!r} as something else than SVG.")
    quiet = _QUIET.get(symbology, 0)
    width, height = (int(size) + 2 * quiet for size in found.groups())
    box = f'width="{width}" height="{height}"'
    ratio = ' preserveAspectRatio="none"' if symbology in _STRETCHES else ""
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-quiet} {-quiet} {width} {height}" {box}{ratio} shape-rendering="crispEdges">'
           f'<rect x="{-quiet}" y="{-quiet}" {box} fill="#fff"/>{_bars(drawn)}</svg>')
    return svg, width


def _bars(drawn: str) -> str:
    return "".join(re.findall(r"<path[^>]*/>", drawn))
