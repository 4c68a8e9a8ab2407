"""What the fields and mutations of a Shopify shop take, as its schema names it."""

from collections.abc import Mapping

_PAGE = "first: Int, after: String, last: Int, before: String, reverse: Boolean"
_FOUND = f"{_PAGE}, query: String"
_COUNT = "query: String, limit: Int"
OF_LISTS = _PAGE
"""Of any field that is shown in pages, unless more is said of it below."""
OF_FIELDS: Mapping[str, str] = {
    **{f"QueryRoot.{name}": "id: ID!" for name in ("node", "order", "fulfillmentOrder", "fulfillment", "product", "productVariant", "inventoryItem", "webhookSubscription", "job",
                                                   "bulkOperation")},
    **{f"QueryRoot.{name}": _COUNT for name in ("ordersCount", "productsCount", "productVariantsCount", "locationsCount", "webhookSubscriptionsCount")},
    **{f"{owner}.metafield": "namespace: String, key: String!" for owner in ("Order", "Product", "ProductVariant")},
    **{f"{owner}.metafields": f"{_PAGE}, namespace: String, keys: [String!]" for owner in ("Order", "Product", "ProductVariant")},
    "QueryRoot.nodes": "ids: [ID!]!", "QueryRoot.location": "id: ID", "QueryRoot.currentBulkOperation": "type: BulkOperationType",
    "QueryRoot.orderByIdentifier": "identifier: OrderIdentifierInput!", "QueryRoot.productByIdentifier": "identifier: ProductIdentifierInput!",
    "QueryRoot.productByHandle": "handle: String!", "QueryRoot.orders": f"{_FOUND}, savedSearchId: ID, sortKey: OrderSortKeys",
    "QueryRoot.fulfillmentOrders": f"{_FOUND}, sortKey: FulfillmentOrderSortKeys, includeClosed: Boolean", "QueryRoot.fulfillments": _FOUND,
    "QueryRoot.products": f"{_FOUND}, savedSearchId: ID, sortKey: ProductSortKeys", "QueryRoot.productVariants": f"{_FOUND}, savedSearchId: ID, sortKey: ProductVariantSortKeys",
    "QueryRoot.inventoryItems": _FOUND, "QueryRoot.locations": f"{_FOUND}, sortKey: LocationSortKeys, includeLegacy: Boolean, includeInactive: Boolean",
    "QueryRoot.webhookSubscriptions": f"{_FOUND}, sortKey: WebhookSubscriptionSortKeys, topics: [WebhookSubscriptionTopic!], format: WebhookSubscriptionFormat, uri: String, "
                                      "callbackUrl: URL",
    "QueryRoot.customers": f"{_FOUND}, sortKey: CustomerSortKeys", "QueryRoot.draftOrders": f"{_FOUND}, savedSearchId: ID, sortKey: DraftOrderSortKeys",
    "QueryRoot.returns": _FOUND, "QueryRoot.collections": f"{_FOUND}, savedSearchId: ID, sortKey: CollectionSortKeys",
    "QueryRoot.metafieldDefinitions": f"{_FOUND}, sortKey: MetafieldDefinitionSortKeys, ownerType: MetafieldOwnerType!, namespace: String, key: String",
    "Order.fulfillmentOrders": f"{_FOUND}, displayable: Boolean", "Order.returns": _FOUND, "Order.events": f"{_FOUND}, sortKey: EventSortKeys", "Order.fulfillments": "first: Int, query: String",
    "Order.refunds": "first: Int", "Order.transactions": "first: Int, capturable: Boolean, manuallyResolvable: Boolean", "Order.shippingLines": f"{_PAGE}, includeRemovals: Boolean",
    "MailingAddress.formatted": "withName: Boolean, withCompany: Boolean", "Fulfillment.trackingInfo": "first: Int", "Fulfillment.events": f"{_PAGE}, sortKey: FulfillmentEventSortKeys",
    "Product.variants": f"{_PAGE}, sortKey: ProductVariantSortKeys", "Product.media": f"{_FOUND}, sortKey: MediaSortKeys", "Product.collections": f"{_FOUND}, sortKey: CollectionSortKeys",
    "Product.options": "first: Int", "InventoryItem.inventoryLevels": f"{_FOUND}, includeInactive: Boolean",
    "InventoryItem.inventoryLevel": "locationId: ID!, includeInactive: Boolean", "InventoryLevel.quantities": "names: [String!]!"}
