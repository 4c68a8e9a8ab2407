"""The simulated RFID reader serves clients that are not ours: sllurp, llrpkit and uhfreader18; and it does what it is told."""

import asyncio
import json
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from llrpkit.exceptions import LLRPError
from llrpkit.protocol import messages, params
from llrpkit.reader import Reader
from sllurp.llrp import LLRPReaderClient, LLRPReaderConfig
from uhfreader18.client import RfidClient
from uhfreader18.constants import Command, Status

from simulators.devices.reader import COMMAND
from simulators.devices.wire import TcpPort
from simulators.rfid.field import Field, Inventory, Tag, UnknownTag, read_tags
from simulators.rfid.llrp import STRANGER, LlrpDevice
from simulators.rfid.uhf import A0Device, Uhf18Device
from tests.scanners.readers import LONG, RAW, SGTIN, field, plugged
from tests.waiting import until


@contextmanager
def sllurp(port: TcpPort, **settings):
    """A sllurp client at work, and the reads that it got."""
    seen = []
    wanted = {"antennas": [1, 2], "report_every_n_tags": 1, "keepalive_interval": 100, **settings}
    wanted["tag_content_selector"] = {f"Enable{name}": True for name in ("ROSpecID", "AntennaID", "PeakRSSI", "FirstSeenTimestamp",
                                                                         "LastSeenTimestamp", "TagSeenCount", "ChannelIndex")}
    client = LLRPReaderClient("127.0.0.1", port.port, LLRPReaderConfig(wanted))
    client.add_tag_report_callback(lambda _, tags: seen.extend(tags))
    client.connect()
    try:
        yield client, seen
    finally:
        client.disconnect(1)
        client.hard_disconnect()
        client.join(30)



