"""The simulated camera's RTSP: what a host may ask, what it is refused, and packets that hold a whole JPEG."""

import socket
import struct
import time

import pytest

from simulators.devices.camera import Camera
from simulators.devices.wire import TcpPort
from tests.waiting import PATIENCE


@pytest.fixture
def host():
    port = TcpPort(Camera(fps=30))
    with socket.create_connection(("127.0.0.1", port.port), timeout=PATIENCE) as made:
        yield made
    port.close()


def ask(host, method, *fields):
    host.sendall("\r\n".join([f"{method} rtsp://camera/live RTSP/1.0", "CSeq: 7", *fields, "", ""]).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += host.recv(1)
    assert b"CSeq: 7\r\n" in answer
    return answer.decode()


def packet(host):
    head = host.recv(4, socket.MSG_WAITALL)
    assert head[:2] == b"$\0"
    return host.recv(int.from_bytes(head[2:]), socket.MSG_WAITALL)


def test_it_plays_jpeg_in_packets_that_count_on_and_end_each_frame_with_a_mark(host):
    assert "PLAY" in ask(host, "OPTIONS")
    described = ask(host, "DESCRIBE", "Accept: application/sdp")
    body = host.recv(int(described.partition("Content-Length: ")[2].split("\r\n")[0]), socket.MSG_WAITALL).decode()
    assert "m=video 0 RTP/AVP 26" in body
    assert "interleaved=0-1" in ask(host, "SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
    assert "Session" in ask(host, "PLAY")
    got = [packet(host)]
    while not got[-1][1] & 0x80:
        got.append(packet(host))
    assert {one[1] & 0x7F for one in got} == {26}
    numbers = [struct.unpack(">H", one[2:4])[0] for one in got]
    assert numbers == list(range(numbers[0], numbers[0] + len(got)))
    offsets = [int.from_bytes(one[13:16]) for one in got]
    sizes = [len(one) - 20 - (132 if offset == 0 else 0) for one, offset in zip(got, offsets, strict=True)]
    assert offsets == [sum(sizes[:place]) for place in range(len(sizes))]
    assert got[0][18:20] == bytes([1280 // 8, 720 // 8]) and got[0][17] == 255


def test_udp_and_unknown_requests_are_refused_and_the_session_goes_on(host):
    assert "461 Unsupported Transport" in ask(host, "SETUP", "Transport: RTP/AVP;unicast;client_port=5000-5001")
    assert "501 Not Implemented" in ask(host, "DANCE")
    assert "PLAY" in ask(host, "OPTIONS")


def test_requests_may_come_in_pieces_and_with_reports_between_them(host):
    ask(host, "OPTIONS")
    for piece in (b"$\1\0\4ab", b"cdOPTIONS rtsp://camera/live RT", b"SP/1.0\r\nCSeq: 8\r\n", b"\r\n"):
        host.sendall(piece)
        time.sleep(0.02)
    assert host.recv(1_000).startswith(b"RTSP/1.0 200 OK\r\nCSeq: 8\r\n")


def test_goodbye_ends_the_connection(host):
    ask(host, "OPTIONS")
    ask(host, "TEARDOWN")
    assert host.recv(1) == b""


@pytest.mark.parametrize("rubbish", [b"GET / RTSP/1.0\r\n\r\n", b"\xff\xfe RTSP/1.0\r\n\r\n", b" RTSP/1.0\r\n: :\r\n\r\n"])
def test_rubbish_is_answered_and_harms_nobody(host, rubbish):
    host.sendall(rubbish)
    assert host.recv(1_000).startswith(b"RTSP/1.0 501")
    assert "PLAY" in ask(host, "OPTIONS")
