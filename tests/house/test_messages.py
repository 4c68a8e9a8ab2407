import re
from pathlib import Path

from server import workflows
from server.floor.registry import discover
from server.workflows.texts import texts

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"\{(\w+)\}")
PATHS = sorted((ROOT / "server").rglob("*.py"))
SOURCES = [path.read_text(encoding="utf-8") for path in PATHS]
DEVICES = (ROOT / "server" / "ports", ROOT / "server" / "scanners")
"""Their codes name what is wrong with a device, which tests/ports/test_words.py holds to its words."""


def keys_in_code() -> set[str]:
    keys: set[str] = set()
    for source in SOURCES:
        keys.update(re.findall(r'Message\("([a-z_.]+)"', source))
        keys.update(re.findall(r'"((?:slot|bin)\.[a-z_]+)"', source))
        keys.update(f"refused.{code}" for code in re.findall(r'\bRefused\("([a-z_]+)"', source))
        keys.update(f"refused.{code}" for code in re.findall(r'refusal\(task, "([a-z_]+)"', source))
        keys.update(f"task.{kind}" for kind in re.findall(r'Process\(kind="([a-z_]+)"', source))
    for path, source in zip(PATHS, SOURCES, strict=True):
        if not any(map(path.is_relative_to, DEVICES)):
            keys.update(f"refused.{code}" for code in re.findall(r'^    code = "([a-z_]+)"', source, re.MULTILINE))
    return keys


def test_every_sentence_exists_in_both_languages_with_the_same_placeholders():
    english, chinese = texts("en"), texts("zh-CN")
    assert english.keys() == chinese.keys()
    for key, sentence in english.items():
        assert set(PLACEHOLDER.findall(sentence)) == set(PLACEHOLDER.findall(chinese[key])), key


def test_every_kind_of_operation_has_a_word():
    kinds = {kind for process in discover(workflows).in_order for kind in process.handlers} | {"start", "claim", "release", "undo", "hand_over"}
    assert len(kinds) > 20
    assert sorted(f"kind.{kind}" for kind in kinds if f"kind.{kind}" not in texts("en")) == []


def test_every_key_that_the_code_names_has_a_sentence():
    assert len(keys_in_code()) > 40
    assert sorted(keys_in_code() - texts("en").keys()) == []
