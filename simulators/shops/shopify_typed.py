"""What fields of a Shopify shop are whose type their values do not show: words of a list, and what no shop that is played has any of."""

from collections.abc import Mapping

_USER_ERROR = "field: [String!], message: String!"
OBJECTS: Mapping[str, str] = {
    "Order": "legacyResourceId: UnsignedInt64!, name: String!, createdAt: DateTime!, updatedAt: DateTime!, processedAt: DateTime!, cancelReason: OrderCancelReason, "
             "displayFinancialStatus: OrderDisplayFinancialStatus, displayFulfillmentStatus: OrderDisplayFulfillmentStatus!, currencyCode: CurrencyCode!, "
             "presentmentCurrencyCode: CurrencyCode!, returnStatus: OrderReturnStatus!, tags: [String!]!, totalWeight: UnsignedInt64, currentTotalWeight: UnsignedInt64!, "
             "customerJourneySummary: CustomerJourneySummary, purchasingEntity: PurchasingEntity, statusPageUrl: URL!, registeredSourceUrl: URL, taxLines: [TaxLine!]!, "
             "currentTaxLines: [TaxLine!]!, cancellation: OrderCancellation, channelInformation: ChannelInformation, app: OrderApp, publication: Publication, "
             "retailLocation: Location, paymentTerms: PaymentTerms, customAttributes: [Attribute!]!, currentTotalDutiesSet: MoneyBag, originalTotalDutiesSet: MoneyBag, "
             "currentTotalAdditionalFeesSet: MoneyBag, totalTipReceivedSet: MoneyBag, staffMember: StaffMember, additionalFees: [AdditionalFee!]!, "
             "alerts: [ResourceAlert!]!, disputes: [OrderDisputeSummary!]!, physicalLocation: Location, originalTotalAdditionalFeesSet: MoneyBag, landingPageUrl: URL, "
             "referrerUrl: URL, referralCode: String, merchantOfRecordApp: OrderApp, "
             "discountCodes: [String!]!, paymentGatewayNames: [String!]!, merchantEditableErrors: [String!]!",
    "LineItem": "taxLines: [TaxLine!]!, image: Image, customAttributes: [Attribute!]!, sellingPlan: LineItemSellingPlan, lineItemGroup: LineItemGroup, duties: [Duty!]!, "
                "contract: SubscriptionContract, quantity: Int!, title: String!, name: String!",
    "ShippingLine": "taxLines: [TaxLine!]!, discountAllocations: [DiscountAllocation!]!", "OrderRiskSummary": "recommendation: OrderRiskRecommendationResult!, "
                                                                                                              "assessments: [OrderRiskAssessment!]!",
    "MoneyV2": "amount: Decimal!, currencyCode: CurrencyCode!", "MoneyBag": "shopMoney: MoneyV2!, presentmentMoney: MoneyV2!", "Count": "count: Int!, precision: CountPrecision!",
    "PageInfo": "hasNextPage: Boolean!, hasPreviousPage: Boolean!, startCursor: String, endCursor: String",
    "OrderTransaction": "kind: OrderTransactionKind!, status: OrderTransactionStatus!, accountNumber: String, authorizationCode: String, authorizationExpiresAt: DateTime, "
                        "errorCode: OrderTransactionErrorCode, fees: [TransactionFee!]!, formattedGateway: String, maximumRefundableV2: MoneyV2, paymentId: String, "
                        "paymentIcon: Image, receiptJson: JSON, settlementCurrency: CurrencyCode, settlementCurrencyRate: Decimal, totalUnsettledSet: MoneyBag, "
                        "user: StaffMember, amountRoundingSet: MoneyBag, location: Location, parentTransaction: OrderTransaction",
    "TransactionFee": "id: ID!, amount: MoneyV2!, rate: Decimal!, rateName: String, type: String!",
    "RefundLineItem": "restockType: RefundLineItemRestockType!, location: Location",
    "Refund": "staffMember: StaffMember, return: Return, duties: [Duty!]",
    "Fulfillment": "status: FulfillmentStatus!, displayStatus: FulfillmentDisplayStatus, originAddress: FulfillmentOriginAddress", "FulfillmentEvent": "status: FulfillmentEventStatus!, latitude: Float, longitude: Float",
    "FulfillmentService": "type: FulfillmentServiceType!", "FulfillmentTrackingInfo": "url: URL", "DeliveryMethod": "methodType: DeliveryMethodType!",
    "FulfillmentOrder": "status: FulfillmentOrderStatus!, requestStatus: FulfillmentOrderRequestStatus!, orderId: ID!, fulfillBy: DateTime, channelId: ID, fulfillmentHolds: [FulfillmentHold!]!, "
                        "internationalDuties: FulfillmentOrderInternationalDuties",
    "FulfillmentOrderInternationalDuties": "incoterm: String!",
    "FulfillmentOrderSupportedAction": "action: FulfillmentOrderAction!", "FulfillmentHold": "id: ID!, reason: FulfillmentHoldReason!, reasonNotes: String, handle: String, displayReason: String",
    "MailingAddress": "id: ID!, countryCodeV2: CountryCode, formatted: [String!]!, formattedArea: String, latitude: Float, longitude: Float, timeZone: String",
    "LocationAddress": "countryCode: String, formatted: [String!]!, latitude: Float, longitude: Float", "Location": "fulfillmentService: FulfillmentService",
    "Product": "status: ProductStatus!, tags: [String!]!, descriptionHtml: HTML!, onlineStoreUrl: URL, featuredMedia: Media, category: TaxonomyCategory, metafield: Metafield, featuredImage: Image, "
               "templateSuffix: String, onlineStorePreviewUrl: URL, seo: SEO",
    "ProductVariant": "price: Money!, compareAtPrice: Money, inventoryPolicy: ProductVariantInventoryPolicy!, image: Image, taxCode: String, "
                      "metafield: Metafield",
    "InventoryItem": "unitCost: MoneyV2, countryCodeOfOrigin: CountryCode, provinceCodeOfOrigin: String, inventoryHistoryUrl: URL", "Weight": "unit: WeightUnit!, value: Float!",
    "Metafield": "ownerType: MetafieldOwnerType!", "Shop": "currencyCode: CurrencyCode!, weightUnit: WeightUnit!, unitSystem: UnitSystem!, url: URL!, "
                                                           "enabledPresentmentCurrencies: [CurrencyCode!]!", "Domain": "url: URL!",
    "WebhookSubscription": "topic: WebhookSubscriptionTopic!, format: WebhookSubscriptionFormat!, endpoint: WebhookSubscriptionEndpoint!, callbackUrl: URL!, "
                           "includeFields: [String!]!, metafieldNamespaces: [String!]!", "WebhookHttpEndpoint": "callbackUrl: URL!",
    "BulkOperation": "status: BulkOperationStatus!, type: BulkOperationType!, errorCode: BulkOperationErrorCode, url: URL, partialDataUrl: URL, fileSize: UnsignedInt64, "
                     "objectCount: UnsignedInt64!, rootObjectCount: UnsignedInt64!",
    "QueryRoot": "bulkOperation: BulkOperation, currentBulkOperation: BulkOperation, node: Node, nodes: [Node]!, productByIdentifier: Product, orderByIdentifier: Order",
    "ResourceAlert": "title: String!, content: HTML!", "OrderDisputeSummary": "id: ID!", "SEO": "title: String, description: String",
    "CustomerEmailAddress": "emailAddress: String!", "CustomerPhoneNumber": "phoneNumber: String!", "FulfillmentOriginAddress": "countryCode: String!, city: String",
    "FulfillmentOrderMerchantRequest": "id: ID!, message: String",
    "TaxLine": "title: String!, rate: Float, ratePercentage: Float, source: String, priceSet: MoneyBag!", "Image": "id: ID, url: URL!, altText: String, width: Int, height: Int",
    "OrderCancellation": "staffNote: String", "ChannelInformation": "channelId: ID!, app: App", "App": "id: ID!, title: String!, handle: String",
    "OrderApp": "id: ID!, name: String!", "Publication": "id: ID!, name: String!", "PaymentTerms": "id: ID!, dueInDays: Int, overdue: Boolean!, paymentTermsName: String!",
    "Attribute": "key: String!, value: String", "StaffMember": "id: ID!, name: String!, email: String!", "TaxonomyCategory": "id: ID!, name: String!, fullName: String!",
    "LineItemSellingPlan": "name: String!, sellingPlanId: ID", "LineItemGroup": "id: ID!, title: String!, quantity: Int!", "SubscriptionContract": "id: ID!",
    "RefundShippingLine": "id: ID!, subtotalAmountSet: MoneyBag!", "Duty": "id: ID!, harmonizedSystemCode: String, price: MoneyBag!", "AdditionalFee": "id: ID!, name: String!, price: MoneyBag!",
    "OrderRiskAssessment": "riskLevel: String!", "CustomerJourneySummary": "ready: Boolean!, customerOrderIndex: Int, daysToConversion: Int",
    "Customer": "id: ID!, legacyResourceId: UnsignedInt64!, firstName: String, lastName: String, displayName: String!, email: String, phone: String, "
                "note: String, tags: [String!]!, locale: String, state: CustomerState, numberOfOrders: UnsignedInt64, amountSpent: MoneyV2, defaultAddress: MailingAddress, "
                "addresses: [MailingAddress!]!, defaultEmailAddress: CustomerEmailAddress, defaultPhoneNumber: CustomerPhoneNumber, verifiedEmail: Boolean, taxExempt: Boolean, "
                "createdAt: DateTime, updatedAt: DateTime",
    "DraftOrder": "id: ID!, name: String!, status: DraftOrderStatus!", "Return": "id: ID!, name: String!, status: ReturnStatus!", "Collection": "id: ID!, title: String!, handle: String!",
    "MetafieldDefinition": "id: ID!, name: String!, namespace: String!, key: String!", "WebhookEventBridgeEndpoint": "arn: ARN!",
    "WebhookPubSubEndpoint": "pubSubProject: String!, pubSubTopic: String!", "PurchasingCompany": "company: Company!", "Company": "id: ID!, name: String!",
    "PricingPercentageValue": "percentage: Float!", **{name: f"id: ID!, {words}" for name, words in (
        ("MediaImage", "alt: String, mediaContentType: MediaContentType!, status: MediaStatus!, image: Image"),
        ("Video", "alt: String, mediaContentType: MediaContentType!, status: MediaStatus!"), ("ExternalVideo", "alt: String, mediaContentType: MediaContentType!, status: MediaStatus!"),
        ("Model3d", "alt: String, mediaContentType: MediaContentType!, status: MediaStatus!"),
        ("BasicEvent", "message: FormattedString!, createdAt: DateTime!, appTitle: String"), ("CommentEvent", "message: FormattedString!, createdAt: DateTime!, appTitle: String"))}}
