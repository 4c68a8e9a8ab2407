"""What tells that two orders are for the same receiver and the same goods, whoever gave them."""

import hashlib
from collections.abc import Mapping, Sequence

from server.oms.checks.countries import country_code
from server.oms.checks.phones import phone_key


def plain(text: str) -> str:
    """A name as it is compared: without case, spaces and points."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def marks_of(ship_to: Mapping[str, str], goods: Sequence[tuple[str, int]]) -> list[str]:
    """One by the telephone number, one by name and street; none by what is hidden or missing."""
    what = ",".join(f"{item} {quantity}" for item, quantity in sorted(_added(goods).items()))
    told = {name: "" if "*" in str(value) or name in str(ship_to.get("encrypted", "")).split(",") else str(value) for name, value in ship_to.items()}
    phone = phone_key(told.get("phone", ""), country_code(told.get("country", "")) or "CN")
    name, street = plain(told.get("name", "")), plain(told.get("street", ""))
    who = [f"phone {phone}"] * bool(phone) + [f"place {name} {street} {plain(told.get('city', ''))}"] * bool(name and street)
    return [hashlib.sha256(f"{one}|{what}".encode()).hexdigest()[:40] for one in who]


def _added(goods: Sequence[tuple[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for item, quantity in goods:
        total[item] = total.get(item, 0) + quantity
    return total