OF_MUTATIONS: Mapping[str, str] = {
    "fulfillmentCreate": "fulfillment: FulfillmentInput!, message: String", "fulfillmentCreateV2": "fulfillment: FulfillmentV2Input!, message: String",
    "fulfillmentTrackingInfoUpdate": "fulfillmentId: ID!, trackingInfoInput: FulfillmentTrackingInput!, notifyCustomer: Boolean",
    "fulfillmentTrackingInfoUpdateV2": "fulfillmentId: ID!, trackingInfoInput: FulfillmentTrackingInput!, notifyCustomer: Boolean",
    "fulfillmentCancel": "id: ID!", "fulfillmentOrderHold": "id: ID!, fulfillmentHold: FulfillmentOrderHoldInput!",
    "fulfillmentOrderReleaseHold": "id: ID!, holdIds: [ID!], externalId: String", "inventorySetQuantities": "input: InventorySetQuantitiesInput!, idempotencyKey: String",
    "inventorySetOnHandQuantities": "input: InventorySetOnHandQuantitiesInput!", "inventoryAdjustQuantities": "input: InventoryAdjustQuantitiesInput!",
    "inventoryActivate": "inventoryItemId: ID!, locationId: ID!, available: Int, onHand: Int, stockAtLegacyLocation: Boolean",
    "orderCancel": "orderId: ID!, reason: OrderCancelReason!, refund: Boolean, refundMethod: OrderCancelRefundMethodInput, restock: Boolean!, notifyCustomer: Boolean, "
                   "staffNote: String",
    "orderUpdate": "input: OrderInput!", "orderClose": "input: OrderCloseInput!", "orderOpen": "input: OrderOpenInput!", "orderMarkAsPaid": "input: OrderMarkAsPaidInput!",
    "orderCreate": "order: OrderCreateOrderInput!, options: OrderCreateOptionsInput", "refundCreate": "input: RefundInput!",
    "tagsAdd": "id: ID!, tags: [String!]!", "tagsRemove": "id: ID!, tags: [String!]!", "metafieldsSet": "metafields: [MetafieldsSetInput!]!",
    "metafieldsDelete": "metafields: [MetafieldIdentifierInput!]!", "fulfillmentEventCreate": "fulfillmentEvent: FulfillmentEventInput!",
    "fulfillmentOrderMove": "id: ID!, newLocationId: ID!, fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]",
    "webhookSubscriptionCreate": "topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!",
    "webhookSubscriptionUpdate": "id: ID!, webhookSubscription: WebhookSubscriptionInput!", "webhookSubscriptionDelete": "id: ID!",
    "bulkOperationRunQuery": "query: String!, groupObjects: Boolean", "bulkOperationCancel": "id: ID!"}
_SHIPS = ("lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]!, trackingInfo: FulfillmentTrackingInput, notifyCustomer: Boolean, "
          "originAddress: FulfillmentOriginAddressInput")