"""Of what is seen, what a value does not show; of what is never seen, all its fields."""
_APPLIED = "allocationMethod: DiscountApplicationAllocationMethod!, targetSelection: DiscountApplicationTargetSelection!, targetType: DiscountApplicationTargetType!, value: PricingValue!"
APPLIED: Mapping[str, str] = {name: f"{_APPLIED}{more}" for name, more in (
    ("AutomaticDiscountApplication", ", title: String!"), ("DiscountCodeApplication", ", code: String!"), ("ManualDiscountApplication", ", title: String!, description: String"),
    ("ScriptDiscountApplication", ", title: String!"))}
INTERFACES: Mapping[str, tuple[str, str]] = {
    "DiscountApplication": (_APPLIED, " ".join(APPLIED)), "Media": ("alt: String, mediaContentType: MediaContentType!, status: MediaStatus!", "MediaImage Video ExternalVideo Model3d"),
    "Event": ("id: ID!, message: FormattedString!, createdAt: DateTime!, appTitle: String", "BasicEvent CommentEvent")}
"""Their fields, and the objects that are of them."""
BY_FIELDS: Mapping[str, str] = {"Node": "id: ID!", "LegacyInteroperability": "legacyResourceId: UnsignedInt64!", "HasMetafields": "metafields: MetafieldConnection!",
                                "HasEvents": "events: EventConnection!", "DisplayableError": _USER_ERROR}
