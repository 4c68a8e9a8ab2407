"""A simulated reader on a real port with our driver at it, and how to wait for what they do."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from server.ports import Condition, Driver, Keeper, Line, PortSettings
from server.scanners.scan import TagRead
from simulators.devices.wire import Device, TcpPort
from simulators.rfid.field import Field, read_tags
from tests.waiting import until

SGTIN = "303644334083340000000001"
LONG = "3636443340833420C20000000000000000000000000000000000"
RAW = "E28011606000020000000001"
TAGS = (f"{SGTIN} antennas=1", f"{LONG} antennas=2", f"{RAW} antennas=1,2")


def field(*lines: str, speed: float = 200) -> Field:
    return Field(read_tags(lines or TAGS), speed)


class Kept:
    """A keeper at work: what it read, and what it told."""

    def __init__(self, url: str, driver: Callable[[Callable[[Sequence[TagRead]], None]], Driver]) -> None:
        self.reads: list[TagRead] = []
        self.told: list[Condition] = []
        self.keeper = Keeper("gate", url, driver(self.reads.extend), settings=PortSettings(baudrate=115_200), tell=self.told.append)

    @property
    def condition(self) -> Condition:
        return self.keeper.condition

    def seen(self) -> set[tuple[str, int]]:
        return {(one.epc.hex().upper(), one.antenna) for one in list(self.reads)}

    def wait(self, state: str) -> None:
        assert until(lambda: self.condition.state == state), self.condition


def talk(driver: Driver, url: str) -> None:
    """Without a keeper: what the driver raises is seen."""
    with closing(Line(url)) as line:
        driver.talk(line)


@contextmanager
def kept(port: Any, driver: Callable[[Callable[[Sequence[TagRead]], None]], Driver]) -> Iterator[Kept]:
    one = Kept(port if isinstance(port, str) else port.url, driver)
    one.keeper.start()
    try:
        yield one
    finally:
        one.keeper.stop()


@contextmanager
def plugged(device: Device, number: int = 0) -> Iterator[TcpPort]:
    port = TcpPort(device, port=number)
    try:
        yield port
    finally:
        port.close()
