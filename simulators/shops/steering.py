"""How a played platform is steered while it runs, by lines of words: from standard input, or by anybody on this machine at an address of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from simulators.shops.mini_program import MiniProgramShop
from simulators.shops.served import Asked, Reply
from simulators.shops.shop import FAULTS, Shop, ShopParcel, packed
from simulators.shops.taobao import TaobaoShop

ALWAYS = 10**9
"""More often than anybody asks."""
HOME: Mapping[str, str] = {"name": "王小明", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号",
                           "postcode": "310012"}
MEANT: Mapping[str, str] = {
    "too_many": "says that it is asked too often, as this platform does: 429 with Retry-After, or a code in a 200", "error": "answers 500",
    "slow": "answers late (--slow)", "cut": "ends the connection and does nothing", "lost_answer": "does what it is asked and ends the connection",
    "wrong_signature": "calls a hook with a signature that is not right", "duplicated": "shows each order of a list twice, or calls a hook three times",
    "out_of_order": "turns a list about, or calls a hook after the next", "half_a_page": "leaves out half of a list, or cuts its text",
    "changed_schema": "calls a list by another name"}


def obeyed(played: Shop, words: list[str]) -> Any:
    """What came of a line."""
    if not words:
        return {}
    try:
        return ORDERS[words[0]](played, *words[1:])
    except KeyError as error:
        return {"error": f"There is no {error.args[0]!r}. See --help."}
    except (ValueError, TypeError, AttributeError) as error:
        return {"error": f"{' '.join(words)[:80]!r} is no order: {error}"}


def steered(played: Shop, asked: Asked) -> Reply:
    """GET shows which faults it has and what it obeys; POST obeys the lines of the body, and answers each with a line of JSON."""
    if asked.method in ("GET", "HEAD"):
        return Reply(200, packed({"faults": played.faults, "means": MEANT, "obeys": sorted(ORDERS), **_orders(played)}))
    if asked.method != "POST":
        return Reply(405, packed({"error": "GET or POST"}), headers={"Allow": "GET, POST"})
    told = [obeyed(played, line.split()) for line in asked.body.decode().splitlines() if line.strip()]
    is_good = bool(told) and not any("error" in one for one in told)
    return Reply(200 if is_good else 400, b"\n".join(map(packed, told or [{"error": "The body has no line."}])) + b"\n")


def _place(played: Shop, *words: str) -> Any:
    if not words or len(words) % 2:
        raise ValueError("give items and quantities in turn")
    lines = [(item, int(quantity)) for item, quantity in zip(words[::2], words[1::2], strict=True)]
    return {"placed": played.place(lines, buyer="王小明", address=HOME).ref}


def _ship(played: Shop, ref: str, tracking: str, carrier: str) -> Any:
    """Somebody at the shop ships, and not by us."""
    played.orders[ref]
    played.told_shipped(ref, ShopParcel(tracking, carrier))
    return {"shipped": ref}


def _sell_over_the_counter(played: Any, *words: str) -> Any:
    return {"sold": played.ring_up([(item, int(quantity)) for item, quantity in zip(words[::2], words[1::2], strict=True)]).receipt}


def _void(played: Any, register: str, receipt: str) -> Any:
    return {"voided": played.void(played.sales[register, receipt]).receipt}


def _network(played: Any, state: str) -> Any:
    played.has_network = state == "on"
    return {"network": state}


def _ask(played: Any, ref: str, amount: str = "") -> Any:
    """Of a Taobao or WeChat shop a request is of one line, the first."""
    first = played.orders[ref].lines[0]
    lines = {first.ref: first.quantity} if isinstance(played, TaobaoShop | MiniProgramShop) else None
    return {"asked": played.requests.ask(ref, int(amount) if amount else None, lines=lines)}


def _withdraw(played: Any, number: str) -> Any:
    played.requests.withdraw(number)
    return {"withdrawn": number}


def _fault(played: Shop, name: str, times: str = "1") -> Any:
    played.fail(name, ALWAYS if times == "always" else int(times))
    return {"fault": name, "times": times if times == "always" else int(times)}


def _calm(played: Shop) -> Any:
    for name in FAULTS:
        played.fail(name, 0)
    return {"faults": played.faults}


def _hook(played: Shop, address: str) -> Any:
    played.hooks.append(address)
    return {"hooks": played.hooks}


def _clock(played: Shop, seconds: str) -> Any:
    """So that it takes what is signed now for too old, or too new."""
    played.skew_ms = int(seconds) * 1_000
    return {"clock": int(seconds)}


def _orders(played: Shop) -> Any:
    return {"orders": [{"ref": one.ref, "paid": one.is_paid, "cancelled": one.is_cancelled, "shipped": one.is_shipped} for one in list(played.orders.values())]}


def _told(played: Shop) -> Any:
    return {"parcels": {one.ref: [parcel.tracking for parcel in one.parcels] for one in list(played.orders.values()) if one.parcels},
            "quantities": played.quantities}


def _again(played: Shop) -> Any:
    """What hooks did not take is tried again."""
    return {"taken": played.redeliver(), "left": len(played.undelivered)}


def _refused(played: Shop) -> Any:
    return {"refused": played.refused, "puzzles": played.puzzles, "failed_hooks": played.failed_hooks}


ORDERS: Mapping[str, Callable[..., Any]] = {
    "place": _place, "ship": _ship, "sell": _sell_over_the_counter, "void": _void, "network": _network, "ask": _ask, "withdraw": _withdraw, "fault": _fault, "calm": _calm,
    "clock": _clock, "hook": _hook, "orders": _orders, "told": _told, "refused": _refused, "again": _again,
    "pay": lambda played, ref: {"paid": played.pay(ref).ref}, "cancel": lambda played, ref: {"cancelled": played.cancel_order(ref).ref},
}
