"""Cards to print on paper: the commands of the floor, and the badges of its workers."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from server.api.parts import caller, parts, read
from server.api.speech import language as language_of_caller
from server.masterdata.people import workers
from server.printing.sheets import Sheet, css, html
from server.workflows.cards import badge_sheet, command_sheet
from server.workflows.texts import LANGUAGES

cards = APIBlueprint("cards", __name__, enable_openapi=False)
BLUEPRINTS = (cards,)
_STYLE = '<link rel="stylesheet" href="/cards/sheets.css">'
_BADGES_MAX = 1_000


@cards.get("/cards")
def command_cards() -> Response:
    """The commands and the processes' cards."""
    language = _spoken()
    links = [(f"?language={_other(language)}", "cards.other"), (f"/cards/badges?language={language}", "cards.to_badges")]
    return _page(command_sheet(parts().engine.runner.registry, language, links))


@cards.get("/cards/badges")
def badge_cards() -> Response:
    """The badges of the workers of the caller's warehouse, without those who are locked out."""
    def work(tx: Any) -> list[tuple[str, str]]:
        rows = workers(tx, most=_BADGES_MAX, site_id=caller().site_id)
        return [(row.badge, row.name) for row in rows if not row.disabled]

    language = _spoken()
    links = [(f"?language={_other(language)}", "cards.other"), (f"/cards?language={language}", "cards.to_cards")]
    return _page(badge_sheet(read(work), language, links))


@cards.get("/cards/sheets.css")
def sheet_style() -> Response:
    """How both look."""
    return Response(css(), content_type="text/css; charset=utf-8", headers={"Cache-Control": "no-cache"})


def _page(sheet: Sheet) -> Response:
    return Response(html(sheet, style=_STYLE), content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


def _spoken() -> str:
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else language_of_caller()


def _other(language: str) -> str:
    return next(one for one in LANGUAGES if one != language)
