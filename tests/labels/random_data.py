"""Data for labels as the field allows it: short and long, every sign that it may hold, and now and then only what is required."""

import random
import string
from datetime import date, timedelta

from labels.gs1.linters import CSET82, check_digit

PLAIN = "".join(map(chr, range(0x20, 0x7F)))
CODE = string.ascii_uppercase + string.digits + "-./+$% "
LATIN, CHINESE = "äöüéßñÅø", "有机苹果汁一升装库位拣货单"
SHORT = 0.6


def random_data(fields, rng: random.Random, *, wide: bool) -> dict:
    """Values of a label's fields; `wide` also takes Chinese."""
    given = {one.name: _value(one, rng, wide=wide) for one in fields if one.required or rng.random() < 0.85}
    return {name: value for name, value in given.items() if value not in ("", [])}


def _value(one, rng, *, wide):
    if one.kind == "rows":
        return [random_data(one.columns, rng, wide=wide) for _ in range(rng.randint(1, 4))]
    if one.kind == "number":
        return rng.randint(1, 10 ** rng.randint(1, min(one.longest, 8)) - 1)
    if one.kind == "date":
        return (date(2024, 1, 1) + timedelta(days=rng.randint(0, 9000))).isoformat()
    if one.kind == "flag":
        return rng.random() < 0.5
    return rng.choice(one.choices) if one.choices else _text(one, rng, wide=wide)


def _text(one, rng, *, wide):
    if one.ai in ("00", "01", "02"):
        digits = rng.choice(["0", "1"]) + "".join(rng.choices(string.digits, k=16 if one.ai == "00" else 12))
        return digits + check_digit(digits)
    if one.ai:
        return "".join(rng.choices(CSET82, k=rng.randint(1, one.longest)))
    if one.name == "domain":
        return rng.choice(["https://id.gs1.org", "https://example.com/gs1"])
    if one.name in ("code", "badge", "tracking"):
        return _sign(rng, CODE) + "".join(rng.choices(rng.choice([CODE, PLAIN]), k=rng.randint(0, min(one.longest, 40) - 2))) + _sign(rng, CODE)
    signs = rng.choice([PLAIN, PLAIN, PLAIN + LATIN, CHINESE + PLAIN if wide else PLAIN])
    longest = one.longest if rng.random() > SHORT else min(one.longest, 30)
    return "".join(rng.choices(signs, k=rng.randint(1, longest)))


def _sign(rng, signs):
    return rng.choice(signs.strip())
