"""A sentence is written once, in English, where it is raised; here its other form is found by the words that it is made of.

A catalogue is one folder a language and one file a room: `"There is no order {number}." = "没有订单 {number}。"`. A place
{word:state} has words of its own, which words.toml says in the language.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from labels import words as labels_words

LANGUAGES = ("en", "zh-CN")
_OTHERS = LANGUAGES[1:]
_MARK = re.compile(r"\{\{|\}\}|\{(?:(word):)?(\w+)\}")
_LIST = re.compile(r"(, | or | and )")
_JOINED = {"zh-CN": {", ": "、", " or ": " 或 ", " and ": "和"}}
_COLON = {"zh-CN": "："}
_SENTENCE_MAX = 4_096
_WAYS_MAX = 32
_DEPTH_MAX = 3


def told(sentence: str, language: str, known: Collection[str] = ()) -> str:
    """A sentence in a language; as it is where the language has no form of it.

    `known` are values that stand in it: where it could be taken apart in two ways, the way that finds them is right.
    """
    if language not in _OTHERS or not sentence or len(sentence) > _SENTENCE_MAX:
        return sentence
    return _told(sentence, language, frozenset(known)) or sentence


def language_of(accept_language: str) -> str:
    """The one that a caller wants, by its header; English for programs, which send none, and for all others."""
    return parse_accept_header(accept_language, LanguageAccept).best_match(LANGUAGES, LANGUAGES[0])


@lru_cache(maxsize=1_024)
def _told(sentence: str, language: str, known: frozenset[str]) -> str | None:
    """The same sentence stands in a list at every look."""
    return catalogue(language).told(sentence, known)


@cache
def catalogue(language: str) -> "Catalogue":
    """Everything that is said in a language: what the rooms' files say, and what labels say by keys."""
    folder = files("server.sentences") / language
    found: dict[str, str] = {}
    words: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            (words if file.name == "words.toml" else found).update(tomllib.loads(file.read_text(encoding="utf-8")))
    ours, theirs = labels_words.texts("en"), labels_words.texts(language)
    return Catalogue(language, found | {ours[key]: theirs[key] for key in ours}, words)


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence taken apart: `literals` stand around its `places`; `said` is its other form."""

    literals: tuple[str, ...]
    places: tuple[str, ...]
    said: str

    @property
    def weight(self) -> int:
        """How many of its signs are its own."""
        return sum(map(len, self.literals))

    def values(self, sentence: str) -> Iterator[tuple[str, ...]]:
        """What stands in its places, in every way in which the sentence is this one."""
        first, last = self.literals[0], self.literals[-1]
        if not self.places:
            if sentence == first:
                yield ()
        elif len(sentence) >= len(first) + len(last) and sentence.startswith(first) and sentence.endswith(last):
            yield from _split(sentence[len(first):len(sentence) - len(last)], self.literals[1:-1])


def _split(text: str, literals: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not literals:
        yield (text,)
        return
    at = text.find(literals[0])
    while at >= 0:
        is_one = False
        for rest in _split(text[at + len(literals[0]):], literals[1:]):
            is_one = True
            yield (text[:at], *rest)
        if not is_one:  # what is not found behind the first is not found behind a later one
            return
        at = text.find(literals[0], at + 1)


def form_of(template: str, said: str) -> Form:
    """A pair of the catalogue as it is matched."""
    literals, places, begin = [""], [], 0
    for mark in _MARK.finditer(template):
        literals[-1] += template[begin:mark.start()]
        begin = mark.end()
        if mark[2] is None:
            literals[-1] += mark[0][0]
        else:
            places.append(mark[2])
            literals.append("")
    literals[-1] += template[begin:]
    return Form(tuple(literals), tuple(places), said)


class Catalogue:
    """The forms of one language: first those that begin with words of their own, and of these the one of which most signs agree.

    One that begins with a place would else take a longer sentence for itself, its beginning for a value.
    """

    def __init__(self, language: str, pairs: Mapping[str, str], words: Mapping[str, str]) -> None:
        self._language, self._words = language, words
        self._forms = sorted((form_of(template, said) for template, said in pairs.items()), key=lambda form: (not form.literals[0], -form.weight))

    def told(self, sentence: str, known: Collection[str] = (), depth: int = 0) -> str | None:
        """The sentence in this language, or None."""
        for form in self._forms:
            ways = list(islice(form.values(sentence), _WAYS_MAX)) if form.weight else []
            if ways:
                best = max(ways, key=lambda values: sum(value in known for value in values))
                return self._filled(form, dict(zip(form.places, best, strict=True)), known, depth)
        return self._behind_colon(sentence, known, depth)

    def _filled(self, form: Form, values: Mapping[str, str], known: Collection[str], depth: int) -> str:
        def value(mark: re.Match[str]) -> str:
            if mark[2] is None:
                return mark[0][0]
            given = values[mark[2]]
            if mark[1]:
                return self.word(given)
            is_data = " " not in given or given in known or depth >= _DEPTH_MAX
            return given if is_data else self.told(given, known, depth + 1) or given

        return _MARK.sub(value, form.said)

    def _behind_colon(self, sentence: str, known: Collection[str], depth: int) -> str | None:
        """A sentence that something has put its name before."""
        head, colon, rest = sentence.partition(": ")
        if not colon or depth >= _DEPTH_MAX:
            return None
        said = self.told(rest, known, depth + 1)
        return None if said is None else f"{head}{_COLON[self._language]}{said}"

    def word(self, given: str) -> str:
        """A word, or several in a list, in this language."""
        if given in self._words:
            return self._words[given]
        parts = _LIST.split(given)
        return "".join(_JOINED[self._language].get(part, self._words.get(part, part)) for part in parts)
