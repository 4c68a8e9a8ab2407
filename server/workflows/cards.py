"""The printed cards of the floor: the engine's commands and what the processes accept, found there and worded by the messages."""

from collections.abc import Iterable
from itertools import groupby

from server.floor.reading import COMMANDS
from server.floor.registry import Registry
from server.printing.sheets import Sheet, SheetCard
from server.workflows.texts import texts


def command_sheet(registry: Registry, language: str, links: Iterable[tuple[str, str]] = ()) -> Sheet:
    """All cards in a language: the commands in the engine's order, then the processes' own by the first word of their codes."""
    words = texts(language)
    codes = [*(f"CMD-{command}" for command in COMMANDS), *sorted(registry.cards)]
    groups = [(words.get(f"cards.{name}", words["cards.others"]), [_card(code, words) for code in found])
              for name, found in groupby(codes, lambda code: code.partition("-")[0])]
    return Sheet(language, words["cards.title"], words["cards.intro"], groups, [(to, words[key]) for to, key in links])


def badge_sheet(badges: Iterable[tuple[str, str]], language: str, links: Iterable[tuple[str, str]] = ()) -> Sheet:
    """Badges of workers, given as (badge, name): never a PIN."""
    words = texts(language)
    badge_cards = [SheetCard(badge, name, words["cards.badge"]) for badge, name in badges]
    return Sheet(language, words["cards.badges"], words["cards.intro"], [("", badge_cards)], [(to, words[key]) for to, key in links])


def _card(code: str, words: dict[str, str]) -> SheetCard:
    return SheetCard(code, words.get(f"card.{code}", code), words.get(f"card.{code}.does", ""))
