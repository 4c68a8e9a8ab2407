"""A simulated camera speaks as real ones do: many hosts at once, rubbish as request, and every fault by name."""

import json
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from labels.pictures.decode import decode
from labels.pictures.formats import NotAPicture
from simulators.devices.camera import Camera
from simulators.devices.wire import TcpPort, UnknownFault
from simulators.scene import NotDrawn
from tests.waiting import PATIENCE


@pytest.fixture
def camera():
    device = Camera(fps=30)
    device.port = TcpPort(device)
    device.address = f"http://127.0.0.1:{device.port.port}"
    yield device
    device.port.close()


def frames(address, count):
    """The bodies of a stream's parts, as they were said to be long."""
    with urllib.request.urlopen(f"{address}/stream", timeout=PATIENCE) as answer:  # noqa: S310 - our own address
        assert answer.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=frame"
        for _ in range(count):
            assert answer.readline() == b"--frame\r\n"
            head = dict(line.decode().split(": ") for line in iter(lambda: answer.readline().strip(), b""))
            assert head["Content-Type"] == "image/jpeg"
            yield answer.read(int(head["Content-Length"]))
            assert answer.read(2) == b"\r\n"


def texts(frame):
    return [one.text for one in decode(frame, seconds=0)]


def test_a_stream_shows_the_labels_and_no_two_frames_are_alike(camera):
    camera.show("code128:LPN-0001", "qr:ABC")
    got = list(frames(camera.address, 3))
    assert [texts(frame) for frame in got] == [["LPN-0001", "ABC"]] * 3
    assert len(set(got)) == 3


def test_a_snapshot_is_one_frame_and_other_addresses_are_not_there(camera):
    camera.show("LPN-0001")
    with urllib.request.urlopen(f"{camera.address}/snapshot.jpg", timeout=PATIENCE) as answer:  # noqa: S310 - our own address
        assert texts(answer.read()) == ["LPN-0001"]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{camera.address}/other", timeout=PATIENCE)  # noqa: S310 - our own address


def test_what_is_shown_changes_while_it_runs(camera):
    stream = frames(camera.address, 1_000)
    camera.show("code128:ONE")
    next(stream)
    camera.show("code128:TWO")
    assert any(texts(frame) == ["TWO"] for frame in stream), "after those that were on their way"
    stream.close()


def test_twenty_hosts_watch_at_once(camera):
    camera.fps = 5
    camera.show("code128:LPN-0001")
    got = []

    def watch():
        got.append(len(list(frames(camera.address, 2))))

    threads = [threading.Thread(target=watch) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=PATIENCE)
    assert got == [2] * 20


@pytest.mark.parametrize("request_", [b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n", b"A" * 20_000])
def test_rubbish_as_a_request_is_refused_and_the_next_host_is_served(camera, request_):
    with socket.create_connection(("127.0.0.1", camera.port.port), timeout=PATIENCE) as host:
        host.sendall(request_)
        answer = host.recv(100)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 404")
    assert len(list(frames(camera.address, 1))) == 1


def test_a_frozen_camera_sends_the_same_whatever_is_shown(camera):
    camera.show("code128:ONE")
    list(frames(camera.address, 1))
    camera.fail("frozen")
    camera.show("code128:TWO")
    assert {tuple(texts(frame)) for frame in frames(camera.address, 3)} == {("ONE",)}
    camera.heal("frozen")
    assert texts(next(frames(camera.address, 1))) == ["TWO"]


@pytest.mark.parametrize("fault", ["dark", "blurred", "glare"])
def test_in_a_bad_sight_the_label_is_not_read(camera, fault):
    camera.show("code128:LPN-0001", "code128:LPN-0002", "code128:LPN-0003", "code128:LPN-0004")
    camera.fail(fault)
    seen = texts(next(frames(camera.address, 1)))
    assert len(seen) < 4


def test_broken_frames_are_no_pictures(camera):
    camera.fail("rubbish")
    with pytest.raises(NotAPicture):
        decode(next(frames(camera.address, 1)))
    camera.heal("rubbish")
    camera.fail("half-frame")
    broken = 0
    for frame in frames(camera.address, 4):
        try:
            decode(frame, seconds=0)
        except NotAPicture:
            broken += 1
    assert broken == 2


def test_it_hangs_up_after_five_frames_when_told_to(camera):
    camera.fail("hang-up")
    stream = frames(camera.address, 6)
    assert len([next(stream) for _ in range(5)]) == 5
    with pytest.raises(AssertionError):
        next(stream)


def test_a_label_that_cannot_be_drawn_is_named_and_the_picture_stays(camera):
    camera.show("code128:LPN-0001")
    with pytest.raises(NotDrawn, match="ean13:ABC"):
        camera.show("ean13:ABC")
    assert texts(next(frames(camera.address, 1))) == ["LPN-0001"]
    with pytest.raises(UnknownFault, match="There are: blurred"):
        camera.fail("tired")


def test_the_pictures_of_a_folder_are_shown(camera, tmp_path: Path):
    (tmp_path / "one.jpg").write_bytes(next(frames(camera.address, 1)))
    camera.show("code128:LPN-0001")
    (tmp_path / "two.jpg").write_bytes(next(frames(camera.address, 1)))
    (tmp_path / "one.jpg").unlink()
    camera.show()
    assert camera.show_pictures(tmp_path) == 1
    assert texts(next(frames(camera.address, 1))) == ["LPN-0001"]


def test_the_command_says_where_it_is_and_obeys_standard_input():
    started = subprocess.Popen([sys.executable, "-m", "server.cli.main", "simulate", "camera", "--listen", "127.0.0.1:0", "--show", "ONE", "--json"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        told = json.loads(started.stdout.readline())
        address = told["url"].replace("socket://", "http://")
        assert texts(next(frames(address, 1))) == ["ONE"]
        for order in ("show ean13:ABC", "dance", "fault tired", "pictures /none", "show code128:TWO qr:X"):
            started.stdin.write(f"{order}\n")
        started.stdin.flush()
        said = [started.stderr.readline() for _ in range(4)]
        assert ["ean13:ABC" in said[0], "dance" in said[1], "no fault" in said[2], "/none" in said[3]] == [True] * 4
        assert any(texts(frame) == ["TWO", "X"] for frame in frames(address, 10))
    finally:
        started.kill()
        started.communicate()