INPUTS: Mapping[str, str] = {
    "FulfillmentInput": _SHIPS, "FulfillmentV2Input": _SHIPS, "FulfillmentOrderLineItemInput": "id: ID!, quantity: Int!",
    "FulfillmentOrderLineItemsInput": "fulfillmentOrderId: ID!, fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]",
    "FulfillmentTrackingInput": "number: String, numbers: [String!], company: String, url: URL, urls: [URL!]",
    "FulfillmentOriginAddressInput": "address1: String, address2: String, city: String, zip: String, provinceCode: String, countryCode: String!",
    "FulfillmentOrderHoldInput": "reason: FulfillmentHoldReason!, reasonNotes: String, notifyMerchant: Boolean, externalId: String, handle: String, "
                                 "fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]",
    "InventorySetQuantitiesInput": "name: String!, reason: String!, referenceDocumentUri: String, quantities: [InventoryQuantityInput!]!, ignoreCompareQuantity: Boolean",
    "InventoryQuantityInput": "inventoryItemId: ID!, locationId: ID!, quantity: Int!, compareQuantity: Int, changeFromQuantity: Int",
    "InventorySetOnHandQuantitiesInput": "reason: String!, referenceDocumentUri: String, setQuantities: [InventorySetQuantityInput!]!",
    "InventorySetQuantityInput": "inventoryItemId: ID!, locationId: ID!, quantity: Int!, changeFromQuantity: Int",
    "InventoryAdjustQuantitiesInput": "name: String!, reason: String!, referenceDocumentUri: String, changes: [InventoryChangeInput!]!",
    "InventoryChangeInput": "inventoryItemId: ID!, locationId: ID!, delta: Int!, changeFromQuantity: Int, ledgerDocumentUri: String",
    "AttributeInput": "key: String!, value: String!", "MetafieldInput": "id: ID, namespace: String, key: String, value: String, type: String",
    "MoneyInput": "amount: Decimal!, currencyCode: CurrencyCode!", "MoneyBagInput": "shopMoney: MoneyInput!, presentmentMoney: MoneyInput",
    "MailingAddressInput": "address1: String, address2: String, city: String, company: String, countryCode: CountryCode, firstName: String, lastName: String, phone: String, "
                           "provinceCode: String, zip: String, country: String, province: String",
    "OrderCancelRefundMethodInput": "originalPaymentMethodsRefund: Boolean, storeCreditRefund: OrderCancelStoreCreditRefundInput",
    "OrderCancelStoreCreditRefundInput": "expiresAt: DateTime",
    "OrderInput": "id: ID!, note: String, email: String, phone: String, tags: [String!], poNumber: String, customAttributes: [AttributeInput!], "
                  "shippingAddress: MailingAddressInput, metafields: [MetafieldInput!], localizedFields: [JSON!]",
    "OrderCloseInput": "id: ID!", "OrderOpenInput": "id: ID!", "OrderMarkAsPaidInput": "id: ID!", "UniqueMetafieldValueInput": "namespace: String, key: String!, value: String!",
    "OrderIdentifierInput": "id: ID, customId: UniqueMetafieldValueInput", "ProductIdentifierInput": "id: ID, handle: String, customId: UniqueMetafieldValueInput",
    "OrderCreateOptionsInput": "inventoryBehaviour: OrderCreateInputsInventoryBehavior, sendFulfillmentReceipt: Boolean, sendReceipt: Boolean",
    "OrderCreateOrderInput": "lineItems: [OrderCreateLineItemInput!], note: String, email: String, phone: String, tags: [String!], "
                             "financialStatus: OrderCreateFinancialStatus, currency: CurrencyCode, shippingAddress: MailingAddressInput, billingAddress: MailingAddressInput, "
                             "customAttributes: [OrderCreateCustomAttributeInput!], name: String, poNumber: String, processedAt: DateTime, sourceName: String, test: Boolean, "
                             "metafields: [MetafieldInput!], buyerAcceptsMarketing: Boolean, closedAt: DateTime, companyLocationId: ID, customer: JSON, "
                             "discountCode: JSON, fulfillment: JSON, fulfillmentStatus: OrderCreateFulfillmentStatus, presentmentCurrency: CurrencyCode, "
                             "referringSite: URL, shippingLines: [JSON!], sourceIdentifier: String, sourceUrl: URL, taxesIncluded: Boolean, taxLines: [JSON!], "
                             "transactions: [JSON!], userId: ID",
    "OrderCreateCustomAttributeInput": "key: String!, value: String!",
    "OrderCreateLineItemInput": "variantId: ID, productId: ID, sku: String, title: String, quantity: Int!, priceSet: MoneyBagInput, requiresShipping: Boolean, taxable: Boolean, "
                                "vendor: String, variantTitle: String, properties: [OrderCreateLineItemPropertyInput!], fulfillmentService: String, "
                                "giftCard: Boolean, taxLines: [JSON!], weight: JSON",
    "OrderCreateLineItemPropertyInput": "name: String!, value: String!",
    "RefundInput": "orderId: ID!, note: String, notify: Boolean, currency: CurrencyCode, shipping: ShippingRefundInput, refundLineItems: [RefundLineItemInput!], "
                   "transactions: [OrderTransactionInput!], allowOverRefunding: Boolean, discrepancyReason: String, refundDuties: [JSON!], refundMethods: [JSON!], "
                   "processedAt: DateTime",
    "ShippingRefundInput": "amount: Money, fullRefund: Boolean",
    "RefundLineItemInput": "lineItemId: ID!, quantity: Int!, restockType: RefundLineItemRestockType, locationId: ID",
    "OrderTransactionInput": "orderId: ID!, parentId: ID, amount: Money!, gateway: String!, kind: OrderTransactionKind!",
    "MetafieldsSetInput": "ownerId: ID!, namespace: String, key: String!, type: String, value: String!, compareDigest: String",
    "MetafieldIdentifierInput": "ownerId: ID!, namespace: String!, key: String!",
    "FulfillmentEventInput": "fulfillmentId: ID!, status: FulfillmentEventStatus!, happenedAt: DateTime, message: String, city: String, country: String, "
                             "province: String, zip: String, address1: String, latitude: Float, longitude: Float, estimatedDeliveryAt: DateTime",
    "WebhookSubscriptionInput": "uri: String, callbackUrl: URL, format: WebhookSubscriptionFormat, includeFields: [String!], filter: String, metafieldNamespaces: [String!], "
                                "metafields: [HasMetafieldsMetafieldIdentifierInput!], name: String",
    "HasMetafieldsMetafieldIdentifierInput": "namespace: String, key: String!"}
SCALARS = ("ARN", "Boolean", "Date", "DateTime", "Decimal", "FormattedString", "Float", "HTML", "ID", "Int", "JSON", "Money", "String", "URL", "UnsignedInt64")
