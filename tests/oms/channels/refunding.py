"""The four platforms on which buyers ask for their money: each played, and connected to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from server.oms.channels import kinds
from server.oms.channels.caller import Caller
from simulators.shops.douyin import DouyinShop
from simulators.shops.jd import JdShop
from simulators.shops.mini_program import MiniProgramShop
from simulators.shops.taobao import TaobaoShop

PLATFORMS = ("taobao", "jd", "douyin", "mini_program")
_SHOPS = {
    "taobao": (TaobaoShop, "/router/rest", ("app_key", "app_secret", "session")), "jd": (JdShop, "/routerjson", ("app_key", "app_secret", "access_token")),
    "douyin": (DouyinShop, "", ("app_key", "app_secret", "shop_id")), "mini_program": (MiniProgramShop, "", ("app_id", "app_secret"))}


@contextmanager
def played(kind: str) -> Iterator[Any]:
    shop = _SHOPS[kind][0]()
    try:
        yield shop
    finally:
        shop.close()


@pytest.fixture(params=PLATFORMS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shop(kind: str) -> Iterator[Any]:
    with played(kind) as shop:
        yield shop


def settings(kind: str, shop: Any) -> dict[str, str]:
    """How a seller connects to it."""
    _, path, names = _SHOPS[kind]
    return {"address": f"{shop.address}{path}", **{name: getattr(shop, name) for name in names}}


def connected(kind: str, shop: Any) -> Any:
    what = kinds()[kind]
    return what.connect(what.settings(**settings(kind, shop)), Caller(seconds=5))
