"""`aisle simulate shop`: a played sales platform alone, on a real port, for clients of any make."""

import json
import random
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from simulators.shops.douyin import DouyinShop
from simulators.shops.jd import JdShop
from simulators.shops.mini_program import MiniProgramShop
from simulators.shops.mini_program_own import OwnMiniProgramShop
from simulators.shops.plain import PlainShop
from simulators.shops.pos import Till
from simulators.shops.shop import FAULTS, Shop
from simulators.shops.shopify import ShopifyShop
from simulators.shops.taobao import TaobaoShop
from simulators.shops.tls import made
from simulators.shops.woocommerce import WooCommerceShop

_PLAIN = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
"""So written that no client takes it for anything else."""
KINDS: Mapping[str, tuple[Callable[..., Any], str, Callable[[Any], dict[str, str]]]] = {
    "taobao": (TaobaoShop, "/router/rest", lambda one: {"app_key": one.app_key, "app_secret": one.app_secret, "session": one.session}),
    "jd": (JdShop, "/routerjson", lambda one: {"app_key": one.app_key, "app_secret": one.app_secret, "access_token": one.access_token}),
    "douyin": (DouyinShop, "", lambda one: {"app_key": one.app_key, "app_secret": one.app_secret, "shop_id": one.shop_id, "code": one.code}),
    "mini_program": (MiniProgramShop, "", lambda one: {
        "app_id": one.app_id, "app_secret": one.app_secret, "push_token": one.push_token, "push_key": one.push_key}),
    "mini_program_own": (lambda *, port: OwnMiniProgramShop(_PLAIN, port=port), "", lambda one: {
        "secret": _PLAIN, "app_id": one.app_id, "app_secret": one.app_secret, "mch_id": one.mch_id, "wechat_address": one.address}),
    "shopify": (ShopifyShop, "", lambda one: {"token": one.token, "secret": one.secret}),
    "woocommerce": (WooCommerceShop, "", lambda one: {"key": one.keys.key, "secret": one.keys.secret, "hook_secret": one.hook_secret}),
    "plain": (lambda *, port: PlainShop(_PLAIN, port=port), "", lambda _: {"secret": _PLAIN}),
    "pos": (lambda *, port: Till(_PLAIN, port=port), "", lambda _: {"secret": _PLAIN}),
}
"""Its class, where it answers, and what lets somebody in."""
_HOME = {"name": "王小明", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号",
         "postcode": "310012"}
_SEED, _ON_SHELF = 7, 100


@click.command("shop")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65_535), help="Of this machine; 0 takes any that is free.")
@click.option("--orders", default=0, show_default=True, type=click.IntRange(0, 1_000_000), help="Orders that are there from the beginning.")
@click.option("--item", "items", multiple=True, default=("SOAP", "TEA"), show_default=True, help="What is sold; give it several times.")
@click.option("--hook", "hooks", multiple=True, help="An address that is called with each order, signed; give it several times.")
@click.option("--tls", "tls", type=click.Path(dir_okay=False, path_type=Path), help="Answer by https only, and write the certificate to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def shop(kind: str, port: int, orders: int, items: tuple[str, ...], hooks: tuple[str, ...], *, tls: Path | None, as_json: bool) -> None:
    """Run a played sales platform: it checks signatures as the real one does, keeps its orders, and fails when told to.

    While it runs, lines on standard input are obeyed: `place ITEM QUANTITY ...`, `pay REF`, `cancel REF`, `fault NAME [TIMES]`,
    `hook ADDRESS`, `orders`, `told` (what it was told of parcels and quantities). A till (pos) obeys `sell ITEM QUANTITY ...`,
    `void REGISTER RECEIPT` and `network on|off`. On Taobao, JD, Douyin and WeChat buyers `ask REF [FEN]` for their money and `withdraw NUMBER`.
    """
    make, path, keys = KINDS[kind]
    try:
        played = make(port=port)
    except OSError as error:
        raise click.ClickException(f"Port {port} cannot be used: {error.strerror}.") from error
    if tls:
        played.speak_tls(made(tls))
    _sell(played, orders, items)
    played.hooks.extend(hooks)
    told = {"kind": kind, "address": f"{played.address}{path}", **keys(played), "orders": len(played.orders), "faults": list(FAULTS)}
    click.echo(json.dumps(told) if as_json else "\n".join(f"{name}: {', '.join(value) if isinstance(value, list) else value}" for name, value in told.items()))
    sys.stdout.flush()
    try:
        for line in sys.stdin:
            click.echo(json.dumps(_obeyed(played, line.split()), ensure_ascii=False))
            sys.stdout.flush()
        threading.Event().wait()  # started without standard input it stays until it is ended
    except KeyboardInterrupt:
        pass
    finally:
        played.close()


def _sell(played: Any, orders: int, items: tuple[str, ...]) -> None:
    if hasattr(played, "add_product"):
        for item in items:
            played.add_product(item, _ON_SHELF)
    chance = random.Random(_SEED)
    for _ in range(orders):
        lines = [(item, chance.randint(1, 3)) for item in chance.sample(items, chance.randint(1, min(3, len(items))))]
        played.place(lines, buyer="王小明", address=_HOME)


def _obeyed(played: Shop, words: list[str]) -> Any:
    """What came of a line of standard input."""
    if not words:
        return {}
    try:
        return _ORDERS[words[0]](played, *words[1:])
    except KeyError as error:
        return {"error": f"There is no {error.args[0]!r}. See --help."}
    except (ValueError, TypeError) as error:
        return {"error": f"{' '.join(words)[:80]!r} is no order: {error}"}


def _place(played: Shop, *words: str) -> Any:
    if not words or len(words) % 2:
        raise ValueError("give items and quantities in turn")
    lines = [(item, int(quantity)) for item, quantity in zip(words[::2], words[1::2], strict=True)]
    return {"placed": played.place(lines, buyer="王小明", address=_HOME).ref}


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
    played.fail(name, int(times))
    return {"fault": name, "times": int(times)}


def _hook(played: Shop, address: str) -> Any:
    played.hooks.append(address)
    return {"hooks": played.hooks}


def _orders(played: Shop) -> Any:
    return {"orders": [{"ref": one.ref, "paid": one.is_paid, "cancelled": one.is_cancelled, "shipped": one.is_shipped} for one in played.orders.values()]}


def _told(played: Shop) -> Any:
    return {"parcels": {one.ref: [parcel.tracking for parcel in one.parcels] for one in played.orders.values() if one.parcels},
            "quantities": played.quantities}


_ORDERS: Mapping[str, Callable[..., Any]] = {
    "place": _place, "sell": _sell_over_the_counter, "void": _void, "network": _network, "ask": _ask, "withdraw": _withdraw, "fault": _fault, "hook": _hook, "orders": _orders, "told": _told,
    "pay": lambda played, ref: {"paid": played.pay(ref).ref}, "cancel": lambda played, ref: {"cancelled": played.cancel_order(ref).ref},
}
