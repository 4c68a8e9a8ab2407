"""What a channel's page is told: in the caller's language, with the names that need an item, and counts that are right."""

import pytest

from server.kernel.transaction import Actor
from server.oms.channels.caller import Caller
from server.oms.channels.plain import Plain, PlainSettings
from server.oms.connecting import add_channel, channel_by_code, note_failed
from server.oms.intake import take_in
from server.wms.order_floor import OrderFloor as Floor
from tests.oms.conftest import SECRET, document

WHY = {"en": "Our signature is refused (401). Compare the secret on both sides.", "zh-CN": "我方签名被拒绝（401）。请核对双方的密钥。"}


class Net:
    """A house with two channels, of which `net` is asked about."""

    def __init__(self, house) -> None:
        self.house, self.database, self.headers = house, house.app.database, house.headers("integration")
        for code in ("net", "other"):
            self.database.write(lambda tx, code=code: add_channel(tx, code=code, kind="plain", name=code, site_id=house.site_id, settings={"secret": SECRET}))

    def give(self, code, *documents):
        connector = Plain(PlainSettings(secret=SECRET), Caller())
        channel = self.database.read(lambda tx: channel_by_code(tx, code))
        for one in documents:
            self.database.write(lambda tx, one=one: take_in(tx, channel, connector, one, Floor(), is_fresh=False), actor=Actor("channel net"))

    def get(self, path, language="en"):
        return self.house.web.get(f"/api/v1/{path}", headers={**self.headers, "Accept-Language": language}).json


@pytest.fixture
def net(house):
    return Net(house)


@pytest.mark.parametrize("language", WHY)
def test_what_went_wrong_is_told_in_the_callers_language(net, language):
    net.database.write(lambda tx: note_failed(tx, channel_by_code(tx, "net").id, WHY["en"], "401", 1_000))
    assert net.get("channels/net", language)["error"] == WHY[language]
    assert [one["error"] for one in net.get("channels", language)["items"]] == [WHY[language], ""]


def test_a_refused_order_names_what_needs_an_item_of_ours_and_why_in_words(net):
    net.give("net", document("1", lines=(("GIFT", 2), ("SOAP", 1), ("PEN", 3))), {**document("2"), "lines": []})
    first, second = net.get("channels/net/refused", "zh-CN")["items"]
    assert [(one["name"], one["quantity"]) for one in first["unknown"]] == [("GIFT", 2), ("PEN", 3)]
    assert first["words"].startswith("这里没有名为 GIFT")
    assert (second["code"], second["unknown"]) == ("unreadable", [])


def test_each_channel_counts_its_own(net):
    net.give("net", document("1", lines=(("GIFT", 2),)), document("2", lines=(("GIFT", 2),)), document("3"))
    net.give("other", document("1"))
    assert [(one["code"], one["refused"], one["notices_waiting"]) for one in net.get("channels")["items"]] == [("net", 2, 0), ("other", 0, 0)]
    number = net.get("orders?channel=net")["items"][0]["number"]
    net.house.web.post(f"/api/v1/orders/{number}/cancel", json={"reason": "x"}, headers=net.headers)
    net.house.app.dispatcher.drain()
    assert [(one["notices_waiting"], one["notices_refused"]) for one in net.get("channels")["items"]] == [(1, 0), (0, 0)]
