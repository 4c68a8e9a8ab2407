"""Figures as a PDF to read and to hand on: A4, charts as vectors, Chinese without a font file."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from server.dashboard.figure_list import FIGURES, OF_PEOPLE, Figure
from server.dashboard.figure_words import told, unit_of, verdict, word, words
from server.dashboard.history_days import local

_CHINESE = "STSong-Light"
_INK, _DIM, _LINE, _BAR, _GOOD, _BAD = (HexColor(one) for one in ("#0d1b24", "#465863", "#cbd5db", "#0b5680", "#0a6b38", "#a8170d"))
_CHARTS = ("orders_shipped", "on_time", "cycle_median", "pick_rate", "exceptions", "lines_done")
_PEOPLE = ("lines_done", "hours_worked", "pick_rate", "put_away_rate", "receive_rate", "wrong_scans")
_MARGIN = 15 * mm
_WIDTH = A4[0] - 2 * _MARGIN - 12  # a frame keeps six points at each side
_CHART = (_WIDTH / 2 - 3 * mm, 42 * mm)
_CLOCK = {"hour": "%H:%M", "day": "%m-%d", "week": "%m-%d", "month": "%Y-%m"}


def figures_pdf(found: Mapping[str, Any], language: str) -> bytes:
    """All figures, the charts, the people and what each figure means."""
    pdfmetrics.registerFont(UnicodeCIDFont(_CHINESE))
    written, title = io.BytesIO(), f"{word(language, 'title')} · {found['site']['code']} {found['site']['name']}"
    document = SimpleDocTemplate(written, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
                                 title=title, invariant=1)
    story = [_text(title, 16, is_bold=True), Spacer(0, 2 * mm), _text(_span(found, language), 10), *_notes(found, language), Spacer(0, 4 * mm),
             _table(found, language), Spacer(0, 5 * mm), *_charts(found, language), *_people(found, language),
             _text(word(language, "definitions"), 12, is_bold=True), Spacer(0, 2 * mm), *_meanings(language)]

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(_font(language), 8)
        canvas.setFillColor(_DIM)
        canvas.drawRightString(A4[0] - _MARGIN, 8 * mm, word(language, "page", page=page.page))

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return written.getvalue()


def _font(text: str, *, is_bold: bool = False) -> str:
    """The page's own letters for Western texts, the reader's own Chinese ones for all else."""
    return _CHINESE if text == "zh-CN" or not text.isascii() else "Helvetica-Bold" if is_bold else "Helvetica"


def _text(said: str, size: float, *, is_bold: bool = False, colour: Any = _INK, is_right: bool = False) -> Paragraph:
    plain = said.replace("·", "-").replace("…", "...").replace("–", "-").replace("−", "-").replace("÷", "/").replace("×", "x").replace("¼", "0.25")
    said = plain if plain.isascii() else said
    style = ParagraphStyle("text", fontName=_font(said, is_bold=is_bold), fontSize=size, leading=size * 1.35, textColor=colour,
                           alignment=2 if is_right else 0, wordWrap="CJK" if not said.isascii() else None)
    return Paragraph(escape(said), style)


def _span(found: Mapping[str, Any], language: str) -> str:
    ends = {"from": found["span"]["from"], "to": found["span"]["to"]}
    if found["before"] is None:
        return word(language, "alone", **ends)
    return word(language, "compared", **ends, before_from=found["before"]["from"], before_to=found["before"]["to"])


def _notes(found: Mapping[str, Any], language: str) -> Iterable[Flowable]:
    yield _text(f"{word(language, 'clock', zone=found['zone'])}. {word(language, 'accuracy')}", 8, colour=_DIM)
    if found["only"]:
        yield _text(word(language, "only", what=found["only"]), 10)
    if found["partly"]:
        yield _text(word(language, "partly"), 10, colour=_BAD)


def _table(found: Mapping[str, Any], language: str) -> Table:
    before = found["before"]["total"] if found["before"] is not None else None
    heads = ["figure", "total", *(("before", "difference") if before is not None else ())]
    rows = [[_text(word(language, key), 9, is_bold=True, colour=_DIM, is_right=at > 0) for at, key in enumerate(heads)]]
    for one in FIGURES:
        now = found["total"][one.key]
        cells = [_text(word(language, one.key), 9), _text(told(one, now, language, found["currency"]), 9, is_right=True)]
        if before is not None:
            cells += [_text(told(one, before[one.key], language, found["currency"]), 9, is_right=True), _difference(one, now, before[one.key], found, language)]
        rows.append(cells)
    return _lined(rows, [0.46, 0.54] if before is None else [0.37, 0.19, 0.19, 0.25])


def _difference(figure: Figure, now: float | None, before: float | None, found: Mapping[str, Any], language: str) -> Paragraph:
    if now is None or before is None:
        return _text("–", 9, is_right=True)
    way = verdict(figure, now, before)
    said = told(figure, now - before, language, found["currency"])
    judged = {1: word(language, "better"), -1: word(language, "worse"), 0: ""}[way]
    return _text(f"{'+' if now > before else ''}{said} {judged}".strip(), 9, colour={1: _GOOD, -1: _BAD, 0: _INK}[way], is_right=True)


def _lined(rows: Sequence[Sequence[Flowable]], shares: Sequence[float]) -> Table:
    table = Table(rows, colWidths=[share * _WIDTH for share in shares], repeatRows=1)
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE), ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("LEFTPADDING", (0, 0), (-1, -1), 0),
                               ("RIGHTPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return table


def _charts(found: Mapping[str, Any], language: str) -> Iterable[Flowable]:
    by_key, zone = {one.key: one for one in FIGURES}, ZoneInfo(found["zone"])
    labels = [local(step["at"], zone).strftime(_CLOCK[found["by"]]) for step in found["steps"]]
    drawn = [_bars(by_key[key], labels, [step["values"][key] for step in found["steps"]], language, found["currency"])
             for key in _CHARTS if any(step["values"][key] for step in found["steps"])]
    if drawn:
        pairs = [drawn[at:at + 2] + [Spacer(0, 0)] * (2 - len(drawn[at:at + 2])) for at in range(0, len(drawn), 2)]
        yield from (KeepTogether([Table([pair], colWidths=[_WIDTH / 2] * 2, style=[("LEFTPADDING", (0, 0), (-1, -1), 0)])]) for pair in pairs)
        yield Spacer(0, 4 * mm)


def _bars(figure: Figure, labels: Sequence[str], values: Sequence[float | None], language: str, currency: str) -> Flowable:
    """Times are drawn in minutes, which people compare more easily than seconds."""
    unit = word(language, "minutes") if figure.unit == "time" else unit_of(figure, language, currency)
    scaled = [value / 60 if value is not None and figure.unit == "time" else value for value in values]
    return _Bars(f"{word(language, figure.key)} ({unit})", labels, scaled)


class _Bars(Flowable):  # type: ignore[misc]  # reportlab tells no types
    """A bar for each step, with the greatest value and a few of the times told."""

    def __init__(self, title: str, labels: Sequence[str], values: Sequence[float | None]) -> None:
        super().__init__()
        self._title, self._labels, self._values = title, labels, values
        self.width, self.height = _CHART

    def draw(self) -> None:
        canvas, floor, top = self.canv, 5 * mm, self.height - 8 * mm
        most, left = max(value or 0 for value in self._values) or 1, 12 * mm
        step = (self.width - left) / max(len(self._values), 1)
        canvas.setFillColor(_INK)
        canvas.setFont(_font(self._title, is_bold=True), 9)
        canvas.drawString(0, self.height - 4 * mm, self._title)
        canvas.setFont("Helvetica", 7)
        canvas.setStrokeColor(_LINE)
        for share in (0, 0.5, 1):
            y = floor + share * (top - floor)
            canvas.setFillColor(_DIM)
            canvas.line(left, y, self.width, y)
            canvas.drawRightString(left - 1 * mm, y - 1 * mm, f"{most * share:,.4g}")
        apart = max(1, round(14 * mm / step))
        for at, value in enumerate(self._values):
            canvas.setFillColor(_BAR)
            if value:
                canvas.rect(left + (at + 0.1) * step, floor, 0.8 * step, (top - floor) * value / most, stroke=0, fill=1)
            if at % apart == 0:
                canvas.setFillColor(_DIM)
                canvas.drawString(left + at * step, floor - 3 * mm, self._labels[at])


def _people(found: Mapping[str, Any], language: str) -> Iterable[Flowable]:
    if not found["people"]:
        return
    by_key = {one.key: one for one in FIGURES if one.key in OF_PEOPLE}
    heads = [_text(word(language, "people"), 8, is_bold=True, colour=_DIM),
             *(_text(word(language, key), 8, is_bold=True, colour=_DIM, is_right=True) for key in _PEOPLE)]
    rows = [[_text(one["name"], 9), *(_text(told(by_key[key], one["values"][key], language, ""), 9, is_right=True) for key in _PEOPLE)]
            for one in found["people"]]
    yield _lined([heads, *rows], [0.22, *[0.13] * 6])
    yield Spacer(0, 5 * mm)


def _meanings(language: str) -> Iterable[Flowable]:
    for one in FIGURES:
        name, meaning = words(language)[one.key]
        yield KeepTogether([_text(name, 9, is_bold=True), _text(meaning, 8, colour=_DIM), Spacer(0, 1.5 * mm)])
