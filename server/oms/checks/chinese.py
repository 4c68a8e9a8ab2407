"""Chinese addresses: province, city and district out of fields or of one text, however somebody wrote them."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from server.oms.checks.divisions import (
    CITY,
    DISTRICT,
    PROVINCE,
    SHORT,
    Division,
    Meaning,
    divisions,
    meanings,
    named,
)

FIELDS = ("state", "city", "district", "street")
_BETWEEN = " \t　,，、;；/|-—·.。"
_COUNTRY = re.compile(r"^(?:中华人民共和国|中国|china|p\.?r\.?c\.?)[\s,，]*", re.IGNORECASE)
_OF_A_ROAD = re.compile(r"[东南西北中]{0,2}(?:大?路|大?街|大?道)|巷|弄|胡同|里|村|屯|镇|乡|桥|山|湖|河|江|门|港|岛")
"""What makes a name before it that of a road: 西湖大道 leads through other districts too."""
_OF_A_HOUSE = re.compile(r"大厦|大楼|公寓|花园|广场|大?酒店|宾馆|饭店|银行|医院|大学|中学|小学|学院|公园|小区|商场|新村")
"""What may be called after a city that lies elsewhere."""
_SIMPLIFIED = str.maketrans(
    "臺灣區縣鄉鎮東廣門龍漢蘇寧陽慶雲貴陝遼濟寶興島義豐樂華萬長關馬滬遠陰臨爾賓蘭齊鄭濱連鹽楊嶺澤潤廈榮貢將樹莊圍觀蓮黃離號樓歸蘆鳥烏頭園內諾達遷歷麗舊羅錦鞏贛湧湯鳳鶴鷹麥黨黔齡",
    "台湾区县乡镇东广门龙汉苏宁阳庆云贵陕辽济宝兴岛义丰乐华万长关马沪远阴临尔宾兰齐郑滨连盐杨岭泽润厦荣贡将树庄围观莲黄离号楼归芦鸟乌头园内诺达迁历丽旧罗锦巩赣涌汤凤鹤鹰麦党黔龄")
"""Letters of names as Taiwan and Hong Kong write them; as many as there are in the list."""
_ALIKE = 0.6
_CHINESE = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an address was understood as. `code` is why it was not: latin, unknown, ambiguous, contradiction, city_unknown, city_missing.

    `place` is the smallest division that is sure; `unread` what was said in fields and means nothing, by field; `is_guess`
    where only short names were found; `choices` are what it could mean.
    """

    place: Division | None = None
    street: str = ""
    code: str = ""
    unread: Mapping[str, str] = field(default_factory=dict)
    is_guess: bool = False
    choices: tuple[Division, ...] = ()

    def fields(self) -> dict[str, str]:
        """State, city and district as the list writes them, as far as they are known."""
        if self.place is None:
            return {}
        named = ((name, self.place.at(level)) for level, name in enumerate(FIELDS[:3]))
        return {name: one.name for name, one in named if one is not None}


def resolve(address: Mapping[str, str]) -> Resolved:
    """State, city, district and street, each of which may hold what belongs into another, or all of it."""
    written = tuple(_plain(address.get(name, "")) for name in FIELDS)
    if not _CHINESE.search("".join(written)):
        return Resolved(code="latin" if any(written) else "empty")
    ways = sorted(_ways(_Way(tuple(text.translate(_SIMPLIFIED) for text in written), written[-1])), key=lambda way: (way.score, way.at, way.sign))
    best = {way.place: way for way in ways if way.score == ways[-1].score}
    lowest = [way for place, way in best.items() if place is None or not any(other != place and other is not None and other.lies_in(place) for other in best)]
    return _judged(lowest[0]) if len(lowest) == 1 else _of_several(lowest)


def nearest(name: str, within: Division) -> Division | None:
    """The division right below another whose name is most like this one; None when none is, or two are."""
    likeness = {one: difflib.SequenceMatcher(None, name, one.name).ratio() for one in divisions() if one.parent is within}
    best = [one for one, ratio in likeness.items() if ratio >= _ALIKE and ratio == max(likeness.values())]
    return best[0] if len(best) == 1 else None


def _plain(text: str) -> str:
    """Full-width digits and signs as Latin has them, and no country."""
    return _COUNTRY.sub("", unicodedata.normalize("NFKC", text).strip())


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to read an address so far: at which sign of which field we are, and what was found."""

    texts: tuple[str, ...]
    written: str
    """The last of them, with the letters that it was written with."""
    at: int = 0
    sign: int = 0
    place: Division | None = None
    score: int = 0
    kept_from: int = 0
    """Where the street begins if it begins in this field."""
    is_guess: bool = False
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def rest(self) -> str:
        """What of this field has not been read."""
        return self.texts[self.at][self.sign:]

    @property
    def is_street(self) -> bool:
        """Whether this is the last field, where a street may follow."""
        return self.at == len(self.texts) - 1

    def street(self) -> str:
        """What is left for the carrier's person."""
        return self.written[self.kept_from:].strip(_BETWEEN)


