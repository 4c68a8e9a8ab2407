"""The camera's side of RTSP 1.0 (RFC 2326) with JPEG in RTP (RFC 2435), interleaved in the one TCP connection (RFC 2326, 10.12).

Only what a host needs to play: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN. UDP is refused with 461.
"""

import struct
import time
from collections.abc import Callable, Iterator

from simulators.devices.wire import Gone, Wire

_PAYLOAD_MAX = 1_400
_CLOCK = 90_000
_JPEG = 26
_TABLES_FOLLOW = 255
_420 = 1
_SESSION = "12345678"
_SDP = ("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=simulated camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\n"
        "a=control:track1\r\n")
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"


class Rtsp:
    """One host's session: `ask` answers a request, `send` sends a frame once it plays."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._rest = b""
        self._sequence = 0
        self._began = time.monotonic()
        self.is_playing = False

    def take(self, data: bytes) -> None:
        """Bytes of the host: whole requests are answered, its RTCP reports are passed over. Gone when it says goodbye."""
        self._rest += data
        while self._rest:
            if self._rest[:1] == b"$":
                if len(self._rest) < 4 or len(self._rest) < 4 + int.from_bytes(self._rest[2:4]):
                    return
                self._rest = self._rest[4 + int.from_bytes(self._rest[2:4]):]
            else:
                head, end, rest = self._rest.partition(b"\r\n\r\n")
                if not end:
                    return
                self._rest = rest
                self._answer(head.decode("latin-1"))

    def send(self, frame: bytes) -> None:
        """A JPEG (4:2:0, the usual Huffman tables) as RTP packets; what is none goes as it is, as from a camera gone mad."""
        tables, width, height, scan = _parts(frame)
        stamp = int((time.monotonic() - self._began) * _CLOCK) & 0xFFFFFFFF
        for offset, piece, is_last in _pieces(scan):
            head = struct.pack(">B3sBBBB", 0, offset.to_bytes(3), _420, _TABLES_FOLLOW, width // 8, height // 8)
            head += struct.pack(">BBH", 0, 0, len(tables)) + tables if offset == 0 else b""
            rtp = struct.pack(">BBHII", 0x80, (0x80 if is_last else 0) | _JPEG, self._sequence, stamp, 1) + head + piece
            self._sequence = (self._sequence + 1) & 0xFFFF
            self._wire.write(struct.pack(">cBH", b"$", 0, len(rtp)) + rtp)

    def _answer(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        method, address = [*first.split(" "), "", ""][:2]
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        sequence = fields.get("cseq", "0")
        if method == "DESCRIBE":
            self._reply(sequence, f"Content-Base: {address}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(_SDP)}\r\n", _SDP)
        elif method == "SETUP" and "interleaved" not in fields.get("transport", ""):
            self._reply(sequence, status="461 Unsupported Transport")
        elif method == "SETUP":
            self._reply(sequence, f"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: {_SESSION}\r\n")
        elif method == "OPTIONS":
            self._reply(sequence, f"Public: {_METHODS}\r\n")
        elif method in ("PLAY", "GET_PARAMETER", "TEARDOWN"):
            self.is_playing = self.is_playing or method == "PLAY"
            self._reply(sequence, f"Session: {_SESSION}\r\n")
            if method == "TEARDOWN":
                raise Gone
        else:
            self._reply(sequence, status="501 Not Implemented")

    def _reply(self, sequence: str, fields: str = "", body: str = "", *, status: str = "200 OK") -> None:
        self._wire.write(f"RTSP/1.0 {status}\r\nCSeq: {sequence}\r\n{fields}\r\n{body}".encode("latin-1", "replace"))


def play(wire: Wire, asked: bytes, frame: Callable[[], bytes | None], pause_seconds: Callable[[], float]) -> None:
    """Serves a host whose first bytes were `asked` until it hangs up; a frame of None is one that is not sent."""
    session = Rtsp(wire)
    session.take(asked)
    while True:
        began = time.monotonic()
        session.take(wire.read(0 if session.is_playing else 0.2))
        if session.is_playing:
            now = frame()
            if now is not None:
                session.send(now)
            time.sleep(max(0.0, began + pause_seconds() - time.monotonic()))


def _pieces(scan: bytes) -> Iterator[tuple[int, bytes, bool]]:
    for offset in range(0, max(len(scan), 1), _PAYLOAD_MAX):
        yield offset, scan[offset:offset + _PAYLOAD_MAX], offset + _PAYLOAD_MAX >= len(scan)


def _parts(frame: bytes) -> tuple[bytes, int, int, bytes]:
    """The two quantization tables, width, height, and the scan of a JPEG; of other bytes 128 of them, a size, and the rest."""
    tables, size, at = b"", (0, 0), 2
    while frame[:2] == b"\xff\xd8" and at + 4 <= len(frame) and frame[at] == 0xFF:
        marker, length = frame[at + 1], int.from_bytes(frame[at + 2:at + 4])
        body = frame[at + 4:at + 2 + length]
        if marker == 0xDB:
            tables += b"".join(body[start + 1:start + 65] for start in range(0, len(body), 65))
        elif marker == 0xC0:
            size = (int.from_bytes(body[3:5]), int.from_bytes(body[1:3]))
        elif marker == 0xDA:
            return tables, size[0], size[1], frame[at + 2 + length:].removesuffix(b"\xff\xd9")
        at += 2 + length
    return frame[:128].ljust(128, b"\1"), 640, 480, frame[128:]
