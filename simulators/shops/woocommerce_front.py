"""What a WooCommerce site tells of itself: where it can be asked what, what runs there, and by which money."""

from typing import TYPE_CHECKING, Any

from simulators.shops.served import Asked

if TYPE_CHECKING:
    from simulators.shops.woocommerce import WooCommerceShop

_SPACES = ("wc/v2", "wc/v3", "wc-shipment-tracking/v3")


class Front:
    """Read only."""

    def __init__(self, shop: "WooCommerceShop") -> None:
        self._shop = shop

    def site(self) -> Any:
        """GET the root of the site, by anybody."""
        return {"name": "A shop", "description": "", "url": self._shop.address, "home": self._shop.address, "gmt_offset": str(self._shop.hours), "timezone_string": "",
                "namespaces": ["wp/v2", *_SPACES], "authentication": {}, "routes": {f"/{one}": {"namespace": one, "methods": ["GET"]} for one in _SPACES}}

    def index(self, _asked: Asked, _body: Any) -> Any:
        """GET the root of the shop."""
        routes = self._shop.routes
        return {"namespace": "wc/v3", "routes": {f"/wc/v3/{pattern}": {"namespace": "wc/v3", "methods": sorted({verb for verb, same, _ in routes if same == pattern})}
                                                 for _, pattern, _ in routes}}

    def system(self, _asked: Asked, _body: Any) -> Any:
        """GET system_status."""
        at = self._shop.address
        return {"environment": {"home_url": at, "site_url": at, "version": "9.8.5", "wp_version": "6.8", "wp_multisite": False, "wp_memory_limit": 268_435_456,
                                "wp_debug_mode": False, "wp_cron": True, "language": "en_US", "php_version": "8.3.6", "php_post_max_size": 8_388_608,
                                "php_max_execution_time": 30, "default_timezone": "UTC", "fsockopen_or_curl_enabled": True, "remote_post_successful": True,
                                "remote_get_successful": True},
                "database": {"wc_database_version": "9.8.5", "database_prefix": "wp_"},
                "active_plugins": [{"plugin": "woocommerce/woocommerce.php", "name": "WooCommerce", "version": "9.8.5"}, {
                    "plugin": "woocommerce-shipment-tracking/woocommerce-shipment-tracking.php", "name": "WooCommerce Shipment Tracking", "version": "2.7.0"}],
                "inactive_plugins": [], "dropins_mu_plugins": {"dropins": [], "mu_plugins": []}, "theme": {"name": "Storefront", "version": "4.6.0", "is_child_theme": False},
                "settings": {"api_enabled": True, "force_ssl": False, "currency": self._shop.currency, "currency_symbol": self._shop.currency, "currency_position": "left",
                             "thousand_separator": ",", "decimal_separator": ".", "number_of_decimals": 2, "geolocation_enabled": False, "HPOS_enabled": True},
                "security": {"secure_connection": at.startswith("https"), "hide_errors": True}, "pages": [], "post_type_counts": [
                    {"type": "product", "count": str(len(self._shop.shelf.products))}]}

    def currency(self, _asked: Asked, _body: Any) -> Any:
        """GET data/currencies/current."""
        return {"code": self._shop.currency, "name": self._shop.currency, "symbol": self._shop.currency}
