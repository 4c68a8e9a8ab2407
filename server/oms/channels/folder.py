"""The drop folder: CSV or XLSX files with order lines that an ERP or a shop without an API lays into a folder of ours.

Files lie in `<AISLE_VAR>/channels/<folder>/`. One that was taken goes to done/, one that is no table of orders to failed/ with a text
that says why; what is told back comes as CSV into out/. A file is written under another name (orders.csv.part) and renamed, or left
alone for two seconds. Of an order that comes in several files the one written last counts.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from server.kernel.csv_cells import guarded
from server.oms.channels.base import (
    Call,
    ChannelOrder,
    ChannelSettings,
    Document,
    Heard,
    Kind,
    Page,
    Parcel,
    Quantity,
)
from server.oms.channels.caller import Caller
from server.oms.channels.errors import ChannelError, ChannelShut, Misunderstood, NotFromChannel
from server.oms.channels.folder_box import Box, Drop
from server.oms.channels.folder_orders import Manner, documents_of, faults_of, order_of
from server.oms.channels.folder_tables import BYTES_MAX, FileUnreadable, looks_cut, rows_in
from server.sentences import told


class FolderSettings(ChannelSettings):
    """`folder` is a plain name; `country`, `currency` and `timezone` are meant where a file does not say them."""

    folder: str = Field(min_length=1, max_length=64, pattern=r"^\w[\w.-]*$")
    country: str = Field("", pattern="^([A-Z]{2})?$")
    currency: str = Field("", pattern="^([A-Z]{3})?$")
    timezone: str = Field("UTC", max_length=64)

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"There is no time zone {value}.") from None
        return value


class Folder:
    """A connected folder."""

    def __init__(self, settings: FolderSettings, caller: Caller) -> None:
        self._caller = caller
        self._box = Box(caller.folder / settings.folder) if caller.folder is not None else None
        self._manner = Manner(settings.country, settings.currency, settings.timezone)

    def pull(self, since: int) -> Iterator[Page]:  # noqa: ARG002 - what lies there is to be taken, however old it is
        """A page for each file; it is moved away when all its orders have been taken in, so that a kill leaves it where it is."""
        box = self._usable()
        for drop in box.drops(self._caller.now()):
            try:
                documents = self._documents(box, drop)
            except FileUnreadable as error:
                box.move(drop, "failed", _in_both(error.words))
                continue
            if documents is not None:
                yield Page(documents)
                box.move(drop, "done", "".join(f"{ref}: {_in_both(words)}" for ref, words in faults_of(documents, self._manner)))
        yield Page((), self._caller.now())

    def fetch(self, ref: str) -> Document | None:  # noqa: ARG002 - a folder cannot be asked
        """Nothing: it gives what it has."""
        return None

    def hear(self, call: Call) -> Heard:  # noqa: ARG002 - the same
        """NotFromChannel: a folder calls nobody."""
        raise NotFromChannel("A folder calls nobody.", code="folder")

    def understand(self, document: Document) -> ChannelOrder:
        """Line and column are named where something is wrong."""
        return order_of(document, self._manner)

    def ship(self, parcel: Parcel) -> None:
        """A file for each parcel, a row for each of its lines."""
        items: dict[str, str] = {}
        with suppress(Misunderstood):
            items = {line.ref: line.item for line in self.understand(parcel.document).lines}
        whole = "yes" if parcel.is_whole else "no"
        self._tell("shipment", ("reference", "line", "item", "quantity", "tracking", "carrier", "complete"), [
            (parcel.ref, ref, items.get(ref, ""), quantity, parcel.tracking, parcel.carrier, whole) for ref, quantity in parcel.lines])

    def cancel(self, ref: str, reason: str) -> None:
        """A file with one row."""
        self._tell("cancellation", ("reference", "reason"), [(ref, guarded(reason))])

    def refund(self, ref: str, amount: int, currency: str, reason: str) -> None:
        """A file with one row; the amount in the currency's smallest unit."""
        self._tell("refund", ("reference", "amount", "currency", "reason"), [(ref, amount, currency, guarded(reason))])

    def set_quantities(self, quantities: Sequence[Quantity]) -> Sequence[tuple[Quantity, ChannelError]]:
        """A file with all of them."""
        if quantities:
            self._tell("quantities", ("item", "quantity", "at"), [(one.item, one.quantity, self._caller.now()) for one in quantities])
        return ()

    def _documents(self, box: Box, drop: Drop) -> list[Document] | None:
        """The orders of a file; None while it may be still in writing."""
        if drop.size > BYTES_MAX:
            raise FileUnreadable(f"{drop.path.name} is too large. Split it.", code="size")
        try:
            data = drop.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FileUnreadable(f"{drop.path.name} cannot be read: {error.strerror}.", code="file") from error
        if not box.is_same(drop) or (drop.may_be_cut and looks_cut(drop.path.name, data)):
            return None
        return [*documents_of(rows, drop.path.name, drop.version)] if (rows := rows_in(drop.path.name, data)) else []

    def _tell(self, what: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Names its file by what is in it: told twice it is one file. References and items stand as they were given."""
        sheet = io.StringIO()
        csv.writer(sheet).writerows([header, *rows])
        digest = hashlib.sha256(sheet.getvalue().encode()).hexdigest()[:16]
        self._usable().write(f"out/{what}-{digest}.csv", sheet.getvalue())

    def _usable(self) -> Box:
        if self._box is None:
            raise ChannelShut("This server keeps no files.", code="folder")
        return self._box


def _in_both(words: str) -> str:
    """Nobody knows the language of who looks into the folder."""
    return f"{words}\n{told(words, 'zh-CN')}\n"


KIND = Kind("folder", "Drop folder (CSV, XLSX)", FolderSettings, Folder)
