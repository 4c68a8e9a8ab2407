"""Tracking numbers on orders of a WooCommerce shop, as the plugin of WooCommerce itself keeps them: under addresses of its own."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from simulators.shops.served import Asked
from simulators.shops.shop import ShopParcel
from simulators.shops.woocommerce_pages import Wrong, invalid, missing
from simulators.shops.woocommerce_papers import stamp

if TYPE_CHECKING:
    from simulators.shops.woocommerce import WooCommerceShop

_PROVIDERS = {"Global": {"Aramex": "https://www.aramex.com/track/track-results-new?ShipmentNumber=%1$s"},
              "Germany": {"DHL Intraship (DE)": "https://nolp.dhl.de/nextt-online-public/set_identcodes.do?idc=%1$s", "Hermes": "https://tracking.hermesworld.com/?TrackID=%1$s"},
              "United States": {"Fedex": "https://www.fedex.com/Tracking?action=track&tracknumbers=%1$s", "UPS": "https://wwwapps.ups.com/tracking/tracking.cgi?tracknum=%1$s",
                                "USPS": "https://tools.usps.com/tracking/%1$s"}}
_LINKS = {name: link for several in _PROVIDERS.values() for name, link in several.items()}
_KEY = "_wc_shipment_tracking_items"


class Trackings:
    """Of each order; that a parcel left does not change the order's status."""

    def __init__(self, shop: "WooCommerceShop") -> None:
        self._shop = shop
        self._made: dict[str, list[dict[str, Any]]] = {}

    def providers(self, _asked: Asked, _body: Any, *_number: int) -> Any:
        """GET shipment-trackings/providers."""
        return _PROVIDERS

    def all(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET orders/<number>/shipment-trackings."""
        return self._made.get(self._shop.desk.known(number).ref, [])

    def one(self, asked: Asked, body: Any, number: int) -> Any:
        """GET orders/<number>/shipment-trackings/<id>."""
        wanted = asked.path.rstrip("/").rpartition("/")[2]
        found = next((one for one in self.all(asked, body, number) if one["tracking_id"] == wanted), None)
        if found is None:
            raise Wrong(404, "woocommerce_rest_order_shipment_tracking_invalid_id", "Invalid shipment tracking ID.")
        return found

    def post(self, _asked: Asked, body: Mapping[str, Any], number: int) -> Any:
        """POST orders/<number>/shipment-trackings."""
        order, tracking = self._shop.desk.known(number), str(body.get("tracking_number") or "")
        carrier = str(body.get("tracking_provider") or body.get("custom_tracking_provider") or "")
        if not tracking or not carrier:
            raise missing("tracking_number" if carrier else "tracking_provider")
        link = str(body.get("custom_tracking_link") or "") if body.get("custom_tracking_provider") else _LINKS.get(carrier, "")
        shipped = str(body.get("date_shipped") or stamp(self._shop.now(), self._shop.hours)[:10])
        if not _is_date(shipped):
            raise invalid("date_shipped", "Invalid date.", "rest_invalid_date")
        paper = {"tracking_id": hashlib.md5(f"{carrier}-{tracking}-{shipped}".encode(), usedforsecurity=False).hexdigest(), "tracking_provider": carrier,
                 "tracking_link": link.replace("%1$s", tracking), "tracking_number": tracking, "date_shipped": shipped}
        status = self._shop.status(order)
        self._made.setdefault(order.ref, []).append(paper)
        self._shop.note(order.ref, _KEY, self._made[order.ref])
        self._shop.told_shipped(order.ref, ShopParcel(tracking, carrier))
        self._shop.statuses[order.ref] = status
        return paper

    def delete(self, asked: Asked, body: Any, number: int) -> Any:
        """DELETE orders/<number>/shipment-trackings/<id>."""
        paper, order, kept = self.one(asked, body, number), self._shop.desk.known(number), self._shop.statuses.get(str(number))
        self._made[order.ref].remove(paper)
        self._shop.note(order.ref, _KEY, self._made[order.ref])
        self._shop.touch(order.ref, parcels=tuple(one for one in order.parcels if one.tracking != paper["tracking_number"]))
        self._shop.statuses.update({order.ref: kept} if kept else {})
        return paper


def _is_date(told: str) -> bool:
    try:
        date.fromisoformat(told)
    except ValueError:
        return False
    return True


TRACKINGS = (
    ("GET", r"shipment-trackings/providers", "trackings.providers"), ("GET", r"orders/(\d+)/shipment-trackings/providers", "trackings.providers"),
    ("GET", r"orders/(\d+)/shipment-trackings", "trackings.all"), ("POST", r"orders/(\d+)/shipment-trackings", "trackings.post"),
    ("GET", r"orders/(\d+)/shipment-trackings/[0-9a-f]+", "trackings.one"), ("DELETE", r"orders/(\d+)/shipment-trackings/[0-9a-f]+", "trackings.delete"))
"""Where each is asked."""
