"""A simulated worker: sees what the handheld asks for, finds it on the shelves, and scans it."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulators.goods import Good, Shelves
from simulators.http import Json
from simulators.pda import Pda, Refused

_LABEL_SECONDS = 30.0
_SSCC_ON_LABEL = re.compile(r"\^FD\(00\) (\d{18})\^FS")


Labels = Callable[[str], str | None]
"""The label of a parcel as it came out of a printer, in ZPL; None as long as it has not."""


def in_folder(folder: Path) -> Labels:
    """Labels that come out as files."""
    def found(sscc: str) -> str | None:
        path = folder / f"carton-{sscc}-0.zpl"
        return path.read_text() if path.exists() else None

    return found


class Worker:
    """Knows the goods by their labels and the printed labels by where they come out."""

    def __init__(self, pda: Pda, goods: dict[str, Good], shelves: Shelves, labels: Labels) -> None:
        self.pda, self._goods, self._shelves, self._labels = pda, goods, shelves, labels
        self.lines = self.units = self.labels_read = 0
        self.weigh: Callable[[Worker], None] | None = None

    def receive(self, asn: str, pallets: list[str], loose: dict[str, int]) -> None:
        """Scans the paper, every pallet's SSCC, and one GS1 label for each loose line."""
        self.pda.task = None
        self.pda.scan(asn)
        for pallet in pallets:
            self.pda.scan(f"]C100{pallet}")
        for item, quantity in loose.items():
            self.pda.scan(self._goods[item].label(quantity))
            self._shelves.deliver(self.pda.last["message"]["args"]["lpn"], {item: quantity})

    def put_away(self, pallet: str, choose: Callable[[str], str | None]) -> None:
        """Scans a pallet and its bin: the one that the shelves' owner chose, else the one that is proposed."""
        self.pda.task = None
        self.pda.scan(pallet if pallet.startswith("LPN") else f"]C100{pallet}")
        task = self._task()
        form = task["forms"][0]
        location = choose(pallet) or form["info"]["location"]
        self.pda.scan(location)
        self._shelves.put(pallet, location)

    def pick_round(self, trolley: str) -> list[str] | None:
        """Picks the next round with a trolley; the totes that hold something, None when no round waits."""
        self.pda.task = None
        if not self.pda.claim("pick"):
            return None
        self.pda.scan(trolley)
        totes: dict[str, None] = {}
        while self.pda.task is not None:
            form = self._current()
            if form is None:
                raise Refused(f"{self.pda.name}: the round has nothing left to do but is not over")
            info = form["info"]
            totes[info["tote"]] = None
            self.pda.scan(self._goods[info["item"]].barcode())
            if self.pda.task is not None and self._current() is not None and self._current_id() == form["id"]:
                self.pda.scan(info["tote"])
            self._shelves.take(info["lpn"], info["item"], info["quantity"])
            self.lines += 1
            self.units += info["quantity"]
        return list(totes)

    def pack(self, tote: str) -> list[str]:
        """Packs what a tote holds, sticks each label on and scans it from there; the parcels' SSCCs. What is collected is set down and makes none."""
        self.pda.task = None
        self.pda.scan(tote)
        parcels: list[str] = []
        while self.pda.task is not None:
            form = self._current()
            if form is None:
                raise Refused(f"{self.pda.name}: nothing to pack is shown, but the packing is not over")
            if form["kind"] == "set_down":
                self.pda.scan(form["info"]["location"])
                continue
            if form["kind"] == "weigh":
                if self.weigh is None:
                    raise Refused(f"{self.pda.name}: the parcel is to be weighed, and this table has no scale")
                self.weigh(self)
                continue
            if form["kind"] == "verify_label":
                parcels.append(self._printed(form["info"]["lpn"]))
                self.pda.scan(f"]C100{parcels[-1]}")
                continue
            for entry in form["info"]["contents"]:
                self.pda.scan(self._goods[entry["item"]].barcode())
        return parcels

    def look_at_return(self, number: str, item: str) -> str:
        """Scans the return's paper, one piece of what came with it, and that it is as good as new; the LPN that it lies on."""
        self.pda.task = None
        for scanned in (number, self._goods[item].barcode(), "GRADE-RESTOCK"):
            self.pda.scan(scanned)
        return str(self.pda.last["message"]["args"]["place"])

    def load(self, door: str, parcels: list[str]) -> None:
        """Scans a door, then every parcel, then closes the vehicle."""
        self.pda.task = None
        self.pda.scan(door)
        for parcel in parcels:
            self.pda.scan(f"]C100{parcel}")
        self.pda.scan("CMD-DONE")

    def count_round(self) -> bool:
        """Counts the bins of the next count: what really stands there; False when none waits."""
        self.pda.task = None
        if not self.pda.claim("count"):
            return False
        while self.pda.task is not None:
            form = self._current()
            if form is None:
                return True
            location = form["info"]["location"]
            self.pda.scan(location)
            for pallet in self._shelves.in_bin[location]:
                self.pda.scan(pallet if pallet.startswith("LPN") else f"]C100{pallet}")
            self.pda.scan("CMD-DONE")
        return True

    def _printed(self, sscc: str) -> str:
        """The SSCC that stands on the label which came out of the printer, read from the label itself."""
        ends = time.monotonic() + _LABEL_SECONDS
        while (label := self._labels(sscc)) is None:
            if time.monotonic() > ends:
                raise Refused(f"No label came out for {sscc} within {_LABEL_SECONDS:.0f} seconds")
            time.sleep(0.01)
        found = _SSCC_ON_LABEL.search(label)
        if found is None:
            raise Refused(f"The label for {sscc} carries no SSCC")
        self.labels_read += 1
        return found[1]

    def _task(self) -> Json:
        if self.pda.task is None:
            raise Refused(f"{self.pda.name}: the scan started nothing: {self.pda.last}")
        return self.pda.task

    def _current(self) -> Any:
        task = self._task()
        named = next((form for form in task["forms"] if form["id"] == task["current"] and form["state"] == "open"), None)
        return named or next((form for form in task["forms"] if form["state"] == "open"), None)

    def _current_id(self) -> str:
        form = self._current()
        return str(form["id"]) if form is not None else ""
