"""Orders that customers collect, as their channels see them: taken in, told ready with a code, told collected or cancelled."""

import pytest
from sqlalchemy import text

from server.dashboard.order_story import order_story
from server.kernel.clock import DAY
from server.kernel.errors import Conflict
from server.masterdata.collect_codes import collect_barcode, collect_code
from server.masterdata.locations import NewLocation, put_location
from server.oms.orders import order_by_number, order_lines
from server.reactions import JOBS
from simulators.shops.plain import PlainShop
from simulators.shops.shop import LOST_ANSWER
from simulators.shops.woocommerce import WooCommerceShop
from tests.oms.conftest import SECRET, document
from tests.warehouse import ITEMS


@pytest.fixture
def shop():
    shop = PlainShop(SECRET)
    yield shop
    shop.close()


@pytest.fixture
def store(shops, shop):
    shops.connect("net", address=shop.address)
    shops.database.write(lambda tx: put_location(tx, shops.warehouse.site_id, NewLocation(code="W1-COLLECT", kind="stage", zone="COLLECT")))
    return shops


def bought(store, shop, ref="7"):
    """A customer of the played shop orders two soaps, to be collected; our number of it."""
    shop.place([("SOAP", 2)], ref=ref, delivery="collect")
    assert store.attend("net")
    store.warehouse.settle()
    return store.order(ref, "net")["number"]


def ready(store):
    store.warehouse.wave()
    pda = store.warehouse.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"], "TOTE-5", "W1-COLLECT"):
        pda.scan(scan)
        assert pda.results[-1]["status"] == "applied", scan
    store.warehouse.settle()
    return pda


def code_of(store, number):
    return store.database.write(lambda tx: collect_code(tx, number))


def test_a_channel_hears_that_an_order_is_ready_and_with_which_code(store, shop):
    number = bought(store, shop)
    assert store.warehouse.all("SELECT delivery FROM sales_order WHERE number = :n", n=number) == [("collect",)]
    assert store.warehouse.all("SELECT delivery FROM release") == [("collect",)]
    ready(store)
    assert store.attend("net")
    code, [until] = code_of(store, number), store.warehouse.all("SELECT expires_at FROM collection")[0]
    assert shop.ready == {"7": {"code": code, "barcode": collect_barcode(number, code), "until": until}}


def test_a_lost_answer_is_told_again_and_then_no_more(store, shop):
    bought(store, shop)
    ready(store)
    shop.fail(LOST_ANSWER)
    assert not store.attend("net")
    store.database.write(lambda tx: (tx.execute(text("UPDATE channel_notice SET next_at = 0")), tx.execute(text("UPDATE channel SET next_at = 0"))))
    assert store.attend("net")
    assert (shop.asked["POST /ready"], store.warehouse.all("SELECT state FROM channel_notice")) == (2, [("told",)])


def test_a_channel_hears_that_the_customer_has_the_goods(store, shop):
    number = bought(store, shop)
    pda = ready(store)
    for scan in (collect_barcode(number, code_of(store, number)), "TOTE-5"):
        pda.scan(scan)
    store.warehouse.settle()
    assert store.attend("net")
    [parcel] = shop.orders["7"].parcels
    assert (parcel.tracking, parcel.carrier, list(parcel.lines.values())) == (number, "collect", [2])
    assert store.order("7", "net")["state"] == "shipped"


def test_its_story_tells_where_it_waited_and_that_it_was_collected(store, shop):
    number = bought(store, shop)
    pda = ready(store)
    for scan in (collect_barcode(number, code_of(store, number)), "TOTE-5"):
        pda.scan(scan)
    store.warehouse.settle()
    assert store.attend("net")

    def told(tx):
        head = order_by_number(tx, number)
        return [(one["kind"], one["args"].get("location") or (one["args"].get("what"), one["args"].get("carrier", ""))) for one in order_story(tx, head, order_lines(tx, head.id))["items"]]

    story = store.database.read(told)
    assert [one for one in story if one[0] in ("set_down", "handed_out")] == [("set_down", "W1-COLLECT"), ("handed_out", (None, ""))]
    assert {one for one in story if one[0] == "told"} == {("told", ("ready", "")), ("told", ("ship", "collect"))}


def test_a_channel_hears_that_nobody_came(store, shop):
    bought(store, shop)
    ready(store)
    store.database.write(lambda tx: tx.execute(text("UPDATE collection SET ready_at = ready_at - :ms, expires_at = expires_at - :ms"), {"ms": 8 * DAY}))
    store.database.write(lambda tx: JOBS["end_collections"](tx, {}))
    store.warehouse.settle()
    assert store.attend("net")
    assert shop.orders["7"].is_cancelled
    assert store.promised("SOAP") == 0


def test_an_order_of_a_channel_that_cannot_be_told_waits_all_the_same(store):
    store.give(document("8", delivery="collect"))
    store.warehouse.settle()
    ready(store)
    assert store.attend("shop")
    assert store.warehouse.all("SELECT kind, state FROM channel_notice") == [("ready", "told")]


def test_where_it_is_sent_is_no_matter_of_an_order_that_is_collected(store):
    assert store.give(document("8", ship_to={}, delivery="collect")).result == "taken"
    assert store.order("8")["hold"] == ""
    store.give(document("9", ship_to={"country": "CN"}))
    assert store.order("9")["hold"] == "check"


def test_any_other_way_of_delivery_is_not_understood(store):
    assert store.give(document("8", delivery="by owl")).code == "unreadable"


BEFORE = "595a65a444706bb6799a955eddc615aae388eefd2b1b97c5dc9e78a9a24b9d77"
"""What an order for one soap was known by before anybody could say how it is delivered."""


def test_an_order_that_came_before_this_could_be_said_is_known_again(store):
    first = store.warehouse.order("1", ("SOAP", 1))
    assert store.warehouse.all("SELECT body_hash FROM sales_order WHERE number = :n", n=first.number) == [(BEFORE,)]
    assert store.warehouse.order("1", ("SOAP", 1), delivery="ship").number == first.number
    with pytest.raises(Conflict):
        store.warehouse.order("1", ("SOAP", 1), delivery="collect")


@pytest.mark.parametrize("method", ["local_pickup", "pickup_location"])
def test_local_pickup_at_woocommerce_is_collected(store, method):
    played = WooCommerceShop()
    try:
        store.connect("woo", "woocommerce", address=played.address, consumer_key=played.keys.key, consumer_secret=played.keys.secret,
                      webhook_secret=played.hook_secret)
        played.add_product("SOAP", 10)
        played.place([("SOAP", 1)], ref="71", delivery=method)
        played.place([("SOAP", 1)], ref="72")
        assert store.attend("woo")
        assert store.warehouse.all("SELECT channel_ref, delivery FROM sales_order ORDER BY channel_ref") == [("71", "collect"), ("72", "ship")]
    finally:
        played.close()
