"""`aisle simulate shop`: a played sales platform alone, on a real port, for clients of any make."""

import json
import random
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from simulators.shops.douyin import DouyinShop
from simulators.shops.jd import JdShop
from simulators.shops.mini_program import MiniProgramShop
from simulators.shops.mini_program_own import OwnMiniProgramShop
from simulators.shops.plain import PlainShop
from simulators.shops.pos import Till
from simulators.shops.shop import FAULTS, SLOW_SECONDS, STEERED, Shop
from simulators.shops.shopify import ShopifyShop
from simulators.shops.steering import ALWAYS, HOME, MEANT, obeyed, steered
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
_SEED, _ON_SHELF = 7, 100


@click.command("shop", epilog="\b\nFaults:\n" + "\n".join(f"  {name:16} {words}" for name, words in MEANT.items()))
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65_535), help="Of this machine; 0 takes any that is free.")
@click.option("--orders", default=0, show_default=True, type=click.IntRange(0, 1_000_000), help="Orders that are there from the beginning.")
@click.option("--item", "items", multiple=True, default=("SOAP", "TEA"), show_default=True, help="What is sold; give it several times.")
@click.option("--hook", "hooks", multiple=True, help="An address that is called with each order, signed; give it several times.")
@click.option("--fault", "faults", multiple=True, metavar="NAME[:TIMES]", help="What goes wrong from the beginning, so many times, or `always`; give it several times.")
@click.option("--slow", "slow_seconds", default=SLOW_SECONDS, show_default=True, type=click.FloatRange(0, 600), help="How many seconds the fault `slow` lasts.")
@click.option("--tls", "tls", type=click.Path(dir_okay=False, path_type=Path), help="Answer by https only, and write the certificate to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def shop(kind: str, port: int, orders: int, items: tuple[str, ...], hooks: tuple[str, ...], *, faults: tuple[str, ...], slow_seconds: float, tls: Path | None, as_json: bool) -> None:
    """Run a played sales platform: it checks signatures as the real one does, keeps its orders, and fails when told to.

    While it runs, lines on standard input are obeyed: `place ITEM QUANTITY ...`, `pay REF`, `ship REF TRACKING CARRIER`, `cancel REF`,
    `fault NAME [TIMES|always]`, `calm` (no fault any more), `clock SECONDS` (its clock goes so wrong), `hook ADDRESS`, `orders`,
    `again` (hooks that did not answer are called again), `told` (what it was told of parcels and quantities), `refused` (whom it did not let in, and why). A till (pos) obeys
    `sell ITEM QUANTITY ...`, `void REGISTER RECEIPT` and `network on|off`. On Taobao, JD, Douyin and WeChat buyers `ask REF [FEN]` for
    their money and `withdraw NUMBER`.

    The same lines are obeyed by HTTP, from this machine only: `curl -d 'fault too_many 3' ADDRESS/played`; a GET there shows the faults that are left.
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
    played.slow_seconds, played.steered = slow_seconds, partial(steered, played)
    for fault in faults:
        _begin(played, fault)
    told = {"kind": kind, "address": f"{played.address}{path}", **keys(played), "orders": len(played.orders), "faults": list(FAULTS), "steer": f"{played.address}{STEERED}"}
    click.echo(json.dumps(told) if as_json else "\n".join(f"{name}: {', '.join(value) if isinstance(value, list) else value}" for name, value in told.items()))
    sys.stdout.flush()
    try:
        for line in sys.stdin:
            click.echo(json.dumps(obeyed(played, line.split()), ensure_ascii=False))
            sys.stdout.flush()
        threading.Event().wait()  # started without standard input it stays until it is ended
    except KeyboardInterrupt:
        pass
    finally:
        played.close()


def _begin(played: Shop, fault: str) -> None:
    name, _, times = fault.partition(":")
    try:
        played.fail(name, ALWAYS if times == "always" else int(times or 1))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--fault") from error


def _sell(played: Any, orders: int, items: tuple[str, ...]) -> None:
    if hasattr(played, "add_product"):
        for item in items:
            played.add_product(item, _ON_SHELF)
    chance = random.Random(_SEED)
    for _ in range(orders):
        lines = [(item, chance.randint(1, 3)) for item in chance.sample(items, chance.randint(1, min(3, len(items))))]
        played.place(lines, buyer="王小明", address=HOME)
