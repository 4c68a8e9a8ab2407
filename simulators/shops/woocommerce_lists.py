"""What else is read at a WooCommerce shop: lists that are short or empty here, and how many orders there are of each status."""

from typing import TYPE_CHECKING, Any

from simulators.shops.served import Asked, Reply
from simulators.shops.woocommerce_orders import STATUSES
from simulators.shops.woocommerce_pages import Wrong, page

if TYPE_CHECKING:
    from simulators.shops.woocommerce import WooCommerceShop

_WAYS = (("flat_rate", "Flat rate"), ("free_shipping", "Free shipping"), ("local_pickup", "Local pickup"))
_EMPTY = ("coupons", "taxes", "products/categories", "products/tags", "products/attributes", "products/shipping_classes")
_NO_SUCH = {"coupons": "woocommerce_rest_shop_coupon_invalid_id", "taxes": "woocommerce_rest_invalid_id"}


class Lists:
    """Read only."""

    def __init__(self, shop: "WooCommerceShop") -> None:
        self._shop = shop

    def empty(self, asked: Asked, _body: Any) -> Reply:
        """GET a list of what this shop has none of."""
        return page(asked, [])

    def no_one(self, asked: Asked, _body: Any, _number: int) -> Any:
        """GET one of them."""
        name = asked.path.rstrip("/").split("/")[-2]
        raise Wrong(404, _NO_SUCH.get(name, "woocommerce_rest_term_invalid"), "Invalid ID.")

    def totals(self, _asked: Asked, _body: Any) -> Any:
        """GET reports/orders/totals."""
        own = [self._shop.status(order) for order in self._shop.orders.values()]
        return [{"slug": one, "name": one.replace("-", " ").capitalize(), "total": own.count(one)} for one in STATUSES]

    def refunds(self, asked: Asked, _body: Any) -> Reply:
        """GET refunds: of all orders, the latest first."""
        found = [one for several in self._shop.refunds.values() for one in several]
        return page(asked, sorted(found, key=lambda one: -int(one["id"])))

    def gateways(self, _asked: Asked, _body: Any) -> Any:
        """GET payment_gateways."""
        return [{"id": "stripe", "title": "Card", "description": "", "order": 0, "enabled": True, "method_title": "Stripe", "method_description": "",
                 "method_supports": ["products", "refunds"], "settings": {}}]

    def ways(self, _asked: Asked, _body: Any) -> Any:
        """GET shipping_methods."""
        return [{"id": one, "title": title, "description": ""} for one, title in _WAYS]

    def zones(self, _asked: Asked, _body: Any) -> Any:
        """GET shipping/zones."""
        return [{"id": 0, "name": "Locations not covered by your other zones", "order": 0}]

    def currencies(self, _asked: Asked, _body: Any) -> Any:
        """GET data/currencies."""
        return [{"code": self._shop.currency, "name": self._shop.currency, "symbol": self._shop.currency}]


LISTS = (
    *(("GET", name, "lists.empty") for name in _EMPTY), *(("GET", rf"{name}/(\d+)", "lists.no_one") for name in _EMPTY),
    ("GET", r"reports/orders/totals", "lists.totals"), ("GET", r"refunds", "lists.refunds"), ("GET", r"payment_gateways", "lists.gateways"),
    ("GET", r"shipping_methods", "lists.ways"), ("GET", r"shipping/zones", "lists.zones"), ("GET", r"data/currencies", "lists.currencies"))
"""Where each is asked."""
