"""Random tasks and the scans of a worker who is mostly right: from one seed, for both homes of `fill`."""

import json
from pathlib import Path
from random import Random
from typing import Any

Json = dict[str, Any]
HOUSE = json.loads((Path(__file__).resolve().parents[1] / "floor_cases" / "house.json").read_text(encoding="utf-8"))
CODES = HOUSE["codes"]
ITEMS = {"SOAP": "09506000134352", "MILK": "09506000117843", "TEA": "09506000134369", "PHONE": "09506000134376",
         "HAM": "99506000134386"}
PACK = "19506000134359"
BINS, TOTES, PALLETS = ("A1", "A2", "A3", "B1"), ("T1", "T2", "T3"), ("P1", "P2", "395060001111111110")
LOTS, SERIALS, EXPIRIES = ("L1", "L2", "L3"), ("S1", "S2", "S3"), ("310131", "300630", "310200")
COMMANDS = ("UNDO", "SHORT", "DAMAGED", "FULL", "SKIP", "DONE", "NEXT", "REPRINT", "HELP")
GS = "\x1d"
_CASES_ONLY = ("pack_cartons",)
"""Tasks that came after the runs were written down: with them every run would be another one."""


def random_task(random: Random) -> Json | None:
    """A task of one to four forms; now and then none."""
    if random.random() < 0.04:
        return None
    if random.random() < 0.2:
        return dict(random.choice([task for name, task in HOUSE["tasks"].items() if name not in _CASES_ONLY]))
    forms = [_form(random, f"f{number}") for number in range(random.randint(1, 4))]
    forms[0]["state"] = "open"
    return {"id": "t1", "kind": "any", "current": forms[0]["id"], "finish": random.random() < 0.5, "forms": forms, "trail": []}


def random_scans(random: Random, task: Json | None) -> list[str]:
    """Two to ten scans."""
    return [_scan(random, task) for _ in range(random.randint(2, 10))]


def _form(random: Random, form_id: str) -> Json:
    slots = _tally_slots(random) if random.random() < 0.3 else _line_slots(random)
    flags = {name: random.random() < 0.5 for name in ("shortable", "damageable")}
    return {"id": form_id, "kind": "any", "state": random.choice(("open", "open", "open", "done")), **flags,
            "closable": random.random() < 0.3, "repeat": random.random() < 0.15, "mode": None, "slots": slots}


def _line_slots(random: Random) -> list[Json]:
    makers = {"from": _place, "lpn": _lpn, "item": _item, "lot": _lot, "expiry": _expiry, "serial": _serial,
              "quantity": _quantity, "weight": _weight, "to": _to}
    names = [name for name in makers if random.random() < (0.8 if name in ("item", "quantity", "to") else 0.35)] or ["item"]
    return [{"name": name, **makers[name](random), **_loose(random)} for name in names]


def _loose(random: Random) -> Json:
    return random.choice(({}, {}, {"optional": True}, {"optional": False, "default": None, "value": None}))


def _tally_slots(random: Random) -> list[Json]:
    expected = [{"item": item, "quantity": random.randint(1, 14)} for item in random.sample(list(ITEMS), random.randint(1, 2))]
    tally = {"name": "counted", "types": random.choice((["item"], ["item", "lpn"])), "tally": True,
             "mode": random.choice(("each", "full")), "optional": random.random() < 0.5}
    place = [{"name": "from", **_place(random)}] if random.random() < 0.7 else []
    return [*place, {**tally, "expected": random.choice((None, expected))}]


def _place(random: Random) -> Json:
    return {"types": ["location"], "expected": random.choice((None, random.sample(BINS, 1), random.sample(BINS, 2)))}


def _lpn(random: Random) -> Json:
    return {"types": ["lpn"], "expected": random.choice((None, random.sample(PALLETS, 1)))}


def _item(random: Random) -> Json:
    return {"types": ["item"], "expected": random.choice((None, random.sample(list(ITEMS), 1), random.sample(list(ITEMS), 1)))}


def _lot(random: Random) -> Json:
    lot = random.choice(LOTS)
    return {"types": ["lot"], "expected": random.choice((None, [lot])), "default": random.choice((None, lot))}


def _expiry(random: Random) -> Json:
    return {"types": ["expiry"], "expected": random.choice((None, ["2031-01-31"]))}


def _serial(random: Random) -> Json:
    return {"types": ["serial"], "suggested": random.choice((None, ["S1"])), "expected": random.choice((None, None, ["S2"]))}


def _quantity(random: Random) -> Json:
    number = random.randint(1, 14)
    types = random.choice((["quantity"], ["quantity", "weight"]))
    limits = random.choice(({"min": number, "max": number}, {"min": 1, "max": number}, {}))
    return {"types": types, "mode": random.choice(("full", "each", "ask")), "expected": random.choice((None, number)), **limits}


