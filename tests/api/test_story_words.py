"""Why something was done to an order is said in the language of who reads its story, whoever wrote it: the server's own reasons too."""

import pytest

from server.kernel.audit import record

CHINESE = {"Accept-Language": "zh-CN"}
SAID = {"rule oversold: cancel after 30 min": "规则“超卖”：30 分钟后取消", "not collected in time": "逾期未取货", "exception 7: cancel_rest": "异常 7：取消剩余部分",
        "its buyer asked taobao for the money": "买家在 taobao 申请退款", "客户不要了": "客户不要了"}


def story(house, number, **headers):
    return house.web.get(f"/api/v1/orders/{number}/story", headers={**house.headers("supervisor"), **headers}).json["items"]


@pytest.fixture
def number(house):
    return house.web.post("/api/v1/orders", headers=house.headers("supervisor"), json={
        "site": "W1", "channel": "shop", "reference": "1", "lines": [{"item": "SOAP", "quantity": 1}]}).json["number"]


@pytest.mark.parametrize(("english", "chinese"), SAID.items())
def test_a_reason_is_said_in_both_languages(house, number, english, chinese):
    house.app.database.write(lambda tx: record(tx, "order.cancelled", number, old={"state": "accepted"}, new={"state": "cancelled"}, reason=english))
    assert [[one["args"]["reason"] for one in story(house, number, **more) if one["kind"] == "cancelled"] for more in ({}, CHINESE)] == [[english], [chinese]]
