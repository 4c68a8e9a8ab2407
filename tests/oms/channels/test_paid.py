"""What was really paid for each line and for the way, as every channel tells it in its own words."""

import pytest

from server.oms.channels.base import ChannelLine
from server.oms.channels.caller import Caller
from server.oms.channels.discounts import less, summing_to
from server.oms.channels.mini_program_own import Own, OwnSettings
from server.oms.channels.money import shared
from server.oms.channels.plain import Plain, PlainSettings
from server.oms.channels.pos import Pos, PosSettings
from server.oms.channels.shopify_orders import understood as shopify_order
from server.oms.channels.woocommerce_orders import understood as woocommerce_order
from simulators.shops.douyin import DouyinShop
from simulators.shops.jd import JdShop
from simulators.shops.mini_program import MiniProgramShop
from simulators.shops.mini_program_own import OwnMiniProgramShop
from simulators.shops.plain import PlainShop
from simulators.shops.pos import Till
from simulators.shops.shopify import ShopifyShop
from simulators.shops.taobao import TaobaoShop
from simulators.shops.woocommerce import WooCommerceShop
from tests.oms.channels import (
    test_douyin,
    test_folder,
    test_jd,
    test_mini_program,
    test_shopify,
    test_taobao,
    test_woocommerce,
)
from tests.oms.channels.chinese import ADDRESS

SECRET = "a secret of sixteen letters or more"


def own(shop):
    return Own(OwnSettings(address=shop.address, secret=SECRET, app_id=shop.app_id, app_secret=shop.app_secret, wechat_address=shop.address), Caller())


KINDS = {
    "shopify": (ShopifyShop, test_shopify.connected), "woocommerce": (WooCommerceShop, test_woocommerce.connected), "taobao": (TaobaoShop, test_taobao.connect),
    "jd": (JdShop, test_jd.connect_to), "douyin": (DouyinShop, test_douyin.connect_to), "mini_program": (MiniProgramShop, test_mini_program.connect_to),
    "mini_program_own": (lambda: OwnMiniProgramShop(SECRET), own),
    "plain": (lambda: PlainShop(SECRET), lambda shop: Plain(PlainSettings(address=shop.address, secret=SECRET), Caller()))}


@pytest.fixture(params=KINDS)
def played(request):
    """A shop of each kind, and how it is connected."""
    make, connect = KINDS[request.param]
    shop = make()
    yield shop, connect(shop)
    shop.close()


@pytest.fixture
def connect():
    """A connector of a kind, to understand what it never sent."""
    shops = []

    def connected(kind):
        make, connects = KINDS[kind]
        shops.append(make())
        return connects(shops[-1])

    yield connected
    for shop in shops:
        shop.close()


def read(played, *lines, **more):
    shop, connector = played
    return connector.understand(connector.fetch(shop.place(list(lines), address=ADDRESS, **more).ref))


def money(order):
    return [(line.price, line.quantity, line.price * line.quantity if line.paid is None else line.paid) for line in order.lines]


@pytest.mark.parametrize("lines", [[("MUG", 1), ("PLATE", 2)], [("MUG", 3)]])
def test_prices_are_before_discounts_and_what_was_paid_sums_to_the_total(played, lines):
    order = read(played, *lines, price=1_000, discount=100, postage=600)
    assert [(price, quantity) for price, quantity, _ in money(order)] == [(1_000, quantity) for _, quantity in lines]
    assert (sum(paid for _, _, paid in money(order)), order.postage, order.total) == (2_900, 600, 3_500)
    assert [paid for _, _, paid in money(order)] == ([967, 1_933] if len(lines) == 2 else [2_900])


def test_without_a_discount_its_price_was_paid(played):
    order = read(played, ("MUG", 2), ("PLATE", 1), price=1_990)
    assert (money(order), order.postage, order.total) == ([(1_990, 2, 3_980), (1_990, 1, 1_990)], 0, 5_970)


@pytest.mark.parametrize(("amount", "weights", "shares"), [
    (100, [1, 1, 1], [34, 33, 33]), (1, [0, 5], [0, 1]), (10, [0, 0], [5, 5]), (-7, [2, 1], [-5, -2]), (0, [3, 4], [0, 0]), (5, [], []), (7, [10, 20, 40], [1, 2, 4])])