def _weight(random: Random) -> Json:
    return {"types": ["weight"], "optional": random.random() < 0.5}


def _to(random: Random) -> Json:
    tote = random.choice(TOTES)
    return random.choice((
        {"types": ["tote"], "expected": [tote], "default": random.choice((None, tote))}, {"types": ["tote", "lpn"], "expected": None},
        {"types": ["location"], "suggested": random.sample(BINS, 1), "rule": {"kind": ["bin"], "zone": ["A"]}}))


def _scan(random: Random, task: Json | None) -> str:
    lot = random.random()
    if lot < 0.45 and task is not None:
        return _wanted_scan(random, task)
    if lot < 0.6:
        return f"CMD-{random.choice(COMMANDS)}"
    if lot < 0.7:
        return f"QTY-{random.randint(0, 15)}"
    if lot < 0.9:
        return _label(random, random.choice([*ITEMS.values(), PACK]))
    return random.choice((*BINS, *TOTES, *PALLETS[:2], "DOCK", "TROLLEY", "ASN-1", "bdg-9", " a2 ", "gibberish", "LPN00000042", ""))


def _wanted_scan(random: Random, task: Json) -> str:
    form = random.choice(task["forms"])
    slot = random.choice(form["slots"])
    kind = slot["types"][0]
    wanted = [*(slot.get("expected") or []), *(slot.get("suggested") or [])] if isinstance(slot.get("expected"), list | None) else []
    code = random.choice(wanted) if wanted else None
    if kind in ("item", "lot", "serial", "expiry", "quantity", "weight") or slot.get("tally"):
        item = code["item"] if isinstance(code, dict) else code if kind == "item" else None
        return _label(random, ITEMS[item or random.choice(list(ITEMS))], None if random.random() < 0.5 else "sparse")
    pool = {"location": BINS, "tote": TOTES, "lpn": PALLETS, "document": ("ASN-1", "ORD-1"), "trolley": ("TROLLEY",)}[kind]
    return _as_scanned(str(code or random.choice(pool)))


def _as_scanned(code: str) -> str:
    return f"(00){code}" if len(code) == 18 else code


def _label(random: Random, gtin: str, how: str | None = None) -> str:
    """A label with some of what labels hold, in one of the ways in which scanners bring it, sometimes broken."""
    chance = 0.15 if how == "sparse" else 0.4
    more = [("10", random.choice(LOTS)), ("17", random.choice(EXPIRIES)), ("15", random.choice(EXPIRIES)),
            ("11", "300101"), ("21", random.choice(SERIALS)), ("30", str(random.randint(0, 14))), ("37", "3"), ("240", "X9"),
            ("3103", f"{random.randint(1, 9000):06}"), ("3202", f"{random.randint(1, 900):06}"), ("00", PALLETS[2]),
            ("7003", "3101311200"), ("412", "4012345000009"), ("20", "07"), ("400", "PO-7"), ("3305", "012345")]
    named = [random.choice((("01", gtin), ("01", gtin), ("01", gtin), ("02", gtin)))] if random.random() < 0.85 else []
    elements = named + [element for element in more if random.random() < chance * 0.6]
    random.shuffle(elements)
    return _broken(random, _written(random, elements or [("01", gtin)]))


def _written(random: Random, elements: list[tuple[str, str]]) -> str:
    if elements == [elements[0]] and elements[0][0] == "01" and random.random() < 0.5:
        return random.choice(("", "]E0")) + elements[0][1].removeprefix("0")
    way = random.random()
    if way < 0.5:
        return "".join(f"({ai}){value}" for ai, value in elements)
    if way < 0.65:
        return _link(elements)
    separator = random.choice((GS, "<GS>", "{GS}"))
    return random.choice(("]C1", "]d2", "]Q3", "", GS)) + separator.join(ai + value for ai, value in elements)


def _link(elements: list[tuple[str, str]]) -> str:
    values = dict(elements)
    key = next((ai for ai in ("01", "00") if ai in values), None)
    if key is None:
        return "https://example.com/" + elements[0][1]
    path = f"/{key}/{values.pop(key)}" + "".join(f"/{ai}/{values.pop(ai)}" for ai in ("10", "21") if key == "01" and ai in values)
    query = "&".join(f"{ai}={value}" for ai, value in values.items())
    return f"https://example.com/shop{path}" + (f"?{query}" if query else "")


def _broken(random: Random, text: str) -> str:
    if random.random() > 0.12 or text.startswith("http"):
        return text
    at = random.randrange(len(text))
    return random.choice((text[:at], text[:at] + random.choice("0123456789(A") + text[at + 1 :], text[:at] + text[at + 1 :], f" {text}\r\n"))
