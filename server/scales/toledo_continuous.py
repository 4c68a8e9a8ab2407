"""Toledo continuous: the scale talks without being asked. Source: Rockwell 57C428 appendix D, KERN FTC; DEVICES.md section 6."""

from decimal import Decimal
from typing import ClassVar

from server.scales.weighing import Command, Heard, Rubbish, Trouble, Weighing

_STX, _CR = 0x02, 0x0D
_ALWAYS = 0x20
_NET, _NEGATIVE, _OUT, _MOTION, _KG, _UNZEROED = 0x01, 0x02, 0x04, 0x08, 0x10, 0x40
_EXPANDED = 0x10
_OTHER_UNITS = {1: "g", 2: "t", 3: "oz"}


class ToledoContinuous:
    """Frames `STX SWA SWB SWC weight(6) tare(6) CR CHK`; made without checksum or tare for scales that send none.

    The stream is entered in the middle of a frame as a rule: what stands before the first whole frame is no weight.
    """

    question: ClassVar[bytes] = b""
    hello: ClassVar[bytes] = b""
    commands: ClassVar[dict[Command, bytes]] = {"zero": b"Z", "tare": b"T"}

    def __init__(self, *, has_checksum: bool = True, has_tare: bool = True) -> None:
        self._buffer = b""
        self._has_checksum = has_checksum
        self._body = 4 + 6 + 6 * has_tare + 1

    def feed(self, data: bytes) -> list[Heard]:
        """Every whole frame; where one is damaged, the next STX is looked for."""
        self._buffer += data
        heard: list[Heard] = []
        size = self._body + self._has_checksum
        while self._buffer:
            frame = self._buffer[:size]
            if frame[0] != _STX:
                heard.append(self._skip("This begins with no STX."))
            elif len(frame) < size:
                break
            elif (why := self._fault_of(frame)):
                heard.append(self._skip(why))
            else:
                heard.append(_weighing(frame))
                self._buffer = self._buffer[size:]
        return heard

    def _skip(self, why: str) -> Rubbish:
        """Throws away what stands before the next STX."""
        begin = self._buffer.find(_STX, 1)
        begin = len(self._buffer) if begin < 0 else begin
        rubbish, self._buffer = Rubbish(self._buffer[:begin], why), self._buffer[begin:]
        return rubbish

    def _fault_of(self, frame: bytes) -> str:
        if frame[self._body - 1] != _CR or not all(one & _ALWAYS for one in frame[1:4]) or not frame[4:10].strip(b" ").isdigit():
            return "This is no frame of Toledo continuous."
        return "The checksum of a frame is wrong." if self._has_checksum and sum(one & 0x7F for one in frame) & 0x7F else ""


def _weighing(frame: bytes) -> Weighing:
    switch_a, switch_b, switch_c = frame[1:4]
    value = Decimal(frame[4:10].strip(b" ").decode()).scaleb(2 - (switch_a & 0x07))
    return Weighing(value=-value if switch_b & _NEGATIVE else value, unit=_unit(switch_b, switch_c), is_stable=not switch_b & _MOTION,
                    is_net=bool(switch_b & _NET), trouble=_trouble(switch_b, switch_c))


def _unit(switch_b: int, switch_c: int) -> str:
    other = switch_c & 0x07
    return _OTHER_UNITS.get(other, "?") if other else "kg" if switch_b & _KG else "lb"


def _trouble(switch_b: int, switch_c: int) -> Trouble:
    """A scale that was not zeroed since it was switched on, or shows ten times the digits, gives no weight to use."""
    if switch_b & _OUT:
        return "under" if switch_b & _NEGATIVE else "over"
    return "range" if switch_b & _UNZEROED or switch_c & _EXPANDED else ""
