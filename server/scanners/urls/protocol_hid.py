"""`hid://VENDOR:PRODUCT` (hexadecimal), `hid://VENDOR:PRODUCT/SERIAL` or `hid:///dev/hidraw0`: reports of a HID POS scanner, by hidapi."""

from typing import Any

from server.ports import PortLost, UnknownPort
from server.scanners.hid_pos import REPORT_SIZE, SCANNED_DATA
from server.scanners.urls.extra import library

_HIDRAW_PREFIX = "/"


class Serial:
    """As much of a serial port as a line needs. Reports that hold no scan are left out; the others are padded to their size."""

    def __init__(self, _: None = None, **_settings: Any) -> None:
        self.port = ""
        self.timeout: float = 0
        self._device: Any = None
        self._held = b""

    def open(self) -> None:
        """Opens it; MissingExtra without hidapi, PortLost when it is not there or may not be read."""
        address = self.port.removeprefix("hid://")
        device = library("hid", self.port).device()
        path = address.encode() if address.startswith(_HIDRAW_PREFIX) else None
        vendor, product, number = (0, 0, None) if path else _ids(address, self.port)
        try:
            if path:
                device.open_path(path)
            else:
                device.open(vendor, product, number)
        except OSError as error:
            raise PortLost(f"{self.port} cannot be opened. Is it plugged in and set to HID POS, "
                           "and may this user read /dev/hidraw*?") from error
        self._device = device

    @property
    def in_waiting(self) -> int:
        """How many bytes of a report are left."""
        return len(self._held)

    def read(self, size: int) -> bytes:
        """Bytes of one report, never of two; b"" after the timeout."""
        if not self._held and size:
            report = bytes(self._device.read(REPORT_SIZE, max(1, int(self.timeout * 1000))))
            self._held = report.ljust(REPORT_SIZE, b"\0") if report[:1] == bytes((SCANNED_DATA,)) else b""
        data, self._held = self._held[:size], self._held[size:]
        return data

    def write(self, data: bytes) -> int:
        """A HID POS scanner needs no answers."""
        return len(data)

    def flush(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Gives it back."""
        if self._device is not None:
            self._device.close()


def _ids(address: str, url: str) -> tuple[int, int, str | None]:
    numbers, _, serial_number = address.partition("/")
    vendor, _, product = numbers.partition(":")
    try:
        return int(vendor, 16), int(product, 16), serial_number or None
    except ValueError:
        raise UnknownPort(f"{url!r} is no HID scanner. Use hid://VENDOR:PRODUCT as lsusb shows them, such as hid://05e0:1200, "
                          "or hid:///dev/hidraw0.") from None
