"""What else is done with orders at a WeChat shop, played: found by words, their parcels put right, their addresses changed when the buyer agrees."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.shops.mini_program_more import CARRIERS
from simulators.shops.mini_program_no import No, needed
from simulators.shops.mini_program_papers import status_of
from simulators.shops.shop import ShopOrder, ShopParcel

if TYPE_CHECKING:
    from simulators.shops.mini_program import MiniProgramShop

_PAGE_MAX, _PARCEL_CHANGES_MAX, _ADDRESS_CHANGES_MAX = 100, 3, 5
_FIELDS = ("title", "sku_code", "user_name", "tel_number", "order_id", "merchant_notes", "customer_notes", "address_under_review")
_LAST_DIGITS = 4
_PARTS = {"user_name": "name", "tel_number": "phone", "province_name": "state", "city_name": "city", "county_name": "district", "detail_info": "street", "postal_code": "postcode"}
_NEEDED = ("user_name", "tel_number", "province_name", "city_name", "detail_info")
NOTED, ADDRESS_AGREED, ADDRESS_REFUSED = 3, 16, 17
"""Why an order is told of that is as far as before."""


class OrderDesk:
    """`addresses` are those that buyers are to agree with."""

    def __init__(self, shop: "MiniProgramShop") -> None:
        self._shop = shop
        self.addresses: dict[str, dict[str, str]] = {}
        self._changed_addresses: dict[str, int] = {}
        self._changed_parcels: dict[str, int] = {}

    def methods(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        """By the end of the path."""
        return {"order/search": self._search, "order/deliveryinfo/update": self._change_parcels, "order/address/update": self._change_address,
                "order/merchantnotes/update": self._note}

    def agree(self, ref: str, *, agrees: bool = True) -> ShopOrder:
        """The buyer says whether the goods may go where the seller wants to send them."""
        address = self.addresses.pop(ref)
        return self._shop.told_why(ref, ADDRESS_AGREED if agrees else ADDRESS_REFUSED, **({"address": address} if agrees else {}))

    def _search(self, told: dict[str, Any]) -> dict[str, Any]:
        asked, size, key, status = told.get("search_condition"), told.get("page_size"), told.get("next_key", ""), told.get("status")
        if not isinstance(asked, dict) or not any(asked.get(name) not in (None, "") for name in _FIELDS):
            raise No(40097, "invalid args: search_condition")
        if not isinstance(size, int) or not 1 <= size <= _PAGE_MAX or not (key == "" or str(key).isdigit()):
            raise No(40097, "invalid args: page_size")
        if asked.get("tel_number") and len(str(asked["tel_number"])) != _LAST_DIGITS:
            raise No(40097, "invalid args: tel_number, only the last four digits")
        is_asked = {0: False, 1: True}.get(told.get("on_aftersale_order_exist", 2))
        found = [one.ref for one in sorted(self._shop.orders.values(), key=lambda one: -int(one.ref)) if self._is_meant(one, asked)
                 and (not status or status_of(one) == status) and is_asked in (None, any(each.is_open and each.ref == one.ref for each in self._shop.requests.all.values()))]
        first = int(key or 0)
        has_more = first + size < len(found)
        return {"orders": found[first:first + size], "has_more": has_more, "next_key": str(first + size) if has_more else ""}

    def _is_meant(self, order: ShopOrder, asked: Mapping[str, Any]) -> bool:
        tests: Mapping[str, Callable[[str], bool]] = {
            "title": lambda words: any(words in line.name for line in order.lines), "sku_code": lambda code: any(line.item == code for line in order.lines),
            "user_name": lambda name: order.address.get("name") == name, "tel_number": lambda digits: order.address.get("phone", "").endswith(digits),
            "order_id": lambda number: order.ref == number, "merchant_notes": lambda words: words in self._shop.merchant_notes.get(order.ref, ""),
            "customer_notes": lambda words: words in order.note, "address_under_review": lambda is_so: (is_so == "1") == (order.ref in self.addresses)}
        return all(test(str(asked[name])) for name, test in tests.items() if asked.get(name) not in (None, ""))

    def _note(self, told: dict[str, Any]) -> None:
        order, words = self._shop.known(told.get("order_id")), told.get("merchant_notes")
        if not isinstance(words, str):
            raise No(40097, "invalid args: merchant_notes")
        self._shop.merchant_notes[order.ref] = words
        self._shop.told_why(order.ref, NOTED)

    def _change_address(self, told: dict[str, Any]) -> None:
        """It does not count before the buyer agrees."""
        order, asked = self._shop.known(told.get("order_id")), told.get("user_address")
        if not isinstance(asked, dict) or not all(isinstance(asked.get(name), str) and asked[name] for name in _NEEDED):
            raise No(40097, "invalid args: user_address")
        if order.is_cancelled or order.parcels or self._changed_addresses.get(order.ref, 0) >= _ADDRESS_CHANGES_MAX:
            raise No(10021022, "订单状态不允许修改地址")
        self._changed_addresses[order.ref] = self._changed_addresses.get(order.ref, 0) + 1
        self.addresses[order.ref] = {**order.address, **{ours: str(asked[theirs]) for theirs, ours in _PARTS.items() if theirs in asked}}

    def _change_parcels(self, told: dict[str, Any]) -> None:
        order, whole, several = self._shop.known(told.get("order_id")), told.get("delivery_list"), told.get("change_infos")
        if not order.parcels:
            raise No(101100, "当前订单状态不允许发货")
        if self._changed_parcels.get(order.ref, 0) >= _PARCEL_CHANGES_MAX:
            raise No(606041, "修改物流次数已达上限")
        if whole:
            if len(order.parcels) != 1 or len(whole) != 1:
                raise No(606040, "拆单发货暂不支持修改物流")
            parcels = [_parcel(whole[0], order.parcels[0])]
        elif several:
            parcels = self._each(order, several)
        else:
            raise No(40097, "invalid args: delivery_list")
        self._changed_parcels[order.ref] = self._changed_parcels.get(order.ref, 0) + 1
        self._shop.change(order.ref, parcels=tuple(parcels))

    def _each(self, order: ShopOrder, several: list[dict[str, Any]]) -> list[ShopParcel]:
        parcels = [*order.parcels]
        for one in several:
            at = next((place for place, each in enumerate(parcels) if each.tracking == needed(one.get("old") or {}, "waybill_id")), None)
            if at is None:
                raise No(606005, "waybill_id不合法")
            parcels[at] = _parcel(one.get("new") or {}, parcels[at])
        return parcels


def _parcel(told: Mapping[str, Any], before: ShopParcel) -> ShopParcel:
    carrier = needed(told, "delivery_id")
    if carrier not in (*dict(CARRIERS), "OTHER"):
        raise No(606004, "delivery_id不合法")
    return replace(before, tracking=needed(told, "waybill_id"), carrier=carrier)
