"""What can be done at a Shopify shop in GraphQL: each as REST does it, with its refusals as user errors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from simulators.shops.graphql_tokens import GraphQLError
from simulators.shops.served import UNASKED
from simulators.shops.shopify_bulk import bulk_changes
from simulators.shops.shopify_enums import ENUMS
from simulators.shops.shopify_more_changes import more_changes
from simulators.shops.shopify_node import node
from simulators.shops.shopify_nodes import fulfilment_node, order_node, refund_node, subscription_node, to_ship_node
from simulators.shops.shopify_shipping import Wrong
from simulators.shops.shopify_topics import in_rest
from simulators.shops.shopify_typed import error_of

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop

Arguments = Mapping[str, Any]


def changes(shop: "ShopifyShop") -> dict[str, Callable[[Arguments], dict[str, Any]]]:
    """All mutations by name; older names of some mean the same."""
    done = _Changes(shop)
    told = {
        "fulfillmentCreate": done.ship, "fulfillmentCreateV2": done.ship, "fulfillmentTrackingInfoUpdate": done.track,
        "fulfillmentTrackingInfoUpdateV2": done.track, "fulfillmentCancel": done.unship, "fulfillmentOrderHold": done.hold,
        "fulfillmentOrderReleaseHold": done.release, "inventorySetQuantities": done.set_quantities,
        "inventorySetOnHandQuantities": done.set_quantities, "inventoryAdjustQuantities": done.adjust_quantities, "orderCancel": done.cancel,
        "orderUpdate": done.update, "orderClose": done.close, "orderOpen": done.reopen, "orderMarkAsPaid": done.pay, "refundCreate": done.refund, "tagsAdd": done.tag, "tagsRemove": done.untag,
        "webhookSubscriptionCreate": done.subscribe, "webhookSubscriptionUpdate": done.resubscribe, "webhookSubscriptionDelete": done.unsubscribe,
        **more_changes(shop), **bulk_changes(shop.bulk)}
    return {name: _tried(name, one) for name, one in told.items()}


def _tried(name: str, change: Callable[[Arguments], dict[str, Any]]) -> Callable[[Arguments], dict[str, Any]]:
    def said(arguments: Arguments) -> dict[str, Any]:
        payload = {"__typename": f"{name[0].upper()}{name[1:]}Payload", **_EMPTY}
        try:
            return {**payload, **change(arguments)}
        except Wrong as wrong:
            of = "orderCancelUserErrors" if name == "orderCancel" else "userErrors"
            told = _gone(name) if wrong.args[0] == _NOT_FOUND else wrong.args[1:]
            return {**payload, of: _errors("OrderCancelUserError" if name == "orderCancel" else error_of(name), *told)}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise GraphQLError(f"Argument of {name} is missing or of a wrong type: {error}", "argumentLiteralsIncompatible") from error
    return said


_NOT_FOUND = 404
_GONE = (("order", "id", "Order does not exist", "NOT_FOUND"), ("refund", "orderId", "Order does not exist", ""), ("tags", "id", "Order does not exist", ""),
         ("fulfillmentOrder", "id", "Fulfillment order does not exist.", "FULFILLMENT_ORDER_NOT_FOUND"), ("fulfillmentCreate", "fulfillment", "Fulfillment order does not exist.", ""),
         ("fulfillmentEvent", "fulfillmentEvent.fulfillmentId", "Fulfillment does not exist.", ""), ("fulfillmentTracking", "fulfillmentId", "Fulfillment does not exist.", ""),
         ("fulfillment", "id", "Fulfillment does not exist.", ""), ("webhookSubscription", "id", "Webhook subscription does not exist", ""),
         ("inventory", "inventoryItemId", "The product couldn't be stocked because the location or the item wasn't found.", ""))
"""What a mutation says of a thing that is not there, by how its name begins: the field, the words, the code."""


def _gone(name: str) -> tuple[Any, ...]:
    return next((({field: [words]}, code) for start, field, words, code in _GONE if name.startswith(start)), ("Not Found",))


_EMPTY: Mapping[str, Any] = {
    **dict.fromkeys(("fulfillment", "fulfillmentOrder", "fulfillmentHold", "node", "remainingFulfillmentOrder", "inventoryAdjustmentGroup", "job", "order", "refund",
                     "webhookSubscription", "deletedWebhookSubscriptionId", "inventoryLevel", "fulfillmentEvent", "movedFulfillmentOrder", "originalFulfillmentOrder",
                     "metafields", "deletedMetafields", "bulkOperation")), "userErrors": [], "orderCancelUserErrors": []}


class _Changes:
    def __init__(self, shop: "ShopifyShop") -> None:
        self._shop = shop

    def ship(self, told: Arguments) -> dict[str, Any]:
        asked = told["fulfillment"]
        groups = [{"fulfillment_order_id": _number(one["fulfillmentOrderId"]), "fulfillment_order_line_items": [
            {"id": _number(line["id"]), "quantity": line["quantity"]} for line in one.get("fulfillmentOrderLineItems") or []]}
            for one in asked["lineItemsByFulfillmentOrder"]]
        body = {"line_items_by_fulfillment_order": groups, "tracking_info": asked.get("trackingInfo") or {}}
        return {"fulfillment": fulfilment_node(self._shop, self._shop.dispatch.post(UNASKED, {"fulfillment": body})["fulfillment"])}

    def track(self, told: Arguments) -> dict[str, Any]:
        body = {"fulfillment": {"tracking_info": told["trackingInfoInput"]}}
        return {"fulfillment": fulfilment_node(self._shop, self._shop.dispatch.track(UNASKED, body, _number(told["fulfillmentId"]))["fulfillment"])}

    def unship(self, told: Arguments) -> dict[str, Any]:
        return {"fulfillment": fulfilment_node(self._shop, self._shop.dispatch.cancel(UNASKED, {}, _number(told["id"]))["fulfillment"])}

    def hold(self, told: Arguments) -> dict[str, Any]:
        body = {"fulfillment_hold": {"reason": told["fulfillmentHold"]["reason"]}}
        held = self._shop.dispatch.hold(UNASKED, body, _number(told["id"]))["fulfillment_order"]
        return {"fulfillmentOrder": to_ship_node(self._shop, held), "fulfillmentHold": node("FulfillmentHold", held["id"], reason=told["fulfillmentHold"]["reason"])}

    def release(self, told: Arguments) -> dict[str, Any]:
        return {"fulfillmentOrder": to_ship_node(self._shop, self._shop.dispatch.release(UNASKED, {}, _number(told["id"]))["fulfillment_order"])}

    def set_quantities(self, told: Arguments) -> dict[str, Any]:
        asked = told["input"]
        wanted = [(_number(one["inventoryItemId"]), _number(one["locationId"]), one) for one in asked.get("quantities") or asked["setQuantities"]]
        for at, (item, place, one) in enumerate(wanted):
            before = one.get("compareQuantity", one.get("changeFromQuantity"))
            if before is not None and not asked.get("ignoreCompareQuantity") and before != self._shop.goods.available(item, place):
                raise Wrong(422, {f"input.quantities.{at}.compareQuantity": ["The compareQuantity value does not match persisted value."]}, "COMPARE_QUANTITY_STALE")
        return self._counted(asked, [(item, place, int(one["quantity"]) - self._shop.goods.available(item, place)) for item, place, one in wanted])

    def adjust_quantities(self, told: Arguments) -> dict[str, Any]:
        asked = told["input"]
        return self._counted(asked, [(_number(one["inventoryItemId"]), _number(one["locationId"]), int(one["delta"])) for one in asked["changes"]])

    def _counted(self, asked: Arguments, deltas: Sequence[tuple[int, int, int]]) -> dict[str, Any]:
        for item, place, _ in deltas:
            if item - 1 not in self._shop.goods.variants.values() or place not in self._shop.goods.places:
                raise Wrong(422, {"input": ["The specified inventory item or location could not be found."]}, "INVALID_INVENTORY_ITEM")
        for item, place, delta in deltas:
            self._shop.goods.set(item, place, self._shop.goods.available(item, place) + delta)
        made = [{"__typename": "InventoryChange", "name": "available", "delta": delta, "quantityAfterChange": self._shop.goods.available(item, place)}
                for item, place, delta in deltas]
        return {"inventoryAdjustmentGroup": node("InventoryAdjustmentGroup", self._shop.new_id(), reason=asked.get("reason"), changes=lambda _: made,
                                                 referenceDocumentUri=asked.get("referenceDocumentUri"))}

    def cancel(self, told: Arguments) -> dict[str, Any]:
        self._shop.desk.cancel(UNASKED, {"reason": str(told["reason"]).lower()}, _number(told["orderId"]))
        return {"job": {"__typename": "Job", "id": f"gid://shopify/Job/{self._shop.new_id()}", "done": False}}

    def update(self, told: Arguments) -> dict[str, Any]:
        asked = dict(told["input"])
        if isinstance(asked.get("tags"), list):
            asked["tags"] = ", ".join(asked["tags"])
        return self._order(self._shop.desk.put(UNASKED, {"order": asked}, _number(asked["id"])))

    def tag(self, told: Arguments) -> dict[str, Any]:
        return self._tagged(told["id"], lambda tags: [*tags, *(one for one in _several(told["tags"]) if one not in tags)])

    def untag(self, told: Arguments) -> dict[str, Any]:
        return self._tagged(told["id"], lambda tags: [one for one in tags if one not in _several(told["tags"])])

    def _tagged(self, gid: str, change: Callable[[list[str]], list[str]]) -> dict[str, Any]:
        before = self._shop.paper(self._shop.desk.known(_number(gid)))["tags"]
        return {"node": self.update({"input": {"id": gid, "tags": change(_several(before))}})["order"]}

    def close(self, told: Arguments) -> dict[str, Any]:
        return self._order(self._shop.desk.close(UNASKED, {}, _number(told["input"]["id"])))

    def reopen(self, told: Arguments) -> dict[str, Any]:
        return self._order(self._shop.desk.open(UNASKED, {}, _number(told["input"]["id"])))

    def pay(self, told: Arguments) -> dict[str, Any]:
        order = self._shop.pay(self._shop.desk.known(_number(told["input"]["id"])).ref)
        return self._order({"order": self._shop.paper(order)})

    def _order(self, told: Arguments) -> dict[str, Any]:
        return {"order": order_node(self._shop, told["order"])}

    def refund(self, told: Arguments) -> dict[str, Any]:
        asked = told["input"]
        body = {"note": asked.get("note"), "refund_line_items": [
            {"line_item_id": _number(one["lineItemId"]), "quantity": one["quantity"], "restock_type": str(one.get("restockType") or "NO_RESTOCK").lower()}
            for one in asked.get("refundLineItems") or []], "transactions": [
            {"parent_id": _number(one["parentId"]), "kind": str(one["kind"]).lower(), "amount": one["amount"], "gateway": one.get("gateway")}
            for one in asked.get("transactions") or []]}
        paper = self._shop.money.post_refund(UNASKED, {"refund": body}, _number(asked["orderId"]))["refund"]
        order = self._shop.desk.known(paper["order_id"])
        return {"refund": refund_node(self._shop, paper), **self._order({"order": self._shop.paper(order)})}

    def subscribe(self, told: Arguments) -> dict[str, Any]:
        with _of_subscription():
            return _subscription(self._shop.subscriptions.add(in_rest(str(told["topic"])), _address(told["webhookSubscription"])))

    def resubscribe(self, told: Arguments) -> dict[str, Any]:
        body = {"webhook": {"address": _address(told["webhookSubscription"])}}
        with _of_subscription():
            return _subscription(self._shop.subscriptions.put(UNASKED, body, _number(told["id"]))["webhook"])

    def unsubscribe(self, told: Arguments) -> dict[str, Any]:
        self._shop.subscriptions.remove(_number(told["id"]))
        return {"deletedWebhookSubscriptionId": told["id"]}


@contextmanager
def _of_subscription() -> Iterator[None]:
    """What is wrong with an address is told of the field in which it was given, by a whole sentence."""
    try:
        yield
    except Wrong as wrong:
        told = wrong.args[1]
        if isinstance(told, dict) and "address" in told:
            raise Wrong(wrong.args[0], {"webhookSubscription.callbackUrl": [f"Address {one}" for one in told["address"]]}) from wrong
        raise


def _subscription(paper: Mapping[str, Any]) -> dict[str, Any]:
    return {"webhookSubscription": subscription_node(paper)}


def _address(told: Arguments) -> str:
    return str(told.get("uri") or told.get("callbackUrl") or "")


def _several(tags: Any) -> list[str]:
    """Tags as a list, or as one text with commas between them."""
    return [one.strip() for one in (tags.split(",") if isinstance(tags, str) else tags) if one.strip()]


def _number(gid: Any) -> int:
    return int(str(gid).rpartition("/")[2])


def _errors(of: str, told: Any, code: str = "INVALID") -> list[dict[str, Any]]:
    """Of each field what is wrong with it; `a.b` is b of a. A code is told by some only, and not each by all."""
    known = code if code in ENUMS.get(f"{of}Code", "").split() else None
    words = told if isinstance(told, dict) else {"base": told if isinstance(told, list) else [told]}
    return [{"__typename": of, "field": None if field == "base" else field.split("."), "message": one, "code": known, "elementIndex": None} for field, several in words.items()
            for one in (several if isinstance(several, list) else [several])]
