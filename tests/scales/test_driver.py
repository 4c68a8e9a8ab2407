"""A scale at a real port: what lies on it is told once, at rest, and whatever else it does gives no weight."""

import queue
import time
from decimal import Decimal
from pathlib import Path

import pytest

from server.ports import Keeper
from server.scales import PROTOCOLS, ScaleError, Weight, driver_for, settings_of
from simulators.devices.scale import MODELS, Scale
from simulators.devices.wire import Device, PtyPort, TcpPort, Wire
from tests.waiting import PATIENCE, until


class Bench:
    """A scale, its port, and what was delivered."""

    def __init__(self, device: Device, protocol: str, path: Path | None = None, **settings) -> None:
        self.scale, self.got = device, queue.SimpleQueue[Weight]()
        self.port = PtyPort(device, path) if path else TcpPort(device)
        self.driver = driver_for(protocol, {"poll_seconds": 0.02, "silence_seconds": 1, **settings}, self.got.put, device="packing 1")
        self.keeper = Keeper("packing 1", self.port.url, self.driver)
        self.keeper.start()

    def weight(self, seconds: float = PATIENCE) -> Weight:
        return self.got.get(timeout=seconds)

    def close(self) -> None:
        self.keeper.stop()
        self.port.close()


@pytest.fixture
def bench():
    made: list[Bench] = []

    def make(model: str, *faults: str, path: Path | None = None, **settings) -> Bench:
        one = Bench(Scale(model, faults), model, path, **settings)
        made.append(one)
        return one
    yield make
    for one in made:
        one.keeper._ended.set()
    for one in made:
        one.close()


def connected(*benches: Bench) -> bool:
    return until(lambda: all(one.keeper.condition.state == "connected" for one in benches))


def seen_empty(benches: list[Bench]) -> bool:
    """A load is told anew only when the driver has seen the scale without one."""
    return until(lambda: all(one.driver._settler._told is None for one in benches))


def put(benches: list[Bench], grams: int) -> None:
    for one in benches:
        one.scale.put(grams)


def test_what_lies_on_it_is_told_once_each_time(bench) -> None:
    benches = [bench(model) for model in MODELS]
    assert connected(*benches)
    for grams in (1250, 730):
        put(benches, grams)
        for one in benches:
            weight = one.weight()
            assert (weight.grams, weight.device) == (grams, "packing 1") and abs(weight.at / 1000 - time.time()) < 60
            one.scale.take_off()
        assert seen_empty(benches)
    for one in benches:
        assert one.got.empty()
        assert one.keeper.condition.errors == 0, one.keeper.condition.error


def test_a_serial_line_serves_like_a_socket(bench, tmp_path: Path) -> None:
    benches = [bench(model, path=tmp_path / model) for model in MODELS]
    assert connected(*benches)
    put(benches, 2000)
    assert [one.weight().grams for one in benches] == [2000] * len(MODELS)


def test_a_weight_that_may_not_be_used_is_not_told(bench) -> None:
    benches = {(model, fault): bench(model, fault, silence_seconds=3) for model in MODELS
               for fault in ("motion", "overload", "under", "drift", "wrong-unit")}
    assert connected(*benches.values())
    put(list(benches.values()), 1250)
    time.sleep(0.6)
    assert [about for about, one in benches.items() if not one.got.empty()] == []
    for (_, fault), one in benches.items():
        one.scale.heal(fault)
    for (_, fault), one in benches.items():
        assert one.weight().grams in ((1250,) if fault != "drift" else range(1250, 1450))


def test_noise_and_cut_frames_are_counted_and_give_no_other_weight(bench) -> None:
    benches = [bench(model, "mid-frame", "rubbish", answer_seconds=0.2, silence_seconds=5) for model in MODELS]
    assert connected(*benches)
    for grams in (1250, 12_345):
        put(benches, grams)
        for one in benches:
            assert one.weight().grams == grams, one.scale.model
            one.scale.take_off()
        assert seen_empty(benches)
    for one in benches:
        assert one.got.empty()
        assert one.keeper.condition.errors > 0 and one.keeper.condition.outages == 0


def test_a_slow_scale_is_waited_for(bench) -> None:
    benches = [bench(model, "slow", silence_seconds=3) for model in MODELS]
    put(benches, 500)
    assert [one.weight().grams for one in benches] == [500] * len(MODELS)


def test_silence_is_an_outage_and_the_load_that_was_told_is_not_told_again(bench) -> None:
    benches = [bench(model) for model in MODELS]
    put(benches, 500)
    assert [one.weight().grams for one in benches] == [500] * len(MODELS)
    for one in benches:
        one.scale.fail("silent")
    assert until(lambda: all(one.keeper.condition.state == "lost" for one in benches))
    assert all("says nothing any more" in one.keeper.condition.error for one in benches)
    for one in benches:
        one.scale.heal("silent")
    assert connected(*benches)
    time.sleep(0.3)
    assert all(one.got.empty() for one in benches)
    for one in benches:
        one.scale.fail("silent")
    assert until(lambda: all(one.keeper.condition.state == "lost" for one in benches))
    put(benches, 25)  # exchanged while nobody looked
    for one in benches:
        one.scale.heal("silent")
    assert [one.weight().grams for one in benches] == [525] * len(MODELS)


