"""A buyer's request that cannot be read, and a channel that does not answer, are seen to over the API with one click."""

import pytest
from sqlalchemy import text

from server.oms.connecting import add_channel, channel_by_code, note_failed
from server.oms.exceptions.opening import open_channel
from server.oms.unread_requests import hear_request
from tests.api.test_order_exceptions import one, queue
from tests.api.test_order_holds import ask, strict

__all__ = ["strict"]
ASKED = {"refund_id": "7001", "tid": "3001", "oid": "3001", "status": "WAIT_SELLER_AGREE", "refund_fee": "viel", "modified": "2026-11-30 12:00:00"}


@pytest.fixture
def taobao(strict):
    """A channel at which nobody answers, of which a buyer's request is kept that cannot be read."""
    parts, settings = strict.app, {"address": "http://127.0.0.1:9/router/rest", "app_key": "k", "app_secret": "s", "session": "x"}
    parts.database.write(lambda tx: add_channel(tx, code="tb", kind="taobao", name="Taobao", site_id=strict.site_id, settings=settings))
    channel = parts.database.read(lambda tx: channel_by_code(tx, "tb"))
    connector = parts.desk._connector(channel)
    parts.database.write(lambda tx: hear_request(tx, channel, connector, ASKED, parts.desk.floor))
    return strict


def test_it_is_shown_in_both_languages_with_what_can_be_done(taobao):
    shown = one(taobao)
    assert (shown["kind"], shown["code"], shown["channel"], shown["steps"], shown["owner"]) == ("unreadable", "request", "tb", ["try_again", "drop", "wait"], "MANAGER")
    assert shown["words"] == "tb has a buyer's request 7001 for money that cannot be read: refund_fee is 'viel', no amount in yuan. (refund_fee)"
    chinese = taobao.web.get("/api/v1/order-exceptions", headers={**taobao.headers("supervisor"), "Accept-Language": "zh-CN"}).json["items"][0]
    assert chinese["words"].startswith("tb 有一条无法读取的买家退款申请 7001：")


def test_tried_again_it_says_why_not_and_dropped_it_is_over(taobao):
    shown = one(taobao)
    tried = ask(taobao, "POST", f"order-exceptions/{shown['id']}/steps/try_again", version=1).json
    assert (tried["result"], tried["state"]) == ("refused", "open")
    assert "viel" in tried["words"]
    assert ask(taobao, "POST", f"order-exceptions/{shown['id']}/steps/drop", version=2).json["state"] == "done"
    assert queue(taobao)["items"] == []


def test_a_channel_that_does_not_answer_is_asked_at_once(taobao):
    def silent(tx):
        channel = channel_by_code(tx, "tb").id
        note_failed(tx, channel, "gone", "no_answer", 3_600_000)
        open_channel(tx, channel, 1)
        return channel

    channel = taobao.app.database.write(silent)
    [shown] = queue(taobao, kind="channel")["items"]
    assert (shown["steps"], shown["order"], shown["words"]) == (["try_again", "wait", "done"], None, "tb has not answered for more than 1 h: gone")
    told = ask(taobao, "POST", f"order-exceptions/{shown['id']}/steps/try_again", version=1).json
    assert (told["result"], told["state"]) == ("", "open")
    assert taobao.app.database.read(lambda tx: tx.scalar(text("SELECT next_at FROM channel WHERE id = :id"), id=channel)) == 0


def test_how_long_a_channel_may_be_silent_is_a_rule(taobao):
    rules = {rule["kind"]: rule for rule in ask(taobao, "GET", "exception-rules?site=W1").json["items"]}
    assert (rules["channel"]["opens_by_time"], rules["channel"]["opens_after_hours"], rules["channel"]["solves"]) == (True, 1, [])
    assert ask(taobao, "PUT", "exception-rules/channel", "manager", site="W1", opens_after_hours=8).status_code == 200
