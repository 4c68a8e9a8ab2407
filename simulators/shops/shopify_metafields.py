"""Notes of programmes (metafields) on things of a Shopify shop, as its REST interface shows and changes them: the same that GraphQL tells."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulators.shops.served import Asked
from simulators.shops.shopify_more_changes import more_changes
from simulators.shops.shopify_shipping import Wrong

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop

_KINDS = {"orders": "Order", "products": "Product", "variants": "ProductVariant"}


class Metafields:
    """Of orders, products and variants."""

    def __init__(self, shop: "ShopifyShop") -> None:
        self._shop = shop

    def all(self, asked: Asked, _body: Any, number: int) -> Any:
        """GET <things>/<number>/metafields: of one namespace or key, or all."""
        found = [self._paper(one, asked, number) for one in self._shop.metafields.get(_owner(asked, number), {}).values()]
        return {"metafields": [one for one in found if all(asked.get(name) in ("", one[name]) for name in ("namespace", "key"))]}

    def post(self, asked: Asked, body: Mapping[str, Any], number: int) -> Any:
        """POST <things>/<number>/metafields: what is there already is written over."""
        told = body["metafield"]
        if absent := [name for name in ("namespace", "key", "value") if not told.get(name)]:
            raise Wrong(422, {absent[0]: ["can't be blank"]})
        made = more_changes(self._shop)["metafieldsSet"]({"metafields": [{
            "ownerId": _owner(asked, number), **{name: told.get(name) for name in ("namespace", "key", "type")}, "value": str(told["value"])}]})
        return {"metafield": self._paper(made["metafields"][0], asked, number)}

    def one(self, asked: Asked, _body: Any, number: int, wanted: int) -> Any:
        """GET <things>/<number>/metafields/<number>."""
        return {"metafield": self._paper(self._known(asked, number, wanted), asked, number)}

    def delete(self, asked: Asked, _body: Any, number: int, wanted: int) -> Any:
        """DELETE <things>/<number>/metafields/<number>."""
        one = self._known(asked, number, wanted)
        del self._shop.metafields[_owner(asked, number)][one["namespace"], one["key"]]
        return {}

    def _known(self, asked: Asked, number: int, wanted: int) -> Mapping[str, Any]:
        own = self._shop.metafields.get(_owner(asked, number), {})
        found = next((one for one in own.values() if one["legacyResourceId"] == str(wanted)), None)
        if found is None:
            raise Wrong(404, "Not Found")
        return found

    def _paper(self, one: Mapping[str, Any], asked: Asked, number: int) -> dict[str, Any]:
        return {"id": int(one["legacyResourceId"]), "namespace": one["namespace"], "key": one["key"], "value": one["value"], "type": one["type"], "description": None,
                "owner_id": number, "owner_resource": _things(asked).removesuffix("s"), "created_at": one["createdAt"], "updated_at": one["updatedAt"],
                "admin_graphql_api_id": one["id"]}


def _things(asked: Asked) -> str:
    return next(one for one in _KINDS if f"/{one}/" in asked.path)


def _owner(asked: Asked, number: int) -> str:
    return f"gid://shopify/{_KINDS[_things(asked)]}/{number}"
