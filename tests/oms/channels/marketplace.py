"""What is claimed of every marketplace that is asked page by page: each has a class of tests that begins with these."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from server.kernel.clock import HOUR, MINUTE, SECOND
from server.oms.channels.base import Connector, Parcel, Stage
from server.oms.channels.errors import ChannelAway, ChannelBusy, ChannelChanged, ChannelRefused, ChannelShut
from simulators.shops.shop import (
    CHANGED_SCHEMA,
    CUT,
    DUPLICATED,
    ERROR,
    HALF_A_PAGE,
    OUT_OF_ORDER,
    SLOW,
    TOO_MANY,
    Shop,
)
from tests.oms.channels.chinese import HALF_AN_HOUR, THREE_DAYS, place_many, pulled

Connect = Callable[..., Connector]


class Marketplace:
    """`shop` and `connect` are fixtures of the file that has the class; `schema_code` is what a changed page is named by."""

    schema_code: ClassVar[str]

    @pytest.fixture
    def channel(self, connect: Connect) -> Connector:
        return connect()

    @pytest.fixture(params=["Asia/Tokyo", "America/Los_Angeles", "UTC"])
    def elsewhere(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setenv("TZ", request.param)
        time.tzset()
        yield
        monkeypatch.undo()
        time.tzset()

    def test_every_order_of_three_days_is_given_once_across_windows(self, shop: Shop, channel: Connector) -> None:
        placed = place_many(shop, 250)
        told = pulled(channel, shop.now() - THREE_DAYS)
        assert told.refs(channel) == Counter(placed)
        assert told.watermarks == sorted(told.watermarks)
        assert abs(told.watermarks[-1] - shop.now()) < MINUTE

    def test_every_order_of_one_window_is_given_once_across_pages(self, shop: Shop, channel: Connector) -> None:
        placed = place_many(shop, 250, hours=3)
        assert pulled(channel, shop.now() - 4 * HOUR).refs(channel) == Counter(placed)

    def test_order_placed_now_is_in_the_next_pull_from_the_watermark(self, shop: Shop, channel: Connector) -> None:
        place_many(shop, 5)
        watermark = pulled(channel, shop.now() - THREE_DAYS).watermarks[-1]
        fresh = shop.place([("MUG-RED", 1)])
        assert fresh.ref in pulled(channel, watermark).refs(channel)

    @pytest.mark.parametrize("place", [0, 120, 249])
    def test_order_changed_while_pages_are_turned_is_not_missed_nor_is_another(
        self, shop: Shop, channel: Connector, place: int,
    ) -> None:
        placed = place_many(shop, 250, hours=3)
        watermark = shop.now() - 4 * HOUR
        pages = channel.pull(watermark)
        documents = [*next(pages).documents]
        shop.pay(placed[place])
        for page in pages:
            documents += page.documents
            watermark = page.watermark or watermark
        documents += pulled(channel, watermark).documents
        orders = [channel.understand(document) for document in documents]
        assert {order.ref for order in orders} == set(placed)
        newest = max(order.version for order in orders if order.ref == placed[place])
        assert newest == shop.orders[placed[place]].changed_at // SECOND * SECOND

    @pytest.mark.usefixtures("elsewhere")
    def test_time_is_beijings_wherever_the_machine_stands(self, shop: Shop, channel: Connector) -> None:
        placed = place_many(shop, 5)
        documents = pulled(channel, shop.now() - THREE_DAYS).documents
        assert {order.ref: order.version for order in map(channel.understand, documents)} == {
            ref: shop.orders[ref].changed_at // SECOND * SECOND for ref in placed}

    @pytest.mark.parametrize("minutes", [30, -30, 5, -5])
    def test_clock_of_the_shop_is_learned(self, shop: Shop, channel: Connector, minutes: int) -> None:
        shop.skew_ms = minutes * MINUTE
        placed = place_many(shop, 5)
        told = pulled(channel, shop.now() - THREE_DAYS)
        assert set(told.refs(channel)) == set(placed)
        assert shop.now() - MINUTE < told.watermarks[-1] <= shop.now() + 2 * SECOND
        assert len(shop.refused) == (1 if abs(minutes) > 10 else 0)

    def test_watermark_never_lies_in_the_future_of_a_shop_whose_clock_is_behind(self, shop: Shop, channel: Connector) -> None:
        shop.skew_ms = -HALF_AN_HOUR
        watermark = pulled(channel, shop.now() - HOUR).watermarks[-1]
        fresh = shop.place([("MUG-RED", 1)])
        assert fresh.ref in pulled(channel, watermark).refs(channel)

    def test_wrong_secret_is_shut_out(self, shop: Shop, connect: Connect) -> None:
        with pytest.raises(ChannelShut):
            pulled(connect(app_secret="wrong"), shop.now() - HOUR)

    @pytest.mark.parametrize("fault,error", [(TOO_MANY, ChannelBusy), (ERROR, ChannelAway), (CUT, ChannelAway)])
    def test_fault_is_told_and_the_next_pull_is_right(
        self, shop: Shop, channel: Connector, fault: str, error: type[Exception],
    ) -> None:
        placed = place_many(shop, 3)
        pulled(channel, shop.now() - HOUR)
        shop.fail(fault)
        with pytest.raises(error):
            pulled(channel, shop.now() - THREE_DAYS)
        assert pulled(channel, shop.now() - THREE_DAYS).refs(channel) == Counter(placed)

    def test_slow_shop_is_away(self, shop: Shop, connect: Connect) -> None:
        shop.fail(SLOW)
        with pytest.raises(ChannelAway):
            connect(seconds=0.3).fetch("1")

    @pytest.mark.parametrize("fault", [DUPLICATED, OUT_OF_ORDER, HALF_A_PAGE])
    @pytest.mark.parametrize("pages_before", [0, 1, 2, 3])
    def test_disorder_of_one_answer_loses_no_order(self, shop: Shop, channel: Connector, fault: str, pages_before: int) -> None:
        placed = place_many(shop, 250, hours=3)
        pages = channel.pull(shop.now() - 4 * HOUR)
        documents = [document for _ in range(pages_before) for document in next(pages).documents]
        shop.fail(fault)
        documents += [document for page in pages for document in page.documents]
        assert {channel.understand(document).ref for document in documents} == set(placed)

    def test_halved_pages_never_move_the_watermark(self, shop: Shop, channel: Connector) -> None:
        place_many(shop, 50, hours=3)
        shop.fail(HALF_A_PAGE, 1_000)
        with pytest.raises(ChannelChanged):
            next(channel.pull(shop.now() - 4 * HOUR))

    def test_pages_turned_about_again_and_again_never_move_the_watermark(self, shop: Shop, channel: Connector) -> None:
        place_many(shop, 250, hours=3)
        pages = channel.pull(shop.now() - 4 * HOUR)
        watermarks = []

        def turned() -> None:
            for page in pages:
                watermarks.append(page.watermark)
                shop.fail(OUT_OF_ORDER, len(watermarks) % 2)

        with pytest.raises(ChannelChanged):
            turned()
        assert set(watermarks) == {None}

    def test_changed_schema_is_named(self, shop: Shop, channel: Connector) -> None:
        place_many(shop, 3)
        shop.fail(CHANGED_SCHEMA)
        with pytest.raises(ChannelChanged) as refusal:
            pulled(channel, shop.now() - THREE_DAYS)
        assert refusal.value.code == self.schema_code

    def test_one_bad_order_stops_no_other(self, shop: Shop, channel: Connector) -> None:
        good, bad = shop.place([("MUG-RED", 1)]), shop.place([("MUG-RED", -1)])
        documents = pulled(channel, shop.now() - HOUR).documents
        assert len(documents) == 2
        assert good.ref in str(documents) and bad.ref in str(documents)

    def test_whole_order_is_sent_and_telling_it_again_is_harmless(self, shop: Shop, channel: Connector) -> None:
        placed = shop.place([("MUG-RED", 1), ("PLATE", 2)])
        told = channel.fetch(placed.ref)
        assert told is not None
        parcel = Parcel(ref=placed.ref, tracking="SF1000000001", carrier="SF",
                        lines=[(line.ref, line.quantity) for line in channel.understand(told).lines])
        channel.ship(parcel)
        channel.ship(parcel)
        assert [sent.tracking for sent in shop.orders[placed.ref].parcels] == ["SF1000000001"]
        document = channel.fetch(placed.ref)
        assert document is not None and channel.understand(document).stage is Stage.SHIPPED

    def test_cancelled_order_is_not_taken_for_sent(self, shop: Shop, channel: Connector) -> None:
        placed = shop.place([("MUG-RED", 1)])
        shop.cancel_order(placed.ref)
        with pytest.raises(ChannelRefused):
            channel.ship(Parcel(ref=placed.ref, tracking="SF1", carrier="SF", lines=[(placed.lines[0].ref, 1)]))

    def test_cancelling_what_is_cancelled_is_harmless_and_what_is_paid_is_refused(self, shop: Shop, channel: Connector) -> None:
        gone, paid = shop.place([("MUG-RED", 1)]), shop.place([("MUG-RED", 1)])
        shop.cancel_order(gone.ref)
        channel.cancel(gone.ref, "缺货")
        with pytest.raises(ChannelRefused):
            channel.cancel(paid.ref, "缺货")
        assert not shop.orders[paid.ref].is_cancelled

    def test_money_is_not_paid_back_without_the_buyers_asking(self, shop: Shop, channel: Connector) -> None:
        with pytest.raises(ChannelRefused):
            channel.refund(shop.place([("MUG-RED", 1)]).ref, 100, "CNY", "broken")

    def test_unknown_order_is_none(self, channel: Connector) -> None:
        assert channel.fetch("3100000000000000999") is None

    def test_settings_with_a_word_too_many_are_refused(self, connect: Connect) -> None:
        with pytest.raises(ValueError, match="extra"):
            connect(nonsense=1)


