"""Rows of a dropped file become documents, one an order; and a document becomes an order, or the line and column that are wrong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from server.kernel.clock import SECOND
from server.masterdata.csv_files import CsvRow
from server.oms.channels.base import ChannelLine, ChannelOrder, Document, Stage
from server.oms.channels.discounts import less
from server.oms.channels.errors import Misunderstood
from server.oms.channels.folder_columns import columns_of
from server.oms.channels.money import places

_LINE_FIELDS = ("line", "item", "name", "quantity", "price", "paid")
_PLACES = ("country", "state", "city", "district", "postcode", "phone")
_STAGES: Mapping[Stage, str] = {
    Stage.UNPAID: "unpaid pending 未付款 待付款 等待付款 等待买家付款",
    Stage.PAID: "paid open new processing confirmed approved 已付款 待发货 未发货 等待发货 买家已付款 已审核 待处理 新订单",
    Stage.SHIPPED: "shipped sent delivered fulfilled completed done 已发货 已签收 已完成 交易成功",
    Stage.CANCELLED: "cancelled canceled cancel closed void 已取消 取消 已关闭 交易关闭 作废 已作废",
}
_STAGE_OF = {word: stage for stage, words in _STAGES.items() for word in words.split()}
_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_TIMES = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日", "%d.%m.%Y %H:%M:%S",
          "%d.%m.%Y %H:%M", "%d.%m.%Y")
_MONEY = re.compile(r"[^\d.,\-]")
_QUANTITY_MAX = 10**9


@dataclass(frozen=True, slots=True)
class Manner:
    """What is meant where a file does not say it."""

    country: str = ""
    currency: str = ""
    zone: str = "UTC"


def documents_of(rows: Sequence[CsvRow], file: str, version: int) -> list[dict[str, Any]]:
    """The orders of a file, each with its lines wherever they stand.

    A line without a reference is one of the order above it, which is refused for it: it would be taken without this line.
    """
    columns = columns_of(dict.fromkeys(header for row in rows for header in row.cells))
    found: dict[str, list[dict[str, Any]]] = {}
    reference = ""
    for row in rows:
        cells = {field: cell for field, names in columns.items() if (cell := _first(row.cells, names))}
        reference = cells.pop("reference", "") or reference
        told = {"line": row.number, "cells": cells}
        if row.wrong is not None:
            told["wrong"] = row.wrong.sentence
        elif not _first(row.cells, columns["reference"]):
            told["wrong"] = "There is no reference."
        found.setdefault(reference, []).append(told)
    names = {field: headers[0] for field, headers in columns.items()}
    return [{"reference": ref, "version": version, "file": file, "columns": names, "rows": told} for ref, told in found.items()]


def order_of(document: Document, manner: Manner) -> ChannelOrder:
    """An order read; Misunderstood says which line and column cannot be."""
    ref, version = _whole(document.get("reference")), document.get("version")
    rows = document.get("rows")
    if not ref or not isinstance(version, int) or not isinstance(rows, list) or not rows:
        raise Misunderstood(f"Line {_line_of(rows)}: there is no reference.", code="reference", ref=ref)
    try:
        return _Reader(document, manner).order(ref, version)
    except Misunderstood as error:
        raise Misunderstood(error.words, code=error.code, ref=ref, version=version) from None


def faults_of(documents: Sequence[Document], manner: Manner) -> Iterator[tuple[str, str]]:
    """What is wrong with those that cannot be read, by their references."""
    for document in documents:
        try:
            order_of(document, manner)
        except Misunderstood as error:
            yield document["reference"], error.words


class _Reader:
    """One document."""

    def __init__(self, document: Document, manner: Manner) -> None:
        self._rows, self._columns, self._manner = document["rows"], document["columns"], manner

    def order(self, ref: str, version: int) -> ChannelOrder:
        for row in self._rows:
            if "wrong" in row:
                raise Misunderstood(f"Line {row['line']}: {row['wrong']}", code=f"line {row['line']}")
        said = self._said_once()
        self._guard_rounded(self._rows[0]["line"], "reference", ref)
        currency = (said.get("currency") or self._manner.currency).upper()
        receiver = said.get("receiver") or said.get("customer", "")
        at = self._rows[0]["line"]
        return ChannelOrder(
            ref=ref, version=version, stage=self._stage(at, said.get("status", "")), placed_at=self._instant(at, said.get("placed_at", ""), version),
            lines=less(list(self._lines(currency)), self._money(at, "discount", said.get("discount", ""), currency)), buyer=said.get("customer") or receiver, ship_to=self._ship_to(said, receiver), currency=currency,
            total=self._money(at, "total", said.get("total", ""), currency), postage=self._money(at, "postage", said.get("postage", ""), currency), carrier=said.get("carrier", ""), note=said.get("note", ""))

    def _said_once(self) -> dict[str, str]:
        """What concerns the whole order: said on any of its lines, and never two different things."""
        said: dict[str, tuple[str, int]] = {}
        for row in self._rows:
            for field, cell in row["cells"].items():
                if field in _LINE_FIELDS:
                    continue
                before, line = said.setdefault(field, (cell, row["line"]))
                if before != cell:
                    raise self._wrong(row["line"], field, f"{cell!r} is another than {before!r} in line {line}")
        return {field: cell for field, (cell, _) in said.items()}

    def _ship_to(self, said: Mapping[str, str], receiver: str) -> dict[str, str]:
        places = {field: said[field] for field in _PLACES if field in said}
        street = " ".join(filter(None, [said.get("street") or said.get("address", ""), said.get("street2", "")]))
        told = {"name": receiver, "street": street, **places}
        told["country"] = told.get("country") or self._manner.country
        return {name: value for name, value in told.items() if value}

    def _lines(self, currency: str) -> Iterator[ChannelLine]:
        """A line without a number of its own is known by its item, so that it is the same in whatever file and place it comes again."""
        times: dict[str, int] = {}
        for row in self._rows:
            cells, at = row["cells"], row["line"]
            item = cells.get("item", "")
            if not item:
                raise self._wrong(at, "item", "it is empty")
            self._guard_rounded(at, "item", item)
            times[item] = times.get(item, 0) + 1
            own = item[:60] if times[item] == 1 else f"{item[:60]}#{times[item]}"
            yield ChannelLine(ref=cells.get("line") or own, item=item, quantity=self._quantity(at, cells.get("quantity", "")),
                              name=cells.get("name", ""), price=self._money(at, "price", cells.get("price", ""), currency),
                              paid=self._money(at, "paid", cells["paid"], currency) if cells.get("paid") else None)

    def _quantity(self, line: int, cell: str) -> int:
        try:
            told = Decimal(cell.replace(",", "")) if re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d*)?|\d+(\.\d*)?", cell) else Decimal(0)
        except InvalidOperation:
            told = Decimal(0)
        if told != int(told) or not 0 < told <= _QUANTITY_MAX:
            raise self._wrong(line, "quantity", f"{cell!r} is no whole number of pieces")
        return int(told)

    def _money(self, line: int, field: str, cell: str, currency: str) -> int:
        if not cell:
            return 0
        try:
            told = Decimal(_pointed(_MONEY.sub("", cell))).scaleb(places(currency))
        except InvalidOperation:
            told = Decimal(-1)
        if told < 0 or told != int(told) or told > 10**15:
            raise self._wrong(line, field, f"{cell!r} is no amount of money")
        return int(told)

    def _stage(self, line: int, word: str) -> Stage:
        stage = _STAGE_OF.get(word.lower()) if word else Stage.PAID
        if stage is None:
            raise self._wrong(line, "status", f"{word!r} is not known; write paid, unpaid, shipped or cancelled")
        return stage

    def _instant(self, line: int, cell: str, otherwise: int) -> int:
        if not cell:
            return otherwise
        told = _time_of(cell)
        if told is None:
            raise self._wrong(line, "placed_at", f"{cell!r} is no time; write 2026-11-30 or 2026-11-30 14:05")
        if told.tzinfo is None:
            told = told.replace(tzinfo=ZoneInfo(self._manner.zone))
        return max(int(told.timestamp()) * SECOND, 0)

    def _guard_rounded(self, line: int, field: str, cell: str) -> None:
        if _ROUNDED.fullmatch(cell):
            raise self._wrong(line, field, f"{cell!r} was rounded by a spreadsheet; format the column as text before the number is put in")

    def _wrong(self, line: int, field: str, what: str) -> Misunderstood:
        return Misunderstood(f"Line {line}, column {self._columns.get(field, field)}: {what}.", code=f"line {line}: {field}")


def _first(cells: Mapping[str, str], names: Sequence[str]) -> str:
    return next((cell for name in names if (cell := _whole(cells.get(name)))), "")


def _whole(cell: object) -> str:
    """Without what keeps a spreadsheet from reading a number into it: ="0012" and '0012."""
    text = cell.strip() if isinstance(cell, str) else ""
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1].strip()
    return text[1:].strip() if text.startswith("'") and text[1:2].isdigit() else text


def _pointed(amount: str) -> str:
    """1,234.50 and 1.234,50 and 19,9 with a point before the cents and nothing else."""
    point = max(amount.rfind("."), amount.rfind(","))
    if point < 0:
        return amount
    is_thousands = amount[point] == "," and "." not in amount and len(amount) - point == 4
    if is_thousands or amount.count(amount[point]) > 1:
        return amount.replace(",", "").replace(".", "")
    return f"{amount[:point].replace(',', '').replace('.', '')}.{amount[point + 1:]}"


def _time_of(cell: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        pass
    for form in _TIMES:
        try:
            return datetime.strptime(cell, form)  # noqa: DTZ007 - the caller knows the zone
        except ValueError:
            continue
    return None


def _line_of(rows: object) -> int:
    return int(rows[0]["line"]) if isinstance(rows, list) and rows and isinstance(rows[0], dict) else 0
