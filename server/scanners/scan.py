"""What readers deliver: a scan of a barcode, a read of a tag."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One code as it was delivered: GS is U+001D, prefix and suffix are gone, `symbology` is the AIM identifier (`]C1`) or empty.

    `at` is milliseconds of the clock; `is_repeat` where the scanner itself says that it sends the same scan again. `waits`
    where it waits to hear that the scan is safe: it hears so when who takes the scan returns.
    """

    text: str
    symbology: str = ""
    device: str = ""
    at: int = 0
    is_repeat: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRead:
    """One read of one tag: its EPC memory as bytes, the antenna (1, 2 ...) and how strong it came (dBm); `at` in milliseconds."""

    epc: bytes
    antenna: int = 1
    rssi_dbm: float | None = None
    device: str = ""
    at: int = 0
