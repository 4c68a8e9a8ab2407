"""What the fields and mutations of a Shopify shop take, as its schema names it."""

from collections.abc import Mapping

_PAGE = "first: Int, after: String, last: Int, before: String, reverse: Boolean"
OF_LISTS = f"{_PAGE}, query: String, savedSearchId: ID, sortKey: SortKeys, namespace: String, topics: [WebhookSubscriptionTopic!]"
"""Of any field that is shown in pages."""
OF_FIELDS: Mapping[str, str] = {
    "node": "id: ID!", "nodes": "ids: [ID!]!", "order": "id: ID!", "fulfillmentOrder": "id: ID!", "fulfillment": "id: ID!", "product": "id: ID!",
    "productVariant": "id: ID!", "inventoryItem": "id: ID!", "location": "id: ID", "webhookSubscription": "id: ID!", "job": "id: ID!", "bulkOperation": "id: ID!",
    "currentBulkOperation": "type: BulkOperationType", "orderByIdentifier": "identifier: OrderIdentifierInput!",
    "productByIdentifier": "identifier: ProductIdentifierInput!", "productByHandle": "handle: String!", "ordersCount": "query: String, limit: Int",
    "productsCount": "query: String, limit: Int", "productVariantsCount": "query: String, limit: Int", "locationsCount": "query: String, limit: Int",
    "webhookSubscriptionsCount": "query: String, limit: Int", "quantities": "names: [String!]!", "inventoryLevel": "locationId: ID!, includeInactive: Boolean",
    "metafield": "namespace: String, key: String!", "trackingInfo": "first: Int", "fulfillments": "first: Int, query: String", "refunds": "first: Int",
    "transactions": "first: Int, capturable: Boolean, manuallyResolvable: Boolean"}
OF_MUTATIONS: Mapping[str, str] = {
    "fulfillmentCreate": "fulfillment: FulfillmentInput!, message: String", "fulfillmentCreateV2": "fulfillment: FulfillmentV2Input!, message: String",
    "fulfillmentTrackingInfoUpdate": "fulfillmentId: ID!, trackingInfoInput: FulfillmentTrackingInput!, notifyCustomer: Boolean",
    "fulfillmentTrackingInfoUpdateV2": "fulfillmentId: ID!, trackingInfoInput: FulfillmentTrackingInput!, notifyCustomer: Boolean",
    "fulfillmentCancel": "id: ID!", "fulfillmentOrderHold": "id: ID!, fulfillmentHold: FulfillmentOrderHoldInput!",
    "fulfillmentOrderReleaseHold": "id: ID!, holdIds: [ID!], externalId: String", "inventorySetQuantities": "input: InventorySetQuantitiesInput!, idempotencyKey: String",
    "inventorySetOnHandQuantities": "input: InventorySetOnHandQuantitiesInput!", "inventoryAdjustQuantities": "input: InventoryAdjustQuantitiesInput!",
    "inventoryActivate": "inventoryItemId: ID!, locationId: ID!, available: Int, onHand: Int, stockAtLegacyLocation: Boolean",
    "orderCancel": "orderId: ID!, reason: OrderCancelReason!, refund: Boolean, refundMethod: JSON, restock: Boolean!, notifyCustomer: Boolean, staffNote: String",
    "orderUpdate": "input: OrderInput!", "orderClose": "input: OrderCloseInput!", "orderOpen": "input: OrderOpenInput!",
    "orderMarkAsPaid": "input: OrderMarkAsPaidInput!", "orderCreate": "order: OrderCreateOrderInput!, options: JSON", "refundCreate": "input: RefundInput!",
    "tagsAdd": "id: ID!, tags: [String!]!", "tagsRemove": "id: ID!, tags: [String!]!", "metafieldsSet": "metafields: [MetafieldsSetInput!]!",
    "metafieldsDelete": "metafields: [MetafieldIdentifierInput!]!", "fulfillmentEventCreate": "fulfillmentEvent: FulfillmentEventInput!",
    "fulfillmentOrderMove": "id: ID!, newLocationId: ID!, fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]",
    "webhookSubscriptionCreate": "topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!",
    "webhookSubscriptionUpdate": "id: ID!, webhookSubscription: WebhookSubscriptionInput!", "webhookSubscriptionDelete": "id: ID!",
    "bulkOperationRunQuery": "query: String!, groupObjects: Boolean", "bulkOperationCancel": "id: ID!"}
