"""Every sentence that a person may read exists in Chinese: held to the sources themselves."""

import ast
import json
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from pydantic_core import _pydantic_core

from server.masterdata.location_kinds import LOCATION_KINDS
from server.masterdata.stations import PERIPHERAL_KINDS
from server.printing.states import STATES
from server.sentences import language_of, told
from server.sentences.catalogue import Form, catalogue, form_of
from server.workflows.texts import texts
from tests.house.sentences import ROOT, House, Module, read_house, sentences

FOLDER = ROOT / "server" / "sentences" / "zh-CN"
PLACE = re.compile(r"\{\{|\}\}|\{(?:word:)?(\w+)\}")
CHINESE = re.compile(r"[一-鿿]")
TO_WRITE = """These sentences have no Chinese form. Write each into its file in server/sentences/zh-CN, as it stands here, with the form
for "..."; the form keeps every {place}, written {word:place} where what stands in it is itself an English word (which then
stands in words.toml), and says what to do in the words of the other forms there.
"""
NOT_OURS = ("pydantic.toml", "words.toml")


@cache
def files_of_rooms() -> dict[str, dict[str, str]]:
    return {path.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}


def ours() -> list[tuple[str, str]]:
    return [pair for name, pairs in files_of_rooms().items() if name not in NOT_OURS for pair in pairs.items()]


def shape(template: str) -> tuple[str, ...]:
    """What a sentence says, whatever its places are called."""
    return form_of(template, "").literals


@cache
def said() -> tuple:
    return tuple(sentences(read_house()))


def file_for(path: str) -> str:
    """The room's file."""
    rooms = Path(path).parts
    return f"{(rooms[1] if rooms[0] == 'server' else rooms[0]).removesuffix('.py')}.toml"


def to_write(one) -> str:
    """The line that is missing, in TOML."""
    return f'  {file_for(one.path)}:  {json.dumps(one.template, ensure_ascii=False)} = "..."    (said in {one.path}:{one.line})'


def places(template: str) -> list[str]:
    return sorted(mark[1] for mark in PLACE.finditer(template) if mark[1])


def by_hand(form: Form, values: dict[str, str]) -> str:
    """What a translator means a sentence to be."""
    return PLACE.sub(lambda mark: values[mark[1]] if mark[1] else mark[0][0], form.said)


def test_every_sentence_of_the_sources_has_a_chinese_form():
    known = {shape(template) for pairs in files_of_rooms().values() for template in pairs}
    missing = {shape(one.template): one for one in said() if shape(one.template) not in known}
    assert len(said()) > 550
    assert not missing, TO_WRITE + "\n".join(map(to_write, missing.values()))


def test_no_form_is_kept_of_what_nobody_says_any_more():
    spoken = {shape(one.template) for one in said()}
    stale = [f"  {name}: {template}" for name, pairs in files_of_rooms().items() if name not in NOT_OURS for template in pairs if shape(template) not in spoken]
    assert not stale, "The sources do not say these any more; take them out of server/sentences/zh-CN, or give them their new words:\n" + "\n".join(stale)


def test_both_forms_have_the_same_places():
    assert [template for template, form in ours() if places(template) != places(form)] == []


def test_every_form_is_chinese():
    assert [form for template, form in ours() if not CHINESE.search(form)] == []


def test_no_sentence_stands_in_two_files():
    shapes = [shape(template) for name, pairs in files_of_rooms().items() if name != "words.toml" for template in pairs]
    assert len(shapes) == len(set(shapes))


def test_every_sentence_is_told_by_its_own_form_with_its_values():
    for template, form in ours():
        one = form_of(template, form)
        values = {place: f"V{number}" for number, place in enumerate(one.places)}
        english = PLACE.sub(lambda mark, values=values: values[mark[1]] if mark[1] else mark[0][0], template)
        assert told(english, "zh-CN") == by_hand(one, values), template


def test_what_pydantic_says_has_a_chinese_form():
    known = {shape(template) for template in files_of_rooms()["pydantic.toml"]}
    assert [one["type"] for one in _pydantic_core.list_all_errors() if shape(one["message_template_python"]) not in known] == []


@pytest.mark.parametrize("words", [LOCATION_KINDS, PERIPHERAL_KINDS, STATES, [key for key in texts("en") if key.startswith("bin.")]])
def test_words_that_sentences_are_filled_with_are_chinese(words):
    assert [word for word in words if not CHINESE.search(catalogue("zh-CN").word(word).replace("RFID", ""))] == []


