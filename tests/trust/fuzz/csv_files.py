"""Fuzzes `aisle import` with atheris: files of items, locations, orders and ASNs; no test, run by hand.

In an environment of its own (atheris is no dependency of this project):

    python -m venv fuzzing && fuzzing/bin/pip install atheris && fuzzing/bin/pip install --editable .
    PYTHONPATH=. fuzzing/bin/python -m tests.trust.fuzz.csv_files -max_total_time=600 CORPUS_FOLDER

What must hold: nothing but Invalid is raised, every line with cells is counted, what is refused says its line.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["server.masterdata.csv_files", "server.masterdata.importing", "server.cli.papers"]):
    from server.cli.papers import PAPERS, import_papers
    from server.kernel.csv_cells import guarded, unguarded
    from server.masterdata.csv_files import ENCODINGS, read_csv
    from server.masterdata.importing import COLUMNS, import_file

from server.kernel.database import Database
from server.kernel.errors import Invalid
from server.kernel.migrations import upgrade
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.sites import add_site

HEADS = {
    "items": "code,name,unit,gtin,case_quantity,case_gtin,pack_level,pack_quantity,pack_barcode,weight_g,lot,expiry,abc,zone",
    "locations": "site,code,kind,zone,rack,bin,aisle,level,x_mm,max_weight_g,max_lpns,mixing,abc",
    "orders": "reference,site,item,quantity,channel,customer,carrier,priority,cutoff,lot,serial,name,city",
    "asns": "code,site,item,quantity,supplier,expected,lot,expiry,sscc,over_percent",
}
LINES = ("A,W1,SOAP,1,", "W1,A-01-1,bin,A,", "SOAP,Soap,each,9506000134352,12,", '"x\ny",W1,SOAP,3', "=1+1,-2,'@x,\t", "R1,W1,SOAP,99999999999999,")
FOLDER = Path(tempfile.mkdtemp())
FILE = FOLDER / "file.csv"


def opened() -> Database:
    """A warehouse with an item."""
    url = f"sqlite:///{FOLDER / 'aisle.db'}"
    upgrade(url)
    database = Database(url)
    database.write(lambda tx: (add_site(tx, "W1", "Main"), put_item(tx, NewItem(code="SOAP", name="Soap", packs=[NewPack("each", 1)]))))
    return database


DATABASE = opened()


def one(data: bytes) -> None:
    """One input of the fuzzer."""
    provider = atheris.FuzzedDataProvider(data)
    kind = sorted(HEADS)[provider.ConsumeIntInRange(0, 3)]
    encoding = ENCODINGS[provider.ConsumeIntInRange(0, 1)]
    head = HEADS[kind] if provider.ConsumeBool() else ""
    lines = [LINES[provider.ConsumeIntInRange(0, len(LINES) - 1)] for _ in range(provider.ConsumeIntInRange(0, 3))]
    FILE.write_bytes("\n".join([head, *lines]).encode() + provider.ConsumeBytes(4_000))
    try:
        report = (import_file if kind in COLUMNS else import_papers)(DATABASE, kind, FILE, encoding)
        rows = list(read_csv(FILE, (COLUMNS | PAPERS)[kind], encoding))
    except Invalid:
        return
    assert all(one["line"] > 0 and one["what"] for one in report["errors"])
    if kind in COLUMNS:
        assert report["done"] + report["repeated"] + report["failed"] == len(rows)
    for row in rows:
        assert all(unguarded(str(guarded(cell))) == cell for cell in row.cells.values())


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
