"""Two frames must agree, a visit counts once, and time without frames is no absence."""

from labels.pictures.formats import Decoded
from server.scanners.sightings import Sightings


def code(text, left=0):
    return Decoded(text=text, data=text.encode(), format="code128", symbology="]C0", corners=((left, 0), (left + 9, 0), (left + 9, 9), (left, 9)))


class Frames:
    def __init__(self, **how):
        self.visits, self.now = Sightings(**how), 0

    def see(self, *texts, after=200):
        self.now += after
        return [one.text for one in self.visits.seen([code(text) for text in texts], self.now)]


def test_one_frame_is_not_enough_and_two_are():
    frames = Frames()
    assert [frames.see("A"), frames.see("A"), frames.see("A")] == [[], ["A"], []]


def test_another_frame_is_wanted_at_once_only_while_a_code_of_the_last_one_waits_for_it():
    frames = Frames()
    wanted = []
    for texts in ((), ("A",), ("A",), ("A", "B"), (), ("B",)):
        frames.see(*texts)
        wanted.append(frames.visits.wants_another)
    assert wanted == [False, True, False, True, False, False]


def test_two_frames_that_read_something_else_do_not_agree():
    frames = Frames()
    assert [frames.see("A"), frames.see("B"), frames.see("C"), frames.see("D")] == [[], [], [], []]


def test_a_frame_in_between_in_which_nothing_was_read_does_no_harm():
    frames = Frames()
    assert [frames.see("A"), frames.see(), frames.see(), frames.see("A")] == [[], [], [], ["A"]]


def test_two_readings_that_are_far_apart_do_not_agree():
    frames = Frames(within_ms=1_000, gone_ms=1_000)
    assert frames.see("A") == []
    for _ in range(10):
        assert frames.see() == []
    assert frames.see("A") == []


def test_a_label_that_stays_counts_once_and_after_it_was_gone_again():
    frames = Frames(gone_ms=1_000)
    told = [one for _ in range(50) for one in frames.see("A")]
    told += [one for _ in range(3) for one in frames.see()]
    told += [one for _ in range(5) for one in frames.see("A")]
    assert told == ["A"]
    told += [one for _ in range(8) for one in frames.see()]
    told += [one for _ in range(5) for one in frames.see("A")]
    assert told == ["A", "A"]


def test_a_label_that_stood_there_while_the_camera_was_away_does_not_count_again():
    frames = Frames(gone_ms=1_000, gap_ms=400)
    assert [frames.see("A"), frames.see("A")] == [[], ["A"]]
    assert frames.see("A", after=60_000) == []


def test_several_labels_come_in_the_order_of_the_picture_and_twice_the_same_is_one():
    frames = Frames()
    frames.see("C", "A", "B", "A")
    assert frames.see("C", "A", "B", "A") == ["C", "A", "B"]


def test_a_flood_of_rubbish_fills_no_memory_and_ends_by_itself():
    frames = Frames()
    for number in range(100):
        assert frames.see(*(f"{number}-{one}" for one in range(100)), after=1) == []
    assert len(frames.visits._known) <= 1_000
    for _ in range(20):
        frames.see()
    assert [frames.see("A"), frames.see("A")] == [[], ["A"]]
