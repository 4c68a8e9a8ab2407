"""How a WeChat shop, played, writes an order: numbers as text, money in fen, times in seconds."""

from typing import TYPE_CHECKING, Any

from simulators.shops.shop import ShopOrder

if TYPE_CHECKING:
    from simulators.shops.mini_program import MiniProgramShop


def status_of(order: ShopOrder) -> int:
    """Its number for how far an order is; what was paid back whole before it left is cancelled."""
    if order.is_cancelled:
        return 200 if order.is_paid else 250
    if not order.is_paid:
        return 10
    return 30 if order.is_shipped else 21 if order.parcels else 20


def event_of(order: ShopOrder) -> str:
    """What an order's last change is called."""
    what = "cancel" if order.is_cancelled else "deliver" if order.parcels else "pay" if order.is_paid else "new"
    return f"channels_ec_order_{what}"


def order_paper(shop: "MiniProgramShop", order: ShopOrder) -> dict[str, Any]:
    """The whole order."""
    return {
        "order_id": order.ref, "status": status_of(order), "create_time": order.placed_at // 1000, "update_time": order.changed_at // 1000,
        "openid": order.buyer, "unionid": "", "aftersale_detail": shop.requests.told_of(order),
        "order_detail": {
            "product_infos": [_line(shop, order, place) for place in range(len(order.lines))],
            "price_info": {"product_price": order.goods, "order_price": order.total, "freight": order.postage, "is_discounted": order.off > 0,
                           "discounted_price": order.off, "original_order_price": order.goods + order.postage},
            "pay_info": {"payment_method": 1, "transaction_id": f"4200{order.ref}", "pay_time": order.placed_at // 1000} if order.is_paid else {},
            "delivery_info": {"address_info": address_paper(order, masks=shop.masks, lends=shop.lends), "deliver_method": 0, "delivery_product_info": [
                {"waybill_id": sent.tracking, "delivery_id": sent.carrier, "deliver_type": 1, "product_infos": _packed(shop, order, sent.lines)}
                for sent in order.parcels]},
            "ext_info": {"customer_notes": order.note, "merchant_notes": shop.merchant_notes.get(order.ref, "")}}}


def _line(shop: "MiniProgramShop", order: ShopOrder, place: int) -> dict[str, Any]:
    line = order.lines[place]
    product, sku = shop.shelf.place_of(line.item)
    return {"product_id": product, "sku_id": sku, "sku_code": line.item, "sku_cnt": line.quantity, "title": line.name, "thumb_img": "",
            "sale_price": line.price, "market_price": line.price, "real_price": line.paid, "estimate_price": line.paid, "is_discounted": line.off > 0, "out_product_id": "", "out_sku_id": "",
            "on_aftersale_sku_cnt": shop.requests.counted(order, line.ref, is_paid=False),
            "finish_aftersale_sku_cnt": shop.requests.counted(order, line.ref, is_paid=True),
            "product_unique_id": f"{order.ref}_{place + 1:03d}"}


def address_paper(order: ShopOrder, *, masks: bool, lends: bool) -> dict[str, Any]:
    """Where it goes; `masks` puts stars for the buyer, `lends` has a number of WeChat's own beside the buyer's, which keeps its stars."""
    at = order.address
    name, phone, street = (at.get(part, "") for part in ("name", "phone", "street"))
    if masks:
        name, street = name[:1] + "**", "****"
    lent = {"use_tel_number": 1, "tel_number_ext_info": {"virtual_tel_number": "132123457749-1234", "virtual_tel_expire_time": 1_999_999_999}}
    if masks or lends:
        phone = phone[:3] + "****" + phone[-4:]
    return {"user_name": name, "tel_number": phone, "province_name": at.get("state", ""), "city_name": at.get("city", ""),
            "county_name": at.get("district", ""), "detail_info": street, "house_number": "", "postal_code": at.get("postcode", ""), **(lent if lends else {})}


def _packed(shop: "MiniProgramShop", order: ShopOrder, lines: Any) -> list[dict[str, Any]]:
    places = {line.ref: shop.shelf.place_of(line.item) for line in order.lines}
    return [{"product_id": places[ref][0], "sku_id": places[ref][1], "product_cnt": count} for ref, count in lines.items()]
