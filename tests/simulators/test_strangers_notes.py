"""What sellers' programmes write on orders at the Chinese platforms, and parcels that get another number."""

import pytest

from simulators.shops.beijing import written
from simulators.shops.command import KINDS
from tests.simulators.strangers import douyin, jd, taobao


@pytest.fixture
def shop(kind):
    shop = KINDS[kind][0](port=0)
    yield shop
    shop.close()


@pytest.mark.parametrize("kind", ["taobao"])
def test_taobao_keeps_a_memo_with_its_flag_until_it_is_reset(shop, kind):
    ref = shop.place([("A", 1)]).ref

    def memo():
        trade = taobao(shop, "taobao.trade.fullinfo.get", {"tid": ref, "fields": "seller_memo,seller_flag"}).json["trade_fullinfo_get_response"]["trade"]
        return trade["seller_memo"], trade["seller_flag"]
    assert memo() == ("", 0)
    assert "created" in taobao(shop, "taobao.trade.memo.add", {"tid": ref, "memo": "易碎", "flag": "3"}).json["trade_memo_add_response"]["trade"]
    assert memo() == ("易碎", 3)
    assert taobao(shop, "taobao.trade.memo.update", {"tid": ref, "memo": "x", "flag": "9"}).json["error_response"]["code"] == 41
    assert "modified" in taobao(shop, "taobao.trade.memo.update", {"tid": ref, "reset": "true"}).json["trade_memo_update_response"]["trade"]
    assert memo() == ("", 0)


@pytest.mark.parametrize("kind", ["taobao"])
def test_taobao_gives_a_parcel_another_number(shop, kind):
    ref, told = shop.place([("A", 1)]).ref, {"out_sid": "SF2", "company_code": "SF"}
    assert "error_response" in taobao(shop, "taobao.logistics.consign.resend", {"tid": ref, **told}).json
    taobao(shop, "taobao.logistics.offline.send", {"tid": ref, "out_sid": "SF1", "company_code": "SF"})
    assert taobao(shop, "taobao.logistics.consign.resend", {"tid": ref, **told}).json["logistics_consign_resend_response"]["shipping"]["is_success"] is True
    assert [one.tracking for one in shop.orders[ref].parcels] == ["SF2"]


@pytest.mark.parametrize("kind", ["taobao"])
def test_taobao_says_by_has_next_whether_there_is_more(shop, kind):
    refs = {shop.place([("A", 1)]).ref for _ in range(5)}
    seen, page, has_next = [], 1, True
    while has_next:
        told = taobao(shop, "taobao.trades.sold.get", {"fields": "tid_str", "page_no": str(page), "page_size": "2", "use_has_next": "true"}).json["trades_sold_get_response"]
        assert "total_results" not in told
        seen += [one["tid_str"] for one in told["trades"]["trade"]]
        page, has_next = page + 1, told["has_next"]
    assert (set(seen), len(seen), page) == (refs, 5, 4)


@pytest.mark.parametrize("kind", ["jd"])
def test_jd_keeps_a_remark_with_its_flag(shop, kind):
    ref = shop.place([("A", 1)]).ref

    def remark(**told):
        return jd(shop, "jingdong.pop.order.modifyVenderRemark", {"order_id": int(ref), "flag": 1, "remark": "易碎", **told}).json[
            "jingdong_pop_order_modifyVenderRemark_responce"]["modifyvenderremark_result"]

    def kept():
        told = jd(shop, "jingdong.order.venderRemark.queryByOrderId", {"order_id": int(ref)}).json
        return told["jingdong_order_venderRemark_queryByOrderId_responce"]["venderRemarkQueryResult"]["vender_remark"]
    assert kept() is None
    assert (remark()["success"], kept()) == (True, {"order_id": int(ref), "remark": "易碎", "flag": 1})
    assert [remark(**wrong)["error_code"] for wrong in ({"flag": 9}, {"remark": "x" * 501}, {"order_id": 7})] == ["10100040", "10100039", "10100016"]
    assert kept()["remark"] == "易碎"


