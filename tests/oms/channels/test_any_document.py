"""Whatever stands in whatever field of an order: it is read, or misunderstood by its place, and never anything else."""

import copy
import json

import pytest

from server.oms.channels.base import ChannelOrder
from server.oms.channels.errors import Misunderstood
from server.oms.channels.shopify_orders import understood as shopify_order
from server.oms.channels.woocommerce_orders import understood as woocommerce_order
from simulators.shops.shopify import ShopifyShop
from simulators.shops.woocommerce import WooCommerceShop

ODD = [None, True, 0, -1, 7, 10**30, "", "x", "NaN", "9" * 40, "2026-11-25", "9999-12-31T23:59:59", "0001-01-01T00:00:00+23:59", [], [None], [7], ["x"], [[]], {}, {"id": {}}]
REFUNDS = {"woocommerce": [{"line_items": [{"quantity": -1, "meta_data": [{"key": "_refunded_item_id", "value": "201"}]}]}],
           "shopify": [{"refund_line_items": [{"line_item_id": 201, "quantity": 1}]}]}


@pytest.mark.parametrize("kind, played, read", [("woocommerce", WooCommerceShop, woocommerce_order), ("shopify", ShopifyShop, shopify_order)])
def test_an_order_with_something_odd_in_it_is_read_or_misunderstood(kind, played, read):
    shop = played()
    order = shop.place([("SKU-1", 2)], address={"name": "Ana García", "city": "Madrid"})
    whole = {**json.loads(json.dumps(shop.paper(order))), "refunds": REFUNDS[kind]}
    shop.close()
    assert isinstance(read(whole), ChannelOrder)
    named = []
    for place in list(places(whole)):
        for odd in ODD:
            document = changed(whole, place, odd)
            try:
                assert isinstance(read(document), ChannelOrder), place
            except Misunderstood as wrong:
                named.append(wrong.code.split(".")[0].split("[")[0])
    assert len(named) > 100
    assert set(named) <= set(whole)


def places(value, before=()):
    """All places in a document, each as the names and numbers that lead there."""
    for name, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*before, name)
        yield from places(one, (*before, name))


def changed(whole, place, value):
    document = copy.deepcopy(whole)
    parent = document
    for name in place[:-1]:
        parent = parent[name]
    parent[place[-1]] = value
    return document