def in_a_thread(work):
    """Browser tests keep a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result(60)


@pytest.mark.parametrize("settings", [{}, {"report_every_n_tags": None}, {"report_every_n_tags": 7}, {"tx_power_dbm": 25.0},
                                      {"report_every_n_tags": 1_000, "report_timeout_ms": 100},
                                      {"mode_identifier": 2, "event_selector": {"ROSpecEvent": True, "AISpecEvent": True}},
                                      {"impinj_search_mode": "2"}])
def test_sllurp_takes_inventory(settings: dict) -> None:
    with plugged(LlrpDevice(field())) as port, sllurp(port, **settings) as (_, seen):
        assert until(lambda: {(tag["EPC"].decode().upper(), tag["AntennaID"]) for tag in seen} >= {(SGTIN, 1), (LONG, 2), (RAW, 1), (RAW, 2)})
        assert all(-80 < tag["PeakRSSI"] < -40 and tag["TagSeenCount"] == 1 and tag["ROSpecID"] == 1 for tag in seen)
        assert all(abs(tag["LastSeenTimestampUTC"] / 1e6 - time.time()) < 60 for tag in seen)


def test_sllurp_is_told_at_the_end_of_a_round_and_only_of_the_tags_that_it_asked_for() -> None:
    with plugged(LlrpDevice(field())) as port:
        with sllurp(port, report_every_n_tags=None, duration=0.3, tag_filter_mask=[LONG[:8]]) as (_, seen):
            assert until(lambda: len(seen) > 10)
        assert {tag["EPC"].decode().upper() for tag in seen} == {LONG}


def test_sllurp_calls_again_after_it_was_cut_off() -> None:
    with plugged(LlrpDevice(field())) as port, sllurp(port, reconnect=True) as (_, seen):
        assert until(lambda: seen)
        port.unplug()
        before = len(seen)
        assert until(lambda: len(seen) > before + 20)


def test_sllurp_is_turned_away_while_another_is_served() -> None:
    with plugged(LlrpDevice(field())) as port, sllurp(port) as (_, first):
        assert until(lambda: first)
        with sllurp(port) as (_, second):
            time.sleep(0.3)
            assert not second
        count = len(first)
        assert until(lambda: len(first) > count + 10)


def test_llrpkit_reads_capabilities_takes_inventory_and_gets_keepalives() -> None:
    async def work(port: int):
        async with Reader("127.0.0.1", port) as reader:
            await reader.set_keepalive(50)
            known = (reader.max_antennas, reader.firmware, reader.capabilities.transmit_powers[1], len(reader.capabilities.modes),
                     reader.capabilities.hopping)
            config = await reader.get_config()
            tags = [tag async for tag in reader.inventory(antennas=[2], tx_power_dbm=20, duration=0.5)]
            again = [tag async for tag in reader.inventory(duration=0.2, report_every_n=3)]
            return known, config, tags, again

    with plugged(LlrpDevice(field())) as port:
        known, config, tags, again = in_a_thread(work(port.port))
    assert known == (4, "aisle simulated 1", 10.0, 5, True)
    assert len(config.antenna_properties) == 4
    assert {(tag.epc_hex.upper(), tag.antenna) for tag in tags} == {(LONG, 2), (RAW, 2)}
    assert {tag.epc_hex.upper() for tag in again} == {SGTIN, LONG, RAW}


def test_llrpkit_gets_events_filtered_tags_and_its_orders_back() -> None:
    async def work(port: int, device: LlrpDevice):
        events = []

        async def listen(reader: Reader) -> None:
            async for message in reader.events():
                events.append(message.reader_event_notification_data)

        wanted = params.ReaderEventNotificationSpec(event_notification_states=[
            params.EventNotificationState(event_type=kind, notification_state=True) for kind in (2, 8)])
        async with Reader("127.0.0.1", port) as reader:
            await reader.client.transact(messages.SET_READER_CONFIG(reset_to_factory_default=True, reader_event_notification_spec=wanted))
            listening = asyncio.create_task(listen(reader))
            device.fail("antenna-off")
            only = {tag.epc_hex.upper() async for tag in reader.inventory(epc_filter=LONG[:8], duration=1.0)}
            others = {tag.epc_hex.upper() async for tag in reader.inventory(epc_filter=LONG[:8], filter_action="exclude", duration=1.0)}
            orders = (await reader.client.transact(messages.GET_ROSPECS())).ro_specs
            listening.cancel()
        return events, only, others, orders

    device = LlrpDevice(field())
    with plugged(device) as port:
        events, only, others, orders = in_a_thread(work(port.port, device))
    assert (only, others, orders) == ({LONG}, {RAW}, [])  # the third stands before antenna 1
    assert [(one.antenna_event.antenna_id, int(one.antenna_event.event_type)) for one in events if one.antenna_event] == [(1, 0)]
    assert [int(one.ro_spec_event.event_type) for one in events if one.ro_spec_event] == [0, 1, 0, 1]


def test_llrpkit_is_told_what_it_asked_wrongly() -> None:
    async def work(port: int) -> None:
        async with Reader("127.0.0.1", port) as reader:
            with pytest.raises(LLRPError, match="antennas"):
                [tag async for tag in reader.inventory(antennas=[5], duration=0.2)]
            assert [tag async for tag in reader.inventory(antennas=[1], duration=0.2)]

    with plugged(LlrpDevice(field())) as port:
        in_a_thread(work(port.port))


def ask(connection: socket.socket, kind: int, body: bytes = b"", ident: int = 77, version: int = 1) -> tuple[int, int, bytes]:
    """The next answer with that number: type, status code, and all of its body."""
    connection.sendall(struct.pack(">HII", version << 10 | kind, 10 + len(body), ident) + body)
    while True:
        head, length, number = struct.unpack(">HII", exactly(connection, 10))
        answer = exactly(connection, length - 10)
        if number == ident:
            at = answer.find(b"\x01\x1f")
            return head & 0x3FF, struct.unpack_from(">H", answer, at + 4)[0], answer


def exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        got = connection.recv(size - len(data))
        assert got, "hung up"
        data += got
    return data


def test_every_wrong_message_is_answered_with_a_status_and_the_reader_lives() -> None:
    with plugged(LlrpDevice(field())) as port, closing(socket.create_connection(("127.0.0.1", port.port), 5)) as wire:
        ident = struct.pack(">I", 9)
        assert [ask(wire, kind, ident)[:2] for kind in (22, 23, 24, 25, 21)] == [(32, 101), (33, 101), (34, 101), (35, 101), (31, 101)]
        assert ask(wire, 20, b"rubbish")[:2] == (30, 100)
        assert ask(wire, 20, bytes.fromhex("00B1000A000000010000"))[:2] == (30, 0)
        assert ask(wire, 20, bytes.fromhex("00B1000A000000010000"))[:2] == (30, 104)
        assert ask(wire, 22, struct.pack(">I", 1))[:2] == (32, 101)  # not enabled
        assert ask(wire, 999)[:2] == (100, 109)
        assert ask(wire, 1, b"\0", version=5)[:2] in {(11, 110), (100, 110)}
        assert ask(wire, 3, b"")[:2] == (13, 100)
        assert ask(wire, 1023, struct.pack(">IB", 1, 1))[:2] == (1023, 109)
        assert ask(wire, 46, version=2)[2][:2] == b"\1\2"
        assert ask(wire, 26)[2].endswith(bytes.fromhex("00B1000A000000010000"))
        assert ask(wire, 14)[:2] == (4, 0)
        assert wire.recv(10) == b""


def test_no_host_breaks_the_reader_with_messages_of_rubbish() -> None:
    luck = random.Random(20261128)
    with plugged(LlrpDevice(field())) as port, closing(socket.create_connection(("127.0.0.1", port.port), 5)) as wire:
        for kind in [1, 2, 3, *range(20, 27), *range(40, 48), 60, 64, 72, 1023] * 10:
            start = bytes.fromhex(luck.choice(("", "00", "00B1", "00B1001400000001000000B2000A00B3000500", "00DC0004", "00F40009")))
            body = start + luck.randbytes(luck.randrange(40))
            wire.sendall(struct.pack(">HII", 1 << 10 | kind, 10 + len(body), 5) + body)
        assert ask(wire, 1, b"\0", ident=99)[:2] == (11, 0)


@pytest.mark.parametrize("device", [A0Device(Field(), antennas=4), Uhf18Device(Field())], ids=["a0", "uhf18"])
def test_a_serial_reader_finds_the_command_after_any_rubbish(device) -> None:
    luck = random.Random(20261128)
    command = bytes.fromhex("A004018901D1" if isinstance(device, A0Device) else "040001DB4B")
    found = [list(device.commands(bytearray(luck.randbytes(luck.randrange(60)) + command * 60))) for _ in range(100)]
    assert all(command in one for one in found)


def test_the_host_may_send_its_messages_in_any_pieces() -> None:
    with plugged(LlrpDevice(field())) as port, closing(socket.create_connection(("127.0.0.1", port.port), 5)) as wire:
        for byte in struct.pack(">HIIB", 1 << 10 | 1, 11, 5, 0):
            wire.sendall(bytes([byte]))
            time.sleep(0.002)
        exactly(wire, 10 + struct.unpack(">HII", exactly(wire, 10))[1] - 20)
        assert struct.unpack(">HII", exactly(wire, 10))[0] & 0x3FF == 11


def test_the_foreign_client_reads_what_the_uhfreader18_says() -> None:
    device = Uhf18Device(field())
    with plugged(device) as port, RfidClient("127.0.0.1", port.port) as client:
        info = client.get_reader_info()
        assert (info.version, info.power) == ("3.1", 26)
        assert client.set_power(0, 13).ok
        assert device.power == 13
        answer = client._send_command(0, Command.INVENTORY)
        assert answer.status == 1 and answer.data[0] == 3
        assert bytes.fromhex(SGTIN) in answer.data
        assert client._send_command(0, Command.LOCK, b"\0").status != Status.SUCCESS


def test_the_frames_are_those_that_are_documented(shared_data: Path) -> None:
    frames = json.loads((shared_data / "devices/device_frames.json").read_text())
    r2000, uhf = frames["r2000"], frames["uhfreader18"]
    tag = Tag(epc=bytes.fromhex("3074257BF7194E4000001A85"))

    def said(device: A0Device | Uhf18Device, command: str) -> list[str]:
        data = bytearray.fromhex(command)
        return [answer.hex() for frame in device.commands(data) for answer in device.answers(frame, Inventory(device.field))]

    assert said(A0Device(Field([tag]), ["error-status"]), r2000["cmd_realtime_inventory"]) == [r2000["error_no_antenna"]]
    one = said(A0Device(Field([tag], speed=25)), r2000["cmd_realtime_inventory"])
    assert one[0][:36] == r2000["tag"][:36] and len(one[0]) == len(r2000["tag"]) and one[-1][:10] == r2000["end"][:10]
    assert said(Uhf18Device(Field([tag])), uhf["cmd_inventory"]) == [uhf["reply"]]
    assert len(said(Uhf18Device(Field()), uhf["cmd_info"])) == 1


def test_tags_pass_as_their_lines_say() -> None:
    one, two = read_tags([f"{SGTIN} antennas=1,2 from=1 for=2 passages=2 every=5  # a pallet", "", "# nothing", RAW])
    assert [one.place(at) is not None for at in (0.9, 1, 2.9, 3, 5.9, 6, 7.9, 8, 11, 100)] == [
        False, True, True, False, False, True, True, False, False, False]
    assert two.place(0) == two.place(1e6) == 0.5


@pytest.mark.parametrize("line", ["xyz", "E2 antennas=0", f"{RAW} antenna=1", f"{RAW} for=-1", f"{RAW} passages=2", f"{RAW} from=nan", f"{RAW} for=0 passages=2 every=0",
                                  f"{RAW} for=3 passages=2 every=2",
                                  f"{RAW} antennas=1,x", f"{RAW} word", "urn:epc:tag:sgtin-96:9.1.2.3"])
def test_a_line_that_is_no_tag_is_named(line: str) -> None:
    with pytest.raises(UnknownTag, match="describes no tag"):
        read_tags([line])


def test_a_passing_tag_goes_along_its_antennas_and_is_read_only_there() -> None:
    now = [0.0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulators.rfid.field.time.monotonic", lambda: now[0])
        inventory, seen = Inventory(Field(read_tags([f"{SGTIN} antennas=3,1,2 for=3"]), speed=10)), []
        for tick in range(40):
            now[0] = tick / 10
            seen += [read.antenna for read in inventory.due([1, 2])]
    assert seen == [1] * 10 + [2] * 10  # antenna 3 is not among them


def told(*options: str, code: int) -> str:
    result = CliRunner().invoke(COMMAND, options)
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "tags"
    file.write_text("E280 antennas=none\n")
    assert "describes no tag" in told("--listen", "127.0.0.1:0", "--tags", str(file), code=1)
    assert "There is no fault 'tired'" in told("--listen", "127.0.0.1:0", "--fault", "tired", code=1)
    assert "LLRP is spoken over TCP" in told("--link", str(tmp_path / "tty"), code=2)
    assert "antenna-off" in told("--help", code=0)


def test_the_command_runs_and_obeys_its_standard_input() -> None:
    command = [sys.executable, "-m", "server.cli.main", "simulate", "reader", "--listen", "127.0.0.1:0", "--json", "--fault", "slow"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            ready = json.loads(process.stdout.readline())
            assert ready["faults"] == ["slow"]
            process.stdin.write(f"heal slow\nfault busy\ntag {RAW}99 antennas=1\ntag xyz\nremove xyz\nremove {RAW}\nnonsense\n")
            process.stdin.flush()
            wrong = [process.stderr.readline() for _ in range(3)]
            assert "describes no tag" in wrong[0] and "not hexadecimal" in wrong[1] and "is no order" in wrong[2]
            with closing(socket.create_connection(("127.0.0.1", int(ready["url"].rpartition(":")[2])), 5)) as wire:
                assert exactly(wire, 32).endswith(bytes.fromhex("010000060002"))
        finally:
            process.kill()


def test_a_stranger_comes_and_goes_with_its_fault() -> None:
    device = LlrpDevice(field(), ["stranger"])
    assert STRANGER in device.field.tags()
    device.heal("stranger")
    assert STRANGER not in device.field.tags()


def test_twenty_hosts_at_once_are_served_or_turned_away() -> None:
    greetings = []

    def call(port: int) -> None:
        with closing(socket.create_connection(("127.0.0.1", port), 5)) as wire:
            greetings.append(exactly(wire, 32)[-1])
            assert until(lambda: len(greetings) == 20)  # who is served stays until all others were turned away

    with plugged(LlrpDevice(field())) as port:
        threads = [threading.Thread(target=call, args=(port.port,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert sorted(greetings) == [0] + [2] * 19
