"""The cards that hang on the wall: every command and every process's card, worded in both languages."""

import pytest

from server import workflows
from server.floor.reading import COMMANDS, read
from server.floor.registry import discover
from server.masterdata.codes import card_codes
from server.printing.sheets import html
from server.workflows.cards import badge_sheet, command_sheet
from server.workflows.texts import LANGUAGES

REGISTRY = discover(workflows)


def on_sheet(language: str) -> dict[str, tuple[str, str]]:
    return {card.code: (card.title, card.does) for _, group in command_sheet(REGISTRY, language).groups for card in group}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_every_card_of_a_process_is_on_the_sheet_with_a_title_and_a_sentence(language):
    shown = on_sheet(language)
    assert shown.keys() == {f"CMD-{command}" for command in COMMANDS} | REGISTRY.cards.keys()
    assert [code for code, (title, does) in shown.items() if title == code or not does] == []


def test_both_languages_say_something_else_on_every_card():
    english, chinese = on_sheet("en"), on_sheet("zh-CN")
    assert [code for code in english if english[code][0] == chinese[code][0] or english[code][1] == chinese[code][1]] == []


def test_what_stands_on_a_card_is_read_as_that_command_or_card():
    for code in on_sheet("en"):
        value = read(code, card_codes(REGISTRY.cards))["values"][0]
        assert (value["type"], value["key"]) in (("command", code.removeprefix("CMD-")), ("document", code))


def test_a_name_on_a_badge_is_text_and_never_a_part_of_the_page():
    page = html(badge_sheet([("BDG-1", "<script>alert(1)</script>")], "en"), style="")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
