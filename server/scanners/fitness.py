"""What a scanner does, found from three printed codes: the settings of its driver, or what must be set on it, in words."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from itertools import pairwise, product
from typing import Any

from server.scanners.codes import GS
from server.scanners.layouts import LAYOUTS, UNKNOWN, typed
from server.scanners.text import SUFFIX_MAX, SUFFIXES

Chunk = tuple[int, bytes]
"""When bytes came (milliseconds of any clock that runs on) and the bytes; of a keyboard, of packets or reports the text read, in UTF-8."""
PAUSE_MS = 500
"""What comes within it belongs to one pull of the trigger, unless it is two codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCode:
    """A code to print: `symbology` as printers name it, `aim` as scanners identify it; `text` with GS where FNC1 stands inside."""

    key: str
    symbology: str
    aim: str
    text: str


GS1_CODE = PrintedCode(key="gs1", symbology="gs1-datamatrix", aim="]d2", text=f"010950600013435210Ab3-xY.z{GS}21s9QmW")
LAYOUT_CODE = PrintedCode(key="layout", symbology="code128", aim="]C0", text="Yzq-WaM;_/:m.&QZ'1")
RETAIL_CODE = PrintedCode(key="retail", symbology="ean13", aim="]E0", text="9506000117843")
PRINTED_CODES = (GS1_CODE, LAYOUT_CODE, RETAIL_CODE)
"""A GS1 DataMatrix with FNC1 inside and letters of both cases; a Code 128 of signs that move between keyboards; an EAN-13."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Something to set on the scanner or its computer. `text` is the English for `key`, filled with `values`.

    Without `must` it works as it is, but less well.
    """

    key: str
    must: bool = True
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """In English."""
        return ADVICE[self.key].format(**self.values)


