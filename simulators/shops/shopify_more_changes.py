"""What else can be done at a Shopify shop in GraphQL: orders are written, stock is begun at a place, parcels tell where they are, notes are kept on things."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from simulators.shops.served import UNASKED
from simulators.shops.shopify_goods_nodes import variant_node
from simulators.shops.shopify_node import node
from simulators.shops.shopify_nodes import order_node, to_ship_node
from simulators.shops.shopify_papers import stamp
from simulators.shops.shopify_shipping import Wrong

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop

Arguments = Mapping[str, Any]
_EVENTS = ("ATTEMPTED_DELIVERY", "CARRIER_PICKED_UP", "CONFIRMED", "DELAYED", "DELIVERED", "FAILURE", "IN_TRANSIT", "LABEL_PRINTED", "LABEL_PURCHASED",
           "OUT_FOR_DELIVERY", "READY_FOR_PICKUP")


def more_changes(shop: "ShopifyShop") -> dict[str, Callable[[Arguments], dict[str, Any]]]:
    """By the mutation's name."""
    done = _More(shop)
    return {"orderCreate": done.order, "inventoryActivate": done.stock, "fulfillmentEventCreate": done.happens, "fulfillmentOrderMove": done.move,
            "metafieldsSet": done.note, "metafieldsDelete": done.forget}


class _More:
    def __init__(self, shop: "ShopifyShop") -> None:
        self._shop = shop

    def order(self, told: Arguments) -> dict[str, Any]:
        asked = told["order"]
        lines = [{"sku": one.get("sku"), "title": one.get("title"), "variant_id": _number(one["variantId"]) if one.get("variantId") else None,
                  "quantity": one.get("quantity", 1)} for one in asked.get("lineItems") or []]
        body = {"line_items": lines, "financial_status": str(asked.get("financialStatus") or "PAID").lower(),
                **{name: asked[name] for name in ("note", "email", "phone", "tags") if asked.get(name)}}
        number = max(map(int, self._shop.orders), default=0)
        self._shop.desk.post(UNASKED, {"order": body})
        made = next(one for ref, one in self._shop.orders.items() if int(ref) > number)
        return {"order": order_node(self._shop, self._shop.paper(made))}

    def stock(self, told: Arguments) -> dict[str, Any]:
        item, place = _number(told["inventoryItemId"]), _number(told["locationId"])
        self._shop.goods.set(item, place, int(told.get("available") or self._shop.goods.available(item, place)))
        paper = next(one for each in self._shop.goods.product_papers() for one in each["variants"] if one["inventory_item_id"] == item)
        return {"inventoryLevel": variant_node(self._shop, paper)["inventoryItem"]["inventoryLevel"]({"locationId": f"gid://shopify/Location/{place}"})}

    def happens(self, told: Arguments) -> dict[str, Any]:
        asked = told["fulfillmentEvent"]
        number, status = _number(asked["fulfillmentId"]), str(asked["status"])
        paper = self._shop.shipping.found(number)
        if status not in _EVENTS:
            raise Wrong(422, {"status": ["is not included in the list"]})
        now = stamp(self._shop.now())
        event = node("FulfillmentEvent", self._shop.new_id(), status=status, happenedAt=asked.get("happenedAt") or now, createdAt=now, message=asked.get("message"),
                     **dict.fromkeys(("address1", "city", "country", "latitude", "longitude", "province", "zip", "estimatedDeliveryAt")))
        self._shop.happened.setdefault(number, []).append(event)
        paper["shipment_status"] = status.lower()
        self._shop.change(str(paper["order_id"]))
        return {"fulfillmentEvent": event}

    def move(self, told: Arguments) -> dict[str, Any]:
        moved = self._shop.dispatch.move(UNASKED, {"fulfillment_order": {"new_location_id": _number(told["newLocationId"])}}, _number(told["id"]))
        return {"movedFulfillmentOrder": to_ship_node(self._shop, moved["moved_fulfillment_order"]), "originalFulfillmentOrder": None, "remainingFulfillmentOrder": None}

    def note(self, told: Arguments) -> dict[str, Any]:
        made = []
        for place, one in enumerate(told["metafields"]):
            if not one.get("value"):
                raise Wrong(422, {f"metafields.{place}.value": ["can't be blank"]}, "BLANK")
            key, now = (one.get("namespace") or "", one["key"]), stamp(self._shop.now())
            own = self._shop.metafields.setdefault(one["ownerId"], {})
            own[key] = node("Metafield", self._shop.new_id(), namespace=key[0], key=key[1], value=one["value"], type=one.get("type") or "single_line_text_field",
                            createdAt=now, updatedAt=now, ownerType=one["ownerId"].split("/")[-2].upper(), compareDigest="")
            made.append(own[key])
        return {"metafields": made}

    def forget(self, told: Arguments) -> dict[str, Any]:
        gone = []
        for one in told["metafields"]:
            was = self._shop.metafields.get(one["ownerId"], {}).pop((one.get("namespace") or "", one["key"]), None)
            gone.append(None if was is None else {"__typename": "MetafieldIdentifier", "ownerId": one["ownerId"], "namespace": was["namespace"], "key": was["key"]})
        return {"deletedMetafields": gone}


def _number(gid: Any) -> int:
    return int(str(gid).rpartition("/")[2])
