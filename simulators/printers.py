"""The demonstration's label printers: one at the dock, one at the packing tables, which runs out of paper in the middle of the day."""

import re
import threading
import time
from pathlib import Path

from simulators.devices.printer import LabelPrinter
from simulators.devices.wire import TcpPort
from simulators.http import CallFailed, Client

PACK, DOCK = "labels", "dock-printer"
_SSCC = re.compile(rb"\^FD\(00\) (\d{18})\^FS")
_NOTICED_SECONDS = 20.0


class Printers:
    """Two simulated printers on real ports, set up at the server; their labels are kept in a folder each."""

    def __init__(self, manager: Client, address: str, folder: Path) -> None:
        self._manager, self._address = manager, address
        self.pack = LabelPrinter(folder=folder / PACK, label_seconds=0.01)
        self.dock = LabelPrinter(folder=folder / DOCK, label_seconds=0.01)
        self._ports = {PACK: TcpPort(self.pack), DOCK: TcpPort(self.dock)}
        self._by_sscc: dict[str, str] = {}
        self._read = 0
        self._lock = threading.Lock()
        self._watch: threading.Thread | None = None
        self.told = ""
        for name, zone in ((PACK, ""), (DOCK, "DOCK")):
            manager.call("PUT", f"/api/v1/printers/{name}", {"site": "W1", "url": self._ports[name].url, "zone": zone})

    def label(self, sscc: str) -> str | None:
        """The label of a parcel, once it has come out."""
        with self._lock:
            for label in self.pack.labels[self._read:]:
                self._read += 1
                for found in _SSCC.findall(label):
                    self._by_sscc[found.decode()] = label.decode("utf-8", "replace")
            return self._by_sscc.get(sscc)

    def run_out_after(self, labels: int) -> None:
        """The printer at the packing tables has paper for so many more labels; somebody puts in new as soon as the page says so."""
        self._watch = threading.Thread(target=self._run_out, args=(len(self.pack.labels) + labels,), name="paper", daemon=True)
        self._watch.start()

    def paper_is_back(self) -> None:
        """Waits until the mishap is over."""
        if self._watch is not None:
            self._watch.join(timeout=2 * _NOTICED_SECONDS)

    def close(self) -> None:
        """Switched off."""
        for port in self._ports.values():
            port.close()

    def _run_out(self, labels: int) -> None:
        while len(self.pack.labels) < labels:
            time.sleep(0.02)
        self.pack.fail("media-out")
        ends, seen = time.monotonic() + _NOTICED_SECONDS, ""
        while not seen and time.monotonic() < ends:
            time.sleep(0.2)
            seen = self._what_is_wrong()
        self.pack.heal("media-out")
        self.told = f"the label printer ran out of paper: {seen or 'nobody noticed'} Paper is in again, and what was held comes out."

    def _what_is_wrong(self) -> str:
        """What the supervisor's page says of the printer."""
        try:
            rows = Client(self._address, dict(self._manager.headers)).call("GET", "/api/v1/printers")["items"]
        except CallFailed:
            return ""
        return next((str(row["sentence"]) for row in rows if row["name"] == PACK and row["condition"] not in ("", "ready")), "")
