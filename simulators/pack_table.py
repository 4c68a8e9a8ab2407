"""The demonstration's packing table: a scale that fills the weight by itself, and stops a label when something is missing."""

import time
from collections.abc import Callable

from simulators.devices.light import Beacon
from simulators.devices.scale import Scale
from simulators.devices.wire import TcpPort
from simulators.http import Client
from simulators.worker import Worker

TABLE = "PACK-1"
_WAIT_SECONDS = 20.0


class ScaleStopped(AssertionError):
    """The scale did not do what it should."""


class PackTable:
    """A station with a simulated scale and a light, used by the handheld of that name."""

    def __init__(self, manager: Client, place: str, handheld: str) -> None:
        self.scale, self.light = Scale(), Beacon()
        self._ports = [TcpPort(self.scale), TcpPort(self.light)]
        self.told = ""
        manager.call("PUT", f"/api/v1/stations/{TABLE}", {
            "site": "W1", "kind": "pack", "location": place, "settings": {"handheld": handheld}, "peripherals": [
                {"name": "scale", "kind": "scale", "driver": "mt-sics", "url": self._ports[0].url, "settings": {"rearm": "changed"}},
                {"name": "light", "kind": "light", "url": self._ports[1].url}]})

    def weighs(self, expected_g: int, missing_g: int) -> Callable[[Worker], None]:
        """What a packer does who forgot a piece of so many grams: sees red, puts it in, sees green."""
        def weigh(worker: Worker) -> None:
            self._put(expected_g - missing_g, "RED", "the scale did not see that a piece was missing")
            self._put(missing_g, "GREEN", "the scale did not take the right weight")
            self.scale.take_off()
            worker.pda.look()
            self.told = f"the scale: {missing_g} g too little stopped the label; with the missing piece it came, without a tap"

        return weigh

    def close(self) -> None:
        """Switched off."""
        for port in self._ports:
            port.close()

    def _put(self, grams: int, colour: str, complaint: str) -> None:
        before = self.light.times(colour)
        self.scale.put(grams)
        ends = time.monotonic() + _WAIT_SECONDS
        while self.light.times(colour) == before:
            if time.monotonic() > ends:
                raise ScaleStopped(complaint)
            time.sleep(0.05)