ADVICE = {
    "scanner.not_seen": "Scan the printed code {code} ({symbology}), too. If the scanner does not read it, switch that symbology on.",
    "scanner.unknown": "The scanner sent {shown}, which is none of the printed codes. Scan the printed ones, one after the other.",
    "scanner.unsteady": "The scanner ends its codes in no steady way ({shown}). Set one suffix, best CR, and scan the three codes again.",
    "scanner.no_suffix": "Set a suffix on the scanner, best CR: without one a code is only known to have ended after {gap_ms} ms of silence.",
    "scanner.gs_lost": "Set the scanner to send FNC1 as GS (ASCII 29); without it lot and serial number run into each other.",
    "scanner.gs_is_the_suffix": "The scanner sends {shown} for GS and also at the end. Set it to send GS as ASCII 29, or another suffix.",
    "scanner.gs_is_ambiguous": "The scanner sends {shown} for GS, which codes hold as well. Set it to send GS as ASCII 29.",
    "scanner.code_ids": "The scanner puts letters of its maker before its codes ({shown}). Switch that off, and AIM identifiers on.",
    "scanner.no_aim": "Switch AIM identifiers on: then a label says itself that it is a GS1 label, and half a code is noticed.",
    "scanner.some_aim": "The scanner sends AIM identifiers with some codes only. Switch them on for all symbologies.",
    "scanner.layout": "The scanner types as a keyboard of {scanner}, but the computer reads one of {computer}. Set both to the same country, best US.",
    "scanner.caps_lock": "Capital and small letters are exchanged: switch Caps Lock off on the computer, and on the scanner.",
    "scanner.upper": "The scanner sends capitals only. Switch the conversion of letters off.",
    "scanner.lower": "The scanner sends small letters only. Switch the conversion of letters off.",
    "scanner.double": "The scanner sent a code twice at one pull. Set a time between two reads of the same code, best 500 ms.",
    "scanner.slow": "The scanner sends {speed} characters a second. Set the delay between characters to 0, or a higher baud rate.",
}
"""What is said, in English, by message key."""
_IN_CODES = re.compile(r"[0-9A-Za-z\-._/+ ]")
"""Signs that lots and serial numbers are made of."""
_CASES: Mapping[str, Callable[[str], str]] = {"kept": str, "caps_lock": str.swapcase, "upper": str.upper, "lower": str.lower}
_ENDS = ("text", "keyboard", "wedge")
"""Drivers that find the end of a code by a suffix or a pause. wedge: a web page into which the scanner types."""
_SLOW = 30
_GAPS_MS = (200, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitness:
    """What was found.

    `settings` are those of the driver, from JSON; None where no settings help. `aim`: sent, some or none. `gs`: kept, replaced,
    lost or unknown; `gs_as` what stands for it. `layouts`: what the scanner types as, and what the computer reads. `case`: kept,
    caps_lock, upper or lower. `characters_per_second` is None where a code came at once. `gap_ms`: a silence that no code of this scanner holds.
    `caller`: where several scanners call one port, which of them this is, "" while that is not known.
    """

    seen: tuple[str, ...]
    suffix: str = ""
    prefix: str = ""
    aim: str = "none"
    gs: str = "unknown"
    gs_as: str = ""
    layouts: tuple[str, str] = ("us", "us")
    case: str = "kept"
    double_reads: int = 0
    characters_per_second: float | None = None
    gap_ms: int = 0
    caller: str | None = None
    settings: Mapping[str, Any] | None = None
    advice: tuple[Advice, ...] = ()

    @property
    def is_fit(self) -> bool:
        """Whether the scanner can be worked with as it is, with these settings."""
        return self.settings is not None and not any(one.must for one in self.advice)

    def as_json(self) -> dict[str, Any]:
        """Plain values, `is_fit` among them; each advice with its key, values and English text."""
        return {**asdict(self), "is_fit": self.is_fit, "advice": [{**asdict(one), "text": one.text} for one in self.advice]}


def fitness(chunks: Sequence[Chunk], *, driver: str = "text") -> Fitness:
    """What the scanner does that sent all this, the three codes in any order; `driver` is the one that listens to it."""
    sent = _pulls(chunks)
    texts = [_text(pull) for pull in sent]
    typing = max(_typings(), key=lambda one: sum(len(_places(text, one)) for text in texts))  # the first of equals
    sent = [part for pull in sent for part in _divided(pull, typing)]
    texts = [_text(pull) for pull in sent]
    understood = [_understood(text, typing) for text in texts]
    pulls = [pull for pull in understood if pull is not None]
    speed, gap_ms = _speed([timed for timed, pull in zip(sent, understood, strict=True) if pull is not None and pull.reads == 1])
    facts = replace(_facts(pulls, typing), characters_per_second=speed, gap_ms=gap_ms)
    advice = [*_missing(facts.seen), *_advice(facts, pulls, driver)]
    advice += [Advice(key="scanner.unknown", values={"shown": _shown(text)}) for text, pull in zip(texts, understood, strict=True) if pull is None]
    return replace(facts, settings=None if _missing(facts.seen) else _settings(facts, driver), advice=tuple(advice))


@dataclass(frozen=True, slots=True)
class _Typing:
    """A way in which text may change between label and us."""

    scanner: str
    computer: str
    case: str

    def of(self, text: str) -> str:
        return typed(_CASES[self.case](text), self.scanner, self.computer)

    def pattern(self, text: str) -> str:
        return "".join(".?" if sign == UNKNOWN else re.escape(sign) for sign in self.of(text))


@dataclass(frozen=True, slots=True)
class _Pull:
    """What one pull of the trigger brought, understood as a printed code: what stood before it, for GS in it, and behind it."""

    key: str
    head: str
    aim: str
    gs: str
    tail: str
    reads: int


def _pulls(chunks: Sequence[Chunk]) -> list[list[Chunk]]:
    pulls: list[list[Chunk]] = []
    for chunk in chunks:
        if not pulls or chunk[0] - pulls[-1][-1][0] >= PAUSE_MS:
            pulls.append([])
        pulls[-1].append(chunk)
    return pulls


def _divided(pull: list[Chunk], typing: _Typing) -> list[list[Chunk]]:
    """Codes that a quick hand scanned within PAUSE_MS, parted at the longest silence between them."""
    places = sorted(_places(_text(pull), typing))
    if len(places) < 2:
        return [pull]
    ends = [len(_text(pull[:number])) for number in range(len(pull))]
    cuts = [0]
    for (_, end), (start, _) in pairwise(places):
        between = [number for number, length in enumerate(ends) if number and end <= length <= start]
        if between:
            cuts.append(max(between, key=lambda number: pull[number][0] - pull[number - 1][0]))
    return [pull[one:other] for one, other in pairwise([*cuts, len(pull)])]


def _text(pull: Sequence[Chunk]) -> str:
    data = b"".join(part for _, part in pull)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _typings() -> Iterator[_Typing]:
    """The likelier before the others, which may explain the same."""
    pairs = [("us", "us"), *((one, two) for one, two in product(LAYOUTS, LAYOUTS) if one != two)]
    for (scanner, computer), case in product(pairs, _CASES):
        yield _Typing(scanner, computer, case)


def _places(text: str, typing: _Typing) -> list[tuple[int, int]]:
    """Where each printed code that a text holds begins and ends, with all its reads."""
    found = [list(pattern.finditer(text)) for pattern in _patterns(typing)]
    return [(reads[0].start(), reads[-1].end()) for reads in found if reads]


def _understood(text: str, typing: _Typing) -> _Pull | None:
    for code, pattern in zip(PRINTED_CODES, _patterns(typing), strict=True):
        found = list(pattern.finditer(text))
        if found:
            head, aim = _split_head(text[:found[0].start()], typing)
            return _Pull(code.key, head, aim, found[0].groupdict().get("gs", GS), text[found[-1].end():], len(found))
    return None


@cache
def _patterns(typing: _Typing) -> list[re.Pattern[str]]:
    return [re.compile("(?P<gs>.{0,8}?)".join(typing.pattern(half) for half in code.text.split(GS)), re.DOTALL) for code in PRINTED_CODES]


def _split_head(head: str, typing: _Typing) -> tuple[str, str]:
    """Prefix and AIM identifier; a leading FNC1, which some send as GS, is neither."""
    head = head.removesuffix(GS)
    found = re.search(typing.pattern("]") + r"[^\W\d].$", head)
    return (head[:found.start()], found[0]) if found else (head, "")


def _facts(pulls: Sequence[_Pull], typing: _Typing) -> Fitness:
    with_aim = sum(bool(pull.aim) for pull in pulls)
    heads, tails = {pull.head for pull in pulls}, {pull.tail for pull in pulls}
    gs_as = next((pull.gs for pull in pulls if pull.key == GS1_CODE.key), None)
    return Fitness(
        seen=tuple(code.key for code in PRINTED_CODES if any(pull.key == code.key for pull in pulls)),
        suffix=_named(next(iter(tails))) if len(tails) == 1 and max(map(len, tails)) <= SUFFIX_MAX else "",
        prefix=next(iter(heads)) if len(heads) == 1 else "",
        aim="none" if not with_aim else "sent" if with_aim == len(pulls) else "some",
        gs="unknown" if gs_as is None else {GS: "kept", "": "lost"}.get(gs_as, "replaced"), gs_as=gs_as or "",
        layouts=(typing.scanner, typing.computer), case=typing.case, double_reads=sum(pull.reads - 1 for pull in pulls))


def _named(tail: str) -> str:
    return next((name for name, signs in SUFFIXES.items() if signs == tail), tail or "none")


def _speed(pulls: Sequence[Sequence[Chunk]]) -> tuple[float | None, int]:
    """Bytes a second, and four times the longest pause inside a code, in steps of 50 ms; None and 0 where codes came at once."""
    gaps = [(later[0] - sooner[0], len(later[1])) for pull in pulls for sooner, later in pairwise(pull)]
    took = sum(gap for gap, _ in gaps)
    if not took:
        return None, 0
    least, most = _GAPS_MS
    return 1000 * sum(size for _, size in gaps) / took, min(most, max(least, -(-4 * max(gap for gap, _ in gaps) // 50) * 50))


def _settings(facts: Fitness, driver: str) -> Mapping[str, Any] | None:
    """As the driver takes them from JSON; None where no settings can mend what the scanner does."""
    scanner, computer = facts.layouts
    if facts.case != "kept" or not facts.suffix or (scanner != computer and not _can_set_layout(facts, driver)):
        return None
    read = [text if scanner == computer else typed(text, computer, scanner) for text in (facts.prefix, facts.gs_as, facts.suffix)]
    dress = {"prefix": read[0], "aim": "sent" if facts.aim == "sent" else "seen", "group_separators": [read[1]] if facts.gs == "replaced" else []}
    if driver not in _ENDS:
        return dress
    ends = {"suffix": facts.suffix if facts.suffix in (*SUFFIXES, "none") else read[2], "gap_ms": facts.gap_ms}
    layout = {"keyboard": {"layout": scanner}, "wedge": {"layout": "auto" if scanner == computer else "us"}}
    return {**dress, **ends, **layout.get(driver, {})}


def _can_set_layout(facts: Fitness, driver: str) -> bool:
    """The keyboard's driver reads keys, as an American keyboard until told otherwise; the country of a computer it cannot mend.

    A page hears both the sign and the key that was pressed, and can take any key for an American one.
    """
    scanner, computer = facts.layouts
    return (driver == "keyboard" and computer == "us") or (driver == "wedge" and scanner == "us")


def _missing(seen: Sequence[str]) -> list[Advice]:
    return [Advice(key="scanner.not_seen", values={"code": code.key, "symbology": code.symbology}) for code in PRINTED_CODES if code.key not in seen]


def _advice(facts: Fitness, pulls: Sequence[_Pull], driver: str) -> Iterator[Advice]:
    yield from _advice_on_ends(facts, pulls, driver)
    yield from _advice_on_gs(facts, pulls)
    scanner, computer = facts.layouts
    if scanner != computer and not _can_set_layout(facts, driver):
        yield Advice(key="scanner.layout", values={"scanner": scanner.upper(), "computer": computer.upper()})
    if facts.case != "kept":
        yield Advice(key=f"scanner.{facts.case}")
    if facts.double_reads:
        yield Advice(key="scanner.double", must=False)
    speed = facts.characters_per_second
    if speed is not None and speed < _SLOW:
        yield Advice(key="scanner.slow", must=False, values={"speed": f"{speed:.0f}"})


def _advice_on_ends(facts: Fitness, pulls: Sequence[_Pull], driver: str) -> Iterator[Advice]:
    heads, tails = {pull.head: 0 for pull in pulls}, {pull.tail: 0 for pull in pulls}
    if pulls and not facts.suffix:
        yield Advice(key="scanner.unsteady", values={"shown": ", ".join(map(_shown, tails))})
    if facts.suffix == "none" and driver in _ENDS:
        yield Advice(key="scanner.no_suffix", must=False, values={"gap_ms": str(facts.gap_ms or _GAPS_MS[0])})
    if len(heads) > 1:
        yield Advice(key="scanner.code_ids", values={"shown": ", ".join(map(_shown, heads))})
    if pulls and facts.aim != "sent":
        yield Advice(key=f"scanner.{'no' if facts.aim == 'none' else 'some'}_aim", must=False)


def _advice_on_gs(facts: Fitness, pulls: Sequence[_Pull]) -> Iterator[Advice]:
    if facts.gs == "lost":
        yield Advice(key="scanner.gs_lost")
    if facts.gs == "replaced" and any(pull.tail and (pull.tail in facts.gs_as or facts.gs_as in pull.tail) for pull in pulls):
        yield Advice(key="scanner.gs_is_the_suffix", values={"shown": _shown(facts.gs_as)})
    elif facts.gs == "replaced" and _IN_CODES.fullmatch(facts.gs_as):
        yield Advice(key="scanner.gs_is_ambiguous", values={"shown": _shown(facts.gs_as)})


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