def test_why_a_bin_takes_nothing_is_said_as_workers_read_it():
    for key, sentence in texts("zh-CN").items():
        if key.startswith("bin."):
            assert catalogue("zh-CN").word(key) == sentence


def test_a_value_that_could_be_cut_in_two_ways_is_found_by_what_is_known():
    sentence = "Tea from China from A-01 is not wanted any more. Put it back and go on."
    assert told(sentence, "zh-CN", ["A-01", "Tea from China"]) == "A-01 的 Tea from China 已不需要。请放回后继续。"


@pytest.mark.parametrize(("english", "chinese"), [
    ("The request does not fit: json.name: Input should be a valid integer.", "请求有误：json.name：须为整数。"),
    ("The request does not fit: json.lines: List should have at least 1 item after validation, not 0.", "请求有误：json.lines：列表至少 1 项，而不是 0 项。"),
    ("Order SO-9: lines[0].quantity must be 1 to 1000, not 0.", "订单 SO-9：lines[0].quantity 须为 1 至 1000，而不是 0。")])
def test_a_sentence_within_a_sentence_is_told_too(english, chinese):
    assert told(english, "zh-CN") == chinese


@pytest.mark.parametrize(("english", "chinese"), [
    ("SO-1 is shipped; it cannot be cancelled any more.", "SO-1 的状态为已发货，无法取消。"),
    ("A-01 does not take P-1 (bin.full). Take it to A-02, B-03.", "A-01 不能放 P-1（已满）。请送到 A-02、B-03。"),
    ("A: line 3: SOAP on pallet 39 needs lot and expiry.", "A：第 3 行：托盘 39 上的 SOAP 缺少批号和有效期。")])
def test_words_in_a_sentence_are_told_too(english, chinese):
    assert told(english, "zh-CN") == chinese


def test_a_name_before_a_sentence_stays():
    assert told("dock 1: No scanner has called port 4100 yet.", "zh-CN") == "dock 1：还没有扫描器连接到端口 4100。"


def test_what_labels_say_by_keys_is_told():
    sentence = "There is no label x. There are: bin, pallet."
    assert (told(sentence, "en"), told(sentence, "zh-CN")) == (sentence, "没有标签 x。现有：bin, pallet。")


def test_what_nobody_says_stays_as_it_is():
    assert told("Nobody says this.", "zh-CN") == "Nobody says this."


def test_places_in_a_value_are_not_filled():
    assert told("There is no order {number}.", "zh-CN") == "没有订单 {number}。"


def test_a_long_text_of_one_word_is_looked_through_once():
    assert told("is not " * 500, "zh-CN").startswith("is not")


@pytest.mark.parametrize(("header", "language"), [
    ("", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("zh", "zh-CN"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("fr", "en"), ("*", "en"), ("nonsense;;q=x", "en")])
def test_a_caller_is_answered_in_what_they_ask_for(header, language):
    assert language_of(header) == language


def read(source: str) -> set[str]:
    house = House()
    module = Module("server/x/y.py", ast.parse("class Gone(Exception): ...\n" + source), house)
    house.modules.append(module)
    return {one.template for one in sentences(house) if one.path == module.path}


@pytest.mark.parametrize(("source", "found"), [
    ("raise Gone('It is gone.')", {"It is gone."}),
    ("raise Gone(f'{name[:3]} and {other.name} are {len(gone)}.')", {"{name} and {name2} are {gone}."}),
    ("raise Gone('a b' if x else 'c d')", {"a b", "c d"}),
    ("raise Gone(f'It is {\"one\" if x else \"two\"} of them.')", {"It is one of them.", "It is two of them."}),
    ("_MORE = 'Look at it.'\nraise Gone(f'Gone. {_MORE}')", {"Gone. Look at it."}),
    ("def f(x):\n    why = f'no {x} here'\n    raise Gone(why)", {"no {x} here"}),
    ("def g(what):\n    return Gone(f'It {what}.')\ng('is gone away')", {"It is gone away."}),
    ("errors = [{'where': 'a', 'what': f'must be {x}'}]", {"must be {x}"}),
    ("raise Gone('{' + 'a} b')", {"{{a}} b"}),
    ("raise Gone(str(error))", set())])
def test_the_reader_finds_what_the_source_can_say(source, found):
    assert read(source) == found
