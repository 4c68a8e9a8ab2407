"""Sheets of cards for an ordinary printer: A4, big words, one QR code a card."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

import segno


@dataclass(frozen=True, slots=True)
class SheetCard:
    """A card: what is scanned, in large what it is, in small what it does."""

    code: str
    title: str
    does: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of cards in groups; `links` are (address, words) and do not come out on paper."""

    language: str
    title: str
    intro: str
    groups: Sequence[tuple[str, Sequence[SheetCard]]]
    links: Sequence[tuple[str, str]] = ()


def css() -> str:
    """How a sheet looks."""
    return (files("server.printing") / "sheets.css").read_text(encoding="utf-8")


def html(sheet: Sheet, *, style: str) -> str:
    """The sheet as a page; `style` is a <link> where a server serves the style, a <style> in a file that stands alone."""
    links = "".join(f'<a href="{escape(address)}">{escape(words)}</a>' for address, words in sheet.links)
    groups = "".join(f"<section><h2>{escape(name)}</h2><div class=cards>{''.join(map(_card, cards))}</div></section>"
                     for name, cards in sheet.groups)
    return (f'<!doctype html><html lang="{escape(sheet.language)}"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(sheet.title)}</title>{style}'
            f"<header><h1>{escape(sheet.title)}</h1><p>{escape(sheet.intro)}</p><nav>{links}</nav></header>{groups}</html>")


def _card(card: SheetCard) -> str:
    drawn = io.BytesIO()
    segno.make(card.code, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, svgns=False, border=4, omitsize=True)
    return (f"<article>{drawn.getvalue().decode().strip()}<div><h3>{escape(card.title)}</h3><p>{escape(card.does)}</p>"
            f"<code>{escape(card.code)}</code></div></article>")
