"""`aisle bench labels`: how many labels a second one core makes, and how long a thousand location labels take as a PDF."""

import importlib
import time
from collections.abc import Callable, Sequence
from typing import Any

import click

from labels.codes import DPIS
from labels.drawing import Code, Drawing, Text
from labels.errors import NoFont
from labels.template import Template, templates
from labels.zpl import field
from server.cli.figures import Figure, percentile, report

_LABELS_A_SECOND, _PDF_SECONDS = 100, 10
_CHINESE = "有机苹果汁一升装家庭特惠装"


@click.command("labels")
@click.option("--rounds", default=30, show_default=True, type=click.IntRange(min=1), help="Labels of each kind and resolution.")
@click.option("--locations", default=1000, show_default=True, type=click.IntRange(min=1), help="Location labels in the PDF.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_labels(context: click.Context, *, rounds: int, locations: int, as_json: bool) -> None:
    """Make every label at every resolution as ZPL, then location labels as a PDF, on one core.

    The limit is the least that any maker of labels must do: escape and join the texts, so many labels a second. Ends with 1
    when a goal is missed.
    """
    zpl, pdf = (importlib.import_module(f"labels.backends.{name}") for name in ("zpl", "pdf"))
    kinds = {(one.name, dpi): _seconds(lambda at, one=one, dpi=dpi: zpl.zpl(_data(one, at), dpi), rounds)  # type: ignore[misc]
             for one in templates().values() for dpi in DPIS}
    try:
        chinese = _seconds(lambda at: zpl.zpl(templates()["lpn"].drawings({"code": f"LPN{at:08}", "name": _CHINESE}), 203), rounds)
    except NoFont as error:
        raise click.ClickException(error.sentence) from error
    began = time.perf_counter()
    pages = pdf.pdf([drawing for at in range(locations) for drawing in _data(templates()["location"], at)])
    pdf_seconds = time.perf_counter() - began
    written = [zpl.zpl(_data(one, 0), dpi).encode() for one in templates().values() for dpi in DPIS]
    least = [_said(drawing) for one in templates().values() for drawing in _data(one, 0)]
    limit = rounds * len(least) / sum(_seconds(lambda _at, texts=texts: "".join(map(field, texts)), rounds) for texts in least)  # type: ignore[misc]
    slowest = max(kinds, key=lambda kind: kinds[kind])
    figures = [
        Figure("labels as ZPL, all kinds, on one core", len(kinds) * rounds / sum(kinds.values()), "/s", _LABELS_A_SECOND, at_least=True, limit=limit),
        Figure(f"the slowest, {slowest[0]} at {slowest[1]} dpi", rounds / kinds[slowest], "/s"),
        Figure("LPN labels with a Chinese name", rounds / chinese, "/s", _LABELS_A_SECOND, at_least=True),
        Figure(f"{locations} location labels as a PDF", pdf_seconds, "s", _PDF_SECONDS * locations / 1000),
        Figure("bytes of that PDF", len(pages) / 2**20, "MiB"),
        Figure("bytes of a label as ZPL, 90 %", percentile([float(len(text)) for text in written], 90), ""),
    ]
    report(context, figures, {"kinds": len(templates()), "resolutions": "203, 300, 600", "labels": len(kinds) * rounds}, as_json=as_json)


def _data(one: Template, at: int) -> Sequence[Drawing]:
    first = one.fields[0]
    changed: dict[str, Any] = {first.name: f"{first.sample}-{at}"} if not first.ai else {}
    return one.drawings({**one.sample, **changed})


def _said(drawing: Drawing) -> Sequence[str]:
    return [one.text if isinstance(one, Text) else one.data for one in drawing.elements if isinstance(one, Text | Code)]


def _seconds(work: Callable[[int], object], rounds: int) -> float:
    began = time.perf_counter()
    for at in range(rounds):
        work(at)
    return time.perf_counter() - began
