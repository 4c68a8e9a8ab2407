"""Real orders from a CSV file: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country."""

import csv
import io
import lzma
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity")
_GOODS = re.compile(r"\d{5}[A-Za-z]{0,2}")


@dataclass
class RetailOrder:
    """One invoice: its lines by item code, quantities in pieces."""

    number: str
    customer: str
    country: str
    lines: dict[str, int] = field(default_factory=dict)


@dataclass
class Retail:
    """The orders of a file and its items' names; `skipped` lines were cancellations, no goods, or broken."""

    orders: list[RetailOrder]
    names: dict[str, str]
    skipped: Counter[str]


class NotRetail(Exception):
    """The file is no such CSV."""


def read_orders(path: Path, *, lines_max: int) -> Retail:
    """The first orders of a file, plain or .xz, up to `lines_max` order lines."""
    orders: dict[str, RetailOrder] = {}
    names: dict[str, Counter[str]] = defaultdict(Counter)
    skipped: Counter[str] = Counter()
    lines = 0
    for row in _rows(path):
        reason, quantity = _why_not(row)
        if reason:
            skipped[reason] += 1
            continue
        code, number = row["StockCode"].strip().upper(), row["InvoiceNo"].strip()
        if number not in orders and lines >= lines_max:
            break
        order = orders.setdefault(number, RetailOrder(number, row.get("CustomerID") or "", row.get("Country") or ""))
        lines += code not in order.lines
        order.lines[code] = order.lines.get(code, 0) + quantity
        names[code][(row["Description"] or code).strip() or code] += 1
    if not orders:
        raise NotRetail(f"{path} holds no orders that could be picked ({dict(skipped)}).")
    return Retail(list(orders.values()), {code: seen.most_common(1)[0][0] for code, seen in names.items()}, skipped)


def _rows(path: Path) -> "csv.DictReader[str]":
    raw = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    rows = csv.DictReader(io.StringIO(raw.decode("utf-8-sig", errors="replace")))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or [])]
    if missing:
        raise NotRetail(f"{path} has no column {', '.join(missing)}; its first line names {', '.join(rows.fieldnames or [])}.")
    return rows


def _why_not(row: dict[str, str]) -> tuple[str, int]:
    if (row["InvoiceNo"] or "").upper().startswith("C"):
        return "cancellation", 0
    if not _GOODS.fullmatch((row["StockCode"] or "").strip()):
        return "no goods", 0
    try:
        quantity = int(row["Quantity"])
    except (TypeError, ValueError):
        return "no quantity", 0
    return ("", quantity) if quantity > 0 else ("not positive", 0)
