"""Each sentence about a faulty label exists in every language that the pages speak, with places for the same values as are given."""

import ast
import re
from pathlib import Path

import pytest

from labels.errors import BadTemplate, LabelError
from labels.gs1.faults import CODES
from labels.template import template
from labels.user_templates import compile_template, prove
from labels.words import LANGUAGES, Said, in_words, texts
from server.workflows.texts import texts as texts_of_pages

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"\{(\w+)\}")
SOURCES = sorted([*(ROOT / "labels").rglob("*.py"), *(ROOT / "server" / "printing").glob("*.py")])
DRAWN = ("text", "box", "arrow", "picture", "code")
GIVEN_TO_ALL_OF_GS1 = {"ai", "least", "most", "other", "wanted"}
HEAD = 'name = "a"\nwidth = 50\nheight = 30\n[fields.lot]\nai = "10"\nsample = "L1"\n[[element]]\nkind = "text"\nx = 1\ny = 1\nwidth = 40\n'


def places(key: str, language: str = "en") -> set[str]:
    return set(PLACE.findall(texts(language)[key]))


def said_in_code() -> list[tuple[str, set[str], str]]:
    """Every key that is written as the first thing of a call, the names that it is given, and where."""
    return [found for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and (found := said(node, path.name)) is not None]


def said(call: ast.Call, where: str) -> tuple[str, set[str], str] | None:
    if not call.args or not isinstance(call.args[0], ast.Constant) or not str(call.args[0].value).startswith("label."):
        return None
    given = {one.arg for one in call.keywords if one.arg and one.arg != "field"}
    if len(call.args) > 1:
        assert isinstance(call.args[1], ast.Dict), where
        given |= {str(key.value) for key in call.args[1].keys if isinstance(key, ast.Constant)}
    if isinstance(call.func, ast.Attribute) and call.func.attr == "bad":
        given.add("where")
    return str(call.args[0].value), given, f"{where}:{call.lineno}"


def named_in_code() -> set[str]:
    return {key for path in SOURCES for key in re.findall(r'"(label\.[a-z0-9_]+)"', path.read_text(encoding="utf-8"))}


def test_every_sentence_is_in_every_language_with_the_same_places():
    english, chinese = (texts(language) for language in LANGUAGES)
    assert english.keys() == chinese.keys()
    assert {key: (places(key), places(key, "zh-CN")) for key in english if places(key) != places(key, "zh-CN")} == {}
    assert [key for key, words in chinese.items() if not re.search(r"[\u4e00-\u9fff]", words)] == []


def test_each_is_given_what_it_has_places_for_and_nothing_else():
    found = said_in_code()
    assert len(found) > 60
    assert {where: (key, given) for key, given, where in found if places(key) != given and not key.startswith("label.gs1_")} == {}


def test_what_the_code_says_has_words_and_no_words_are_left_over():
    wanted = named_in_code() | {f"label.gs1_{code}" for code in CODES} | {f"label.what_{kind}" for kind in DRAWN}
    assert set(texts("en")) == wanted


def test_a_fault_of_gs1_data_needs_no_more_than_it_is_given():
    assert {place for code in CODES for place in places(f"label.gs1_{code}")} == GIVEN_TO_ALL_OF_GS1


@pytest.mark.parametrize(("source", "english", "chinese"), [
    (HEAD + 'text = "{{lott}}"', "element 1 (text): there is no field 'lott'. There are: lot.", "元素 1（text）：没有字段 'lott'。现有：lot。"),
    (HEAD + "text = x", "The template is not TOML: this is no value; texts stand in quotation marks (at line 12, column 8). Correct that line.",
     "模板不是 TOML：此处不是值；文本须加引号（第 12 行第 8 列）。请改正该行。"),
    (HEAD + 'text = "x', "The template is not TOML: a bracket or quotation mark is not closed (at end of document). Correct that line.",
     "模板不是 TOML：括号或引号未闭合（在末尾）。请改正该行。"),
    ("[" * 5000, "The template is not TOML: this is no name (at line 1, column 3). Correct that line.", "模板不是 TOML：此处不是名称（第 1 行第 3 列）。请改正该行。"),
    ("a = " + "[" * 20_000, "The template is not TOML: its brackets lie too deep in each other. Correct that line.", "模板不是 TOML：括号嵌套过深。请改正该行。"),
    (HEAD.replace('"L1"', '"Ä"') + 'text = "x"',
     "With its own sample the label cannot be drawn: The field 'lot' ('\\xc4') is refused: AI 10 holds a character outside GS1's set 82. Correct it, for example 'Ä'.",
     "用其示例数据无法绘制此标签：字段 'lot'（'\\xc4'）不符合要求：AI 10 含有 GS1 字符集 82 以外的字符。请更正，例如 'Ä'。"),
    (HEAD + 'text = "x"\n[[element]]\nkind = "box"\nx = 40\ny = 1\nwidth = 20\nheight = 2',
     "With its own sample the label cannot be drawn: Box at x 40, y 1, 20 x 2 mm lies outside the label of 50 x 30 mm. Move it or make it smaller.",
     "用其示例数据无法绘制此标签：x 40、y 1、20 x 2 毫米处的方框超出 50 x 30 毫米的标签。请移动或缩小。"),
])
def test_a_fault_is_told_whole_in_both_languages(source, english, chinese):
    with pytest.raises(BadTemplate) as refused:
        prove(compile_template(source))
    assert (refused.value.sentence, in_words(refused.value.said, "zh-CN")) == (english, chinese)


@pytest.mark.parametrize(("source", "key"), [
    ("a = 1\na = 2", "twice"), ("[a]\nb = 1\n[a]\n", "twice"), ("a = 1\na.b = 2", "twice"), ("a = {b = 1, b = 2}", "twice"), ("a = [1", "unclosed"), ("a = {b = 1", "unclosed"),
    ('a = "x', "unclosed"), ("a = 'x", "unclosed"), ("a = '''x", "unclosed"), ('a = """x', "unclosed"), ("[a", "unclosed"), ("[[a]", "unclosed"), ("a 1", "equals"), ("a", "equals"),
    ("a = 1 b = 2", "more"), ("= 1", "name"), ("a.= 1", "name"), ("# \x01", "sign"), ('a = "\x01"', "sign"), ('a = "\\x"', "escape"), ('a = "\\u12"', "escape"),
    ("a = 2026-02-30", "date"), ("a = x", "value"), ("a = ", "value"),
])
def test_each_way_of_being_no_toml_has_words(source, key):
    with pytest.raises(BadTemplate) as refused:
        compile_template(source)
    why = refused.value.said.values["why"]
    assert isinstance(why, Said)
    assert why.key == f"label.toml_{key}"


def test_what_is_wrong_with_gs1_data_says_what_else_is_wanted():
    for data, english in (({"content_gtin": "09506000134352"}, "AI 02 also needs AI 37"), ({"content_gtin": "1"}, "AI 02 takes at least 14 characters"),
                          ({"lot": "L" * 20 + "\x1d"}, "has 21 characters")):
        with pytest.raises(LabelError) as refused:
            template("sscc").drawings({"sscc": "095200000000000011", **data})
        assert english in refused.value.sentence
        assert "{" not in in_words(refused.value.said, "zh-CN")


def test_a_value_that_looks_like_a_place_stays_what_it_is():
    assert in_words(Said("label.of_many", {"at": 1, "why": "{at}"})) == "Label 1: {at}"


def test_the_pages_are_given_every_sentence():
    for language in LANGUAGES:
        assert texts(language).items() <= texts_of_pages(language).items()