def test_shares_sum_to_the_amount(amount, weights, shares):
    assert shared(amount, weights) == shares


def test_a_discount_never_takes_more_off_a_line_than_it_costs():
    lines = [ChannelLine(ref=ref, item="A", quantity=1, price=price) for ref, price in (("1", 1), ("2", 99), ("3", 0))]
    assert [line.paid for line in less(lines, 99)] == [0, 1, 0]
    assert [line.paid for line in less(lines, 500)] == [0, 0, 0]
    assert [line.paid for line in summing_to(lines, 10)] == [0, 10, 0]


def line(**changes):
    return {"id": 1, "sku": "A", "name": "Thing", "quantity": 3, "price": "10.00", **changes}


def shopify(**changes):
    return shopify_order({"id": 1, "currency": "EUR", "financial_status": "paid", "updated_at": "2026-11-25T10:00:00Z", "created_at": "2026-11-25T10:00:00Z",
                          "total_price": "1.00", "line_items": [line()], **changes})


def test_shopifys_prices_without_tax_are_paid_with_it_and_the_way_after_its_discount():
    order = shopify(taxes_included=False, line_items=[line(discount_allocations=[{"amount": "1.00"}, {"amount": "0.50"}], tax_lines=[{"price": "5.42"}])], shipping_lines=[
        {"price": "8.00", "discount_allocations": [{"amount": "3.00"}], "tax_lines": [{"price": "0.95"}]}, {"price": "99.00", "is_removed": True}])
    assert (order.lines[0].paid, order.postage) == (3000 - 150 + 542, 595)


def test_of_what_shopify_gave_back_in_part_the_rest_was_paid():
    (read_,) = shopify(line_items=[line(current_quantity=1, discount_allocations=[{"amount": "1.00"}])]).lines
    assert (read_.quantity, read_.paid) == (1, 966)


@pytest.mark.parametrize(("currency", "price", "off", "paid"), [("JPY", "1000", "100", 2_900), ("KWD", "1.000", "0.100", 2_900)])
def test_money_has_the_places_of_its_currency(currency, price, off, paid):
    (read_,) = shopify(currency=currency, line_items=[line(price=price, discount_allocations=[{"amount": off}])]).lines
    assert read_.paid == paid


def woocommerce(**changes):
    return woocommerce_order({"id": 1, "status": "processing", "currency": "EUR", "date_modified_gmt": "2026-11-25T10:00:00", "date_created_gmt": "2026-11-25T10:00:00",
                              "total": "1.00", **changes})


def test_woocommerces_coupons_are_in_its_lines_and_a_fee_below_nothing_is_of_all_of_them():
    lines = [{"id": one, "sku": "A", "quantity": 2, "subtotal": "20.00", "subtotal_tax": "3.80", "total": "10.00", "total_tax": "1.90"} for one in (1, 2)]
    order = woocommerce(line_items=lines, shipping_total="5.00", shipping_tax="0.95", fee_lines=[{"total": "-1.00", "total_tax": "-0.01"}, {"total": "2.00"}])
    assert [(one.price, one.paid) for one in order.lines] == [(1190, 1190 - 51), (1190, 1190 - 50)]
    assert order.postage == 595


TRADE = {"tid": "1", "status": "WAIT_SELLER_SEND_GOODS", "modified": "2026-11-25 10:00:00", "created": "2026-11-25 10:00:00"}


def traded(connector, *orders, **more):
    rows = [{"oid": str(at), "outer_iid": "A", "num": 2, "price": "10.00", **one} for at, one in enumerate(orders, 1)]
    return [one.paid for one in connector.understand({**TRADE, **more, "orders": {"order": rows}}).lines]


def test_what_taobaos_seller_changed_by_hand_and_the_share_of_the_trades_discount_are_reckoned_where_they_are_not_divided(connect):
    taobao = connect("taobao")
    changed = {"adjust_fee": "-1.00", "discount_fee": "2.00", "part_mjz_discount": "0.50"}
    assert traded(taobao, changed, {"adjust_fee": "3.00"}) == [1_650, 2_300]
    assert traded(taobao, {**changed, "divide_order_fee": "16.49"}, {}) == [1_649, 2_000]


