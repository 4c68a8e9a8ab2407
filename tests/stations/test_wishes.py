"""A scale that is zeroed from afar: told once, by the one who holds its port, soon or never; and errors, counted by the hour."""

from types import SimpleNamespace

import pytest
from sqlalchemy import text

from server.kernel.clock import HOUR, MINUTE, SECOND
from server.kernel.errors import Invalid, NotFound
from server.kernel.hourly import errors_in_an_hour
from server.masterdata.stations import (
    NewPeripheral,
    NewStation,
    Seen,
    note_seen,
    peripherals,
    put_station,
    station,
)
from server.masterdata.wishes import WISH_LIFE_MS, is_late, take, wish
from simulators.devices.scale import Scale
from simulators.devices.wire import TcpPort
from tests.kept_port import KeptPort
from tests.stations.quick import Stations
from tests.waiting import until
from tests.warehouse import Warehouse


@pytest.fixture
def house(database) -> Warehouse:
    return Warehouse(database).open()


def bind(house, url: str, protocol: str = "mt-sics") -> None:
    house.database.write(lambda tx: put_station(tx, house.site_id, NewStation(code="PACK-1", kind="pack", location="W1-PACK", peripherals=[
        NewPeripheral(name="scale", kind="scale", driver=protocol, url=url, settings={"poll_seconds": 0.05}),
        NewPeripheral(name="light", kind="light", driver="", url="socket://127.0.0.1:9")])))


def ask(house, name: str = "scale") -> None:
    house.database.write(lambda tx: wish(tx, station(tx, house.site_id, "PACK-1"), name, "zero"))


def row(house):
    return next(one for one in house.database.read(peripherals) if one.name == "scale")


class Table:
    def __init__(self, house, model: str = "mt-sics") -> None:
        self.house, self.scale = house, Scale(model)
        self.kept = KeptPort()
        self.port = TcpPort(self.scale, port=self.kept.number)
        bind(house, self.port.url, model)
        self.stations = Stations(house.database, house.engine)
        self.stations.start()
        assert until(lambda: row(house).state == "connected")

    def close(self) -> None:
        self.stations.stop()
        self.port.close()
        self.kept.close()


@pytest.fixture
def table(house):
    made = Table(house)
    yield made
    made.close()


def test_a_scale_is_zeroed_by_whoever_holds_its_port(house, table):
    table.scale.put(40)
    assert until(lambda: row(house).last_read == "40 g")
    ask(house)
    assert until(lambda: row(house).answer == "sent")
    assert until(lambda: table.scale.shown().grams == 0)
    assert row(house).wanted == ""


def test_a_scale_that_was_pulled_out_is_not_zeroed_when_it_is_back(house, table):
    table.scale.put(40)
    table.port.close()
    assert until(lambda: row(house).state == "lost")
    ask(house)
    assert until(lambda: row(house).answer == "away")
    table.port = TcpPort(table.scale, port=table.kept.number)
    assert until(lambda: row(house).state == "connected")
    assert until(lambda: row(house).last_read == "40 g")
    assert table.scale.shown().grams == 40


def test_a_protocol_without_a_zero_says_so(house):
    table = Table(house, "soehenle")
    try:
        ask(house)
        assert until(lambda: row(house).answer == "cannot")
    finally:
        table.close()


def test_a_wish_is_taken_once_and_never_late(house):
    bind(house, "socket://127.0.0.1:9")
    ask(house)
    asked = row(house)
    assert house.database.write(lambda tx: take(tx, asked)) == "zero"
    assert house.database.write(lambda tx: take(tx, asked)) is None
    ask(house)
    house.database.write(lambda tx: tx.execute(text("UPDATE peripheral SET wanted_at = wanted_at - :life WHERE name = 'scale'"),
                                               {"life": WISH_LIFE_MS + SECOND}))
    old = row(house)
    assert is_late(old, house.database.clock.now())
    assert house.database.write(lambda tx: take(tx, old)) is None
    assert (row(house).wanted, row(house).answer) == ("", "late")


def test_what_is_no_scale_is_not_zeroed(house):
    bind(house, "socket://127.0.0.1:9")
    with pytest.raises(Invalid, match="light is a light: there is nothing to zero"):
        ask(house, "light")
    with pytest.raises(NotFound, match="no device nobody"):
        ask(house, "nobody")


@pytest.mark.parametrize(("counted", "now", "wanted"), [
    ((10, 6, 4), 10 * HOUR, 10), ((10, 6, 4), 10 * HOUR + 30 * MINUTE, 8), ((10, 6, 4), 11 * HOUR - 1, 6),
    ((10, 6, 4), 11 * HOUR + 30 * MINUTE, 3), ((10, 6, 4), 12 * HOUR, 0), ((0, 0, 0), 500_000 * HOUR, 0),
])
def test_errors_of_an_hour_are_this_hours_and_a_share_of_the_one_before(counted, now, wanted):
    hour, errors, before = counted
    assert errors_in_an_hour(SimpleNamespace(hour=hour, hour_errors=errors, before_errors=before), now) == wanted


def test_errors_are_counted_in_the_hour_in_which_they_were_seen(house):
    bind(house, "socket://127.0.0.1:9")
    number = row(house).id

    def err(count: int) -> None:
        house.database.write(lambda tx: note_seen(tx, [Seen(id=number, state="connected", since=1, errors=count)]))

    err(3)
    err(2)
    assert (row(house).hour_errors, row(house).before_errors, row(house).errors) == (5, 0, 5)
    house.database.write(lambda tx: tx.execute(text("UPDATE peripheral SET hour = hour - 1")))
    err(1)
    assert (row(house).hour_errors, row(house).before_errors, row(house).errors) == (1, 5, 6)
    house.database.write(lambda tx: tx.execute(text("UPDATE peripheral SET hour = hour - 2")))
    err(0)
    assert (row(house).hour_errors, row(house).before_errors) == (0, 0)
