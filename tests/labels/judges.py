"""Two renderers of ZPL that are not ours, and zxing-cpp, which reads what they drew."""

import base64
import importlib.util
import io
import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

zxingcpp = pytest.importorskip("zxingcpp")
zplkit = pytest.importorskip("zplkit")
rendering = pytest.importorskip("zplkit.rendering")
Image = pytest.importorskip("PIL.Image")

CLIENT = Path(__file__).parents[2] / "handheld"
PACKAGE = CLIENT / "node_modules" / "zpl-renderer-js" / "dist" / "index.esm.js"
HOST_COMMANDS = re.compile(r"\^(PQ|MM|MN|PR|MD)[^\^~]*|~SD[^\^~]*")
"""What tells a printer how to print and not what: the strict renderer does not know them."""
DOTS_A_MM = {203: 8, 300: 12, 600: 24}
FORMATS = {"code128": "Code128", "gs1_128": "Code128", "itf14": "ITF", "ean13": "EAN13", "qr": "QRCode", "gs1_datamatrix": "DataMatrix"}
LIMITS = rendering.Limits(graphic_bytes=20_000_000)


class Zplkit:
    """The strict one: a command that it does not know is an error."""

    name = "zplkit"

    def draw(self, zpl: str, width: int, height: int, dpi: int) -> Image.Image:
        options = zplkit.Options(width=width, height=height, dpi=dpi)
        document = zplkit.render(HOST_COMMANDS.sub("", zpl), options, limits=LIMITS)
        assert len(document.labels) == 1
        return Image.open(io.BytesIO(document.labels[0].png())).convert("L")


class Zebrash:
    """The tolerant one, in Node."""

    name = "zpl-renderer-js"

    def __init__(self, node: Path) -> None:
        command = [str(node), str(Path(__file__).with_name("judge.mjs")), PACKAGE.as_uri()]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def draw(self, zpl: str, width: int, height: int, dpi: int) -> Image.Image:
        dots = DOTS_A_MM[dpi]
        asked = {"zpl": zpl, "width": width / dots, "height": height / dots, "dpmm": dots}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "png" in answer, answer
        return Image.open(io.BytesIO(base64.b64decode(answer["png"]))).convert("L")

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


def zebrash() -> Zebrash:
    """The one in Node, or a skip that says what is missing."""
    spec = importlib.util.spec_from_file_location("client_build", CLIENT / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    node = build.node()
    if node is None:
        pytest.skip("no Node to run zpl-renderer-js with")
    if not PACKAGE.exists():
        pytest.skip("the client's packages are not installed: python handheld/build.py")
    return Zebrash(node)


def read(picture: Image.Image, codes, dpi: int = 0) -> Counter:
    """What a scanner says that is aimed at each of the codes: symbology identifier and bytes. Without `dpi` it looks everywhere.

    The reader is set to the kinds that are on the label, and what it sees beside the codes is left out: in 500 random labels it reads
    some letters as an EAN-13 or as two digits of ITF. It does not halve the picture first: at 600 dpi it then reads one in 500 twice,
    once rightly and once wrongly.
    """
    codes = list(codes)
    formats = [getattr(zxingcpp.BarcodeFormat, FORMATS[kind]) for kind in {one.kind for one in codes}]
    found = zxingcpp.read_barcodes(picture, formats=formats, try_downscale=False)
    return Counter((one.symbology_identifier, one.bytes) for one in found if not dpi or is_in_one(one.position, codes, dpi / 25.4))


def is_in_one(position, codes, per_mm: float) -> bool:
    """Whether the middle of what was read lies in the box of a code."""
    x = (position.top_left.x + position.bottom_right.x) / 2 / per_mm
    y = (position.top_left.y + position.bottom_right.y) / 2 / per_mm
    return any(one.x <= x <= one.x + one.width and one.y <= y <= one.y + one.height for one in codes)


def size_in_dots(drawing, dpi: int) -> tuple[int, int]:
    return round(drawing.width * dpi / 25.4), round(drawing.height * dpi / 25.4)