def test_taobaos_only_line_has_the_postage_in_it_and_it_is_taken_out(connect):
    assert traded(connect("taobao"), {"divide_order_fee": "26.00", "payment": "26.00"}, payment="26.00", post_fee="6.00") == [2_000]


def test_jds_coupons_of_one_item_are_that_items_and_those_that_jd_pays_for_are_nobodys(connect):
    jd = connect("jd")

    def paid(*coupons):
        rows = [{"skuId": str(sku), "itemTotal": "1", "jdPrice": "10.00"} for sku in (1, 2)]
        document = {"orderId": "1", "orderState": "WAIT_SELLER_STOCK_OUT", "modified": "2026-11-25 10:00:00", "orderStartTime": "2026-11-25 10:00:00",
                    "orderTotalPrice": "20.00", "orderSellerPrice": "15.00", "itemInfoList": rows,
                    "couponDetailList": [{"skuId": sku, "couponPrice": price} for sku, price in coupons]}
        return [one.paid for one in jd.understand(document).lines]

    assert paid() == [750, 750]
    assert paid(("1", "3.00")) == [700 - 82, 1_000 - 118]
    assert paid(("1", "9.00")) == [750, 750], "more than the seller took off: it was JD's"


def test_where_douyin_has_the_postage_in_its_lines_it_is_taken_out(connect):
    rows = [{"order_id": str(at), "code": "A", "item_num": 1, "origin_amount": 1_000, "pay_amount": paid, "main_status": status} for at, paid, status in (
        (1, 1_200, 2), (2, 1_000, 2), (3, 800, 4))]
    order = connect("douyin").understand({"order_id": "1", "main_status": 2, "create_time": 1, "update_time": 1, "pay_amount": 3_000, "post_amount": 300, "sku_order_list": rows})
    assert ([one.paid for one in order.lines], order.postage) == ([1_080, 900], 300), "the closed one has its share too"


def test_wechats_changed_postage_counts_and_of_what_was_paid_back_the_rest(connect):
    row = {**test_mini_program.ROW, "real_price": 5_000, "finish_aftersale_sku_cnt": 1}
    document = test_mini_program.ORDER | {"order_detail": {"product_infos": [row], "price_info": {"freight": 900, "change_freight": 500, "is_change_freight": True}}}
    order = connect("mini_program").understand(document)
    assert (order.lines[0].quantity, order.lines[0].paid, order.postage) == (2, 3_333, 500)


def test_a_discount_of_the_whole_order_is_shared_by_the_plain_channels_lines():
    plain = Plain(PlainSettings(secret=SECRET), Caller())
    order = plain.understand({"reference": "1", "version": 1, "currency": "EUR", "discount": 100, "postage": 490, "lines": [
        {"item": "A", "quantity": 1, "price": 1_000}, {"item": "B", "quantity": 1, "price": 1_000, "paid": 500}]})
    assert ([one.paid for one in order.lines], order.postage) == ([933, 467], 490)


def test_a_till_says_what_was_paid_for_a_line():
    till = Till(SECRET)
    sale = till.ring_up([("A", 2), ("B", 1)], price=1_000, off=150)
    till.close()
    order = Pos(PosSettings(secret=SECRET), Caller()).understand(sale.written())
    assert ([one.paid for one in order.lines], order.total) == ([1_850, None], 2_850)


@pytest.mark.parametrize("header", ["order,sku,qty,price,paid,postage,discount", "订单号,货号,数量,单价,实付金额,运费,整单优惠"])
def test_a_file_may_have_columns_for_what_was_paid_the_postage_and_a_discount(tmp_path, header):
    drops = test_folder.Drops(tmp_path)
    drops.drop("a.csv", f"{header}\nA-1,SOAP,2,10,18,4.90,1\nA-1,TEA,1,2,,4.90,\n")
    order = drops.orders()["A-1"]
    assert ([one.paid for one in order.lines], order.postage) == ([1_710, 190], 490)


def test_a_files_money_has_the_places_of_its_currency(tmp_path):
    drops = test_folder.Drops(tmp_path)
    drops.drop("a.csv", "order,sku,qty,price,paid,currency\nB-1,SOAP,2,1.250,2.375,KWD\n")
    (read_,) = drops.orders()["B-1"].lines
    assert (read_.price, read_.paid) == (1_250, 2_375)
