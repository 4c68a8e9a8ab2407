"""The host of the stations as tests use it: it looks five times as often as in life, so that less is waited for its looks."""

import os

from server.stations import host

BEAT_SECONDS = host._BEAT_SECONDS if os.environ.get("AISLE_LONG") else host._BEAT_SECONDS / 5


def Stations(*arguments, **more) -> host.Stations:  # noqa: N802 - stands where the class stands
    return host.Stations(*arguments, beat_seconds=BEAT_SECONDS, **more)
