"""Cases of `fill` in words: effects and tasks as tests/floor_cases writes them (handheld/test/spoken.ts is its twin)."""

from typing import Any

Json = dict[str, Any]


def effect_said(effect: Json) -> str:
    """An effect in a few words."""
    kind, form = effect["effect"], effect.get("form") or "-"
    if kind == "refused":
        return f"refused {effect['code']} {scanned_said(effect['scanned'])}{wanted_said(effect['wanted'])}"
    if kind == "operation":
        slots = ",".join(f"{name}={value_said(effect['slots'][name])}" for name in sorted(effect["slots"]))
        return f"{effect['kind']} {form} {slots}".rstrip()
    if kind in ("filled", "undone"):
        return f"{kind} {form} {','.join(effect['slots'])}"
    if kind == "ask":
        return f"ask {form} {effect['slot']}"
    if kind == "start":
        return f"start {effect['value']['type']} {effect['value']['key']}"
    return f"{kind} {form}" if "form" in effect else str(kind)


def scanned_said(value: Json) -> str:
    """What was scanned: its code, its number, or a GTIN that nothing is known of."""
    shown = next((value[name] for name in ("key", "n", "gtin") if value.get(name) is not None), "?")
    return str(shown) or "?"


def wanted_said(wanted: Json | None) -> str:
    """What was wanted instead."""
    if wanted is None:
        return ""
    expected = "" if wanted["expected"] is None else "=" + ",".join(str(one) for one in wanted["expected"])
    return f" wants {wanted['form']}.{wanted['slot']}{expected}"


def value_said(value: Any) -> str:
    """The value of a slot: text, number, or the entries of a tally."""
    return "+".join(_entry_said(entry) for entry in value) if isinstance(value, list) else str(value)


def _entry_said(entry: Json) -> str:
    if "lpn" in entry:
        return f"lpn:{entry['lpn']}"
    marks = (("lot", "/"), ("serial", "#"), ("expiry", "@"))
    return entry["item"] + "".join(sign + entry[name] for name, sign in marks if entry[name]) + f"*{entry['quantity']}"


def task_said(task: Json | None, start: Json | None) -> dict[str, str]:
    """A task in words: the form at hand, the trail, the order of forms, and each form with what is in it."""
    if task is None or start is None:
        return {}
    trail = " ".join(f"{step[0]}:{','.join(step[1])}" for step in task.get("trail", []))
    said = {"current": task["current"] or "-", "trail": trail, "order": " ".join(form["id"] for form in task["forms"])}
    before = {form["id"]: form for form in start["forms"]}
    return said | {form["id"]: _form_said(form, before[form["id"]]) for form in task["forms"]}


def _form_said(form: Json, before: Json) -> str:
    words = [f"{form['state']}:{form['mode']}" if form.get("mode") else form["state"]]
    for slot, old in zip(form["slots"], before["slots"], strict=True):
        if slot.get("expected") != old.get("expected"):
            words.append(f"{slot['name']}?{','.join(slot['expected'])}")
        if slot.get("value") is not None:
            words.append(f"{slot['name']}={value_said(slot['value'])}")
    return " ".join(words)
