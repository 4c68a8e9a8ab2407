"""A played platform is told from outside what shall go wrong, by anybody on this machine: each fault, on each platform, as a stranger sees it."""

import http.client
from functools import partial

import pytest

from simulators.shops.command import KINDS
from simulators.shops.shop import FAULTS
from simulators.shops.steering import MEANT, ORDERS, steered
from tests.oms.channels.ears import Ear
from tests.simulators.asking import ask
from tests.simulators.strangers import LISTS


@pytest.fixture
def shop(kind):
    shop = KINDS[kind][0](port=0)
    shop.steered, shop.slow_seconds = partial(steered, shop), 0.0
    yield shop
    shop.close()


def steer(shop, *lines):
    return ask(shop, "POST", "/played", "\n".join(lines).encode())


def listed(shop, kind):
    asking, read = LISTS[kind]
    try:
        return read(asking(shop).json)
    except (ValueError, LookupError, TypeError):
        return None


@pytest.fixture
def filled(shop, kind):
    """With four orders, listed as they are when nothing is wrong."""
    for _ in range(4):
        assert "placed" in steer(shop, "place SOAP 1").json
    calm = listed(shop, kind)
    assert calm is not None and len(calm) == 4
    return calm


def test_every_fault_is_explained():
    assert list(MEANT) == list(FAULTS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_faults_are_shown_begun_and_ended(shop, kind):
    assert steer(shop, "fault error 2").json == {"fault": "error", "times": 2}
    told = ask(shop, "GET", "/played").json
    assert told["faults"] == {"error": 2} and set(told["means"]) == set(FAULTS) and told["obeys"] == sorted(ORDERS)
    assert [ask(shop, "GET", "/anything").status for _ in range(2)] == [500, 500] and ask(shop, "GET", "/played").json["faults"] == {}
    steer(shop, "fault error always")
    assert ask(shop, "GET", "/anything").status == 500
    assert steer(shop, "calm").json == {"faults": {}} and ask(shop, "GET", "/anything").status != 500


@pytest.mark.parametrize("kind", ["shopify"])
@pytest.mark.parametrize("lines", [[], ["fault colour"], ["fault error much"], ["dance"], ["pay 77"], ["place SOAP"], ["ask"], ["ship 1"]])
def test_what_is_no_order_is_said(shop, kind, lines):
    answer = steer(shop, *lines)
    assert answer.status == 400 and "error" in answer.json
    assert ask(shop, "DELETE", "/played").status == 405


@pytest.mark.parametrize("kind", ["shopify"])
def test_several_lines_are_obeyed_in_turn(shop, kind):
    answer = steer(shop, "place SOAP 1 TEA 2", "place TEA 1", "orders")
    assert (answer.status, answer.body.count(b"\n")) == (200, 3)
    ref = next(iter(shop.orders))
    assert steer(shop, f"ship {ref} 1Z UPS").json == {"shipped": ref} and [one.tracking for one in shop.orders[ref].parcels] == ["1Z"]


@pytest.mark.parametrize("kind", ["shopify"])
def test_nobody_steers_a_platform_that_is_not_to_be_steered(shop, kind):
    shop.steered = None
    assert steer(shop, "fault error").status == 401 and shop.faults == {}


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_a_list_has_each_order_twice(shop, kind, filled):
    steer(shop, "fault duplicated")
    assert sorted(listed(shop, kind)) == sorted(filled * 2) and listed(shop, kind) == filled


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_a_list_is_turned_about(shop, kind, filled):
    steer(shop, "fault out_of_order")
    assert listed(shop, kind) == filled[::-1] and listed(shop, kind) == filled


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_a_list_is_half_there(shop, kind, filled):
    steer(shop, "fault half_a_page")
    assert listed(shop, kind) in (None, filled[:2]) and listed(shop, kind) == filled


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_a_list_has_another_name(shop, kind, filled):
    steer(shop, "fault changed_schema")
    assert listed(shop, kind) is None and listed(shop, kind) == filled


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_it_says_in_its_own_way_that_it_is_asked_too_often(shop, kind, filled):
    steer(shop, "fault too_many 9")
    answer = LISTS[kind][0](shop) if kind not in ("douyin", "mini_program") else ask(shop, "POST", "/", {})
    told = answer.json
    if kind in ("taobao", "jd"):
        assert answer.status == 200 and str(told["error_response"]["code"]) == {"taobao": "7", "jd": "2"}[kind]
    elif kind == "douyin":
        assert (answer.status, told["code"]) == (200, 60000)
    elif kind == "mini_program":
        assert (answer.status, told["errcode"]) == (200, 45011)
    else:
        assert answer.status == 429 and answer.headers["retry-after"]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("fault", ["cut", "lost_answer"])
def test_a_connection_ends_without_an_answer(shop, kind, fault):
    steer(shop, f"fault {fault}")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        ask(shop, "GET", "/anything")
    ask(shop, "GET", "/anything")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_slow_answer_comes_in_the_end(shop, kind):
    steer(shop, "fault slow")
    ask(shop, "GET", "/anything")
    assert shop.faults == {}


@pytest.mark.parametrize("kind", sorted({*KINDS} - {"jd", "pos"}))
def test_a_hook_is_called_with_a_wrong_signature_three_times_or_late(shop, kind):
    ear = Ear()
    try:
        steer(shop, f"hook {ear.address}", "place SOAP 1")
        right = ear.calls.pop()
        steer(shop, "fault wrong_signature", "place SOAP 1")
        wrong = ear.calls.pop()
        assert {*right.headers} == {*wrong.headers} and {*right.query} == {*wrong.query}
        steer(shop, "fault duplicated", "place SOAP 1")
        assert len(ear.calls) == 3 and len({call.body for call in ear.calls}) == 1
        ear.calls.clear()
        steer(shop, "fault out_of_order", "place SOAP 1")
        assert ear.calls == []
        steer(shop, "place SOAP 1")
        assert len(ear.calls) == 2
    finally:
        ear.close()


@pytest.mark.parametrize("kind", ["pos"])
def test_a_till_tells_of_its_sales_with_a_wrong_signature_three_times_or_late(shop, kind):
    ear = Ear()
    try:
        steer(shop, f"hook {ear.address}", "fault duplicated", "sell SOAP 1")
        assert ear.calls.pop().body.count(b"000001") == 3
        steer(shop, "fault out_of_order", "sell SOAP 1")
        assert ear.calls == []
        steer(shop, "fault wrong_signature", "sell SOAP 1")
        assert ear.calls.pop().headers["webhook-signature"].endswith("AAAA=")
    finally:
        ear.close()


@pytest.mark.parametrize("kind", ["plain"])
def test_what_a_hook_did_not_take_is_tried_again_when_it_is_said(shop, kind):
    ear = Ear()
    try:
        ear.status = 503
        steer(shop, f"hook {ear.address}", "place SOAP 1")
        assert steer(shop, "again").json == {"taken": 0, "left": 1}
        ear.status = 200
        assert steer(shop, "again").json == {"taken": 1, "left": 0} and len({call.headers["webhook-id"] for call in ear.calls}) == 1
    finally:
        ear.close()
