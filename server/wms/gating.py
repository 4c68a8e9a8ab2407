"""RFID at a gate: the tags that pass are held against a paper, a load or a bin. Expected, missing, strangers, seen before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, text

from labels.gs1.epc import decode
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.sites import location_by_code
from server.stock.lpns import content_of
from server.wms.inbound import inbound_by_code, inbound_lines

_OF_GTINS = text("SELECT k.key, k.quantity, k.item_id FROM barcode k WHERE k.key IN :keys").bindparams(bindparam("keys", expanding=True))
_TAGS = text("SELECT epc, verdict, sscc, item_id, units, booked FROM gate_tag WHERE document = :document ORDER BY at, epc")
_BEFORE = text("SELECT DISTINCT epc FROM gate_tag WHERE document <> :document AND booked = 1 AND epc IN :epcs").bindparams(
    bindparam("epcs", expanding=True))
_ADD = text("INSERT INTO gate_tag (document, epc, site_id, verdict, sscc, item_id, units, booked, at) VALUES "
            "(:document, :epc, :site_id, :verdict, :sscc, :item_id, :units, 0, :at) ON CONFLICT (document, epc) DO NOTHING")
_BOOKED = text("UPDATE gate_tag SET booked = 1 WHERE document = :document AND verdict = 'expected' AND booked = 0")
_UNBOOKED = text("UPDATE gate_tag SET booked = 0 WHERE document = :document AND item_id IS NOT NULL")
_FORGET = text("DELETE FROM gate_tag WHERE document = :document AND sscc IN :ssccs").bindparams(bindparam("ssccs", expanding=True))
_LOAD = text("SELECT p.code FROM carton c JOIN lpn p ON p.id = c.lpn_id JOIN load d ON d.id = c.load_id "
             "WHERE d.code = :code AND d.site_id = :site_id")
_ANEW = text("DELETE FROM gate_tag WHERE document = :document")
_IS_LOAD = text("SELECT id FROM load WHERE code = :code AND site_id = :site_id")
_STANDING = text("SELECT p.id, p.code, p.kind FROM lpn p WHERE p.location_id = :location_id AND p.parent_id = :location_id")
_LOOSE = text("SELECT g.item_id, SUM(b.quantity) AS quantity FROM balance b JOIN goods g ON g.id = b.goods_id "
              "WHERE b.holder_id = :id AND b.quantity > 0 GROUP BY g.item_id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should pass: SSCCs, and units of items; and what of it is in the book already, by the gate or by hand."""

    ssccs: frozenset[str] = frozenset()
    units: Mapping[int, int] = field(default_factory=dict)
    is_inbound: bool = False
    bin_id: int | None = None
    ssccs_here: frozenset[str] = frozenset()
    units_here: Mapping[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Pallets, and items of which something is to come."""
        return len(self.ssccs) + len(self.units)


@dataclass(slots=True)
class Tally:
    """How far a document is: what came of what was wanted, by tag."""

    wanted: Wanted
    ssccs: set[str] = field(default_factory=set)
    units: dict[int, int] = field(default_factory=dict)
    unbooked: dict[int, int] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """How many pallets and items have not come whole."""
        return (len(self.wanted.ssccs - self.ssccs)
                + sum(1 for item, units in self.wanted.units.items() if self.units.get(item, 0) < units))

    @property
    def strangers(self) -> int:
        """How many tags belong to nothing here."""
        return sum(1 for one in self.verdicts.values() if one in ("stranger", "surplus"))

    @property
    def is_clean(self) -> bool:
        """All has come, and nothing beside it: nobody has to be asked."""
        return self.wanted.total > 0 and not self.missing and not self.strangers

    def to_json(self) -> dict[str, Any]:
        """As a screen shows it."""
        return {"arrived": self.wanted.total - self.missing, "all": self.wanted.total, "missing": self.missing, "strangers": self.strangers,
                "tags": len(self.verdicts), "before": sum(1 for one in self.verdicts.values() if one == "seen_before")}


@dataclass(frozen=True, slots=True)
class Judged:
    """A tag that was new to the document."""

    epc: str
    verdict: str
    sscc: str = ""
    item_id: int | None = None
    units: int = 0


def wanted_of(tx: Tx, site_id: int, document: str) -> Wanted:
    """What a paper, a load or a bin should bring by the gate; NotFound for anything else."""
    try:
        paper = inbound_by_code(tx, document)
    except NotFound:
        return _on_load(tx, site_id, document) if tx.scalar(_IS_LOAD, code=document, site_id=site_id) else _in_bin(tx, site_id, document)
    lines = inbound_lines(tx, paper.id)
    units, here = dict[int, int](), dict[int, int]()
    for line in lines:
        if not line.sscc:
            units[line.item_id] = units.get(line.item_id, 0) + line.quantity
            here[line.item_id] = here.get(line.item_id, 0) + line.received
    waiting = {line.sscc for line in lines if line.sscc and line.received < line.quantity}
    ssccs = frozenset(line.sscc for line in lines if line.sscc)
    return Wanted(ssccs, units, is_inbound=True, ssccs_here=ssccs - waiting, units_here=here)


def tally_of(tx: Tx, site_id: int, document: str) -> Tally:
    """How far a document is."""
    wanted = wanted_of(tx, site_id, document)
    tally = Tally(wanted, set(wanted.ssccs_here), dict(wanted.units_here))
    for row in tx.rows(_TAGS, document=document):
        _count(tally, Judged(row.epc, row.verdict, row.sscc, row.item_id, row.units), is_booked=bool(row.booked))
    return tally


def judge(tx: Tx, site_id: int, document: str, epcs: Sequence[str]) -> tuple[Tally, list[Judged]]:
    """Takes tags (hexadecimal) into a document's tally; the new ones with their verdicts, written down."""
    tally = tally_of(tx, site_id, document)
    fresh = [epc for epc in dict.fromkeys(epcs) if epc not in tally.verdicts]
    booked = tx.rows(_BEFORE, document=document, epcs=fresh) if fresh and tally.wanted.is_inbound else []  # what left a paper stands in a bin
    before = {row.epc for row in booked}
    items = _items_of(tx, fresh)
    judged = []
    for epc in fresh:
        one = _judge(tally, epc, items, is_before=epc in before)
        _count(tally, one, is_booked=False)
        judged.append(one)
        tx.execute(_ADD, {"document": document, "epc": epc, "site_id": site_id, "verdict": one.verdict, "sscc": one.sscc,
                          "item_id": one.item_id, "units": one.units, "at": tx.now})
    return tally, judged


def begin_again(tx: Tx, document: str) -> None:
    """A bin is looked at anew: what its tags were when it was looked at last says nothing now."""
    tx.execute(_ANEW, {"document": document})


def note_booked(tx: Tx, document: str) -> None:
    """What was expected and came is in the ledger: the same tags are not counted for another paper."""
    tx.execute(_BOOKED, {"document": document})


def forget(tx: Tx, document: str, ssccs: Sequence[str], *, with_items: bool) -> None:
    """Receipts were undone: their pallets may pass again, their items are to be confirmed again."""
    tx.execute(_FORGET, {"document": document, "ssccs": list(ssccs) or [""]})
    if with_items:
        tx.execute(_UNBOOKED, {"document": document})


def _judge(tally: Tally, epc: str, items: Mapping[str, tuple[int, int]], *, is_before: bool) -> Judged:
    read = decode(bytes.fromhex(epc))
    if is_before:
        return Judged(epc, "seen_before", read.sscc)
    if read.sscc:
        return Judged(epc, "expected" if read.sscc in tally.wanted.ssccs else "stranger", read.sscc)
    item_id, pack = items.get(read.gtin, (None, 0))
    if item_id is None or item_id not in tally.wanted.units:
        return Judged(epc, "stranger", "", item_id, pack)
    fits = tally.units.get(item_id, 0) + pack <= tally.wanted.units[item_id]
    return Judged(epc, "expected" if fits else "surplus", "", item_id, pack)


def _count(tally: Tally, one: Judged, *, is_booked: bool) -> None:
    tally.verdicts[one.epc] = one.verdict
    if one.verdict != "expected":
        return
    if one.sscc:
        tally.ssccs.add(one.sscc)
    elif one.item_id is not None and not is_booked:  # what is booked is counted by the book
        tally.units[one.item_id] = tally.units.get(one.item_id, 0) + one.units
        tally.unbooked[one.item_id] = tally.unbooked.get(one.item_id, 0) + one.units


def _items_of(tx: Tx, epcs: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Items and pack quantities of the GTINs on tags."""
    gtins = sorted({read.gtin for epc in epcs if (read := decode(bytes.fromhex(epc))).gtin})
    rows = tx.rows(_OF_GTINS, keys=[f"gtin:{gtin}" for gtin in gtins] or [""])
    return {row.key.removeprefix("gtin:"): (row.item_id, row.quantity) for row in rows}


def _on_load(tx: Tx, site_id: int, code: str) -> Wanted:
    return Wanted(frozenset(row.code for row in tx.rows(_LOAD, code=code, site_id=site_id)))


def _in_bin(tx: Tx, site_id: int, code: str) -> Wanted:
    place = location_by_code(tx, code)
    if place.site_id != site_id or place.is_account:
        raise NotFound(f"There is no paper, load or bin {code[:64]} in this warehouse.", what=code[:64])
    units = {int(row.item_id): int(row.quantity) for row in tx.rows(_LOOSE, id=place.id)}
    ssccs = set()
    for row in tx.rows(_STANDING, location_id=place.id):
        if len(row.code) == 18 and row.code.isdigit():
            ssccs.add(row.code)
            continue
        for one in content_of(tx, row):
            units[one.goods.item_id] = units.get(one.goods.item_id, 0) + one.quantity
    return Wanted(frozenset(ssccs), units, bin_id=place.id if place.kind == "bin" else None)
