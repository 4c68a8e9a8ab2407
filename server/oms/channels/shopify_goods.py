"""What leaves and what there is, as a Shopify shop wants to be told: by its own locations, lines and items."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from server.oms.channels.base import Parcel, Quantity
from server.oms.channels.errors import ChannelError, ChannelRefused, ChannelShut
from server.oms.channels.reading import as_written
from server.oms.channels.shopify_api import Api, list_of, order_path

_ASKED_MAX = 40
_VARIANTS = """query variants($query: String!, $after: String) {
  productVariants(first: 100, query: $query, after: $after) {
    nodes { id sku inventoryItem { id } }
    pageInfo { hasNextPage endCursor }
  }
}"""
_FULFILLABLE = ("open", "in_progress")
_VOID = ("cancelled", "error", "failure")


class Shipping:
    """The shop cuts an order into fulfilment orders, each of one location; a fulfilment ships of one location only."""

    def __init__(self, api: Api, *, notifies_buyer: bool) -> None:
        self._api, self._notifies_buyer = api, notifies_buyer

    def ship(self, parcel: Parcel) -> None:
        """What of the parcel is not told yet, location by location."""
        wanted = Counter(dict(parcel.lines))
        told = self._told(parcel)
        if told and (wanted - told).total() == 0:
            return
        open_orders = self._open_orders(parcel.ref)
        with as_written("fulfillment_orders"):
            left = wanted - told or _all_of(open_orders)
            shipments = _by_location(open_orders, left)
        for shipment in shipments:
            self._api.json("POST", "fulfillments", "fulfillment", body={"fulfillment": {
                "line_items_by_fulfillment_order": shipment, "notify_customer": self._notifies_buyer,
                "tracking_info": {"number": parcel.tracking, "company": parcel.carrier}}})
        if left.total() or not shipments:
            raise ChannelRefused(f"The shop has nothing more to ship of: {', '.join(left) or 'this order'}.", code="fulfillment_orders")

    def _told(self, parcel: Parcel) -> Counter[str]:
        told = Counter[str]()
        given = list_of(self._api.json("GET", f"{order_path(parcel.ref)}/fulfillments", "fulfillments"), "fulfillments")
        with as_written("fulfillments"):
            for one in given:
                if parcel.tracking in (one.get("tracking_number"), *(one.get("tracking_numbers") or ())) and one.get("status") not in _VOID:
                    told.update({str(line["id"]): int(line["quantity"]) for line in one["line_items"]})
        return told

    def _open_orders(self, ref: str) -> list[dict[str, Any]]:
        told = list_of(self._api.json("GET", f"{order_path(ref)}/fulfillment_orders", "fulfillment_orders"), "fulfillment_orders")
        return [one for one in told if one.get("status") in _FULFILLABLE]


def _all_of(open_orders: Sequence[Mapping[str, Any]]) -> Counter[str]:
    left = Counter[str]()
    for one in open_orders:
        for line in one["line_items"]:
            left[str(line["line_item_id"])] += int(line["fulfillable_quantity"])
    return left


def _by_location(open_orders: Sequence[Mapping[str, Any]], left: Counter[str]) -> list[list[dict[str, Any]]]:
    """What is shipped from each location; it is taken from what is left."""
    shipments: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for one in open_orders:
        taken = []
        for line in one["line_items"]:
            ref = str(line["line_item_id"])
            quantity = min(left[ref], int(line["fulfillable_quantity"]))
            if quantity > 0:
                left[ref] -= quantity
                taken.append({"id": line["id"], "quantity": quantity})
        if taken:
            shipments[one["assigned_location_id"]].append({"fulfillment_order_id": one["id"], "fulfillment_order_line_items": taken})
    left += Counter()  # drops what is at nothing
    return list(shipments.values())


class Stock:
    """How much there is at one location of the shop."""

    def __init__(self, api: Api, location: str) -> None:
        self._api, self._location = api, location

    def set(self, quantities: Sequence[Quantity]) -> list[tuple[Quantity, ChannelError]]:
        """Which were refused, and why."""
        refused: list[tuple[Quantity, ChannelError]] = []
        for first in range(0, len(quantities), _ASKED_MAX):
            some = quantities[first:first + _ASKED_MAX]
            items = self._items([one.item for one in some])
            for one in some:
                try:
                    self._set(one, items[one.item])
                except ChannelShut:
                    raise
                except ChannelRefused as error:
                    refused.append((one, error))
        return refused

    def _set(self, quantity: Quantity, items: Sequence[str]) -> None:
        """Listed twice under one number is the same goods twice: both are told."""
        if not items:
            raise ChannelRefused("The shop has no variant with this number (sku).", code="sku")
        for item in items:
            self._api.json("POST", "inventory_levels/set", "inventory_level", body={
                "location_id": int(self._place()), "inventory_item_id": int(item), "available": quantity.quantity})

    def _items(self, names: Sequence[str]) -> dict[str, list[str]]:
        """The shop's items by the seller's number, or by the variant's own where there is none. REST cannot be asked for them."""
        found: dict[str, list[str]] = defaultdict(list)
        query, after = " OR ".join(_searched(name) for name in names), None
        while True:
            told = self._api.ask(_VARIANTS, {"query": query, "after": after})
            with as_written("productVariants"):
                page = told["productVariants"]
                for variant in page["nodes"]:
                    item = variant["inventoryItem"]["id"].rpartition("/")[2]
                    for name in {variant["sku"] or "", variant["id"].rpartition("/")[2]} & set(names):
                        found[name].append(item)
                if not page["pageInfo"]["hasNextPage"]:
                    return found
                after = page["pageInfo"]["endCursor"]

    def _place(self) -> str:
        if not self._location:
            places = list_of(self._api.json("GET", "locations", "locations"), "locations")
            self._location = next((str(one["id"]) for one in places if one.get("active", True)), "")
        if not self._location:
            raise ChannelRefused("The shop has no location that is active.", code="locations")
        return self._location


def _searched(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'sku:"{escaped}"' + (f" OR id:{name}" if name.isascii() and name.isdigit() else "")