def _ways(start: _Way) -> list[_Way]:
    """All that an address can be read as; of several ways to one place and sign the best goes on."""
    waiting: dict[tuple[int, int, Division | None], _Way] = {(0, 0, None): start}
    ends: list[_Way] = []
    while waiting:
        way = _behind_separators(waiting.pop(min(waiting, key=lambda key: key[:2])))
        if way.is_street:
            ends.append(way)
        for further in _further(way):
            key = (further.at, further.sign, further.place)
            if key not in waiting or waiting[key].score < further.score:
                waiting[key] = further
    return ends


def _behind_separators(way: _Way) -> _Way:
    rest = way.rest
    sign = way.sign + len(rest) - len(rest.lstrip(_BETWEEN))
    return way if sign == way.sign else replace(way, sign=sign, kept_from=sign)


def _further(way: _Way) -> Iterator[_Way]:
    """The next steps: a name is read, or the next field begins."""
    rest = way.rest
    for size, several in named(rest):
        for meaning in several:
            if (taken := _taken(way, meaning, size)) is not None:
                yield taken
    if not way.is_street and not rest:
        yield replace(way, at=way.at + 1, sign=0, kept_from=0)
    elif not way.is_street:  # a field that says nothing, or more than a name
        yield replace(way, at=way.at + 1, sign=0, kept_from=0, score=way.score - 4, unread=(*way.unread, (FIELDS[way.at], rest)))


def _taken(way: _Way, meaning: Meaning, size: int) -> _Way | None:
    """The way on by a name; None when it cannot be meant here."""
    found, before, after = meaning.division, way.place, way.rest[size:]
    is_run_on = meaning.sureness == SHORT and bool(after) and after[0] not in _BETWEEN
    goes_on = is_run_on and _goes_on(after, found)
    if is_run_on and not goes_on and (_OF_A_ROAD.match(after) or (before is None and (found.level == DISTRICT or _OF_A_HOUSE.match(after)))):
        return None
    if before is not None and before.lies_in(found):  # said once more
        return None if is_run_on and not _goes_on(after, before) else replace(way, sign=way.sign + size, kept_from=way.sign + size)
    if before is not None and not (meaning.under is not None and meaning.under.lies_in(before)):
        return None
    return replace(way, sign=way.sign + size, place=found, score=way.score + 2 * size + meaning.sureness, is_guess=way.is_guess or (is_run_on and not goes_on),
                   kept_from=way.sign if is_run_on and not goes_on else way.sign + size)


def _goes_on(after: str, place: Division) -> bool:
    """Whether the name of something within a place follows, so that what stood before was no part of a road's name."""
    return any((one.sureness > SHORT or one.division.level < DISTRICT) and one.division.lies_in(place) for one in _next(after))


def _next(text: str) -> Iterator[Meaning]:
    """All that the beginning of a text may mean."""
    return (one for _, several in named(text) for one in several)


def _of_several(ways: list[_Way]) -> Resolved:
    """Of several that it may be, the city that all of them lie in; else a question, or fields that contradict one another."""
    places = [way.place for way in ways if way.place is not None]
    if any(_contradicts(dict(way.unread), way.place) for way in ways if way.place is not None):
        return Resolved(street=ways[0].street(), code="contradiction", choices=tuple(places[:5]))
    cities = {place.at(CITY) for place in places}
    city = cities.pop() if len(cities) == 1 else None
    if city is None:
        return Resolved(street=ways[0].street(), code="ambiguous", choices=tuple(places[:5]))
    return Resolved(city, ways[0].street(), unread={"district": places[0].name}, is_guess=True, choices=tuple(places[:5]))


def _judged(way: _Way) -> Resolved:
    place, unread = way.place, dict(way.unread)
    found = Resolved(place, way.street(), unread=unread, is_guess=way.is_guess)
    if place is None:
        return replace(found, code="unknown")
    if _contradicts(unread, place):
        return replace(found, code="contradiction")
    if place.level > PROVINCE:
        return found
    city = next((one for one in divisions() if one.parent == place and one.name == place.name), None)  # Beijing is its own city
    if city is not None:
        return replace(found, place=city)
    if any(one.sureness > SHORT and one.division.level > PROVINCE for one in _next(found.street)):
        return replace(found, code="contradiction")
    return replace(found, code="city_unknown" if "city" in unread else "city_missing")


def _contradicts(unread: Mapping[str, str], place: Division) -> bool:
    """Whether a field that could not be read with the others names a province or city that they do not lie in."""
    for name in ("state", "city"):
        others = [one.division for one in meanings().get(unread.get(name, ""), ()) if one.division.level <= CITY]
        if others and not any(place.lies_in(one) for one in others):
            return True
    return False
