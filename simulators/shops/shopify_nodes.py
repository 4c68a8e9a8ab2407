"""How a Shopify shop shows its things in GraphQL: each made of the paper that REST writes of it."""

import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulators.shops.graphql import Node
from simulators.shops.served import UNASKED
from simulators.shops.shop import ShopOrder
from simulators.shops.shopify_connections import connection, lazily
from simulators.shops.shopify_goods_nodes import late_product, location_node, variant_node
from simulators.shops.shopify_more import money, more_of_line, more_of_order
from simulators.shops.shopify_node import Late, node
from simulators.shops.shopify_papers import stamp

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop


def late_order(shop: "ShopifyShop", order: ShopOrder) -> Late:
    """An order that is found and sorted by what is known of it at once."""
    kept = shop.kept.get(order.ref, {})
    return Late(node("Order", order.ref, name=f"#{order.ref}", poNumber=None, sourceName="web", confirmationNumber=f"C{order.ref}"), {
        **dict.fromkeys(("createdAt", "processedAt"), lambda: _utc(stamp(order.placed_at))), "updatedAt": lambda: _utc(stamp(order.changed_at)),
        "cancelledAt": lambda: _utc(stamp(order.changed_at)) if order.is_cancelled else None, "closed": lambda: "closed_at" in kept,
        "displayFinancialStatus": lambda: shop.payment(order).upper(), "displayFulfillmentStatus": lambda: _shipped(shop.shipping.status(order)),
        "tags": lambda: _tags(kept.get("tags", "")), "email": lambda: kept.get("email", "buyer@example.com")}, lambda: order_node(shop, shop.paper(order)))


def order_node(shop: "ShopifyShop", paper: Node) -> dict[str, Any]:
    """An order."""
    order = shop.orders[str(paper["id"])]
    told = node(
        "Order", paper["id"], name=paper["name"], createdAt=_utc(paper["created_at"]), updatedAt=_utc(paper["updated_at"]),
        processedAt=_utc(paper["processed_at"]), cancelledAt=_utc(paper["cancelled_at"]), closedAt=_utc(paper["closed_at"]), closed=bool(paper["closed_at"]),
        cancelReason=(paper["cancel_reason"] or "").upper() or None, currencyCode=shop.currency, note=paper["note"], email=paper["email"], phone=paper["phone"],
        tags=_tags(paper["tags"]),
        displayFinancialStatus=paper["financial_status"].upper(), fullyPaid=order.is_paid, unpaid=not order.is_paid, test=False, confirmed=True,
        displayFulfillmentStatus=_shipped(paper["fulfillment_status"]), sourceName=paper["source_name"],
        paymentGatewayNames=paper["payment_gateway_names"], customAttributes=[],
        lineItems=lazily("LineItem", lambda: [_line(shop, one) for one in paper["line_items"]]),
        shippingAddress=_address(paper["shipping_address"]), billingAddress=_address(paper["billing_address"]),
        displayAddress=_address(paper["shipping_address"]), **more_of_order(shop, paper, order), customer=node("Customer", paper["customer"]["id"], firstName=paper["customer"]["first_name"], lastName=paper["customer"]["last_name"],
                      displayName=f"{paper['customer']['first_name']} {paper['customer']['last_name']}".strip(), email=paper["email"], phone=paper["phone"]),
        refunds=lambda _: [refund_node(shop, one) for one in paper["refunds"]],
        transactions=lambda _: [_transaction(shop, one) for one in shop.money.transactions(UNASKED, {}, paper["id"])["transactions"]],
        fulfillments=lambda arguments: [fulfilment_node(shop, one) for one in paper["fulfillments"]][:arguments.get("first")],
        fulfillmentOrders=lazily("FulfillmentOrder", lambda: [to_ship_node(shop, one) for one in shop.shipping.orders(order)]))
    amounts = {"totalPriceSet": "total_price", "currentTotalPriceSet": "current_total_price", "subtotalPriceSet": "subtotal_price",
               "totalTaxSet": "total_tax", "totalDiscountsSet": "total_discounts"}
    refunded = shop.money.written(order.refunded)
    return {**told, **{name: money(paper[of], shop.currency) for name, of in amounts.items()},
            "totalShippingPriceSet": money(shop.money.written(order.postage), shop.currency), "totalRefundedSet": money(refunded, shop.currency)}


