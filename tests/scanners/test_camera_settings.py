import pytest

from labels.pictures.formats import USUAL
from server.ports import PortError
from server.scanners.camera_settings import BadCameraSettings, CameraSettings, shown


@pytest.mark.parametrize("url", [0, "0", "/dev/video2", "rtsp://10.0.0.8/stream1", "rtsp://user:word@10.0.0.8:554/a?b=c", "http://10.0.0.8:8090/stream"])
def test_the_addresses_of_cameras_are_taken(url):
    settings = CameraSettings.of({"url": url})
    assert (settings.url, settings.formats) == (str(url), USUAL)


def test_everything_can_be_said():
    settings = CameraSettings.of({"url": "0", "formats": ["qr"], "region": [0, 0.25, 1, 0.75], "frames_a_second": 2, "agree": 3, "gone_ms": 500,
                                  "seconds_a_frame": 0.5, "at_least": 4, "width": 1920, "height": 1080, "silence_seconds": 5})
    assert (settings.formats, settings.region, settings.at_least) == (frozenset({"qr"}), (0, 0.25, 1, 0.75), 4)


@pytest.mark.parametrize(("document", "words"), [
    ({}, "url must be there"), ({"url": "0", "speed": 1}, "speed"), ({"url": "/etc/passwd"}, "is no camera"), ({"url": "file:///etc/passwd"}, "is no camera"),
    ({"url": "v4l2src ! appsink"}, "is no camera"), ({"url": None}, "is no camera"), ({"url": True}, "is no camera"), ({"url": ["0"]}, "is no camera"),
    ({"url": "http://a/b c"}, "is no camera"), ({"url": "0", "formats": "qr"}, "list of words"), ({"url": "0", "formats": []}, "There are: code128"),
    ({"url": "0", "formats": ["morse"]}, "morse"), ({"url": "0", "formats": [1]}, "list of words"), ({"url": "0", "region": [0, 0, 1]}, "four numbers"),
    ({"url": "0", "region": [0.5, 0, 0.5, 1]}, "region"), ({"url": "0", "region": [0, 0, 2, 1]}, "region"), ({"url": "0", "region": ["0", 0, 1, 1]}, "four numbers"),
    ({"url": "0", "frames_a_second": 0}, "frames_a_second"), ({"url": "0", "frames_a_second": float("nan")}, "frames_a_second"),
    ({"url": "0", "agree": 1.5}, "whole number"), ({"url": "0", "agree": 0}, "agree"), ({"url": "0", "agree": True}, "agree"),
    ({"url": "0", "gone_ms": "soon"}, "gone_ms"), ({"url": "0", "at_least": None}, "at_least"), ({"url": "0", "width": 10**9}, "width"),
], ids=str)
def test_what_is_wrong_is_named(document, words):
    with pytest.raises(BadCameraSettings, match=words) as refused:
        CameraSettings.of(document)
    assert isinstance(refused.value, PortError)


def test_a_password_in_an_address_is_shown_to_nobody():
    assert shown("rtsp://user:word@10.0.0.8/a") == "rtsp://10.0.0.8/a"
    with pytest.raises(BadCameraSettings) as refused:
        CameraSettings.of({"url": "gopher://user:word@10.0.0.8/a"})
    assert "word" not in str(refused.value)
