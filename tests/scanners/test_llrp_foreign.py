"""Our LLRP client at a reader that is not ours: llrpkit's emulator (MIT)."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from llrpkit.emulator import EmulatedTag, LLRPEmulator

from server.ports import PortBusy
from server.scanners.llrp import LlrpReader, LlrpSettings, ReaderEvent
from tests.scanners.readers import LONG, SGTIN, kept, talk
from tests.waiting import until

TAGS = [EmulatedTag(bytes.fromhex(SGTIN), (1,)), EmulatedTag(bytes.fromhex(LONG), (2, 3))]


@pytest.fixture
def emulator() -> Iterator[tuple[LLRPEmulator, asyncio.AbstractEventLoop]]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    one = LLRPEmulator(tags=TAGS, reads_per_sec=200)
    asyncio.run_coroutine_threadsafe(one.start(), loop).result(30)
    yield one, loop
    asyncio.run_coroutine_threadsafe(one.stop(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)
    loop.close()


def test_a_foreign_reader_is_read_its_keepalives_answered_and_its_antennas_watched(emulator) -> None:
    foreign, loop = emulator
    events = list[ReaderEvent]()
    settings = LlrpSettings(power_dbm=25.5, antennas=(1, 2, 3), keepalive_seconds=0.1)
    with kept(f"socket://127.0.0.1:{foreign.port}", lambda deliver: LlrpReader(deliver, settings, tell=events.append)) as one:
        assert until(lambda: one.seen() == {(SGTIN, 1), (LONG, 2), (LONG, 3)})
        assert until(lambda: foreign.keepalive_acks >= 3)
        asyncio.run_coroutine_threadsafe(foreign.set_antenna_connected(1, False), loop).result(30)
        assert until(lambda: [(event.kind, event.antenna) for event in events] == [("antenna-lost", 1)])
        assert one.condition.firmware == "llrpkit-emu 0.1 (25882/700)"
        assert one.condition.errors == 0


def test_a_foreign_reader_that_serves_somebody_is_busy_and_free_when_we_leave(emulator) -> None:
    url = f"socket://127.0.0.1:{emulator[0].port}"
    with kept(url, LlrpReader) as one:
        one.wait("connected")
        with pytest.raises(PortBusy, match="another program holds it"):
            talk(LlrpReader([].extend), url)
    with kept(url, LlrpReader) as one:
        assert until(lambda: one.reads)


def test_a_foreign_reader_that_knows_no_other_version_is_spoken_to_in_its_own(emulator) -> None:
    url = f"socket://127.0.0.1:{emulator[0].port}"
    with kept(url, lambda deliver: LlrpReader(deliver, LlrpSettings(version=2))) as one:
        assert until(lambda: one.reads), one.told
