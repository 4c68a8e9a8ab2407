"""Scans wait in order in a bounded queue; a full one holds the scanners back and says so, and none is dropped."""

import threading
import time

import pytest

from server.ports.line import Ended
from server.scanners.inbox import Inbox, InboxCondition
from server.scanners.scan import Scan
from tests.waiting import PATIENCE


def scan(number: int) -> Scan:
    return Scan(text=str(number), device="dock 1")


def test_scans_come_out_as_they_went_in_and_none_is_lost_by_twenty_scanners() -> None:
    inbox = Inbox(8)
    threads = [threading.Thread(target=lambda who=who: [inbox.put(Scan(text=str(number), device=str(who))) for number in range(50)])
               for who in range(20)]
    for thread in threads:
        thread.start()
    got = [inbox.take(PATIENCE) for _ in range(1000)]
    for thread in threads:
        thread.join()
    for who in range(20):
        assert [one.text for one in got if one and one.device == str(who)] == [str(number) for number in range(50)]
    assert inbox.take(0) is None


def test_a_full_inbox_holds_the_scanner_back_and_says_so() -> None:
    told: list[InboxCondition] = []
    inbox = Inbox(2, tell=told.append, now=lambda: 77)
    inbox.put(scan(1))
    inbox.put(scan(2))
    waits = threading.Thread(target=inbox.put, args=(scan(3),))
    waits.start()
    while not inbox.condition.is_full:
        time.sleep(0.001)
    assert inbox.condition == InboxCondition(waiting=2, most=2, is_full=True, since=77)
    assert [one.text for one in (inbox.take(PATIENCE) for _ in range(3)) if one] == ["1", "2", "3"]
    waits.join()
    assert [one.is_full for one in told] == [True, False]


def test_a_closed_inbox_ends_who_waits_and_still_gives_what_it_has() -> None:
    inbox = Inbox(1)
    inbox.put(scan(1))
    ended = threading.Event()

    def put() -> None:
        try:
            inbox.put(scan(2))
        except Ended:
            ended.set()

    threading.Thread(target=put).start()
    time.sleep(0.05)
    inbox.close()
    assert ended.wait(PATIENCE)
    assert inbox.take(0) == scan(1)
    with pytest.raises(Ended):
        inbox.put(scan(3))
