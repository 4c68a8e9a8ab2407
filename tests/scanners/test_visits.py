"""Reads become one visit a tag and passage, with its way through the antennas, in bounded memory."""

import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.scanners.scan import TagRead
from server.scanners.visits import Smoother

EPC, OTHER = bytes(12), bytes([1] * 12)
WINDOW = 5_000


def read(at: int, antenna: int = 1, rssi: float | None = -60, epc: bytes = EPC) -> TagRead:
    return TagRead(epc=epc, antenna=antenna, rssi_dbm=rssi, at=at, device="gate")


def test_a_tag_that_is_read_often_is_one_visit_told_when_it_comes_and_when_it_is_gone() -> None:
    smoother = Smoother(WINDOW)
    begun = [one for at in range(0, 20_000, 50) for one in smoother.feed([read(at)])]
    assert [(one.epc, one.entered_at, one.left_at) for one in begun] == [(EPC, 0, None)]
    assert smoother.ended(19_950 + WINDOW - 1) == []
    gone = smoother.ended(19_950 + WINDOW)
    assert [(one.entered_at, one.left_at, one.reads, one.device) for one in gone] == [(0, 19_950, 400, "gate")]
    assert smoother.ended(10**9) == [] and smoother.present == 0


def test_silence_of_a_window_makes_the_next_read_another_visit_and_less_does_not() -> None:
    for gap, visits in ((WINDOW - 1, 1), (WINDOW, 2)):
        smoother = Smoother(WINDOW)
        assert sum(len(smoother.feed([read(at)])) for at in (0, gap)) == visits
        assert len(smoother.finish()) == visits


def test_a_tag_that_stays_does_not_hide_that_a_later_one_has_left() -> None:
    smoother = Smoother(WINDOW)
    smoother.feed([read(0), read(10, epc=OTHER), *(read(at) for at in range(20, 8_000, 100))])
    assert [one.epc for one in smoother.ended(8_000)] == [OTHER]


@pytest.mark.parametrize(("antennas", "direction"), [
    ((1, 1, 2, 2), "forward"), ((2, 2, 1, 1), "back"), ((1, 1, 1), "unclear"), ((1, 2, 2, 1), "unclear"),
    ((1, 1, 2, 1, 2, 2), "forward"), ((3, 3, 3), "unclear"), ((2, 9, 1), "back"), ((1,), "unclear"),
])
def test_the_direction_is_that_of_the_antennas_in_their_order(antennas: tuple[int, ...], direction: str) -> None:
    smoother = Smoother(WINDOW, order=(1, 2))
    smoother.feed([read(number * 100, antenna) for number, antenna in enumerate(antennas)])
    (visit,) = smoother.finish()
    assert (visit.direction, visit.first_antenna, visit.last_antenna) == (direction, antennas[0], antennas[-1])


def test_a_single_stray_read_does_not_turn_a_tag_round() -> None:
    smoother = Smoother(WINDOW, order=(1, 2, 3, 4))
    way = [1] * 20 + [2] * 20 + [3] * 20 + [4] * 20
    way[3], way[70] = 4, 1
    smoother.feed([read(number * 50, antenna) for number, antenna in enumerate(way)])
    assert smoother.finish()[0].direction == "forward"


def test_the_strongest_antenna_is_kept_and_none_where_nothing_is_told() -> None:
    smoother = Smoother(WINDOW)
    smoother.feed([read(0, 1, -70), read(1, 2, -50), read(2, 3, -60), read(3, 1, None, OTHER)])
    assert [(one.strongest, one.rssi_dbm) for one in smoother.finish()] == [(2, -50), (0, None)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 2_000)), max_size=200), st.integers(1, 40))
def test_visits_are_those_that_the_gaps_make_however_the_reads_are_batched(steps: list[tuple[int, int]], batch: int) -> None:
    reads, at = [], 0
    for tag, step in steps:
        at += step
        reads.append(read(at, epc=bytes([tag])))
    expected = 0
    last: dict[bytes, int] = {}
    for one in reads:
        expected += one.epc not in last or one.at - last[one.epc] >= WINDOW
        last[one.epc] = one.at
    smoother, begun, gone = Smoother(WINDOW), [], []
    for begin in range(0, len(reads), batch):
        begun += smoother.feed(reads[begin:begin + batch])
        gone += smoother.ended(reads[min(begin + batch, len(reads)) - 1].at)
    gone += smoother.finish()
    assert len(begun) == len(gone) == expected
    assert sum(one.reads for one in gone) == len(reads)
    assert sorted((one.epc, one.entered_at) for one in begun) == sorted((one.epc, one.entered_at) for one in gone)


def test_more_tags_than_are_held_end_the_oldest_and_none_is_lost() -> None:
    smoother = Smoother(WINDOW, most=100)
    gone = []
    for number in range(1_000):
        smoother.feed([read(number, epc=number.to_bytes(12, "big"))])
        assert smoother.present <= 100
        gone += smoother.ended(number)
    assert len({one.epc for one in gone + smoother.finish()}) == 1_000


def test_memory_does_not_grow_with_the_reads() -> None:
    luck, smoother = random.Random(1), Smoother(WINDOW, order=(1, 2))

    def flood(begins: int) -> None:
        for at in range(begins, begins + 20_000):
            smoother.feed([read(at, luck.choice((1, 2)), epc=luck.randrange(200).to_bytes(12, "big"))])

    flood(0)
    tracemalloc.start(10)
    flood(20_000)
    ours = tracemalloc.Filter(inclusive=True, filename_pattern=__file__, all_frames=True)  # and not what other threads of the process hold
    grown = sum(one.size for one in tracemalloc.take_snapshot().filter_traces([ours]).traces)
    tracemalloc.stop()
    assert grown < 200_000
    assert smoother.present == 200


def test_a_window_and_a_bound_are_needed() -> None:
    for wrong in ({"window_ms": 0}, {"most": 0}):
        with pytest.raises(ValueError, match="window"):
            Smoother(**wrong)
