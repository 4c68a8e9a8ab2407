"""What the columns of a file with orders may be called, in English and Chinese."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

NEEDED = ("reference", "item", "quantity")
_NAMES: Mapping[str, str] = {
    "reference": "reference ref order orderno orderid ordernumber ordernr orderref orderreference salesorder "
                 "订单号 订单编号 订单id 订单 单号 平台单号 平台订单号 网店订单号 原始单号 外部单号 交易编号 主订单编号 销售单号",
    "line": "line lineno linenumber lineid lineref position pos 行号 子订单号 子订单编号 行项目 明细行号",
    "item": "item sku itemcode itemno itemnumber itemid skucode article articleno articlenumber productcode partnumber partno barcode ean upc "
            "gtin 商品编码 商品编号 商品代码 货号 sku编码 商家编码 规格编码 物料编码 物料号 产品编码 产品编号 存货编码 条码 条形码 商品条码",
    "name": "itemname productname articlename description title 商品名称 品名 商品 产品名称 物料名称 存货名称 商品标题 宝贝标题",
    "quantity": "quantity qty pieces pcs count units 数量 件数 商品数量 订购数量 购买数量 下单数量",
    "price": "price unitprice itemprice 单价 价格 售价 商品单价 成交单价",
    "paid": "paid linetotal amountpaid lineamount paidamount 实付 实付金额 分摊后实付 买家实付 商品实付 实收金额",
    "receiver": "receiver recipient receivername recipientname consignee shipto shiptoname shippingname deliveryname contact "
                "收件人 收货人 收件人姓名 收货人姓名 联系人 收货联系人",
    "customer": "customer customername buyer buyername client 客户 客户名称 买家 买家姓名 买家昵称 会员名 购货单位",
    "phone": "phone mobile mobilephone cell phonenumber tel telephone 手机 手机号 手机号码 联系手机 电话 联系电话 电话号码 联系方式",
    "country": "country countrycode 国家 国家/地区 国家地区",
    "state": "state province region 省 省份 州",
    "city": "city town 市 城市 地市",
    "district": "district county 区 区县 区/县 县 县区",
    "street": "street streetaddress address1 addressline1 街道 街道地址 详细地址",
    "street2": "street2 address2 addressline2",
    "address": "address fulladdress 地址 完整地址",
    "postcode": "postcode postalcode zip zipcode plz 邮编 邮政编码",
    "carrier": "carrier courier shippingmethod shippingcompany 快递 快递公司 物流公司 承运商 配送方式 物流方式",
    "note": "note notes remark remarks comment comments message 备注 订单备注 留言 买家留言 客服备注 卖家备注",
    "currency": "currency currencycode 币种 货币",
    "total": "ordertotal grandtotal 订单金额 订单总额 订单总金额",
    "postage": "postage shippingcost shippingfee shippingprice shippingtotal freight 运费 邮费 快递费 配送费",
    "discount": "orderdiscount discount discounttotal discountamount 订单优惠 整单优惠 优惠金额 优惠",
    "placed_at": "orderdate ordertime placedat createdat date 下单时间 下单日期 订单时间 订单日期 日期",
    "status": "status orderstatus 状态 订单状态",
}
_FIELDS = {name: (field, place) for field, names in _NAMES.items() for place, name in enumerate(names.split())}
_PREFIXES = ("shipping", "delivery", "shipto", "ship", "receiver", "recipient", "收件人", "收货人", "收件", "收货")
_ASIDE = re.compile(r"\(.*?\)|[\s_\-.*:#\"']")


def field_of(header: str) -> tuple[str, int] | None:
    """What a column is for, and how good its name is for that (0 is best); None when it is for nothing of ours."""
    name = _ASIDE.sub("", unicodedata.normalize("NFKC", header).lower())
    if name in _FIELDS:
        return _FIELDS[name]
    return next((_FIELDS[rest] for prefix in _PREFIXES if (rest := name.removeprefix(prefix)) != name and rest in _FIELDS), None)


def columns_of(headers: Iterable[str]) -> dict[str, list[str]]:
    """The columns for each of our fields, the best name first: of a mobile and a telephone number either may be empty."""
    found: dict[str, list[tuple[int, str]]] = {}
    for header in headers:
        if (known := field_of(header)) is not None:
            found.setdefault(known[0], []).append((known[1], header))
    return {field: [header for _, header in sorted(named)] for field, named in found.items()}
