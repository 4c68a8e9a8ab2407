"""Where an order goes and whom to call there: what is missing, wrong or better written otherwise. Needs nothing but the order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from server.oms.checks.chinese import FIELDS, Resolved, nearest, resolve
from server.oms.checks.chinese_postcodes import lies_in, province_of
from server.oms.checks.countries import STATES, country_code, state_code
from server.oms.checks.divisions import DISTRICT, Division
from server.oms.checks.findings import HINT, HOLD, Finding
from server.oms.checks.phones import INCOMPLETE, MASKED, MISSING, UNUSUAL, WRONG, read_phone
from server.oms.checks.postcodes import is_needed, with_zeros, written

_ONE_CITY = frozenset(["HK", "MO", "SG", "MC", "VA", "GI"])
"""Countries that are a city."""
_OF_PLACE = (*FIELDS, "postcode")
_ON_A_LABEL = ("name", "phone", *_OF_PLACE, "encrypted")
_NO_ADDRESS = Finding(code="address_missing", field="street", severity=HOLD, words="There is no address.")
_NO_STREET = Finding(code="street_missing", field="street", severity=HOLD, words="There is no street.")


@dataclass(frozen=True, slots=True)
class Checked:
    """A receiver as carriers want it written, what was found, and (in China) the code of the division."""

    ship_to: Mapping[str, str]
    findings: tuple[Finding, ...] = ()
    division: str = ""


def check_receiver(ship_to: Mapping[str, str]) -> Checked:
    """Where no country is said nobody could tell what is right there: only what no label does without is looked for.

    What the channel keeps secret (`encrypted` names it) or masks with * is not looked at.
    """
    said = {name: value if isinstance(value, str) else str(value) for name, value in ship_to.items()}
    if not any(said.get(name, "").strip() for name in _ON_A_LABEL):
        return Checked(ship_to, (_NO_ADDRESS,))
    told = said.get("country", "").strip()
    country = country_code(told) if told else ""
    if country is None:
        return Checked(ship_to, (Finding(code="country_unknown", field="country", severity=HOLD,
                                         words=f"There is no country {said['country'][:40]}. Give its two letters, such as CN or DE."),))
    hidden = {*said.get("encrypted", "").split(","), *(name for name, value in said.items() if "*" in value)} & set(said)
    shown = {name: value for name, value in said.items() if name not in hidden}
    place = _Place({**shown, "country": country}, hidden)
    return place.checked(said) if country else Checked(ship_to, place.needed())


class _Place:
    """One address under check; `better` is what of it is to be written otherwise."""

    def __init__(self, said: Mapping[str, str], hidden: set[str]) -> None:
        self._said, self._hidden, self._country = said, hidden, said["country"]
        self._better: dict[str, str] = {"country": self._country}
        self._division = self._province = ""

    def checked(self, whole: Mapping[str, str]) -> Checked:
        """All findings, and the address with what is better."""
        of_place = self._chinese if self._country == "CN" else self._international
        findings = (*self._masked(), *self._name(), *self._phone(), *of_place(), *self._postcode())
        return Checked({**whole, **self._better}, findings, self._division)

    def needed(self) -> tuple[Finding, ...]:
        """What of the least is missing that a label of any country has."""
        of_place = [] if not self._lacks("street") else [_NO_ADDRESS] if all(map(self._lacks, _OF_PLACE)) else [_NO_STREET]
        country = Finding(code="country_missing", field="country", words=(
            "There is no country, so nobody knows how the address is to be written. Say it, or in the rules of the warehouse where that is."))
        return (*of_place, *self._masked(), *self._name(), country)

    def _lacks(self, name: str) -> bool:
        return not self._said.get(name, "").strip() and name not in self._hidden

    def _masked(self) -> Iterator[Finding]:
        if self._hidden:
            yield Finding(code="masked", field=min(self._hidden), words=f"The channel keeps {', '.join(sorted(self._hidden))} secret; the label comes from there.")

    def _name(self) -> Iterator[Finding]:
        if self._lacks("name"):
            yield Finding(code="name_missing", field="name", severity=HOLD, words="There is no name of who receives it.")

    def _phone(self) -> Iterator[Finding]:
        if "phone" in self._hidden:
            return
        told = self._said.get("phone", "")
        phone = read_phone(told, self._country)
        if phone.state == MISSING:
            yield Finding(code="phone_missing", field="phone", severity=HOLD if self._country == "CN" else HINT, words="There is no telephone number.")
        elif phone.state == WRONG:
            yield Finding(code="phone_wrong", field="phone", severity=HOLD, words=f"{told[:40]} is no telephone number.")
        elif phone.state == INCOMPLETE:
            yield Finding(code="phone_incomplete", field="phone", words=f"{told[:40]} lacks its area code.")
        elif phone.state == UNUSUAL:
            yield Finding(code="phone_unusual", field="phone", words=f"{told[:40]} is no number that is in use, as far as is known.")
        elif phone.state != MASKED and phone.written != told:
            self._better["phone"] = phone.written

    def _postcode(self) -> Iterator[Finding]:
        told = self._said.get("postcode", "").strip()
        if "postcode" in self._hidden:
            return
        if not told:
            if is_needed(self._country):
                yield Finding(code="postcode_missing", field="postcode", severity=HOLD, words=f"A parcel to {self._country} needs a postcode.")
            return
        right, longer = written(self._country, told), with_zeros(self._country, told)
        if right is not None:
            self._better["postcode"] = right
            yield from self._elsewhere(right)
        else:
            yield Finding(code="postcode_wrong", field="postcode", severity=HOLD if is_needed(self._country) else HINT,
                          words=f"{told[:40]} is no postcode of {self._country}.", suggestion={"postcode": longer} if longer else {})

    def _elsewhere(self, postcode: str) -> Iterator[Finding]:
        """Parcels find their house without it: which of the two is wrong nobody here knows."""
        if self._province and not lies_in(postcode, self._province):
            there = province_of(postcode)
            words = f"{postcode} is a postcode of {there}, not of {self._province}." if there else f"No postcode of {self._province} begins like {postcode}."
            yield Finding(code="postcode_elsewhere", field="postcode", words=words)

    def _international(self) -> Iterator[Finding]:
        if self._lacks("street"):
            yield _NO_STREET
        if self._lacks("city") and self._country not in _ONE_CITY:
            yield Finding(code="city_missing", field="city", severity=HOLD, words="There is no city.")
        if self._country not in STATES or "state" in self._hidden:
            return
        told = self._said.get("state", "").strip()
        code = state_code(self._country, told) if told else None
        if not told:
            yield Finding(code="state_missing", field="state", severity=HOLD, words=f"A parcel to {self._country} needs a state or province.")
        elif code is None:
            yield Finding(code="state_unknown", field="state", severity=HOLD, words=f"{self._country} has no state or province {told[:40]}.")
        else:
            self._better["state"] = code

    def _chinese(self) -> Iterator[Finding]:
        found = resolve(self._said)
        if found.code:
            yield from self._not_read(found)
            return
        fields = found.fields()
        self._division = found.place.code if found.place is not None else ""
        self._province = fields.get("state", "")
        self._better |= {name: value for name, value in fields.items() if name not in self._hidden}
        if "street" not in self._hidden:
            self._better["street"] = found.street
            if not found.street:
                yield _NO_STREET
        yield from self._district(found, fields)
        yield from self._rewritten(found)

    def _not_read(self, found: Resolved) -> Iterator[Finding]:
        choices = {"choices": [_path(one) for one in found.choices]} if found.choices else {}
        told = "".join(self._said.get(name, "") for name in FIELDS)[:80]
        if found.code == "empty":
            if not {*FIELDS} & self._hidden:
                yield _NO_ADDRESS
        elif found.code == "latin":
            yield Finding(code="address_latin", field="street", words="The address has no Chinese letters; not every carrier reads it.")
        elif found.code == "ambiguous":
            yield Finding(code="address_ambiguous", field="city", severity=HOLD, words=f"{told} may be in several cities.", suggestion=choices)
        elif found.code == "contradiction":
            yield Finding(code="address_contradicts", field="city", severity=HOLD, words=f"Province, city and district of {told} do not lie in one another.",
                          suggestion=choices or dict(found.fields()))
        elif found.code == "city_missing":
            yield Finding(code="city_missing", field="city", severity=HOLD, words="There is no city.")
        else:
            city = self._said.get("city", "")
            near = nearest(city, found.place) if found.place is not None and city else None
            yield Finding(code="address_unknown", field="city", severity=HOLD, words=f"No province, city or district is known by {told}.",
                          suggestion={"city": near.name} if near is not None else {})

    def _district(self, found: Resolved, fields: Mapping[str, str]) -> Iterator[Finding]:
        place = found.place
        if place is None or "district" in fields or not place.has_districts or "district" in self._hidden:
            return
        told = found.unread.get("district", "")
        if not told:
            yield Finding(code="district_missing", field="district", words=f"There is no district of {place.name}.")
            return
        near = found.choices[0] if found.choices else nearest(told, place)
        yield Finding(code="district_unknown", field="district", words=f"{place.name} has no district {told[:40]} by the official list.",
                      suggestion={"district": near.name} if near is not None else {})

    def _rewritten(self, found: Resolved) -> Iterator[Finding]:
        """A guess is told; what was only put in order is not worth a word, since the channel's paper keeps it."""
        if found.is_guess or {"state", "city"} & set(found.unread):
            better = {name: self._better[name] for name in FIELDS if name in self._better and self._better[name] != self._said.get(name, "")}
            if better:
                yield Finding(code="address_guessed", field="city", words=f"The address was understood as {_joined(found.fields().values())}.", suggestion=better)


def _joined(names: Iterable[str]) -> str:
    """Beijing is named once, though it is its own city."""
    return "".join(dict.fromkeys(names))


def _path(place: Division) -> str:
    return _joined(one.name for level in range(DISTRICT + 1) if (one := place.at(level)) is not None)
