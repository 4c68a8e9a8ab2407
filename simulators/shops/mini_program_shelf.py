"""What a WeChat shop, played, sells: each item is a product with one variant, known by numbers of WeChat's own."""

from typing import TYPE_CHECKING, Any

from simulators.shops.mini_program_no import No, needed

if TYPE_CHECKING:
    from simulators.shops.mini_program import MiniProgramShop

_PRODUCT, _SKU = 10_000_000_000_000, 3_000_000_000
_PAGE_MAX = 30


class Shelf:
    """Its products, in the sequence in which somebody first named them."""

    def __init__(self, shop: "MiniProgramShop") -> None:
        self._shop = shop
        self._items: list[str] = []

    def place_of(self, item: str) -> tuple[str, str]:
        """The numbers of product and variant."""
        if item not in self._items:
            self._items.append(item)
        at = self._items.index(item)
        return str(_PRODUCT + at), str(_SKU + at)

    def listed(self, told: dict[str, Any]) -> dict[str, Any]:
        """The numbers of some products."""
        size, key = told.get("page_size"), told.get("next_key") or "0"
        if not isinstance(size, int) or not 1 <= size <= _PAGE_MAX or not str(key).isdigit():
            raise No(40097, "invalid args: page_size")
        found, first = [self.place_of(item)[0] for item in self._offered()], int(key)
        return {"product_ids": found[first:first + size], "next_key": str(first + size), "total_num": len(found)}

    def shown(self, told: dict[str, Any]) -> dict[str, Any]:
        """A product."""
        item = self._item(needed(told, "product_id"))
        product, sku = self.place_of(item)
        return {"product": {"product_id": product, "title": f"{item} of the shop", "status": 5, "skus": [
            {"sku_id": sku, "sku_code": item, "out_sku_id": "", "stock_num": self._shop.quantities.get(item, 0), "sale_price": 1_990}]}}

    def stock(self, told: dict[str, Any]) -> dict[str, Any]:
        """How much there is of a variant."""
        return {"data": {"normal_stock_num": self._shop.quantities.get(self._variant(told), 0), "limited_discount_stock_num": 0}}

    def change(self, told: dict[str, Any]) -> None:
        """More, less, or so many."""
        item, way, number = self._variant(told), told.get("diff_type"), told.get("num")
        if way not in {1, 2, 3} or not isinstance(number, int) or number < 0:
            raise No(10020051, "参数错误")
        before = self._shop.quantities.get(item, 0)
        after = {1: before + number, 2: before - number, 3: number}[way]
        if after < 0:
            raise No(10020219, "库存不足以减扣")
        self._shop.quantities[item] = after

    def _offered(self) -> list[str]:
        for item in [*self._shop.quantities, *(line.item for order in self._shop.orders.values() for line in order.lines)]:
            self.place_of(item)
        return self._items

    def _item(self, product: str) -> str:
        offered = {self.place_of(item)[0]: item for item in self._offered()}
        if product not in offered:
            raise No(10020052, "商品不存在")
        return offered[product]

    def _variant(self, told: dict[str, Any]) -> str:
        item = self._item(needed(told, "product_id"))
        if needed(told, "sku_id") != self.place_of(item)[1]:
            raise No(10020051, "参数错误")
        return item