"""Interfaces of which all are that have their fields."""
UNIONS: Mapping[str, str] = {"WebhookSubscriptionEndpoint": "WebhookHttpEndpoint WebhookEventBridgeEndpoint WebhookPubSubEndpoint", "PricingValue": "MoneyV2 PricingPercentageValue",
                             "PurchasingEntity": "Customer PurchasingCompany"}
_CODED = ("InventorySetQuantities", "InventoryAdjustQuantities", "InventorySetOnHandQuantities", "OrderCancel", "OrderCreate", "FulfillmentOrderHold",
          "FulfillmentOrderReleaseHold", "MetafieldsSet")
USER_ERRORS: Mapping[str, str] = {"UserError": _USER_ERROR, "BulkOperationUserError": f"{_USER_ERROR}, code: BulkOperationUserErrorCode", **{
    f"{name}UserError": f"{_USER_ERROR}, code: {name}UserErrorCode{', elementIndex: Int' if name == 'MetafieldsSet' else ''}" for name in _CODED}}
"""Only some tell a code besides the words."""
PAYLOADS: Mapping[str, str] = {
    **dict.fromkeys(("fulfillmentCreate", "fulfillmentCreateV2", "fulfillmentTrackingInfoUpdate", "fulfillmentTrackingInfoUpdateV2", "fulfillmentCancel"), "fulfillment: Fulfillment"),
    "fulfillmentOrderHold": "fulfillmentHold: FulfillmentHold, fulfillmentOrder: FulfillmentOrder, remainingFulfillmentOrder: FulfillmentOrder",
    "fulfillmentOrderReleaseHold": "fulfillmentOrder: FulfillmentOrder",
    **dict.fromkeys(("inventorySetQuantities", "inventorySetOnHandQuantities", "inventoryAdjustQuantities"), "inventoryAdjustmentGroup: InventoryAdjustmentGroup"),
    "inventoryActivate": "inventoryLevel: InventoryLevel", "orderCancel": "job: Job, orderCancelUserErrors: [OrderCancelUserError!]!",
    **dict.fromkeys(("orderUpdate", "orderClose", "orderOpen", "orderMarkAsPaid", "orderCreate"), "order: Order"), "refundCreate": "order: Order, refund: Refund",
    **dict.fromkeys(("tagsAdd", "tagsRemove"), "node: Node"), "metafieldsSet": "metafields: [Metafield!]", "metafieldsDelete": "deletedMetafields: [MetafieldIdentifier]",
    "fulfillmentEventCreate": "fulfillmentEvent: FulfillmentEvent",
    "fulfillmentOrderMove": "movedFulfillmentOrder: FulfillmentOrder, originalFulfillmentOrder: FulfillmentOrder, remainingFulfillmentOrder: FulfillmentOrder",
    **dict.fromkeys(("webhookSubscriptionCreate", "webhookSubscriptionUpdate"), "webhookSubscription: WebhookSubscription"),
    "webhookSubscriptionDelete": "deletedWebhookSubscriptionId: ID", **dict.fromkeys(("bulkOperationRunQuery", "bulkOperationCancel"), "bulkOperation: BulkOperation")}
"""What a mutation answers, besides what is wrong."""


def error_of(mutation: str) -> str:
    """The type of what is wrong with what a mutation was told."""
    name = f"{mutation[0].upper()}{mutation[1:]}UserError"
    if mutation == "bulkOperationRunQuery":
        return "BulkOperationUserError"
    return name if name in USER_ERRORS and mutation != "orderCancel" else "UserError"