@pytest.mark.parametrize("kind", ["jd"])
def test_jd_tells_the_same_orders_with_the_buyer_encrypted(shop, kind):
    ref = shop.place([("A", 1)], address={"name": "王小明", "phone": "13800138000", "city": "杭州市"}).ref
    told = {"order_id": ref, "optional_fields": "orderId,consigneeInfo"}
    plain = jd(shop, "jingdong.pop.order.get", told).json["jingdong_pop_order_get_responce"]["orderDetailInfo"]["orderInfo"]
    hidden = jd(shop, "jingdong.pop.order.enGet", told).json["jingdong_pop_order_enGet_responce"]["orderDetailInfo"]["orderInfo"]
    assert plain["consigneeInfo"]["fullname"] == "王小明" and hidden["consigneeInfo"]["fullname"] != "王小明" and hidden["consigneeInfo"]["mobile"] != "13800138000"
    assert (hidden["orderId"], hidden["consigneeInfo"]["city"]) == (ref, "杭州市")
    asked = {"start_date": written(shop.now() - 3_600_000), "end_date": written(shop.now() + 3_600_000), "order_state": "WAIT_SELLER_STOCK_OUT", "optional_fields": "orderId",
             "page": "1", "page_size": "10"}
    found = jd(shop, "jingdong.pop.order.enSearch", asked).json["jingdong_pop_order_enSearch_responce"]["searchorderinfo_result"]
    assert (found["orderTotal"], [one["orderId"] for one in found["orderInfoList"]]) == (1, [ref])


@pytest.mark.parametrize("kind", ["jd"])
def test_jd_turns_pages_that_are_told_as_text(shop, kind):
    refs = [shop.place([("A", 1)]).ref for _ in range(5)]
    asked = {"start_date": written(shop.now() - 3_600_000), "end_date": written(shop.now() + 3_600_000), "order_state": "WAIT_SELLER_STOCK_OUT", "optional_fields": "orderId", "dateType": "1"}

    def page(number, size="2"):
        return jd(shop, "jingdong.pop.order.search", {**asked, "page": number, "page_size": size}).json
    shown = [page(str(one))["jingdong_pop_order_search_responce"]["searchorderinfo_result"] for one in (1, 2, 3, 4)]
    assert [one["orderId"] for told in shown for one in told["orderInfoList"]] == refs and {told["orderTotal"] for told in shown} == {5}
    assert [page(*wrong)["error_response"]["code"] for wrong in ((1,), ("0",), ("1", "101"))] == ["61", "61", "61"]


@pytest.mark.parametrize("kind", ["douyin"])
def test_douyin_keeps_a_remark_and_a_flag_where_one_is_wanted(shop, kind):
    ref = shop.place([("A", 1)]).ref

    def kept():
        order = douyin(shop, "order.orderDetail", {"shop_order_id": ref}).json["data"]["shop_order_detail"]
        return order["seller_words"], order["seller_remark_stars"]
    assert douyin(shop, "order.addOrderRemark", {"order_id": ref, "remark": "易碎", "is_add_star": "true", "star": "2"}).json["code"] == 10000
    assert kept() == ("易碎", 2)
    assert douyin(shop, "order.addOrderRemark", {"order_id": ref, "remark": "急"}).json["code"] == 10000 and kept() == ("急", 2)
    assert [douyin(shop, "order.addOrderRemark", {"order_id": ref, "remark": "x", **wrong}).json["code"] for wrong in ({"star": "9"}, {"remark": ""}, {"order_id": "7"})] == [
        40004, 40004, 50002]


@pytest.mark.parametrize("kind", ["douyin"])
def test_douyin_counts_its_pages_from_nought(shop, kind):
    refs = [shop.place([("A", 1)]).ref for _ in range(5)]
    asked = {"size": 2, "order_by": "create_time", "create_time_start": shop.now() // 1000 - 3_600, "order_asc": True}
    shown = [douyin(shop, "order.searchList", {**asked, "page": page}).json["data"] for page in range(4)]
    assert [one["order_id"] for told in shown for one in told["shop_order_list"]] == refs and {told["total"] for told in shown} == {5}
    assert douyin(shop, "order.searchList", {**asked, "page": 25_000}).json["code"] == 40004
