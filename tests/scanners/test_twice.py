"""A label that stays before a reader is one scan; once it has left, it is a new one."""

from server.scanners.scan import Scan
from server.scanners.twice import twice_within


def seen(*sights: tuple[int, str], device: str = "door 1") -> list[bool]:
    is_twice = twice_within(300)
    return [is_twice(Scan(text=text, device=device, at=at)) for at, text in sights]


def test_a_bouncing_trigger_reads_twice() -> None:
    assert seen((1000, "A"), (1200, "A"), (1400, "B")) == [False, True, False]


def test_a_label_that_stays_in_view_is_one_scan_however_long() -> None:
    assert seen(*((at, "A") for at in range(1000, 9000, 250))) == [False, *[True] * 31]


def test_a_label_that_left_is_new_again() -> None:
    assert seen((1000, "A"), (1200, "A"), (1501, "A")) == [False, True, False]


def test_two_labels_in_view_do_not_make_each_other_new() -> None:
    assert seen((1000, "A"), (1010, "B"), (1020, "A"), (1030, "B")) == [False, False, True, True]


def test_two_devices_see_the_same_label_each_for_itself() -> None:
    is_twice = twice_within(300)
    assert [is_twice(Scan(text="A", device=device, at=1000)) for device in ("door 1", "door 2")] == [False, False]


def test_a_clock_set_back_hides_no_scan() -> None:
    assert seen((9000, "A"), (1000, "A")) == [False, False]


def test_what_it_remembers_is_bounded() -> None:
    is_twice = twice_within(300)
    for number in range(5000):
        is_twice(Scan(text=str(number), at=1000))
    assert is_twice(Scan(text="4999", at=1000))
    assert not is_twice(Scan(text="0", at=1000))
