"""A shift is recorded byte by byte and played again, ten times as fast, to a server that books the same."""

import json
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from server.kernel.database import Database
from server.masterdata.stations import NewPeripheral, NewStation, put_station
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from simulators.devices.light import Beacon
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpPort
from simulators.replay import replay
from simulators.rfid.field import Field, Tag
from simulators.rfid.llrp import LlrpDevice
from simulators.tape import NoTape, Tape, Taped, read_tape
from tests.conftest import fresh_url
from tests.stations.quick import Stations
from tests.stations.test_dock import sscc
from tests.waiting import until
from tests.warehouse import Warehouse
from tests.workflows.test_gate import sscc_tag


def house_of(database) -> Warehouse:
    house = Warehouse(database).open()
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="SOAP", quantity=10, sscc=sscc(number)) for number in range(1, 13)])))
    return house


def bound_to(house, urls: dict[str, str]) -> Stations:
    def work(tx):
        put_station(tx, house.site_id, NewStation(code="DOOR", kind="dock", location="W1-DOCK", settings={"gather_ms": 50}, peripherals=[
            NewPeripheral(name="scanner", kind="scanner", driver="text", url=urls["scanner"]),
            NewPeripheral(name="light", kind="light", driver="", url=urls["light"])]))
        put_station(tx, house.site_id, NewStation(code="GATE", kind="gate", location="W1-DOCK", peripherals=[
            NewPeripheral(name="reader", kind="rfid", driver="llrp", url=urls["reader"])]))

    house.database.write(work)
    stations = Stations(house.database, house.engine)
    stations.start()
    return stations


def received(house) -> int:
    return house.one("SELECT COUNT(*) FROM inbound_line WHERE received = quantity")


def recorded(house, file) -> None:
    """Six pallets by the door and six by the gate, on tape."""
    scanner, field = Scanner(dress=Dress(aim=True)), Field(speed=200.0)
    with file.open("w") as out:
        tape = Tape(out)
        ports = {name: TcpPort(Taped(device, name, tape)) for name, device in (
            ("scanner", scanner), ("light", Beacon()), ("reader", LlrpDevice(field, (), 2)))}
        stations = bound_to(house, {name: port.url for name, port in ports.items()})
        assert until(lambda: house.one("SELECT COUNT(*) FROM peripheral WHERE state = 'connected'") == 3)
        for number in range(1, 7):
            scanner.scan(f"]C100{sscc(number)}")
            field.add(Tag.of(sscc_tag(number + 6)))
            time.sleep(0.1)
        assert until(lambda: received(house) == 12)
        stations.stop()
        for port in ports.values():
            port.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_shift_that_is_played_again_ten_times_as_fast_books_the_same(engine, request, tmp_path):
    file = tmp_path / "shift.jsonl"
    for turn in ("recorded", "played"):
        (tmp_path / turn).mkdir()
        database = Database(fresh_url(request, engine, tmp_path / turn))
        house = house_of(database)
        if turn == "recorded":
            recorded(house, file)
        else:
            playing = subprocess.Popen([sys.executable, "-c", "from simulators.replay import replay; replay()", str(file), "--speed", "10", "--json"],
                                       stdout=subprocess.PIPE, text=True)
            stations = bound_to(house, json.loads(playing.stdout.readline())["devices"])
            told = json.loads(playing.stdout.readline())
            assert playing.wait(30) == 0
            playing.stdout.close()
            assert until(lambda: received(house) == 12)  # noqa: B023
            stations.stop()
            assert sum(told["bytes"].values()) == sum(len(one.data) for said in read_tape(file).values() for one in said if one.is_devices)
        assert house.one("SELECT COUNT(*) FROM operation WHERE status = 'applied' AND kind IN ('arrive', 'tags')") >= 7
        database.close()


@pytest.mark.parametrize(("text", "words"), [
    ("", "nothing"), ("hello", "no recorded shift"), ("{}\n", "first line"), ('{"tape": 1}\n', "nothing that was said"),
    ('{"tape": 1}\n[1]\n', "line 2"), ('{"tape": 1}\n{"at": -1, "port": "x", "from": "device", "data": ""}\n', "line 2"),
    ('{"tape": 1}\n{"at": 1, "port": "x", "from": "device", "data": "zz"}\n', "line 2"),
])
def test_a_file_that_is_no_tape_is_refused_in_words(tmp_path, text, words):
    file = tmp_path / "x.jsonl"
    file.write_text(text)
    with pytest.raises(NoTape, match=words):
        read_tape(file)
    told = CliRunner().invoke(replay, [str(file)])
    assert told.exit_code == 1
    assert words in told.output


def test_nobody_to_play_to_ends_it_with_1_and_says_whom_it_waited_for(tmp_path):
    file = tmp_path / "x.jsonl"
    file.write_text('{"tape": 1}\n{"at": 1, "port": "scanner", "from": "device", "data": "61"}\n')
    told = CliRunner().invoke(replay, [str(file), "--wait", "0.2"])
    assert told.exit_code == 1
    assert "Nobody called scanner" in told.output
    assert CliRunner().invoke(replay, [str(file), "--listen", "toaster=:1"]).exit_code == 2
