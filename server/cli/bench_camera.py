"""`aisle bench camera`: what is read off pictures that nobody here made, beside what the libraries read alone in the same run."""

import importlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from labels.pictures.formats import USUAL, Decoded
from server.cli.figures import Figure, percentile, report

_KINDS = {
    "code128": frozenset({"code128"}), "datamatrix": frozenset({"datamatrix"}), "ean13": frozenset({"ean13"}),
    "itf": frozenset({"itf", "itf14"}), "qrcode": frozenset({"qr"}),
}
_PUBLISHED = {"code128": 22 / 22, "datamatrix": 89 / 90, "ean13": 42 / 60, "itf": 20 / 20, "qrcode": 125 / 137}
"""The best single library's rate on the whole set that these pictures are part of, measured before this decoder was written."""
_NOTHING = "falsepositives"
_ALSO = {"qrcode-2/16.webp": "外側QRコード"}
"""A picture with two codes, of which its text file names one: the other holds these words."""
_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}
Reader = Callable[[Any, frozenset[str]], Sequence[Decoded]]


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture and what stands in it: a text, bytes where these are no text, or nothing."""

    kind: str
    path: Path
    text: str | None
    data: bytes | None

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    def is_right(self, one: Decoded) -> bool:
        also = _ALSO.get(self.name)
        return one.text == self.text or (self.data is not None and one.data == self.data) or (also is not None and also in one.text)


@dataclass(slots=True)
class _Tally:
    """What one reader made of the pictures of one kind."""

    total: int = 0
    decoded: int = 0
    wrong: list[str] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    @property
    def percent(self) -> float:
        return 100 * self.decoded / max(self.total, 1)


@click.command("camera")
@click.option("--data", default=lambda: os.environ.get("AISLE_SHARED", "../shared") + "/data/barcodes", show_default="../shared/data/barcodes",
              type=click.Path(path_type=Path, file_okay=False), help="Folders KIND-N of pictures, each with its text beside it; falsepositives-N holds none.")
@click.option("--every", default=1, show_default=True, type=click.IntRange(min=1), help="Take every so many-th picture only.")
@click.option("--seconds", default=1.0, show_default=True, type=click.FloatRange(min=0), help="The most time for one picture.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_camera(context: click.Context, *, data: Path, every: int, seconds: float, as_json: bool) -> None:
    """Decode pictures of barcodes: how many of each kind, how many wrongly, how long it takes.

    The goal is the rate of the best library alone: as published and in this run. Its rate in this run is the limit beside it
    (zxing-cpp; zbar too where libzbar is). Pictures without a code must give none. Ends with 1 when a goal is missed.
    """
    pictures = list(_pictures(data))[::every]
    if not pictures:
        raise click.ClickException(f"There are no pictures in {data}. Say where they are with --data.")
    readers = _readers(seconds)
    tallies = {name: _tallies(name, reader, pictures) for name, reader in readers.items()}
    report(context, list(_figures(tallies)), {"pictures": len(pictures), "libraries": ", ".join(name for name in readers if name != "aisle"),
                                              "wrong": "; ".join(_wrong(tallies["aisle"])) or "none"}, as_json=as_json)


def _pictures(data: Path) -> Iterator[_Picture]:
    for path in sorted(data.glob("*-*/*")):
        kind = path.parent.name.rpartition("-")[0]
        if path.suffix.lower() not in _SUFFIXES or kind not in (*_KINDS, _NOTHING):
            continue
        text, raw = path.with_suffix(".txt"), path.with_suffix(".bin")
        yield _Picture(kind, path, text.read_bytes().decode() if text.is_file() else None, raw.read_bytes() if raw.is_file() else None)


def _readers(seconds: float) -> dict[str, Reader]:
    """Ours, and the libraries as they are: each is given only the formats of the folder, as we are."""
    decoder, looks, zbar = (importlib.import_module(f"labels.pictures.{name}") for name in ("decode", "looks", "zbar"))
    readers: dict[str, Reader] = {
        "aisle": lambda grey, formats: decoder.decode(grey, formats, seconds=seconds),
        "zxing-cpp": lambda grey, formats: decoder.as_read(looks.look_at(grey, looks.PLAIN), formats),
    }
    if zbar.library() is not None:
        readers["zbar"] = zbar.as_read
    return readers


def _tallies(name: str, reader: Reader, pictures: Sequence[_Picture]) -> dict[str, _Tally]:
    opening = importlib.import_module("labels.pictures.opening")
    tallies = {kind: _Tally() for kind in dict.fromkeys(one.kind for one in pictures)}
    for number, picture in enumerate(pictures, start=1):
        grey = opening.open_picture(picture.path.read_bytes())
        began = time.perf_counter()
        codes = reader(grey, _KINDS.get(picture.kind, USUAL))
        _count(tallies[picture.kind], picture, codes, (time.perf_counter() - began) * 1000)
        click.echo(f"\r{name}: {number} of {len(pictures)} pictures", nl=number == len(pictures), err=True)
    return tallies


def _count(tally: _Tally, picture: _Picture, codes: Sequence[Decoded], ms: float) -> None:
    right = [one for one in codes if picture.is_right(one)]
    tally.total += 1
    tally.ms.append(ms)
    tally.decoded += bool(right) if picture.kind != _NOTHING else not codes
    tally.wrong += [f"{picture.name}: {one.text[:40]!r}" for one in codes if one not in right]


def _figures(tallies: dict[str, dict[str, _Tally]]) -> Iterator[Figure]:
    for kind, ours in tallies["aisle"].items():
        alone = [each[kind] for name, each in tallies.items() if name == "zxing-cpp" or (name != "aisle" and each[kind].decoded)]
        limit = max(one.percent for one in alone)
        what = "left alone" if kind == _NOTHING else "decoded"
        goal = 100.0 if kind == _NOTHING else max(limit, 100 * _PUBLISHED[kind])
        yield Figure(f"{kind}: {what}, {ours.decoded} of {ours.total}", ours.percent, "%", goal, at_least=True, limit=limit)
        yield Figure(f"{kind}: wrong texts", len(ours.wrong), "", 0, limit=min(len(one.wrong) for one in alone))
        yield Figure(f"{kind}: time, median", percentile(ours.ms, 50), "ms", limit=min(percentile(one.ms, 50) for one in alone))
        yield Figure(f"{kind}: time, 95 %", percentile(ours.ms, 95), "ms", limit=min(percentile(one.ms, 95) for one in alone))


def _wrong(tallies: dict[str, _Tally]) -> list[str]:
    return [one for tally in tallies.values() for one in tally.wrong]