def _line(shop: "ShopifyShop", one: Node) -> dict[str, Any]:
    price, number = money(one["price"], shop.currency), one["variant_id"]
    variant = next((variant_node(shop, each) for paper in shop.goods.product_papers() for each in paper["variants"] if each["id"] == number), None)
    return node("LineItem", one["id"], name=one["name"], title=one["title"], sku=one["sku"], quantity=one["quantity"], vendor=one["vendor"],
                currentQuantity=one["current_quantity"], unfulfilledQuantity=one["fulfillable_quantity"], refundableQuantity=one["current_quantity"],
                originalUnitPriceSet=price, discountedUnitPriceSet=price, requiresShipping=True, variantTitle=None, variant=variant, customAttributes=[],
                product=None if number is None else late_product(shop, number + 2, str(one["sku"])), **more_of_line(shop, one))


def to_ship_node(shop: "ShopifyShop", told: Node) -> dict[str, Any]:
    """A fulfilment order."""
    order = shop.orders[str(told["order_id"])]
    items = {one["id"]: one for one in shop.paper(order)["line_items"]}
    lines = [node("FulfillmentOrderLineItem", one["id"], totalQuantity=one["quantity"], remainingQuantity=one["fulfillable_quantity"],
                  sku=items[one["line_item_id"]]["sku"], lineItem=_line(shop, items[one["line_item_id"]])) for one in told["line_items"]]
    place = location_node(next(one for one in shop.goods.location_papers() if one["id"] == told["assigned_location_id"]))
    paper = shop.dispatch.paper(dict(told), int(order.ref))
    return node("FulfillmentOrder", told["id"], status=told["status"].upper(), requestStatus=told["request_status"].upper(), orderId=f"gid://shopify/Order/{order.ref}",
                orderName=f"#{order.ref}", createdAt=_utc(paper["created_at"]), updatedAt=_utc(paper["updated_at"]), fulfillAt=None, fulfillBy=None, orderProcessedAt=_utc(stamp(order.placed_at)),
                fulfillmentHolds=[node("FulfillmentHold", told["id"], reason="OTHER")] if told["status"] == "on_hold" else [],
                merchantRequests=connection("FulfillmentOrderMerchantRequest", []),
                fulfillments=lazily("Fulfillment", lambda: [fulfilment_node(shop, one) for one in shop.shipping.made[order.ref] if one["location_id"] == told["assigned_location_id"]]),
                order=lambda _: order_node(shop, shop.paper(order)), destination=_address(paper["destination"]), lineItems=connection("FulfillmentOrderLineItem", lines),
                assignedLocation={"__typename": "FulfillmentOrderAssignedLocation", "name": place["name"], "location": place},
                supportedActions=[{"__typename": "FulfillmentOrderSupportedAction", "action": one.upper()} for one in told["supported_actions"]],
                deliveryMethod=node("DeliveryMethod", told["id"], methodType="SHIPPING"))


def fulfilment_node(shop: "ShopifyShop", paper: Node) -> dict[str, Any]:
    """A fulfilment."""
    items = {one["id"]: one for one in shop.paper(shop.orders[str(paper["order_id"])])["line_items"]}
    lines = [node("FulfillmentLineItem", f"{paper['id']}{one['id']}", quantity=one["quantity"], lineItem=_line(shop, items[one["id"]])) for one in paper["line_items"]]
    numbers, urls = paper["tracking_numbers"], paper["tracking_urls"]
    return node("Fulfillment", paper["id"], name=paper["name"], status=paper["status"].upper(), displayStatus="FULFILLED" if paper["status"] == "success" else "CANCELED",
                createdAt=_utc(paper.get("created_at")), updatedAt=_utc(paper.get("updated_at")), totalQuantity=sum(one["quantity"] for one in paper["line_items"]),
                deliveredAt=None, estimatedDeliveryAt=None, inTransitAt=None, requiresShipping=True, service={"__typename": "FulfillmentService", "handle": "manual",
                "serviceName": "Manual", "type": "MANUAL"}, location=lambda _: location_node(shop.goods.location_papers()[0]),
                events=connection("FulfillmentEvent", shop.happened.get(paper["id"], [])),
                trackingInfo=lambda arguments: [{"__typename": "FulfillmentTrackingInfo", "number": number, "company": paper["tracking_company"], "url": urls[place] if place < len(urls) else None}
                                                for place, number in enumerate(numbers)][:arguments.get("first")],
                fulfillmentLineItems=connection("FulfillmentLineItem", lines), order=lambda _: order_node(shop, shop.paper(shop.orders[str(paper["order_id"])])))