_SHIPS = "lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]!, trackingInfo: FulfillmentTrackingInput, notifyCustomer: Boolean, originAddress: JSON"
INPUTS: Mapping[str, str] = {
    "FulfillmentInput": _SHIPS, "FulfillmentV2Input": _SHIPS, "FulfillmentOrderLineItemInput": "id: ID!, quantity: Int!",
    "FulfillmentOrderLineItemsInput": "fulfillmentOrderId: ID!, fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]",
    "FulfillmentTrackingInput": "number: String, numbers: [String!], company: String, url: URL, urls: [URL!]",
    "FulfillmentOrderHoldInput": "reason: String!, reasonNotes: String, notifyMerchant: Boolean, externalId: String, handle: String, "
                                 "fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]",
    "InventorySetQuantitiesInput": "name: String!, reason: String!, referenceDocumentUri: String, quantities: [InventoryQuantityInput!]!, ignoreCompareQuantity: Boolean",
    "InventoryQuantityInput": "inventoryItemId: ID!, locationId: ID!, quantity: Int!, compareQuantity: Int, changeFromQuantity: Int",
    "InventorySetOnHandQuantitiesInput": "reason: String!, referenceDocumentUri: String, setQuantities: [InventoryQuantityInput!]!",
    "InventoryAdjustQuantitiesInput": "name: String!, reason: String!, referenceDocumentUri: String, changes: [InventoryChangeInput!]!",
    "InventoryChangeInput": "inventoryItemId: ID!, locationId: ID!, delta: Int!, changeFromQuantity: Int, ledgerDocumentUri: String",
    "OrderInput": "id: ID!, note: String, email: String, phone: String, tags: [String!], poNumber: String, customAttributes: JSON, shippingAddress: JSON, metafields: JSON",
    "OrderCloseInput": "id: ID!", "OrderOpenInput": "id: ID!", "OrderMarkAsPaidInput": "id: ID!", "OrderIdentifierInput": "id: ID, customId: JSON",
    "ProductIdentifierInput": "id: ID, handle: String, customId: JSON",
    "OrderCreateOrderInput": "lineItems: [OrderCreateLineItemInput!], note: String, email: String, phone: String, tags: [String!], financialStatus: String, currency: String",
    "OrderCreateLineItemInput": "variantId: ID, productId: ID, sku: String, title: String, quantity: Int!, priceSet: JSON, requiresShipping: Boolean",
    "RefundInput": "orderId: ID!, note: String, notify: Boolean, currency: String, shipping: JSON, refundLineItems: [RefundLineItemInput!], "
                   "transactions: [OrderTransactionInput!]",
    "RefundLineItemInput": "lineItemId: ID!, quantity: Int!, restockType: RefundLineItemRestockType, locationId: ID",
    "OrderTransactionInput": "orderId: ID!, parentId: ID, amount: Money!, gateway: String!, kind: OrderTransactionKind!",
    "MetafieldsSetInput": "ownerId: ID!, namespace: String, key: String!, type: String, value: String!, compareDigest: String",
    "MetafieldIdentifierInput": "ownerId: ID!, namespace: String!, key: String!",
    "FulfillmentEventInput": "fulfillmentId: ID!, status: FulfillmentEventStatus!, happenedAt: DateTime, message: String, city: String, country: String, "
                             "province: String, zip: String, address1: String, latitude: Float, longitude: Float, estimatedDeliveryAt: DateTime",
    "WebhookSubscriptionInput": "uri: String, callbackUrl: URL, format: WebhookSubscriptionFormat, includeFields: [String!], filter: String, metafieldNamespaces: [String!]"}
