"""Provinces, cities and districts of China, and every way in which people write their names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files

from server.kernel.once import once

PROVINCE, CITY, DISTRICT = range(3)
_PEOPLES = ["各族", "汉族", "蒙古族", "蒙古", "回族", "藏族", "维吾尔族", "苗族", "彝族", "壮族", "布依族", "朝鲜族", "满族", "侗族", "瑶族", "白族", "土家族", "哈尼族", "哈萨克族", "哈萨克", "傣族", "黎族", "傈僳族", "佤族", "畲族", "拉祜族", "水族", "东乡族", "纳西族", "景颇族", "柯尔克孜", "土族", "达斡尔族", "仫佬族", "羌族", "布朗族", "撒拉族", "毛南族", "仡佬族", "锡伯族", "锡伯", "塔吉克", "普米族", "怒族", "独龙族", "鄂温克族", "裕固族", "保安族"]
_AUTONOMOUS = re.compile(rf"(.+?)(?:{'|'.join(sorted(_PEOPLES, key=len, reverse=True))})+自治([州县旗])")
_PROVINCE = re.compile(r"(.+?)(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区)")
_CITY = re.compile(r"(.+)(?:市|地区|盟|县)")
_DISTRICT = re.compile(r"(.{2,}?)(?:新区|区|县|市|旗|镇|乡|街道)")
_BY_HAND = {"东乡族自治县": ("东乡县",), "鄂伦春自治旗": ("鄂伦春旗", "鄂伦春"), "鄂温克族自治旗": ("鄂温克旗", "鄂温克"), "内蒙古自治区": ("内蒙",),
            "嘉模堂区": ("氹仔",), "圣方济各堂区": ("路环",), "浦东新区": ("浦东区",), "滨海新区": ("滨海区",)}
FULL, TYPED, SHORT = 3, 2, 1
"""How surely a name means a division: as it stands in the list (or stood once), with another ending, without any."""


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """A province, a city or a district; there is one of each."""

    code: str
    name: str
    level: int
    parent: "Division | None" = field(default=None, repr=False)
    has_districts: bool = False

    def at(self, level: int) -> "Division | None":
        """Itself or what it lies in, at a level."""
        one: Division | None = self
        while one is not None and one.level > level:
            one = one.parent
        return one if one is not None and one.level == level else None

    def lies_in(self, other: "Division") -> bool:
        """Whether it is within another, or is it."""
        return self.at(other.level) == other


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name may mean: a division, written so surely, under another that it is (or was) said to lie in."""

    division: Division
    sureness: int
    under: Division | None


@once
def divisions() -> tuple[Division, ...]:
    """All of them, each after what it lies in."""
    found: list[Division] = []
    cities: dict[tuple[str, str], Division] = {}
    province = Division("", "", PROVINCE)
    for line in _lines("divisions.txt"):
        code, name, *districts = line.split(" ")
        if len(code) == 2:
            province = Division(code, name, PROVINCE)
            found.append(province)
            continue
        city = cities.get((province.code, name))  # 重庆市 has two lines: its districts and its counties
        if city is None:
            city = cities[province.code, name] = Division(code, name, CITY, province, bool(districts))
            found.append(city)
        found += [Division(code + rest, own, DISTRICT, city) for rest, own in map(_parted, districts)]
    return tuple(found)


@once
def meanings() -> dict[str, tuple[Meaning, ...]]:
    """What each name may mean."""
    found: dict[str, list[Meaning]] = {}
    for division in divisions():
        for name, sureness in _names(division):
            found.setdefault(name, []).append(Meaning(division, sureness, division.parent))
    for name, division, under in _renamed():
        found.setdefault(name, []).append(Meaning(division, FULL, under))
    return {name: tuple(several) for name, several in found.items()}


def named(text: str) -> Iterator[tuple[int, tuple[Meaning, ...]]]:
    """What the beginning of a text may mean, and how many signs of it, the longest first."""
    for size in _lengths().get(text[:2], ()):
        if found := meanings().get(text[:size]):
            yield size, found


@once
def _lengths() -> dict[str, tuple[int, ...]]:
    """How long the names are that begin with two signs."""
    found: dict[str, set[int]] = {}
    for name in meanings():
        found.setdefault(name[:2], set()).add(len(name))
    return {start: tuple(sorted(sizes, reverse=True)) for start, sizes in found.items()}


def by_code(code: str) -> Division | None:
    """The division of a code, or None."""
    return _by_code().get(code)


@once
def _by_code() -> dict[str, Division]:
    return {one.code: one for one in divisions()}


def _names(division: Division) -> Iterator[tuple[str, int]]:
    yield division.name, FULL
    for name in _BY_HAND.get(division.name, ()):
        yield name, TYPED
    if autonomous := _AUTONOMOUS.fullmatch(division.name):
        yield autonomous[1] + autonomous[2], TYPED
        yield from ((autonomous[1], SHORT) for _ in range(len(autonomous[1]) > 1))
        return
    form = (_PROVINCE, _CITY, _DISTRICT)[division.level].fullmatch(division.name)
    if form is not None and len(form[1]) > 1:
        yield form[1], SHORT
    if division.level == CITY and division.parent is not None and division.name == division.parent.name:
        yield "市辖区", TYPED
        yield "县", TYPED


def _renamed() -> Iterator[tuple[str, Division, Division]]:
    places = {one.name: one for one in divisions() if one.level < DISTRICT}  # the city of a name that a province has too
    for line in _lines("renamed.txt"):
        under, *changes = line.split(" ")
        for change in changes:
            old, _, new = change.partition("=")
            city, _, name = new.rpartition("/")
            yield old, _below(places[city or under], name), places[under]


def _below(place: Division, name: str) -> Division:
    return next(one for one in divisions() if one.name == name and one.lies_in(place))


def _parted(district: str) -> tuple[str, str]:
    digits = len(district) - len(district.lstrip("0123456789"))
    return district[:digits], district[digits:]


def _lines(name: str) -> list[str]:
    written = (files("server.oms.checks") / name).read_text(encoding="utf-8")
    return [line for line in written.splitlines() if line and not line.startswith("#")]
