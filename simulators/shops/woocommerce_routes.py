"""Where what is asked of a WooCommerce shop is answered."""

from collections.abc import Sequence

from simulators.shops.woocommerce_lists import LISTS
from simulators.shops.woocommerce_people import PEOPLE
from simulators.shops.woocommerce_settings import SETUP
from simulators.shops.woocommerce_tracking import TRACKINGS

ROUTES: Sequence[tuple[str, str, str]] = (
    ("GET", r"", "front.index"), ("GET", r"system_status", "front.system"), ("GET", r"data/currencies/current", "front.currency"),
    ("GET", r"orders", "desk.all"), ("POST", r"orders", "desk.post"), ("POST", r"orders/batch", "desk.batch"),
    ("GET", r"orders/(\d+)", "desk.one"), ("PUT", r"orders/(\d+)", "desk.put"), ("POST", r"orders/(\d+)", "desk.put"),
    ("DELETE", r"orders/(\d+)", "desk.delete"),
    ("GET", r"orders/(\d+)/refunds", "paid_back.all"), ("POST", r"orders/(\d+)/refunds", "paid_back.post"),
    ("GET", r"orders/(\d+)/refunds/(\d+)", "paid_back.one"), ("DELETE", r"orders/(\d+)/refunds/(\d+)", "paid_back.delete"),
    ("GET", r"orders/(\d+)/notes", "notes.all"), ("POST", r"orders/(\d+)/notes", "notes.post"),
    ("GET", r"orders/(\d+)/notes/(\d+)", "notes.one"), ("DELETE", r"orders/(\d+)/notes/(\d+)", "notes.delete"),
    ("GET", r"products", "shelf.all"), ("POST", r"products", "shelf.post"), ("POST", r"products/batch", "shelf.batch"),
    ("GET", r"products/(\d+)", "shelf.one"), ("PUT", r"products/(\d+)", "shelf.put"), ("POST", r"products/(\d+)", "shelf.put"),
    ("DELETE", r"products/(\d+)", "shelf.delete"), ("GET", r"products/(\d+)/variations", "shelf.variations"),
    ("GET", r"products/(\d+)/variations/(\d+)", "shelf.variation"), ("PUT", r"products/(\d+)/variations/(\d+)", "shelf.put_variation"),
    ("POST", r"products/(\d+)/variations/batch", "shelf.batch_variations"),
    ("GET", r"webhooks", "webhooks.all"), ("POST", r"webhooks", "webhooks.post"), ("POST", r"webhooks/batch", "webhooks.batch"),
    ("GET", r"webhooks/(\d+)", "webhooks.one"), ("PUT", r"webhooks/(\d+)", "webhooks.one"), ("DELETE", r"webhooks/(\d+)", "webhooks.one"),
    ("POST", r"products/(\d+)/variations", "shelf.post_variation"), ("DELETE", r"products/(\d+)/variations/(\d+)", "shelf.delete_variation"), *PEOPLE, *SETUP, *TRACKINGS, *LISTS,
)