def test_a_scale_that_weighs_in_another_unit_is_said(bench) -> None:
    one = bench("nci", "wrong-unit")
    one.scale.put(1250)
    assert until(lambda: "weighs in lb, not in g or kg" in one.keeper.condition.error)


def test_pounds_are_taken_where_they_are_meant(bench) -> None:
    one = bench("nci", "wrong-unit", units=["lb"])
    one.scale.put(1250)
    weight = one.weight()
    assert (weight.value, weight.unit) == (Decimal("2.756"), "lb")
    assert weight.grams == Decimal("2.756") * Decimal("453.59237")


def test_a_command_makes_it_weigh_from_there(bench) -> None:
    told = {(model, command): bench(model) for model in MODELS for command in PROTOCOLS[model].commands}
    benches = list(told.values())
    assert len(benches) == 6
    put(benches, 500)
    assert [one.weight().grams for one in benches] == [500] * 6
    for (_, command), one in told.items():
        one.driver.command(command)
    assert until(lambda: all(one.scale.shown().grams == 0 for one in benches))
    time.sleep(0.2)
    put(benches, 300)
    for (model, command), one in told.items():
        weight = one.weight()
        assert weight.grams == 300
        assert weight.is_net == (command == "tare" and model != "mt-sics")


def test_a_command_does_not_wait_for_a_scale_that_is_away(bench) -> None:
    one = bench("mt-sics")
    assert connected(one)
    one.scale.fail("silent")
    assert until(lambda: one.keeper.condition.state == "lost")
    with pytest.raises(ScaleError, match="not connected"):
        one.driver.command("zero")


def test_a_scale_that_will_not_zero_says_so(bench) -> None:
    one = bench("mt-sics", "motion")
    assert connected(one)
    one.driver.command("zero")
    assert until(lambda: one.keeper.condition.error == "The scale did not zero: it is not at rest.")


@pytest.mark.parametrize(("protocol", "command"), [("nci", "tare"), ("toledo-8217", "tare"), ("soehenle", "zero"), ("mt-sics", "dance")])
def test_a_command_that_a_protocol_has_not_is_refused(protocol: str, command) -> None:
    with pytest.raises(ScaleError, match="Press the key"):
        driver_for(protocol, {}, lambda _: None).command(command)


def test_a_scales_name_is_its_firmware(bench) -> None:
    one = bench("mt-sics")
    assert connected(one)
    assert one.keeper.condition.firmware == "SIM-0001"


class Keyboard(Device):
    """Something that is no scale."""

    def serve(self, wire: Wire) -> None:
        while True:
            wire.read(0.05)
            wire.write(b"4006381333931\r\n")


def test_another_device_than_the_one_set_is_called_wrong() -> None:
    pairs = [("mt-sics", Scale("toledo-continuous")), ("nci", Scale("toledo-8217")), ("toledo-continuous", Scale("mt-sics")),
             *((protocol, Keyboard()) for protocol in PROTOCOLS)]
    benches = [Bench(device, protocol) for protocol, device in pairs]
    assert until(lambda: all(one.keeper.condition.state == "wrong" for one in benches))
    for one in benches:
        error = one.keeper.condition.error
        assert "40063813" in error if isinstance(one.scale, Keyboard) else "scale that speaks" in error or "does it speak" in error
        one.close()


def test_twenty_hosts_at_one_scale_all_read_the_same() -> None:
    scale = Scale("mt-sics")
    port, got = TcpPort(scale), queue.SimpleQueue[Weight]()
    keepers = [Keeper(f"{number}", port.url, driver_for("mt-sics", {"poll_seconds": 0.3}, got.put)) for number in range(20)]
    for one in keepers:
        one.start()
    scale.put(4321)
    weights = [got.get(timeout=PATIENCE) for _ in keepers]
    for one in keepers:
        one._ended.set()
    for one in keepers:
        one.stop()
    port.close()
    assert {one.grams for one in weights} == {4321} and got.empty()


@pytest.mark.parametrize(("settings", "words"), [
    ({"unit": "kg"}, "no setting 'unit'. There are: units"), ({"units": ["stone"]}, "list of units"), ({"units": "kg"}, "list of units"),
    ({"units": []}, "list of units"), ({"min_g": "many"}, "min_g is grams"), ({"min_g": -1}, "min_g is grams"), ({"max_g": True}, "max_g is grams"),
    ({"min_g": "NaN"}, "min_g is grams"), ({"max_g": 3}, "not more than min_g"), ({"poll_seconds": "soon"}, "is seconds"),
    ({"silence_seconds": 0}, "at least 0.5"), ({"has_tare": 1}, "true or false"), ({"rearm": "often"}, "emptied or changed"),
])
def test_settings_that_cannot_be_meant_are_refused_in_words(settings: dict, words: str) -> None:
    with pytest.raises(ScaleError, match=words):
        settings_of(settings)


def test_an_unknown_protocol_is_refused_with_those_there_are() -> None:
    with pytest.raises(ScaleError, match="no scale protocol 'sma'"):
        driver_for("sma", {}, lambda _: None)
