"""Where what is asked of a Shopify shop in REST is answered."""

from collections.abc import Sequence

_NOTED = "orders|products|variants"
MADE = rf"(?:{_NOTED})/\d+/metafields|fulfillments|webhooks|orders|products|orders/\d+/refunds|inventory_levels/connect"
"""What is answered with 201 when it is posted there."""
ROUTES: Sequence[tuple[str, str, str]] = (
    ("GET", r"orders", "desk.all"), ("POST", r"orders", "desk.post"), ("GET", r"orders/count", "desk.count"), ("GET", r"orders/(\d+)", "desk.one"),
    ("PUT", r"orders/(\d+)", "desk.put"), ("DELETE", r"orders/(\d+)", "desk.delete"), ("POST", r"orders/(\d+)/cancel", "desk.cancel"),
    ("POST", r"orders/(\d+)/close", "desk.close"), ("POST", r"orders/(\d+)/open", "desk.open"),
    ("GET", r"orders/(\d+)/transactions", "money.transactions"), ("GET", r"orders/(\d+)/transactions/count", "money.count"),
    ("GET", r"orders/(\d+)/transactions/(\d+)", "money.transaction"), ("GET", r"orders/(\d+)/refunds", "money.refunds"),
    ("GET", r"orders/(\d+)/refunds/(\d+)", "money.refund"), ("POST", r"orders/(\d+)/refunds/calculate", "money.calculate"),
    ("POST", r"orders/(\d+)/refunds", "money.post_refund"), ("GET", r"orders/(\d+)/fulfillment_orders", "dispatch.orders"),
    ("GET", r"fulfillment_orders/(\d+)", "dispatch.order"), ("GET", r"fulfillment_orders/(\d+)/fulfillments", "dispatch.of_order"),
    ("POST", r"fulfillment_orders/(\d+)/hold", "dispatch.hold"), ("POST", r"fulfillment_orders/(\d+)/release_hold", "dispatch.release"),
    ("GET", r"orders/(\d+)/fulfillments", "dispatch.all"), ("GET", r"orders/(\d+)/fulfillments/count", "dispatch.count"),
    ("GET", r"orders/(\d+)/fulfillments/(\d+)", "dispatch.one"), ("POST", r"fulfillments", "dispatch.post"),
    ("POST", r"fulfillments/(\d+)/update_tracking", "dispatch.track"), ("POST", r"fulfillments/(\d+)/cancel", "dispatch.cancel"),
    ("GET", r"products", "goods.products"), ("GET", r"products/count", "goods.count_products"),
    ("POST", r"products", "goods.post_product"), ("DELETE", r"products/(\d+)", "goods.delete_product"),
    ("GET", r"fulfillment_orders/(\d+)/locations_for_move", "dispatch.places"), ("POST", r"fulfillment_orders/(\d+)/move", "dispatch.move"),
    ("GET", r"customers", "front.customers"), ("GET", r"customers/count", "front.count_customers"), ("GET", r"products/(\d+)", "goods.product"),
    ("PUT", r"products/(\d+)", "goods.put_product"), ("GET", r"products/(\d+)/variants", "goods.of_product"),
    ("GET", r"products/(\d+)/variants/count", "goods.count_of_product"), ("GET", r"variants/(\d+)", "goods.variant"),
    ("PUT", r"variants/(\d+)", "goods.put_variant"), ("GET", r"inventory_items", "goods.items"), ("GET", r"inventory_items/(\d+)", "goods.item"),
    ("GET", r"locations", "goods.locations"), ("GET", r"locations/count", "goods.count_locations"), ("GET", r"locations/(\d+)", "goods.location"),
    ("GET", r"locations/(\d+)/inventory_levels", "goods.levels_at"), ("GET", r"inventory_levels", "goods.levels"),
    ("POST", r"inventory_levels/(?:set|adjust|connect)", "goods.post_level"), ("GET", r"webhooks", "subscriptions.all"),
    ("GET", r"webhooks/count", "subscriptions.count"), ("POST", r"webhooks", "subscriptions.post"), ("GET", r"webhooks/(\d+)", "subscriptions.one"),
    ("PUT", r"webhooks/(\d+)", "subscriptions.put"), ("DELETE", r"webhooks/(\d+)", "subscriptions.delete"),
    ("GET", rf"(?:{_NOTED})/(\d+)/metafields", "notes.all"), ("POST", rf"(?:{_NOTED})/(\d+)/metafields", "notes.post"),
    ("GET", rf"(?:{_NOTED})/(\d+)/metafields/(\d+)", "notes.one"), ("DELETE", rf"(?:{_NOTED})/(\d+)/metafields/(\d+)", "notes.delete"),
    ("GET", r"shop", "front.shop"), ("GET", r"oauth/access_scopes", "front.scopes"),
)