ENUMS: Mapping[str, str] = {
    "OrderCancelReason": "CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF", "RefundLineItemRestockType": "CANCEL NO_RESTOCK RETURN",
    "OrderTransactionKind": "AUTHORIZATION CAPTURE CHANGE REFUND SALE SUGGESTED_REFUND VOID", "WebhookSubscriptionFormat": "JSON XML", "BulkOperationType": "MUTATION QUERY",
    "FulfillmentEventStatus": "ATTEMPTED_DELIVERY CARRIER_PICKED_UP CONFIRMED DELAYED DELIVERED FAILURE IN_TRANSIT LABEL_PRINTED LABEL_PURCHASED OUT_FOR_DELIVERY "
                              "READY_FOR_PICKUP",
    "WebhookSubscriptionTopic": "ORDERS_CREATE ORDERS_UPDATED ORDERS_CANCELLED ORDERS_PAID ORDERS_FULFILLED ORDERS_DELETE ORDERS_EDITED FULFILLMENTS_CREATE "
                                "FULFILLMENTS_UPDATE REFUNDS_CREATE PRODUCTS_CREATE PRODUCTS_UPDATE PRODUCTS_DELETE INVENTORY_LEVELS_UPDATE APP_UNINSTALLED",
    "SortKeys": "CREATED_AT ID NAME ORDER_NUMBER PROCESSED_AT RELEVANCE SKU TITLE UPDATED_AT"}
EMPTY: Mapping[str, str] = {
    "taxLines": "[TaxLine!]!", "currentTaxLines": "[TaxLine!]!", "image": "Image", "cancellation": "OrderCancellation", "channelInformation": "ChannelInformation",
    "app": "OrderApp", "publication": "Publication", "retailLocation": "Location", "paymentTerms": "PaymentTerms", "customAttributes": "[Attribute!]!",
    "featuredMedia": "Image", "category": "TaxonomyCategory", "unitCost": "MoneyV2", "currentTotalDutiesSet": "MoneyBag", "originalTotalDutiesSet": "MoneyBag",
    "currentTotalAdditionalFeesSet": "MoneyBag", "totalTipReceivedSet": "MoneyBag", "staffMember": "StaffMember", "sellingPlan": "LineItemSellingPlan",
    "lineItemGroup": "LineItemGroup", "duties": "[Duty!]!", "additionalFees": "[AdditionalFee!]!"}
"""What a field is of which no shop that is played has any."""
OBJECTS: Mapping[str, str] = {
    "TaxLine": "title: String, rate: Float, ratePercentage: Float, source: String, priceSet: MoneyBag", "Image": "id: ID, url: URL, altText: String, width: Int, height: Int",
    "OrderCancellation": "staffNote: String", "ChannelInformation": "channelId: ID, app: OrderApp", "OrderApp": "id: ID, name: String", "Publication": "id: ID!, name: String",
    "PaymentTerms": "id: ID!, dueInDays: Int, overdue: Boolean, paymentTermsName: String", "Attribute": "key: String!, value: String", "StaffMember": "id: ID!, name: String",
    "TaxonomyCategory": "id: ID!, name: String, fullName: String", "LineItemSellingPlan": "name: String", "LineItemGroup": "id: ID!, title: String, quantity: Int",
    "Duty": "id: ID!, harmonizedSystemCode: String, price: MoneyBag", "AdditionalFee": "id: ID!, name: String, price: MoneyBag",
    "Customer": "id: ID!, firstName: String, lastName: String, displayName: String, email: String, phone: String"}
"""Fields of what was never seen."""
SCALARS = ("Boolean", "DateTime", "Decimal", "Float", "ID", "Int", "JSON", "Money", "String", "URL")
