import numpy as np

from labels.pictures.formats import Decoded
from server.scanners.still import Still

CHANCE = np.random.default_rng(1)
CODE = Decoded(text="A", data=b"A", format="code128", symbology="]C0", corners=((0, 0), (1, 0), (1, 1), (0, 1)))


def picture(noise=4, dark=None):
    frame = np.full((360, 640), 150) + CHANCE.normal(0, noise, (360, 640))
    if dark:
        frame[dark] = 60
    return frame.clip(0, 255).astype(np.uint8)


class Decoder:
    def __init__(self, read_from=1):
        self.looked, self.read_from = 0, read_from

    def __call__(self, _frame):
        self.looked += 1
        return [CODE] if self.looked >= self.read_from else []


def test_a_picture_in_which_only_the_sensor_is_noisy_is_decoded_a_few_times_and_its_codes_hold():
    still, decoder = Still(tries=5), Decoder()
    for number in range(9):
        codes = still.codes(picture(), number / 5, decoder)
    assert (decoder.looked, codes) == (6, [CODE])


def test_a_label_that_is_put_in_a_corner_is_looked_at_at_once():
    still, decoder = Still(tries=5), Decoder()
    for number in range(9):
        still.codes(picture(), number / 5, decoder)
    still.codes(picture(dark=np.s_[330:360, 560:640]), 2.0, decoder)
    assert decoder.looked == 7


def test_every_two_seconds_it_looks_all_the_same():
    still, decoder = Still(tries=5), Decoder()
    frame = picture(noise=0)
    for number in range(100):
        still.codes(frame, number / 5, decoder)
    assert 6 + 7 <= decoder.looked <= 6 + 11


def test_a_code_that_the_last_try_reads_first_is_looked_for_in_another_frame_before_it_holds():
    still, decoder = Still(tries=5), Decoder(read_from=5)
    for number in range(6):
        still.codes(picture(), number / 5, decoder)
    assert decoder.looked == 6


def test_another_size_of_picture_is_looked_at():
    still, decoder = Still(tries=1), Decoder(read_from=9)
    still.codes(picture(), 0, decoder)
    still.codes(picture()[:300], 0.1, decoder)
    still.codes(np.zeros((3, 3), np.uint8), 0.2, decoder)
    assert decoder.looked == 3
