"""What else sellers' programmes commonly ask of Douyin: who carries, what is behind the ciphers, what is sold."""

import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulators.shops.douyin import DouyinShop

_CARRIERS = (("shunfeng", "顺丰速运"), ("zhongtong", "中通快递"), ("yuantong", "圆通速递"), ("yunda", "韵达快递"), ("ems", "EMS"))


def more(shop: "DouyinShop") -> dict[str, Callable[[dict[str, Any]], Any]]:
    """By the method's name."""
    asked = _Asked(shop)
    return {"order.logisticsCompanyList": lambda _: [{"id": number, "code": code, "name": name} for number, (code, name) in enumerate(_CARRIERS, 7)],
            "order.batchDecrypt": asked.decrypt, "product.listV2": asked.products, "order.addOrderRemark": asked.remark}


class _Asked:
    def __init__(self, shop: "DouyinShop") -> None:
        self._shop = shop

    def decrypt(self, told: dict[str, Any]) -> Any:
        return {"decrypt_infos": [self._plain(one) for one in told["cipher_infos"]], "custom_err": {"err_code": 0, "err_msg": ""}}

    def _plain(self, one: dict[str, Any]) -> dict[str, Any]:
        told = {"auth_id": str(one.get("auth_id", "")), "cipher_text": str(one["cipher_text"])}
        if told["auth_id"] not in self._shop.orders:
            return {**told, "decrypt_text": "", "err_no": 300008, "err_msg": "订单不存在"}
        plain = deciphered(told["cipher_text"])
        return {**told, "decrypt_text": plain, "err_no": 0 if plain else 300004, "err_msg": "" if plain else "密文不合法"}

    def remark(self, told: dict[str, Any]) -> Any:
        """What the seller writes on an order, with a flag from 0 to 5 where one is wanted."""
        ref, star = str(told.get("order_id")), int(told.get("star") or 0)
        if ref not in self._shop.orders:
            raise self._shop.no(50002, "isv.business-failed:1", "订单不存在")
        if not told.get("remark") or star not in range(6):
            raise self._shop.no(40004, "isv.parameter-invalid:remark" if star in range(6) else "isv.parameter-invalid:star")
        before = self._shop.remarks.get(ref, ("", 0))[1]
        self._shop.remarks[ref] = (str(told["remark"]), star if str(told.get("is_add_star", "")).lower() == "true" else before)
        self._shop.change(ref)
        return {}

    def products(self, told: dict[str, Any]) -> Any:
        page, size = int(told.get("page", 1)), int(told.get("size", 10))
        found = [{"product_id": 1_000 + number, "name": item, "outer_product_id": item, "status": 0, "check_status": 3}
                 for number, item in enumerate(self._shop.quantities)]
        return {"data": found[max(0, page - 1) * size:max(1, page) * size], "page": page, "size": size, "total": len(found)}


def ciphered(plain: str) -> str:
    """Not what Douyin's ciphers are, but as unreadable, with their edges."""
    return f"##{base64.b64encode(plain.encode()[::-1]).decode()}#1##" if plain else ""


def deciphered(cipher: str) -> str:
    """What was hidden; "" for what is no cipher."""
    try:
        return base64.b64decode(cipher.removeprefix("##").removesuffix("#1##"), validate=True)[::-1].decode() if cipher.startswith("##") else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""
