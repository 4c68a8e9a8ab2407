"""What else clients of Shopify commonly pick of its things in GraphQL: nothing that happens at a played shop changes most of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulators.shops.graphql import Node
from simulators.shops.shop import ShopOrder
from simulators.shops.shopify_connections import connection

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop


def money(amount: str, currency: str) -> dict[str, Any]:
    """In the shop's money and in the customer's, which are the same here."""
    told = {"__typename": "MoneyV2", "amount": amount, "currencyCode": currency}
    return {"__typename": "MoneyBag", "shopMoney": told, "presentmentMoney": told}


def count(number: int) -> dict[str, Any]:
    """How many there are."""
    return {"__typename": "Count", "count": number, "precision": "EXACT"}


def notes_of(shop: "ShopifyShop", gid: str) -> dict[str, Any]:
    """The metafields of a thing."""
    own = shop.metafields.get(gid, {})

    def one(arguments: Mapping[str, Any]) -> Any:
        return own.get((arguments.get("namespace") or "", arguments["key"]))

    def some(arguments: Mapping[str, Any]) -> dict[str, Any]:
        space = arguments.get("namespace")
        return connection("Metafield", [each for (of, _), each in own.items() if space in (None, of)])(arguments)
    return {"metafield": one, "metafields": some}


def more_of_order(shop: "ShopifyShop", paper: Node, order: ShopOrder) -> dict[str, Any]:
    """Of an order."""
    def worth(minor: int) -> dict[str, Any]:
        return money(shop.money.written(minor), shop.currency)
    pieces, kept = (sum(line[name] for line in paper["line_items"]) for name in ("quantity", "current_quantity"))
    received, left = order.total if order.is_paid else 0, sum(line["fulfillable_quantity"] for line in paper["line_items"])
    current = money(paper["current_total_price"], shop.currency)
    shipping: dict[str, Any] = {"__typename": "ShippingLine", "id": "gid://shopify/ShippingLine/1", "title": "Standard", "code": "Standard", "source": "shopify",
                "originalPriceSet": worth(order.postage), "discountedPriceSet": worth(order.postage), "currentDiscountedPriceSet": worth(order.postage),
                "carrierIdentifier": None, "deliveryCategory": None, "phone": None, "custom": False, "isRemoved": False, "taxLines": [], "discountAllocations": []}
    nothing = dict.fromkeys(("poNumber", "cancellation", "channelInformation", "app", "clientIp", "retailLocation", "paymentTerms", "publication", "discountCode",
                             "sourceIdentifier", "customerJourneySummary", "purchasingEntity", "staffMember", "registeredSourceUrl", "totalTipReceivedSet"))
    return {
        **nothing, **notes_of(shop, f"gid://shopify/Order/{order.ref}"), "number": int(order.ref), "confirmationNumber": f"C{order.ref}",
        "statusPageUrl": f"{shop.address}/orders/{order.ref}", "subtotalLineItemsQuantity": pieces, "currentSubtotalLineItemsQuantity": kept,
        "totalWeight": "0", "currentTotalWeight": "0", "fulfillable": left > 0, "returnStatus": "NO_RETURN", "presentmentCurrencyCode": shop.currency,
        "taxesIncluded": True, "taxExempt": False, "dutiesIncluded": False, "estimatedTaxes": False, "taxLines": [], "currentTaxLines": [],
        "discountCodes": [one["code"] for one in paper["discount_codes"]], "discountApplications": connection("DiscountApplication", []),
        "shippingLine": shipping, "shippingLines": connection("ShippingLine", [shipping]), "risk": {
            "__typename": "OrderRiskSummary", "recommendation": "ACCEPT", "assessments": []},
        "customerLocale": "en", "customerAcceptsMarketing": False, "edited": False, "capturable": False, "refundable": received > order.refunded,
        "restockable": False, "requiresShipping": True, "merchantEditable": not order.is_cancelled, "merchantEditableErrors": [], "canNotifyCustomer": True,
        "canMarkAsPaid": not order.is_paid and not order.is_cancelled, "billingAddressMatchesShippingAddress": True, "additionalFees": [],
        "fulfillmentsCount": count(len(paper["fulfillments"])), "transactionsCount": count(1 if order.is_paid else 0), "returns": connection("Return", []),
        "events": connection("Event", []), "currentSubtotalPriceSet": current, "currentTotalTaxSet": worth(0), "currentTotalDiscountsSet": worth(order.off),
        "currentShippingPriceSet": worth(order.postage), "currentCartDiscountAmountSet": worth(order.off), "cartDiscountAmountSet": worth(order.off),
        "originalTotalPriceSet": worth(order.total), "totalReceivedSet": worth(received), "totalCapturableSet": worth(0), "refundDiscrepancySet": worth(0),
        "totalOutstandingSet": worth(0 if order.is_cancelled else order.total - received), "netPaymentSet": worth(received - order.refunded),
        "totalRefundedShippingSet": worth(0), "currentTotalAdditionalFeesSet": None, "currentTotalDutiesSet": None, "originalTotalDutiesSet": None}


def more_of_line(shop: "ShopifyShop", one: Node) -> dict[str, Any]:
    """Of a line of an order."""
    pieces = one["quantity"]
    off = sum(round(float(each["amount"]) * 10**shop.places) for each in one["discount_allocations"])
    whole = round(float(one["price"]) * 10**shop.places) * pieces

    def worth(minor: int) -> dict[str, Any]:
        return money(shop.money.written(minor), shop.currency)
    allocated = [{"__typename": "DiscountAllocation", "allocatedAmountSet": worth(off)}] if off else []
    return {
        "image": None, "taxable": True, "taxLines": [], "duties": [], "isGiftCard": False, "merchantEditable": True, "restockable": False,
        "sellingPlan": None, "contract": None, "lineItemGroup": None, "fulfillableQuantity": one["fulfillable_quantity"], "nonFulfillableQuantity": 0,
        "fulfillmentStatus": one["fulfillment_status"] or "unfulfilled", "originalTotalSet": worth(whole), "discountedTotalSet": worth(whole - off),
        "totalDiscountSet": worth(off), "discountAllocations": allocated, "discountedUnitPriceAfterAllDiscountsSet": worth((whole - off) // pieces),
        "unfulfilledDiscountedTotalSet": worth((whole - off) * one["fulfillable_quantity"] // pieces),
        "unfulfilledOriginalTotalSet": worth(whole * one["fulfillable_quantity"] // pieces)}