def refund_node(shop: "ShopifyShop", paper: Node) -> dict[str, Any]:
    """What was paid back."""
    paid = sum(round(float(one["amount"]) * 10**shop.places) for one in paper["transactions"])
    items = {one["id"]: one for one in shop.paper(shop.orders[str(paper["order_id"])])["line_items"]}
    lines = [node("RefundLineItem", one["id"], quantity=one["quantity"], restockType=one["restock_type"].upper(), restocked=one["restock_type"] != "no_restock",
                  lineItem=_line(shop, items[one["line_item_id"]]), priceSet=money(items[one["line_item_id"]]["price"], shop.currency),
                  subtotalSet=money(one["subtotal"], shop.currency), totalTaxSet=money(one["total_tax"], shop.currency)) for one in paper["refund_line_items"]]
    return node("Refund", paper["id"], note=paper["note"], createdAt=_utc(paper["created_at"]), updatedAt=_utc(paper["created_at"]),
                order=lambda _: order_node(shop, shop.paper(shop.orders[str(paper["order_id"])])), refundShippingLines=connection("RefundShippingLine", []), totalRefundedSet=money(shop.money.written(paid), shop.currency),
                refundLineItems=connection("RefundLineItem", lines), transactions=connection("OrderTransaction", [_transaction(shop, one) for one in paper["transactions"]]))


def _transaction(shop: "ShopifyShop", paper: Node) -> dict[str, Any]:
    return node("OrderTransaction", paper["id"], kind=paper["kind"].upper(), status=paper["status"].upper(), gateway=paper["gateway"], createdAt=_utc(paper["created_at"]),
                processedAt=_utc(paper["created_at"]), amountSet=money(paper["amount"], shop.currency), test=False, formattedGateway="Shopify Payments", multiCapturable=False,
                manuallyCapturable=False, manualPaymentGateway=False, order=lambda _: order_node(shop, shop.paper(shop.orders[str(paper["order_id"])])),
                parentTransaction=lambda _: next((_transaction(shop, one) for one in shop.money.transactions(UNASKED, {}, paper["order_id"])["transactions"]
                                                  if one["id"] == paper["parent_id"]), None))


def subscription_node(paper: Node) -> dict[str, Any]:
    """A subscription."""
    return node("WebhookSubscription", paper["id"], topic=paper["topic"].replace("/", "_").upper(), format="JSON", uri=paper["address"], callbackUrl=paper["address"],
                endpoint={"__typename": "WebhookHttpEndpoint", "callbackUrl": paper["address"]}, includeFields=[], metafieldNamespaces=[], metafields=[], filter="", name=None,
                apiVersion={"__typename": "ApiVersion", "handle": paper["api_version"]}, createdAt=None, updatedAt=None)


def _address(paper: Node | None) -> dict[str, Any] | None:
    return None if paper is None else {
        "__typename": "MailingAddress", "id": f"gid://shopify/MailingAddress/{zlib.crc32(str(paper).encode())}?model_name=Address", "formatted": [
            one for one in (paper["name"], paper["address1"], paper["address2"], f"{paper['zip']} {paper['city']}".strip(), paper["country_code"]) if one], "name": paper["name"], "firstName": paper["first_name"], "lastName": paper["last_name"], "company": paper["company"],
        "address1": paper["address1"], "address2": paper["address2"], "city": paper["city"], "province": paper["province"], "provinceCode": paper["province_code"],
        "zip": paper["zip"], "country": paper["country"], "countryCode": paper["country_code"], "countryCodeV2": paper["country_code"] or None, "phone": paper["phone"]}


def _utc(told: str | None) -> str | None:
    return datetime.fromisoformat(told).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if told else None


def _shipped(told: str | None) -> str:
    return {"partial": "PARTIALLY_FULFILLED", "fulfilled": "FULFILLED"}.get(told or "", "UNFULFILLED")


def _tags(told: Any) -> list[str]:
    """As a list, or as one text with commas between them."""
    return [one.strip() for one in told.split(",") if one.strip()] if isinstance(told, str) else list(told)
