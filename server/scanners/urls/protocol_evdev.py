"""`evdev:///dev/input/by-id/NAME`: a scanner that types, grabbed, so that its keys reach nothing else on this computer."""

import errno
import os
from typing import Any

from server.ports import PortBusy, PortLost
from server.scanners.urls.extra import library


class Serial:
    """As much of a serial port as a line needs: the bytes are input events of Linux."""

    def __init__(self, _: None = None, **_settings: Any) -> None:
        self.port = ""
        self.timeout: float = 0
        self._device: Any = None

    def open(self) -> None:
        """Opens and grabs it; MissingExtra without evdev, PortLost when it is not there, PortBusy when another has grabbed it."""
        path = self.port.removeprefix("evdev://")
        try:
            self._device = library("evdev", self.port).InputDevice(path)
            self._device.grab()
        except OSError as error:
            self.close()
            if error.errno == errno.EBUSY:
                raise PortBusy(f"{self.port} is grabbed by another program. End that one.") from error
            raise PortLost(f"{self.port} cannot be opened: {os.strerror(error.errno or errno.ENODEV)}. Is it plugged in and set to "
                           "HID keyboard, and is this user in the group input? Use a name of /dev/input/by-id.") from error

    def fileno(self) -> int:
        """What the system can wait for."""
        return int(self._device.fd)

    @property
    def in_waiting(self) -> int:
        """Not asked, as there is a descriptor."""
        return 0

    def read(self, size: int) -> bytes:
        """The events that have come."""
        return os.read(self._device.fd, size)

    def write(self, data: bytes) -> int:
        """Keyboards need no answers."""
        return len(data)

    def flush(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Gives it back, and with it the grab."""
        if self._device is not None:
            self._device.close()
